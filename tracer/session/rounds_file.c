/* Rounds that were grown, in files; see rounds_file.h. */
#include "rounds_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 60 };

static char *part_name(char out[NAME], int round, const char *part)
{
    snprintf(out, NAME, "round%d.%s", round, part);
    return out;
}

static int part_count(const RoundTraining *training)
{
    int count = 0;
    while (training->parts[count])
        count++;
    return count;
}

static bool has_shape(const char *path, const NamedMatrix *matrix, const char *name, int size, Error *error)
{
    if (!matrix)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no \"%s\": these are no rounds of this model", path,
                         name);
    return (matrix->rows == 1 && matrix->cols == size) ||
           error_set(error, EXIT_USED_WRONGLY, "\"%s\": \"%s\" is %d x %d, but of this model it is 1 x %d", path, name,
                     matrix->rows, matrix->cols, size);
}

static bool has_base(const char *path, const Rounds *rounds, const Model *model, Error *error)
{
    const NamedMatrix *base = named_matrix_find(&rounds->matrices, "base");
    double own = model->system->rounds->base(model);
    return has_shape(path, base, "base", 1, error) &&
           (base->data[0] == own ||
            error_set(error, EXIT_USED_WRONGLY,
                      "\"%s\" was grown from a margin of %.17g, but this model begins at %.17g", path, base->data[0],
                      own));
}

bool rounds_file_read(const char *path, const Model *model, Rounds *out, Error *error)
{
    const RoundTraining *training = model->system->rounds;
    int parts = part_count(training), size = training->part_size(model);
    char name[NAME];
    *out = (Rounds){0};
    if (!named_matrices_read(path, &out->matrices, error) || !has_base(path, out, model, error))
        return false;
    int matrices = out->matrices.count - 1;
    if (matrices % parts != 0)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has %d tensors beside \"base\"; a round of this model is %d",
                         path, matrices, parts);
    out->count = matrices / parts;
    for (int round = 0; round < out->count; round++)
        for (int part = 0; part < parts; part++) {
            part_name(name, round, training->parts[part]);
            if (!has_shape(path, named_matrix_find(&out->matrices, name), name, size, error))
                return false;
        }
    return true;
}

bool rounds_file_take(const char *path, const Rounds *rounds, int round, const Model *model, void *state,
                      Error *error)
{
    const RoundTraining *training = model->system->rounds;
    const double *numbers[MOST_ROUND_PARTS];
    char name[NAME];
    for (int part = 0; training->parts[part]; part++)
        numbers[part] = named_matrix_find(&rounds->matrices, part_name(name, round, training->parts[part]))->data;
    return training->take(state, numbers) ||
           error_set(error, EXIT_USED_WRONGLY, "\"%s\": round %d is not grown of the features that this model has",
                     path, round);
}

static bool add(Rounds *out, const char *name, int size, NamedMatrix **added, Error *error)
{
    NamedMatrices *all = &out->matrices;
    NamedMatrix *more = realloc(all->list, (size_t)(all->count + 1) * sizeof *more);
    if (!more)
        return error_memory(error);
    all->list = more;
    more[all->count] = (NamedMatrix){strdup(name), 1, size, malloc((size_t)size * sizeof(double))};
    *added = &more[all->count++];
    return ((*added)->name && (*added)->data) || error_memory(error);
}

bool rounds_file_add(Rounds *out, const Model *model, const void *state, Error *error)
{
    const RoundTraining *training = model->system->rounds;
    NamedMatrix *matrix = NULL;
    char name[NAME];
    if (out->matrices.count == 0) {
        if (!add(out, "base", 1, &matrix, error))
            return false;
        matrix->data[0] = training->base(model);
        return true;
    }
    for (int part = 0; training->parts[part]; part++) {
        if (!add(out, part_name(name, out->count, training->parts[part]), training->part_size(model), &matrix, error))
            return false;
        training->give(state, part, matrix->data);
    }
    out->count++;
    return true;
}

void rounds_file_free(Rounds *rounds)
{
    named_matrices_free(&rounds->matrices);
    rounds->count = 0;
}
