/* Training in rounds; see train_rounds.h. */
#include "train_rounds.h"
#include "train_predict.h"
#include "training_report.h"

#include "tiny_model/system.h"
#include "tracer/base/files.h"
#include "tracer/base/held.h"
#include "tracer/base/print.h"
#include "tracer/session/data_file.h"
#include "tracer/session/rounds_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const RoundTraining *rounds;
    void *state;
    Curve losses;
    RoundMeasures first, last;
    double best;              /* the smallest loss of the rows kept apart */
    int best_round;
    bool json;
    Unseen unseen;            /* rows that are only predicted, or none */
    double *margins;          /* theirs */
    const char *weights;      /* rounds that were grown before, or NULL */
    Rounds before, grown;     /* those; and all, if they are to be saved */
} Growing;

static void add_number(Text *line, const char *key, double number)
{
    if (!isnan(number))
        text_add(line, ", \"%s\": %.17g", key, number);
}

static bool tell_line(const RoundMeasures *now, int round)
{
    Text line = {0};
    text_add(&line, "{\"step\": %d, \"loss\": %.17g", round, now->loss);
    add_number(&line, "auc", now->area);
    add_number(&line, "validation", now->held_loss);
    add_number(&line, "validation_auc", now->held_area);
    text_add(&line, "}\n");
    print_lines(line.data ? line.data : "");
    text_free(&line);
    return fflush(stdout) == 0 && !ferror(stdout);
}

static bool note(Growing *growing, int round, bool last)
{
    RoundMeasures now = growing->rounds->measure(growing->state, growing->json || last || round == 0);
    growing->first = round ? growing->first : now;
    growing->last = now;
    curve_add(&growing->losses, round, now.loss);
    if (growing->margins)
        growing->rounds->unseen(growing->state, round, growing->unseen.numbers, growing->unseen.rows,
                                growing->margins);
    if (!(growing->best <= now.held_loss)) {
        growing->best = now.held_loss;
        growing->best_round = round;
    }
    return !growing->json || tell_line(&now, round);
}

static void print_area(const char *before, double area, int digits)
{
    char number[NUMBER_SIZE];
    print("%sarea under the curve ", before);
    if (isnan(area))
        print("none: one of the two classes has no rows\n");
    else
        print("%s\n", number_text(number, area, digits));
}

static void tell_end(const Growing *growing, int rounds, int digits)
{
    char from[NUMBER_SIZE], to[NUMBER_SIZE];
    curve_print(&growing->losses, rounds, digits);
    print("%d rounds: loss %s -> %s", rounds, number_text(from, growing->first.loss, digits + 2),
          number_text(to, growing->last.loss, digits + 2));
    print_area(", ", growing->last.area, digits);
    if (isnan(growing->last.held_loss))
        return;
    print("validation: %s, at its best %s after %d rounds", number_text(from, growing->last.held_loss, digits),
          number_text(to, growing->best, digits), growing->best_round);
    print_area("; ", growing->last.held_area, digits);
}

/* What all trees say together of each row that was not learned from. */
static void tell_unseen(const Growing *growing, const Model *model, int digits)
{
    Text lines = {0};
    if (!growing->json)
        predicted_header(NULL, growing->rounds->class_one(model), &lines);
    for (int i = 0; i < growing->unseen.rows; i++)
        predicted_line(NULL, i, growing->rounds->probability(growing->margins[i]), growing->json, digits, &lines);
    print_lines(lines.data ? lines.data : "");
    text_free(&lines);
}

/* One more round: one that was grown before as long as there is one. */
static bool next_round(Growing *growing, const Model *model, int round, bool save, Error *error)
{
    if (round < growing->before.count) {
        if (!rounds_file_take(growing->weights, &growing->before, round, model, growing->state, error))
            return false;
    } else {
        growing->rounds->next(growing->state);
    }
    return !save || rounds_file_add(&growing->grown, model, growing->state, error);
}

static bool grow(const Arguments *arguments, Growing *growing, const Model *model, int rounds, Error *error)
{
    const char *save = option_of(arguments, "--save");
    Progress progress = progress_begin("rounds");
    Held held = signals_hold();
    bool going = note(growing, 0, rounds == 0), stopped = false;
    int done = 0;
    going = going && (!save || rounds_file_add(&growing->grown, model, growing->state, error));
    while (going && !stopped && done < rounds) {
        if (!(going = next_round(growing, model, done, save != NULL, error)))
            break;
        stopped = signal_came(&held);
        done++;
        going = note(growing, done, stopped || done == rounds);
        progress_show(&progress, done, rounds);
    }
    progress_end(&progress);
    signals_release(&held);
    if (error->code != EXIT_DONE || (save && !named_matrices_write(save, &growing->grown.matrices, error)))
        return false;
    if (stopped)
        print_error("tracer: stopped after %d rounds\n", done);
    if (!growing->json)
        tell_end(growing, done, arguments->digits);
    if (save && !growing->json)
        print("trees saved in %s\n", save);
    if (growing->margins)
        tell_unseen(growing, model, arguments->digits);
    return stdout_finish(error);
}

/* What asks for parameters, or for updates that could be opened. */
static bool options_fit(const Arguments *arguments, const Model *model, Error *error)
{
    static const char *const others[] = {"-o", "--worst"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (option_of(arguments, others[i]))
            return error_set(error, EXIT_USED_WRONGLY,
                             "\"%s\" is for parameters and their updates; the system \"%s\" grows in rounds and "
                             "has none",
                             others[i], model->system->name);
    return !arguments->run.step_given ||
           error_set(error, EXIT_USED_WRONGLY,
                     "\"--step\" is for updates; all rounds of the system \"%s\" are on one tape", model->system->name);
}

/* Before anything is grown: a file that cannot be read is told at once. */
static bool read_unseen(const Arguments *arguments, Growing *growing, const Model *model, Error *error)
{
    const char *path = option_of(arguments, "--predict");
    if (!path)
        return true;
    if (!data_read_unseen(growing->rounds->features(model), NULL, path, &growing->unseen, error))
        return false;
    growing->margins = calloc((size_t)growing->unseen.rows, sizeof *growing->margins);
    return growing->margins ? true : error_memory(error);
}

/* How many rounds in the end: those that were grown before, and as many more as asked for, else those of the model. */
static int last_round(const Growing *growing, const Model *model, long asked)
{
    int before = growing->before.count, whole = growing->rounds->count(model);
    return asked >= 0 ? before + (int)asked : before > whole ? before : whole;
}

static bool grow_all(const Arguments *arguments, Growing *growing, const Model *model, long asked, Error *error)
{
    growing->weights = arguments->run.weights;
    return read_unseen(arguments, growing, model, error) &&
           (!growing->weights || rounds_file_read(growing->weights, model, &growing->before, error)) &&
           (growing->state = growing->rounds->begin(model, error)) &&
           grow(arguments, growing, model, last_round(growing, model, asked), error);
}

bool train_rounds(const Arguments *arguments, const Model *model, long asked, Error *error)
{
    Growing *growing = options_fit(arguments, model, error) ? calloc(1, sizeof *growing) : NULL;
    if (!growing)
        return error->code == EXIT_DONE ? error_memory(error) : false;
    *growing = (Growing){.rounds = model->system->rounds, .best = NAN,
                         .json = option_of(arguments, "--json") != NULL};
    bool whole = grow_all(arguments, growing, model, asked, error);
    if (growing->state)
        growing->rounds->end(growing->state);
    free(growing->margins);
    unseen_free(&growing->unseen);
    rounds_file_free(&growing->before);
    rounds_file_free(&growing->grown);
    free(growing);
    return whole;
}
