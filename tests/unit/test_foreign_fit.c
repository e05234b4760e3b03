/* Whether tensors are those of a model: each one that is not is refused by name, and GPT-2 small's
 * half gigabyte costs its header. */
#include "tensor_files.h"

#include "tracer/session/foreign.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void expect_refused(const char *folder, const Config *config, const char *says)
{
    Tensors tensors;
    Error error = {0};
    EXPECT(tensors_open(&tensors, folder, &error), "%s", error.text);
    EXPECT(!foreign_check(config, &tensors, &error), "it fits; it should say %s", says);
    expect_error(&error, EXIT_USED_WRONGLY, says);
    tensors_close(&tensors);
}

#define MORE(name, shape, end) "},\"" name "\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":[16656," end "]}}"

static void tensors_that_do_not_fit(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        long more;
        const char *says;
    } cases[] = {
        {"[12,36]", "[36,12]", 0, "\"h.0.attn.c_attn.weight\" is [36, 12] where [12, 36] belongs; is this an nn.Linear export?"},
        {"[12,48]", "[48,12]", 0, "\"h.0.mlp.c_fc.weight\" is [48, 12] where [12, 48] belongs; is this an nn.Linear export?"},
        {"[23,12]", "[12,23]", 0, "\"wte.weight\" is [12, 23] where [23, 12] belongs"},
        {"[23,12]", "[1,23,12]", 0, "\"wte.weight\" is [1, 23, 12] where [23, 12] belongs"},
        {"\"h.1.ln_1.bias\"", "\"h.1.ln_1.bios\"", 0, "has no tensor \"h.1.ln_1.bias\", which this gpt2 of 2 layers needs"},
        {"}}   ", MORE("h.2.ln_1.weight", "[12]", "16704"), 48, "has a tensor \"h.2.ln_1.weight\" that a gpt2 of 2 layers does not know"},
        {"}}   ", MORE("h.2.\\u001b[31m", "[12]", "16704"), 48, "has a tensor \"h.2.\\x1b[31m\""},
        {"}}   ", MORE("h.0.attn.bias", "[12]", "16704"), 48, "has a tensor \"h.0.attn.bias\""},
        {"}}   ", MORE("transformer.ln_f.bias", "[12]", "16704"), 48, "has a tensor \"transformer.ln_f.bias\""},
        {"}}   ", MORE("lm_head.weight", "[23,12]", "17760"), 1104, "\"lm_head.weight\" is not \"wte.weight\", but \"tie_word_embeddings\""},
    };
    char folder[PATH_SIZE];
    folder_make(folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        folder_put_nano(folder, "model.safetensors", cases[i].from, cases[i].to, cases[i].more);
        expect_refused(folder, &NANO_CONFIG, cases[i].says);
    }
    folder_put_nano(folder, "model.safetensors", NULL, NULL, 0);
    Config config = NANO_CONFIG;
    config.vocabulary = 22;
    expect_refused(folder, &config, "\"wte.weight\" is [23, 12] where [22, 12] belongs");
    config = NANO_CONFIG;
    config.tied_head = false;
    expect_refused(folder, &config, "has no tensor \"lm_head.weight\"");
    folder_put(folder, "model.safetensors", "\x02\0\0\0\0\0\0\0{}", 10);
    expect_refused(folder, &NANO_CONFIG, "has no tensor \"wte.weight\"");
    folder_remove(folder);
}

