/* vae: pictures as clouds of a few numbers, from which pictures can be made again. */
#ifndef TINY_MODEL_SYSTEMS_VAE_H
#define TINY_MODEL_SYSTEMS_VAE_H

#include "../model.h"

/* The presets. */
void vae_preset_vae(Model *model);
void vae_preset_codes(Model *model);

#endif
