/* The elementary functions beside MPFR's, which rounds them rightly: within 1 ulp everywhere. ELEMENTARY_ARGUMENTS
 * says how many arguments a function is tried on beside the hard ones. */
#include "support.h"

#include "tiny_model/elementary/elementary.h"
#include "tiny_model/random.h"

#include <float.h>
#include <math.h>
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>

enum { PRECISION = 200, ARGUMENTS = 20000, MOST_RANGES = 8, AT_ONCE = 64 };

typedef struct {
    double low, high;
    bool by_exponent;       /* drawn evenly over the exponents, with both signs */
} Range;

typedef struct {
    const char *name;
    double (*function)(double);
    void (*all)(double *restrict out, const double *a, size_t n);
    void (*exactly)(mpfr_t x);
    Range ranges[MOST_RANGES];
    uint64_t digest;        /* of its results on any machine */
} Function;

#define VECTOR(name) \
    static double name##_alone(double x) { return name##_of(x); } \
    KERNEL static void name##_all(double *restrict out, const double *a, size_t n) \
    { \
        for (size_t i = 0; i < n; i++) \
            out[i] = name##_of(a[i]); \
    }
#define EXACTLY(name) static void name##_exactly(mpfr_t x) { mpfr_##name(x, x, MPFR_RNDN); }

VECTOR(exp) VECTOR(log) VECTOR(tanh) VECTOR(sigmoid) VECTOR(erf) VECTOR(sin) VECTOR(cos)
EXACTLY(exp) EXACTLY(log) EXACTLY(tanh) EXACTLY(erf) EXACTLY(sin) EXACTLY(cos)

static void sigmoid_exactly(mpfr_t x)
{
    mpfr_neg(x, x, MPFR_RNDN);
    mpfr_exp(x, x, MPFR_RNDN);
    mpfr_add_ui(x, x, 1, MPFR_RNDN);
    mpfr_ui_div(x, 1, x, MPFR_RNDN);
}

#define FUNCTION(name) #name, name##_alone, name##_all, name##_exactly

static const Function FUNCTIONS[] = {
    {FUNCTION(exp), {{-1, 1}, {-746, -707}, {707, 711}, {-750, 750}, {0x1p-1074, 800, true}}, 0xe8c416ade6738d37},
    {FUNCTION(log), {{0.5, 2}, {0.99, 1.01}, {0.7, 0.72}, {1.41, 1.42}, {0x1p-1074, 0x1p-1000, true}, {0x1p-1074, DBL_MAX, true}}, 0x530b7ac29f006c32},
    {FUNCTION(tanh), {{-1, 1}, {-0.5, 0.5}, {-21, 21}, {0x1p-1074, 30, true}}, 0xca256dd0c35fe650},
    {FUNCTION(sigmoid), {{-1, 1}, {-40, 40}, {-750, -700}, {-750, 750}, {0x1p-1074, 800, true}}, 0x0e92b0cb6ddcdc80},
    {FUNCTION(erf), {{-1, 1}, {0.99, 1.3}, {-1.5, 1.5}, {-6.1, 6.1}, {0x1p-1074, 7, true}}, 0xb7c0ca0d406e7551},
    {FUNCTION(sin), {{-1, 1}, {0, 7}, {-1000, 1000}, {0x1p-1074, DBL_MAX, true}, {1, DBL_MAX, true}}, 0x3c2a9e7a2172e42b},
    {FUNCTION(cos), {{-1, 1}, {0, 7}, {-1000, 1000}, {0x1p-1074, DBL_MAX, true}, {1, DBL_MAX, true}}, 0x3f3f116ce4fbbdb8},
};
enum { FUNCTION_COUNT = sizeof FUNCTIONS / sizeof *FUNCTIONS };

static int arguments(void)
{
    const char *told = getenv("ELEMENTARY_ARGUMENTS");
    return told ? atoi(told) : ARGUMENTS;
}

static double drawn(Random *random, Range range)
{
    double share = random_uniform(random);
    if (!range.by_exponent)
        return range.low + (range.high - range.low) * share;
    int lowest = ilogb(range.low), highest = ilogb(range.high);
    double size = ldexp(1 + random_uniform(random), lowest + (int)((highest - lowest) * share));
    return random_bits(random) % 2 ? -size : size;
}

/* How many ulps of the true value a result is off; where that is 0, nan or out of range, the result is right or
 * wrong by infinity. */
static double ulps(double result, const mpfr_t truth)
{
    double nearest = mpfr_get_d(truth, MPFR_RNDN);
    if (isnan(nearest))
        return isnan(result) ? 0 : INFINITY;
    if (isinf(nearest) || nearest == 0)
        return same_bits(result, nearest) ? 0 : INFINITY;
    int exponent;
    frexp(nearest, &exponent);
    mpfr_t difference;
    mpfr_init2(difference, PRECISION);
    mpfr_sub_d(difference, truth, result, MPFR_RNDN);
    mpfr_mul_2si(difference, difference, DBL_MANT_DIG - (exponent < DBL_MIN_EXP ? DBL_MIN_EXP : exponent), MPFR_RNDN);
    double off = fabs(mpfr_get_d(difference, MPFR_RNDN));
    mpfr_clear(difference);
    return off;
}

