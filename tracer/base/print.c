/* The way to the terminal; see print.h. */
#include "print.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What stands between the % of a format and its letter. A list of arguments can only be handed on within a struct. */
typedef struct {
    char flags[8], size;
    int width, precision;   /* -1: none */
} Directive;

typedef struct {
    va_list list;
} Given;

/* A number of the format, or the next argument where a * stands. */
static int take_count(const char **format, Given *given)
{
    int count = 0;
    if (**format == '*') {
        (*format)++;
        return va_arg(given->list, int);
    }
    for (; **format >= '0' && **format <= '9'; (*format)++)
        count = count * 10 + **format - '0';
    return count;
}

static Directive take_directive(const char **format, Given *given)
{
    Directive read = {.precision = -1};
    size_t flags = strspn(*format, "-+ 0");
    CHECK(flags < sizeof read.flags, "a format has too many flags");
    memcpy(read.flags, *format, flags);
    *format += flags;
    read.width = take_count(format, given);
    if (**format == '.') {
        (*format)++;
        read.precision = take_count(format, given);
    }
    if (**format == 'l' || **format == 'z')
        read.size = *(*format)++;
    return read;
}

static void pad(Text *out, int columns)
{
    for (int i = 0; i < columns; i++)
        text_put(out, " ", 1);
}

static void add_string(Text *out, const Directive *how, const char *string)
{
    Text piece = {0};
    text_add_name(&piece, string, how->precision < 0 ? SIZE_MAX : (size_t)how->precision);
    const char *shown = text_piece(out, &piece);
    int missing = how->width - text_width(shown);
    bool left = strchr(how->flags, '-') != NULL;
    pad(out, left ? 0 : missing);
    text_put(out, shown, piece.length);
    pad(out, left ? missing : 0);
    text_free(&piece);
}

static intmax_t take_signed(char size, Given *given)
{
    return size == 'l'   ? va_arg(given->list, long)
           : size == 'z' ? va_arg(given->list, ptrdiff_t)
                         : va_arg(given->list, int);
}

static uintmax_t take_unsigned(char size, Given *given)
{
    return size == 'l'   ? va_arg(given->list, unsigned long)
           : size == 'z' ? va_arg(given->list, size_t)
                         : va_arg(given->list, unsigned);
}

static void add_number(Text *out, const Directive *how, char letter, Given *given)
{
    char spec[24];
    bool whole = strchr("diux", letter) != NULL;
    snprintf(spec, sizeof spec, "%%%s*.*%s%c", how->flags, whole ? "j" : "", letter);
    if (letter == 'd' || letter == 'i')
        text_add(out, spec, how->width, how->precision, take_signed(how->size, given));
    else if (whole)
        text_add(out, spec, how->width, how->precision, take_unsigned(how->size, given));
    else
        text_add(out, spec, how->width, how->precision, va_arg(given->list, double));
}

static void add_formatted(Text *out, const char *format, Given *given)
{
    while (*format) {
        size_t plain = strcspn(format, "%");
        text_put(out, format, plain);
        format += plain;
        if (*format == '\0')
            return;
        format++;
        Directive how = take_directive(&format, given);
        char letter = *format++;
        CHECK(letter && strchr("%csdiuxefg", letter), "print knows no conversion %c", letter);
        if (letter == '%')
            text_put(out, "%", 1);
        else if (letter == 's')
            add_string(out, &how, va_arg(given->list, const char *));
        else if (letter == 'c')
            add_string(out, &how, (char[]){(char)va_arg(given->list, int), '\0'});
        else
            add_number(out, &how, letter, given);
    }
}

/* There was no memory for a line: what goes on without it must not look whole, so the stream ends here, and
 * stdout_finish finds that it has failed. */
static void lose(FILE *stream)
{
    fflush(stream);
    close(fileno(stream));
    fputc('\n', stream);
    fflush(stream);
}

static void put_or_lose(const Text *line, FILE *to)
{
    if (line->failed)
        lose(to);
    else if (line->data)
        fputs(line->data, to);
}

static void put_formatted(FILE *to, const char *format, Given *given)
{
    Text line = {0};
    add_formatted(&line, format, given);
    put_or_lose(&line, to);
    text_free(&line);
}

void print(const char *format, ...)
{
    Given given;
    va_start(given.list, format);
    put_formatted(stdout, format, &given);
    va_end(given.list);
}

void print_error(const char *format, ...)
{
    Given given;
    va_start(given.list, format);
    put_formatted(stderr, format, &given);
    va_end(given.list);
}

bool print_bytes(const Text *text, Error *error)
{
    if (text->failed)
        return error_memory(error);
    return fwrite(text->data ? text->data : "", 1, text->length, stdout) == text->length;
}

bool print_text(const Text *text, Error *error)
{
    Text shown = {0};
    shown.failed = text->failed;
    text_add_visible(&shown, text->data ? text->data : "");
    bool whole = print_bytes(&shown, error);
    text_free(&shown);
    return whole;
}

void print_lines(const char *lines)
{
    Text shown = {0};
    text_add_visible(&shown, lines);
    put_or_lose(&shown, stdout);
    text_free(&shown);
}

/* That there is no memory must be said without any: then only what is plain in every terminal is. */
void complain(const char *message)
{
    Text line = {0};
    text_add(&line, "tracer: ");
    text_add_name(&line, message, SIZE_MAX);
    text_add(&line, "\n");
    if (!line.failed) {
        fputs(line.data, stderr);
    } else {
        fputs("tracer: ", stderr);
        for (const char *c = message; *c; c++)
            fputc(*c >= ' ' && *c <= '~' ? *c : '?', stderr);
        fputc('\n', stderr);
    }
    text_free(&line);
}
