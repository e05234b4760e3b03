/* tracer train: a run of training steps, with its loss curve, kept in a folder if asked for. */
#include "command.h"

#include "tracer/base/files.h"
#include "tracer/base/progress.h"
#include "tracer/query/parts.h"
#include "tracer/session/baselines.h"
#include "tracer/session/curve.h"
#include "tracer/session/safetensors.h"
#include "tracer/session/training.h"
#include "tracer/session/worst.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CURVE_ROWS = 10, CURVE_COLUMNS = 60, MOST_STEPS = 1000000 };
/* Seconds between two lines of a long training where nobody sees a bar. */
static const double A_WHILE = 10;

typedef struct {
    Curve losses;
    double first, last;          /* the first and the last loss */
    double validation, best;     /* the last look, and the best; nan: none */
    int best_step;
    Worst worst;
    int from, to;                /* training steps */
    bool json, quiet;
    double told;                 /* when the last line was printed */
    Progress progress;
    Error *error;
} Report;

/* A line a look, at most one a while: for who reads it from a file or a pipe. */
static void tell_update(Report *report, const UpdateRecord *update)
{
    char number[NUMBER_SIZE];
    double now = seconds_now();
    if (report->json || report->progress.terminal || now - report->told < A_WHILE)
        return;
    report->told = now;
    fprintf(stderr, "training step %d of %d: loss %s", update->step, report->to,
            number_text(number, report->losses.value[report->losses.count - 1], DEFAULT_DIGITS));
    if (!isnan(report->validation))
        fprintf(stderr, ", validation %s", number_text(number, report->validation, DEFAULT_DIGITS));
    fprintf(stderr, "\n");
}

static bool note(void *context, const Run *run, const UpdateRecord *update)
{
    Report *report = context;
    (void)run;
    report->first = update->step == report->from ? update->loss : report->first;
    report->last = update->loss;
    curve_add(&report->losses, update->step, update->loss);
    worst_add(&report->worst, update);
    if (!isnan(update->validation)) {
        report->validation = update->validation;
        if (!(report->best <= update->validation)) {
            report->best = update->validation;
            report->best_step = update->step;
        }
    }
    if (report->json) {
        Text line = {0};
        update_json(update, &line);
        fputs(line.data ? line.data : "", stdout);
        text_free(&line);
    }
    progress_show(&report->progress, update->step - report->from + 1, report->to - report->from + 1);
    tell_update(report, update);
    /* A line a step as it happens: who reads them may draw while we train, and may close the pipe. */
    return !report->json || (fflush(stdout) == 0 && !ferror(stdout));
}

/* The loss that stands in a column: the first in the first, the last in the last. */
static double loss_at(const Curve *curve, int column, int columns)
{
    return curve->value[columns > 1 ? (long)(curve->count - 1) * column / (columns - 1) : 0];
}

/* Ten rows of stars: a picture of the run for a terminal without a stepper. */
static void print_curve(const Report *report, int updates, int digits)
{
    const Curve *curve = &report->losses;
    int columns = curve->count < CURVE_COLUMNS ? curve->count : CURVE_COLUMNS;
    double low = INFINITY, high = -INFINITY;
    for (int c = 0; c < columns; c++) {
        low = fmin(low, loss_at(curve, c, columns));
        high = fmax(high, loss_at(curve, c, columns));
    }
    char label[NUMBER_SIZE];
    for (int row = 0; row < CURVE_ROWS && isfinite(high) && isfinite(low); row++) {
        double level = high - (high - low) * row / (CURVE_ROWS - 1);
        printf("%12s |", row % 3 == 0 ? number_text(label, level, digits) : "");
        for (int c = 0; c < columns; c++) {
            double at = high > low ? (high - loss_at(curve, c, columns)) / (high - low) * (CURVE_ROWS - 1)
                                   : CURVE_ROWS - 1;
            putchar((int)(at + 0.5) == row ? '*' : ' ');
        }
        putchar('\n');
    }
    printf("%12s +%.*s\n%12s  0%*d\n", "loss", columns, "------------------------------------------------------------",
           "after", columns > 1 ? columns - 1 : 2, updates);
}

