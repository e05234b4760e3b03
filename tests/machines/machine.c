/* The machine on another processor: `machine write` writes every number of three training steps of
 * every preset and of a batch, and of a drawn token; `machine check` reads such a file and compares it with its own, bit by bit.
 * Exit code 1: they differ, 2: the file is not one. No library but the one of C. */
#include "tiny_model/elementary/elementary.h"
#include "tiny_model/primitive.h"
#include "tiny_model/random.h"
#include "tiny_model/run.h"
#include "tiny_model/system.h"
#include "tiny_model/systems/gpt.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { STEPS = 2, SEED = 7 };

typedef struct {
    bool check;
    const char *preset;
    long numbers, differ;
    bool torn;          /* what was read is no such file */
} Pass;

/* Not a nan, whose sign processors choose. */
static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void pass_value(Pass *pass, const Value *value, int id)
{
    char preset[32];
    int number, rows, cols;
    if (!pass->check)
        printf("%s %d %d %d\n", pass->preset, id, value->rows, value->cols);
    else if (scanf("%31s %d %d %d", preset, &number, &rows, &cols) != 4 || strcmp(preset, pass->preset) != 0 || number != id ||
             rows != value->rows || cols != value->cols)
        pass->torn = true;
    double read;
    for (size_t i = 0; i < cells_of(value) && !pass->torn; i++, pass->numbers++) {
        if (!pass->check)
            printf("%a\n", value->data[i]);
        else if (scanf("%la", &read) != 1)
            pass->torn = true;
        else
            pass->differ += !same(value->data[i], read);
    }
}

static bool pass_tape(void *context, const Run *run)
{
    Pass *pass = context;
    for (int id = 0; id < run->tape.value_count && !pass->torn; id++)
        pass_value(pass, tape_value(&run->tape, id), id);
    return !pass->torn;
}

/* Texts of unequal length, two a step, with a rate that goes down: what the presets do without. */
static void set_batch(Model *model)
{
    static const Field texts[] = {{"text", "the cat saw the dog", NULL, 0}, {"text", "and the bird", NULL, 0},
                                  {"text", "the dog and the cat saw", NULL, 0}};
    static const Example examples[] = {{&texts[0], 1}, {&texts[1], 1}, {&texts[2], 1}};
    Gpt *gpt = model->settings;
    preset_find("tiny")->set(model);
    model->data = (Data){.examples = examples, .example_count = 3};
    model->training = (Training){.batch = 2, .steps = 4, .schedule = SCHEDULE_COSINE, .warmup = 1};
    gpt->position = POSITION_SINUSOIDAL;
}

static const Preset BATCH = {"batch", &GPT, "", set_batch};

/* A token after the first of the model's own text. */
static bool pass_next(Pass *pass, Run *run, Error *error)
{
    const Language *language = run->model->system->language;
    int *tokens, count;
    Drawing drawing;
    Random random;
    Arena arena = {0};
    Sampling how = {.temperature = 0.7, .top_k = 4, .top_p = 0.9, .min_p = 0.05, .repetition = 1.2};
    if (!language)
        return true;
    random_seed(&random, SEED);
    bool whole = language->prompt(run->model, NULL, &arena, &tokens, &count, error) &&
                 run_next(run, &(Next){tokens, count, count, how, random_uniform(&random), NULL}, &drawing, error) && pass_tape(pass, run);
    arena_free(&arena);
    return whole;
}

static bool pass_model(Pass *pass, const Preset *preset, Error *error)
{
    Model model;
    Run run;
    pass->preset = preset->name;
    if (!preset_open(&model, preset, error))
        return false;
    bool whole = model_finish(&model, error) && run_init(&run, &model, NULL, error);
    if (whole) {
        whole = run_to(&run, STEPS, pass_tape, pass, error) && pass_next(pass, &run, error);
        run_free(&run);
    }
    model_free(&model);
    return whole;
}

/* The elementary functions over all of their arguments, as one value more. */
static void pass_functions(Pass *pass)
{
    enum { FUNCTIONS = 8, ARGUMENTS = 2000 };
    static double numbers[FUNCTIONS * ARGUMENTS];
    Random random;
    random_seed(&random, SEED);
    for (int i = 0; i < ARGUMENTS; i++) {
        double x = (random_bits(&random) % 2 ? -1 : 1) * pow_of(2, i % 2 ? 24 * random_uniform(&random) - 12 : 2090 * random_uniform(&random) - 1070);
        const double at[FUNCTIONS] = {exp_of(x), log_of(x), tanh_of(x), sigmoid_of(x), erf_of(x), sin_of(x), cos_of(x), pow_of(1.7, x)};
        memcpy(numbers + i * FUNCTIONS, at, sizeof at);
    }
    pass->preset = "functions";
    pass_value(pass, &(Value){.data = numbers, .rows = ARGUMENTS, .cols = FUNCTIONS}, 0);
}

static bool pass_all(Pass *pass, Error *error)
{
    for (int i = 0; i < PRESET_COUNT && !PRESETS[i].whole_training && !pass->torn; i++)
        if (!pass_model(pass, &PRESETS[i], error))
            return false;
    if (!pass->torn)
        pass_functions(pass);
    return pass->torn || pass_model(pass, &BATCH, error);
}

int main(int argc, char **argv)
{
    Pass pass = {.check = argc == 2 && strcmp(argv[1], "check") == 0};
    Error error = {0};
    if (!pass.check && !(argc == 2 && strcmp(argv[1], "write") == 0)) {
        fprintf(stderr, "usage: machine write | machine check\n");
        return 2;
    }
    if (!pass_all(&pass, &error) && !pass.torn) {
        fprintf(stderr, "machine: %s: %s\n", pass.preset, error.text);
        return 2;
    }
    if (pass.torn)
        fprintf(stderr, "machine: what was read is not what machine writes\n");
    else if (pass.check)
        printf("%ld numbers, %ld differ\n", pass.numbers, pass.differ);
    return pass.torn ? 2 : pass.differ > 0 || pass.numbers == 0;
}
