/* One word, several senses; see senses.h. */
#include "senses.h"

#include "parts.h"
#include "tiny_model/primitive.h"
#include "tiny_model/record.h"
#include "tiny_model/rules/rule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SENTENCES = 400, MOST_STEPS = 64 };

/* --- the sentences --- */

static bool wrong_line(int line, const char *what, const char *word, Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY, "line %d of the sentences %s%s%.60s%s", line, what,
                     *word ? " \"" : "", word, *word ? "\"" : "");
}

static bool take_line(Senses *senses, char *line, int number, Error *error)
{
    char *tab = strchr(line, '\t');
    size_t length = strlen(line);
    if (length && line[length - 1] == '\r')
        line[length - 1] = '\0';
    if (!line[strspn(line, " \t")])
        return true;
    if (!tab || tab == line || !tab[1 + strspn(tab + 1, " ")])
        return wrong_line(number, "has no tab between a sense and a sentence", "", error);
    if (senses->count == MOST_SENTENCES)
        return wrong_line(number, "is one too many; at most 400", "", error);
    *tab = '\0';
    senses->senses[senses->count] = line;
    senses->sentences[senses->count++] = tab + 1;
    return true;
}

static bool cut(Senses *senses, const char *text, Error *error)
{
    size_t size = strlen(text) + 1;
    senses->text = malloc(size);
    senses->senses = malloc(MOST_SENTENCES * sizeof *senses->senses);
    senses->sentences = malloc(MOST_SENTENCES * sizeof *senses->sentences);
    senses->place = malloc(MOST_SENTENCES * sizeof *senses->place);
    if (!senses->text || !senses->senses || !senses->sentences || !senses->place)
        return error_memory(error);
    memcpy(senses->text, text, size);
    int number = 0;
    for (char *rest = senses->text, *line; (line = rest);) {
        size_t length = strcspn(line, "\n");
        rest = line[length] ? line + length + 1 : NULL;
        line[length] = '\0';
        if (!take_line(senses, line, ++number, error))
            return false;
    }
    for (int i = 1; i < senses->count; i++)
        if (strcmp(senses->senses[i], senses->senses[0]) != 0)
            return true;
    return error_set(error, EXIT_USED_WRONGLY, "the sentences have %s; two are compared",
                     senses->count ? "one sense only" : "no sense at all");
}

/* --- the rows of the word --- */

/* Where the word stands in a sentence. */
static bool find_place(Senses *senses, const char *word, int sentence, int *tokens, Error *error)
{
    const Tape *tape = &senses->reading.run.tape;
    *tokens = part_tokens(tape, sentence);
    const Value *ids = *tokens >= 0 ? tape_value(tape, *tokens) : NULL;
    const Axis *axis = ids ? tape_counts(tape, *tokens) : NULL;
    senses->place[sentence] = -1;
    for (int i = 0; ids && axis->labels && i < ids->cols; i++)
        if (strcmp(axis->labels[(int)ids->data[i]], word) == 0)
            senses->place[sentence] = i;
    return senses->place[sentence] >= 0 || wrong_line(sentence + 1, "does not have the word", word, error);
}

/* Numbers of all layers: for each `count` rows of the word, then `all` rows of every token. */
typedef struct {
    Senses *senses;
    int all, width, layers;
    const char *const *names;
    int same[MOST_SENSE_LAYERS], other[MOST_SENSE_LAYERS], any[MOST_SENSE_LAYERS];
    int centred_same[MOST_SENSE_LAYERS], centred_other[MOST_SENSE_LAYERS];
} Found;

static size_t layer_size(const Found *found)
{
    return (size_t)(found->senses->count + found->all) * (size_t)found->width;
}

static void take_rows(const Found *found, const Layers *layers, int sentence, int tokens, int before)
{
    const Senses *senses = found->senses;
    const Tape *tape = &senses->reading.run.tape;
    const Value *ids = tape_value(tape, tokens);
    size_t width = (size_t)found->width;
    for (int layer = 0; layer <= layers->count; layer++) {
        const Value *of = tape_value(tape, layer ? layers->stream[layer - 1] : layers->table);
        double *own = senses->numbers + (size_t)layer * layer_size(found), *all = own + (size_t)senses->count * width;
        for (int t = 0; t < ids->cols; t++) {
            const double *row = of->data + (size_t)(layer ? t : (int)ids->data[t]) * width;
            memcpy(all + (size_t)(before + t) * width, row, width * sizeof *row);
            if (t == senses->place[sentence])
                memcpy(own + (size_t)sentence * width, row, width * sizeof *row);
        }
    }
}

static bool collect(Found *found, const char *word, Layers *layers, Error *error)
{
    Senses *senses = found->senses;
    const Tape *tape = &senses->reading.run.tape;
    int tokens, before = 0;
    for (int s = 0; s < senses->count; s++) {
        if (!find_place(senses, word, s, &tokens, error))
            return false;
        found->all += tape_value(tape, tokens)->cols;
    }
    if (!layers_of(tape, 0, layers))
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no blocks whose vectors could be compared",
                         senses->reading.model.name);
    found->width = tape_value(tape, layers->table)->cols;
    found->layers = layers->count + 1;
    senses->numbers = malloc((size_t)found->layers * layer_size(found) * sizeof *senses->numbers);
    if (!senses->numbers)
        return error_memory(error);
    for (int s = 0; s < senses->count; s++) {
        Layers own;
        if (!layers_of(tape, s, &own) || own.count != layers->count)
            return error_set(error, EXIT_USED_WRONGLY, "the sentences have different layers");
        find_place(senses, word, s, &tokens, error);
        take_rows(found, &own, s, tokens, before);
        before += tape_value(tape, tokens)->cols;
    }
    return true;
}

