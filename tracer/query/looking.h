/* Reading what looking inside recorded: positions and tokens by their words, the likeliest of a row, what a line of
 * a command, a view or a picture says of them. */
#ifndef TRACER_QUERY_LOOKING_H
#define TRACER_QUERY_LOOKING_H

#include "tracer/session/intervene.h"

typedef struct {
    const Session *session;
    const Names *names;
    const Tape *tape;
    const Inside *inside;
    int tokens, words;     /* T and V */
} Looking;

/* The options of a run that has it recorded. */
RunOptions looking_options(const RunOptions *run);

/* False and *error where nothing was found on the tape of the session. */
bool looking_begin(const Session *session, Looking *out, Error *error);

/* The position that a word names: a number, or a token that stands once; -1 and *error. */
int looking_position(const Looking *looking, const char *word, Error *error);

/* The id of a token of the vocabulary, by its text or its number; -1 and *error. */
int looking_word(const Looking *looking, const char *word, Error *error);

/* The token at a position, a token of the vocabulary, as they can be shown; into out[TOLD_SIZE]. */
const char *token_at(const Looking *looking, int position, char *out);
const char *token_of(const Looking *looking, int id, char *out);

/* The id of the token at a position; what comes behind it, -1 behind the last. */
int id_at(const Looking *looking, int position);
int id_behind(const Looking *looking, int position);

/* The column of the largest number of a row. */
int likeliest(const Looking *looking, int value, int row);

static inline double look_at(const Looking *looking, int value, int row, int col)
{
    const Value *of = tape_value(looking->tape, value);
    return of->data[(size_t)row * (size_t)of->cols + (size_t)col];
}

/* The largest difference between what the parts add up to and the logits; between the last level and the logits. */
double parts_miss(const Looking *looking);
double lens_misses(const Looking *looking);

/* The mean of a column [T x 1]. */
double mean_of_column(const Looking *looking, int value);

/* The head with the highest score of a kind, or -1: none has one. */
int best_head(const Looking *looking, ScoreKind kind);

/* "block0.head1" for "block0.attention.head1", "block0.attention" for "block0.attention.residual"; into out[size]. */
const char *short_part(const char *name, char *out, size_t size);

#endif
