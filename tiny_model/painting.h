/* Painting: from noise to pictures along the velocities that a model says, each solver step a frame of one tape, so
 * that a pixel can be asked where it comes from through all of them. */
#ifndef TINY_MODEL_PAINTING_H
#define TINY_MODEL_PAINTING_H

#include "run.h"
#include "system.h"

typedef enum { SOLVER_EULER, SOLVER_RK4 } Solver;

enum { MOST_SOLVER_STEPS = 10000 };

typedef struct {
    int solver, steps;
    int count;             /* pictures that are painted side by side */
    const int *classes;    /* [count] what each shall show, C: nothing in particular; NULL: as that for all */
    const Caption *captions; /* [count] the same in words; NULL: nothing is said */
    const Conditioning *told;      /* in the place of captions, what was read on this tape already; or NULL */
    double guidance;       /* w of v_u + w (v_c - v_u); 1: only v_c is asked for */
    const double *noise;   /* [count x D], of run_paint */
} Painting;

/* Noise of Python's random.gauss after random.seed(seed), from number `first` on.
 *   out  [count] */
void painting_noise(uint64_t seed, size_t first, double *out, size_t count);

/* Records solver steps from x [count x D], whose rows are of the axis `examples`, into the open frame: frames `euler0`,
 * `euler1` ... or `rk4_0` ... with `velocity` and `x`. With guidance other than 1 a velocity is asked for twice, in
 * frames `conditional` and `unconditional`; a step of rk4 asks in frames `k1` to `k4`.
 *   t       from 1 to 0 in `steps` equal steps dt;  x <- x - dt velocity
 *           captions are read before the first step, under guidance in frames of these names too
 *   states  [steps + 1] value ids of the pictures, that of x first; room for as many. Where x are codes, pictures are
 *           made of them, `picture` beside each `x`
 *   memory  the tape's arena
 *   errors  through tape_attempt */
void painting_record(Scene *scene, const Painting *painting, int x, short examples, int *states);

/* Records the pictures `picture` that codes are of, forward only, with the parameters that the model is used with: the
 * codes as leaf `z`. For systems with a coder.
 *   codes    [count x k]
 *   picture  value id, [count x rows cols]
 *   errors   as below */
bool run_decode(Run *run, const double *codes, int count, int *picture, Error *error);

/* Records a painting, forward only, with the parameters that the model is used with: the noise as leaf
 * `x_1`, then the steps.
 *   errors  out of memory, a tape beyond the limit */
bool run_paint(Run *run, const Painting *painting, int *states, Error *error);

#endif
