/* Vectors with names: those of words, of a trained model or of a file in word2vec's or GloVe's text form. */
#ifndef TRACER_SESSION_VECTORS_H
#define TRACER_SESSION_VECTORS_H

#include "session.h"
#include "tracer/base/text.h"

typedef struct {
    int count, width;
    double *numbers;             /* [count x width] */
    const char *const *words;    /* [count] */
    Session session;             /* whose numbers they are; not opened where they are of a file */
    bool of_model;
    char **owned;                /* the words of a file */
    Arena arena;
} Vectors;

/* Those of a file, or where that is NULL of the model that the options choose: people where they choose none, and
 * after all its training steps unless they say which, or bring weights.
 *   errors  those of both; a model without vectors that have names */
bool vectors_open(Vectors *vectors, const RunOptions *options, const char *file, Error *error);
/* Those of a recorded tape: the first parameter whose rows have names. Nothing is copied.
 *   errors  there is none */
bool vectors_of(Vectors *vectors, const Tape *tape, const char *model, Error *error);
void vectors_close(Vectors *vectors);

/* "WORD N N N" a line, with or without a line "COUNT WIDTH" before them.
 *   errors  no file, a row that is longer or shorter than the first, no number, each with its line */
bool vectors_read(Vectors *vectors, const char *path, Error *error);

/* The same form, in digits that read back to the same doubles.
 *   errors  a word with a blank in it */
bool vectors_text(const Vectors *vectors, Text *out, Error *error);

/* The row of a word, as it is written or in small letters; -1 and *error with those spelled most like it. */
int vectors_find(const Vectors *vectors, const char *word, Error *error);

#endif
