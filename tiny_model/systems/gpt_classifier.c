/* What a GPT that tells classes says of its data; see gpt_task.c. */
#include "gpt_recording.h"

#include "../rules/rule.h"

static const Stretches *stretches(const Gpt *gpt, DataPart part)
{
    const Stretches *const parts[DATA_PARTS] = {&gpt->learned, &gpt->held, &gpt->tested};
    return parts[part];
}

static int class_count(const Model *model)
{
    return gpt_of(model)->task == TASK_CLASSIFY ? gpt_of(model)->class_count : 0;
}

static const char *class_label(const Model *model, int class)
{
    const Texts *classes = &gpt_of(model)->classes;
    return class < classes->count ? classes->list[class] : NULL;
}

static int examples_in(const Model *model, DataPart part)
{
    return stretches(gpt_of(model), part)->examples;
}

static int row_of(const Model *model, DataPart part, int i)
{
    return gpt_document(stretches(gpt_of(model), part), i);
}

static int target_of(const Model *model, int row)
{
    return gpt_of(model)->targets_of[row];
}

static int record_class(Scene *scene, int row)
{
    Tape *tape = scene->tape;
    gpt_task_losses(scene, gpt_of(scene->model), &row, 1);
    return tape->calls[tape->call_count - 1].saved[CROSS_ENTROPY_PROBABILITIES];
}

const Classifier GPT_CLASSIFIER = {
    .classes = class_count, .label = class_label, .count = examples_in, .row = row_of, .target = target_of,
    .record = record_class,
};
