/* The natural logarithm. Chapters 10 and 11.
 *
 *   x = 2^k m, sqrt(1/2) <= m < sqrt(2)        ln x = k ln 2 + ln m        f = m - 1, s = f / (2 + f)
 *   ln m = f - f^2/2 + s (f^2/2 + R),  R = 2 s^2/3 + 2 s^4/5 + ..., a polynomial in s^2
 *
 * The largest parts, k ln 2 and f, are added first, and what that addition loses is kept.
 *
 *   error   below 0.85 ulp
 *   source  fdlibm, e_log.c (Sun 1993), its reduction and its coefficients */
#ifndef TINY_MODEL_ELEMENTARY_LOGARITHM_H
#define TINY_MODEL_ELEMENTARY_LOGARITHM_H

#include "parts.h"

/* x = 2^k m for a normal x > 0. */
ELEMENTARY double split_exponent(double x, double *k)
{
    const uint64_t root_of_half = UINT64_C(0x3fe6a09e) << 32, one = (uint64_t)EXPONENT_BIAS << FRACTION_BITS;
    uint64_t exponent = (bits_of(x) + (one - root_of_half)) >> FRACTION_BITS;
    *k = number_of(exponent | bits_of(0x1p52)) - 0x1p52 - EXPONENT_BIAS;
    return number_of(bits_of(x) + one - (exponent << FRACTION_BITS));
}

/* ln x; -inf at 0, nan below. */
ELEMENTARY double log_of(double x)
{
    bool subnormal = x < 0x1p-1022;
    double k, m = split_exponent(subnormal ? x * 0x1p54 : x, &k), f = m - 1.0;
    k = subnormal ? k - 54.0 : k;
    double s = f / (2.0 + f), z = s * s, half = 0.5 * f * f;
    double rest = z * (6.666666666666735130e-01 + z * (3.999999999940941908e-01 + z * (2.857142874366239149e-01 +
                  z * (2.222219843214978396e-01 + z * (1.818357216161805012e-01 + z * (1.531383769920937332e-01 +
                  z * 1.479819860511658591e-01))))));
    Twofold sum = sum_of(k * LN2_HIGH, f);
    double ln = sum.high + (sum.low - (half - (s * (half + rest) + k * LN2_LOW)));
    ln = x == 0.0 ? -INFINITY : ln;
    ln = x < 0.0 ? NAN : ln;
    return x - x == 0.0 ? ln : x > 0.0 ? x : NAN;
}

#endif
