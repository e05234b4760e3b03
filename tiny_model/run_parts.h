/* What the files of a run share with each other and with nobody else. */
#ifndef TINY_MODEL_RUN_PARTS_H
#define TINY_MODEL_RUN_PARTS_H

#include "run.h"

/* What a recording of the run's training step asks of its scene. */
Scene run_scene(Run *run);

/* Begins the tape anew with the parameters that the training step starts from. */
void run_record_parameters(Tape *tape, Run *run);

#endif
