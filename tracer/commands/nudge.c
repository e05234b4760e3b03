/* tracer nudge: change numbers and run again. */
#include "tracer/base/print.h"
#include "tracer/query/nudge.h"

#include "command.h"
#include "said.h"

#include <math.h>
#include <string.h>

/* A nudge moves the loss in its later digits; a list longer than this pushes what stands above it off a screen. */
enum { LOSS_DIGITS = 8, SEEN_AT_ONCE = 12 };

/* One change from words[*at]: 'NAME[r,c]' DELTA, or 'NAME[r,c]=V' in one word. */
static bool parse_change(const Arguments *arguments, const Names *names, int *at, Change *out, Error *error)
{
    char reference[512];
    const char *word = arguments->words[(*at)++], *bracket = strrchr(word, ']'),
               *sign = strchr(bracket ? bracket : word, '=');
    out->absolute = sign != NULL;
    if (!sign && *at == arguments->word_count)
        return error_set(error, EXIT_USED_WRONGLY, "say by how much, 'NAME[r,c]' DELTA, or what to, 'NAME[r,c]=V'");
    size_t length = sign ? (size_t)(sign - word) : strlen(word);
    if (length >= sizeof reference)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.60s...\" is too long for a cell", word);
    memcpy(reference, word, length);
    reference[length] = '\0';
    const char *number = sign ? sign + 1 : arguments->words[(*at)++];
    if (!parse_number(number, &out->amount))
        return error_set(error, EXIT_USED_WRONGLY, "\"%.60s\" is no finite number", number);
    if (!reference_parse_cell(names, reference, &out->cell, error))
        return false;
    say_taken(names, out->cell);
    return true;
}

/* All changes; 0 and *error if one cannot be read. */
static int parse(const Arguments *arguments, const Names *names, Change changes[MOST_CHANGES], Error *error)
{
    int count = 0;
    for (int at = 0; at < arguments->word_count; count++)
        if (!parse_change(arguments, names, &at, &changes[count], error))
            return 0;
    return count;
}

/* The values that moved, or those that only were rounded otherwise. */
static void json_values(const Nudged *n, const Names *names, const char *key, bool rounding, Text *out)
{
    char number[NUMBER_SIZE];
    int count = 0;
    text_add(out, ", \"%s\": [", key);
    for (int i = 0; i < n->differences.count; i++) {
        const Difference *d = &n->differences.list[i];
        if (d->rounding != rounding)
            continue;
        text_add(out, "%s{\"name\": ", count++ ? ",\n " : "\n ");
        text_json_string(out, name_of(names, d->value));
        text_add(out, ", \"max_abs\": %s}", number_json(number, d->max_abs));
    }
    text_add(out, "]");
}

static bool print_json(const Nudged *n, const Names *names, Error *error)
{
    char number[NUMBER_SIZE], cell[400];
    Text out = {0};
    text_add(&out, "{\"cell\": ");
    text_json_string(&out, cell_text(names, n->cell.value, n->cell.row, n->cell.col, cell, sizeof cell));
    const struct {
        const char *key;
        double number;
    } numbers[] = {{"from", n->from}, {"to", n->to}, {"loss_before", n->loss_before}, {"loss_after", n->loss_after},
                   {"predicted", n->predicted}, {"actual", n->loss_after - n->loss_before}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        bool predicted = strcmp(numbers[i].key, "predicted") == 0, of_loss = i >= 2;
        bool unknown = (predicted && !n->has_gradient) || (of_loss && n->fork.loss < 0);
        text_add(&out, ", \"%s\": %s", numbers[i].key, unknown ? "null" : number_json(number, numbers[i].number));
    }
    json_values(n, names, "changed", false, &out);
    json_values(n, names, "rounding", true, &out);
    text_add(&out, "}\n");
    bool whole = print_text(&out, error);
    text_free(&out);
    return whole;
}

static void print_loss(const Nudged *n, int digits)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    double actual = n->loss_after - n->loss_before;
    print("loss: %s -> %s\n", number_text(a, n->loss_before, digits), number_text(b, n->loss_after, digits));
    print("change: %s", number_signed(a, actual, digits));
    if (!n->has_gradient)
        print(" (this value has no gradient that could predict it)\n");
    else
        print(", predicted by the gradient: %s\n", number_signed(b, n->predicted, digits));
    if (n->has_gradient && nudge_too_large(n->predicted, actual, n->loss_before))
        print("the step is too large for a straight line: take a smaller one, or look at the curve with v in the "
               "stepper\n");
}

static void print_answer(const Nudged *n, const Names *names, int digits)
{
    char a[NUMBER_SIZE], b[NUMBER_SIZE], cell[400];
    print("%s: %s -> %s\n", cell_text(names, n->cell.value, n->cell.row, n->cell.col, cell, sizeof cell),
           number_text(a, n->from, digits), number_text(b, n->to, digits));
    if (n->fork.loss >= 0)
        print_loss(n, digits > LOSS_DIGITS ? digits : LOSS_DIGITS);
}

/* The answer stands first, and last too where the list between would have run past. */
static void print_nudged(const Nudged *n, const Names *names, int digits)
{
    char a[NUMBER_SIZE];
    int rounded = n->differences.count - n->differences.moved;
    print_answer(n, names, digits);
    print("%d of %d values moved\n", n->differences.moved, names->count);
    for (int i = 0; i < n->differences.count; i++) {
        const Difference *d = &n->differences.list[i];
        if (!d->rounding)
            print("  %-52s by at most %s\n", name_of(names, d->value), number_text(a, d->max_abs, digits));
    }
    if (rounded)
        print("%d more differ only by rounding\n", rounded);
    if (n->differences.moved > SEEN_AT_ONCE)
        print_answer(n, names, digits);
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    Change changes[MOST_CHANGES];
    Nudged nudged;
    if (!session_open(&session, &arguments->run, error))
        return error->code;
    int count = parse(arguments, &session.names, changes, error);
    if (count > 0 && nudge_cells(&session, changes, count, &nudged, error)) {
        if (option_of(arguments, "--json"))
            print_json(&nudged, &session.names, error);
        else
            print_nudged(&nudged, &session.names, arguments->digits);
        nudged_free(&nudged);
    }
    session_close(&session);
    return error->code;
}

const Command NUDGE_COMMAND = {
    .name = "nudge", .words = "'NAME[r,c]' DELTA  or  'NAME[r,c]=V'",
    .summary = "runs again with one number changed, or several",
    .details = "Loss before and after, what the gradient predicted, and every value that moved; what was only\n"
               "rounded otherwise is counted apart.\n"
               "A parameter or an activation can be changed; several changes stand one behind the other and are\n"
               "made together.\n",
    .example = "nudge 'block0.mlp.W_1[0,0]' 0.1", .least_words = 1, .most_words = MOST_CHANGES,
    .options = {{"--json", NULL, "as JSON"}},
    .paged = paged_always, .learns = true, .run = run,
};
