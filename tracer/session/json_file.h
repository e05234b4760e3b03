/* A whole JSON file of a stranger. */
#ifndef TRACER_SESSION_JSON_FILE_H
#define TRACER_SESSION_JSON_FILE_H

#include "tiny_model/error.h"

#include <jansson.h>

/* Reads a file of at most `limit` bytes that holds one JSON value, no key of an object twice.
 *   returns  NULL and *error, or what json_decref gives back
 *   errors   no file, too long, no JSON and in which line */
json_t *json_file_read(const char *path, size_t limit, Error *error);

/* Passes over the byte order mark of UTF-8; a text in UTF-16 is refused with that reason. who: "model \"x\"". */
bool json_begin(const char **text, size_t *size, const char *who, Error *error);

/* What jansson said, in words of a user and visible; error_memory's case is an empty text. */
const char *json_why(const json_error_t *why);

#endif
