/* Painting pictures as options say: those of tracer draw, and the same in one text behind --draw, where the tape that
 * is shown is that of the painting and not of a training step. */
#ifndef TRACER_SESSION_PAINTINGS_H
#define TRACER_SESSION_PAINTINGS_H

#include "arguments.h"
#include "tiny_model/painting.h"

enum { MOST_PICTURES = 10000 };

typedef struct {
    Painting how;         /* noise and classes: of all pictures */
    int rows, cols;       /* of a picture */
    int numbers;          /* of its noise */
    int classes;          /* C, that it could be told of; 0: none */
    int *class_of;        /* [count], or NULL: nothing in particular */
    Caption *captions;    /* [count], or NULL: nothing is said */
    const char **said;    /* [count] what they say, beside them */
    Arena arena;          /* of the captions */
    double *noise;        /* [count x numbers] */
} Paintings;

#define PICTURE_OPTIONS \
    {"-n", "N", "pictures (1, or one for each that is asked for)"}, \
    {"--steps", "N", "solver steps from noise to picture (20)"}, \
    {"--solver", "euler|rk4", "one velocity a step, or four (euler)"}, \
    {"--class", "C|C,D,...|all", "what the pictures show, in turn, by number or name (nothing in particular)"}, \
    {"--caption", "TEXT|TEXT;TEXT...|all", "the same in words, for a model that reads captions"}, \
    {"--guidance", "W", "push towards what is asked for: v_u + W (v_c - v_u); 1 asks only for v_c (1)"}, \
    {"--seed", "S", "of the noise: Python's random.gauss after random.seed(S) (0)"}

/* What the options of a command that has these say of a model; paintings_end gives the memory back, also of what
 * failed.
 *   errors  a model that paints nothing, a class that is not there, words that
 *          it does not know, a number that cannot be, out of memory */
bool paintings_of(const Arguments *arguments, const Model *model, Paintings *pictures, Error *error);
/* The i-th of `most` captions, evenly among all that --caption all stands for, or of those where there are fewer; NULL
 * behind the last, and where the model is told nothing in words. */
const char *paintings_some_caption(const Model *model, int i, int most);

void paintings_end(Paintings *pictures);

/* Paints picture i alone; to the last bit what it is among others.
 *   states  [steps + 1] value ids on the tape, which then is that of this picture */
bool paintings_paint(Run *run, const Paintings *pictures, int i, int *states, Error *error);

/* What the options in one text say ("--steps 4 --class 3"); otherwise as paintings_of. */
bool paintings_said(const char *options, const Model *model, Paintings *pictures, Error *error);

/* Paints all on one tape, as the options in one text say.
 *   errors  those of paintings_of and of run_paint */
bool paintings_record(Session *session, const char *options, Error *error);

#endif
