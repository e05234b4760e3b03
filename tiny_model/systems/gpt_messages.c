/* Short messages that arrived clear, or garbled: the letters of every word of three or more shuffled. A preset that
 * goes on from `loomings`, whose sizes and characters it has. No letter tells the two apart, only how words are
 * spelled, which is what a model of characters learns before. Chapter 32. */
#include "gpt.h"

#include "../data/texts.h"
#include "../tokenizer/utf8.h"

#include <math.h>
#include <string.h>

static const char *piece(Model *model, const char *from, size_t length)
{
    char *copy = arena_alloc(&model->arena, length + 1);
    if (copy) {
        memcpy(copy, from, length);
        copy[length] = '\0';
    }
    return copy;
}

/* Each character once, in the order in which a text has them. */
static void take_letters(Model *model, const char *letters)
{
    enum { MOST_LETTERS = 256 };
    const char **list = arena_alloc(&model->arena, MOST_LETTERS * sizeof *list), *copy;
    int count = 0;
    for (const char *at = letters; list && *at && count < MOST_LETTERS;) {
        unsigned point;
        int known = 0;
        size_t bytes = (size_t)utf8_decode(at, &point);
        while (known < count && !(strncmp(list[known], at, bytes) == 0 && !list[known][bytes]))
            known++;
        if (known == count && (copy = piece(model, at, bytes)))
            list[count++] = copy;
        at += bytes;
    }
    ((Gpt *)model->settings)->vocabulary = (Texts){list, count};
}

/* The lines "CLASS,TEXT" behind the first as examples; out of memory there are none, which is refused later. */
static void take_rows(Model *model, const char *letters, const char *rows)
{
    int count = 0;
    const char *first = strchr(rows, '\n') + 1;
    for (const char *at = first; *at; at = strchr(at, '\n') + 1)
        count++;
    Example *examples = arena_alloc(&model->arena, (size_t)count * sizeof *examples);
    Field *fields = arena_alloc(&model->arena, (size_t)count * 2 * sizeof *fields);
    take_letters(model, letters);
    model->data = (Data){.text = NULL};
    if (!examples || !fields)
        return;
    for (int i = 0; i < count; i++) {
        size_t class = strcspn(first, ","), text = strcspn(first + class + 1, "\n");
        fields[2 * i] = (Field){.key = "label", .text = piece(model, first, class)};
        fields[2 * i + 1] = (Field){.key = "text", .text = piece(model, first + class + 1, text)};
        if (!fields[2 * i].text || !fields[2 * i + 1].text)
            return;
        examples[i] = (Example){&fields[2 * i], 2};
        first += class + 1 + text + 1;
    }
    model->data = (Data){.examples = examples, .example_count = count};
}

void gpt_preset_messages(Model *model)
{
    Gpt *gpt = model->settings;
    model->name = "messages";
    gpt->tokenizer = TOKENIZER_CHARACTERS;
    gpt->add_bos = gpt->add_eos = gpt->specials = 0;
    gpt->context = 32;
    gpt->d_model = 64;
    gpt->n_heads = 4;
    gpt->n_layers = 2;
    gpt->tied_head = 1;
    gpt->dropout = 0.1;
    gpt->task = TASK_CLASSIFY;
    gpt->read = READ_MEAN;
    take_rows(model, MOBY_20K, MESSAGES);
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.001, .beta1 = 0.9, .beta2 = 0.99, .eps = 1e-8,
                                   .weight_decay = 0.1, .clip_norm = 1, .decay = DECAY_MATRICES};
    model->training = (Training){.batch = 8, .accumulate = 1, .shuffle = 1, .validation = 0.15, .test = 0.15,
                                 .steps = 315, .min_lr = 0.0001, .schedule = SCHEDULE_LINEAR};
}
