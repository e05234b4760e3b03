/* Fuzzing: a weights file from a stranger, into a small model. All parameters are replaced or
 * none, and what is loaded is finite. */
#include "input_file.h"

#include "tracer/session/safetensors.h"

#include "tiny_model/systems/gpt.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const double MARK = 12345;

static void mark(Run *run)
{
    for (int p = 0; p < run->parameters.count; p++)
        for (int i = 0; i < run->parameters.list[p].rows * run->parameters.list[p].cols; i++)
            run_parameter(run, p)[i] = MARK;
}

static void expect_all_or_none(Run *run, bool loaded)
{
    for (int p = 0; p < run->parameters.count; p++)
        for (int i = 0; i < run->parameters.list[p].rows * run->parameters.list[p].cols; i++) {
            double cell = run_parameter(run, p)[i];
            if (!isfinite(cell) || (!loaded && cell != MARK))
                abort();
        }
}

/* Two words, one head of width one: the smallest weights file there is. */
static void open_run(Model *model, Run *run)
{
    Error error = {0};
    if (!model_defaults(model, &GPT, &error))
        abort();
    Gpt *gpt = model->settings;
    model->data.text = "a b";
    gpt->add_bos = gpt->add_eos = 0;
    gpt->d_model = gpt->n_heads = gpt->d_ff = 1;
    gpt->attention_bias = gpt->output_bias = gpt->mlp_bias = gpt->final_norm = 0;
    if (!model_finish(model, &error) || !run_init(run, model, NULL, &error))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = INPUT_FILE;
    input_file(path, data, size);
    Model model;
    Run run;
    Error error = {0};
    open_run(&model, &run);
    mark(&run);
    bool loaded = weights_load(path, &run, &error);
    if (loaded == (error.code != EXIT_DONE))
        abort();
    expect_all_or_none(&run, loaded);
    run_free(&run);
    model_free(&model);
    unlink(path);
    return 0;
}
