/* From logits to the next token, on the tape like everything else: temperature, top-k, top-p, and
 * the point on a rod that chooses. Chapter 19.
 *
 * A point drawn as random.random() makes the choice of Python's random.choices(tokens, probabilities). */
#ifndef TINY_MODEL_SAMPLING_H
#define TINY_MODEL_SAMPLING_H

#include "tape.h"

typedef struct {
    double temperature;  /* above 0: what the logits are divided by */
    int top_k;           /* only the k largest logits; 0: all */
    double top_p;        /* only the likeliest that together make p; 1: all */
} Sampling;

/* What was recorded, as value ids. */
typedef struct {
    int logits;                 /* [1 x V]: of the last position */
    int softmax;                /* [T x V]: `probabilities` of all, nothing turned or cut; set by run_next */
    int probabilities;          /* [1 x V]: what is drawn from */
    int ends, token;            /* [1 x V]: where each token's piece of the rod ends; [1 x 1]: the choice */
} Drawing;

/* Records the frame `sampling`.
 *   logits   [T x V]; the last row counts
 *   returns  logits and probabilities; these sum to 1, what was cut off is exactly 0
 *   memory   the tape's arena
 *   errors   none
 *   source   Fan et al. 2018 (top-k), Holtzman et al. 2020 (top-p) */
Drawing sampling_record(Tape *tape, int logits, const Sampling *how);

/* Records the frame `draw`: adds the choice.
 *   number   0 <= number < 1, where on the rod
 *   memory   the tape's arena
 *   errors   probabilities that are no numbers leave through tape_attempt */
void sampling_draw(Tape *tape, Drawing *drawing, double number);

#endif
