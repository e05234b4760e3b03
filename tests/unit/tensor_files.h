/* Folders with models of other programs, good and hostile, for the tests that read them. */
#ifndef TESTS_UNIT_TENSOR_FILES_H
#define TESTS_UNIT_TENSOR_FILES_H

#include "support.h"
#include "tracer/session/config.h"

#define NANO "golden/reference/gpt2-nano/gpt2-nano"

/* The sizes of the files of golden/reference/gpt2-nano. */
extern const Config NANO_CONFIG;

/* A folder for this test alone. */
void folder_make(char folder[PATH_SIZE]);
void folder_remove(const char *folder);
void folder_put(const char *folder, const char *name, const void *bytes, size_t size);
void folder_copy(const char *folder, const char *name, const char *from);
const char *folder_path(char out[2 * PATH_SIZE], const char *folder, const char *name);

/* The nano file with `from` in its header replaced (once; NULL: nothing is), the header's length
 * right again and `more` bytes of zeros behind; cut by -more. */
void folder_put_nano(const char *folder, const char *name, const char *from, const char *to, long more);

/* A tensor whose numbers follow from its name; of one dimension where cols is 0. */
typedef struct {
    char name[80];
    int rows, cols;
} FormulaTensor;

/* Cell i, row-major: splitmix64(fnv1a64(name) + i) as a number within 0.04 of 0, of 1 for a norm's
 * weights, as a float. A prefix "transformer." does not count. */
double formula_cell(const char *name, size_t i);
void folder_put_formula(const char *folder, const char *name, const FormulaTensor *list, int count);

/* Adds a tensor to a list with room. */
void formula_add(FormulaTensor *list, int *count, int rows, int cols, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* The tensors of a gpt2 or, linear = true, of a minGPT, d_ff 4 d; returns how many. */
enum { MOST_TENSORS = 200 };
int formula_gpt2(FormulaTensor *list, int layers, int d, int vocabulary, int context, bool linear, const char *prefix);

#endif
