/* The classifier of two layers; see mlp.c. */
#ifndef TINY_MODEL_SYSTEMS_MLP_H
#define TINY_MODEL_SYSTEMS_MLP_H

#include "../model.h"

/* The preset `xor`. */
void mlp_preset_xor(Model *model);

#endif
