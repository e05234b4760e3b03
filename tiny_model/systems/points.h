/* The system of points; see points.c. */
#ifndef TINY_MODEL_SYSTEMS_POINTS_H
#define TINY_MODEL_SYSTEMS_POINTS_H

#include "../model.h"

/* The preset `points`. */
void points_preset(Model *model);

#endif
