/* The secret of a course: salt for the seeds, so that nobody without it can draw a student's numbers, nor find them by
 * trying: with it neither the seed nor anything that the seed could be found from stands on a sheet. */
#ifndef TRACER_EXERCISE_SECRET_H
#define TRACER_EXERCISE_SECRET_H

#include "tiny_model/error.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t key[2];
} Secret;

/* Reads the key out of a file; blanks and line ends around it do not count.
 *   errors  no such file, fewer than 12 characters */
bool secret_read(const char *path, Secret *out, Error *error);

/* SipHash-2-4 (Aumasson and Bernstein 2012): a number that nobody can make, or take back, without the key. */
uint64_t secret_hash(const uint64_t key[2], const void *bytes, size_t size);

#endif
