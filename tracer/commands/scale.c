/* tracer scale: a ladder of tiny models on one text, and the law that their losses follow. */
#include "command.h"

#include "tracer/base/print.h"
#include "tracer/query/cost.h"
#include "tracer/session/ladder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_WIDTH = 1 };

/* "8,16,24,32", ascending. */
static bool parse_widths(const char *text, int *widths, int *count, Error *error)
{
    *count = 0;
    while (text && *text) {
        char *end;
        long width = strtol(text, &end, 10);
        bool right = end != text && (!*end || *end == ',') && width >= LEAST_WIDTH && width <= MOST_WIDTH &&
                     *count < MOST_RUNGS && (*count == 0 || width > widths[*count - 1]);
        if (!right)
            return error_set(error, EXIT_USED_WRONGLY, "--widths needs %d to %d widths that ascend, as in "
                             "\"8,16,24,32\", not \"%.60s\"", LEAST_RUNGS, MOST_RUNGS, text);
        widths[(*count)++] = (int)width;
        text = *end ? end + 1 : end;
    }
    return *count == 0 || *count >= LEAST_RUNGS ||
           error_set(error, EXIT_USED_WRONGLY, "--widths needs at least %d widths: three numbers are fitted",
                     LEAST_RUNGS);
}

static void print_ladder(const Ladder *ladder)
{
    char parameters[COST_EXACT], flops[COST_TEXT];
    print("%6s %12s %9s %9s %9s %9s\n", "width", "parameters", "FLOPs", "loss", "fit", "residual");
    for (int i = 0; i < ladder->count; i++) {
        const Rung *rung = &ladder->list[i];
        print("%6d %12s %9s %9.4f %9.4f %+9.4f\n", rung->width, cost_exact(parameters, rung->parameters),
              cost_text(flops, rung->flops), rung->loss, rung->fitted, rung->loss - rung->fitted);
    }
    print("\nloss = %.4g N^-%.3f + %.4f     residuals %.4f (rms), %d updates each\n", ladder->a, ladder->b, ladder->c,
          ladder->rms, ladder->updates);
    if (ladder->c == 0)
        print("c would be below 0 and stays 0: no end is in sight at these sizes\n");
}

static void print_beside(const Ladder *ladder)
{
    if (ladder->length_count)
        print("\nwidth %d with windows of another length, as many tokens an update\n", ladder->beside_width);
    for (int i = 0; i < ladder->length_count; i++)
        print("  %2d tokens   loss %.4f\n", ladder->lengths[i].number, ladder->lengths[i].loss);
    if (ladder->source_count)
        print("\nwidth %d with parts of the text that stand in its window of 32 by turns\n", ladder->beside_width);
    for (int i = 0; i < ladder->source_count; i++)
        print("  %d source%s  loss %.4f   each has %d tokens there\n", ladder->sources[i].number,
              ladder->sources[i].number == 1 ? " " : "s", ladder->sources[i].loss, 32 / ladder->sources[i].number);
}

static void add_beside(const char *key, const char *number, const BesideRung *list, int count, Text *out)
{
    char loss[NUMBER_SIZE];
    text_add(out, ",\n \"%s\": [", key);
    for (int i = 0; i < count; i++)
        text_add(out, "%s{\"%s\": %d, \"loss\": %s}", i ? ", " : "", number, list[i].number,
                 number_json(loss, list[i].loss));
    text_add(out, "]");
}

static bool write_json(const Ladder *ladder, Error *error)
{
    Text out = {0};
    char number[NUMBER_SIZE];
    text_add(&out, "{\"updates\": %d,\n \"models\": [", ladder->updates);
    for (int i = 0; i < ladder->count; i++) {
        const Rung *rung = &ladder->list[i];
        text_add(&out, "%s\n  {\"d_model\": %d, \"params\": %.0f, ", i ? "," : "", rung->width, rung->parameters);
        text_add(&out, "\"flops\": %s, ", number_json(number, rung->flops));
        text_add(&out, "\"loss\": %s, ", number_json(number, rung->loss));
        text_add(&out, "\"fit\": %s, ", number_json(number, rung->fitted));
        text_add(&out, "\"residual\": %s}", number_json(number, rung->loss - rung->fitted));
    }
    text_add(&out, "],\n \"fit\": {\"a\": %s, ", number_json(number, ladder->a));
    text_add(&out, "\"b\": %s, ", number_json(number, ladder->b));
    text_add(&out, "\"c\": %s, ", number_json(number, ladder->c));
    text_add(&out, "\"rms\": %s}", number_json(number, ladder->rms));
    add_beside("context", "length", ladder->lengths, ladder->length_count, &out);
    add_beside("sources", "count", ladder->sources, ladder->source_count, &out);
    text_add(&out, "}\n");
    bool whole = print_text(&out, error);
    text_free(&out);
    return whole;
}

static int run(const Arguments *arguments, Error *error)
{
    int widths[MOST_RUNGS], count;
    long updates;
    Ladder ladder;
    RunOptions options = arguments->run;
    options.model = options.model ? options.model : "moby";
    if (!option_number(arguments, "--updates", 1, MOST_LADDER_UPDATES, LADDER_UPDATES, &updates, error) ||
        !parse_widths(option_of(arguments, "--widths"), widths, &count, error) ||
        !ladder_train(&options, widths, count, (int)updates, !option_of(arguments, "--sizes-only"), &ladder, error))
        return error->code;
    if (option_of(arguments, "--json")) {
        write_json(&ladder, error);
        return error->code;
    }
    print_ladder(&ladder);
    print_beside(&ladder);
    return error->code;
}

const Command SCALE_COMMAND = {
    .name = "scale", .words = "", .summary = "trains a ladder of models and fits loss = a N^-b + c",
    .details = "Six character models of width 8 to 64, 2,600 to 107,000 parameters, are trained on one text: that of\n"
               "--file, else the Moby-Dick that ships; 300 updates each of 256 tokens. The loss is that of the tenth\n"
               "of the text that is kept apart, after the last update. Then the middle one with shorter and longer\n"
               "windows, and with parts of the text that take turns in its window, so that each has less of it. A\n"
               "minute or two; Ctrl-C fits what is there. render scale draws it.\n",
    .example = "scale --updates 100",
    .options = {{"--updates", "N", "of each model (300)"},
                {"--widths", "W,W,...", "which models (8,16,24,32,48,64)"},
                {"--sizes-only", NULL, "without other windows"},
                {"--json", NULL, "every number"}},
    .run = run,
};
