/* Models that other programs saved: every number exactly, every lie refused by name. */
#include "tensor_files.h"

#include "tracer/session/tensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* IEEE 754's definition, with as many bits of exponent and fraction as the format has. */
static double by_definition(unsigned bits, int exponent_bits, int fraction_bits)
{
    int most = (1 << exponent_bits) - 1, bias = most / 2, exponent = (int)(bits >> fraction_bits) & most;
    double fraction = ldexp(bits & ((1u << fraction_bits) - 1), -fraction_bits), sign = bits & 0x8000 ? -1 : 1;
    if (exponent == most)
        return fraction == 0 ? sign * INFINITY : NAN;
    return sign * (exponent ? ldexp(1 + fraction, exponent - bias) : ldexp(fraction, 1 - bias));
}

static void expect_pattern(Dtype dtype, unsigned bits, double expected)
{
    double number;
    dtype_read(dtype, (unsigned char[]){(unsigned char)bits, (unsigned char)(bits >> 8)}, 1, &number, 1);
    EXPECT(isnan(expected) ? isnan(number) : same_bits(number, expected), "%s 0x%04x is %.17g, not %.17g", dtype_name(dtype), bits,
           number, expected);
}

static void every_half(void **state)
{
    (void)state;
    int nans = 0;
    for (unsigned bits = 0; bits < 0x10000; bits++) {
        expect_pattern(DTYPE_F16, bits, by_definition(bits, 5, 10));
        expect_pattern(DTYPE_BF16, bits, by_definition(bits, 8, 7));
        nans += isnan(by_definition(bits, 5, 10));
    }
    assert_int_equal(nans, 2 * 1023);
    expect_pattern(DTYPE_F16, 0x3555, 0.333251953125);
    expect_pattern(DTYPE_F16, 0x0001, 5.9604644775390625e-08);
    expect_pattern(DTYPE_BF16, 0x4049, 3.140625);
}

static void open_good(Tensors *tensors, const char *path)
{
    Error error = {0};
    EXPECT(tensors_open(tensors, path, &error), "%s", error.text);
}

static void expect_refused(const char *path, int code, const char *says)
{
    Tensors tensors;
    Error error = {0};
    EXPECT(!tensors_open(&tensors, path, &error), "%s is opened; it should say %s", path, says);
    expect_error(&error, code, says);
    EXPECT(!tensors.list && !tensors.files && tensors.count == 0, "something was left behind");
}

/* Each number of a file of nano's, within what its format rounds to. */
static void expect_formula(const char *path, int count, double tolerance)
{
    Tensors tensors;
    open_good(&tensors, path);
    EXPECT(tensors.count == count, "%s has %d tensors", path, tensors.count);
    for (int t = 0; t < count; t++) {
        const Tensor *tensor = &tensors.list[t];
        if (tensor_is_buffer(tensor))
            continue;
        double row[64];
        int cols = tensor_cols(tensor);
        for (int r = 0; r < tensor_rows(tensor); r++) {
            tensor_read(tensor, r, 0, 1, cols, false, row);
            for (int c = 0; c < cols; c++) {
                double expected = formula_cell(tensor->name, (size_t)r * (size_t)cols + (size_t)c);
                EXPECT(fabs(row[c] - expected) <= tolerance * fabs(expected), "%s: %s[%d,%d] is %.17g", path, tensor->name, r, c,
                       row[c]);
            }
        }
        EXPECT(tensors_find(&tensors, tensor->name) == tensor, "%s is not found", tensor->name);
    }
    EXPECT(!tensors_find(&tensors, "wte") && !tensors_find(&tensors, "zzz"), "a tensor that is not there is found");
    tensors_close(&tensors);
}

static void nano_files(void **state)
{
    (void)state;
    expect_formula(NANO ".f32.safetensors", 28, 0);
    expect_formula(NANO ".bf16.safetensors", 28, 1.0 / 256);
    expect_formula(NANO ".buffers.f32.safetensors", 30, 0);
    expect_formula(NANO ".safetensors.index.json", 28, 0);
    expect_formula(NANO "-00002-of-00002.safetensors", 14, 0);
}

