/* The tensors of somebody's model; see tensors.h. What is in one file: tensors_file.c; what an
 * index says: tensors_index.c. */
#include "tensors.h"
#include "tensors_file.h"

#include "tracer/base/files.h"
#include "tracer/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const char WEIGHTS[] = "model.safetensors", INDEX[] = "model.safetensors.index.json";

static bool is_folder(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

char *tensors_beside(const char *path, const char *file)
{
    const char *slash = strrchr(path, '/');
    bool folder = is_folder(path);
    size_t length = folder ? strlen(path) : slash ? (size_t)(slash - path) + 1 : 0;
    char *beside = malloc(length + strlen(file) + 2);
    if (beside)
        sprintf(beside, "%.*s%s%s", (int)length, path, folder && path[length - 1] != '/' ? "/" : "", file);
    return beside;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const Tensor *)a)->name, ((const Tensor *)b)->name);
}

static bool sort(Tensors *tensors, Error *error)
{
    char shown[NAME_TEXT];
    if (tensors->count > 0)
        qsort(tensors->list, (size_t)tensors->count, sizeof *tensors->list, by_name);
    for (int i = 1; i < tensors->count; i++)
        if (strcmp(tensors->list[i - 1].name, tensors->list[i].name) == 0)
            return error_set(error, EXIT_USED_WRONGLY,
                             "\"%s\": tensor \"%s\" is in \"%s\" too; it belongs into one file",
                             tensors->files[tensors->list[i].file].path,
                             token_visible(shown, sizeof shown, tensors->list[i].name),
                             tensors->files[tensors->list[i - 1].file].path);
    return true;
}

static bool open_file(Tensors *tensors, const char *path, Error *error)
{
    return tensors_file_add(tensors, path, error) && sort(tensors, error);
}

static bool open_sharded(Tensors *tensors, const char *path, Error *error)
{
    TensorsIndex index;
    bool whole = tensors_index_read(&index, path, error) && tensors_index_map(&index, tensors, error) &&
                 sort(tensors, error) && tensors_index_check(&index, tensors, error);
    tensors_index_free(&index);
    return whole;
}

static int is_weights(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && text_ends(entry->d_name, ".safetensors");
}

/* The one *.safetensors of a folder that has none of the usual names. */
static bool open_only_one(Tensors *tensors, const char *folder, Error *error)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_weights, alphasort);
    bool whole = false;
    if (count < 0) {
        error_set(error, EXIT_INPUT_OUTPUT, "cannot read \"%s\": %s", folder, strerror(errno));
    } else if (count == 0) {
        error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no weights: no \"%s\" and no other *.safetensors", folder,
                  WEIGHTS);
    } else if (count > 1) {
        error_set(error, EXIT_USED_WRONGLY, "\"%s\" has %d *.safetensors and no \"%s\"; name one of them", folder,
                  count, INDEX);
    } else {
        char *path = tensors_beside(folder, entries[0]->d_name);
        whole = path ? open_file(tensors, path, error) : error_memory(error);
        free(path);
    }
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return whole;
}

static bool open_folder(Tensors *tensors, const char *folder, Error *error)
{
    char *weights = tensors_beside(folder, WEIGHTS), *index = tensors_beside(folder, INDEX);
    bool whole;
    if (!weights || !index)
        whole = error_memory(error);
    else if (file_exists(weights))
        whole = open_file(tensors, weights, error);
    else
        whole = file_exists(index) ? open_sharded(tensors, index, error) : open_only_one(tensors, folder, error);
    free(weights);
    free(index);
    return whole;
}

bool tensors_open(Tensors *tensors, const char *path, Error *error)
{
    *tensors = (Tensors){0};
    bool whole;
    if (is_folder(path))
        whole = open_folder(tensors, path, error);
    else
        whole = text_ends(path, ".index.json") ? open_sharded(tensors, path, error) : open_file(tensors, path, error);
    if (!whole)
        tensors_close(tensors);
    return whole;
}

void tensors_close(Tensors *tensors)
{
    for (int i = 0; i < tensors->count; i++)
        free(tensors->list[i].name);
    free(tensors->list);
    for (int i = 0; i < tensors->file_count; i++) {
        if (tensors->files[i].bytes)
            munmap(tensors->files[i].bytes, tensors->files[i].size);
        free(tensors->files[i].path);
    }
    free(tensors->files);
    free(tensors->metadata);
    *tensors = (Tensors){0};
}

const Tensor *tensors_find(const Tensors *tensors, const char *name)
{
    Tensor wanted = {.name = (char *)name};
    return tensors->count == 0 ? NULL : bsearch(&wanted, tensors->list, (size_t)tensors->count, sizeof wanted, by_name);
}

bool tensor_is_buffer(const Tensor *tensor)
{
    return (text_ends(tensor->name, ".attn.bias") && tensor->dimensions == 4) ||
           text_ends(tensor->name, ".attn.masked_bias") || text_ends(tensor->name, ".rotary_emb.inv_freq");
}

int tensor_rows(const Tensor *tensor)
{
    CHECK(tensor->dimensions <= 2, "tensor \"%s\" with %d dimensions as a matrix", tensor->name, tensor->dimensions);
    return tensor->dimensions == 2 ? tensor->shape[0] : 1;
}

int tensor_cols(const Tensor *tensor)
{
    CHECK(tensor->dimensions <= 2, "tensor \"%s\" with %d dimensions as a matrix", tensor->name, tensor->dimensions);
    return tensor->dimensions == 0 ? 1 : tensor->shape[tensor->dimensions - 1];
}

char *tensor_shape_text(char *out, const Tensor *tensor)
{
    int used = snprintf(out, SHAPE_TEXT, "[");
    for (int i = 0; i < tensor->dimensions; i++)
        used += snprintf(out + used, (size_t)(SHAPE_TEXT - used), "%s%d", i ? ", " : "", tensor->shape[i]);
    snprintf(out + used, (size_t)(SHAPE_TEXT - used), "]");
    return out;
}

void tensor_read(const Tensor *tensor, int first_row, int first_col, int rows, int cols, bool transposed, double *out)
{
    int height = tensor_rows(tensor), width = tensor_cols(tensor);
    CHECK(first_row >= 0 && rows >= 0 && first_row <= height - rows && first_col >= 0 && cols >= 0 &&
              first_col <= width - cols,
          "block [%d+%d, %d+%d] of tensor \"%s\" [%d, %d]", first_row, rows, first_col, cols, tensor->name, height,
          width);
    for (int r = 0; r < rows; r++) {
        size_t cell = (size_t)(first_row + r) * (size_t)width + (size_t)first_col;
        dtype_read(tensor->dtype, tensor->data + cell * dtype_width(tensor->dtype), (size_t)cols,
                   out + (transposed ? (size_t)r : (size_t)r * (size_t)cols), transposed ? (size_t)rows : 1);
    }
}
