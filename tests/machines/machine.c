/* The machine on another processor: `machine write` writes every number of three training steps of
 * every preset, and of a drawn token; `machine check` reads such a file and compares it with its own.
 * Exit code 1: they differ, 2: the file is not one. No library but the one of C. */
#include "tiny_model/primitive.h"
#include "tiny_model/random.h"
#include "tiny_model/run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { STEPS = 2, SEED = 7 };

/* Of the largest number of a value: libraries of C differ in the last bits of tanh, and training carries that on. */
static const double CLOSE = 1e-9;

typedef struct {
    bool check;
    const char *preset;
    long numbers, differ;
    bool torn;          /* what was read is no such file */
} Pass;

static double largest(const Value *value)
{
    double most = 0;
    for (size_t i = 0; i < cells_of(value); i++)
        most = isfinite(value->data[i]) ? fmax(most, fabs(value->data[i])) : most;
    return most;
}

static bool close_to(double a, double b, double most)
{
    return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= CLOSE * most;
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
    double most = largest(value), read;
    for (size_t i = 0; i < cells_of(value) && !pass->torn; i++, pass->numbers++) {
        if (!pass->check)
            printf("%a\n", value->data[i]);
        else if (scanf("%la", &read) != 1)
            pass->torn = true;
        else
            pass->differ += !close_to(value->data[i], read, most);
    }
}

static bool pass_tape(void *context, const Run *run)
{
    Pass *pass = context;
    for (int id = 0; id < run->tape.value_count && !pass->torn; id++)
        pass_value(pass, tape_value(&run->tape, id), id);
    return !pass->torn;
}

static bool pass_preset(Pass *pass, const Preset *preset, Error *error)
{
    Model model;
    Run run;
    Drawing drawing;
    Random random;
    pass->preset = preset->name;
    model_defaults(&model);
    preset->set(&model);
    bool whole = model_finish(&model, error) && run_init(&run, &model, NULL, error);
    if (!whole)
        return false;
    random_seed(&random, SEED);
    Sampling how = {.temperature = 0.7, .top_k = 4, .top_p = 0.9};
    whole = run_to(&run, STEPS, pass_tape, pass, error) &&
            run_next(&run, model.tokens, 2, &how, random_uniform(&random), &drawing, error) && pass_tape(pass, &run);
    run_free(&run);
    model_free(&model);
    return whole;
}

int main(int argc, char **argv)
{
    Pass pass = {.check = argc == 2 && strcmp(argv[1], "check") == 0};
    Error error = {0};
    if (!pass.check && !(argc == 2 && strcmp(argv[1], "write") == 0)) {
        fprintf(stderr, "usage: machine write | machine check\n");
        return 2;
    }
    for (int i = 0; i < PRESET_COUNT && !pass.torn; i++)
        if (!pass_preset(&pass, &PRESETS[i], &error) && !pass.torn) {
            fprintf(stderr, "machine: %s: %s\n", PRESETS[i].name, error.text);
            return 2;
        }
    if (pass.torn)
        fprintf(stderr, "machine: what was read is not what machine writes\n");
    else if (pass.check)
        printf("%ld numbers, %ld differ\n", pass.numbers, pass.differ);
    return pass.torn ? 2 : pass.differ > 0 || pass.numbers == 0;
}
