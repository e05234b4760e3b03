/* What the elementary functions are made of. See elementary.h.
 *
 * Everything here is a few additions, multiplications, divisions and shifts without a branch, so that a compiler
 * can put several arguments side by side, and every one of them is rounded alike by every processor. */
#ifndef TINY_MODEL_ELEMENTARY_PARTS_H
#define TINY_MODEL_ELEMENTARY_PARTS_H

#include "../kernel.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define ELEMENTARY static inline __attribute__((always_inline, unused))

enum { FRACTION_BITS = 52, EXPONENT_BIAS = 1023 };

/* ln 2 in two parts, the first so short (32 bits) that n LN2_HIGH is exact for |n| < 2^20; fdlibm, e_exp.c. */
static const double LN2_HIGH = 0x1.62e42feep-1, LN2_LOW = 0x1.a39ef35793c76p-33, INVERSE_LN2 = 0x1.71547652b82fep+0;

/* A number in two parts, high + low, low less than an ulp of high: about 106 bits. */
typedef struct {
    double high, low;
} Twofold;

ELEMENTARY uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

ELEMENTARY double number_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* |x|, and |x| with the sign of another number. */
ELEMENTARY double size_of(double x)
{
    return number_of(bits_of(x) & ~(UINT64_C(1) << 63));
}

ELEMENTARY double signed_as(double size, double sign)
{
    return number_of(bits_of(size) | (bits_of(sign) & UINT64_C(1) << 63));
}

/* The first 26 bits of x: the product of two such halves is exact. */
ELEMENTARY double first_half(double x)
{
    return number_of(bits_of(x) & ~((UINT64_C(1) << 27) - 1));
}

/* a + b without an error, for |a| >= |b| or a = 0. Source: Dekker 1971. */
ELEMENTARY Twofold sum_of(double a, double b)
{
    double sum = a + b;
    return (Twofold){sum, b - (sum - a)};
}

/* a b, wrong by less than 2^-105 of it. Source: Dekker 1971, with halves cut off in place of rounded ones. */
ELEMENTARY Twofold product_of(double a, double b)
{
    double a1 = first_half(a), a2 = a - a1, b1 = first_half(b), b2 = b - b1, product = a * b;
    return (Twofold){product, ((a1 * b1 - product) + a1 * b2 + a2 * b1) + a2 * b2};
}

ELEMENTARY Twofold twofold_product(Twofold a, Twofold b)
{
    Twofold p = product_of(a.high, b.high);
    return sum_of(p.high, p.low + (a.high * b.low + a.low * b.high));
}

/* a / d, rounded once: the first half of the quotient, and the rest from what that half leaves over.
 * Off by less than 0.5001 ulp of the quotient of what it was given. */
ELEMENTARY double quotient_of(Twofold a, Twofold d)
{
    double inverse = 1.0 / d.high, q = first_half(a.high * inverse);
    double d1 = first_half(d.high), d2 = d.high - d1;
    return q + (((a.high - q * d1) - q * d2) + (a.low - q * d.low)) * inverse;
}

#endif
