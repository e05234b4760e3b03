/* x^y = e^(y ln x), with ln x in two parts: an error of ln x is multiplied by up to 700 on its way.
 *
 *   x = 2^k m, sqrt(1/2) <= m < sqrt(2)        s = (m - 1) / (m + 1)
 *   ln x = k ln 2 + 2 s + 2 s (s^2/3 + s^4/5 + ... + s^26/27)
 *
 * s and the first term of the series in two parts; the series is cut off where the rest is below 2^-70.
 *
 *   error   below 0.7 ulp; 1 ulp where the result is subnormal and so rounded twice
 *   source  the series of fdlibm, e_pow.c (Sun 1993), longer; Dekker 1971 for numbers in two parts; C17, F.10.4.4 */
#include "elementary.h"

/* s = f / d in two parts. */
static Twofold twofold_quotient(double f, Twofold d)
{
    double q = f / d.high;
    Twofold back = product_of(q, d.high);
    return sum_of(q, ((f - back.high) - back.low - q * d.low) / d.high);
}

/* ln x of a finite x > 0, off by less than 2^-64 of it. */
static Twofold twofold_log(double x)
{
    const Twofold third = {0x1.5555555555555p-2, 0x1.5555555555555p-56};
    bool subnormal = x < 0x1p-1022;
    double k, m = split_exponent(subnormal ? x * 0x1p54 : x, &k);
    k = subnormal ? k - 54.0 : k;
    Twofold s = twofold_quotient(m - 1.0, sum_of(m > 1.0 ? m : 1.0, m > 1.0 ? 1.0 : m));
    Twofold z = twofold_product(s, s), first = twofold_product(z, third);
    double rest = 0;
    for (int n = 27; n >= 5; n -= 2)
        rest = z.high * (rest + 1.0 / n);
    Twofold series = sum_of(first.high, first.low + z.high * rest), more = twofold_product(s, series);
    Twofold sum = sum_of(s.high, more.high), ln_m = sum_of(sum.high, sum.low + (s.low + more.low));
    Twofold whole = sum_of(k * LN2_HIGH, 2 * ln_m.high);
    return sum_of(whole.high, whole.low + (2 * ln_m.low + k * LN2_LOW));
}

/* x^y for a finite x > 0 and a finite y. */
static double positive_power(double x, double y)
{
    Twofold ln = twofold_log(x);
    if (y * ln.high > 710.0)
        return INFINITY;
    if (y * ln.high < -746.0)
        return 0;
    Twofold product = product_of(y, ln.high);
    Exponential e = exponential_of(product.high, product.low + y * ln.low);
    return scaled_by_two(mantissa_of(e).high, e.n);
}

static bool is_whole(double y)
{
    double size = size_of(y);
    return size >= 0x1p52 || (size + 0x1p52) - 0x1p52 == size;
}

static bool is_odd(double y)
{
    return is_whole(y) && size_of(y) < 0x1p53 && !is_whole(y / 2);
}

double pow_of(double x, double y)
{
    double size = size_of(x);
    bool negative = bits_of(x) >> 63;
    if (x == 1.0 || y == 0.0)
        return 1;
    if (x != x || y != y)
        return NAN;
    if (y - y != 0.0)
        return size == 1.0 ? 1 : (size > 1.0) == (y > 0.0) ? INFINITY : 0;
    if (negative && size > 0.0 && size - size == 0.0 && !is_whole(y))
        return NAN;
    bool regular = size > 0.0 && size - size == 0.0;
    double power = regular ? positive_power(size, y) : (size == 0.0) == (y > 0.0) ? 0 : INFINITY;
    return negative && is_odd(y) ? -power : power;
}
