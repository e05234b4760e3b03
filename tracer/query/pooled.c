/* Pooling; see pooled.h. Chapter 33.
 *
 *   mean    the mean of the rows of all tokens: backward each gets 1/n of the gradient
 *   first   the row of the first token: in a causal model it has seen nothing but itself
 *   last    the row of the last token: in a causal model the only one that has seen all */
#include "pooled.h"

#include "sentence_run.h"
#include "tiny_model/likeness.h"
#include "tiny_model/primitive.h"
#include "tiny_model/record.h"

#include <stdlib.h>
#include <string.h>

bool pooling_of(const char *word, Pooling *how, Error *error)
{
    static const char *const names[] = {"mean", "first", "last"};
    for (int i = 0; i < 3; i++)
        if (strcmp(word, names[i]) == 0) {
            *how = (Pooling)i;
            return true;
        }
    return error_set(error, EXIT_USED_WRONGLY, "--pool is \"%.40s\"; it can be mean, first or last", word);
}

/* The rows of one sentence behind those that are there. */
static bool take_rows(Pooled *pooled, const Tape *tape, int sentence, int tokens, Error *error)
{
    Layers layers;
    const Value *ids = tape_value(tape, tokens);
    const Axis *axis = tape_counts(tape, tokens);
    if (!layers_of(tape, sentence, &layers))
        return error_set(error, EXIT_USED_WRONGLY, "the model has no blocks whose rows could be pooled");
    const Value *of = tape_value(tape, layers.stream[layers.count - 1]);
    size_t at = (size_t)pooled->begins[sentence], width = (size_t)of->cols;
    memcpy(pooled->rows + at * width, of->data, cells_of(of) * sizeof *of->data);
    for (int t = 0; t < ids->cols; t++) {
        const char *label = axis->labels ? axis->labels[(int)ids->data[t]] : "";
        char *own = arena_alloc(&pooled->arena, strlen(label) + 1);
        if (!own)
            return error_memory(error);
        pooled->tokens[at + (size_t)t] = strcpy(own, label);
    }
    return true;
}

static bool take_all(Pooled *pooled, const Tape *tape, Error *error)
{
    int total = 0;
    Layers layers;
    pooled->begins = malloc(((size_t)pooled->count + 1) * sizeof *pooled->begins);
    if (!pooled->begins)
        return error_memory(error);
    for (int s = 0; s <= pooled->count; s++) {
        int tokens = s < pooled->count ? part_tokens(tape, s) : -1;
        pooled->begins[s] = total;
        total += tokens >= 0 ? tape_value(tape, tokens)->cols : 0;
    }
    if (!layers_of(tape, 0, &layers))
        return error_set(error, EXIT_USED_WRONGLY, "the model has no blocks whose rows could be pooled");
    pooled->width = tape_value(tape, layers.stream[0])->cols;
    pooled->rows = malloc((size_t)total * (size_t)pooled->width * sizeof *pooled->rows);
    pooled->tokens = malloc((size_t)total * sizeof *pooled->tokens);
    if (!pooled->rows || !pooled->tokens)
        return error_memory(error);
    for (int s = 0; s < pooled->count; s++)
        if (!take_rows(pooled, tape, s, part_tokens(tape, s), error))
            return false;
    return true;
}

bool pooled_read(Pooled *pooled, const Session *session, const char *query, const char *const *lines, int count,
                 Error *error)
{
    SentenceRun reading = {0};
    Pooling how = pooled->how;
    *pooled = (Pooled){.how = how, .count = count + 1};
    const char **all = malloc(((size_t)count + 1) * sizeof *all);
    if (!all)
        return error_memory(error);
    all[0] = query;
    memcpy(all + 1, lines, (size_t)count * sizeof *all);
    bool whole = sentence_run_open(&reading, session, all, count + 1, error) &&
                 take_all(pooled, &reading.run.tape, error);
    sentence_run_close(&reading);
    free(all);
    return whole;
}

void pooled_free(Pooled *pooled)
{
    free(pooled->begins);
    free(pooled->rows);
    free(pooled->tokens);
    arena_free(&pooled->arena);
    *pooled = (Pooled){0};
}

/* 1/n at the tokens of each sentence: the mean as a product, with its terms. */
static int record_means(Tape *tape, const Pooled *pooled, int rows, short lines)
{
    int total = pooled->begins[pooled->count];
    double *members = tape_room(tape, pooled->count, total);
    for (int s = 0; members && s < pooled->count; s++)
        for (int t = 0; t < total; t++)
            members[s * total + t] = t >= pooled->begins[s] && t < pooled->begins[s + 1];
    int of = tape_leaf(tape, KIND_INPUT, "members",
                       (Shape){pooled->count, total, lines, tape_value(tape, rows)->row_axis}, members);
    int sum = matmul(tape, HERE("sum"), of, rows);
    return div_col(tape, HERE("pooled"), sum, row_sum(tape, HERE("size"), of));
}

static int record_one(Tape *tape, const Pooled *pooled, int rows, short lines)
{
    double *places = tape_room(tape, 1, pooled->count);
    for (int s = 0; places && s < pooled->count; s++)
        places[s] = pooled->how == POOL_FIRST ? pooled->begins[s] : pooled->begins[s + 1] - 1;
    Shape shape = {1, pooled->count, .col_axis = lines, .counts = tape_value(tape, rows)->row_axis};
    return gather_rows(tape, HERE("pooled"), rows, tape_leaf(tape, KIND_INPUT, "places", shape, places));
}

int pooled_record(Tape *tape, const Pooled *pooled, const char *const *lines)
{
    int total = pooled->begins[pooled->count];
    const char **labels = tape_labels(tape, pooled->count);
    for (int s = 0; s < pooled->count; s++)
        labels[s] = s ? lines[s - 1] : "the query";
    short tokens = tape_axis(tape, (Axis){"token", total, pooled->tokens, true}),
          features = tape_axis(tape, (Axis){"feature", pooled->width, NULL, false}),
          sentences = tape_axis(tape, (Axis){"sentence", pooled->count, labels, false});
    int rows = tape_leaf(tape, KIND_INPUT, "tokens", (Shape){total, pooled->width, tokens, features}, pooled->rows);
    int all = pooled->how == POOL_MEAN ? record_means(tape, pooled, rows, sentences)
                                       : record_one(tape, pooled, rows, sentences);
    short behind = tape_axis(tape, (Axis){"sentence", pooled->count - 1, labels + 1, false});
    Label sliced = label_with_axes(HERE("sentences"), behind, AXIS_NONE, AXIS_NONE);
    int found = slice_rows(tape, &sliced, all, 1, pooled->count - 1);
    return likeness_to_rows(tape, found, slice_rows(tape, HERE("query"), all, 0, 1));
}
