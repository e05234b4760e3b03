/* Growing text and numbers as text; see text.h. */
#include "text.h"

#include "tiny_model/tokenizer/tokenizer.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static bool make_room(Text *text, size_t more)
{
    if (text->failed)
        return false;
    if (text->length + more + 1 <= text->capacity)
        return true;
    size_t capacity = text->capacity ? text->capacity : 256;
    while (capacity < text->length + more + 1)
        capacity *= 2;
    char *moved = realloc(text->data, capacity);
    if (!moved) {
        text->failed = true;
        return false;
    }
    text->data = moved;
    text->capacity = capacity;
    return true;
}

void text_put(Text *text, const char *bytes, size_t length)
{
    if (!make_room(text, length))
        return;
    memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_add(Text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length >= 0 && make_room(text, (size_t)length)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

const char *text_piece(Text *whole, const Text *piece)
{
    whole->failed = whole->failed || piece->failed;
    return piece->data ? piece->data : "";
}

void text_free(Text *text)
{
    free(text->data);
    *text = (Text){0};
}

static bool special_number(char *out, double number)
{
    if (isfinite(number))
        return false;
    strcpy(out, isnan(number) ? "nan" : number > 0 ? "inf" : "-inf");
    return true;
}

char *number_text(char *out, double number, int digits)
{
    if (special_number(out, number))
        return out;
    double size = fabs(number);
    bool hidden = size > 0 && size < 0.5 * pow(10, -digits);
    if (hidden || size >= 1e6)
        snprintf(out, NUMBER_SIZE, "%.*e", digits > 2 ? 2 : digits, number);
    else
        snprintf(out, NUMBER_SIZE, "%.*f", digits, number == 0 ? 0.0 : number);
    return out;
}

char *number_signed(char *out, double number, int digits)
{
    number_text(out, number, digits);
    if (*out != '-' && !isnan(number)) {
        memmove(out + 1, out, strlen(out) + 1);
        *out = '+';
    }
    return out;
}

char *number_exact(char *out, double number)
{
    if (special_number(out, number))
        return out;
    int fewest = fabs(number) < DBL_MIN ? 1 : 15; /* a normal double keeps any 15 digits */
    for (int digits = fewest; digits <= 17; digits++) {
        snprintf(out, NUMBER_SIZE, "%.*g", digits, number);
        if (strtod(out, NULL) == number)
            break;
    }
    return out;
}

char *number_json(char *out, double number)
{
    number_exact(out, number);
    if (!isfinite(number)) {
        size_t length = strlen(out);
        memmove(out + 1, out, length);
        out[0] = out[length + 1] = '"';
        out[length + 2] = '\0';
    }
    return out;
}

void text_json_string(Text *text, const char *string)
{
    text_put(text, "\"", 1);
    for (; *string; string++) {
        unsigned char c = (unsigned char)*string;
        if (c == '"' || c == '\\')
            text_add(text, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            text_add(text, "\\u%04x", c);
        else
            text_put(text, string, 1);
    }
    text_put(text, "\"", 1);
}

int text_width(const char *text)
{
    int width = 0;
    unsigned point;
    while (*text) {
        int length = utf8_decode(text, &point);
        int columns = length ? wcwidth((wchar_t)point) : 1;
        width += columns > 0 ? columns : 0;
        text += length ? length : 1;
    }
    return width;
}

/* What a terminal would obey, or what would be there unseen: controls, marks of direction. */
static bool is_invisible(unsigned point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0xad || (point >= 0x200b && point <= 0x200f) ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
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

/* Writes the first character of text as it can be shown into out[VISIBLE]; returns its bytes in text. */
enum { VISIBLE = 12 };
static int visible(char *out, const char *text)
{
    unsigned point = (unsigned char)*text;
    int bytes = utf8_decode(text, &point);
    if (bytes == 0 || is_invisible(point))
        snprintf(out, VISIBLE, point < 0x100 ? "\\x%02x" : "\\u%04x", point);
    else
        snprintf(out, VISIBLE, "%.*s", bytes, text);
    return bytes ? bytes : 1;
}

void text_add_visible(Text *text, const char *string)
{
    char character[VISIBLE];
    while (*string) {
        int bytes = visible(character, string);
        text_add(text, "%s", *string == '\n' ? "\n" : character);
        string += bytes;
    }
}

char *token_visible(char *out, size_t size, const char *token)
{
    char character[VISIBLE];
    size_t length = strlen(token), used = 0;
    bool quote = length == 0 || token[0] == ' ' || token[length - 1] == ' ';
    const char *mark = quote ? "\"" : "";
    used += (size_t)snprintf(out, size, "%s", mark);
    while (*token && used + 12 < size) {
        token += visible(character, token);
        used += (size_t)snprintf(out + used, size - used, "%s", character);
    }
    snprintf(out + used, size - used, "%s", mark);
    return out;
}

bool text_begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

bool text_ends(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

bool parse_integer(const char *text, long least, long most, long *number)
{
    char *end;
    errno = 0;
    *number = strtol(text, &end, 10);
    bool digits = *text >= '0' && *text <= '9';
    bool negative = *text == '-' && text[1] >= '0' && text[1] <= '9';
    return (digits || negative) && errno == 0 && *end == '\0' && *number >= least && *number <= most;
}

bool parse_number(const char *text, double *number)
{
    char *end;
    *number = strtod(text, &end);
    /* strtod takes more than people mean by a number: blanks, hexadecimal, "infinity". */
    bool decimal = text[strspn(text, "0123456789+-.eE")] == '\0'; /* no blanks, no 0x10 */
    return decimal && end != text && *end == '\0' && isfinite(*number);
}