static void blocks(void **state)
{
    (void)state;
    static const char name[] = "h.1.attn.c_attn.weight";
    Tensors tensors;
    open_good(&tensors, NANO ".safetensors.index.json");
    const Tensor *tensor = tensors_find(&tensors, name), *vector = tensors_find(&tensors, "h.1.attn.c_attn.bias");
    double plain[15], turned[15];
    tensor_read(tensor, 2, 24, 5, 3, false, plain);
    tensor_read(tensor, 2, 24, 5, 3, true, turned);
    for (int r = 0; r < 5; r++)
        for (int c = 0; c < 3; c++) {
            double expected = formula_cell(name, (size_t)(36 * (2 + r) + 24 + c));
            EXPECT(plain[3 * r + c] == expected && turned[5 * c + r] == expected, "cell [%d,%d]", r, c);
        }
    tensor_read(vector, 0, 35, 1, 1, false, plain);
    EXPECT(tensor_rows(vector) == 1 && plain[0] == formula_cell("h.1.attn.c_attn.bias", 35), "the vector's last is %g", plain[0]);
    char shape[SHAPE_TEXT];
    assert_string_equal(tensor_shape_text(shape, tensor), "[12, 36]");
    tensors_close(&tensors);
}

/* A name for the weights, or an index: all that a folder may be. */
static void folders(void **state)
{
    (void)state;
    char folder[PATH_SIZE], path[2 * PATH_SIZE];
    folder_make(folder);
    expect_refused(folder, EXIT_USED_WRONGLY, "has no weights: no \"model.safetensors\"");
    folder_put(folder, "config.json", "{}", 2);
    folder_copy(folder, "any.safetensors", NANO ".f32.safetensors");
    expect_formula(folder, 28, 0);
    folder_copy(folder, "other.safetensors", NANO ".bf16.safetensors");
    expect_refused(folder, EXIT_USED_WRONGLY, "has 2 *.safetensors and no \"model.safetensors.index.json\"; name one");
    folder_copy(folder, "gpt2-nano-00001-of-00002.safetensors", NANO "-00001-of-00002.safetensors");
    folder_copy(folder, "gpt2-nano-00002-of-00002.safetensors", NANO "-00002-of-00002.safetensors");
    folder_copy(folder, "model.safetensors.index.json", NANO ".safetensors.index.json");
    expect_formula(folder, 28, 0);
    unlink(folder_path(path, folder, "gpt2-nano-00002-of-00002.safetensors"));
    expect_refused(folder, EXIT_USED_WRONGLY, "file \"gpt2-nano-00002-of-00002.safetensors\" is not there");
    folder_copy(folder, "model.safetensors", NANO ".buffers.f32.safetensors");
    snprintf(path, sizeof path, "%s/", folder);
    expect_formula(path, 30, 0);
    folder_remove(folder);
    expect_refused(folder, EXIT_INPUT_OUTPUT, "cannot read");
    expect_refused("/tmp/nowhere.index.json", EXIT_INPUT_OUTPUT, "cannot read");
    expect_refused("/dev/zero", EXIT_USED_WRONGLY, "no regular file");
}

#define A "\"a\":\"gpt2-nano-00001-of-00002.safetensors\""

