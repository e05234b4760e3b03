/* Pairs that belong together; see contrastive.c. */
#ifndef TINY_MODEL_SYSTEMS_CONTRASTIVE_H
#define TINY_MODEL_SYSTEMS_CONTRASTIVE_H

#include "../model.h"

/* The presets `matching` and `paraphrases`. */
void contrastive_preset_matching(Model *model);
void contrastive_preset_paraphrases(Model *model);

#endif
