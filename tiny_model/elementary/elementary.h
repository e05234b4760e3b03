/* The elementary functions, from published methods and not from the C library, whose last bits differ from one
 * library and processor to the next. Only additions, subtractions, multiplications and divisions of doubles, which
 * IEEE 754 rounds in one way, and whole numbers: the same bits on every processor, with and without fused
 * multiply-add, one argument at a time or several side by side.
 *
 * Each stays within 1 ulp of the true value (its file says how far), is exact where the result is a double by rule
 * (exp 0, log 1, pow 10 3), odd functions are odd to the last bit, and nan, infinities and signed zeros are those of
 * C17, Annex F. Those in a header may be used in the loop of a KERNEL.
 *   units   radians for sin and cos
 *   memory  none
 *   errors  none; an argument outside the domain gives nan
 *   source  see the files */
#ifndef TINY_MODEL_ELEMENTARY_ELEMENTARY_H
#define TINY_MODEL_ELEMENTARY_ELEMENTARY_H

#include "error_function.h"
#include "exponential.h"
#include "log_sigmoid.h"
#include "logarithm.h"

/* waves.c */
double sin_of(double angle);
double cos_of(double angle);
void sin_and_cos_of(double angle, double *sine, double *cosine); /* both for little more than one */
/* power.c: x^y */
double pow_of(double x, double y);

#endif