static double off_by(const Function *of, double x)
{
    mpfr_t truth;
    mpfr_init2(truth, PRECISION);
    mpfr_set_d(truth, x, MPFR_RNDN);
    of->exactly(truth);
    double off = ulps(of->function(x), truth);
    mpfr_clear(truth);
    return off;
}

/* Arguments where methods fail: both ends of the doubles, 0, every power of two and its neighbours, places
 * where a result overflows, underflows or stops to change, halves of ln 2, and multiples of pi/2 that a double nearly hits. */
static double hard_argument(int i)
{
    static const double places[] = {
        0x1.62e42fefa39efp+9, 0x1.62e42fefa39f0p+9, -0x1.74910d52d3051p+9, -0x1.74910d52d3052p+9, -0x1.6232bdd7abcd2p+9,
        0x1.62e42fefa39efp-2, 0x1.62e42fefa39f0p-2, 0x1.6a09e667f3bccp-1, 0x1.6a09e667f3bcdp+0, 0x1.30fc1931f09cap+4,
        0x1.7744f8f74e94ap+2, 5.9, 6, 0x1.921fb54442d18p-1, 0x1.921fb54442d19p-1, 0x1.921fb54442d18p+0, 0x1.921fb54442d18p+1,
        0x1.6ac5b262ca1ffp+849, 0x1.6c6cbc45dc8dep+5, 0x1.9fd0b8c4b2ad1p+5, 1e22, 1e300, DBL_MAX, DBL_MIN, 0x1p-1074, 3, 7, 10, 19, 100,
    };
    enum { PLACES = sizeof places / sizeof *places, EXPONENTS = 2098, BESIDE = 3 };
    if (i < 2 * PLACES)
        return i % 2 ? -places[i / 2] : places[i / 2];
    i -= 2 * PLACES;
    if (i >= 2 * EXPONENTS * BESIDE)
        return NAN;
    double power = ldexp(1, i / (2 * BESIDE) - 1074), at = power;
    if (i / 2 % BESIDE > 0)
        at = nextafter(power, i / 2 % BESIDE == 1 ? 0 : INFINITY);
    return i % 2 ? -at : at;
}

static void within_one_ulp(void **state)
{
    const Function *of = *state;
    Random random;
    random_seed(&random, 1);
    int ranges = 0, tried = 0;
    while (ranges < MOST_RANGES && of->ranges[ranges].low != of->ranges[ranges].high)
        ranges++;
    for (int i = 0; i < arguments(); i++, tried++) {
        double x = drawn(&random, of->ranges[i % ranges]), off = off_by(of, x);
        EXPECT(off <= 1, "%s %a is %a, %g ulps off", of->name, x, of->function(x), off);
    }
    for (int i = 0; !isnan(hard_argument(i)); i++, tried++) {
        double x = hard_argument(i), off = off_by(of, x);
        EXPECT(off <= 1, "%s %a is %a, %g ulps off", of->name, x, of->function(x), off);
    }
    EXPECT(tried > arguments() && tried > 10000, "only %d were tried", tried);
}

/* One at a time and side by side; the sum of the bits is that of every machine. */
static void the_same_bits(void **state)
{
    const Function *of = *state;
    double a[AT_ONCE], together[AT_ONCE];
    uint64_t digest = 0;
    Random random;
    random_seed(&random, 2);
    for (int round = 0; round < 300; round++) {
        size_t count = (size_t)(1 + round % AT_ONCE);
        for (size_t i = 0; i < count; i++)
            a[i] = round % 3 == 0 ? hard_argument((int)(random_bits(&random) % 12000))
                                  : drawn(&random, of->ranges[round % 3 - 1]);
        of->all(together, a, count);
        for (size_t i = 0; i < count; i++) {
            double alone = of->function(a[i]);
            EXPECT(same_bits(alone, together[i]), "%s %a is %a alone and %a among %zu", of->name, a[i], alone, together[i], count);
            digest = digest * 0x100000001b3u + (isnan(alone) ? 1 : bits_of(alone));
        }
    }
    EXPECT(digest == of->digest, "%s: the digest is 0x%016llx, not 0x%016llx", of->name, (unsigned long long)digest,
           (unsigned long long)of->digest);
}

