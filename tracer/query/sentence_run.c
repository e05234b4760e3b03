/* Sentences that a GPT reads; see sentence_run.h. */
#include "sentence_run.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_STEPS = 64 };

static bool make_examples(Model *model, const char *const *sentences, int count, Error *error)
{
    Example *examples = arena_alloc(&model->arena, (size_t)count * sizeof *examples);
    Field *fields = arena_alloc(&model->arena, (size_t)count * sizeof *fields);
    if (!examples || !fields)
        return error_memory(error);
    for (int i = 0; i < count; i++) {
        fields[i] = (Field){.key = "text", .text = sentences[i]};
        examples[i] = (Example){&fields[i], 1};
    }
    model->data = (Data){.examples = examples, .example_count = count, .weights = model->name};
    return true;
}

static bool copy_parameters(Run *to, const Run *from, Error *error)
{
    if (to->parameters.cells != from->parameters.cells)
        return error_set(error, EXIT_USED_WRONGLY, "these sentences make another model of it; use words that it knows");
    memcpy(to->store.values[to->store.now], from->store.values[from->store.now],
           from->parameters.cells * sizeof(double));
    return true;
}

bool sentence_run_open(SentenceRun *to, const Session *session, const char *const *sentences, int count, Error *error)
{
    Model *model = &to->model;
    *to = (SentenceRun){0};
    if (!session->model.system->language || !session->model.system->read_texts)
        return error_set(error, EXIT_USED_WRONGLY, "the system \"%s\" reads no sentences; use a gpt",
                         session->model.system->name);
    if (!run_is_whole(&session->run, error) || !model_copy(model, &session->model, error) ||
        !model->system->read_texts(model, error) || !make_examples(model, sentences, count, error))
        return false;
    model->training = (Training){.batch = count, .accumulate = 1, .loader = LOADER_ROWS, .shuffle = INFINITY,
                                 .steps = model->training.steps};
    return model_finish(model, error) && run_prepare(&to->run, model, NULL, error) &&
           copy_parameters(&to->run, &session->run, error) && run_forward(&to->run, error);
}

void sentence_run_close(SentenceRun *reading)
{
    if (reading->run.model)
        run_free(&reading->run);
    if (reading->model.system)
        model_free(&reading->model);
    *reading = (SentenceRun){0};
}

bool layers_of(const Tape *tape, int sentence, Layers *layers)
{
    StreamStep steps[MOST_STEPS];
    StreamBlock block;
    char begins[40];
    *layers = (Layers){.table = part_table(tape)};
    snprintf(begins, sizeof begins, "sequence%d.", sentence);
    for (int i = 0; part_stream(tape, i, steps, MOST_STEPS, &block) > 0; i++) {
        const char *path = tape->frames[block.frame].path;
        size_t length = strlen(begins);
        if (strncmp(path, begins, length) != 0 || layers->count == MOST_SENSE_LAYERS - 1)
            continue;
        part_words(path + length, layers->name[layers->count], PART_WORDS);
        layers->stream[layers->count++] = block.last;
    }
    return layers->table >= 0 && layers->count > 0;
}
