/* The index of a model in several safetensors files; see tensors_file.h. */
#include "tensors_file.h"

#include "json_file.h"
#include "tracer/base/files.h"
#include "tracer/base/text.h"

#include <stdlib.h>
#include <string.h>

static const size_t LARGEST_INDEX = 100u << 20;
enum { MOST_SHARDS = 1000 };

static bool bad(Error *error, const char *path, const char *what)
{
    return error_set(error, EXIT_USED_WRONGLY, "\"%s\" %s", path, what);
}

/* A name of the index, and what is wrong with it. */
static bool bad_name(Error *error, const char *path, const char *kind, const char *name, const char *what)
{
    char shown[NAME_TEXT];
    return error_set(error, EXIT_USED_WRONGLY, "\"%s\": %s \"%s\" %s", path, kind,
                     token_visible(shown, sizeof shown, name), what);
}

static bool has_shard(const TensorsIndex *index, const char *file)
{
    for (int i = index->count - 1; i >= 0; i--)
        if (strcmp(index->shards[i], file) == 0)
            return true;
    return false;
}

/* Beside the index, and a name that a terminal shows as it is. */
static bool is_plain(const char *file)
{
    char shown[300];
    return !strchr(file, '/') && text_ends(file, ".safetensors") &&
           strcmp(token_visible(shown, sizeof shown, file), file) == 0;
}

static bool read_shards(TensorsIndex *index, Error *error)
{
    const char *name;
    json_t *told, *map = json_object_get(index->json, "weight_map");
    if (!json_is_object(map) || json_object_size(map) == 0)
        return bad(error, index->path, "has no \"weight_map\" that says which tensor is in which file");
    index->shards = malloc(MOST_SHARDS * sizeof *index->shards);
    if (!index->shards)
        return error_memory(error);
    json_object_foreach(map, name, told) {
        const char *file = json_string_value(told);
        if (!file)
            return bad_name(error, index->path, "tensor", name, "has no file name");
        if (!is_plain(file))
            return bad_name(error, index->path, "file", file,
                            "must be a *.safetensors beside the index, without a folder");
        if (has_shard(index, file))
            continue;
        if (index->count == MOST_SHARDS)
            return bad(error, index->path, "names more than 1000 files");
        index->shards[index->count++] = file;
    }
    return true;
}

bool tensors_index_read(TensorsIndex *index, const char *path, Error *error)
{
    *index = (TensorsIndex){.path = path, .json = json_file_read(path, LARGEST_INDEX, error)};
    if (!index->json)
        return false;
    return read_shards(index, error);
}

bool tensors_index_map(const TensorsIndex *index, Tensors *tensors, Error *error)
{
    bool whole = true;
    for (int i = 0; whole && i < index->count; i++) {
        char *path = tensors_beside(index->path, index->shards[i]);
        if (!path)
            return error_memory(error);
        whole = file_exists(path) ? tensors_file_add(tensors, path, error)
                                  : bad_name(error, index->path, "file", index->shards[i],
                                             "is not there; all files of the model belong into one folder");
        free(path);
    }
    return whole;
}

static bool size_adds_up(const TensorsIndex *index, const Tensors *tensors, Error *error)
{
    const json_t *told = json_object_get(json_object_get(index->json, "metadata"), "total_size");
    double total = 0;
    for (int i = 0; i < tensors->count; i++)
        total += (double)tensors->list[i].bytes;
    if (!told || json_number_value(told) == total)
        return true;
    return error_set(error, EXIT_USED_WRONGLY,
                     "\"%s\": \"total_size\" is not %.0f, the bytes of the tensors in its files", index->path, total);
}

bool tensors_index_check(const TensorsIndex *index, const Tensors *tensors, Error *error)
{
    const json_t *map = json_object_get(index->json, "weight_map");
    const char *name;
    json_t *told;
    json_object_foreach((json_t *)map, name, told) {
        const Tensor *tensor = tensors_find(tensors, name);
        if (!tensor || strcmp(index->shards[tensor->file], json_string_value(told)) != 0)
            return bad_name(error, index->path, "tensor", name, "is not in the file that the index names");
    }
    for (int i = 0; i < tensors->count; i++) {
        const Tensor *tensor = &tensors->list[i];
        if (!json_object_get(map, tensor->name))
            return bad_name(error, tensors->files[tensor->file].path, "tensor", tensor->name, "is not in the index");
    }
    return size_adds_up(index, tensors, error);
}

void tensors_index_free(TensorsIndex *index)
{
    json_decref(index->json);
    free(index->shards);
    *index = (TensorsIndex){0};
}
