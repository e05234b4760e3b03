/* What parts of the model are worth: taken out one by one, or exchanged for what they are on another text. Every
 * number is that of a recording in which the part has other numbers; only the steps behind it run again. */
#ifndef TRACER_QUERY_INTERVENTION_H
#define TRACER_QUERY_INTERVENTION_H

#include "looking.h"

/* The losses of a text: of all targets, and of those that an earlier pair of the text foretells. */
typedef struct {
    double all, foretold;
} Losses;

typedef struct {
    const AddedPart *part;
    Losses zero, mean;        /* with the part set to zero; to its mean over the positions of this text */
} Ablation;

typedef struct {
    Losses whole;
    int foretold;             /* how many targets are */
    Ablation *list;
    int count;
} Ablations;

/* Takes out each part by itself, and puts it back.
 *   memory  ablations_free
 *   errors  out of memory */
bool ablations_make(Session *session, const Looking *looking, Ablations *out, Error *error);
void ablations_free(Ablations *ablations);

/* What is asked of a pair of texts: the logit of an answer at a position, less that of another token. */
typedef struct {
    int position, answer, against; /* against -1: none */
} Metric;

typedef struct {
    Metric metric;
    double clean, corrupted;  /* the metric on both texts */
    const AddedPart **parts;
    int part_count, tokens;
    double *exact;            /* [part_count x (tokens + 1)] (patched - corrupted) / (clean - corrupted); last: all */
    double *estimate;         /* the same by the gradient: (clean - corrupted numbers) . gradient */
} Patching;

/* Puts the numbers of the clean run into the corrupted one, part by part and position by position.
 *   memory  patching_free; the corrupted tape ends with the gradient of the metric
 *   errors  out of memory, a metric that hardly differs between the texts */
bool patching_make(Session *corrupted, const Looking *looking, const Looking *clean, Metric metric, Patching *out,
                   Error *error);
void patching_free(Patching *patching);

/* The metric where nothing was said: at the last position what the clean run says, against what the corrupted one
 * says where that is another token. */
Metric metric_of(const Looking *corrupted, const Looking *clean);

static inline double patch_effect(const double *of, const Patching *patching, int part, int position)
{
    return of[part * (patching->tokens + 1) + position];
}

#endif