static void print_summary(const Report *report, const Run *run, int digits)
{
    char first[NUMBER_SIZE], last[NUMBER_SIZE];
    int updates = run->training_step - report->from;
    print_curve(report, updates, digits);
    printf("%d updates: loss %s -> %s", updates, number_text(first, report->first, digits + 2),
           number_text(last, report->last, digits + 2));
    if (part_has_perplexity(&run->tape, run->loss))
        printf(" (perplexity %s -> %s)", number_text(first, exp(report->first), 2),
               number_text(last, exp(report->last), 2));
    printf("\n");
    if (!isnan(report->validation))
        printf("validation: %s, at its best %s after %d updates\n", number_text(first, report->validation, digits),
               number_text(last, report->best, digits), report->best_step);
}

static void print_worst(const Worst *worst, int digits)
{
    char amount[NUMBER_SIZE], loss[NUMBER_SIZE], norm[NUMBER_SIZE], change[NUMBER_SIZE];
    for (int kind = 0; kind < WORST_KINDS; kind++) {
        if (worst->count[kind] == 0)
            continue;
        printf("\nlargest %s\n%10s %12s %12s %14s %12s\n", worst_name((WorstKind)kind), "step", "", "loss",
               "gradient norm", "change");
        for (int i = 0; i < worst->count[kind]; i++) {
            const WorstUpdate *one = &worst->list[kind][i];
            printf("%10d %12s %12s %14s %12s\n", one->update.step, number_text(amount, one->amount, digits),
                   number_text(loss, one->update.loss, digits), number_text(norm, one->update.gradient_norm, digits),
                   number_text(change, one->update.change, digits));
        }
    }
}

/* What counting alone comes to, and for tokens that are no single bytes what both are a byte. */
static bool print_baselines(const Session *session, double validation, int digits, Error *error)
{
    Baselines baselines;
    char number[NUMBER_SIZE];
    if (!baselines_of(&session->model, &baselines, error))
        return false;
    for (int i = 0; i < baselines.count; i++)
        printf("%s%s %s", i ? ", " : "baselines: ", baselines.list[i].name,
               number_text(number, baselines.list[i].loss, digits));
    printf("%s", baselines.count ? "\n" : "");
    if (baselines.count && fabs(baselines.bytes - 1) > 1e-9 && !isnan(baselines.bytes))
        printf("a byte of text: validation %s, trigram %s\n", number_text(number, validation / baselines.bytes, digits),
               number_text((char[NUMBER_SIZE]){0}, baselines.list[BASELINES - 1].loss / baselines.bytes, digits));
    return true;
}

/* Why the training ended, where that is not plain; false if it went wrong. */
static bool tell_end(const Session *session, TrainingEnd end, Error *error)
{
    const Run *run = &session->run;
    switch (end) {
    case END_DONE: return true;
    case END_INTERRUPTED:
        fprintf(stderr, "tracer: stopped after %d updates\n", run->training_step);
        return true;
    case END_PATIENCE:
        fprintf(stderr, "tracer: stopped after %d updates: the validation loss got no better %d times\n",
                run->training_step, session->model.training.patience);
        return true;
    case END_NOT_FINITE: break;
    }
    return error_set(error, EXIT_CHECK_SAID_NO, "training step %d has a loss or a gradient that is no number; "
                     "tracer step --step %d opens it", run->training_step, run->training_step);
}

static bool train(const Arguments *arguments, Session *session, int steps, RunFolder *folder, Error *error)
{
    const char *save = option_of(arguments, "--save");
    int first = session->options.step;
    TrainingEnd end;
    Report *report = malloc(sizeof *report);
    if (!report)
        return error_memory(error);
    *report = (Report){.from = first, .to = first + steps, .json = option_of(arguments, "--json") != NULL,
                       .validation = NAN, .best = NAN, .told = seconds_now(), .error = error};
    /* Silently up to the step before: what is shown begins where --step says. */
    bool whole = session->run.training_step >= first || run_to(&session->run, first - 1, NULL, NULL, error);
    if (whole && session->run.training_step < first)
        run_advance(&session->run);
    report->progress = progress_begin("training steps");
    TrainingPlan plan = {.last = first + steps, .folder = folder, .each = note, .context = report};
    whole = whole && training_run(session, &plan, &end, error);
    progress_end(&report->progress);
    whole = whole && (!report->json || stdout_finish(error));
    whole = whole && (!save || weights_save(save, &session->run, false, error));
    if (whole && !report->json) {
        print_summary(report, &session->run, arguments->digits);
        whole = print_baselines(session, report->validation, arguments->digits, error);
        if (option_of(arguments, "--worst"))
            print_worst(&report->worst, arguments->digits);
        if (save)
            printf("parameters saved in %s\n", save);
        if (folder)
            printf("kept in %s: tracer --run %s opens it, with --step N at any training step\n", folder->path,
                   folder->path);
    }
    free(report);
    return whole && tell_end(session, end, error);
}

