/* Documents as counts of their words; see counts.c. What its files share. */
#ifndef TINY_MODEL_SYSTEMS_COUNTS_H
#define TINY_MODEL_SYSTEMS_COUNTS_H

#include "../model.h"
#include "../tape.h"

typedef enum { TF_COUNT, TF_SHARE, TF_LOG } TermFrequency;
typedef enum { IDF_TEXTBOOK, IDF_LOG10, IDF_SMOOTH, IDF_PLUS_ONE } Idf;
typedef enum { NORM_OF_NONE, NORM_OF_L2 } RowNorm;

enum { MOST_DOCUMENTS = 512, MOST_COUNTED = 4096, MOST_COMPONENTS = 32, MOST_ITERATIONS = 1000 };

typedef struct {
    int tf, idf, norm;
    int components, iterations, sweeps;
    /* Derived: */
    int documents, tokens, size;
    int *ids, *of;               /* [tokens]: the word and the document of each */
    const char **words, **labels; /* [size], [documents] */
} Counts;

typedef struct {
    Tape *tape;
    const Counts *counts;
    short documents, vocabulary;
} CountsRecording;

/* counts_lsa.c: `lsa.u`, `lsa.sigma`, `lsa.v` of the rows a [N x V]. */
void counts_lsa(const CountsRecording *to, int a);

/* The preset `documents`. */
void counts_preset_documents(Model *model);

#endif
