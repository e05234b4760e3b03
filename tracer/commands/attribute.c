/* tracer attribute: a logit as a sum over what the parts of the model added to the stream. */
#include "tracer/base/print.h"
#include "tracer/output/looking_json.h"
#include "tracer/query/looking.h"

#include "command.h"

/* A bar from the middle, to the left for less. */
static void add_bar(double number, double most, Text *out)
{
    enum { HALF = 12 };
    int length = most > 0 ? (int)(HALF * (number < 0 ? -number : number) / most + 0.5) : 0;
    for (int i = -HALF; i < HALF; i++)
        text_add(out, "%s", i == 0 ? "|" : "");
    for (int i = 0; i < length; i++)
        text_add(out, number < 0 ? "-" : "+");
}

static double largest_part(const Looking *looking, int position, int token)
{
    double most = 0;
    for (int i = 0; i < looking->inside->part_count; i++) {
        double number = look_at(looking, looking->inside->parts[i].logits, position, token);
        most = number > most ? number : -number > most ? -number : most;
    }
    return most;
}

static void add_text(const Looking *looking, int position, int token, int digits, Text *out)
{
    const Inside *inside = looking->inside;
    char name[120], number[NUMBER_SIZE], at[TOLD_SIZE], word[TOLD_SIZE];
    double most = largest_part(looking, position, token);
    text_add(out, "The logit of %s behind %s (position %d), part by part:\n\n", token_of(looking, token, word),
             token_at(looking, position, at), position);
    for (int i = 0; i < inside->part_count; i++) {
        double part = look_at(looking, inside->parts[i].logits, position, token);
        text_add(out, "  %-20s %12s  ", short_part(inside->parts[i].name, name, sizeof name),
                 number_signed(number, part, digits));
        add_bar(part, most, out);
        text_add(out, "\n");
    }
    text_add(out, "  %-20s %12s\n", "sum",
             number_signed(number, look_at(looking, inside->sum, position, token), digits));
    text_add(out, "  %-20s %12s\n", "logit",
             number_signed(number, look_at(looking, inside->logits, position, token), digits));
    text_add(out, "\nThe spread of the finished stream is held fixed. Over all logits the sums miss by %s at most.\n",
             number_text(number, parts_miss(looking), MOST_DIGITS));
    if (inside->renormalised)
        text_add(out, "The stream is normalised on its way: what stands before the last of these norms is one part.\n");
}

/* The words of the command: the position (the last), the token (the likeliest there). */
static bool choose(const Arguments *arguments, const Looking *looking, int *position, int *token, Error *error)
{
    *position = looking->tokens - 1;
    if (arguments->word_count > 0 && (*position = looking_position(looking, arguments->words[0], error)) < 0)
        return false;
    *token = likeliest(looking, looking->inside->logits, *position);
    return arguments->word_count < 2 || (*token = looking_word(looking, arguments->words[1], error)) >= 0;
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    Looking looking;
    Text out = {0};
    int position, token;
    bool json = option_of(arguments, "--json") != NULL;
    RunOptions options = looking_options(&arguments->run);
    if (!session_open(&session, &options, error))
        return error->code;
    if (looking_begin(&session, &looking, error) && choose(arguments, &looking, &position, &token, error)) {
        if (json)
            attribution_json(&looking, arguments->word_count ? position : -1, token, &out);
        else
            add_text(&looking, position, token, arguments->digits, &out);
        print_text(&out, error);
    }
    text_free(&out);
    session_close(&session);
    return error->code;
}

const Command ATTRIBUTE_COMMAND = {
    .name = "attribute", .words = "[POSITION|TOKEN [TOKEN]]",
    .summary = "a logit as the sum of what each head and MLP added",
    .details = "Direct logit attribution: which part wrote the logit of a token at a position; without words that of\n"
               "the likeliest token behind the last. The norm's mean and spread are those of the finished stream; b_O\n"
               "belongs to no head and has a line of its own, as beta and the head's bias have.\n"
               "On the tape: attribution.PART.added and .logits, attribution.sum.\n",
    .example = "attribute 14 d --model induction", .most_words = 2,
    .options = {{"--json", NULL, "as JSON; without a position all logits of all parts"}},
    .paged = paged_always, .run = run,
};
