/* erf, the share of a normal distribution within x sqrt 2 deviations. Chapter 11.
 *
 *   |x| < 1     erf x = x (2 / sqrt pi + x^2 A(x^2))
 *   else        erf x = 1 - e^(-x^2) w B(w - 3/16),  w = 1 / (x + 3)        1 from 6 on
 *
 * A and B are polynomials through the function at Chebyshev's places, off by less than 2^-62 of erf;
 * tests/elementary/erf_fit.py makes them. x^2 is kept in two parts.
 *
 *   error   below 0.75 ulp
 *   source  Abramowitz and Stegun 1964, 7.1; the shape of the second formula after Schonfelder 1978 */
#ifndef TINY_MODEL_ELEMENTARY_ERROR_FUNCTION_H
#define TINY_MODEL_ELEMENTARY_ERROR_FUNCTION_H

#include "exponential.h"

ELEMENTARY double erf_near(double x)
{
    const Twofold slope = {0x1.20dd750429b6dp+0, 0x1.1ae3a914fed80p-56}; /* 2 / sqrt pi, that of erf at 0 */
    double z = x * x;
    double z2 = z * z;
    double odd = 0x1.ce2f21a042b30p-4 + z2 * (0x1.565bcd0dbaa38p-8 + z2 * (0x1.f9a321d5b8e1ep-14 +
                 z2 * (0x1.b9df224ca4b97p-20 + z2 * (0x1.f7b4bf3b13964p-27 + z2 * 0x1.05ffd737fb32ep-34))));
    double even = -0x1.b82ce31284e00p-6 + z2 * (-0x1.c02db3dac435fp-11 + z2 * (-0x1.f4d1e3183f7aep-17 +
                  z2 * (-0x1.5f1ecb6f0764cp-23 + z2 * -0x1.389d4f2641625p-30)));
    double t = z * (odd + z * even);
    Twofold inner = sum_of(-0x1.812746b0379e6p-2, t), product = product_of(z, inner.high);
    Twofold a = sum_of(slope.high, product.high), erf = product_of(x, a.high);
    double whole = erf.high + (erf.low + x * (a.low + (slope.low + product.low + z * inner.low)));
    return x < 0x1p-900 ? x * slope.high : whole; /* there the low parts underflow */
}

ELEMENTARY double erf_far(double x)
{
    Twofold square = product_of(x, x);
    Exponential e = exponential_of(-square.high, -square.low);
    Twofold mantissa = mantissa_of(e);
    double d = x + 3.0, w = 1.0 / d, v = w - 0.1875;
    Twofold back = product_of(w, d);
    double w_low = w * (((1.0 - back.high) - back.low) - w * (x - (d - 3.0)));
    double v2 = v * v;
    double odd = 0x1.91d847ba03623p+2 + v2 * (0x1.436ff54fcecd4p+6 + v2 * (0x1.82cdebced4d92p+7 +
                 v2 * (-0x1.dc7e99defb2a3p+9 + v2 * (0x1.dce57b962bbb4p+11 + v2 * (-0x1.1701995d33e07p+14 +
                 v2 * (0x1.83f584f36e146p+16 + v2 * -0x1.083c9cbcfcb2ap+19))))));
    double even = 0x1.9dc8f9a891368p+4 + v2 * (0x1.5ffb09aa9dddbp+7 + v2 * (-0x1.7a892ebf08f8dp+7 +
                  v2 * (-0x1.229216de97ac6p+8 + v2 * (0x1.814a454da3a3fp+11 + v2 * (-0x1.d25fa9f72826ep+13 +
                  v2 * 0x1.3689060326d78p+15)))));
    double t = odd + v * even;
    Twofold b = sum_of(0x1.31bcfbbe161c9p+0, v * t);
    Twofold share = twofold_product((Twofold){w, w_low}, (Twofold){b.high, b.low + w_low * t});
    Twofold beyond = twofold_product(share, mantissa);
    double two_n = power_of_two(e.n);
    Twofold erf = sum_of(1.0, -two_n * beyond.high);
    return erf.high + (erf.low - two_n * beyond.low);
}

/* erf of |x| < 1 alone, for a loop that knows. */
ELEMENTARY double erf_below_one(double x)
{
    return signed_as(erf_near(size_of(x)), x);
}

ELEMENTARY double erf_of(double x)
{
    double size = size_of(x), within = size > 6.0 ? 6.0 : size;
    double far = erf_far(within < 1.0 ? 1.0 : within), erf = within < 1.0 ? erf_near(within) : far;
    return signed_as(erf, x);
}

#endif
