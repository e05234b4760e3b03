/* First weights: what each kind of init draws, and in which order. */
#include "support.h"

#include "tiny_model/init.h"
#include "tiny_model/random.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 5, COLS = 3, CELLS = ROWS * COLS, GAP = 16 };

/* Four parameters of one shape: a weight, `second`, a gamma and a beta; the second and the fourth begin a stage. */
static void declare(Parameters *parameters, ParameterClass second)
{
    const ParameterClass classes[] = {PARAMETER_WEIGHT, second, PARAMETER_GAMMA, PARAMETER_BETA};
    *parameters = (Parameters){.limit = 1000};
    for (int class = 0; class < 4; class++) {
        Parameter parameter = {.rows = ROWS, .cols = COLS, .class = classes[class], .stage = (class + 1) / 2};
        Error error = {0};
        EXPECT(parameters_add(parameters, "p", parameter, &error), "parameter %d was not added", class);
        EXPECT(parameters->list[class].offset == (size_t)(class * GAP), "parameter %d is at %zu", class,
               parameters->list[class].offset);
    }
}

static void draw(Parameters *parameters, Init init, ParameterClass second, double *values)
{
    declare(parameters, second);
    EXPECT(parameters->cells == 4 * GAP, "%zu cells", parameters->cells);
    for (int i = 0; i < 4 * GAP; i++)
        values[i] = 1234;
    Error error = {0};
    EXPECT(init_parameters(parameters, &init, values, &error), "%s", error.text);
    for (int class = 0; class < 4; class++)
        EXPECT(values[class * GAP + CELLS] == 1234, "the gap behind parameter %d was written", class);
    parameters_free(parameters);
}

static void expect_constant(const double *cells, double number)
{
    for (int i = 0; i < CELLS; i++)
        EXPECT(cells[i] == number, "cell %d is %.17g, not %.17g", i, cells[i], number);
}

static void expect_gauss(Random *random, double std, const double *cells, bool transposed)
{
    for (int i = 0; i < CELLS; i++) {
        int at = transposed ? i % ROWS * COLS + i / ROWS : i;
        double expected = random_gauss(random) * std;
        EXPECT(same_bits(cells[at], expected), "cell %d is %.17g, not %.17g", at, cells[at], expected);
    }
}

static void python_gauss(void **state)
{
    (void)state;
    Parameters parameters;
    double values[4 * GAP];
    Random random;
    draw(&parameters, (Init){.kind = INIT_PYTHON_GAUSS, .seed = 3, .std = 0.1, .reseed = RESEED_ONCE}, PARAMETER_BIAS, values);
    random_seed(&random, 3);
    expect_gauss(&random, 0.1, values, false);
    expect_gauss(&random, 0.1, values + GAP, false);
    expect_constant(values + 2 * GAP, 1);
    expect_constant(values + 3 * GAP, 0);
}

/* Seeded again in front of the second and the fourth parameter, and the second one drawn column by column. */
static void in_stages(void **state)
{
    (void)state;
    Parameters parameters;
    double values[4 * GAP];
    Random random;
    draw(&parameters, (Init){.kind = INIT_PYTHON_GAUSS, .seed = 3, .std = 0.1, .reseed = RESEED_PER_STAGE}, PARAMETER_TURNED, values);
    random_seed(&random, 3);
    expect_gauss(&random, 0.1, values, false);
    random_seed(&random, 3);
    expect_gauss(&random, 0.1, values + GAP, true);
    double staged[4 * GAP];
    draw(&parameters, (Init){.kind = INIT_DECIMAL, .seed = 3, .std = 0.6, .decimals = 3, .reseed = RESEED_PER_STAGE},
         PARAMETER_TURNED, staged);
    EXPECT(staged[GAP] == staged[0], "the second parameter is not drawn from the beginning");
    EXPECT(fabs(staged[2 * GAP] - 1 - staged[0]) > 1e-9, "the third parameter is drawn from the beginning");
    EXPECT(staged[3 * GAP] == staged[0], "the fourth parameter is not drawn from the beginning");
}

static void normal_and_zeros(void **state)
{
    (void)state;
    Parameters parameters;
    double values[4 * GAP];
    Random random;
    draw(&parameters, (Init){.kind = INIT_NORMAL, .seed = 5, .std = 0.02}, PARAMETER_BIAS, values);
    random_seed(&random, 5);
    expect_gauss(&random, 0.02, values, false);
    expect_constant(values + GAP, 0);
    expect_constant(values + 2 * GAP, 1);
    expect_constant(values + 3 * GAP, 0);
    draw(&parameters, (Init){.kind = INIT_ZEROS, .seed = 5, .std = 0.02}, PARAMETER_BIAS, values);
    expect_constant(values, 0);
    expect_constant(values + GAP, 0);
    expect_constant(values + 2 * GAP, 1);
    expect_constant(values + 3 * GAP, 0);
}

