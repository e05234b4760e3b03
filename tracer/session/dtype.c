/* The number formats of safetensors files; see dtype.h. */
#include "dtype.h"

#include "tiny_model/error.h"

#include <stdint.h>
#include <string.h>

static const struct {
    const char *name;
    size_t width;
    Dtype dtype;
} DTYPES[] = {
    {"F64", 8, DTYPE_F64},      {"F32", 4, DTYPE_F32},     {"F16", 2, DTYPE_F16},     {"BF16", 2, DTYPE_BF16},
    {"BOOL", 1, DTYPE_OTHER},   {"U8", 1, DTYPE_OTHER},    {"I8", 1, DTYPE_OTHER},    {"F8_E4M3", 1, DTYPE_OTHER},
    {"F8_E5M2", 1, DTYPE_OTHER}, {"I16", 2, DTYPE_OTHER},  {"U16", 2, DTYPE_OTHER},   {"I32", 4, DTYPE_OTHER},
    {"U32", 4, DTYPE_OTHER},    {"I64", 8, DTYPE_OTHER},   {"U64", 8, DTYPE_OTHER},
};

bool dtype_find(const char *name, Dtype *dtype, size_t *width)
{
    for (size_t i = 0; i < sizeof DTYPES / sizeof *DTYPES; i++)
        if (strcmp(DTYPES[i].name, name) == 0) {
            *dtype = DTYPES[i].dtype;
            *width = DTYPES[i].width;
            return true;
        }
    return false;
}

/* The formats that are read come first in the table, in the order of the enum. */
const char *dtype_name(Dtype dtype)
{
    return dtype == DTYPE_OTHER ? "another" : DTYPES[dtype].name;
}

size_t dtype_width(Dtype dtype)
{
    CHECK(dtype != DTYPE_OTHER, "the width of a format that is not read");
    return DTYPES[dtype].width;
}

static uint32_t two_bytes(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t four_bytes(const unsigned char *at)
{
    return two_bytes(at) | two_bytes(at + 2) << 16;
}

static double of_double_bits(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static double of_float_bits(uint32_t bits)
{
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* A normal number keeps its fraction and gets the exponent of a double: bias 1023 in place of 15. */
static double of_half_bits(uint32_t bits)
{
    uint64_t sign = (uint64_t)(bits >> 15) << 63, fraction = bits & 0x3ff;
    uint32_t exponent = bits >> 10 & 0x1f;
    if (exponent == 0) /* 0 and subnormals: fraction / 2^24 */
        return (sign ? -1.0 : 1.0) * ((double)fraction * 0x1p-24);
    uint64_t wide = exponent == 31 ? 0x7ff : exponent + 1023 - 15;
    return of_double_bits(sign | wide << 52 | fraction << 42);
}

void dtype_read(Dtype dtype, const unsigned char *bytes, size_t count, double *out, size_t stride)
{
    switch (dtype) {
    case DTYPE_F64:
        for (size_t i = 0; i < count; i++)
            out[i * stride] = of_double_bits(four_bytes(bytes + 8 * i) | (uint64_t)four_bytes(bytes + 8 * i + 4) << 32);
        return;
    case DTYPE_F32:
        for (size_t i = 0; i < count; i++)
            out[i * stride] = of_float_bits(four_bytes(bytes + 4 * i));
        return;
    case DTYPE_F16:
        for (size_t i = 0; i < count; i++)
            out[i * stride] = of_half_bits(two_bytes(bytes + 2 * i));
        return;
    case DTYPE_BF16:
        for (size_t i = 0; i < count; i++)
            out[i * stride] = of_float_bits(two_bytes(bytes + 2 * i) << 16);
        return;
    case DTYPE_OTHER:
        break;
    }
    CHECK(false, "numbers of a format that is not read");
}
