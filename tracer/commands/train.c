/* tracer train: a run of training steps, with its loss curve. */
#include "command.h"

#include "tracer/base/files.h"
#include "tracer/base/progress.h"
#include "tracer/query/parts.h"
#include "tracer/session/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CURVE_ROWS = 10, CURVE_COLUMNS = 60, MOST_STEPS = 1000000 };

typedef struct {
    double *losses;
    int count, last;
    bool json;
    Progress progress;
    Error *error;
} Curve;

static bool keep(void *context, const Run *run)
{
    Curve *training = context;
    char loss[NUMBER_SIZE], rate[NUMBER_SIZE], norm[NUMBER_SIZE];
    training->losses[training->count] = run_loss(run);
    if (training->json)
        printf("{\"step\": %d, \"loss\": %s, \"learning_rate\": %s, \"gradient_norm\": %s}\n", run->training_step,
               number_json(loss, run_loss(run)), number_json(rate, learning_rate(run->model, run->training_step)),
               number_json(norm, run_gradient_norm(run)));
    training->count++;
    progress_show(&training->progress, training->count, training->last);
    /* A line a step as it happens: who reads them may draw while we train, and may close the pipe. */
    return !training->json || (fflush(stdout) == 0 && !ferror(stdout));
}

/* The loss that stands in a column: the first in the first, the last in the last. */
static double loss_at(const Curve *training, int column, int columns)
{
    return training->losses[columns > 1 ? (long)(training->count - 1) * column / (columns - 1) : 0];
}

/* Ten rows of stars: a picture of the run for a terminal without a stepper. */
static void print_curve(const Curve *training, int digits)
{
    int columns = training->count < CURVE_COLUMNS ? training->count : CURVE_COLUMNS;
    double low = INFINITY, high = -INFINITY;
    for (int c = 0; c < columns; c++) {
        low = fmin(low, loss_at(training, c, columns));
        high = fmax(high, loss_at(training, c, columns));
    }
    char label[NUMBER_SIZE];
    for (int row = 0; row < CURVE_ROWS && isfinite(high) && isfinite(low); row++) {
        double level = high - (high - low) * row / (CURVE_ROWS - 1);
        printf("%12s |", row % 3 == 0 ? number_text(label, level, digits) : "");
        for (int c = 0; c < columns; c++) {
            double at = high > low ? (high - loss_at(training, c, columns)) / (high - low) * (CURVE_ROWS - 1)
                                   : CURVE_ROWS - 1;
            putchar((int)(at + 0.5) == row ? '*' : ' ');
        }
        putchar('\n');
    }
    printf("%12s +%.*s\n%12s  0%*d\n", "loss", columns, "------------------------------------------------------------",
           "after", columns > 1 ? columns - 1 : 2, training->count - 1);
}

static void print_summary(const Curve *training, const Run *run, const char *saved, int digits)
{
    char first[NUMBER_SIZE], last[NUMBER_SIZE];
    print_curve(training, digits);
    printf("%d updates: loss %s -> %s", training->count - 1, number_text(first, training->losses[0], digits + 2),
           number_text(last, training->losses[training->count - 1], digits + 2));
    if (part_has_perplexity(&run->tape, run->loss))
        printf(" (perplexity %s -> %s)", number_text(first, exp(training->losses[0]), 2),
               number_text(last, exp(training->losses[training->count - 1]), 2));
    printf("\n");
    if (saved)
        printf("parameters saved in %s\n", saved);
}

static bool train(const Arguments *arguments, Session *session, int steps, Error *error)
{
    const char *save = option_of(arguments, "--save");
    int first = arguments->run.step;
    Curve training = {.losses = malloc(((size_t)steps + 1) * sizeof(double)), .last = steps + 1,
                         .json = option_of(arguments, "--json") != NULL, .error = error};
    if (!training.losses)
        return error_memory(error);
    /* Silently up to the step before: what is shown begins where --step says. */
    bool whole = first == 0 || run_to(&session->run, first - 1, NULL, NULL, error);
    if (whole && first > 0)
        run_advance(&session->run);
    training.progress = progress_begin("training steps");
    whole = whole && run_to(&session->run, first + steps, keep, &training, error);
    progress_end(&training.progress);
    whole = whole && training.count == steps + 1 && (!save || weights_save(save, &session->run, false, error));
    if (whole && !training.json)
        print_summary(&training, &session->run, save, arguments->digits);
    free(training.losses);
    return whole;
}

/* As many updates as asked for; else those of the model file that are left behind --step. */
static bool find_steps(const Session *session, long asked, int *steps, Error *error)
{
    int whole = session->model.training.steps, first = session->options.step;
    *steps = asked >= 0 ? (int)asked : whole > first ? whole - first : 0;
    return asked >= 0 || whole > 0 ||
           error_set(error, EXIT_USED_WRONGLY,
                     "say how many training steps: --steps N, or \"steps\" in \"training\" of the model file");
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    long asked;
    int steps;
    const char *save = option_of(arguments, "--save");
    if (!option_number(arguments, "--steps", 0, MOST_STEPS, -1, &asked, error) ||
        (save && !file_writable(save, error)) || !session_load(&session, &arguments->run, error))
        return error->code;
    if (session_learns(&session, error) && find_steps(&session, asked, &steps, error))
        train(arguments, &session, steps, error);
    session_close(&session);
    return error->code;
}

const Command TRAIN_COMMAND = {
    .name = "train", .words = "", .summary = "a run of training steps, with progress and loss curve",
    .details = "N updates make N+1 losses: number k stands after k updates, 0 before the first. Without --steps N is\n"
               "what the model file says in training.steps.\n"
               "With --step K the run starts at training step K.\n",
    .example = "train --steps 200 --save trained.safetensors",
    .options = {{"--steps", "N", "updates (training.steps)"},
                {"--save", "FILE", "write the parameters after the last update, as safetensors"},
                {"--json", NULL, "one object a line instead of the curve"}},
    .run = run,
};
