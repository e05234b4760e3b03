/* Named matrices of doubles in safetensors files: our own weights and arrays. What strangers may
 * have put into such a file is checked in session/tensors.h. */
#ifndef TRACER_SESSION_SAFETENSORS_H
#define TRACER_SESSION_SAFETENSORS_H

#include "tiny_model/run.h"

typedef struct {
    char *name;
    int rows, cols;
    double *data;
} NamedMatrix;

typedef struct {
    NamedMatrix *list;
    int count;
    const char *metadata;   /* what is written about them: an object of strings as JSON; or NULL */
} NamedMatrices;

/* Reads all tensors of a file, which have one or two dimensions (a vector is 1 x n).
 *   memory  *matrices, freed by named_matrices_free
 *   errors  those of tensors_open; more dimensions */
bool named_matrices_read(const char *path, NamedMatrices *matrices, Error *error);
void named_matrices_free(NamedMatrices *matrices);
const NamedMatrix *named_matrix_find(const NamedMatrices *matrices, const char *name);

/* Writes them as F64, in the order given; the file is whole or is not there. */
bool named_matrices_write(const char *path, const NamedMatrices *matrices, Error *error);

/* The parameters of a run, replaced by those of a file: each exactly once, with its shape
 * (1 x n may be [n]), finite. Nothing is changed unless all of it is right. What fine-tuning adds may be missing and
 * stays as it was drawn; what it leaves out, a head, may be there. */
bool weights_load(const char *path, Run *run, Error *error);

/* The same with the files of trained parts that the model file names; nothing to do where it names none. */
bool weights_load_parts(Run *run, Error *error);

/* Writes the parameters that the run's model is used with by now, see run_used; after = true: those behind the update
 * that is recorded. Numbers that are not finite are not written: exit code 1. */
bool weights_save(const char *path, const Run *run, bool after, Error *error);

#endif
