/* Fuzzing: somebody else's tensors. What is opened can be read to its last number, each is found by
 * its name, and what fits a tiny gpt2 gives all of its parameters. */
#include "input_file.h"

#include "tracer/session/foreign.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One layer, width 2, one head, two tokens, two places. */
static const Config TINY = {.family = FAMILY_GPT2, .n_layers = 1, .d_model = 2, .d_ff = 1, .n_heads = 1, .n_kv_heads = 1, .d_head = 2,
                            .vocabulary = 2, .context = 2, .tied_head = true, .attention_bias = true, .mlp_bias = true};

static void read_all(const Tensors *tensors)
{
    for (int t = 0; t < tensors->count; t++) {
        const Tensor *tensor = &tensors->list[t];
        if (tensors_find(tensors, tensor->name) != tensor)
            abort();
        if (tensor->dimensions > 2 || tensor->dtype == DTYPE_OTHER)
            continue;
        size_t cells = (size_t)tensor_rows(tensor) * (size_t)tensor_cols(tensor);
        double *out = malloc(cells * sizeof *out);
        if (!out)
            abort();
        tensor_read(tensor, 0, 0, tensor_rows(tensor), tensor_cols(tensor), t % 2, out);
        free(out);
    }
}

static void read_parameters(const Tensors *tensors, const Config *config)
{
    static const char *const names[] = {"token_embedding", "position_embedding", "block0.attention.head0.W_V", "block0.attention.W_O",
                                        "block0.mlp.W_1", "block0.mlp.b_2", "final_norm.gamma"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        ForeignPart part;
        double out[4];
        Error error = {0};
        if (!foreign_find(config, names[i], &part) || part.rows * part.cols > 4)
            abort();
        bool whole = foreign_read(config, tensors, names[i], out, &error);
        if (whole == (error.code != EXIT_DONE) || (whole && !isfinite(out[0])))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = INPUT_FILE;
    input_file(path, data, size);
    Tensors tensors;
    Config guessed;
    Error error = {0}, check = {0}, guess = {0};
    bool opened = tensors_open(&tensors, path, &error);
    if (opened == (error.code != EXIT_DONE) || (!opened && (tensors.list || tensors.files)))
        abort();
    if (opened) {
        read_all(&tensors);
        if (config_guess(path, &tensors, &guessed, &guess))
            foreign_check(&guessed, &tensors, &guess);
        if (foreign_check(&TINY, &tensors, &check))
            read_parameters(&tensors, &TINY);
        tensors_close(&tensors);
    }
    unlink(path);
    return 0;
}
