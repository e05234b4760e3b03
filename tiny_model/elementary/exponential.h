/* exp, and tanh and the logistic function, which are made of it. Chapters 7 and 11.
 *
 *   x = n ln 2 + r, |r| <= ln 2 / 2        e^x = 2^n e^r        e^r = 1 + r + r^2/2 + ... + r^13/13!
 *
 * The series is cut off where the rest is below 2^-57. 1 + r is kept in two parts, so that what is rounded
 * before the last addition is small beside the result. tanh and the logistic function divide such pairs.
 *
 *   error   exp and sigmoid below 0.65 ulp, tanh below 0.8; 1 ulp where a result is subnormal and so rounded twice
 *   source  fdlibm, e_exp.c (Sun 1993), for the reduction; Dekker 1971 for numbers in two parts */
#ifndef TINY_MODEL_ELEMENTARY_EXPONENTIAL_H
#define TINY_MODEL_ELEMENTARY_EXPONENTIAL_H

#include "parts.h"

/* e^x = 2^n (1 + r + rest). */
typedef struct {
    double r, rest;
    uint64_t n;     /* n + 3 * 2^10, which makes it positive */
} Exponential;

enum { EXPONENT_OFFSET = 3 * 1024 };

/* 2^n for an exponent of a normal number. */
ELEMENTARY double power_of_two(uint64_t n)
{
    return number_of((n - EXPONENT_OFFSET + EXPONENT_BIAS) << FRACTION_BITS);
}

/* x 2^n, also where 2^n alone is out of range: in two equal steps, of which only the second can round. */
ELEMENTARY double scaled_by_two(double x, uint64_t n)
{
    uint64_t both = n - EXPONENT_OFFSET + 2 * EXPONENT_BIAS, half = both >> 1, other = both - half;
    return x * number_of(half << FRACTION_BITS) * number_of(other << FRACTION_BITS);
}

/* Of x + tail, |x| < 800, tail less than an ulp of x. */
ELEMENTARY Exponential exponential_of(double x, double tail)
{
    const double shift = 0x1.8p52; /* so large that the sum has no place for a fraction: n stands in its last bits */
    double shifted = x * INVERSE_LN2 + shift, n = shifted - shift;
    double high = x - n * LN2_HIGH, low = n * LN2_LOW - tail;
    double r = high - low, lost = (high - r) - low, r2 = r * r;
    double even = 1.0 / 2 + r2 * (1.0 / 24 + r2 * (1.0 / 720 + r2 * (1.0 / 40320 +
                  r2 * (1.0 / 3628800 + r2 * (1.0 / 479001600)))));
    double odd = 1.0 / 6 + r2 * (1.0 / 120 + r2 * (1.0 / 5040 + r2 * (1.0 / 362880 +
                 r2 * (1.0 / 39916800 + r2 * (1.0 / 6227020800)))));
    double rest = r2 * (even + r * odd) + (lost + lost * r);
    return (Exponential){r, rest, bits_of(shifted) - bits_of(shift) + EXPONENT_OFFSET};
}

/* e^x without its power of two, in two parts. */
ELEMENTARY Twofold mantissa_of(Exponential e)
{
    Twofold sum = sum_of(1.0, e.r);
    return sum_of(sum.high, sum.low + e.rest);
}

/* e^x; 0 below -745.13, inf above 709.78. */
ELEMENTARY double exp_of(double x)
{
    double most = x > 710.0 ? 710.0 : x, within = most < -746.0 ? -746.0 : most;
    Exponential e = exponential_of(within, 0.0);
    Twofold sum = sum_of(1.0, e.r);
    return scaled_by_two(sum.high + (sum.low + e.rest), e.n);
}

/* With E = e^(2|x|) - 1:  tanh |x| = E / (E + 2); 1 from 20 on. */
ELEMENTARY double tanh_of(double x)
{
    double size = size_of(x), within = size > 20.0 ? 20.0 : size;
    Exponential e = exponential_of(2.0 * within, 0.0);
    double two_n = power_of_two(e.n);
    Twofold sum = sum_of(two_n - 1.0, two_n * e.r), minus_one = sum_of(sum.high, sum.low + two_n * e.rest);
    double plus_two = minus_one.high + 2.0, part = plus_two - minus_one.high;
    double lost = (minus_one.high - (plus_two - part)) + (2.0 - part);
    return signed_as(quotient_of(minus_one, (Twofold){plus_two, lost + minus_one.low}), x);
}

/* The logistic function. With e = e^-|x|:  1 / (1 + e), for x < 0  e / (1 + e). */
ELEMENTARY double sigmoid_of(double x)
{
    double size = size_of(x), within = size > 746.0 ? 746.0 : size;
    Exponential e = exponential_of(-within, 0.0);
    Twofold mantissa = mantissa_of(e);
    double two_n = scaled_by_two(1.0, e.n);
    Twofold sum = sum_of(1.0, mantissa.high * two_n), divisor = {sum.high, sum.low + mantissa.low * two_n};
    bool negative = x < 0.0;
    Twofold dividend = {negative ? mantissa.high : 1.0, negative ? mantissa.low : 0.0};
    double quotient = quotient_of(dividend, divisor);
    return negative ? scaled_by_two(quotient, e.n) : quotient;
}

#endif
