/* The recorded training step beside the plain one: a GPT of three sizes, the same parameters
 * and the same text in both. See plain.h for the yardstick. */
#include "bench.h"
#include "tiny_model/systems/gpt.h"
#include "plain.h"

#include "tiny_model/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_WORDS = 65, MOST_TOKENS_HERE = 64, WORD_SIZE = 8, STEPS_COMPARED = 3 };

typedef struct {
    const char *name;
    PlainSizes sizes;
} Size;

static const Size SIZES[] = {
    {"S", {.vocabulary = 6, .tokens = 5, .context = 5, .d_model = 16, .heads = 2, .d_ff = 64, .layers = 1}},
    {"M", {.vocabulary = 65, .tokens = 32, .context = 32, .d_model = 64, .heads = 4, .d_ff = 256, .layers = 2}},
    {"L", {.vocabulary = 65, .tokens = 64, .context = 64, .d_model = 128, .heads = 4, .d_ff = 512, .layers = 4}},
};
enum { SIZE_COUNT = sizeof SIZES / sizeof *SIZES };

/* The same training, twice. */
typedef struct {
    Model model;
    Run run;
    Plain *plain;
    char words[MOST_WORDS][WORD_SIZE];
    const char *vocabulary[MOST_WORDS];
    char text[MOST_TOKENS_HERE * WORD_SIZE];
} Pair;

/* V words and a text of T of them, which comes back to some words and leaves others out. */
static void make_text(Pair *pair, PlainSizes sizes)
{
    for (int i = 0; i < sizes.vocabulary; i++) {
        snprintf(pair->words[i], WORD_SIZE, "w%d", i);
        pair->vocabulary[i] = pair->words[i];
    }
    size_t length = 0;
    for (int t = 0; t < sizes.tokens; t++)
        length += (size_t)snprintf(pair->text + length, sizeof pair->text - length, "%sw%d", t ? " " : "",
                                   t * (t + 3) / 2 % sizes.vocabulary);
}

static bool make_model(Pair *pair, PlainSizes sizes, Error *error)
{
    Model *model = &pair->model;
    if (!model_defaults(model, &GPT, error))
        return false;
    Gpt *gpt = model->settings;
    make_text(pair, sizes);
    model->data.text = pair->text;
    gpt->vocabulary = (Texts){pair->vocabulary, sizes.vocabulary};
    gpt->add_bos = gpt->add_eos = 0;
    gpt->context = sizes.context;
    gpt->d_model = sizes.d_model;
    gpt->n_heads = sizes.heads;
    gpt->d_ff = sizes.d_ff;
    gpt->n_layers = sizes.layers;
    return true;
}

/* Calls visit(recorded, plain, cells, most) for each parameter's numbers on both sides. */
static void each_parameter(Pair *pair, void (*visit)(const double *, double *, size_t, double *), double *most)
{
    double *plain = plain_parameters(pair->plain);
    for (int i = 0; i < pair->run.parameters.count; i++) {
        const Parameter *p = &pair->run.parameters.list[i];
        size_t cells = (size_t)p->rows * (size_t)p->cols;
        visit(run_parameter(&pair->run, i), plain, cells, most);
        plain += cells;
    }
}

static void take_over(const double *recorded, double *plain, size_t cells, double *most)
{
    (void)most;
    memcpy(plain, recorded, cells * sizeof *plain);
}

/* How far apart two numbers are, beside the larger of them and 1e-3; nan stays nan. */
static double difference(double a, double b)
{
    double size = fmax(fmax(fabs(a), fabs(b)), 1e-3);
    return fabs(a - b) / size;
}

/* The larger; nan is the worst and stays. */
static double worse(double most, double one)
{
    return isnan(most) || one <= most ? most : one;
}

static void compare(const double *recorded, double *plain, size_t cells, double *most)
{
    for (size_t i = 0; i < cells; i++)
        *most = worse(*most, difference(recorded[i], plain[i]));
}

static bool failed(const char *what, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", what, why);
    return false;
}

static void pair_free(Pair *pair)
{
    if (!pair)
        return;
    run_free(&pair->run);
    plain_free(pair->plain);
    model_free(&pair->model);
    free(pair);
}

/* Both trainings before their first step; NULL, said on stderr, if they could not be made. */
static Pair *pair_new(const Size *size)
{
    Error error = {0};
    Pair *pair = calloc(1, sizeof *pair);
    if (!pair)
        return failed(size->name, "out of memory"), NULL;
    if (!make_model(pair, size->sizes, &error) || !model_finish(&pair->model, &error) || !run_init(&pair->run, &pair->model, NULL, &error)) {
        failed(size->name, error.text);
        pair_free(pair);
        return NULL;
    }
    pair->plain = plain_new(size->sizes, gpt_of(&pair->model)->sequences[0].tokens);
    if (!pair->plain) {
        failed(size->name, "out of memory");
        pair_free(pair);
        return NULL;
    }
    each_parameter(pair, take_over, NULL);
    return pair;
}

static bool recorded_step(Pair *pair)
{
    Error error = {0};
    if (!run_record(&pair->run, &error))
        return failed("recording", error.text);
    run_advance(&pair->run);
    return true;
}

