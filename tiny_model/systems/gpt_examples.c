/* The examples that a GPT learns from, and those that are kept for validation: whole documents, or windows cut
 * out of them. Chapter 21.
 *
 *   window i of n tokens reads tokens[i stride ... i stride + length) and is to say the ones behind each
 *   there are ceil((n - length) / stride) of them, 0 if n <= length: each has all its targets
 *
 * validation keeps the last share: of the tokens where there is one document, else of the documents. No window
 * crosses from one part to the other. */
#include "gpt.h"

#include <string.h>

int windows_in(int tokens, int length, int stride)
{
    return tokens > length ? (tokens - length + stride - 1) / stride : 0;
}

static bool stretches_room(Model *model, Stretches *stretches, int most, Error *error)
{
    stretches->list = arena_alloc(&model->arena, (size_t)most * sizeof *stretches->list + 1);
    return stretches->list || error_memory(error);
}

static void add_stretch(Stretches *to, int sequence, int first, int count, int examples)
{
    if (examples == 0)
        return;
    to->list[to->count++] = (Stretch){sequence, first, count, to->examples};
    to->examples += examples;
}

static int windowed(const Gpt *gpt, int tokens, int stride)
{
    return gpt->length ? windows_in(tokens, gpt->length, stride) : 1;
}

/* The stride of windows that are learned from; those of validation stand side by side. */
static int stride_of(const Model *model)
{
    if (model->training.loader == LOADER_RANDOM)
        return 1;
    return model->training.stride ? model->training.stride : gpt_of(model)->length;
}

static bool are_enough(const Model *model, Error *error)
{
    const Gpt *gpt = gpt_of(model);
    int tokens = gpt->sequences[0].count;
    if (gpt->learned.examples == 0 && gpt->length)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: the text has %d token%s to learn from, and a window of \"length\" %d takes %d; take a "
                         "longer text or a smaller \"length\"",
                         tokens, tokens == 1 ? "" : "s", gpt->length, gpt->length + 1);
    if (model->training.validation > 0 && (gpt->held.examples == 0 || gpt->learned.examples == 0))
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"validation\" %g leaves %d examples to learn from and %d to validate with; %s",
                         model->training.validation, gpt->learned.examples, gpt->held.examples,
                         gpt->length ? "take a longer text or another share"
                                     : "it needs several documents, or windows");
    return true;
}

bool gpt_list_examples(Model *model, Error *error)
{
    Gpt *gpt = model->settings;
    const Training *training = &model->training;
    double share = 1 - training->validation - training->test;
    double little = training->test > 0 ? 1e-9 : 0; /* three shares do not add up to 1 to the last bit */
    int documents = gpt->sequence_count / gpt->each, stride = 0;
    int learned = (int)(documents * share + little), kept = (int)(documents * (1 - training->test) + little);
    bool one = documents == 1 && gpt->length;
    gpt->learned = gpt->held = gpt->tested = (Stretches){0};
    if (!stretches_room(model, &gpt->learned, documents, error) ||
        !stretches_room(model, &gpt->held, documents, error) || !stretches_room(model, &gpt->tested, documents, error))
        return false;
    if (gpt->length)
        stride = stride_of(model);
    for (int s = 0; s < documents; s++) {
        int count = gpt->sequences[s * gpt->each].count, cut = one ? (int)(count * share) : s < learned ? count : 0;
        if (model->data.only)
            cut = model->data.only == s + 1 ? count : 0;
        int end = model->data.only ? cut : one ? (int)(count * (1 - training->test)) : s < kept ? count : cut;
        if (cut > 0)
            add_stretch(&gpt->learned, s, 0, cut, windowed(gpt, cut, stride));
        if (cut < end)
            add_stretch(&gpt->held, s, cut, end - cut, windowed(gpt, end - cut, gpt->length));
        if (end < count && !model->data.only)
            add_stretch(&gpt->tested, s, end, count - end, windowed(gpt, count - end, gpt->length));
    }
    gpt->stride = stride;
    return are_enough(model, error);
}

/* The stretch that example i stands in. */
static const Stretch *stretch_of(const Stretches *stretches, int i)
{
    int low = 0, high = stretches->count - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (stretches->list[middle].before <= i)
            low = middle;
        else
            high = middle - 1;
    }
    return &stretches->list[low];
}

int gpt_document(const Stretches *of, int i)
{
    return stretch_of(of, i)->sequence;
}

Sequence gpt_example(const Gpt *gpt, bool held, int i)
{
    const Stretch *stretch = stretch_of(held ? &gpt->held : &gpt->learned, i);
    Sequence window = gpt->sequences[stretch->sequence * gpt->each];
    if (!gpt->length)
        return window;
    int first = stretch->first + (i - stretch->before) * (held ? gpt->length : gpt->stride), count = gpt->length + 1;
    window.tokens += first;
    window.count = window.pieces = count;
    window.cut = true;
    window.at = first;
    if (window.text) {
        window.begin = window.starts[first];
        window.length = window.starts[first + count] - window.starts[first];
        window.text += window.starts[first];
    }
    return window;
}
