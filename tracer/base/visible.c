/* Text from outside, made visible; see text.h. */
#include "text.h"

#include "tiny_model/tokenizer/tokenizer.h"
#include "tiny_model/visible.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

void text_add_visible(Text *text, const char *string)
{
    char character[VISIBLE];
    while (*string) {
        int bytes = character_visible(character, string);
        bool lays_out = *string == '\n' || *string == '\t';
        text_put(text, lays_out ? string : character, lays_out ? 1 : strlen(character));
        string += bytes;
    }
}

void text_add_name(Text *text, const char *name, size_t most)
{
    char character[VISIBLE];
    while (most && *name) {
        size_t bytes = (size_t)character_visible(character, name);
        if (bytes > most)
            return;
        text_add(text, "%s", character);
        name += bytes;
        most -= bytes;
    }
}

char *token_visible(char *out, size_t size, const char *token)
{
    char character[VISIBLE];
    size_t length = strlen(token), used = 0;
    bool quote = length == 0 || token[0] == ' ' || token[length - 1] == ' ';
    const char *mark = quote ? "\"" : "";
    used += (size_t)snprintf(out, size, "%s", mark);
    while (*token && used + VISIBLE < size) {
        token += character_visible(character, token);
        used += (size_t)snprintf(out + used, size - used, "%s", character);
    }
    snprintf(out + used, size - used, "%s", mark);
    return out;
}

int text_width(const char *text)
{
    char character[VISIBLE];
    int width = 0;
    while (*text) {
        unsigned point;
        int bytes = utf8_decode(text, &point);
        if (bytes == 1 && point >= 0x20 && point < 0x7f) { /* most is ASCII, and wcwidth asks the locale */
            width++;
            text++;
        } else if (bytes && !is_invisible(point)) {
            int columns = wcwidth((wchar_t)point);
            width += columns > 0 ? columns : 0;
            text += bytes;
        } else {
            text += character_visible(character, text);
            width += (int)strlen(character);
        }
    }
    return width;
}

/* Whether bytes can stand in a text as they are. */
static bool is_plain_text(const char *text)
{
    unsigned point;
    for (int bytes; *text; text += bytes)
        if (!(bytes = utf8_decode(text, &point)) || is_invisible(point))
            return false;
    return true;
}

void text_shell_word(Text *text, const char *word)
{
    bool plain = is_plain_text(word);
    if (plain && *word && !strpbrk(word, " \t\n'\"\\$&|;<>()[]*?!#~`{}")) {
        text_add(text, " %s", word);
        return;
    }
    text_add(text, plain ? " '" : " $'");
    for (; *word; word++) {
        unsigned char c = (unsigned char)*word;
        if (plain)
            text_add(text, c == '\'' ? "'\\%c'" : "%c", c);
        else
            text_add(text, c < 0x20 || c > 0x7e || c == '\'' || c == '\\' ? "\\x%02x" : "%c", c);
    }
    text_add(text, "'");
}
