/* The preset of the system in bpe.c. */
#ifndef TINY_MODEL_SYSTEMS_BPE_H
#define TINY_MODEL_SYSTEMS_BPE_H

#include "../model.h"

void bpe_preset(Model *model);

#endif
