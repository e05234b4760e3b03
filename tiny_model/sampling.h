/* From logits to the next token, on the tape like everything else: what was said already made dearer (repetition, then
 * frequency and presence), temperature, top-k, top-p, min-p, in this order, and the point on a rod that chooses.
 * Chapter 19.
 *
 * A point drawn as random.random() makes the choice of Python's random.choices(tokens, probabilities). */
#ifndef TINY_MODEL_SAMPLING_H
#define TINY_MODEL_SAMPLING_H

#include "tape.h"

typedef struct {
    double temperature;  /* what the logits are divided by; 0: always the likeliest, of equal ones the first */
    int top_k;           /* only the k largest logits, and those that equal the k-th; 0: all */
    double top_p;        /* only the likeliest that together make p; 1: all */
    double min_p;        /* only those at least so many times as likely as the likeliest; 0: all */
    double repetition;   /* above 0: what has been there has its logit divided by it, or times it below 0; 1: nothing */
    double frequency;    /* taken off a logit for each time that its token has been there; 0: nothing */
    double presence;     /* taken off once where it has been there at all; 0: nothing */
} Sampling;

/* As the model says: nothing turned, nothing cut. */
#define SAMPLING_PLAIN ((Sampling){.temperature = 1, .top_p = 1, .repetition = 1})

/* What was recorded, as value ids. */
typedef struct {
    int logits;                 /* [1 x V]: of the last position */
    int softmax;                /* [T x V]: `probabilities` of all, nothing turned or cut; set by run_next */
    int probabilities;          /* [1 x V]: what is drawn from */
    int ends, token;            /* [1 x V]: where each token's piece of the rod ends; [1 x 1]: the choice */
} Drawing;

/* Whether what was said already counts. */
static inline bool sampling_looks_back(const Sampling *how)
{
    return how->repetition != 1 || how->frequency != 0 || how->presence != 0;
}

/* Records the frame `sampling`.
 *   logits   [T x V]; the last row counts
 *   history  [1 x n] the ids so far, where sampling_looks_back; else it may be -1
 *   returns  logits and probabilities; these sum to 1, what was cut off is exactly 0, one at least is left
 *   memory   the tape's arena
 *   errors   none
 *   source   Fan et al. 2018 (top-k), Holtzman et al. 2020 (top-p), Nguyen et al. 2024 (min-p), Keskar et al. 2019
 *            (repetition); the order is that of Hugging Face's transformers */
Drawing sampling_record(Tape *tape, int logits, int history, const Sampling *how);

/* Records the frame `draw`: adds the choice.
 *   number   0 <= number < 1, where on the rod
 *   memory   the tape's arena
 *   errors   probabilities that are no numbers leave through tape_attempt */
void sampling_draw(Tape *tape, Drawing *drawing, double number);

/* Leaves through tape_attempt where the last cell of a value is no finite number: nothing can be chosen then. */
void sampling_needs_numbers(Tape *tape, int value);

#endif
