/* ln of the logistic function, which stays finite where the function itself rounds to 0. Chapter 27.
 *
 *   ln 1/(1 + e^-x) = min(x, 0) - ln(1 + e),  e = e^-|x| <= 1
 *   ln(1 + e) = ln u  e / (u - 1),  u = 1 + e rounded: what the rounding of u loses is put right by the quotient
 *
 *   error   below 3 ulp
 *   source  Kahan, in Hewlett-Packard HP-15C Advanced Functions Handbook, 1982 */
#ifndef TINY_MODEL_ELEMENTARY_LOG_SIGMOID_H
#define TINY_MODEL_ELEMENTARY_LOG_SIGMOID_H

#include "exponential.h"
#include "logarithm.h"

ELEMENTARY double log_sigmoid_of(double x)
{
    double e = exp_of(-size_of(x)), u = 1.0 + e, above = u - 1.0;
    double ln = above > 0.0 ? log_of(u) * (e / above) : e;
    return (x < 0.0 ? x : 0.0) - ln + (x != x ? x : 0.0);
}

#endif