/* Weights only, numbered through all of them: the second weight goes on where the first ended. The first four
 * normals of seed 1 are known by number. */
static void splitmix(void **state)
{
    (void)state;
    static const double first[] = {-0.034267321791851144, -1.2926085332373187, -2.5000674933698677, 0.9114665864092972};
    Parameters parameters;
    double values[4 * GAP];
    draw(&parameters, (Init){.kind = INIT_SPLITMIX, .seed = 1, .std = 0.3}, PARAMETER_TURNED, values);
    for (int k = 0; k < 4; k++)
        EXPECT(is_close(values[k], 0.3 * first[k], 1e-15), "weight %d is %.17g", k, values[k]);
    for (int k = 0; k < 2 * CELLS; k++) {
        double cell = values[k < CELLS ? k : GAP + k - CELLS];
        EXPECT(same_bits(cell, splitmix_normal(1, (uint64_t)k) * 0.3), "weight %d is %.17g", k, cell);
    }
    expect_constant(values + 2 * GAP, 1);
    expect_constant(values + 3 * GAP, 0);
    draw(&parameters, (Init){.kind = INIT_SPLITMIX, .seed = 1, .std = 0.3}, PARAMETER_BIAS, values);
    expect_constant(values + GAP, 0);
}

/* In a model: biases, gammas and betas between them are not counted. */
static void splitmix_in_a_model(void **state)
{
    (void)state;
    static const char json[] = "{\"init\": {\"kind\": \"splitmix\", \"seed\": 1, \"std\": 0.5}}";
    char path[PATH_SIZE];
    Session session;
    Error error = {0};
    temporary_file(path, json, sizeof json - 1);
    EXPECT(session_open(&session, &(RunOptions){.model = path}, &error), "%s", error.text);
    uint64_t k = 0;
    int others = 0;
    for (int p = 0; p < session.run.parameters.count; p++) {
        const Parameter *parameter = &session.run.parameters.list[p];
        bool weight = parameter->class == PARAMETER_WEIGHT || parameter->class == PARAMETER_TURNED;
        others += !weight;
        for (int i = 0; weight && i < parameter->rows * parameter->cols; i++, k++)
            EXPECT(same_bits(run_parameter(&session.run, p)[i], splitmix_normal(1, k) * 0.5), "%s, cell %d", parameter->name, i);
    }
    EXPECT(k > 100 && others > 3, "%d numbers, %d parameters that are no weights", (int)k, others);
    session_close(&session);
    unlink(path);
}

/* Rounded, never 0, a gamma never 1; also where nearly every draw would be. */
static void decimal(void **state)
{
    (void)state;
    static const Init inits[] = {
        {.kind = INIT_DECIMAL, .seed = 516, .std = 0.6, .decimals = 1},
        {.kind = INIT_DECIMAL, .seed = 1, .std = 0.04, .decimals = 1},
        {.kind = INIT_DECIMAL, .seed = 2, .std = 0.6, .decimals = 3},
        {.kind = INIT_DECIMAL, .seed = 2, .std = 0, .decimals = 2},
    };
    for (size_t i = 0; i < sizeof inits / sizeof *inits; i++) {
        Parameters parameters;
        double values[4 * GAP], unit = pow(10, inits[i].decimals);
        draw(&parameters, inits[i], PARAMETER_BIAS, values);
        for (int class = 0; class < 4; class++)
            for (int cell = 0; cell < CELLS; cell++) {
                double x = values[class * GAP + cell];
                EXPECT(fabs(x * unit - rint(x * unit)) < 1e-6, "%.17g has more decimals", x);
                EXPECT(x != 0, "a 0 was drawn");
                EXPECT(x != 1 || class != PARAMETER_GAMMA, "a gamma of 1 was drawn");
            }
    }
}

int test_init(void)
{
    TestList list = {0};
    tests_add(&list, python_gauss, NULL, "python_gauss draws weights and biases in order");
    tests_add(&list, in_stages, NULL, "per_stage seeds again and draws as published");
    tests_add(&list, normal_and_zeros, NULL, "normal draws weights only, zeros nothing");
    tests_add(&list, splitmix, NULL, "splitmix numbers the weights");
    tests_add(&list, splitmix_in_a_model, NULL, "splitmix in a model");
    tests_add(&list, decimal, NULL, "decimal draws round numbers that show");
    return tests_run(&list, "init");
}
