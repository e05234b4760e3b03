/* Weights files: hostile ones are refused by name and change nothing, good ones are read. */
#include "support.h"

#include "tracer/session/safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void put_length(Text *file, uint64_t length)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(length >> 8 * i);
    text_put(file, bytes, 8);
}

/* A file with this header and `size` bytes of zeros behind it. */
static void make_file(char path[PATH_SIZE], const char *header, size_t size)
{
    Text file = {0};
    put_length(&file, strlen(header));
    text_put(&file, header, strlen(header));
    for (size_t i = 0; i < size; i++)
        text_put(&file, "", 1);
    EXPECT(!file.failed, "out of memory");
    temporary_file(path, file.data, file.length);
    text_free(&file);
}

static void expect_unreadable(const char *path, const char *says)
{
    NamedMatrices tensors;
    Error error = {0};
    EXPECT(!named_matrices_read(path, &tensors, &error), "it is read");
    expect_error(&error, EXIT_USED_WRONGLY, says);
    expect_error(&error, EXIT_USED_WRONGLY, path);
    EXPECT(tensors.count == 0 && !tensors.list, "something was left behind");
}

#define ONE(type, shape, begin, end) \
    "{\"a\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":[" begin "," end "]}}"
#define TWO(begin, end, begin_b, end_b) \
    "{\"a\":{\"dtype\":\"F64\",\"shape\":[1,2],\"data_offsets\":[" begin "," end "]}," \
    "\"b\":{\"dtype\":\"F64\",\"shape\":[1,2],\"data_offsets\":[" begin_b "," end_b "]}}"

static void hostile_headers(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t size;
        const char *says;
    } cases[] = {
        {"", 0, "no JSON"}, {"[]", 0, "no JSON object"}, {"3", 0, "no JSON"}, {"{", 0, "no JSON"}, {"{} {}", 0, "no JSON"},
        {"{\"a\": 3}", 0, "\"a\""}, {"{\"a\": {}}", 0, "\"a\""}, {ONE("F8_E4M3", "[1,2]", "0", "2"), 2, "\"F8_E4M3\""},
        {ONE("I64", "[1,2]", "0", "16"), 16, "\"I64\"; F64, F32, F16 and BF16"}, {ONE("F6", "[1,2]", "0", "16"), 16, "\"F6\""},
        {ONE("F16", "[1,2]", "0", "8"), 8, "length"}, {ONE("F32", "[1,2]", "0", "4"), 4, "length"},
        {ONE("F64", "[1,2,1]", "0", "16"), 16, "shape"}, {ONE("F64", "[0,2]", "0", "0"), 0, "shape"},
        {ONE("F64", "[-1,-2]", "0", "16"), 16, "shape"}, {ONE("F64", "[1.0,2]", "0", "16"), 16, "shape"},
        {ONE("F64", "2", "0", "16"), 16, "shape"}, {ONE("F64", "\"12\"", "0", "16"), 16, "shape"},
        {ONE("F64", "[4294967297,2]", "0", "16"), 16, "shape"},
        {ONE("F64", "[9223372036854775807,2]", "0", "16"), 16, "shape"},
        {ONE("F64", "[1,2]", "0", "24"), 24, "length"}, {ONE("F64", "[1,2]", "0", "8"), 16, "length"},
        {ONE("F32", "[1,2]", "0", "16"), 16, "length"}, {ONE("F64", "[2,2]", "0", "16"), 16, "length"},
        {ONE("F64", "[1,2]", "0", "17"), 16, "outside"}, {ONE("F64", "[1,2]", "-16", "0"), 16, "outside"},
        {ONE("F64", "[1,2]", "16", "0"), 16, "outside"}, {ONE("F64", "[1,2]", "0", "16.0"), 16, "outside"},
        {ONE("F64", "[1,2]", "9223372036854775800", "9223372036854775807"), 16, "outside"},
        {ONE("F64", "[1,2]", "0,16", "16"), 16, "outside"}, {ONE("F64", "[1,2]", "0", "16"), 15, "outside"},
        {ONE("F64", "[1,2]", "0", "16"), 17, "longer"}, {ONE("F64", "[1,2]", "1", "17"), 17, "gap"},
        {TWO("0", "16", "0", "16"), 16, "overlaps"}, {TWO("0", "16", "8", "24"), 24, "overlaps"},
        {TWO("0", "16", "15", "31"), 31, "overlaps"}, {TWO("0", "16", "17", "33"), 33, "gap"},
        {TWO("0", "16", "24", "40"), 40, "gap"}, {TWO("0", "16", "16", "32"), 40, "longer"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[1,2],\"data_offsets\":[0,16]},\"a\":{\"dtype\":\"F64\",\"shape\":[1,2],"
         "\"data_offsets\":[0,16]}}", 16, "uplicate"},
        {"{\"a\":{\"dtype\":\"F64\",\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,16]}}", 16, "uplicate"},
        {"{\"a\\u001b[2J\":{\"dtype\":\"F16\"}}", 0, "\"a\\x1b[2J\" has a shape"},
        {"{\"a\":{\"dtype\":\"\\u009b\\u202e\",\"shape\":[1],\"data_offsets\":[0,2]}}", 2, "\"\\x9b\\u202e\""},
        {"{\"__metadata__\":null}", 0, "__metadata__"}, {"{\"__metadata__\":{\"a\":1}}", 0, "__metadata__"},
        {"{\"__metadata__\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8, "__metadata__"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[PATH_SIZE];
        make_file(path, cases[i].header, cases[i].size);
        expect_unreadable(path, cases[i].says);
        unlink(path);
    }
}

