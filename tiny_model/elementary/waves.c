/* Sine and cosine. Chapter 4 (positions) and the normal random numbers.
 *
 *   x = (n + g) pi/2, n whole, |g| <= 1/2        sin x is +- sin or cos of y = g pi/2
 *
 * An angle may be as large as a double can be, so n and g come from the product of its fraction, a whole number of
 * 53 bits, with a window of 192 bits of 2/pi: bits before the window make multiples of four quarter turns, bits
 * behind it less than 2^-137. No double is nearer to a multiple of pi/2 than 2^-61 of it, so y keeps 70 bits at least.
 *
 *   error   below 0.8 ulp
 *   source  Payne and Hanek 1983; the polynomials of fdlibm, k_sin.c and k_cos.c (Sun 1993) */
#include "elementary.h"

/* 2/pi behind 64 zeros, from the largest bit. */
static const uint64_t TWO_OVER_PI[] = {
    0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
    0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484, 0xe99c7026b45f7e41,
    0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7,
    0x4f463f669e5fea2d, 0x7527bac7ebe5f17b, 0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab,
};

/* A quarter turn and an angle y within half of one. */
typedef struct {
    unsigned quarter;
    Twofold y;
} Turn;

/* 64 bits of 2/pi from bit `from` on. */
static uint64_t window(int from)
{
    int word = from / 64, bit = from % 64;
    return bit == 0 ? TWO_OVER_PI[word] : TWO_OVER_PI[word] << bit | TWO_OVER_PI[word + 1] >> (64 - bit);
}

/* *high and the result: the 128 bits of a b, b < 2^53. */
static uint64_t wide_product(uint64_t a, uint64_t b, uint64_t *high)
{
    const uint64_t half = UINT32_MAX;
    uint64_t low = (a & half) * (b & half), left = (a >> 32) * (b & half), right = (a & half) * (b >> 32);
    uint64_t middle = (low >> 32) + (left & half) + (right & half);
    *high = (a >> 32) * (b >> 32) + (left >> 32) + (right >> 32) + (middle >> 32);
    return middle << 32 | (low & half);
}

/* A fraction of 192 bits as a number, from the smallest part to the largest, each without an error. */
static Twofold fraction_of(const uint64_t words[3])
{
    Twofold sum = {0, 0};
    for (int i = 5; i >= 0; i--) {
        uint64_t part = i % 2 ? words[i / 2] & UINT32_MAX : words[i / 2] >> 32;
        double scale = number_of((uint64_t)(EXPONENT_BIAS - 32 * (i + 1)) << FRACTION_BITS);
        Twofold next = sum_of((double)part * scale, sum.high);
        sum = sum_of(next.high, next.low + sum.low);
    }
    return sum;
}

/* Of a finite angle above pi/4. */
static Turn turn_of(double angle)
{
    const Twofold half_pi = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};
    /* angle = fraction 2^exponent */
    int exponent = (int)(bits_of(angle) >> FRACTION_BITS) - EXPONENT_BIAS - FRACTION_BITS;
    uint64_t fraction = (bits_of(angle) & ((UINT64_C(1) << FRACTION_BITS) - 1)) | UINT64_C(1) << FRACTION_BITS;
    int from = exponent - 2 + 64;
    uint64_t p[3], carried, high;
    p[2] = wide_product(window(from + 128), fraction, &carried);
    p[1] = wide_product(window(from + 64), fraction, &high) + carried;
    p[0] = window(from) * fraction + high + (p[1] < carried);
    unsigned quarter = (unsigned)(p[0] >> 62);
    uint64_t g[3] = {p[0] << 2 | p[1] >> 62, p[1] << 2 | p[2] >> 62, p[2] << 2};
    bool beyond = g[0] >> 63;       /* nearer to the next quarter: g - 1, as 1 - g with the other sign */
    for (int i = 0; beyond && i < 3; i++)
        g[i] = ~g[i];
    Twofold y = twofold_product(fraction_of(g), half_pi);
    return beyond ? (Turn){quarter + 1, {-y.high, -y.low}} : (Turn){quarter, y};
}

static double sin_near(Twofold y)
{
    double x = y.high, z = x * x, v = z * x;
    double r = 8.33333333332248946124e-03 + z * (-1.98412698298579493134e-04 + z * (2.75573137070700676789e-06 +
               z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
    return x - ((z * (0.5 * y.low - v * r) - y.low) - v * -1.66666666666666324348e-01);
}

static double cos_near(Twofold y)
{
    double x = y.high, z = x * x, half = 0.5 * z, w = 1.0 - half;
    double r = z * (4.16666666666666019037e-02 + z * (-1.38888888888741095749e-03 + z * (2.48015872894767294178e-05 +
               z * (-2.75573143513906633035e-07 + z * (2.08757232129817482790e-09 +
               z * -1.13596475577881948265e-11)))));
    return w + (((1.0 - w) - half) + (z * r - x * y.low));
}

static Turn turn_by(double size)
{
    return size <= 0x1.921fb54442d18p-1 ? (Turn){0, {size, 0}} : turn_of(size);
}

/* The sine of an angle that is `quarters` quarter turns further. */
static double wave(Turn turn, unsigned quarters)
{
    unsigned at = (turn.quarter + quarters) % 4;
    double height = at % 2 ? cos_near(turn.y) : sin_near(turn.y);
    return at < 2 ? height : -height;
}

static double sine_at(double angle, Turn turn)
{
    double height = wave(turn, 0);
    return bits_of(angle) >> 63 ? -height : height;
}

double sin_of(double angle)
{
    return angle - angle != 0.0 ? NAN : sine_at(angle, turn_by(size_of(angle)));
}

double cos_of(double angle)
{
    return angle - angle != 0.0 ? NAN : wave(turn_by(size_of(angle)), 1);
}

void sin_and_cos_of(double angle, double *sine, double *cosine)
{
    bool finite = angle - angle == 0.0;
    Turn turn = turn_by(finite ? size_of(angle) : 0);
    *sine = finite ? sine_at(angle, turn) : NAN;
    *cosine = finite ? wave(turn, 1) : NAN;
}
