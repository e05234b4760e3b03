/* Taking out what was filled; see bare.h. */
#include "bare.h"

#include <stdlib.h>
#include <string.h>

size_t behind_reference(const Form *form, const char *text)
{
    if (!form->is_tex)
        return 0;
    size_t blanks = strspn(text, " \t\r");
    return blanks + (text[blanks] == '\n');
}

bool is_formula(const char *reference)
{
    return *reference == '$' || *reference == '\\';
}

/* Where one reference and what it made stand. */
typedef struct {
    const char *reference, *reference_end, *old, *old_end, *end;
} Place;

/* The end of a line that a text begins with, also as Windows has it: its bytes, 0 if there is none. */
static size_t line_end(const char *text)
{
    size_t returned = *text == '\r';
    return text[returned] == '\n' ? returned + 1 : 0;
}

/* Behind the sign that ends a reference; in TeX the line ends with it, or the reference would be no comment. */
static const char *find_opened(const Form *form, const char *reference, const char **end)
{
    for (*end = reference; (*end = strstr(*end, "}}")) != NULL; ++*end) {
        if (!form->is_tex && text_begins(*end, form->opened))
            return *end + strlen(form->opened);
        if (form->is_tex && line_end(*end + 2))
            return *end + 2 + line_end(*end + 2);
    }
    return NULL;
}

/* The place that opens at `at`; false if what opens there never closes. */
static bool find_place(const Form *form, const char *at, Place *place)
{
    place->reference = at + strlen(form->opening);
    place->old = find_opened(form, place->reference, &place->reference_end);
    if (!place->old)
        return false;
    place->old_end = strstr(place->old, form->closing);
    /* The closing mark of TeX begins as an opening one does. */
    const char *next = place->old_end ? strstr(place->reference, form->opening) : NULL;
    if (!place->old_end || (next && next < place->old_end))
        return false;
    place->end = place->old_end + strlen(form->closing);
    if (form->is_tex) {
        if (*place->end && !line_end(place->end))
            return false;
        /* An empty line behind the mark was written by hand: it still ends a paragraph. */
        const char *behind = place->end + line_end(place->end);
        bool empty = place->old_end[-1] != '\n' && behind[strspn(behind, " \t\r")] == '\n';
        place->end = empty ? place->end : behind;
    }
    return true;
}

static bool opens(const Form *form, const char *source, const char *at)
{
    return text_begins(at, form->opening) && (at == source || at[-1] != '\\') && !text_begins(at, form->closing);
}

/* Blanks and the end of the line that stand between what was made and the closing mark. */
static size_t blanks_before(const Form *form, const Place *place)
{
    size_t count = 0;
    if (!form->is_tex)
        return 0;
    const char *end = place->old_end;
    if (end > place->old && end[-1] == '\n')
        count++;
    while (end - count > place->old && strchr(" \t\r", end[-(long)count - 1]))
        count++;
    return count;
}

static Filled *add_filled(Bare *bare)
{
    if (bare->count == bare->capacity) {
        int capacity = bare->capacity ? 2 * bare->capacity : 32;
        Filled *more = realloc(bare->filled, (size_t)capacity * sizeof *more);
        if (!more)
            return NULL;
        bare->filled = more;
        bare->capacity = capacity;
    }
    return &bare->filled[bare->count++];
}

static bool take_out(const Form *form, Bare *bare, const char *from, const Place *place)
{
    Filled *filled = add_filled(bare);
    if (!filled)
        return false;
    size_t length = (size_t)(place->reference_end - place->reference), behind = blanks_before(form, place);
    bool formula = form->notes_formulas && is_formula(place->reference);
    *filled = (Filled){.at = bare->text.length, .behind = behind, .from = (size_t)(from - bare->source),
                       .to = (size_t)(place->end - bare->source), .old = (size_t)(place->old - bare->source),
                       .old_length = (size_t)(place->old_end - place->old) - behind};
    text_add(&bare->text, "%s", formula ? "" : "{{");
    text_put(&bare->text, place->reference, length);
    text_add(&bare->text, "%s", formula ? "" : "}}");
    filled->length = bare->text.length - filled->at;
    text_put(&bare->text, place->old_end - behind, behind);
    return true;
}

bool bare_of(const Form *form, const char *source, Bare *bare, Error *error)
{
    *bare = (Bare){.source = source};
    for (const char *at = source; *at;) {
        Place place;
        const char *next = at + 1;
        if (opens(form, source, at) && find_place(form, at, &place)) {
            if (!take_out(form, bare, at, &place))
                return error_memory(error);
            next = place.end;
        } else {
            next = at + 1 + strcspn(at + 1, (const char[]){form->opening[0], '\0'});
            text_put(&bare->text, at, (size_t)(next - at));
        }
        at = next;
    }
    text_put(&bare->text, "", 0);
    return !bare->text.failed || error_memory(error);
}

void bare_free(Bare *bare)
{
    text_free(&bare->text);
    free(bare->filled);
    *bare = (Bare){0};
}
