/* The corpora of the fuzz targets as plain tests, through the same functions. */
#include "support.h"
#include "tiny_model/systems/gpt.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The targets, each under a name of its own. */
#define LLVMFuzzerTestOneInput fuzz_model
#include "../fuzz/fuzz_model.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_safetensors
#include "../fuzz/fuzz_safetensors.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_reference
#include "../fuzz/fuzz_reference.c"
#undef LLVMFuzzerTestOneInput

#define LLVMFuzzerTestOneInput fuzz_golden
#include "../fuzz/fuzz_golden.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_arguments
#include "../fuzz/fuzz_arguments.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_keys
#include "../fuzz/fuzz_keys.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_answer
#include "../fuzz/fuzz_answer.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_article
#include "../fuzz/fuzz_article.c"
#undef LLVMFuzzerTestOneInput

#define LLVMFuzzerTestOneInput fuzz_tensors
#include "../fuzz/fuzz_tensors.c"
#undef LLVMFuzzerTestOneInput

#define LLVMFuzzerTestOneInput fuzz_config
#include "../fuzz/fuzz_config.c"
#undef LLVMFuzzerTestOneInput

#include "tracer/base/files.h"

typedef struct {
    const char *name;
    int (*run)(const uint8_t *data, size_t size);
    int least;   /* files that the corpus has at least */
} Target;

static const Target TARGETS[] = {
    {"model", fuzz_model, 20}, {"safetensors", fuzz_safetensors, 10}, {"reference", fuzz_reference, 15},
    {"golden", fuzz_golden, 7}, {"arguments", fuzz_arguments, 10}, {"keys", fuzz_keys, 8}, {"answer", fuzz_answer, 8},
    {"article", fuzz_article, 14}, {"tensors", fuzz_tensors, 15}, {"config", fuzz_config, 10},
};

/* The input stands in memory of exactly its size, so that a read behind its end is seen. */
static void run_input(const Target *target, const char *path)
{
    char *data;
    size_t size;
    Error error = {0};
    EXPECT(file_read(path, 1 << 20, &data, &size, &error), "%s", error.text);
    uint8_t *exact = malloc(size ? size : 1);
    EXPECT(exact, "out of memory");
    memcpy(exact, data, size);
    target->run(exact, size);
    free(exact);
    free(data);
}

static void runs_its_corpus(void **state)
{
    const Target *target = *state;
    char path[600];
    snprintf(path, sizeof path, "tests/fuzz/corpus/%s", target->name);
    DIR *directory = opendir(path);
    EXPECT(directory, "no %s", path);
    int count = 0;
    for (const struct dirent *entry; (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "tests/fuzz/corpus/%s/%s", target->name, entry->d_name);
        run_input(target, path);
        count++;
    }
    closedir(directory);
    EXPECT(count >= target->least, "only %d files", count);
}

/* The corpora hold more than refusals: their good files are taken. */
static void good_files_are_taken(void **state)
{
    (void)state;
    Model model;
    Run run;
    Error error = {0};
    open_run(&model, &run);
    EXPECT(weights_load("tests/fuzz/corpus/safetensors/good", &run, &error), "%s", error.text);
    run_free(&run);
    model_free(&model);
    Tensors tensors;
    EXPECT(tensors_open(&tensors, "tests/fuzz/corpus/tensors/good", &error) && foreign_check(&TINY, &tensors, &error), "%s", error.text);
    tensors_close(&tensors);
    bool read = model_defaults(&model, &GPT, &error) && model_file_read("tests/fuzz/corpus/model/good", &model, &error);
    EXPECT(read && is_small(&model) && model_finish(&model, &error), "%s", error.text);
    model_free(&model);
}

/* Inputs made from a good one: cut off, and with every byte changed in turn. */
static void survives_small_changes(void **state)
{
    const Target *target = *state;
    char path[600], *data;
    size_t size;
    Error error = {0};
    snprintf(path, sizeof path, "tests/fuzz/corpus/%s/good", target->name);
    EXPECT(file_read(path, 1 << 20, &data, &size, &error), "%s", error.text);
    for (size_t at = 0; at < size; at++) {
        static const char changes[] = {0x00, 0x01, 0x20, 0x7f};
        for (size_t i = 0; i < sizeof changes; i++) {
            char before = data[at];
            data[at] ^= changes[i];
            target->run((const uint8_t *)data, i == 0 ? at : size);
            data[at] = before;
        }
    }
    free(data);
}

int test_fuzz_corpus(void)
{
    TestList list = {0};
    for (size_t i = 0; i < sizeof TARGETS / sizeof *TARGETS; i++) {
        tests_add(&list, runs_its_corpus, &TARGETS[i], "corpus of %s", TARGETS[i].name);
        tests_add(&list, survives_small_changes, &TARGETS[i], "small changes of %s", TARGETS[i].name);
    }
    tests_add(&list, good_files_are_taken, NULL, "good files are taken");
    return tests_run(&list, "fuzz_corpus");
}
