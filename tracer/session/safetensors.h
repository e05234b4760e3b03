/* safetensors: named matrices of doubles behind a JSON header. Strangers make these files, so
 * every length, offset and shape is checked before a number is read. */
#ifndef TRACER_SESSION_SAFETENSORS_H
#define TRACER_SESSION_SAFETENSORS_H

#include "tiny_model/run.h"

typedef struct {
    char *name;
    int rows, cols;
    double *data;
} Tensor;

typedef struct {
    Tensor *list;
    int count;
} Tensors;

/* Reads F64 and F32 tensors of one or two dimensions.
 *   memory  *tensors, freed by tensors_free
 *   errors  no file, cut off, a header that lies, overlaps or leaves gaps, a wrong type or shape */
bool tensors_read(const char *path, Tensors *tensors, Error *error);
void tensors_free(Tensors *tensors);
const Tensor *tensor_find(const Tensors *tensors, const char *name);

/* Writes them as F64, sorted as given; the file is whole or is not there. */
bool tensors_write(const char *path, const Tensors *tensors, Error *error);

/* The parameters of a run, replaced by those of a file: each exactly once, with its shape
 * (1 x n may be [n]), finite. Nothing is changed unless all of it is right. */
bool weights_load(const char *path, Run *run, Error *error);

/* Writes the parameters that the run's training step starts from; after = true: those that it
 * leaves behind. */
bool weights_save(const char *path, const Run *run, bool after, Error *error);

#endif
