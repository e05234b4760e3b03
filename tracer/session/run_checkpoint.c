/* Checkpoints of a run: parameters, both moments and, where it is kept, the average before a training step, in one
 * safetensors file. See run_folder.h. */
#include "run_folder.h"

#include "run_folder_parts.h"
#include "safetensors.h"
#include "tracer/base/files.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_LENGTH = 1200, NAME_LENGTH = 272, PARTS = 4 };
static const char *const SUFFIXES[PARTS] = {"", ".m", ".v", ".average"};

static const char *checkpoint_file(const RunFolder *folder, int step, char *out, size_t size)
{
    char name[40];
    snprintf(name, sizeof name, "step-%06d.safetensors", step);
    return run_folder_file(folder, name, out, size);
}

/* How many parts the checkpoint of a training step has: there is no average before the first update. */
static int parts_of(const Run *run, int step)
{
    return run_state(run, PARTS - 1) && step > 0 ? PARTS : PARTS - 1;
}

/* The tensors of a checkpoint, in the run's own memory. */
typedef struct {
    NamedMatrices matrices;
    char (*names)[NAME_LENGTH];
} Tensors;

static bool list_tensors(const Run *run, int step, Tensors *out, Error *error)
{
    int count = run->parameters.count;
    *out = (Tensors){.matrices.list = calloc((size_t)count * PARTS + 1, sizeof(NamedMatrix)),
                      .names = calloc((size_t)count * PARTS + 1, sizeof *out->names)};
    if (!out->matrices.list || !out->names)
        return error_memory(error);
    for (int part = 0; part < parts_of(run, step); part++)
        for (int i = 0; i < count; i++) {
            const Parameter *p = &run->parameters.list[i];
            char *name = out->names[out->matrices.count];
            snprintf(name, NAME_LENGTH, "%s%s", p->name, SUFFIXES[part]);
            out->matrices.list[out->matrices.count++] =
                (NamedMatrix){name, p->rows, p->cols, run_state(run, part) + p->offset};
        }
    return true;
}

static void free_tensors(Tensors *tensors)
{
    free(tensors->matrices.list);
    free(tensors->names);
}

/* Adds a training step to those that have a checkpoint, unless it has one. */
static bool add_kept(RunFolder *folder, int step, Error *error)
{
    int at = folder->kept_count;
    while (at > 0 && folder->kept[at - 1] >= step)
        at--;
    if (at < folder->kept_count && folder->kept[at] == step)
        return true;
    int *kept = realloc(folder->kept, ((size_t)folder->kept_count + 1) * sizeof *kept);
    if (!kept)
        return error_memory(error);
    folder->kept = kept;
    memmove(kept + at + 1, kept + at, (size_t)(folder->kept_count++ - at) * sizeof *kept);
    kept[at] = step;
    return true;
}

bool run_folder_keep(RunFolder *folder, const Run *run, Error *error)
{
    char path[PATH_LENGTH];
    Tensors tensors;
    bool whole = list_tensors(run, run->training_step, &tensors, error) &&
                 named_matrices_write(checkpoint_file(folder, run->training_step, path, sizeof path),
                                      &tensors.matrices, error);
    free_tensors(&tensors);
    if (whole && folder->log && fflush(folder->log) != 0)
        whole = error_set(error, EXIT_INPUT_OUTPUT, "cannot write the log of \"%s\": %s", folder->path,
                          strerror(errno));
    if (!whole || !add_kept(folder, run->training_step, error))
        return false;
    folder->step = run->training_step > folder->step ? run->training_step : folder->step;
    return run_folder_write_state(folder, error);
}

bool run_folder_keep_best(RunFolder *folder, const Run *run, double validation, Error *error)
{
    char path[PATH_LENGTH];
    if (!weights_save(run_folder_file(folder, "best.safetensors", path, sizeof path), run, false, error))
        return false;
    folder->best_step = run->training_step;
    folder->best_validation = validation;
    return run_folder_write_state(folder, error);
}

/* Every number of the run has its number in the file, and is one. */
static bool all_fit(const char *path, const NamedMatrices *wanted, const NamedMatrices *found, Error *error)
{
    if (found->count != wanted->count)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has %d tensors, but this model's checkpoint has %d", path,
                         found->count, wanted->count);
    for (int i = 0; i < wanted->count; i++) {
        const NamedMatrix *own = &wanted->list[i], *other = named_matrix_find(found, own->name);
        if (!other || other->rows != own->rows || other->cols != own->cols)
            return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no tensor \"%s\" [%d x %d]: it is of another model",
                             path, own->name, own->rows, own->cols);
    }
    return true;
}

bool run_folder_restore(const RunFolder *folder, int step, Run *run, Error *error)
{
    char path[PATH_LENGTH];
    NamedMatrices found = {0};
    Tensors wanted;
    checkpoint_file(folder, step, path, sizeof path);
    bool whole = list_tensors(run, step, &wanted, error) && named_matrices_read(path, &found, error) &&
                 all_fit(path, &wanted.matrices, &found, error);
    for (int i = 0; whole && i < wanted.matrices.count; i++) {
        const NamedMatrix *own = &wanted.matrices.list[i];
        memcpy(own->data, named_matrix_find(&found, own->name)->data,
               (size_t)own->rows * (size_t)own->cols * sizeof(double));
    }
    named_matrices_free(&found);
    free_tensors(&wanted);
    if (whole)
        run->training_step = step;
    return whole;
}
