/* The rows of a GPT's data: what each says of its sequence. A prompt is read and not learned: of a sequence whose
 * prompt has P tokens the targets that count are the tokens P, P + 1 ..., so their mask begins with P - 1 zeros.
 *
 *   {"text"} | {"tokens"}                          all of it, "prompt_length" or "mask" say what counts
 *   {"prompt", "response"}                         the response counts
 *   {"prompt", "chosen", "rejected"}               two sequences */
#include "gpt.h"

#include "../tokenizer/tokenizer.h"

#include <string.h>

static bool row_wrong(int example, const char *what, Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY, "model: example %d %s", example, what);
}

/* A prompt and what follows it as one text; words need a blank between them. */
static bool join_texts(Model *model, const char *prompt, const char *answer, Sequence *out, Error *error)
{
    const Gpt *gpt = gpt_of(model);
    const char *between = gpt->tokenizer == TOKENIZER_WORDS ? " " : "";
    size_t size = strlen(prompt) + strlen(answer) + 2;
    char *text = arena_alloc(&model->arena, size);
    if (!text)
        return error_memory(error);
    strcpy(text, prompt);
    strcat(text, between);
    strcat(text, answer);
    out->text = text;
    out->prompt = tokenizer_pieces(gpt, prompt) + gpt->add_bos;
    return true;
}

static bool join_ids(Model *model, const Field *prompt, const Field *answer, Sequence *out, Error *error)
{
    double *ids = arena_alloc(&model->arena, (size_t)(prompt->count + answer->count) * sizeof *ids);
    if (!ids)
        return error_memory(error);
    memcpy(ids, prompt->numbers, (size_t)prompt->count * sizeof *ids);
    memcpy(ids + prompt->count, answer->numbers, (size_t)answer->count * sizeof *ids);
    out->ids = ids;
    out->count = prompt->count + answer->count;
    out->prompt = prompt->count;
    return true;
}

static bool take_answer(Model *model, int example, const char *key, Sequence *out, Error *error)
{
    const Example *of = &model->data.examples[example];
    const Field *prompt = example_field(of, "prompt"), *answer = example_field(of, key);
    if (!prompt || !answer)
        return error_set(error, EXIT_USED_WRONGLY, "model: example %d has no \"%s\"", example, answer ? "prompt" : key);
    if (!prompt->text != !answer->text)
        return row_wrong(example, "mixes text and ids; give both the same way", error);
    if (answer->text && tokenizer_pieces(gpt_of(model), answer->text) == 0)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"%s\" of example %d is empty; give it at least one token",
                         key, example);
    return prompt->text ? join_texts(model, prompt->text, answer->text, out, error)
                        : join_ids(model, prompt, answer, out, error);
}

static bool take_whole(const Model *model, int example, Sequence *out, Error *error)
{
    const Example *of = &model->data.examples[example];
    const Field *text = example_field(of, "text"), *ids = example_field(of, "tokens");
    const Field *prompt = example_field(of, "prompt_length");
    if (!text && !ids)
        return row_wrong(example, "has neither \"text\" nor \"tokens\"", error);
    if (text && ids)
        return row_wrong(example, "has both \"text\" and \"tokens\"; give one of the two", error);
    if (text) {
        out->text = text->text;
    } else {
        out->ids = ids->numbers;
        out->count = ids->count;
    }
    if (prompt && !(prompt->numbers[0] >= 1 && prompt->numbers[0] <= MOST_TOKENS))
        return error_set(error, EXIT_USED_WRONGLY, "model: \"prompt_length\" of example %d is %g; it is 1 or more",
                         example, prompt->numbers[0]);
    out->prompt = prompt ? (int)prompt->numbers[0] : 0;
    return true;
}

bool gpt_row(Model *model, int example, bool second, Sequence *out, Error *error)
{
    const Gpt *gpt = gpt_of(model);
    const Example *of = model->data.examples ? &model->data.examples[example] : NULL;
    *out = (Sequence){0};
    if (!of) {
        out->text = model->data.text;
        return gpt->each == 1 || error_set(error, EXIT_USED_WRONGLY,
                                           "model: preferences need \"examples\" with \"prompt\", \"chosen\" and "
                                           "\"rejected\" in \"data\"");
    }
    if (gpt->each == 2)
        return take_answer(model, example, second ? "rejected" : "chosen", out, error);
    if (example_field(of, "response"))
        return take_answer(model, example, "response", out, error);
    return take_whole(model, example, out, error);
}

/* Ones where a target counts; a prompt's do not. */
static bool mask_of_prompt(Model *model, int example, Sequence *sequence, Error *error)
{
    int targets = sequence->count - 1;
    if (sequence->prompt > targets)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: the prompt of example %d has %d of its %d tokens, which leaves no target; shorten it",
                         example, sequence->prompt, sequence->count);
    double *mask = arena_alloc(&model->arena, (size_t)targets * sizeof *mask + 1);
    if (!mask)
        return error_memory(error);
    for (int t = 0; t < targets; t++)
        mask[t] = t >= sequence->prompt - 1;
    sequence->mask = mask;
    sequence->masked = targets - (sequence->prompt - 1);
    return true;
}

static bool mask_given(int example, const Field *field, Sequence *sequence, Error *error)
{
    if (sequence->prompt)
        return row_wrong(example, "has a \"mask\" and a prompt; one of the two says what counts", error);
    if (field->count != sequence->count - 1)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"mask\" of example %d has %d numbers, but there are %d targets: the tokens behind "
                         "the first",
                         example, field->count, sequence->count - 1);
    for (int t = 0; t < field->count; t++) {
        if (field->numbers[t] != 0 && field->numbers[t] != 1)
            return error_set(error, EXIT_USED_WRONGLY, "model: \"mask\" of example %d has %g; it takes 0 and 1",
                             example, field->numbers[t]);
        sequence->masked += field->numbers[t] == 1;
    }
    if (sequence->masked == 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"mask\" of example %d leaves no target; the loss would be 0 divided by 0", example);
    sequence->mask = field->numbers;
    return true;
}

bool gpt_row_mask(Model *model, int example, Sequence *sequence, Error *error)
{
    const Field *mask = model->data.examples ? example_field(&model->data.examples[example], "mask") : NULL;
    if (mask)
        return mask_given(example, mask, sequence, error);
    return sequence->prompt == 0 || mask_of_prompt(model, example, sequence, error);
}

bool gpt_row_ids(Model *model, Sequence *sequence, Error *error)
{
    const Gpt *gpt = gpt_of(model);
    sequence->tokens = arena_alloc(&model->arena, (size_t)sequence->count * sizeof *sequence->tokens + 1);
    if (!sequence->tokens)
        return error_memory(error);
    for (int i = 0; i < sequence->count; i++) {
        double id = sequence->ids[i];
        if (!(id >= 0 && id < gpt->vocabulary_count && id == (int)id))
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: \"tokens\" has %g; the ids of this model go from 0 to %d", id,
                             gpt->vocabulary_count - 1);
        sequence->tokens[i] = (int)id;
    }
    return true;
}
