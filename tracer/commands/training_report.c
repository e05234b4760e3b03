/* Telling of a training; see training_report.h. */
#include "training_report.h"

#include "tiny_model/rules/rule.h"
#include "tracer/base/print.h"
#include "tracer/query/parts.h"
#include "tracer/session/generate.h"
#include "tracer/stepper/stepper.h"
#include "tracer/views/key_help.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CURVE_ROWS = 10, CURVE_COLUMNS = 60, WRITTEN_TOKENS = 160, PAINTED_STEPS = 10 };
/* Seconds between two lines of a long training where nobody sees a screen, and between two frames of one. */
static const double A_WHILE = 30, FRAME = 0.1;
/* Of the time of a training painting takes one part in so many. */
static const double PARTS = 40;

/* What pictures shall show: " 0, 1, 2", or their captions; nothing where nothing is asked for. */
static void add_asked(const Model *model, const Paintings *of, Text *out)
{
    for (int i = 0; i < of->how.count && (of->class_of || of->said); i++) {
        const char *name = of->said ? of->said[i] : model->system->painter->class_name(model, of->class_of[i]);
        text_add(out, i ? ", " : " ");
        if (name)
            text_add_visible(out, name);
        else
            text_add(out, "%d", of->class_of[i]);
    }
}

/* Ten pictures in few steps, each class in turn or ten captions where there are any. */
static bool begin_paintings(Report *report, Error *error)
{
    const Model *model = &report->session->model;
    Paintings *of = &report->paintings;
    const char *caption, *before = " --caption '";
    Text options = {0};
    text_add(&options, "-n 10 --steps 10%s", model->system->painter->classes(model) ? " --class all" : "");
    for (int i = 0; (caption = paintings_some_caption(model, i, 10)); i++)
        if (!strpbrk(caption, "';")) {
            text_add(&options, "%s%s", before, caption);
            before = ";";
        }
    text_add(&options, "%s", *before == ';' ? "'" : "");
    bool whole = (!options.failed || error_memory(error)) && paintings_said(options.data, model, of, error);
    text_free(&options);
    if (!whole)
        return false;
    report->pictures = malloc((size_t)of->how.count * (size_t)of->rows * (size_t)of->cols * sizeof *report->pictures);
    add_asked(model, of, &report->asked);
    report->view.asked = report->asked.data;
    report->view.picture_count = of->how.count;
    report->view.picture_rows = of->rows;
    report->view.picture_cols = of->cols;
    return (report->pictures && !report->asked.failed) || error_memory(error);
}

bool report_begin(Report *report, Session *session, int from, int to, bool json, bool screen, bool color, Error *error)
{
    *report = (Report){.session = session, .json = json, .began = seconds_now(), .error = error,
                       .view = {.model = session->model.name, .from = from, .to = to, .validation = NAN, .best = NAN,
                                .tokens_a_second = NAN, .update = {.step = from, .change = NAN}}};
    report->told = report->began;
    if (!baselines_of(&session->model, &report->view.baselines, error))
        return false;
    report->ascii = !locale_prepare();
    if (screen && !json && terminal_usable()) {
        Error none = {0};
        report->watch = terminal_watch(color, &none);
        if (report->watch && session->model.system->painter && !begin_paintings(report, error))
            return false;
    }
    if (!report->watch)
        report->progress = progress_begin("training steps");
    return true;
}

void report_end(Report *report)
{
    if (report->watch)
        terminal_watch_close(report->watch);
    else
        progress_end(&report->progress);
    report->watch = NULL;
}

void report_free(Report *report)
{
    report_end(report);
    text_free(&report->writes);
    text_free(&report->asked);
    paintings_end(&report->paintings);
    free(report->pictures);
}

/* What it writes now. It takes the tape, which the next update needs no more. */
static bool let_it_write(Report *report, int step, Error *error)
{
    Generation generation;
    double began = seconds_now();
    if (!model_language(&report->session->model))
        return true;
    bool whole = generation_begin(&generation, report->session, NULL, WRITTEN_TOKENS, error);
    if (!whole)
        return false;
    generation.how.temperature = 0.8;
    random_seed(&generation.random, (uint64_t)step);
    while (whole && !generation_done(&generation))
        whole = generation_next(&generation, error);
    text_free(&report->writes);
    generation_text(&generation, &report->writes);
    generation_end(&generation);
    report->view.writes = report->writes.data;
    report->view.writes_step = step;
    report->sampled += seconds_now() - began;
    return whole;
}

