/* Growing text and numbers as text; see text.h. */
#include "text.h"

#include "tiny_model/tokenizer/tokenizer.h"
#include "tiny_model/visible.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

char *number_powered(char *out, double number, int digits)
{
    if (number == 0)
        strcpy(out, "+0");
    else if (!special_number(out, number))
        snprintf(out, NUMBER_SIZE, "%+.*e", digits, number);
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

/* As UTF-16 spells it: two numbers beyond the first 65536 characters. */
static void add_json_point(Text *text, unsigned point)
{
    if (point < 0x10000)
        text_add(text, "\\u%04x", point);
    else
        text_add(text, "\\u%04x\\u%04x", 0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
}

void text_json_string(Text *text, const char *string)
{
    text_put(text, "\"", 1);
    while (*string) {
        unsigned point;
        int bytes = utf8_decode(string, &point);
        if (*string == '"' || *string == '\\')
            text_add(text, "\\%c", *string);
        else if (!bytes || is_invisible(point))
            add_json_point(text, bytes ? point : 0xfffd);
        else
            text_put(text, string, (size_t)bytes);
        string += bytes ? bytes : 1;
    }
    text_put(text, "\"", 1);
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
