/* Reading and writing safetensors; see safetensors.h.
 *
 *   8 bytes   length of the header, little-endian
 *   header    {"NAME": {"dtype": "F64", "shape": [R, C], "data_offsets": [BEGIN, END]}, ...}
 *   data      row-major, little-endian, without gaps */
#include "safetensors.h"

#include "tracer/base/files.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const size_t LARGEST_FILE = (size_t)2 << 30, LARGEST_HEADER = 100u << 20;

/* A tensor as the header tells of it. */
typedef struct {
    const char *name;
    int rows, cols;
    size_t begin, end;
    size_t width;   /* bytes of a number: 8 or 4 */
} Entry;

static bool bad(Error *error, const char *path, const char *name, const char *what)
{
    return name ? error_set(error, EXIT_USED_WRONGLY, "\"%s\": tensor \"%.100s\" %s", path, name, what)
                : error_set(error, EXIT_USED_WRONGLY, "\"%s\" %s", path, what);
}

static uint64_t little_endian(const unsigned char *bytes, size_t count)
{
    uint64_t number = 0;
    for (size_t i = 0; i < count; i++)
        number |= (uint64_t)bytes[i] << (8 * i);
    return number;
}

static bool read_shape(const json_t *shape, Entry *entry)
{
    size_t dimensions = json_array_size(shape);
    json_int_t sizes[2] = {1, 1};
    if (!json_is_array(shape) || dimensions > 2)
        return false;
    for (size_t i = 0; i < dimensions; i++) {
        const json_t *size = json_array_get(shape, i);
        sizes[2 - dimensions + i] = json_integer_value(size);
        if (!json_is_integer(size) || json_integer_value(size) < 1 || json_integer_value(size) > 1 << 24)
            return false;
    }
    entry->rows = (int)sizes[0];
    entry->cols = (int)sizes[1];
    return true;
}

static bool read_entry(const char *path, const char *name, const json_t *told, size_t data_size, Entry *entry, Error *error)
{
    const char *type = json_string_value(json_object_get(told, "dtype"));
    const json_t *offsets = json_object_get(told, "data_offsets");
    entry->name = name;
    if (!type || (strcmp(type, "F64") != 0 && strcmp(type, "F32") != 0))
        return bad(error, path, name, "is neither F64 nor F32");
    entry->width = type[1] == '6' ? 8 : 4;
    if (!read_shape(json_object_get(told, "shape"), entry))
        return bad(error, path, name, "has a shape that cannot be");
    json_int_t begin = json_integer_value(json_array_get(offsets, 0)), end = json_integer_value(json_array_get(offsets, 1));
    if (json_array_size(offsets) != 2 || !json_is_integer(json_array_get(offsets, 0)) ||
        !json_is_integer(json_array_get(offsets, 1)) || begin < 0 || end < begin || (size_t)end > data_size)
        return bad(error, path, name, "lies outside of the file");
    entry->begin = (size_t)begin;
    entry->end = (size_t)end;
    if (entry->end - entry->begin != (size_t)entry->rows * (size_t)entry->cols * entry->width)
        return bad(error, path, name, "has a length that is not its shape's");
    return true;
}

static int by_begin(const void *a, const void *b)
{
    size_t first = ((const Entry *)a)->begin, second = ((const Entry *)b)->begin;
    return first < second ? -1 : first > second;
}

static bool lie_side_by_side(const char *path, Entry *entries, int count, size_t data_size, Error *error)
{
    qsort(entries, (size_t)count, sizeof *entries, by_begin);
    size_t end = 0;
    for (int i = 0; i < count; i++) {
        if (entries[i].begin < end)
            return bad(error, path, entries[i].name, "overlaps another");
        if (entries[i].begin > end)
            return bad(error, path, entries[i].name, "leaves a gap before it");
        end = entries[i].end;
    }
    return end == data_size || bad(error, path, NULL, "is longer than its header says");
}

static bool take_data(const Entry *entry, const unsigned char *data, Tensor *tensor)
{
    size_t count = (size_t)entry->rows * (size_t)entry->cols;
    *tensor = (Tensor){.name = strdup(entry->name), .rows = entry->rows, .cols = entry->cols,
                       .data = malloc(count * sizeof(double))};
    if (!tensor->name || !tensor->data)
        return false;
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = little_endian(data + entry->begin + i * entry->width, entry->width);
        if (entry->width == 8) {
            memcpy(&tensor->data[i], &bits, sizeof bits);
        } else {
            uint32_t short_bits = (uint32_t)bits;
            float number;
            memcpy(&number, &short_bits, sizeof number);
            tensor->data[i] = number;
        }
    }
    return true;
}

