/* flow: pictures from noise. A network learns how fast one moves at every place and time on the straight lines between
 * pictures and noise; walking back along them paints. Lipman et al. 2023; Peebles and Xie 2023. Chapters 35 to 37. */
#ifndef TINY_MODEL_SYSTEMS_FLOW_H
#define TINY_MODEL_SYSTEMS_FLOW_H

#include "captions.h"
#include "codes.h"
#include "gpt.h"
#include "pictures.h"

typedef enum { FLOW_MLP, FLOW_DIT } FlowNetwork;
typedef enum { SPACE_PIXELS, SPACE_LATENT } FlowSpace;

enum { MOST_FREQUENCIES = 64, MOST_HIDDEN_LAYERS = 8 };

typedef struct {
    Pictures pictures;
    Captions captions;     /* of the dit: what it is told in words */
    int network;           /* FlowNetwork */
    int space;             /* FlowSpace: what x_0 is, pictures or the codes that a vae makes of them */
    CodeForm codes;        /* of that vae */
    const char *vae;       /* file of its numbers; NULL: weights bring them */
    double code_scale;     /* x_0 is so many times the code, to be as wide as noise */
    int frequencies;       /* F, of the time */
    double slowest, octaves; /* turns of the slowest from t = 0 to 1, octaves from one to the next */
    int hidden, layers;    /* of the mlp: width and number of its hidden layers */
    int class_width;       /* of the mlp: how wide a class stands beside the picture */
    int patch, d_model, n_heads, n_layers, d_ff, activation; /* of the dit; d_ff 0: 4 d_model */
    double norm_eps;
    int classes;           /* C; 0: the network is not told any */
    int sampled;           /* Euler steps that are recorded behind the loss */
    double drop;           /* share of classes, and of captions, that are left out while learning */

    /* derived by finish */
    Gpt blocks;            /* what the blocks of the dit are, as those of a GPT */
    const char **class_names; /* [C + 1], the last says that none is told; NULL: they have no names */
} Flow;

extern const ModelKey FLOW_KEYS[];
extern const FieldKey FLOW_FIELDS[];
enum { FLOW_MISTAKE_COUNT = 12 };
extern const Mistake FLOW_MISTAKES[FLOW_MISTAKE_COUNT];

static inline const Flow *flow_of(const Model *model)
{
    return model->settings;
}

/* D, of x_0 and of the noise, and their axis. */
static inline int flow_numbers(const Flow *flow)
{
    return flow->space == SPACE_LATENT ? flow->codes.latent : flow->pictures.numbers;
}

static inline short flow_axis(Tape *tape, const Flow *flow)
{
    return flow->space == SPACE_LATENT ? codes_axis(tape, &flow->codes) : pictures_axis(tape, &flow->pictures);
}

/* flow_keys.c */
void flow_defaults(Model *model);
bool flow_finish(Model *model, Error *error);

/* flow_network.c: the velocity at places x [n x D] and times t [n x 1], named `velocity` under the open frame.
 *   told     classes ids [1 x n], C is none; -1 where the model has no classes
 *   returns  [n x D] */
int flow_velocity(Scene *scene, int x, int t, const Conditioning *told);

/* flow_dit.c: the same by a transformer; condition [n x d] is what is known of time and class, activated. */
int flow_transformer(Scene *scene, const Flow *flow, int x, int condition, const Conditioning *told);


/* The axis of the classes and none of them, C + 1. */
short flow_class_axis(Tape *tape, const Flow *flow);

/* The ids of classes as a leaf [1 x n]. */
int flow_classes(Tape *tape, const Flow *flow, const int *ids, int count, short examples);

/* The presets. */
void flow_preset_flow(Model *model);
void flow_preset_dit(Model *model);
void flow_preset_strokes(Model *model);
void flow_preset_prompt(Model *model);
void flow_preset_painter(Model *model);
void flow_preset_digits(Model *model);
void flow_preset_latent(Model *model);

#endif
