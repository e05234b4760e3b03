/* The preset of the system in accounting.c. */
#ifndef TINY_MODEL_SYSTEMS_ACCOUNTING_H
#define TINY_MODEL_SYSTEMS_ACCOUNTING_H

#include "../model.h"

void accounting_preset(Model *model);

#endif