static bool take_all(const Entry *entries, int count, const unsigned char *data, Tensors *tensors, Error *error)
{
    tensors->list = calloc((size_t)count + 1, sizeof *tensors->list);
    if (!tensors->list)
        return error_memory(error);
    for (int i = 0; i < count; i++) {
        tensors->count = i + 1;
        if (!take_data(&entries[i], data, &tensors->list[i])) {
            tensors_free(tensors);
            return error_memory(error);
        }
    }
    return true;
}

static bool read_header(const char *path, json_t *header, const unsigned char *data, size_t data_size, Tensors *tensors,
                        Error *error)
{
    if (!json_is_object(header))
        return bad(error, path, NULL, "has a header that is no JSON object");
    Entry *entries = malloc((json_object_size(header) + 1) * sizeof *entries);
    if (!entries)
        return error_memory(error);
    int count = 0;
    bool whole = true;
    const char *name;
    json_t *told;
    json_object_foreach(header, name, told) {
        if (strcmp(name, "__metadata__") == 0)
            continue;
        whole = whole && read_entry(path, name, told, data_size, &entries[count++], error);
    }
    whole = whole && lie_side_by_side(path, entries, count, data_size, error) &&
            take_all(entries, count, data, tensors, error);
    free(entries);
    return whole;
}

bool tensors_read(const char *path, Tensors *tensors, Error *error)
{
    char *bytes;
    size_t size;
    *tensors = (Tensors){0};
    if (!file_read(path, LARGEST_FILE, &bytes, &size, error))
        return false;
    uint64_t length = size >= 8 ? little_endian((unsigned char *)bytes, 8) : 0;
    bool whole = false;
    if (size < 8 || length > size - 8 || length > LARGEST_HEADER) {
        bad(error, path, NULL, "is no safetensors file, or it is cut off");
    } else {
        json_error_t why;
        json_t *header = json_loadb(bytes + 8, (size_t)length, JSON_REJECT_DUPLICATES, &why);
        if (!header && !*why.text)
            error_memory(error);
        else if (!header)
            error_set(error, EXIT_USED_WRONGLY, "\"%s\" has a header that is no JSON: %s", path, why.text);
        else
            whole = read_header(path, header, (unsigned char *)bytes + 8 + length, size - 8 - (size_t)length, tensors, error);
        json_decref(header);
    }
    free(bytes);
    return whole;
}

void tensors_free(Tensors *tensors)
{
    for (int i = 0; i < tensors->count; i++) {
        free(tensors->list[i].name);
        free(tensors->list[i].data);
    }
    free(tensors->list);
    *tensors = (Tensors){0};
}

const Tensor *tensor_find(const Tensors *tensors, const char *name)
{
    for (int i = 0; i < tensors->count; i++)
        if (strcmp(tensors->list[i].name, name) == 0)
            return &tensors->list[i];
    return NULL;
}

static void put_little_endian(Text *out, uint64_t number)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(number >> (8 * i));
    text_put(out, bytes, 8);
}

bool tensors_write(const char *path, const Tensors *tensors, Error *error)
{
    Text header = {0}, file = {0};
    size_t offset = 0;
    text_add(&header, "{");
    for (int i = 0; i < tensors->count; i++) {
        const Tensor *tensor = &tensors->list[i];
        size_t bytes = (size_t)tensor->rows * (size_t)tensor->cols * sizeof(double);
        text_add(&header, "%s", i ? "," : "");
        text_json_string(&header, tensor->name);
        text_add(&header, ":{\"dtype\":\"F64\",\"shape\":[%d,%d],\"data_offsets\":[%zu,%zu]}", tensor->rows, tensor->cols,
                 offset, offset + bytes);
        offset += bytes;
    }
    text_add(&header, "}");
    while (header.length % 8 && !header.failed)
        text_add(&header, " ");
    put_little_endian(&file, header.length);
    text_put(&file, text_piece(&file, &header), header.length);
    for (int i = 0; i < tensors->count; i++)
        for (size_t cell = 0; cell < (size_t)tensors->list[i].rows * (size_t)tensors->list[i].cols; cell++) {
            uint64_t bits;
            memcpy(&bits, &tensors->list[i].data[cell], sizeof bits);
            put_little_endian(&file, bits);
        }
    bool whole = file.failed ? error_memory(error) : file_write(path, file.data, file.length, error);
    text_free(&header);
    text_free(&file);
    return whole;
}
