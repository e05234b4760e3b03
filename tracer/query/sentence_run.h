/* A GPT reads sentences, one sequence each: the stream behind each of its blocks. */
#ifndef TRACER_QUERY_SENTENCE_RUN_H
#define TRACER_QUERY_SENTENCE_RUN_H

#include "parts.h"
#include "tracer/session/session.h"

enum { MOST_SENSE_LAYERS = 65 };

typedef struct {
    Model model;                 /* of the sentences */
    Run run;                     /* which read them */
} SentenceRun;

/* Reads them with the model as it stands; close it even if it fails.
 *   errors   a model that reads no text or is walked, a word that the model lacks, a sentence that is too long, out of
 *            memory */
bool sentence_run_open(SentenceRun *to, const Session *session, const char *const *sentences, int count, Error *error);
void sentence_run_close(SentenceRun *reading);

/* The layers of a sentence: value ids, the embedding's table first, where a row is looked up by the token's id. */
typedef struct {
    int table;
    int stream[MOST_SENSE_LAYERS]; /* behind each block */
    char name[MOST_SENSE_LAYERS][PART_WORDS];
    int count;
} Layers;

/* False where there are none. */
bool layers_of(const Tape *tape, int sentence, Layers *layers);

#endif
