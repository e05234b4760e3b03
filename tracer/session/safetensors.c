/* Named matrices from safetensors files and into one; see safetensors.h. */
#include "safetensors.h"

#include "tracer/base/files.h"
#include "tracer/session/tensors.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool take(const char *path, const Tensor *tensor, NamedMatrix *matrix, Error *error)
{
    char shown[120];
    if (tensor->dimensions > 2 || tensor->dtype == DTYPE_OTHER)
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%s\": tensor \"%s\" has a shape of %d dimensions; weights are matrices named as "
                         "tracer names lists them; a model that others trained is read with --from",
                         path, token_visible(shown, sizeof shown, tensor->name), tensor->dimensions);
    int rows = tensor_rows(tensor), cols = tensor_cols(tensor);
    *matrix = (NamedMatrix){.name = strdup(tensor->name), .rows = rows, .cols = cols,
                            .data = malloc((size_t)rows * (size_t)cols * sizeof(double))};
    if (!matrix->name || !matrix->data)
        return error_memory(error);
    tensor_read(tensor, 0, 0, rows, cols, false, matrix->data);
    return true;
}

bool named_matrices_read(const char *path, NamedMatrices *matrices, Error *error)
{
    Tensors tensors;
    *matrices = (NamedMatrices){0};
    if (!tensors_open(&tensors, path, error))
        return false;
    matrices->list = calloc((size_t)tensors.count + 1, sizeof *matrices->list);
    bool whole = matrices->list || error_memory(error);
    while (whole && matrices->count < tensors.count) {
        int i = matrices->count++;
        whole = take(path, &tensors.list[i], &matrices->list[i], error);
    }
    if (!whole)
        named_matrices_free(matrices);
    tensors_close(&tensors);
    return whole;
}

void named_matrices_free(NamedMatrices *matrices)
{
    for (int i = 0; i < matrices->count; i++) {
        free(matrices->list[i].name);
        free(matrices->list[i].data);
    }
    free(matrices->list);
    *matrices = (NamedMatrices){0};
}

const NamedMatrix *named_matrix_find(const NamedMatrices *matrices, const char *name)
{
    for (int i = 0; i < matrices->count; i++)
        if (strcmp(matrices->list[i].name, name) == 0)
            return &matrices->list[i];
    return NULL;
}

/* Byte by byte, so that a file is the same on machines of either order. */
static void put_little_endian(Text *out, uint64_t number)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(number >> (8 * i));
    text_put(out, bytes, 8);
}

bool named_matrices_write(const char *path, const NamedMatrices *matrices, Error *error)
{
    Text header = {0}, file = {0};
    size_t offset = 0;
    text_add(&header, "{");
    if (matrices->metadata)
        text_add(&header, "\"__metadata__\":%s%s", matrices->metadata, matrices->count ? "," : "");
    for (int i = 0; i < matrices->count; i++) {
        const NamedMatrix *matrix = &matrices->list[i];
        size_t bytes = (size_t)matrix->rows * (size_t)matrix->cols * sizeof(double);
        text_add(&header, "%s", i ? "," : "");
        text_json_string(&header, matrix->name);
        text_add(&header, ":{\"dtype\":\"F64\",\"shape\":[%d,%d],\"data_offsets\":[%zu,%zu]}", matrix->rows,
                 matrix->cols, offset, offset + bytes);
        offset += bytes;
    }
    text_add(&header, "}");
    /* The format wants the numbers at a multiple of 8, and blanks in the header for that. */
    while (header.length % 8 && !header.failed)
        text_add(&header, " ");
    put_little_endian(&file, header.length);
    text_put(&file, text_piece(&file, &header), header.length);
    for (int i = 0; i < matrices->count; i++)
        for (size_t cell = 0; cell < (size_t)matrices->list[i].rows * (size_t)matrices->list[i].cols; cell++) {
            uint64_t bits;
            memcpy(&bits, &matrices->list[i].data[cell], sizeof bits);
            put_little_endian(&file, bits);
        }
    bool whole = file.failed ? error_memory(error) : file_write(path, file.data, file.length, error);
    text_free(&header);
    text_free(&file);
    return whole;
}