static void hostile_lengths(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {3, 100, (uint64_t)1 << 31, (uint64_t)1 << 32, (uint64_t)1 << 63, UINT64_MAX,
                                       UINT64_MAX - 7, (uint64_t)101 << 20};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        Text file = {0};
        char path[PATH_SIZE];
        put_length(&file, lengths[i]);
        text_put(&file, "{}", 2);
        temporary_file(path, file.data, file.length);
        expect_unreadable(path, "cut off");
        text_free(&file);
        unlink(path);
    }
    expect_unreadable("/dev/null", "no regular file");
}

static void deep_header(void **state)
{
    (void)state;
    Text header = {0};
    char path[PATH_SIZE];
    text_add(&header, "{\"a\": ");
    for (int i = 0; i < 100000; i++)
        text_add(&header, "[");
    make_file(path, header.data, 0);
    expect_unreadable(path, "no JSON");
    text_free(&header);
    unlink(path);
}

static void expect_two(const char *header, const void *data, size_t size, const double *numbers)
{
    Text file = {0};
    char path[PATH_SIZE];
    NamedMatrices tensors;
    Error error = {0};
    put_length(&file, strlen(header));
    text_put(&file, header, strlen(header));
    text_put(&file, data, size);
    temporary_file(path, file.data, file.length);
    EXPECT(named_matrices_read(path, &tensors, &error), "%s", error.text);
    const NamedMatrix *a = named_matrix_find(&tensors, "a");
    EXPECT(tensors.count == 1 && a && a->rows == 1 && a->cols == 2, "%d tensors", tensors.count);
    EXPECT(same_bits(a->data[0], numbers[0]) && same_bits(a->data[1], numbers[1]), "%g %g", a->data[0], a->data[1]);
    EXPECT(!named_matrix_find(&tensors, "b"), "there is a tensor b");
    named_matrices_free(&tensors);
    text_free(&file);
    unlink(path);
}

static void types_and_shapes(void **state)
{
    (void)state;
    static const double numbers[] = {-0.5, 1e-300}, rounded[] = {0.1f, -1.5f};
    /* little-endian, whatever the machine */
    static const unsigned char f64[] = {0, 0, 0, 0, 0, 0, 0xe0, 0xbf, 0x59, 0xf3, 0xf8, 0xc2, 0x1f, 0x6e, 0xa5, 0x01};
    static const unsigned char f32[] = {0xcd, 0xcc, 0xcc, 0x3d, 0, 0, 0xc0, 0xbf};
    expect_two(ONE("F64", "[1,2]", "0", "16"), f64, 16, numbers);
    expect_two(ONE("F64", "[2]", "0", "16"), f64, 16, numbers);
    expect_two(ONE("F32", "[1,2]", "0", "8"), f32, 8, rounded);
    expect_two(ONE("F32", "[2]", "0", "8"), f32, 8, rounded);
    static const unsigned char f16[] = {0, 0xb8, 1, 0}, bf16[] = {0, 0xbf, 0x20, 0x41};
    expect_two(ONE("F16", "[1,2]", "0", "4"), f16, 4, (double[]){-0.5, 0x1p-24});
    expect_two(ONE("BF16", "[1,2]", "0", "4"), bf16, 4, (double[]){-0.5, 10});
    expect_two("{\"__metadata__\":{\"by\":\"us\"},"
               "\"a\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16],\"more\":1}}  ", f64, 16, numbers);
}

static void written_reads_back(void **state)
{
    (void)state;
    double odd[] = {0, -0.0, 5e-324, -1e308, 0.1, 1.0 / 3, 7.4599316948510133}, one[] = {42};
    NamedMatrix list[] = {{"b", 1, 7, odd}, {"a.\"quoted\"", 1, 1, one}};
    NamedMatrices tensors = {list, 2}, again;
    char path[PATH_SIZE];
    Error error = {0};
    temporary_file(path, "old", 3);
    EXPECT(named_matrices_write(path, &tensors, &error) && named_matrices_read(path, &again, &error), "%s", error.text);
    assert_int_equal(again.count, 2);
    for (int i = 0; i < 2; i++) {
        const NamedMatrix *tensor = named_matrix_find(&again, list[i].name);
        EXPECT(tensor && tensor->rows == list[i].rows && tensor->cols == list[i].cols, "%s has another shape",
               list[i].name);
        for (int cell = 0; cell < list[i].cols; cell++)
            EXPECT(same_bits(tensor->data[cell], list[i].data[cell]), "%s, cell %d", list[i].name, cell);
    }
    named_matrices_free(&again);
    unlink(path);
    EXPECT(!named_matrices_write("/nowhere/at/all", &tensors, &error), "it was written");
    expect_error(&error, EXIT_INPUT_OUTPUT, "/nowhere/at/all");
    error = (Error){0};
    EXPECT(!named_matrices_read("/nowhere/at/all", &again, &error), "it was read");
    expect_error(&error, EXIT_INPUT_OUTPUT, "/nowhere/at/all");
}

int test_safetensors(void)
{
    TestList list = {0};
    tests_add(&list, hostile_headers, NULL, "hostile headers");
    tests_add(&list, hostile_lengths, NULL, "lengths of the header that lie");
    tests_add(&list, deep_header, NULL, "100,000 brackets");
    tests_add(&list, types_and_shapes, NULL, "F64, F32 and one dimension");
    tests_add(&list, written_reads_back, NULL, "what is written reads back");
    return tests_run(&list, "safetensors");
}
