/* One safetensors file, mapped; see tensors_file.h.
 *
 *   8 bytes   length of the header, little-endian
 *   header    {"NAME": {"dtype": "F32", "shape": [R, C], "data_offsets": [BEGIN, END]}, ...}, blanks behind it
 *   data      row-major, little-endian, without gaps; offsets count from its beginning */
#include "tensors_file.h"

#include "tracer/base/text.h"
#include "tracer/session/json_file.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LENGTH_BYTES = 8, LARGEST_HEADER = 100 << 20 };

static bool bad(Error *error, const char *path, const char *name, const char *what)
{
    char shown[NAME_TEXT];
    return name ? error_set(error, EXIT_USED_WRONGLY, "\"%s\": tensor \"%s\" %s", path,
                            token_visible(shown, sizeof shown, name), what)
                : error_set(error, EXIT_USED_WRONGLY, "\"%s\" %s", path, what);
}

static bool read_shape(const json_t *shape, Tensor *tensor, size_t *cells)
{
    size_t dimensions = json_array_size(shape);
    *cells = 1;
    if (!json_is_array(shape) || dimensions > TENSOR_DIMENSIONS)
        return false;
    tensor->dimensions = (int)dimensions;
    for (size_t i = 0; i < dimensions; i++) {
        const json_t *told = json_array_get(shape, i);
        json_int_t size = json_integer_value(told);
        if (!json_is_integer(told) || size < 1 || size > INT_MAX || *cells > SIZE_MAX / (size_t)size)
            return false;
        tensor->shape[i] = (int)size;
        *cells *= (size_t)size;
    }
    return true;
}

static bool bad_shape(const char *path, const char *name, const json_t *shape, Error *error)
{
    char what[NAME_TEXT + 100];
    char *told = shape ? json_dumps(shape, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    snprintf(what, sizeof what, "has a shape that cannot be: %.100s; read are lists of at most %d whole numbers from 1",
             told ? told : "none", TENSOR_DIMENSIONS);
    free(told);
    return bad(error, path, name, what);
}

static bool read_offsets(const json_t *offsets, size_t data_size, const unsigned char *data, Tensor *tensor)
{
    const json_t *begin = json_array_get(offsets, 0), *end = json_array_get(offsets, 1);
    json_int_t from = json_integer_value(begin), to = json_integer_value(end);
    if (json_array_size(offsets) != 2 || !json_is_integer(begin) || !json_is_integer(end) || from < 0 || to < from ||
        (uint64_t)to > data_size)
        return false;
    tensor->data = data + from;
    tensor->bytes = (size_t)(to - from);
    return true;
}

static bool read_dtype(const char *path, const char *name, const json_t *told, Tensor *tensor, size_t *width,
                       Error *error)
{
    char what[NAME_TEXT + 100], shown[NAME_TEXT];
    const char *type = json_string_value(json_object_get(told, "dtype"));
    if (!type)
        return bad(error, path, name, "has no dtype");
    if (dtype_find(type, &tensor->dtype, width) && (tensor->dtype != DTYPE_OTHER || tensor_is_buffer(tensor)))
        return true;
    snprintf(what, sizeof what, "has the dtype \"%s\"; F64, F32, F16 and BF16 are read",
             token_visible(shown, sizeof shown, type));
    return bad(error, path, name, what);
}

static bool read_tensor(const char *path, const char *name, const json_t *told, const unsigned char *data,
                        size_t data_size, Tensor *tensor, Error *error)
{
    size_t width = 0, cells;
    bool has_shape = read_shape(json_object_get(told, "shape"), tensor, &cells);
    if (!read_dtype(path, name, told, tensor, &width, error))
        return false;
    if (!has_shape)
        return bad_shape(path, name, json_object_get(told, "shape"), error);
    if (!read_offsets(json_object_get(told, "data_offsets"), data_size, data, tensor))
        return bad(error, path, name, "lies outside of the file, or the file is cut off");
    if (cells > SIZE_MAX / width || tensor->bytes != cells * width)
        return bad(error, path, name, "has a length that is not its shape's");
    return true;
}

static bool metadata_is_strings(const char *path, const json_t *metadata, Error *error)
{
    bool strings = json_is_object(metadata);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)metadata, key, value)
        strings = strings && json_is_string(value);
    return strings || bad(error, path, NULL, "has a \"__metadata__\" that is no object of strings");
}

