/* Where in the tensors of somebody else's model a parameter of ours is. */
#ifndef TRACER_SESSION_FOREIGN_H
#define TRACER_SESSION_FOREIGN_H

#include "config.h"

/* A block of one tensor, in the rows and columns that its file has; transposed: the parameter is
 * its transpose. A vector is a matrix of one row. */
typedef struct {
    char tensor[80];   /* without the prefix that some exports have */
    int first_row, first_col, rows, cols;
    bool transposed;
} ForeignPart;

/* The part that is our parameter: "block3.attention.head2.W_K", "block0.mlp.b_1", "head.W" ...;
 * with fewer key and value heads "block0.attention.group1.W_K".
 *   returns  false if a model of this configuration has no such parameter (head.W of a tied head)
 *   memory   none
 *   errors   none
 *   source   transformers' modeling_gpt2.py and modeling_llama.py, minGPT's model.py */
bool foreign_find(const Config *config, const char *parameter, ForeignPart *part);

/* A tensor by its name without prefix, where "transformer." or "model." may stand before it; NULL if
 * there is none. */
const Tensor *foreign_tensor(const Tensors *tensors, Family family, const char *name);

/* Whether these are the tensors of that model, each once and of its shape, and no other but buffers.
 *   errors  by name: missing, of another shape, surplus, a head that says it is tied and is not */
bool foreign_check(const Config *config, const Tensors *tensors, Error *error);

/* Whether the file has a head whose numbers are those of the token embedding, or none. */
bool foreign_head_is_tied(const Tensors *tensors, Family family);

/* The numbers of a parameter, of tensors that foreign_check has passed.
 *   out      [rows x cols] of our parameter
 *   memory   none
 *   errors   a number that is not finite, by name; a parameter that foreign_find does not know is our bug */
bool foreign_read(const Config *config, const Tensors *tensors, const char *parameter, double *out, Error *error);

#endif
