/* One word in many sentences: how alike its vectors are, layer by layer, where it means the same and where it means
 * something else, beside how alike any two tokens are. */
#ifndef TRACER_QUERY_SENSES_H
#define TRACER_QUERY_SENSES_H

#include "sentence_run.h"

typedef struct {
    char name[64];               /* "token embedding", "block 0" */
    double same, other;          /* mean cosine over pairs of sentences of one sense, of two */
    double centred_same, centred_other; /* the same without the mean of all rows */
    double any;                  /* over all pairs of different tokens */
} SenseLayer;

typedef struct {
    int count, layer_count, sense_count;
    SenseLayer layers[MOST_SENSE_LAYERS];
    /* The tape on which they were found: `layer0.cosine` [count x count] and so on. */
    Tape tape;
    Names names;
    SentenceRun reading;
    char *text;
    const char **senses, **sentences; /* [count] */
    int *place;                  /* [count] where the word stands in each */
    double *numbers;             /* its rows, and those of all tokens, layer after layer */
} Senses;

/* Reads the sentences with the model as it stands.
 *   text     "SENSE<TAB>SENTENCE" a line
 *   errors   a model that reads no text or is walked, a line without a tab, a sentence without the word, one sense
 *            only, a word that the model lacks, out of memory */
bool senses_find(Senses *senses, const Session *session, const char *word, const char *text, Error *error);
void senses_free(Senses *senses);

#endif
