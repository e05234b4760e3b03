/* Questions to vectors; see question.h. */
#include "question.h"

#include "tiny_model/likeness.h"
#include "tiny_model/primitive.h"
#include "tiny_model/record.h"
#include "tiny_model/rules/rule.h"
#include "tiny_model/tokenizer/plain.h"
#include "tracer/base/files.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ROUNDS = 100, MOST_FILE = 1 << 26 };
static const size_t MOST_TAPE = (size_t)4 << 30;

/* The table as a leaf: all rows, or those that sentences use. */
static int table_leaf(Tape *tape, const Question *question)
{
    const Vectors *vectors = question->vectors;
    const Sentences *sentences = question->sentences;
    int width = vectors->width, rows = sentences ? sentences->used : vectors->count;
    const char *const *labels = vectors->words;
    double *numbers = vectors->numbers;
    if (sentences) {
        const char **used = tape_labels(tape, rows);
        numbers = tape_room(tape, rows, width);
        for (int i = 0; i < rows; i++) {
            used[i] = vectors->words[sentences->words[i]];
            if (numbers)
                memcpy(numbers + (size_t)i * (size_t)width,
                       vectors->numbers + (size_t)sentences->words[i] * (size_t)width, (size_t)width * sizeof *numbers);
        }
        labels = used;
    }
    short words = tape_axis(tape, (Axis){"vocabulary", rows, labels, false}),
          features = tape_axis(tape, (Axis){"feature", width, NULL, false});
    return tape_leaf(tape, KIND_INPUT, "vectors", (Shape){rows, width, words, features}, numbers);
}

static int counts_leaf(Tape *tape, const Question *question, int table, const char *name, double *counts, int rows)
{
    const Sentences *sentences = question->sentences;
    short lines = rows > 1 || counts == sentences->counts
                      ? tape_axis(tape, (Axis){"sentence", sentences->count, sentences->lines, false})
                      : AXIS_NONE;
    return tape_leaf(tape, KIND_INPUT, name,
                     (Shape){rows, sentences->used, lines, tape_value(tape, table)->row_axis}, counts);
}

static void record(Tape *tape, void *context)
{
    Question *question = context;
    question->cosine = question->nearest = question->distances = -1;
    tape_begin_phase(tape, PHASE_FORWARD);
    int table = question->asking == ASK_POOLED ? -1 : table_leaf(tape, question);
    switch (question->asking) {
    case ASK_NEAREST:
        question->cosine = likeness_to_rows(tape, table, likeness_row(tape, "query", table, question->ids[0]));
        break;
    case ASK_ANALOGY:
        question->cosine = likeness_to_rows(tape, table, likeness_analogy(tape, table, question->ids));
        break;
    case ASK_SENTENCES:
    case ASK_NEIGHBOURS:
    case ASK_LOGISTIC: {
        const Sentences *sentences = question->sentences;
        int counts = counts_leaf(tape, question, table, "counts", sentences->counts, sentences->count);
        int query = sentences->query ? counts_leaf(tape, question, table, "query_counts", sentences->query, 1) : -1;
        if (question->asking == ASK_SENTENCES)
            question->cosine = likeness_sentences(tape, table, counts, query, question->inverse);
        else
            question_classes(tape, question, table, counts, query);
        break;
    }
    case ASK_POOLED:
        question->cosine = pooled_record(tape, question->pooled, question->sentences->lines);
        break;
    case ASK_CLUSTERS: {
        int rows = question->raw ? table : unit_rows(tape, "unit", table);
        question->nearest = likeness_clusters(tape, rows, question->k, NULL, question->first, MOST_ROUNDS);
        const Step *last = &tape->steps[tape_value(tape, question->nearest)->producer];
        question->distances = last->inputs[0];
        break;
    }
    }
    tape_end(tape);
}

bool question_ask(Question *question, Error *error)
{
    question->tape = (Tape){.frame = -1, .limit = MOST_TAPE};
    question->names = (Names){0};
    return tape_attempt(&question->tape, record, question, error) &&
           names_init(&question->names, &question->tape, error);
}

void question_close(Question *question)
{
    names_free(&question->names);
    tape_free(&question->tape);
}

static bool is_among(const int *list, int count, int id)
{
    for (int i = 0; i < count; i++)
        if (list[i] == id)
            return true;
    return false;
}

int question_best(const Question *question, const int *without, int without_count, int *best, int most)
{
    const Value *cosine = tape_value(&question->tape, question->cosine);
    int count = 0;
    for (int id = 0; id < cosine->cols; id++) {
        if (is_among(without, without_count, id))
            continue;
        int at = count < most ? count++ : most;
        for (; at > 0 && cosine->data[best[at - 1]] < cosine->data[id]; at--)
            if (at < most)
                best[at] = best[at - 1];
        if (at < most)
            best[at] = id;
    }
    return count;
}

