/* Random numbers: the same as Python's, draw by draw. Expected numbers: CPython 3.11. */
#include "support.h"

#include "tiny_model/random.h"

#include <math.h>

static void same_as_python(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed;
        uint32_t first, second;
        double then, gauss[2];
    } python[] = {
        {42, 2746317213u, 478163327u, 0.025010755222666936, {-0.11131586156766246, 0.7019837250988631}},
        {0, 3626764237u, 1654615998u, 0.7579544029403025, {-0.6797144480784211, 0.3705035674606598}},
        {4294967303u, 968553300u, 3287823873u, 0.35860096918797, {0.7734968082573422, -2.420196232605665}},
        {9007199254740992u, 2975893306u, 2115941521u, 0.9994740232935941, {1.0367163097049013, -1.3664842120139988}},
    };
    for (size_t i = 0; i < sizeof python / sizeof *python; i++) {
        Random random;
        random_seed(&random, python[i].seed);
        assert_int_equal(random_bits(&random), python[i].first);
        assert_int_equal(random_bits(&random), python[i].second);
        EXPECT(same_bits(random_uniform(&random), python[i].then), "uniform of seed %d of the list", (int)i);
        for (int j = 0; j < 2; j++) {
            double gauss = random_gauss(&random);
            EXPECT(is_close(gauss, python[i].gauss[j], 1e-15), "gauss %.17g, not %.17g", gauss, python[i].gauss[j]);
        }
    }
}

/* Behind the first 624 the state was made anew; 1 of them is checked on either side of that. */
static void bits_far_on(void **state)
{
    (void)state;
    static const struct {
        int at;
        uint32_t bits;
    } python[] = {{623, 2929454134u}, {624, 1071722055u}, {1248, 2301518177u}, {1999, 1557724698u}};
    Random random;
    random_seed(&random, 42);
    for (int at = 0, i = 0; i < 4; at++) {
        uint32_t bits = random_bits(&random);
        if (at == python[i].at)
            assert_int_equal(bits, python[i++].bits);
    }
}

/* All draws of the published calculation; see the chapter on weights. */
static void published_draws(void **state)
{
    (void)state;
    double draws[2128];
    Random random;
    random_seed(&random, 42);
    for (int i = 0; i < 2128; i++)
        draws[i] = random_gauss(&random) * 0.1;
    EXPECT(same_bits(draws[0], -0.014409032957792837), "the first is %.17g", draws[0]);
    EXPECT(same_bits(draws[2127], 0.019690697977147162), "the last is %.17g", draws[2127]);
    double sum = 0, squares = 0;
    for (int i = 0; i < 2128; i++) {
        sum += draws[i];
        squares += draws[i] * draws[i];
    }
    EXPECT(fabs(sum / 2128) < 0.01 && fabs(sqrt(squares / 2128) - 0.1) < 0.005, "mean %g, deviation %g", sum / 2128,
           sqrt(squares / 2128));
}

/* Seeding forgets the second number of a pair. */
static void seeding_starts_anew(void **state)
{
    (void)state;
    Random random;
    random_seed(&random, 7);
    double first = random_gauss(&random);
    random_seed(&random, 7);
    EXPECT(same_bits(random_gauss(&random), first), "another first number");
    double second = random_gauss(&random);
    EXPECT(!same_bits(first, second), "the pair is one number twice");
    for (int i = 0; i < 10000; i++) {
        double x = random_uniform(&random);
        EXPECT(x >= 0 && x < 1, "uniform %.17g", x);
    }
}

int test_random(void)
{
    TestList list = {0};
    tests_add(&list, same_as_python, NULL, "the same numbers as Python");
    tests_add(&list, bits_far_on, NULL, "bits far on");
    tests_add(&list, published_draws, NULL, "the draws of the published calculation");
    tests_add(&list, seeding_starts_anew, NULL, "seeding starts anew");
    return tests_run(&list, "random");
}