static void hostile_indexes(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", "no JSON"}, {"[", "no JSON"}, {"[]", "weight_map"}, {"{}", "weight_map"}, {"{\"weight_map\":{}}", "weight_map"},
        {"{\"weight_map\":[]}", "weight_map"}, {"{\"weight_map\":{\"a\":3}}", "tensor \"a\" has no file name"},
        {"{\"weight_map\":{\"a\":\"../x.safetensors\"}}", "\"../x.safetensors\" must be a *.safetensors beside the index"},
        {"{\"weight_map\":{\"a\":\"/etc/x.safetensors\"}}", "beside the index"},
        {"{\"weight_map\":{\"a\":\"..\"}}", "beside the index"}, {"{\"weight_map\":{\"a\":\"\"}}", "beside the index"},
        {"{\"weight_map\":{\"a\":\"\\u001b[2J.safetensors\"}}", "\\x1b[2J"},
        {"{\"weight_map\":{\"a\":\"x.safetensors\"}}", "file \"x.safetensors\" is not there"},
        {"{\"weight_map\":{" A "," A "}}", "uplicate"},
        {"{\"weight_map\":{" A "}}", "tensor \"a\" is not in the file that the index names"},
        {"{\"weight_map\":{\"a\\u202e\":\"gpt2-nano-00001-of-00002.safetensors\"}}", "\"a\\u202e\" is not in the file"},
        {"{\"weight_map\":{\"wte.weight\":\"gpt2-nano-00001-of-00002.safetensors\"}}", "is not in the index"},
        {"{\"weight_map\":{\"wte.weight\":\"gpt2-nano-00001-of-00002.safetensors\",\"ln_f.bias\":\"same.safetensors\"}}", "is in \""},
    };
    char folder[PATH_SIZE];
    folder_make(folder);
    folder_copy(folder, "gpt2-nano-00001-of-00002.safetensors", NANO "-00001-of-00002.safetensors");
    folder_copy(folder, "same.safetensors", NANO "-00001-of-00002.safetensors");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        folder_put(folder, "model.safetensors.index.json", cases[i][0], strlen(cases[i][0]));
        expect_refused(folder, EXIT_USED_WRONGLY, cases[i][1]);
    }
    Text many = {0};
    text_add(&many, "{\"weight_map\":{");
    for (int i = 0; i < 1001; i++)
        text_add(&many, "%s\"t%d\":\"%d.safetensors\"", i ? "," : "", i, i);
    text_add(&many, "}}");
    folder_put(folder, "model.safetensors.index.json", many.data, many.length);
    expect_refused(folder, EXIT_USED_WRONGLY, "names more than 1000 files");
    text_free(&many);
    folder_remove(folder);
}

/* The good index with one word changed. */
static void index_beside_its_files(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"16656", "16657", "\"total_size\" is not 16656"}, {"16656", "\"16656\"", "\"total_size\" is not 16656"},
        {"16656", "16656.0", NULL}, {"total_size", "size", NULL},
        {"wte.weight\": \"gpt2-nano-00001", "wte.weight\": \"gpt2-nano-00002", "tensor \"wte.weight\" is not in the file"},
        {"\"ln_f.bias\"", "\"ln_g.bias\"", "tensor \"ln_g.bias\" is not in the file"},
        {"\"wpe.weight\"", "\"wte.weight\"", "uplicate"},
        {"\"wpe.weight\": \"gpt2-nano-00001-of-00002.safetensors\",", "", "tensor \"wpe.weight\" is not in the index"},
    };
    char folder[PATH_SIZE], text[4000];
    folder_make(folder);
    folder_copy(folder, "gpt2-nano-00001-of-00002.safetensors", NANO "-00001-of-00002.safetensors");
    folder_copy(folder, "gpt2-nano-00002-of-00002.safetensors", NANO "-00002-of-00002.safetensors");
    FILE *file = fopen(NANO ".safetensors.index.json", "rb");
    EXPECT(file, "no index");
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text edited = {0};
        const char *at = strstr(text, cases[i][0]);
        EXPECT(at, "the index has no %s", cases[i][0]);
        text_add(&edited, "%.*s%s%s", (int)(at - text), text, cases[i][1], at + strlen(cases[i][0]));
        folder_put(folder, "model.safetensors.index.json", edited.data, edited.length);
        text_free(&edited);
        if (cases[i][2])
            expect_refused(folder, EXIT_USED_WRONGLY, cases[i][2]);
        else
            expect_formula(folder, 28, 0);
    }
    folder_remove(folder);
}

