/* Reading and writing files: whole or not at all. */
#ifndef TRACER_BASE_FILES_H
#define TRACER_BASE_FILES_H

#include "text.h"
#include "tiny_model/error.h"

#include <stdio.h>

/* Reads a file of at most `limit` bytes into *data, ended by a NUL that *size does not count;
 * the caller frees it. */
bool file_read(const char *path, size_t limit, char **data, size_t *size, Error *error);

/* Whether there is anything of that name. */
bool file_exists(const char *path);

/* Writes all of it: beside the file first, then in its place, so that the file is always the
 * old or the new one. What is not a regular file (a pipe, a device) is written directly.
 * path "-" is standard output. */
bool file_write(const char *path, const void *data, size_t size, Error *error);

/* Whether a file could be written there, found out before long work is done for it. */
bool file_writable(const char *path, Error *error);

/* Flushes and checks standard output: a full disk or a closed pipe is an error. */
bool stdout_finish(Error *error);

#endif
