/* GPT-2's regular expression, by hand; see pretokens.h. The alternatives in their order:
 *   a short form of English ('s, 't, 're ...); a run of letters, of numbers or of others, with one plain blank before
 *   it; a run of blanks, which leaves its last one to what follows; blanks. */
#include "pretokens.h"

#include "unicode.h"
#include "utf8.h"

#include <string.h>

const char *const PATTERNS[] = {"gpt2", "none", NULL};

/* The class of the character at text and how many bytes it has. */
static CharacterClass read_character(const char *text, size_t left, size_t *bytes)
{
    unsigned point = 0;
    int length = *text ? utf8_decode(text, &point) : 1;
    if (length == 0 || (size_t)length > left) {
        *bytes = 1;
        return CHARACTER_OTHER;
    }
    *bytes = (size_t)length;
    return character_class(point);
}

static size_t short_form(const char *text, size_t length)
{
    static const char *const forms[] = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strlen(forms[i]) <= length && memcmp(text, forms[i], strlen(forms[i])) == 0)
            return strlen(forms[i]);
    return 0;
}

/* Characters of one class from `at` on; *last is where the last of them begins. Returns where they end. */
static size_t run_end(const char *text, size_t length, size_t at, CharacterClass class, size_t *last)
{
    size_t bytes;
    while (at < length && read_character(text + at, length - at, &bytes) == class) {
        *last = at;
        at += bytes;
    }
    return at;
}

size_t pretoken_length(const char *text, size_t length, Pattern pattern)
{
    if (length == 0 || pattern == PATTERN_NONE)
        return length;
    size_t bytes, last = 0, shortened = short_form(text, length);
    if (shortened)
        return shortened;
    size_t blank = *text == ' ' && length > 1;
    CharacterClass class = read_character(text + blank, length - blank, &bytes);
    if (class != CHARACTER_BLANK)
        return run_end(text, length, blank, class, &last);
    size_t end = run_end(text, length, 0, CHARACTER_BLANK, &last);
    return end < length && last > 0 ? last : end;
}
