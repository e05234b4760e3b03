/* Two layers to a few numbers and two back: the encoder and the decoder of a vae, which a flow may paint codes for. */
#ifndef TINY_MODEL_SYSTEMS_CODES_H
#define TINY_MODEL_SYSTEMS_CODES_H

#include "../system.h"

typedef enum { CODE_RELU, CODE_GELU_TANH, CODE_SILU, CODE_TANH } CodeActivation;

/* The names of CodeActivation, in their order, ended by NULL. */
extern const char *const CODE_ACTIVATIONS[];

typedef struct {
    int hidden;            /* units */
    int latent;            /* k: numbers of a code */
    int activation;        /* CodeActivation */
} CodeForm;

/* f(x W_1 + b_1) W_2 + b_2 in a frame of its own, whose parameters those are.
 *   name     of the second layer's value, which then stands behind the frame; NULL: "output" in it
 *   out      its columns and their axis
 *   returns  [rows of x x cols]
 *   memory   the tape's arena
 *   errors   through tape_attempt */
int codes_layers(Scene *scene, const CodeForm *form, const char *frame, const char *name, int x, Shape out);

/* `mean` [B x k] of the encoder's output for pictures x, whose second half, the log variances, is *both's.
 *   both  filled in with the whole output [B x 2k], or NULL */
int codes_mean(Scene *scene, const CodeForm *form, int x, int *both);

/* The axis of the numbers of a code. */
short codes_axis(Tape *tape, const CodeForm *form);

#endif