/* What it paints now, likewise; seldom enough that the training hardly takes longer. */
static bool let_it_paint(Report *report, int step, Error *error)
{
    const Paintings *of = &report->paintings;
    double began = seconds_now();
    int states[PAINTED_STEPS + 1];
    size_t cells = (size_t)of->rows * (size_t)of->cols;
    if (!report->pictures || began < report->paints_from)
        return true;
    for (int i = 0; i < of->how.count; i++) {
        if (!paintings_paint(&report->session->run, of, i, states, error))
            return false;
        memcpy(report->pictures + (size_t)i * cells,
               tape_value(&report->session->run.tape, states[of->how.steps])->data, cells * sizeof(double));
    }
    report->view.pictures = report->pictures;
    report->view.pictures_step = step;
    double took = seconds_now() - began;
    report->sampled += took;
    report->paints_from = began + PARTS * took;
    return true;
}

/* A frame now and then; false once q was pressed. */
static bool show_frame(Report *report, const UpdateRecord *update)
{
    double now = seconds_now();
    Grid grid;
    bool looked = !isnan(update->validation), last = update->step == report->view.to;
    if ((looked && !last && !let_it_write(report, update->step, report->error)) ||
        (!last && !let_it_paint(report, update->step, report->error)))
        return false;
    if (now - report->told < FRAME && !looked && !last)
        return true;
    report->told = now;
    report->view.spent = now - report->began;
    if (report->tokens > 0)
        report->view.tokens_a_second = (double)report->tokens * (update->step - report->view.from + 1) /
                                       fmax(report->view.spent - report->sampled, 1e-9);
    if (!terminal_watch_grid(&grid, report->ascii))
        return error_memory(report->error);
    training_draw(&report->view, &grid);
    int key = terminal_watch_show(report->watch, &grid, false);
    grid_free(&grid);
    return key != 'q' && key != KEY_IS_ESCAPE;
}

/* A line a while: for who reads it from a file or a pipe. */
static void tell_update(Report *report, const UpdateRecord *update)
{
    char number[NUMBER_SIZE];
    const TrainingView *view = &report->view;
    double now = seconds_now();
    if (report->json || report->progress.terminal || now - report->told < A_WHILE)
        return;
    report->told = now;
    print_error("training step %d of %d: loss %s", update->step, view->to,
            number_text(number, view->losses.value[view->losses.count - 1], DEFAULT_DIGITS));
    if (!isnan(view->validation))
        print_error(", validation %s", number_text(number, view->validation, DEFAULT_DIGITS));
    print_error("\n");
}

static void note_validation(TrainingView *view, const UpdateRecord *update)
{
    if (isnan(update->validation))
        return;
    view->validation = update->validation;
    curve_add(&view->validations, update->step, update->validation);
    if (!(view->best <= update->validation)) {
        view->best = update->validation;
        view->best_step = update->step;
    }
}

/* Targets of the training step: what its losses count. */
static int targets_in(const Run *run)
{
    int count = 0;
    for (int i = 0; i < run->tape.call_count; i++)
        if (run->tape.calls[i].rule == &CROSS_ENTROPY)
            count += tape_value(&run->tape, run->tape.calls[i].output)->rows;
    return count;
}

static void note_update(Report *report, const Run *run, const UpdateRecord *update)
{
    if (update->step == report->view.from) {
        report->first = update->loss;
        report->perplexity = part_has_perplexity(&run->tape, run->loss);
        report->tokens = model_language(run->model) ? targets_in(run) : 0;
    }
    report->last = update->loss;
    report->view.update = *update;
    curve_add(&report->view.losses, update->step, update->loss);
    worst_add(&report->worst, update);
    note_validation(&report->view, update);
}

bool report_note(void *context, const Run *run, const UpdateRecord *update)
{
    Report *report = context;
    note_update(report, run, update);
    if (report->watch)
        return show_frame(report, update);
    progress_show(&report->progress, update->step - report->view.from + 1, report->view.to - report->view.from + 1);
    tell_update(report, update);
    if (!report->json)
        return true;
    Text line = {0};
    update_json(update, &line);
    print_lines(line.data ? line.data : "");
    text_free(&line);
    /* A line a step as it happens: who reads them may draw while we train, and may close the pipe. */
    return fflush(stdout) == 0 && !ferror(stdout);
}

/* --- at the end --- */

/* The loss that stands in a column: the first in the first, the last in the last. */
static double loss_at(const Curve *curve, int column, int columns)
{
    return curve->value[columns > 1 ? (long)(curve->count - 1) * column / (columns - 1) : 0];
}