/* A copy of the embedding is a tied head; numbers that are not finite are refused where they are read. */
static void tied_copy_and_infinity(void **state)
{
    (void)state;
    FormulaTensor list[MOST_TENSORS];
    char folder[PATH_SIZE], path[2 * PATH_SIZE];
    int count = formula_gpt2(list, 2, 12, 23, 8, false, "");
    formula_add(list, &count, 23, 12, "lm_head.weight");
    folder_make(folder);
    folder_put_formula(folder, "model.safetensors", list, count);
    FILE *file = fopen(folder_path(path, folder, "model.safetensors"), "r+b");
    char cells[23 * 12 * 4];
    EXPECT(file && fseek(file, -16656 - 1104, SEEK_END) == 0 && fread(cells, 1, sizeof cells, file) == sizeof cells, "no wte");
    EXPECT(fseek(file, -1104, SEEK_END) == 0 && fwrite(cells, 1, sizeof cells, file) == sizeof cells, "no lm_head");
    EXPECT(fseek(file, -1104 - 4, SEEK_END) == 0 && fwrite("\0\0\x80\x7f", 1, 4, file) == 4, "no ln_f.bias");
    fclose(file);
    Tensors tensors;
    double out[12];
    Error error = {0};
    EXPECT(tensors_open(&tensors, folder, &error) && foreign_check(&NANO_CONFIG, &tensors, &error), "%s", error.text);
    EXPECT(foreign_head_is_tied(&tensors, FAMILY_GPT2), "the copy is none");
    EXPECT(!foreign_read(&NANO_CONFIG, &tensors, "final_norm.beta", out, &error), "infinity is taken");
    expect_error(&error, EXIT_USED_WRONGLY, "\"ln_f.bias\" has a number that is not finite, at [0,11] of \"final_norm.beta\"");
    tensors_close(&tensors);
    folder_remove(folder);
}

static long peak_kilobytes(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_maxrss;
}

/* GPT-2 small's own names and sizes, all zeros: half a gigabyte of which the header is read. */
static void full_size(void **state)
{
    (void)state;
    FormulaTensor list[MOST_TENSORS];
    int count = formula_gpt2(list, 12, 768, 50257, 1024, false, "");
    Text header = {0}, file = {0};
    size_t end = 0;
    for (int i = 0; i < count; i++) {
        size_t begin = end;
        end += (size_t)list[i].rows * (size_t)(list[i].cols ? list[i].cols : 1) * 4;
        text_add(&header, "%c\"%s\":{\"dtype\":\"F32\",\"shape\":[%d", i ? ',' : '{', list[i].name, list[i].rows);
        if (list[i].cols)
            text_add(&header, ",%d", list[i].cols);
        text_add(&header, "],\"data_offsets\":[%zu,%zu]}", begin, end);
    }
    for (int b = 0; b < 12; b++, end += 4 << 20)
        text_add(&header, ",\"h.%d.attn.bias\":{\"dtype\":\"F32\",\"shape\":[1,1,1024,1024],\"data_offsets\":[%zu,%zu]}", b, end, end + (4 << 20));
    text_add(&header, "}");
    assert_int_equal(end, 548090880);
    for (int i = 0; i < 8; i++)
        text_put(&file, (char[]){(char)(header.length >> 8 * i)}, 1);
    text_put(&file, header.data, header.length);
    char folder[PATH_SIZE], path[2 * PATH_SIZE];
    folder_make(folder);
    folder_put(folder, "model.safetensors", file.data, file.length);
    EXPECT(truncate(folder_path(path, folder, "model.safetensors"), (off_t)(file.length + end)) == 0, "no room for a sparse file");
    long before = peak_kilobytes();
    Tensors tensors;
    Config config;
    Error error = {0};
    EXPECT(tensors_open(&tensors, folder, &error) && config_open(folder, &tensors, &config, &error) &&
           foreign_check(&config, &tensors, &error), "%s", error.text);
    EXPECT(peak_kilobytes() - before < 64 << 10, "opening took %ld KB", peak_kilobytes() - before);
    EXPECT(tensors.count == 160 && config.n_heads == 12 && config.d_head == 64 && config.tied_head && config.vocabulary == 50257 &&
           config.context == 1024 && config.d_ff == 3072 && config.n_layers == 12 && config.family == FAMILY_GPT2, "other sizes");
    ForeignPart part;
    EXPECT(foreign_find(&config, "block5.attention.head3.W_K", &part) && part.first_col == 768 + 3 * 64 && part.cols == 64 &&
           part.rows == 768 && strcmp(part.tensor, "h.5.attn.c_attn.weight") == 0, "W_K is elsewhere");
    tensors_close(&tensors);
    folder_remove(folder);
    text_free(&header);
    text_free(&file);
}

int test_foreign_fit(void)
{
    TestList list = {0};
    tests_add(&list, tensors_that_do_not_fit, NULL, "tensors that do not fit");
    tests_add(&list, tied_copy_and_infinity, NULL, "a copy of the embedding, and infinity");
    tests_add(&list, full_size, NULL, "GPT-2 small's sizes");
    return tests_run(&list, "foreign_fit");
}
