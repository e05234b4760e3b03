/* Answers as arrays of NumPy: the header of format 1 to 3, then numbers; see answer.h. */
#include "answer.h"

#include "tracer/base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char type;             /* 'f', 'i' or 'u' */
    int bytes;             /* of a number */
    bool columns_first;
    size_t rows, cols;
    const char *data;
    size_t size;
} Array;

static bool refuse(const char *path, const char *what, Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY, "%s:1: %s", path, what);
}

static bool read_shape(const char *header, Array *array)
{
    unsigned long rows = 1, cols = 1;
    const char *shape = strstr(header, "'shape':");
    if (!shape)
        return false;
    int found = sscanf(shape, "'shape': (%lu, %lu", &rows, &cols);
    array->rows = found == 2 ? rows : 1;
    array->cols = found == 2 ? cols : found == 1 ? rows : 1;
    /* Before they are multiplied: these numbers are a stranger's. */
    return array->rows <= 65536 && array->cols <= 65536;
}

static bool read_header(const char *bytes, size_t size, Array *array)
{
    char header[512];
    if (size < 12)
        return false;
    size_t length = (unsigned char)bytes[8] | (size_t)(unsigned char)bytes[9] << 8, start = bytes[6] == 1 ? 10 : 12;
    if (start + length > size || length >= sizeof header)
        return false;
    memcpy(header, bytes + start, length);
    header[length] = '\0';
    const char *type = strstr(header, "'descr': '<");
    /* Little-endian only: numpy.save writes that on every machine that students have. */
    if (!type || sscanf(type, "'descr': '<%c%d'", &array->type, &array->bytes) != 2 || !strchr("fiu", array->type))
        return false;
    array->columns_first = strstr(header, "'fortran_order': True");
    array->data = bytes + start + length;
    array->size = size - start - length;
    bool known = array->bytes == 8 || array->bytes == 4 || (array->bytes == 2 && array->type == 'f');
    return known && read_shape(header, array) && array->rows * array->cols * (size_t)array->bytes == array->size;
}

/* IEEE 754 binary16: one bit of sign, five of exponent, ten of fraction. */
static double half_number(unsigned bits)
{
    int exponent = (int)(bits >> 10 & 31);
    double fraction = bits & 1023, sign = bits >> 15 ? -1 : 1;
    if (exponent == 31)
        return fraction != 0 ? NAN : sign * INFINITY;
    return sign * (exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24));
}

static double number_at(const Array *array, size_t index)
{
    const char *at = array->data + index * (size_t)array->bytes;
    double wide;
    float narrow;
    long long whole = 0;
    if (array->type == 'f' && array->bytes == 8)
        return memcpy(&wide, at, 8), wide;
    if (array->type == 'f' && array->bytes == 2)
        return half_number((unsigned)(unsigned char)at[0] | (unsigned)(unsigned char)at[1] << 8);
    if (array->type == 'f')
        return memcpy(&narrow, at, 4), (double)narrow;
    memcpy(&whole, at, (size_t)array->bytes);
    return array->bytes == 8 ? (double)whole : (double)(int)whole;
}

static double cell_at(const Array *array, size_t row, size_t col)
{
    return number_at(array, array->columns_first ? col * array->rows + row : row * array->cols + col);
}

bool answer_parse_npy(const char *bytes, size_t size, const char *path, const Variant *variant, Answer *answer,
                      Error *error)
{
    Array array = {0};
    int count = variant->cell_count;
    *answer = (Answer){0};
    if (!read_header(bytes, size, &array))
        return refuse(path,
                      "no array of NumPy that can be read: little-endian numbers of 2 (floats), 4 or 8 bytes, two axes "
                      "at most",
                      error);
    if (array.rows * array.cols != (size_t)count)
        return error_set(error, EXIT_USED_WRONGLY, "%s:1: an array of %zu x %zu, but %d numbers are asked for", path,
                         array.rows, array.cols, count);
    answer->cells = malloc((size_t)(count + 1) * sizeof *answer->cells);
    if (!answer->cells)
        return error_memory(error);
    answer->count = count;
    /* A file of binary numbers has all the digits that there are. */
    answer->decimals = MOST_DIGITS;
    for (size_t i = 0; i < (size_t)count; i++)
        answer->cells[i] = cell_at(&array, i / array.cols, i % array.cols);
    return true;
}
