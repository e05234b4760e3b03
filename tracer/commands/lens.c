/* tracer lens: what the model would say behind each level of the stream. */
#include "tracer/base/print.h"
#include "tracer/output/looking_json.h"
#include "tracer/query/looking.h"

#include "command.h"

static void add_levels(const Looking *looking, Text *out)
{
    char level[120];
    text_add(out, "What the model would say next if it stopped at a level of the stream, "
                  "and how sure it would be:\n\n");
    for (int i = 0; i < looking->inside->level_count; i++)
        text_add(out, "  %2d  %s\n", i, short_part(looking->inside->levels[i].name, level, sizeof level));
    text_add(out, "\n");
}

static void add_cell(const Looking *looking, const Level *level, int position, Text *out)
{
    char token[TOLD_SIZE];
    int best = likeliest(looking, level->logits, position);
    text_add(out, "  %s", token_of(looking, best, token));
    for (int pad = text_width(token); pad < 8; pad++)
        text_add(out, " ");
    text_add(out, " %4.2f", look_at(looking, level->probabilities, position, best));
}

static void add_padded(const char *text, int width, Text *out)
{
    text_add(out, "%s", text);
    for (int pad = text_width(text); pad < width; pad++)
        text_add(out, " ");
}

static void add_table(const Looking *looking, Text *out)
{
    char token[TOLD_SIZE];
    text_add(out, "      token     next    ");
    for (int i = 0; i < looking->inside->level_count; i++)
        text_add(out, i + 1 < looking->inside->level_count ? "  level %-2d     " : "  level %d", i);
    text_add(out, "\n");
    for (int t = 0; t < looking->tokens; t++) {
        int next = id_behind(looking, t);
        text_add(out, "%4d  ", t);
        add_padded(token_at(looking, t, token), 8, out);
        text_add(out, "  ");
        add_padded(next < 0 ? "-" : token_of(looking, next, token), 8, out);
        for (int i = 0; i < looking->inside->level_count; i++)
            add_cell(looking, &looking->inside->levels[i], t, out);
        text_add(out, "\n");
    }
}

static void add_text(const Looking *looking, Text *out)
{
    char number[NUMBER_SIZE];
    double missed = lens_misses(looking);
    add_levels(looking, out);
    add_table(looking, out);
    text_add(out, missed > 0 ? "\nThe last level differs from the logits by up to %s: the lens is wrong.\n"
                             : "\nThe last level is the logits themselves%s.\n",
             missed > 0 ? number_text(number, missed, MOST_DIGITS) : "");
    text_add(out, "tracer why 'lens.%s.logits[0,0]' --inside tells where a number of it comes from.\n",
             looking->inside->levels[0].name);
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    Looking looking;
    Text out = {0};
    RunOptions options = looking_options(&arguments->run);
    if (!session_open(&session, &options, error))
        return error->code;
    if (looking_begin(&session, &looking, error)) {
        if (option_of(arguments, "--json"))
            lens_json(&looking, &out);
        else
            add_text(&looking, &out);
        print_text(&out, error);
    }
    text_free(&out);
    session_close(&session);
    return error->code;
}

const Command LENS_COMMAND = {
    .name = "lens", .words = "", .summary = "what the model would say behind each level of the stream",
    .details = "The logit lens: the final norm, with the mean and the spread of that level, then the head. Without\n"
               "the norm, or with the spread of the last level, it is another table. Each level is on the\n"
               "tape as lens.LEVEL.norm, .logits and .probabilities where a run is opened with --inside.\n",
    .example = "lens --model induction",
    .options = {{"--json", NULL, "as JSON: the logits and probabilities of every level"}},
    .paged = paged_always, .run = run,
};
