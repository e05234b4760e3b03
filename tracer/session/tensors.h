/* The tensors of somebody's model: one safetensors file, or a folder with one or with an index and
 * its shards. The files are mapped, not read: opening costs their headers, and a number costs its
 * page when it is asked for. Strangers make these files, so every length, offset, shape and name
 * is checked before a number is looked at. */
#ifndef TRACER_SESSION_TENSORS_H
#define TRACER_SESSION_TENSORS_H

#include "dtype.h"
#include "tiny_model/error.h"

enum { TENSOR_DIMENSIONS = 4 };

typedef struct {
    char *name;                    /* as the file spells it; for people, through token_visible */
    Dtype dtype;                   /* DTYPE_OTHER only of a buffer */
    int dimensions;                /* 0 (a number) to 4 */
    int shape[TENSOR_DIMENSIONS];  /* each at least 1 */
    const unsigned char *data;     /* row-major, little-endian, in the mapped file */
    size_t bytes;
    int file;                      /* which of Tensors.files */
} Tensor;

typedef struct {
    char *path;
    void *bytes;
    size_t size;
} MappedFile;

typedef struct {
    Tensor *list;       /* sorted by name; each name once */
    int count;
    MappedFile *files;
    int file_count;
    char *metadata;     /* the "__metadata__" of the first file that has one, as JSON; or NULL */
} Tensors;

/*   path    a folder with model.safetensors, or model.safetensors.index.json and its shards, or
 *           exactly one *.safetensors; such a file; or an index, *.index.json
 *   memory  *tensors, given back by tensors_close; nothing is left after a failure. Who shortens a
 *           file while it is mapped takes the program down with it
 *   errors  no weights there; no safetensors file; cut off; a header that lies, overlaps or leaves
 *           gaps; a format that is not read, except of a buffer; an index that does not say what
 *           is in the files, or leads out of the folder
 *   source  the format of huggingface/safetensors */
bool tensors_open(Tensors *tensors, const char *path, Error *error);
void tensors_close(Tensors *tensors);

/* NULL if there is none of this name. */
const Tensor *tensors_find(const Tensors *tensors, const char *name);

/* The path of another file of the same folder; the caller frees it, NULL is out of memory. */
char *tensors_beside(const char *path, const char *file);

/* What models save beside their weights: causal masks (*.attn.bias of four dimensions,
 * *.attn.masked_bias), rotary frequencies (*.rotary_emb.inv_freq). */
bool tensor_is_buffer(const Tensor *tensor);

/* Its shape as a matrix: a number is 1 x 1, a vector 1 x n; more dimensions are our bug. */
int tensor_rows(const Tensor *tensor);
int tensor_cols(const Tensor *tensor);

/* Its shape as "[36, 12]". Writes into out[SHAPE_TEXT] and returns it. */
enum { SHAPE_TEXT = 60 };
char *tensor_shape_text(char *out, const Tensor *tensor);

/* A block of a tensor of at most two dimensions as doubles, exactly.
 *   first_row, first_col, rows, cols   of the tensor as the file has it
 *   out     [rows x cols]; transposed: [cols x rows]
 *   memory  none
 *   errors  none; a block that is not inside, or a buffer's other format, is our bug and aborts */
void tensor_read(const Tensor *tensor, int first_row, int first_col, int rows, int cols, bool transposed, double *out);

#endif