/* --- comparing them, on a tape of their own --- */

/* 1 for pairs of different sentences of one sense (same) or of two. Returns how many. */
static int pairs_leaf(Tape *tape, const Senses *senses, const char *name, bool same, short axis, int *leaf)
{
    int count = 0, n = senses->count;
    double *pairs = tape_room(tape, n, n);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            bool are = strcmp(senses->senses[i], senses->senses[j]) == 0 && i != j;
            bool counts = same ? are : strcmp(senses->senses[i], senses->senses[j]) != 0;
            count += counts;
            if (pairs)
                pairs[i * n + j] = counts;
        }
    *leaf = tape_leaf(tape, KIND_INPUT, name, (Shape){n, n, axis, axis}, pairs);
    return count;
}

static int mean_over(Tape *tape, const char *name, int cosine, int pairs, int count)
{
    tape_begin(tape, name, -1, NULL);
    int columns = column_sum(tape, HERE("columns"), multiply(tape, HERE("counted"), cosine, pairs));
    int y = divide_by(tape, RESULT(name), row_sum(tape, HERE("sum"), columns), count ? count : 1);
    tape_end(tape);
    return y;
}

/* The mean cosine of all pairs of different rows: (|sum of unit rows|^2 - m) / (m (m - 1)). */
static int mean_of_any(Tape *tape, int rows)
{
    double m = tape_value(tape, rows)->rows;
    tape_begin(tape, "any", -1, NULL);
    int sum = column_sum(tape, HERE("sum"), unit_rows(tape, "unit", rows));
    int own = add_constant(tape, HERE("others"), row_sum_of_squares(tape, HERE("square"), sum), -m);
    int y = divide_by(tape, RESULT("any"), own, m > 1 ? m * (m - 1) : 1);
    tape_end(tape);
    return y;
}

static void compare_layer(Tape *tape, Found *found, int layer, short axis, const int pairs[2], const int counts[2])
{
    const Senses *senses = found->senses;
    double *own = senses->numbers + (size_t)layer * layer_size(found);
    tape_begin(tape, "layer", layer, NULL);
    int rows = tape_leaf(tape, KIND_INPUT, "rows", (Shape){senses->count, found->width, .row_axis = axis}, own);
    int all = tape_leaf(tape, KIND_INPUT, "tokens", (Shape){found->all, found->width},
                        own + (size_t)senses->count * (size_t)found->width);
    int unit = unit_rows(tape, "unit", rows);
    int cosine = matmul_bt(tape, HERE("cosine"), unit, unit);
    found->same[layer] = mean_over(tape, "same", cosine, pairs[0], counts[0]);
    found->other[layer] = mean_over(tape, "other", cosine, pairs[1], counts[1]);
    int mean = divide_by(tape, HERE("mean"), column_sum(tape, HERE("sum"), rows), senses->count);
    int turned = unit_rows(tape, "centred_unit", sub_row(tape, HERE("centred"), rows, mean));
    int centred = matmul_bt(tape, HERE("centred_cosine"), turned, turned);
    found->centred_same[layer] = mean_over(tape, "centred_same", centred, pairs[0], counts[0]);
    found->centred_other[layer] = mean_over(tape, "centred_other", centred, pairs[1], counts[1]);
    found->any[layer] = mean_of_any(tape, all);
    tape_end(tape);
}

static void compare(Tape *tape, void *context)
{
    Found *found = context;
    const Senses *senses = found->senses;
    int pairs[2], counts[2];
    tape_begin_phase(tape, PHASE_FORWARD);
    short axis = tape_axis(tape, (Axis){"sentence", senses->count, senses->sentences, false});
    for (int i = 0; i < 2; i++)
        counts[i] = pairs_leaf(tape, senses, i ? "of_two_senses" : "of_one_sense", i == 0, axis, &pairs[i]);
    for (int layer = 0; layer < found->layers; layer++)
        compare_layer(tape, found, layer, axis, pairs, counts);
    tape_end(tape);
}

bool senses_find(Senses *senses, const Session *session, const char *word, const char *text, Error *error)
{
    *senses = (Senses){.tape = {.frame = -1}};
    Found found = {.senses = senses};
    Layers layers;
    if (!cut(senses, text, error) ||
        !sentence_run_open(&senses->reading, session, senses->sentences, senses->count, error) ||
        !collect(&found, word, &layers, error) ||
        !tape_attempt(&senses->tape, compare, &found, error) || !names_init(&senses->names, &senses->tape, error))
        return false;
    senses->layer_count = found.layers;
    for (int layer = 0; layer < found.layers; layer++) {
        SenseLayer *of = &senses->layers[layer];
        snprintf(of->name, sizeof of->name, "%.60s", layer ? layers.name[layer - 1] : "token embedding");
        double *const to[] = {&of->same, &of->other, &of->centred_same, &of->centred_other, &of->any};
        const int ids[] = {found.same[layer], found.other[layer], found.centred_same[layer],
                           found.centred_other[layer], found.any[layer]};
        for (int i = 0; i < 5; i++)
            *to[i] = tape_value(&senses->tape, ids[i])->data[0];
    }
    return true;
}

void senses_free(Senses *senses)
{
    names_free(&senses->names);
    tape_free(&senses->tape);
    sentence_run_close(&senses->reading);
    free(senses->text);
    free(senses->senses);
    free(senses->sentences);
    free(senses->place);
    free(senses->numbers);
    *senses = (Senses){0};
}