/* --- sentences --- */

/* The column of a word of the vectors among those that are used, a new one where it was not; -1: no memory. */
static int column_of(Sentences *sentences, int *columns, int row)
{
    if (columns[row] < 0) {
        columns[row] = sentences->used;
        sentences->words[sentences->used++] = row;
    }
    return columns[row];
}

/* Vectors by their words, to be looked up quickly. */
static int by_word(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A word as it can be sorted, and whose row it is. */
typedef struct {
    const char *word;
    int row;
} Entry;

static int find(const Entry *entries, int count, const char *word)
{
    Entry wanted = {word, 0};
    const Entry *found = bsearch(&wanted, entries, (size_t)count, sizeof *entries, by_word);
    return found ? found->row : -1;
}

/* The rows of the words of a text, -1 for those without a vector; returns how many. */
static int rows_of(const Entry *entries, int count, const char *text, int *rows)
{
    char word[PLAIN_WORD + 1];
    bool line;
    int found = 0;
    for (const char *at = text; (at = plain_word(at, word, &line)); found++)
        rows[found] = find(entries, count, word);
    return found;
}

static int cut_lines(Sentences *sentences)
{
    for (char *rest = sentences->text, *line; *(line = rest);) {
        size_t length = strcspn(line, "\n");
        rest = line[length] ? line + length + 1 : line + length;
        line[length] = '\0';
        if (length && line[length - 1] == '\r')
            line[length - 1] = '\0';
        if (line[strspn(line, " \t")])
            sentences->lines[sentences->count++] = line;
    }
    return sentences->count;
}

/* Numbers the words that are used, then counts them. */
static bool count_words(Sentences *sentences, const Entry *entries, int entry_count, const char *query, int *columns,
                        int *rows, Error *error)
{
    int in_query = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int s = query ? -1 : 0; s < sentences->count; s++) {
            int found = rows_of(entries, entry_count, s < 0 ? query : sentences->lines[s], rows);
            for (int i = 0; i < found; i++) {
                if (rows[i] < 0)
                    continue;
                in_query += s < 0;
                int column = column_of(sentences, columns, rows[i]);
                if (pass == 1)
                    (s < 0 ? sentences->query : sentences->counts + (size_t)s * (size_t)sentences->used)[column]++;
            }
        }
        if (query && in_query == 0)
            return error_set(error, EXIT_USED_WRONGLY, "no word of the query \"%.100s\" has a vector", query);
        if (pass == 0) {
            sentences->counts = calloc((size_t)sentences->count * (size_t)sentences->used + 1, sizeof(double));
            sentences->query = query ? calloc((size_t)sentences->used, sizeof(double)) : NULL;
            if (!sentences->counts || (query && !sentences->query))
                return error_memory(error);
            if (sentences->used == 0)
                return error_set(error, EXIT_USED_WRONGLY, "no word of the sentences has a vector");
        }
    }
    return true;
}

static bool count_all(Sentences *sentences, const Vectors *vectors, const char *query, size_t most, Error *error)
{
    Entry *entries = malloc((size_t)vectors->count * sizeof *entries);
    int *columns = malloc((size_t)vectors->count * sizeof *columns), *rows = malloc(most * sizeof *rows);
    sentences->words = malloc((size_t)vectors->count * sizeof *sentences->words);
    bool whole = entries && columns && rows && sentences->words;
    if (!whole)
        error_memory(error);
    for (int i = 0; whole && i < vectors->count; i++) {
        entries[i] = (Entry){vectors->words[i], i};
        columns[i] = -1;
    }
    if (whole)
        qsort(entries, (size_t)vectors->count, sizeof *entries, by_word);
    whole = whole && count_words(sentences, entries, vectors->count, query, columns, rows, error);
    free(entries);
    free(columns);
    free(rows);
    return whole;
}

bool sentences_read(Sentences *sentences, const Vectors *vectors, const char *path, const char *query, bool labelled,
                    Error *error)
{
    size_t size;
    *sentences = (Sentences){0};
    if (!file_read(path, MOST_FILE, &sentences->text, &size, error))
        return false;
    size_t most = plain_most(sentences->text) + plain_most(query ? query : "");
    sentences->lines = malloc(most * sizeof *sentences->lines);
    bool whole = sentences->lines ? true : error_memory(error);
    if (whole && cut_lines(sentences) == 0)
        whole = error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no sentences; it takes one a line", path);
    whole = whole && (!labelled || sentences_take_classes(sentences, path, error));
    if (whole && count_all(sentences, vectors, query, most, error))
        return true;
    sentences_free(sentences);
    return false;
}

void sentences_free(Sentences *sentences)
{
    free(sentences->text);
    free(sentences->lines);
    free(sentences->words);
    free(sentences->counts);
    free(sentences->query);
    free(sentences->classes);
    free(sentences->labels);
    *sentences = (Sentences){0};
}