static void special_cases(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        double (*function)(double);
        double at, is;
    } cases[] = {
        {"exp 0", exp_alone, 0, 1}, {"exp -0", exp_alone, -0.0, 1}, {"exp inf", exp_alone, INFINITY, INFINITY},
        {"exp -inf", exp_alone, -INFINITY, 0}, {"exp nan", exp_alone, NAN, NAN}, {"log 1", log_alone, 1, 0},
        {"log 0", log_alone, 0, -INFINITY}, {"log -0", log_alone, -0.0, -INFINITY}, {"log -1", log_alone, -1, NAN},
        {"log inf", log_alone, INFINITY, INFINITY}, {"log -inf", log_alone, -INFINITY, NAN}, {"log nan", log_alone, NAN, NAN},
        {"tanh 0", tanh_alone, 0, 0}, {"tanh -0", tanh_alone, -0.0, -0.0}, {"tanh inf", tanh_alone, INFINITY, 1},
        {"tanh -inf", tanh_alone, -INFINITY, -1}, {"tanh nan", tanh_alone, NAN, NAN}, {"sigmoid 0", sigmoid_alone, 0, 0.5},
        {"sigmoid inf", sigmoid_alone, INFINITY, 1}, {"sigmoid -inf", sigmoid_alone, -INFINITY, 0},
        {"sigmoid nan", sigmoid_alone, NAN, NAN}, {"erf 0", erf_alone, 0, 0}, {"erf -0", erf_alone, -0.0, -0.0},
        {"erf inf", erf_alone, INFINITY, 1}, {"erf -inf", erf_alone, -INFINITY, -1}, {"erf nan", erf_alone, NAN, NAN},
        {"sin 0", sin_alone, 0, 0}, {"sin -0", sin_alone, -0.0, -0.0}, {"sin inf", sin_alone, INFINITY, NAN},
        {"sin nan", sin_alone, NAN, NAN}, {"cos 0", cos_alone, 0, 1}, {"cos -inf", cos_alone, -INFINITY, NAN},
        {"cos nan", cos_alone, NAN, NAN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double is = cases[i].function(cases[i].at);
        EXPECT(same_bits(is, cases[i].is) || (isnan(is) && isnan(cases[i].is)), "%s is %g", cases[i].what, is);
    }
}

static double power_off_by(double x, double y)
{
    mpfr_t truth, exponent;
    mpfr_init2(truth, PRECISION);
    mpfr_init2(exponent, PRECISION);
    mpfr_set_d(truth, x, MPFR_RNDN);
    mpfr_set_d(exponent, y, MPFR_RNDN);
    mpfr_pow(truth, truth, exponent, MPFR_RNDN);
    double off = ulps(pow_of(x, y), truth);
    mpfr_clear(truth);
    mpfr_clear(exponent);
    return off;
}

/* Any base with a result in range, bases around 1 with a large exponent, and what the program asks for. */
static void powers(void **state)
{
    (void)state;
    Random random;
    random_seed(&random, 3);
    for (int i = 0; i < arguments(); i++) {
        double share = random_uniform(&random), other = 2 * random_uniform(&random) - 1, x, y;
        switch (i % 4) {
        case 0: x = ldexp(1 + share, (int)(random_bits(&random) % 2096) - 1074), y = 1100 * other / (fabs(log2(x)) + 0.01); break;
        case 1: x = 3 * share, y = 300 * other; break;
        case 2: x = 1 + ldexp(share, -(int)(random_bits(&random) % 50)), y = 740 * other / log(x + 1e-16); break;
        default: x = 0.9 + 0.1 * share, y = i / 4 + 1; break;
        }
        EXPECT(power_off_by(x, y) <= 1, "%a to the power %a is %a, %g ulps off", x, y, pow_of(x, y), power_off_by(x, y));
    }
}

/* Every pair of these, as C17 F.10.4.4 has it; MPFR's rules are the same. */
static void special_powers(void **state)
{
    (void)state;
    static const double numbers[] = {0, 0x1p-1074, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 7.5, 1e10, 0x1p51 + 0.5, 0x1p52 + 1, 0x1p53, 0x1p53 - 1, DBL_MAX, INFINITY};
    enum { COUNT = sizeof numbers / sizeof *numbers };
    for (int i = 0; i < 4 * COUNT * COUNT; i++) {
        double x = numbers[i / 4 / COUNT], y = numbers[i / 4 % COUNT];
        x = i % 2 ? -x : x;
        y = i / 2 % 2 ? -y : y;
        EXPECT(power_off_by(x, y) <= 1, "%a to the power %a is %a", x, y, pow_of(x, y));
        EXPECT(pow_of(NAN, 0 * y) == 1 || !(0 * y == 0), "nan to the power 0 is %g", pow_of(NAN, 0 * y));
    }
    EXPECT(isnan(pow_of(NAN, 1)) && isnan(pow_of(2, NAN)) && pow_of(1, NAN) == 1 && pow_of(NAN, -0.0) == 1, "nan");
    double ten = 1;
    for (int n = 0; n <= 22; n++, ten *= 10)
        EXPECT(same_bits(pow_of(10, n), ten), "10 to the power %d is %.17g", n, pow_of(10, n));
}

int test_elementary(void)
{
    TestList list = {0};
    for (int i = 0; i < FUNCTION_COUNT; i++) {
        tests_add(&list, within_one_ulp, &FUNCTIONS[i], "%s is within 1 ulp", FUNCTIONS[i].name);
        tests_add(&list, the_same_bits, &FUNCTIONS[i], "%s has the same bits everywhere", FUNCTIONS[i].name);
    }
    tests_add(&list, special_cases, NULL, "zeros, infinities and nan");
    tests_add(&list, powers, NULL, "pow is within 1 ulp");
    tests_add(&list, special_powers, NULL, "special cases of pow");
    int failed = tests_run(&list, "elementary");
    mpfr_free_cache();
    return failed;
}