static int by_data(const void *a, const void *b)
{
    const unsigned char *first = ((const Tensor *)a)->data, *second = ((const Tensor *)b)->data;
    return first < second ? -1 : first > second;
}

static bool lie_side_by_side(const char *path, Tensor *list, int count, const unsigned char *data, size_t data_size,
                             Error *error)
{
    qsort(list, (size_t)count, sizeof *list, by_data);
    const unsigned char *end = data;
    for (int i = 0; i < count; i++) {
        if (list[i].data < end)
            return bad(error, path, list[i].name, "overlaps another");
        if (list[i].data > end)
            return bad(error, path, list[i].name, "leaves a gap before it");
        end += list[i].bytes;
    }
    return end == data + data_size || bad(error, path, NULL, "is longer than its header says");
}

static bool read_header(Tensors *tensors, const char *path, json_t *header, const unsigned char *data, size_t data_size,
                        Error *error)
{
    if (!json_is_object(header))
        return bad(error, path, NULL, "has a header that is no JSON object");
    int first = tensors->count;
    Tensor *moved = realloc(tensors->list, ((size_t)first + json_object_size(header) + 1) * sizeof *moved);
    if (!moved)
        return error_memory(error);
    tensors->list = moved;
    const char *name;
    json_t *told;
    json_object_foreach(header, name, told) {
        if (strcmp(name, "__metadata__") == 0) {
            if (!metadata_is_strings(path, told, error))
                return false;
            if (!tensors->metadata && !(tensors->metadata = json_dumps(told, JSON_COMPACT)))
                return error_memory(error);
            continue;
        }
        Tensor *tensor = &tensors->list[tensors->count++];
        *tensor = (Tensor){.name = strdup(name), .file = tensors->file_count - 1};
        if (!tensor->name)
            return error_memory(error);
        if (!read_tensor(path, name, told, data, data_size, tensor, error))
            return false;
    }
    return lie_side_by_side(path, tensors->list + first, tensors->count - first, data, data_size, error);
}

/* The kinds of file that can be waited for are opened without waiting, to be refused. */
static bool map(const char *path, MappedFile *file, Error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat found;
    bool there = descriptor >= 0 && fstat(descriptor, &found) == 0;
    bool fits = there && S_ISREG(found.st_mode) && found.st_size >= LENGTH_BYTES &&
                (uintmax_t)found.st_size <= SIZE_MAX;
    if (fits) {
        file->size = (size_t)found.st_size;
        file->bytes = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        there = file->bytes != MAP_FAILED;
        file->bytes = there ? file->bytes : NULL;
    }
    int why = errno;
    if (descriptor >= 0)
        close(descriptor);
    if (!there)
        return error_set(error, EXIT_INPUT_OUTPUT, "cannot read \"%s\": %s", path, strerror(why));
    return fits || bad(error, path, NULL, S_ISREG(found.st_mode) ? "is no safetensors file, or it is cut off"
                                                                 : "is no regular file; weights are read from one");
}

static bool parse(Tensors *tensors, const MappedFile *file, Error *error)
{
    const unsigned char *bytes = file->bytes;
    uint64_t length = 0;
    for (int i = 0; i < LENGTH_BYTES; i++)
        length |= (uint64_t)bytes[i] << 8 * i;
    if (length > file->size - LENGTH_BYTES || length > LARGEST_HEADER)
        return bad(error, file->path, NULL, "is no safetensors file, or it is cut off");
    json_error_t why;
    json_t *header = json_loadb((const char *)bytes + LENGTH_BYTES, (size_t)length, JSON_REJECT_DUPLICATES, &why);
    if (!header && !*why.text)
        return error_memory(error);
    if (!header)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has a header that is no JSON: %s", file->path,
                         json_why(&why));
    size_t begin = LENGTH_BYTES + (size_t)length;
    bool whole = read_header(tensors, file->path, header, bytes + begin, file->size - begin, error);
    json_decref(header);
    return whole;
}

bool tensors_file_add(Tensors *tensors, const char *path, Error *error)
{
    MappedFile *moved = realloc(tensors->files, ((size_t)tensors->file_count + 1) * sizeof *moved);
    if (!moved)
        return error_memory(error);
    tensors->files = moved;
    MappedFile *file = &tensors->files[tensors->file_count++];
    *file = (MappedFile){.path = strdup(path)};
    return file->path ? map(path, file, error) && parse(tensors, file, error) : error_memory(error);
}
