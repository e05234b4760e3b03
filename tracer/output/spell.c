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
    *out = *session;
    if (session->options.text && !(out->options.text = spell_text(session->options.text, arena)))
        return error_memory(error);
    out->names.spell = spell_text;
    out->names.letters = arena;
    out->names.unknown_letter = is_spelled;
    return true;
}
