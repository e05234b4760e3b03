/* Ours or not, by the form; see ours.h. */
#include "ours.h"

#include "tracer/base/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const WORDS[] = {"table", "latex", "figure", "run", "tokens"};

static bool begins_with_word(const char *inner)
{
    size_t length = strcspn(inner, " ");
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (length == strlen(WORDS[i]) && strncmp(inner, WORDS[i], length) == 0)
            return inner[length] == ' ' || strcmp(inner, "run") == 0;
    return false;
}

/* Letters, digits, _ and dots, beginning with a letter. */
static size_t name_length(const char *inner)
{
    size_t length = 0;
    while (isalnum((unsigned char)inner[length]) || (inner[length] && strchr("_.", inner[length])))
        length++;
    return isalpha((unsigned char)*inner) ? length : 0;
}

/* Whether the run has a value of this name, or one for which it may be a slip. */
static bool is_known(Filling *filling, const char *name, Error *error)
{
    Nearest nearest = {0};
    if (!need_session(filling, error))
        return true;
    const Names *names = &filling->session.names;
    if (name_find(names, name) >= 0)
        return true;
    for (int i = 0; i < names->count && nearest.count == 0; i++)
        nearest_offer(&nearest, name, name_of(names, i));
    return nearest.count > 0;
}

Ours reference_is_ours(Filling *filling, const char *inner, Error *error)
{
    char name[MOST_REFERENCE];
    if (*inner == ' ' || *inner == '\t')
        return strncmp(inner + strspn(inner, " \t"), "run --", strlen("run --")) == 0 ? OURS : OURS_IF_RIGHT;
    if (begins_with_word(inner))
        return OURS;
    size_t length = name_length(inner);
    const char *rest = inner + length;
    if (length == 0 || length >= sizeof name)
        return OURS_NOT;
    snprintf(name, sizeof name, "%.*s", (int)length, inner);
    const char *comma = *rest == '[' ? strchr(rest, ',') : NULL;
    if ((comma && strchr(comma, ']')) || text_begins(rest, " %"))
        return OURS;
    if (*rest && !text_begins(rest, " - ") && !text_begins(rest, " / "))
        return OURS_NOT;
    if (is_known(filling, name, error))
        return OURS;
    return *rest || filling->in_math || filling->form->is_tex || strchr(name, '.') ? OURS_NOT : OURS;
}
