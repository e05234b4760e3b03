/* Spelling what cannot be drawn; see spell.h. */
#include "spell.h"

#include "picture.h"

#include <string.h>

static bool is_ascii(const char *text)
{
    while (*text > 0)
        text++;
    return *text == '\0';
}

static bool is_spelled(const char *text)
{
    Text spelled = {0};
    bool is = !is_ascii(text) && picture_spell(text, &spelled);
    text_free(&spelled);
    return is;
}

const char *spell_text(const char *text, Arena *arena)
{
    Text spelled = {0};
    if (is_ascii(text) || (!picture_spell(text, &spelled) && !spelled.failed)) {
        text_free(&spelled);
        return text;
    }
    char *copy = spelled.failed ? NULL : arena_alloc(arena, spelled.length + 1);
    if (copy)
        memcpy(copy, spelled.data, spelled.length + 1);
    text_free(&spelled);
    return copy;
}

bool spell_session(const Session *session, Arena *arena, Session *out, Error *error)
{
    const Model *model = &session->model;
    const char **words = arena_alloc(arena, ((size_t)model->vocabulary_size + 1) * sizeof *words);
    bool whole = words != NULL;
    *out = *session;
    for (int i = 0; i < model->vocabulary_size && whole; i++)
        whole = (words[i] = spell_text(model->vocabulary[i], arena)) != NULL;
    if (session->options.text && whole)
        whole = (out->options.text = spell_text(session->options.text, arena)) != NULL;
    out->model.vocabulary = words;
    out->names.model = &out->model;
    out->names.unknown_letter = is_spelled;
    return whole || error_memory(error);
}
