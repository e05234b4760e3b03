/* Other sizes for a model; see resize.h. */
#include "resize.h"

#include <string.h>

enum { TOKENS_AN_UPDATE = 256 };

static int *member(Model *model, const char *name)
{
    const ModelKey *key;
    for (int i = 0; (key = model_key(model->system, i)); i++)
        if (key->place == KEY_OF_SYSTEM && key->type == KEY_INTEGER && strcmp(key->key, name) == 0)
            return model_member(model, key);
    return NULL;
}

/* The first letters of all parts, then their second ones ... */
static bool interleave(Model *model, int sources, Error *error)
{
    const char *text = model->data.text;
    size_t length = strlen(text);
    const char **starts = arena_alloc(&model->arena, (length + 1) * sizeof *starts);
    char *mixed = arena_alloc(&model->arena, length + 1), *to = mixed;
    size_t count = 0;
    if (!starts || !mixed)
        return error_memory(error);
    for (const char *at = text; *at; count++) {
        starts[count] = at;
        do
            at++;
        while (((unsigned char)*at & 0xC0) == 0x80);
        starts[count + 1] = at;
    }
    size_t part = count / (size_t)sources;
    for (size_t i = 0; i < part; i++)
        for (int s = 0; s < sources; s++) {
            size_t at = (size_t)s * part + i, bytes = (size_t)(starts[at + 1] - starts[at]);
            memcpy(to, starts[at], bytes);
            to += bytes;
        }
    *to = '\0';
    model->data.text = mixed;
    return true;
}

bool resize_model(Model *model, const Resize *resize, Error *error)
{
    static const char *const derived[] = {"d_ff", "d_k", NULL};
    Training *training = &model->training;
    int *width = member(model, "d_model"), *context = member(model, "context");
    if (!width || !context || !model->data.text)
        return error_set(error, EXIT_USED_WRONGLY, "a ladder is made of models with a \"d_model\" that read one text; "
                         "\"%.60s\" is none", model->name);
    *width = resize->width;
    *context = training->length = resize->length;
    for (int i = 0; derived[i]; i++)
        if (member(model, derived[i]))
            *member(model, derived[i]) = 0;
    training->loader = LOADER_RANDOM;
    training->stride = 0;
    training->accumulate = 1;
    training->batch = TOKENS_AN_UPDATE / resize->length;
    training->steps = training->validate_every = resize->updates;
    training->warmup = training->warmup < resize->updates / 10 ? training->warmup : resize->updates / 10;
    training->validation = training->validation > 0 ? training->validation : 0.1;
    training->patience = 0;
    return resize->sources <= 1 || interleave(model, resize->sources, error);
}