static void hostile_files(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        long more;
        const char *says;   /* NULL: it is good */
    } cases[] = {
        {NULL, NULL, 0, NULL},
        {NULL, NULL, -1, "tensor \"ln_f.bias\" lies outside of the file, or the file is cut off"},
        {NULL, NULL, 1, "is longer than its header says"},
        {"[1104,1488]", "[1100,1484]", 0, "tensor \"wpe.weight\" overlaps another"},
        {"[1104,1488]", "[1112,1496]", 0, "tensor \"wpe.weight\" leaves a gap before it"},
        {"\"F32\"", "\"F16\"", 0, "tensor \"wte.weight\" has a length that is not its shape's"},
        {"\"F32\"", "\"F64\"", 0, "tensor \"wte.weight\" has a length that is not its shape's"},
        {"\"F32\"", "\"I8\"", 0, "tensor \"wte.weight\" has the dtype \"I8\"; F64, F32, F16 and BF16 are read"},
        {"\"F32\"", "\"F8_E4M3\"", 0, "has the dtype \"F8_E4M3\""}, {"\"F32\"", "32", 0, "has no dtype"},
        {"[23,12]", "[4611686018427387904,4]", 0, "shape"}, {"[23,12]", "[2147483647,2147483647,2147483647]", 0, "shape"},
        {"[23,12]", "[1,23,4,3,1]", 0, "shape"}, {"[23,12]", "[1,23,4,3]", 0, NULL}, {"[23,12]", "[23,0]", 0, "shape"},
        {"{\"format\":\"pt\"}", "{\"format\":null}", 0, "\"__metadata__\""}, {"{\"format\":\"pt\"}", "null", 0, "\"__metadata__\""},
        {"}}   ", "},\"x\\u001b]0;\\u0007\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[16656,16657]}}", 1, "\"x\\x1b]0;\\x07\""},
        {"}}   ", "},\"h.0.attn.bias\":{\"dtype\":\"BOOL\",\"shape\":[1,1,1,4],\"data_offsets\":[16656,16660]}}", 4, NULL},
        {"}}   ", "},\"h.0.attn.bias\":{\"dtype\":\"BOOL\",\"shape\":[1,1,1,4],\"data_offsets\":[16656,16659]}}", 3, "length"},
        {"}}   ", "},\"h.0.attn.bias\":{\"dtype\":\"BOOL\",\"shape\":[4],\"data_offsets\":[16656,16660]}}", 4, "\"BOOL\""},
        {"}}   ", "},\"h.0.attn.masked_bias\":{\"dtype\":\"F16\",\"shape\":[],\"data_offsets\":[16656,16658]}}", 2, NULL},
        {"}}   ", "},\"a.rotary_emb.inv_freq\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[16656,16664]}}", 8, NULL},
        {"}}   ", "},\"h.0.attn.bias\":{\"dtype\":\"F4\",\"shape\":[1,1,1,4],\"data_offsets\":[16656,16660]}}", 4, "\"F4\""},
    };
    char folder[PATH_SIZE];
    folder_make(folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        folder_put_nano(folder, "model.safetensors", cases[i].from, cases[i].to, cases[i].more);
        if (cases[i].says) {
            expect_refused(folder, EXIT_USED_WRONGLY, cases[i].says);
        } else {
            Tensors tensors;
            open_good(&tensors, folder);
            tensors_close(&tensors);
        }
    }
    folder_remove(folder);
}

/* A header one byte longer, and one of 5 GB, over the same file. */
static void hostile_lengths(void **state)
{
    (void)state;
    static const struct {
        uint64_t length;
        const char *says;
    } cases[] = {{2208 + 1, "no JSON"}, {2208 - 1, "longer"}, {(uint64_t)5 << 30, "cut off"}, {UINT64_MAX, "cut off"},
                 {18872 - 8 + 1, "cut off"}, {18872 - 8, "no JSON"}, {0, "no JSON"}};
    char folder[PATH_SIZE], path[2 * PATH_SIZE];
    folder_make(folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        folder_put_nano(folder, "model.safetensors", NULL, NULL, 0);
        FILE *file = fopen(folder_path(path, folder, "model.safetensors"), "r+b");
        EXPECT(file, "%s cannot be opened", path);
        for (int byte = 0; byte < 8; byte++)
            fputc((int)(cases[i].length >> 8 * byte & 0xff), file);
        fclose(file);
        Tensors tensors;
        Error error = {0};
        EXPECT(!tensors_open(&tensors, folder, &error), "length %zu is taken", (size_t)cases[i].length);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].says);
    }
    folder_remove(folder);
}

int test_tensors(void)
{
    TestList list = {0};
    tests_add(&list, every_half, NULL, "all 65,536 numbers of F16 and BF16");
    tests_add(&list, nano_files, NULL, "F32, BF16, with buffers, in two shards");
    tests_add(&list, blocks, NULL, "blocks, also transposed");
    tests_add(&list, folders, NULL, "what a folder may hold");
    tests_add(&list, hostile_indexes, NULL, "hostile indexes");
    tests_add(&list, index_beside_its_files, NULL, "an index that differs from its files");
    tests_add(&list, hostile_files, NULL, "hostile files");
    tests_add(&list, hostile_lengths, NULL, "lengths of the header that lie");
    return tests_run(&list, "tensors");
}
