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

/* The first of seed 1, from the formula in Python: 64 bits each, of which a uniform keeps 53. */
static const struct {
    uint64_t bits;
    double uniform, normal;
} SPLITMIX[] = {
    {10451216379200822465u, 0.5665615751722809, -0.034267321791851144},
    {13757245211066428519u, 0.7457817572627011, -1.2926085332373187},
    {17911839290282890590u, 0.9710027535867962, -2.5000674933698677},
    {8196980753821780235u, 0.4443592170557721, 0.9114665864092972},
};

/* Uniforms to the last bit, normals as far as two libraries agree about a logarithm and a cosine. */
static void splitmix(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < sizeof SPLITMIX / sizeof *SPLITMIX; k++) {
        double uniform = splitmix_uniform(1, k), normal = splitmix_normal(1, k);
        EXPECT(same_bits(uniform, SPLITMIX[k].uniform) && same_bits(uniform, (double)(SPLITMIX[k].bits >> 11) * 0x1p-53),
               "uniform %d is %.17g", (int)k, uniform);
        EXPECT(is_close(normal, SPLITMIX[k].normal, 1e-14 * fabs(SPLITMIX[k].normal)), "normal %d is %.17g", (int)k, normal);
    }
    double sum = 0, squares = 0;
    for (uint64_t k = 0; k < 10000; k++) {
        double uniform = splitmix_uniform(7, k), normal = splitmix_normal(7, k);
        EXPECT(uniform >= 0 && uniform < 1 && isfinite(normal), "number %d: %.17g, %.17g", (int)k, uniform, normal);
        sum += normal;
        squares += normal * normal;
    }
    EXPECT(fabs(sum) < 500 && fabs(squares - 10000) < 700, "mean %g, mean square %g", sum / 10000, squares / 10000);
    EXPECT(!same_bits(splitmix_uniform(7, 0), splitmix_uniform(8, 0)), "two seeds give the same");
}

/* random.Random(seed + (step << 32) + (site << 64)), three draws each. */
static void seeds_of_a_place(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed;
        uint32_t step, site;
        double draws[3];
    } python[] = {
        {42, 0, 1, {0.34950742827300174, 0.9319945122430723, 0.776785625276507}},
        {42, 7, 1, {0.3253886832883449, 0.7736189970219051, 0.9441347153266161}},
        {42, 7, 3, {0.3221122819835045, 0.9053129434853991, 0.203287782225266}},
        {0, 1, 2, {0.2100750248198734, 0.3146606463988283, 0.10428530805317371}},
        {0, 0, 1, {0.9776462743838505, 0.3711105964481608, 0.49965891230531634}},
        {4294967295u, 3, 9, {0.9323712450229524, 0.23451535765553322, 0.419417610854359}},
        {4294967338, 0u, 1, {0.32246325040648927, 0.37267595555198274, 0.39662768179200525}},
        {9007199254740992, 7u, 3, {0.5326812848215778, 0.06363569702160887, 0.8677157171859166}},
        {21474836489, 4294967295u, 2, {0.6728846087532617, 0.21589564894988655, 0.8988320164465289}},
    };
    for (size_t i = 0; i < sizeof python / sizeof *python; i++) {
        Random random;
        random_seed(&random, 1);
        random_gauss(&random); /* half a pair is left, and forgotten */
        random_seed_at(&random, python[i].seed, python[i].step, python[i].site);
        for (int k = 0; k < 3; k++) {
            double x = random_uniform(&random);
            EXPECT(same_bits(x, python[i].draws[k]), "place %zu, draw %d is %.17g", i, k, x);
        }
    }
}

int test_random(void)
{
    TestList list = {0};
    tests_add(&list, same_as_python, NULL, "the same numbers as Python");
    tests_add(&list, bits_far_on, NULL, "bits far on");
    tests_add(&list, published_draws, NULL, "the draws of the published calculation");
    tests_add(&list, seeding_starts_anew, NULL, "seeding starts anew");
    tests_add(&list, splitmix, NULL, "splitmix64: numbers without a state");
    tests_add(&list, seeds_of_a_place, NULL, "a place of a training step has numbers of its own");
    return tests_run(&list, "random");
}
