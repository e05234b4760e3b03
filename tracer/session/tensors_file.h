/* What tensors.c is made of: one safetensors file, and the index of several. For tensors.c only. */
#ifndef TRACER_SESSION_TENSORS_FILE_H
#define TRACER_SESSION_TENSORS_FILE_H

#include "tensors.h"

/* Room for a name of a stranger as it can be shown: cut off, without controls. */
enum { NAME_TEXT = 120 };

/* Maps the file and adds its tensors, in the order of their data.
 *   memory  *tensors, also after a failure: the caller closes them
 *   errors  see tensors_open */
bool tensors_file_add(Tensors *tensors, const char *path, Error *error);

/* {"metadata": {"total_size": BYTES}, "weight_map": {"NAME": "FILE", ...}} */
typedef struct {
    const char *path;
    void *json;           /* jansson's, the whole of it */
    const char **shards;  /* the names of the files, each once, in the order of the index */
    int count;
} TensorsIndex;

/* Reads it: every file has a plain name, so none is outside of the folder.
 *   memory  *index, given back by tensors_index_free also after a failure */
bool tensors_index_read(TensorsIndex *index, const char *path, Error *error);

/* Maps its files: shards[i] becomes tensors->files[i]. */
bool tensors_index_map(const TensorsIndex *index, Tensors *tensors, Error *error);

/* Every name is in its file and every tensor has its name there; the sizes add up.
 *   tensors  sorted */
bool tensors_index_check(const TensorsIndex *index, const Tensors *tensors, Error *error);
void tensors_index_free(TensorsIndex *index);

#endif
