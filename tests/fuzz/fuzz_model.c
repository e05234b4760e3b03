/* Fuzzing: a model file from a stranger, up to a recorded training step. Big models are let be,
 * so that an input takes milliseconds. */
#include "tracer/session/model_file.h"

#include "tiny_model/run.h"
#include "tiny_model/system.h"
#include "tiny_model/systems/gpt.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_EXAMPLES_RECORDED = 20, LONGEST_TEXT = 200, WIDEST = 40, MOST_BLOCKS = 3, LONGEST_FILE = 20000 };

static bool is_small(const Model *model)
{
    if (model->data.example_count > MOST_EXAMPLES_RECORDED || model->training.batch > MOST_EXAMPLES_RECORDED)
        return false;
    if (model->system != &GPT)
        return true;
    const Gpt *gpt = gpt_of(model);
    return (!model->data.text || strlen(model->data.text) <= LONGEST_TEXT) && gpt->d_model <= WIDEST && gpt->d_ff <= WIDEST &&
           gpt->n_heads <= WIDEST && gpt->d_k <= WIDEST && gpt->n_layers <= MOST_BLOCKS && gpt->vocabulary.count <= LONGEST_TEXT &&
           gpt->vocabulary_size <= LONGEST_TEXT && gpt->context <= LONGEST_TEXT;
}

/* The sizes that are known only now. */
static bool is_small_inside(const Model *model)
{
    Quantity sizes[MOST_QUANTITIES];
    int count = model->system->quantities ? model->system->quantities(model, sizes) : 0;
    for (int i = 0; i < count; i++)
        if (sizes[i].number > LONGEST_TEXT)
            return false;
    return true;
}

/* What is written of a model that was accepted is accepted again. */
static void expect_reads_back(const Model *model)
{
    Text text = {0};
    Error error = {0};
    Model again;
    model_file_text(model, 0, true, &text);
    if (!model_defaults(&again, model->system, &error) || text.failed || !model_file_parse(text.data, text.length, "again", &again, &error) || !model_finish(&again, &error))
        abort();
    model_free(&again);
    text_free(&text);
}

static void record(const Model *model)
{
    Run run;
    Error error = {0};
    if (!run_init(&run, model, NULL, &error)) {
        if (error.code == EXIT_DONE)
            abort();
        return;
    }
    if (!run_record(&run, &error))
        abort();
    run_free(&run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Model model;
    Error error = {0};
    if (size > LONGEST_FILE)
        return 0;
    bool whole = model_defaults(&model, &GPT, &error) && model_file_parse((const char *)data, size, "fuzz", &model, &error);
    if (whole && is_small(&model)) {
        whole = model_finish(&model, &error);
        if (whole) {
            expect_reads_back(&model);
            if (is_small_inside(&model))
                record(&model);
        }
    }
    if (!whole && error.code == EXIT_DONE)
        abort();
    model_free(&model);
    return 0;
}
