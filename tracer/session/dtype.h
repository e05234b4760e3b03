/* The number formats of safetensors files; four of them become doubles, exactly. */
#ifndef TRACER_SESSION_DTYPE_H
#define TRACER_SESSION_DTYPE_H

#include <stdbool.h>
#include <stddef.h>

/*   F64   the same bits          F32   every float is a double
 *   F16   1 sign, 5 exponent, 10 fraction bits, with subnormals, infinities and nan
 *   BF16  the upper half of a float */
typedef enum { DTYPE_F64, DTYPE_F32, DTYPE_F16, DTYPE_BF16, DTYPE_OTHER } Dtype;

/* The format that a header calls so, and the bytes of one number.
 *   returns  false for a name that is not of safetensors; DTYPE_OTHER for one that is not read */
bool dtype_find(const char *name, Dtype *dtype, size_t *width);

const char *dtype_name(Dtype dtype);
size_t dtype_width(Dtype dtype);

/* Numbers as doubles: out[0], out[stride], ..., out[(count - 1) * stride].
 *   bytes   count * width of them, little-endian on every machine
 *   memory  none
 *   errors  none; DTYPE_OTHER is our bug and aborts
 *   source  IEEE 754-2019, section 3.4 */
void dtype_read(Dtype dtype, const unsigned char *bytes, size_t count, double *out, size_t stride);

#endif