void curve_print(const Curve *curve, int updates, int digits)
{
    int columns = curve->count < CURVE_COLUMNS ? curve->count : CURVE_COLUMNS;
    double low = INFINITY, high = -INFINITY;
    for (int c = 0; c < columns; c++) {
        low = fmin(low, loss_at(curve, c, columns));
        high = fmax(high, loss_at(curve, c, columns));
    }
    char label[NUMBER_SIZE];
    for (int row = 0; row < CURVE_ROWS && isfinite(high) && isfinite(low); row++) {
        double level = high - (high - low) * row / (CURVE_ROWS - 1);
        print("%12s |", row % 3 == 0 ? number_text(label, level, digits) : "");
        for (int c = 0; c < columns; c++) {
            double at = high > low ? (high - loss_at(curve, c, columns)) / (high - low) * (CURVE_ROWS - 1)
                                   : CURVE_ROWS - 1;
            putchar((int)(at + 0.5) == row ? '*' : ' ');
        }
        putchar('\n');
    }
    print("%12s +%.*s\n%12s  0%*d\n", "loss", columns, "------------------------------------------------------------",
          "after", columns > 1 ? columns - 1 : 2, updates);
}

static void print_baselines(const TrainingView *view, int digits)
{
    const Baselines *baselines = &view->baselines;
    char number[NUMBER_SIZE];
    for (int i = 0; i < baselines->count; i++)
        print("%s%s %s", i ? ", " : "baselines: ", baselines->list[i].name,
              number_text(number, baselines->list[i].loss, digits));
    if (baselines->count)
        print("\n");
}

static bool is_a_byte(double bytes)
{
    return isnan(bytes) || fabs(bytes - 1) < 1e-9;
}

/* For tokens that are no single bytes what the losses are a byte: only that compares with other tokens. Of words it is
 * told where a text is kept apart to compare on. */
static void print_a_byte(const Report *report, int digits)
{
    const TrainingView *view = &report->view;
    const Baselines *baselines = &view->baselines;
    char first[NUMBER_SIZE], last[NUMBER_SIZE];
    const Language *language = report->session->model.system->language;
    if (!language || is_a_byte(baselines->learned_bytes) ||
        (language->words(&report->session->model) && !baselines->count))
        return;
    print("a byte of text: ");
    if (baselines->count)
        print("validation %s, trigram %s\n", number_text(first, view->validation / baselines->bytes, digits),
              number_text(last, baselines->list[BASELINES - 1].loss / baselines->bytes, digits));
    else
        print("loss %s -> %s\n", number_text(first, report->first / baselines->learned_bytes, digits),
              number_text(last, report->last / baselines->learned_bytes, digits));
}

void report_print(const Report *report, int digits)
{
    char first[NUMBER_SIZE], last[NUMBER_SIZE];
    const TrainingView *view = &report->view;
    int updates = view->update.step - view->from;
    curve_print(&view->losses, updates, digits);
    print("%d updates: loss %s -> %s", updates, number_text(first, report->first, digits + 2),
          number_text(last, report->last, digits + 2));
    if (report->perplexity)
        print(" (perplexity %s -> %s)", number_text(first, exp(report->first), 2),
              number_text(last, exp(report->last), 2));
    print("\n");
    if (!isnan(view->validation))
        print("validation: %s, at its best %s after %d updates\n", number_text(first, view->validation, digits),
              number_text(last, view->best, digits), view->best_step);
    print_baselines(view, digits);
    print_a_byte(report, digits);
}

void worst_print(const Worst *worst, int digits)
{
    char amount[NUMBER_SIZE], loss[NUMBER_SIZE], norm[NUMBER_SIZE], change[NUMBER_SIZE];
    for (int kind = 0; kind < WORST_KINDS; kind++) {
        if (worst->count[kind] == 0)
            continue;
        print("\nlargest %s\n%10s %12s %12s %14s %12s\n", worst_name((WorstKind)kind), "step", "", "loss",
              "gradient norm", "change");
        for (int i = 0; i < worst->count[kind]; i++) {
            const WorstUpdate *one = &worst->list[kind][i];
            print("%10d %12s %12s %14s %12s\n", one->update.step, number_text(amount, one->amount, digits),
                  number_text(loss, one->update.loss, digits), number_text(norm, one->update.gradient_norm, digits),
                  number_text(change, one->update.change, digits));
        }
    }
}
