/* Reading what looking inside recorded; see looking.h. */
#include "looking.h"

#include "tiny_model/primitive.h"
#include "tracer/base/nearest.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

RunOptions looking_options(const RunOptions *run)
{
    RunOptions options = *run;
    options.inside = true;
    return options;
}

bool looking_begin(const Session *session, Looking *out, Error *error)
{
    const Inside *inside = inside_of(session, error);
    if (!inside)
        return false;
    const Value *logits = tape_value(&session->run.tape, inside->logits);
    *out = (Looking){session, &session->names, &session->run.tape, inside, logits->rows, logits->cols};
    return true;
}

static const char *label_of(const Looking *looking, const Axis *axis, int i)
{
    return axis_label(looking->names, axis, i);
}

static const char *shown(const char *label, int number, char *out)
{
    if (label)
        return token_visible(out, TOLD_SIZE, label);
    snprintf(out, TOLD_SIZE, "%d", number);
    return out;
}

int id_at(const Looking *looking, int position)
{
    return (int)tape_value(looking->tape, looking->inside->tokens)->data[position];
}

int id_behind(const Looking *looking, int position)
{
    return position + 1 < looking->tokens ? id_at(looking, position + 1) : -1;
}

const char *token_of(const Looking *looking, int id, char *out)
{
    return shown(label_of(looking, col_axis(looking->names, looking->inside->logits), id), id, out);
}

const char *token_at(const Looking *looking, int position, char *out)
{
    return token_of(looking, id_at(looking, position), out);
}

static bool is_number(const char *word, int below, long *number)
{
    return isdigit((unsigned char)*word) && parse_integer(word, 0, below - 1, number);
}

int looking_position(const Looking *looking, const char *word, Error *error)
{
    const Axis *words = col_axis(looking->names, looking->inside->logits);
    char places[80] = "";
    int found = -1, count = 0;
    long number;
    for (int t = 0; t < looking->tokens; t++) {
        const char *label = label_of(looking, words, id_at(looking, t));
        if (!label || strcmp(label, word) != 0)
            continue;
        size_t used = strlen(places);
        if (used < sizeof places - 12)
            snprintf(places + used, sizeof places - used, "%s%d", count ? ", " : "", t);
        found = t;
        count++;
    }
    if (count == 1)
        return found;
    if (count == 0 && is_number(word, looking->tokens, &number))
        return (int)number;
    if (count > 1)
        error_set(error, EXIT_USED_WRONGLY, "\"%.60s\" stands in this text %d times, at %s; say which by its number",
                  word, count, places);
    else
        error_set(error, EXIT_USED_WRONGLY,
                  "\"%.60s\" is neither a token of this text nor a position of it, which go from 0 to %d", word,
                  looking->tokens - 1);
    return -1;
}

int looking_word(const Looking *looking, const char *word, Error *error)
{
    const Axis *words = col_axis(looking->names, looking->inside->logits);
    Nearest nearest = {0};
    char answer[NEAREST_TEXT], range[60];
    long number;
    for (int id = 0; id < looking->words; id++) {
        const char *label = label_of(looking, words, id);
        if (label && strcmp(label, word) == 0)
            return id;
        if (label)
            nearest_offer(&nearest, word, label);
    }
    if (is_number(word, looking->words, &number))
        return (int)number;
    snprintf(range, sizeof range, "ids go from 0 to %d", looking->words - 1);
    error_set(error, EXIT_USED_WRONGLY, "the vocabulary has no token \"%.60s\"; %s", word,
              nearest_text(&nearest, answer, range));
    return -1;
}

int likeliest(const Looking *looking, int value, int row)
{
    int best = 0;
    for (int c = 1; c < tape_value(looking->tape, value)->cols; c++)
        if (look_at(looking, value, row, c) > look_at(looking, value, row, best))
            best = c;
    return best;
}

static double largest_difference(const Looking *looking, int a, int b)
{
    const Value *one = tape_value(looking->tape, a), *other = tape_value(looking->tape, b);
    double largest = 0;
    for (size_t i = 0; i < cells_of(one); i++) {
        double difference = fabs(one->data[i] - other->data[i]);
        if (!(difference <= largest))
            largest = difference;
    }
    return largest;
}

double parts_miss(const Looking *looking)
{
    return largest_difference(looking, looking->inside->sum, looking->inside->logits);
}

double lens_misses(const Looking *looking)
{
    const Inside *inside = looking->inside;
    return largest_difference(looking, inside->levels[inside->level_count - 1].logits, inside->logits);
}

double mean_of_column(const Looking *looking, int value)
{
    const Value *of = tape_value(looking->tape, value);
    double sum = 0;
    for (int r = 0; r < of->rows; r++)
        sum += of->data[r];
    return sum / of->rows;
}

int best_head(const Looking *looking, ScoreKind kind)
{
    int best = -1;
    for (int h = 0; h < looking->inside->head_count; h++) {
        int score = looking->inside->heads[h].score[kind];
        if (score >= 0 && (best < 0 || look_at(looking, score, 0, 0) >
                                           look_at(looking, looking->inside->heads[best].score[kind], 0, 0)))
            best = h;
    }
    return best;
}

const char *short_part(const char *name, char *out, size_t size)
{
    static const char middle[] = ".attention.", end[] = ".residual";
    const char *at = strstr(name, middle);
    if (text_ends(name, end))
        snprintf(out, size, "%.*s", (int)(strlen(name) - strlen(end)), name);
    else if (at)
        snprintf(out, size, "%.*s.%s", (int)(at - name), name, at + strlen(middle));
    else
        snprintf(out, size, "%s", name);
    return out;
}
