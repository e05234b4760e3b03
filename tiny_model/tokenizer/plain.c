/* Plain words; see plain.h. */
#include "plain.h"

#include <string.h>

static bool is_mark(char c)
{
    return c && strchr(".,;:!?\"'()[]{}<>*_-", c);
}

static size_t tidy(const char *from, const char *to, char word[PLAIN_WORD + 1])
{
    while (from < to && is_mark(*from))
        from++;
    while (to > from && is_mark(to[-1]))
        to--;
    size_t length = (size_t)(to - from) < PLAIN_WORD ? (size_t)(to - from) : PLAIN_WORD;
    for (size_t i = 0; i < length; i++)
        word[i] = from[i] >= 'A' && from[i] <= 'Z' ? (char)(from[i] + 'a' - 'A') : from[i];
    word[length] = '\0';
    return length;
}

const char *plain_word(const char *text, char word[PLAIN_WORD + 1], bool *line)
{
    *line = false;
    for (;;) {
        for (; *text && strchr(" \t\r\n", *text); text++)
            *line |= *text == '\n';
        const char *end = text + strcspn(text, " \t\r\n");
        if (end == text)
            return NULL;
        if (tidy(text, end, word) > 0)
            return end;
        text = end;
    }
}

size_t plain_most(const char *text)
{
    size_t count = 1;
    for (; *text; text++)
        count += strchr(" \t\r\n", *text) != NULL;
    return count;
}
