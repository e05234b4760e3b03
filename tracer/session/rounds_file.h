/* What a training in rounds has grown, in a safetensors file: "base" [1 x 1], then of each round its parts, as
 * "round0.threshold" [1 x n]. Only together with the model file are they of use: that names the features. */
#ifndef TRACER_SESSION_ROUNDS_FILE_H
#define TRACER_SESSION_ROUNDS_FILE_H

#include "safetensors.h"
#include "tiny_model/system.h"

typedef struct {
    NamedMatrices matrices;
    int count;              /* rounds */
} Rounds;

/* Reads a file and checks its shapes against the model.
 *   memory  *out, given back by rounds_file_free, also after a failure
 *   errors  those of tensors_open; a round or a part that is missing, another shape, another base, a tensor too many */
bool rounds_file_read(const char *path, const Model *model, Rounds *out, Error *error);

/* The round `round` of the file becomes the next one of a training; what no such training grows is refused. */
bool rounds_file_take(const char *path, const Rounds *rounds, int round, const Model *model, void *state,
                      Error *error);

/* Adds what the last round grew, before the first round the base. */
bool rounds_file_add(Rounds *out, const Model *model, const void *state, Error *error);
void rounds_file_free(Rounds *rounds);

#endif