/* After some steps, are the loss and all parameters those of the plain step? */
static bool agrees(const Size *size, Pair *pair)
{
    double most = 0;
    for (int step = 0; step < STEPS_COMPARED; step++) {
        if (!recorded_step(pair))
            return false;
        most = worse(most, difference(run_loss(&pair->run), plain_step(pair->plain)));
    }
    each_parameter(pair, compare, &most);
    printf("  %s  loss %.9f, worst relative difference %.1e\n", size->name, run_loss(&pair->run), most);
    return most <= 1e-9 || failed(size->name, "the recorded and the plain step do not compute the same");
}

bool measure_agreement(bool quick)
{
    (void)quick;
    bool right = true;
    for (int i = 0; i < SIZE_COUNT; i++) {
        Pair *pair = pair_new(&SIZES[i]);
        right = pair && agrees(&SIZES[i], pair) && right;
        pair_free(pair);
    }
    return right;
}

static bool plain_step_of(Pair *pair)
{
    plain_step(pair->plain);
    return true;
}

/* Microseconds of one step, the average of as many as fit the time; negative if one failed. */
static double microseconds(Pair *pair, bool (*step)(Pair *), double time)
{
    double start = seconds(), end;
    int count = 0;
    do {
        if (!step(pair))
            return -1;
        count++;
        end = seconds();
    } while (end - start < time);
    return 1e6 * (end - start) / count;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *numbers, int count)
{
    qsort(numbers, (size_t)count, sizeof *numbers, ascending);
    return numbers[count / 2];
}

/* Page faults of some recorded steps; none, once the two buffers of the parameters and the tape
 * were used. Negative if a step failed. */
static long faults_once_it_runs(Pair *pair)
{
    enum { STEPS = 20 };
    long before = 0;
    for (int step = -2; step < STEPS; step++) {
        if (step == 0)
            before = page_faults();
        if (!recorded_step(pair))
            return -1;
    }
    return page_faults() - before;
}

/* The two take turns, so that a busy machine is busy for both; the medians are compared. */
static bool time_pair(const Size *size, Pair *pair, bool quick)
{
    enum { MOST_ROUNDS = 41, QUICK_ROUNDS = 7 };
    int rounds = quick ? QUICK_ROUNDS : MOST_ROUNDS;
    double recorded[MOST_ROUNDS], plain[MOST_ROUNDS], time = 0.005;
    long faults = faults_once_it_runs(pair);
    plain_step_of(pair);
    for (int i = 0; i < rounds; i++) {
        recorded[i] = microseconds(pair, recorded_step, time);
        plain[i] = microseconds(pair, plain_step_of, time);
        if (faults < 0 || recorded[i] < 0)
            return false;
    }
    double ours = median(recorded, rounds), theirs = median(plain, rounds);
    printf("  %-4s %10.1f us %10.1f us %8.3f %14zu %12ld\n", size->name, ours, theirs, ours / theirs,
           pair->run.tape.bytes, faults);
    return true;
}

static double own_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* CPU time of PyTorch's step, the median, and the library that multiplies for it; false without PyTorch. */
static bool torch_step(PlainSizes s, int rounds, double *taken, char blas[32])
{
    char command[300];
    snprintf(command, sizeof command, "OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 /usr/bin/python3 tests/bench/training_step.py "
             "%d %d %d %d %d %d %d 2>/dev/null", s.vocabulary, s.tokens, s.d_model, s.heads, s.d_ff, s.layers, rounds);
    FILE *out = popen(command, "r");
    bool told = out && fscanf(out, "%lf %31s", taken, blas) == 2;
    return out && pclose(out) == 0 && told;
}

/* CPU time of the recorded step beside it, the median; another process that is busy counts for neither. */
static bool beside_torch(const Size *size, Pair *pair, int rounds)
{
    enum { MOST = 300 };
    double ours[MOST], theirs;
    char blas[32];
    if (!torch_step(size->sizes, rounds, &theirs, blas))
        return printf("  /usr/bin/python3 has no PyTorch here, so there is nothing to compare with\n"), false;
    for (int i = -2; i < rounds; i++) {
        double begin = own_seconds();
        if (!recorded_step(pair))
            return false;
        if (i >= 0)
            ours[i] = 1e6 * (own_seconds() - begin);
    }
    double taken = median(ours, rounds);
    printf("  %-4s %10.1f us %10.1f us %8.2f times as fast, with %s\n", size->name, taken, theirs, theirs / taken, blas);
    return true;
}

bool measure_torch(bool quick)
{
    static const int rounds[SIZE_COUNT] = {300, 100, 20};
    bool there = true;
    printf("  %-4s %13s %13s\n", "size", "recorded", "PyTorch");
    for (int i = 0; there && i < SIZE_COUNT; i++) {
        Pair *pair = pair_new(&SIZES[i]);
        if (!pair)
            return false;
        there = beside_torch(&SIZES[i], pair, quick ? rounds[i] / 4 : rounds[i]);
        pair_free(pair);
    }
    return true;
}

bool measure_training_step(bool quick)
{
    bool right = true;
    printf("  %-4s %13s %13s %8s %14s %12s\n", "size", "recorded", "plain", "ratio", "bytes of tape", "page faults");
    for (int i = 0; i < SIZE_COUNT; i++) {
        Pair *pair = pair_new(&SIZES[i]);
        right = pair && time_pair(&SIZES[i], pair, quick) && right;
        pair_free(pair);
    }
    return right;
}
