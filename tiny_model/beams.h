/* Beam search: several texts are continued side by side, and those stay that are likeliest as wholes. One word that
 * looks best now may lead where nothing good follows; a beam is not bound to it. Chapter 24. */
#ifndef TINY_MODEL_BEAMS_H
#define TINY_MODEL_BEAMS_H

#include "run.h"

/* One text that is followed. */
typedef struct {
    int *tokens;       /* [room] ids: the prompt and what came */
    int count, made;   /* how many; those that came */
    bool ended;        /* by the token that ends a text: nothing follows, it keeps its place */
    double total;      /* sum of log p of what came behind the prompt */
    double score;      /* what it is compared by */
    Cache cache;
    bool shares;       /* another beam goes on from the same keys and values, and in their place */
    int token, sum;    /* value ids: its last token and its total, where they are on the tape */
    const char *label; /* what came, for the axis of the beams; NULL: ids have no texts */
} Beam;

/* All of them before a token, in the order of their ids, so that of equal scores the lower ids come first. */
typedef struct {
    Beam *beams;       /* [count] */
    int count, wide;   /* how many there are, and how many stay */
    int window;        /* as Next's, for all that have not ended */
    bool caches, going_on; /* keys and values are kept; they hold all but the last token of each */
    int steps;         /* tokens that were read one by one since the tape was recorded anew */
    int ends;          /* the id that ends a text, or -1 */
    double alpha;      /* length penalty: the score is the total / length^alpha; 0: the total */
    Sampling how;
} Beams;

/* What was recorded, as value ids. */
typedef struct {
    int candidates;    /* [beams x V]: the score of every text that could be; -inf: none */
    int chosen;        /* [kept x 2]: row and token of those that stay, the best first; -inf is no candidate */
    int kept;          /* how many rows it has */
    int *tokens, *sums; /* [kept] each [1 x 1], in the tape's arena: its last token and its total */
} BeamChoice;

/* Records one more token of all beams: each beam that has not ended in a frame `beam0`, `beam1` ..., its chances as
 * sampling_record makes them; then the frame `choice`:
 *   log_p = log(chances),  totals = the beam's total + log_p,  scores = totals / length^alpha
 *   candidates = the scores of all beams, a row each; one that has ended has one candidate, itself
 *   chosen = the `wide` largest cells;  of each its token, total and score
 *   memory  the tape's arena; where going_on is set behind what the tape has, in a frame `token1`, `token2` ..., else
 *           the tape is recorded anew
 *   errors  those of run_next
 *   source  Graves 2012; Wu et al. 2016 divide by a power of the length */
bool run_beams(Run *run, Beams *beams, BeamChoice *choice, Error *error);

/* The frame `choice` alone, of chances that are there already.
 *   chances  [count] value ids [1 x V] each; -1 where a beam has ended */
BeamChoice beams_choose(Tape *tape, const Beams *beams, const int *chances);

#endif
