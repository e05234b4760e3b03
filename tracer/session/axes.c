/* What rows and columns stand for: tokens, the vocabulary, or just numbers; see names.h.
 * Told from the name and the shape, since the tape itself knows no tokens. */
#include "names.h"

#include "tracer/base/text.h"

#include <string.h>

int name_root(const Tape *tape, int value)
{
    for (int base; (base = tape->values[value].name.base) >= 0; value = base)
        if (tape->values[base].rows != tape->values[value].rows || tape->values[base].cols != tape->values[value].cols)
            break;
    return value;
}

static bool one_of(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(name, *list) == 0)
            return true;
    return false;
}

static bool in_cross_entropy(const Name *name)
{
    return strcmp(name->scope, "cross_entropy") == 0;
}

Axis row_axis(const Names *names, int value)
{
    const Value *of = &names->tape->values[name_root(names->tape, value)];
    if (of->kind == KIND_PARAMETER)
        return strcmp(of->name.local, "token_embedding") == 0 ? AXIS_VOCABULARY : AXIS_NUMBERS;
    if (of->name.base >= 0 || of->name.scope == NULL)
        return AXIS_NUMBERS;
    int tokens = names->model->token_count;
    bool with_target = in_cross_entropy(&of->name) || strcmp(of->name.local, "loss.per_token") == 0;
    if (strcmp(of->name.local, "vocabulary") == 0)
        return AXIS_VOCABULARY;
    return of->rows == tokens || (with_target && of->rows == tokens - 1) ? AXIS_TOKENS : AXIS_NUMBERS;
}

Axis col_axis(const Names *names, int value)
{
    static const char *const maps[] = {"scores", "scaled", "biased", "masked", "weights", "distance", "tokens", NULL};
    static const char *const choices[] = {"logits", "probabilities", NULL};
    const Value *of = &names->tape->values[name_root(names->tape, value)];
    const Name *name = &of->name;
    if (name->base >= 0 || name->scope == NULL)
        return AXIS_NUMBERS;
    if (of->kind == KIND_PARAMETER)
        return strcmp(name->scope, "head") == 0 ? AXIS_VOCABULARY : AXIS_NUMBERS;
    if (of->cols == names->model->token_count &&
        (one_of(name->local, maps) || text_ends(name->scope, "softmax") || text_ends(name->scope, "biased")))
        return AXIS_TOKENS;
    if (of->cols == names->model->vocabulary_size &&
        (one_of(name->local, choices) || in_cross_entropy(name) || strcmp(name->scope, "logits") == 0))
        return AXIS_VOCABULARY;
    return AXIS_NUMBERS;
}

const char *axis_label(const Names *names, Axis axis, int i)
{
    switch (axis) {
    case AXIS_NUMBERS: return NULL;
    case AXIS_TOKENS: return i < names->model->token_count ? names->model->vocabulary[names->model->tokens[i]] : NULL;
    case AXIS_VOCABULARY: return i < names->model->vocabulary_size ? names->model->vocabulary[i] : NULL;
    }
    return NULL;
}
