/* Other sizes in the place of a model's own, for a ladder of models. */
#ifndef TRACER_SESSION_RESIZE_H
#define TRACER_SESSION_RESIZE_H

#include "tiny_model/model.h"

typedef struct Resize {
    int width;      /* d_model */
    int length;     /* of the windows; as many tokens an update as 8 windows of 32 have */
    int sources;    /* so many parts of the text stand in a window by turns; 1: one after the other, as it is */
    int updates;    /* of the whole training: schedule and the one look at what is kept apart, a tenth at least */
} Resize;

/* Before the model is finished.
 *   memory  the model's arena
 *   errors  a system without these keys, a text that is no single one */
bool resize_model(Model *model, const Resize *resize, Error *error);

#endif