/* As many updates as asked for; else those of the model file that are left behind --step. */
static bool find_steps(const Session *session, long asked, int *steps, Error *error)
{
    int whole = session->model.training.steps, first = session->options.step;
    *steps = asked >= 0 ? (int)asked : whole - first;
    if (asked < 0 && whole == 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "say how many training steps: --steps N, or \"steps\" in \"training\" of the model file");
    return *steps >= 0 || error_set(error, EXIT_USED_WRONGLY,
                                    "the training of this model has %d steps; say how many more: --steps N", whole);
}

/* A new folder with -o, the one that was opened with --run. */
static bool train_in(const Arguments *arguments, Session *session, int steps, Error *error)
{
    const char *path = option_of(arguments, "-o");
    RunFolder made = {0};
    if (!path && !session->kept)
        return train(arguments, session, steps, NULL, error);
    if (session->kept)
        return session->options.step == session->kept->step
                   ? run_folder_continue(session->kept, session->kept->step, error) &&
                         train(arguments, session, steps, session->kept, error)
                   : error_set(error, EXIT_USED_WRONGLY,
                               "a kept run goes on where it ended, at training step %d; leave --step out",
                               session->kept->step);
    bool whole = run_folder_make(&made, path, &session->model, option_of(arguments, "--force") != NULL, error) &&
                 train(arguments, session, steps, &made, error);
    run_folder_close(&made);
    return whole;
}

static void add_to_worst(void *context, const UpdateRecord *update)
{
    worst_add(context, update);
}

/* Of a run that is kept, without training on. */
static bool list_worst(const Arguments *arguments, const Session *session, Error *error)
{
    Worst worst = {0};
    if (!run_folder_read_log(session->kept, add_to_worst, &worst, error))
        return false;
    print_worst(&worst, arguments->digits);
    return stdout_finish(error);
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    long asked;
    int steps;
    const char *save = option_of(arguments, "--save");
    bool worst = option_of(arguments, "--worst") != NULL;
    if (!option_number(arguments, "--steps", 0, MOST_STEPS, -1, &asked, error) ||
        (save && !file_writable(save, error)) || !session_load(&session, &arguments->run, error))
        return error->code;
    if (arguments->run.folder && option_of(arguments, "-o"))
        error_set(error, EXIT_USED_WRONGLY, "--run goes on with a kept run, -o begins one; give one of them");
    else if (session.kept && worst && asked < 0)
        list_worst(arguments, &session, error);
    else if (session_learns(&session, error) && find_steps(&session, asked, &steps, error))
        train_in(arguments, &session, steps, error);
    session_close(&session);
    return error->code;
}

const Command TRAIN_COMMAND = {
    .name = "train", .words = "", .summary = "a run of training steps, with progress and loss curve",
    .details = "N updates make N+1 losses: number k stands after k updates, 0 before the first. Without --steps N is\n"
               "what the model file says in training.steps.\n"
               "With --step K the run starts at training step K.\n\n"
               "-o DIR keeps the run: the model, a line for every update and checkpoints, so that --run DIR opens any\n"
               "training step of it and train --run DIR goes on with it, to the last bit as if it had not stopped.\n"
               "Ctrl-C ends a training after the update that is being made; nothing is lost.\n\n"
               "--worst lists the updates with the largest loss, gradient norm and change of the parameters,\n"
               "and those whose loss stands out from the losses before; with --run DIR those of the run kept there.\n",
    .example = "train --steps 200 --save trained.safetensors",
    .options = {{"--steps", "N", "updates (training.steps)"},
                {"-o", "DIR", "keep the run in this folder"},
                {"--force", NULL, "in the place of a run that is there"},
                {"--save", "FILE", "write the parameters after the last update, as safetensors"},
                {"--worst", NULL, "list the updates that stand out"},
                {"--json", NULL, "one object a line instead of the curve"}},
    .run = run,
};
