/* Text in the encodings that editors and spreadsheets on Windows choose. */
#ifndef TRACER_BASE_UNICODE_H
#define TRACER_BASE_UNICODE_H

#include <stdbool.h>
#include <stddef.h>

/* Turns UTF-16 with a byte order mark into UTF-8, and takes the mark of UTF-8 away; other text stays as it is.
 * *data was allocated, and is replaced; it ends with a NUL that *size does not count. False if it is no UTF-16. */
bool text_to_utf8(char **data, size_t *size);

#endif
