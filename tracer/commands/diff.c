/* tracer diff: two runs, each given by its options. */
#include "command.h"
#include "tracer/base/print.h"
#include "tracer/session/run_text.h"

#include "tracer/query/compare.h"
#include "tracer/query/text_loss.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Losses of tokens that are not the same: a byte of text they compare. */
static void print_losses_a_byte(const Session *first, const Session *second)
{
    char number[NUMBER_SIZE], other[NUMBER_SIZE];
    const Language *one = first->model.system->language, *two = second->model.system->language;
    TextLoss a = text_loss(first), b = text_loss(second);
    bool same = one == two && one && one->size(&first->model) == two->size(&second->model) && a.targets == b.targets;
    if (!a.bytes || !b.bytes || same)
        return;
    print("a byte of text %s and %s: the tokens are not the same, %d and %d for %d and %d bytes\n",
          number_text(number, a.nats / a.bytes, MOST_DIGITS), number_text(other, b.nats / b.bytes, MOST_DIGITS),
          a.targets, b.targets, a.bytes, b.bytes);
}

static void print_differences(const Differences *differences, const Session *first, const Session *second)
{
    char number[NUMBER_SIZE], loss[NUMBER_SIZE], cell[400];
    if (first->run.loss >= 0 && second->run.loss >= 0)
        print("loss %s and %s\n", number_text(number, run_loss(&first->run), MOST_DIGITS),
              number_text(loss, run_loss(&second->run), MOST_DIGITS));
    print_losses_a_byte(first, second);
    if (differences->count == 0 && differences->only_in_second == 0) {
        print("all %d values are equal, bit by bit\n", first->names.count);
        return;
    }
    int shown = 0;
    for (int i = 0; i < differences->count; i++) {
        const Difference *d = &differences->list[i];
        const char *name = name_of(&first->names, d->value);
        if (d->rounding)
            continue;
        print("%s", shown++ == 0 ? "first: " : "       ");
        if (d->other < 0)
            print("%s is only in the first run\n", name);
        else if (isinf(d->max_abs))
            print("%s differs in shape or by an infinity\n", name);
        else
            print("%-52s largest difference %s at %s\n", name, number_text(number, d->max_abs, DEFAULT_DIGITS),
                  cell_text(&first->names, d->value, d->row, d->col, cell, sizeof cell));
    }
    print("%d of %d values differ", differences->moved, first->names.count);
    if (differences->count > differences->moved)
        print(", %d more only by rounding", differences->count - differences->moved);
    if (differences->only_in_second)
        print(", %d are only in the second run", differences->only_in_second);
    print("\n");
}

static int run(const Arguments *arguments, Error *error)
{
    Session sessions[2] = {0};
    Differences differences = {0};
    char *texts[2] = {strdup(arguments->words[0]), strdup(arguments->words[1])};
    bool open[2] = {false, false};
    if (!texts[0] || !texts[1])
        error_memory(error);
    for (int i = 0; i < 2 && error->code == 0; i++)
        if ((open[i] = run_text_open(texts[i], &sessions[i], error)))
            run_is_whole(&sessions[i].run, error); /* of walks one part would be compared and the others not */
    if (error->code == 0 && differences_find(&sessions[0].names, &sessions[1].names, &differences, error))
        print_differences(&differences, &sessions[0], &sessions[1]);
    differences_free(&differences);
    for (int i = 0; i < 2; i++) {
        if (open[i])
            session_close(&sessions[i]);
        free(texts[i]);
    }
    return error->code;
}

const Command DIFF_COMMAND = {
    .name = "diff", .words = "\"OPTIONS\" \"OPTIONS\"",
    .summary = "two runs: the first value that differs, and how far all of them do",
    .details = "Each run is given by its options in quotes; \"\" is the default run.\n",
    .example = "diff \"--model tiny\" \"--model tiny --mistake softmax.columns\"", .least_words = 2, .most_words = 2,
    .without_run = true, .words_only = true, .paged = paged_always, .run = run,
};
