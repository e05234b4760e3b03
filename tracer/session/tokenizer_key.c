/* Byte pairs of a model file; see tokenizer_key.h. */
#include "tokenizer_key.h"

#include "tiny_model/systems/gpt.h"
#include "tokenizer_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_LENGTH = 4200 };

bool tokenizer_key_is(const char *name, const json_t *value)
{
    return strcmp(name, "tokenizer") == 0 && json_is_object(value);
}

static bool has_many(const char *folder, const Bpe *bpe, Error *error)
{
    return bpe->piece_count <= MOST_VOCABULARY ||
           error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" has %d tokens; at most %d", folder, bpe->piece_count,
                     MOST_VOCABULARY);
}

/* The special token of the lowest id, or NULL. */
static const char *first_special(const Bpe *bpe)
{
    int first = -1;
    for (int i = 0; i < bpe->special_count; i++)
        first = first < 0 || bpe->specials[i] < first ? bpe->specials[i] : first;
    return first < 0 ? NULL : (const char *)bpe->pieces[first].bytes;
}

/* A path that means the same from everywhere. */
static const char *whole_path(const char *folder, Model *model)
{
    char *whole = realpath(folder, NULL);
    const char *kept = model_text(model, whole ? whole : folder);
    free(whole);
    return kept;
}

bool tokenizer_key_open(const char *folder, const char *said, Model *model, Error *error)
{
    Gpt *gpt = model->settings;
    Bpe bpe;
    if (!tokenizer_files_read(folder, &bpe, error))
        return false;
    if (!has_many(folder, &bpe, error)) {
        bpe_free(&bpe);
        return false;
    }
    gpt->bpe = bpe_settle(&bpe, &model->arena);
    gpt->bpe_folder = said ? model_text(model, said) : whole_path(folder, model);
    if (!gpt->bpe || !gpt->bpe_folder)
        return error_memory(error);
    const char *mark = first_special(gpt->bpe);
    gpt->tokenizer = TOKENIZER_BPE;
    gpt->add_bos = gpt->add_eos = 0;
    gpt->bos = mark ? mark : gpt->bos;
    gpt->eos = mark ? mark : gpt->eos;
    return true;
}

bool tokenizer_key_read(const json_t *root, const char *path, Model *model, Error *error)
{
    const char *const groups[] = {"", "model", "data"};
    const json_t *value = NULL;
    char folder[PATH_LENGTH];
    for (size_t i = 0; i < sizeof groups / sizeof *groups && !json_is_object(value); i++)
        value = json_object_get(*groups[i] ? json_object_get(root, groups[i]) : root, "tokenizer");
    if (!json_is_object(value) || model->system != &GPT)
        return true;
    const char *said = json_string_value(json_object_get(value, "bpe")), *slash = strrchr(path, '/');
    if (!said || !*said || json_object_size(value) != 1)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model \"%s\": \"tokenizer\" must be one of words | characters | {\"bpe\": DIR}", path);
    int length = snprintf(folder, sizeof folder, "%.*s%s", *said == '/' || !slash ? 0 : (int)(slash - path + 1), path,
                          said);
    if (length >= (int)sizeof folder)
        return error_set(error, EXIT_USED_WRONGLY, "model \"%s\": the path of the \"tokenizer\" is too long", path);
    return tokenizer_key_open(folder, NULL, model, error);
}

void tokenizer_key_write(const Model *model, Text *out)
{
    const Gpt *gpt = model->settings;
    text_add(out, "{\"bpe\": ");
    text_json_string(out, gpt->bpe_folder ? gpt->bpe_folder : "");
    text_add(out, "}");
}
