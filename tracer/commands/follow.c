/* tracer follow: one token on its way through the model. */
#include "tracer/base/print.h"
#include "tracer/query/follow_token.h"

#include "command.h"

static void add_words(const Way *way, Text *out)
{
    char token[TOLD_SIZE], target[TOLD_SIZE], says[TOLD_SIZE];
    const Looking *looking = way->looking;
    int next = id_behind(looking, way->position), best = likeliest(looking, looking->inside->logits, way->position);
    text_add(out, "%s at position %d; %s %s. The model says %s.\n", token_at(looking, way->position, token),
             way->position, next < 0 ? "it is the last, and the model's own word is followed:" : "behind it comes",
             token_of(looking, way->target, target), token_of(looking, best, says));
    text_add(out, "+ what a part adds to the stream: its length, what it adds to the logit of %s, and for a head\n"
                  "  where it looks most; = what the model would say if it stopped there\n\n",
             target);
}

static void add_lines(Way way, int digits, Text *out)
{
    WayLine line;
    const Tape *tape = way.looking->tape;
    while (way_next(&way, &line)) {
        Text told = {0};
        way_line_text(&way, &line, digits, &told);
        text_add(out, "%s", text_piece(out, &told));
        for (int pad = told.length ? text_width(told.data) : 0; pad < 52; pad++)
            text_add(out, " ");
        text_add(out, " step %d  %s[%d,%d]\n", tape_value(tape, line.value)->producer,
                 name_of(way.looking->names, line.value), line.row, line.col);
        text_free(&told);
    }
}

static void add_json_line(const Way *way, const WayLine *line, Text *out)
{
    char number[NUMBER_SIZE];
    const Looking *looking = way->looking;
    text_add(out, "{\"%s\": ", line->part ? "part" : "level");
    text_json_string(out, line->part ? line->part->name : line->level->name);
    text_add(out, ", \"cell\": \"%s[%d,%d]\", \"step\": %d", name_of(looking->names, line->value), line->row, line->col,
             tape_value(looking->tape, line->value)->producer);
    if (line->part) {
        text_add(out, ", \"length\": %s", number_json(number, line->length));
        text_add(out, ", \"logit\": %s", number_json(number, line->logit));
    }
    if (line->looks_at >= 0)
        text_add(out, ", \"looks_at\": %d, \"weight\": %s", line->looks_at, number_json(number, line->weight));
    if (line->level)
        text_add(out, ", \"says\": %d, \"probability\": %s", line->says, number_json(number, line->probability));
    text_add(out, "}");
}

static void add_json(Way way, Text *out)
{
    WayLine line;
    int count = 0;
    text_add(out, "{\"position\": %d, \"token\": %d, \"target\": %d,\n \"lines\": [", way.position,
             id_at(way.looking, way.position), way.target);
    while (way_next(&way, &line)) {
        text_add(out, count++ ? ",\n " : "\n ");
        add_json_line(&way, &line, out);
    }
    text_add(out, "]}\n");
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    Looking looking;
    Text out = {0};
    int position = -1;
    RunOptions options = looking_options(&arguments->run);
    if (!session_open(&session, &options, error))
        return error->code;
    if (looking_begin(&session, &looking, error) &&
        (position = looking_position(&looking, arguments->words[0], error)) >= 0) {
        Way way = way_begin(&looking, position);
        if (option_of(arguments, "--json"))
            add_json(way, &out);
        else {
            add_words(&way, &out);
            add_lines(way, arguments->digits, &out);
        }
        print_text(&out, error);
    }
    text_free(&out);
    session_close(&session);
    return error->code;
}

const Command FOLLOW_COMMAND = {
    .name = "follow", .words = "TOKEN|POSITION",
    .summary = "one token through the model: what each head and MLP adds to it",
    .details = "From the embedding to the logits, a line for everything that is added and for every level that is\n"
               "reached, each with the step that made it. In the stepper r shows the same for the\n"
               "token of the selected row, and Enter on a line goes to its step.\n",
    .example = "follow 14 --model induction", .least_words = 1, .most_words = 1,
    .options = {{"--json", NULL, "as JSON"}},
    .paged = paged_always, .run = run,
};
