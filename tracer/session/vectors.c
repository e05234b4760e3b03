/* Vectors of a model, and of text files; see vectors.h. */
#include "vectors.h"

#include "tiny_model/primitive.h"
#include "tracer/base/files.h"
#include "tracer/base/nearest.h"
#include "tracer/base/print.h"
#include "tracer/base/progress.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_VECTORS = 10000000, LONGEST_NUMBER = 40 };

/* --- a file --- */

/* A file being read, line by line. */
typedef struct {
    const char *path;
    Vectors *vectors;
    int line;
    int capacity;
    long said;          /* rows that the first line says; 0: it says nothing */
} Reading;

/* Digits and a power of ten that a double holds exactly make the nearest double with one operation (Clinger 1990);
 * strtod, which is ten times slower, for the others.
 *   returns  where the number ends, NULL if there is none */
static const char *read_number(const char *at, double *number)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const char *begin = at;
    bool negative = *at == '-';
    unsigned long long digits = 0;
    int count = 0, exponent = 0;
    at += *at == '-' || *at == '+';
    for (; *at >= '0' && *at <= '9' && count < 19; at++, count++)
        digits = digits * 10 + (unsigned)(*at - '0');
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9' && count < 19; at++, count++, exponent--)
            digits = digits * 10 + (unsigned)(*at - '0');
    bool plain = count > 0 && count < 19 && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\0' || *at == '\t');
    if (plain && digits <= 1ull << 53 && exponent >= -22) {
        *number = (double)digits / tens[-exponent] * (negative ? -1 : 1);
        return at;
    }
    char *end;
    if (!isdigit((unsigned char)begin[strspn(begin, "+-.")]))
        return NULL;
    *number = strtod(begin, &end);
    return end > begin && isfinite(*number) ? end : NULL;
}

static bool wrong_line(const Reading *reading, const char *what, Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY, "\"%s\", line %d: %s", reading->path, reading->line, what);
}

static int fields_in(const char *line)
{
    int count = 0;
    for (; *(line += strspn(line, " \t\r\n")); line += strcspn(line, " \t\r\n"))
        count++;
    return count;
}

/* One more row fits. */
static bool make_room(Reading *reading, Error *error)
{
    Vectors *vectors = reading->vectors;
    if (vectors->count < reading->capacity)
        return true;
    int more = reading->capacity ? 2 * reading->capacity : reading->said > 0 ? (int)reading->said : 1024;
    double *numbers = realloc(vectors->numbers, (size_t)more * (size_t)vectors->width * sizeof *numbers);
    vectors->numbers = numbers ? numbers : vectors->numbers;
    char **owned = numbers ? realloc(vectors->owned, (size_t)more * sizeof *owned) : NULL;
    vectors->owned = owned ? owned : vectors->owned;
    reading->capacity = owned ? more : reading->capacity;
    return owned || error_memory(error);
}

static bool ragged(const Reading *reading, const char *word, int count, Error *error)
{
    char what[160];
    snprintf(what, sizeof what, "the row of \"%.40s\" has %d number%s, those before have %d", word, count,
             count == 1 ? "" : "s", reading->vectors->width);
    return wrong_line(reading, what, error);
}

static bool take_numbers(const Reading *reading, const char *word, const char *at, Error *error)
{
    const Vectors *vectors = reading->vectors;
    double *row = vectors->numbers + (size_t)vectors->count * (size_t)vectors->width;
    for (int c = 0; c < vectors->width; c++) {
        while (*at == ' ' || *at == '\t')
            at++;
        if (*at == '\0' || *at == '\n' || *at == '\r')
            return ragged(reading, word, c, error);
        const char *end = read_number(at, &row[c]);
        if (!end || !strchr(" \t\r\n", *end)) {
            char what[160];
            snprintf(what, sizeof what, "\"%.*s\" behind \"%.40s\" is no number", (int)strcspn(at, " \t\r\n") % 40, at,
                     word);
            return wrong_line(reading, what, error);
        }
        at = end;
    }
    int more = fields_in(at);
    return more == 0 || ragged(reading, word, vectors->width + more, error);
}

static bool take_row(Reading *reading, const char *line, Error *error)
{
    Vectors *vectors = reading->vectors;
    if (vectors->width == 0)
        vectors->width = fields_in(line) - 1;
    if (vectors->width < 1)
        return wrong_line(reading, "a row is a word and its numbers, with blanks between them", error);
    if (vectors->count == MOST_VECTORS)
        return wrong_line(reading, "there are more than ten million rows", error);
    if (!make_room(reading, error))
        return false;
    line += strspn(line, " \t");
    size_t length = strcspn(line, " \t\r\n");
    char *word = arena_alloc(&vectors->arena, length + 1);
    if (!word)
        return error_memory(error);
    memcpy(word, line, length);
    word[length] = '\0';
    vectors->owned[vectors->count] = word;
    return take_numbers(reading, word, line + length, error) && ++vectors->count;
}

/* "400000 50": how many rows follow, and how long they are. */
static bool is_heading(const char *line, long *rows, long *width)
{
    char *end;
    if (fields_in(line) != 2 || !isdigit((unsigned char)*line))
        return false;
    *rows = strtol(line, &end, 10);
    if (*end != ' ' && *end != '\t')
        return false;
    *width = strtol(end, &end, 10);
    return end[strspn(end, " \t\r\n")] == '\0' && *rows > 0 && *rows <= MOST_VECTORS && *width > 0 &&
           *width <= MOST_WIDTH;
}

static bool read_lines(Reading *reading, FILE *file, Error *error)
{
    Vectors *vectors = reading->vectors;
    Progress progress = progress_begin("vectors");
    char *line = NULL;
    size_t room = 0;
    struct stat about;
    long long size = fstat(fileno(file), &about) == 0 ? (long long)about.st_size : 0, read = 0;
    bool whole = true;
    for (long length; whole && (length = getline(&line, &room, file)) >= 0; read += length) {
        long width;
        reading->line++;
        if (strlen(line) != (size_t)length)
            whole = wrong_line(reading, "there is a NUL; this is no text", error);
        else if (reading->line == 1 && is_heading(line, &reading->said, &width))
            vectors->width = (int)width;
        else if (line[strspn(line, " \t\r\n")])
            whole = take_row(reading, line, error);
        if (reading->line % 1024 == 0 && size > 1000)
            progress_show(&progress, (int)(read / 1000), (int)(size / 1000));
    }
    free(line);
    progress_end(&progress);
    return whole;
}

bool vectors_read(Vectors *vectors, const char *path, Error *error)
{
    *vectors = (Vectors){0};
    Reading reading = {.path = path, .vectors = vectors};
    FILE *file = fopen(path, "r");
    if (!file)
        return error_set(error, EXIT_INPUT_OUTPUT, "cannot read \"%s\": %s", path, strerror(errno));
    bool whole = read_lines(&reading, file, error);
    if (whole && ferror(file))
        whole = error_set(error, EXIT_INPUT_OUTPUT, "cannot read \"%s\": %s", path, strerror(errno));
    fclose(file);
    if (whole && vectors->count == 0)
        whole = error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no vectors; a line is a word and its numbers", path);
    if (whole && reading.said && reading.said != vectors->count)
        whole = error_set(error, EXIT_USED_WRONGLY, "\"%s\" says that it has %ld vectors, and has %d", path,
                          reading.said, vectors->count);
    vectors->words = (const char *const *)vectors->owned;
    if (!whole)
        vectors_close(vectors);
    return whole;
}

bool vectors_text(const Vectors *vectors, Text *out, Error *error)
{
    char number[NUMBER_SIZE];
    text_add(out, "%d %d\n", vectors->count, vectors->width);
    for (int i = 0; i < vectors->count; i++) {
        if (!*vectors->words[i] || strpbrk(vectors->words[i], " \t\r\n"))
            return error_set(error, EXIT_USED_WRONGLY,
                             "the token \"%.60s\" has a blank in it, or is one; in this form a blank ends a word",
                             vectors->words[i]);
        text_put(out, vectors->words[i], strlen(vectors->words[i]));
        const double *row = vectors->numbers + (size_t)i * (size_t)vectors->width;
        for (int c = 0; c < vectors->width; c++)
            text_add(out, " %s", number_exact(number, row[c]));
        text_add(out, "\n");
    }
    return !out->failed || error_memory(error);
}

/* --- a model --- */

/* The first parameter whose rows have names: -1. */
static int named_table(const Tape *tape)
{
    for (int id = 0; id < tape->value_count; id++)
        if (tape_value(tape, id)->kind == KIND_PARAMETER && tape_rows(tape, id)->labels)
            return id;
    return -1;
}

bool vectors_of(Vectors *vectors, const Tape *tape, const char *model, Error *error)
{
    int table = named_table(tape);
    *vectors = (Vectors){0};
    if (table < 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%s\" has no table of vectors with names; tracer models lists those of words", model);
    const Value *value = tape_value(tape, table);
    vectors->count = value->rows;
    vectors->width = value->cols;
    vectors->numbers = value->data;
    vectors->words = tape_rows(tape, table)->labels;
    return true;
}

static bool open_model(Vectors *vectors, const RunOptions *options, Error *error)
{
    Session *session = &vectors->session;
    RunOptions chosen = *options;
    if (!options->model && !options->from && !options->folder)
        chosen.model = "people";
    if (!session_load(session, &chosen, error))
        return false;
    if (!chosen.step_given && !chosen.weights && !chosen.from && !chosen.folder)
        session->options.step = session->model.training.steps;
    if (!session_record(session, error))
        return false;
    Session opened = *session;
    bool whole = vectors_of(vectors, &opened.run.tape, opened.model.name, error);
    vectors->session = opened;
    vectors->of_model = true;
    return whole;
}

bool vectors_open(Vectors *vectors, const RunOptions *options, const char *file, Error *error)
{
    *vectors = (Vectors){0};
    if (file && session_chosen(options))
        return error_set(error, EXIT_USED_WRONGLY,
                         "--vectors brings vectors, and the options that choose a run others; give one of them");
    if (file ? vectors_read(vectors, file, error) : open_model(vectors, options, error))
        return true;
    vectors_close(vectors);
    return false;
}

void vectors_close(Vectors *vectors)
{
    if (vectors->of_model)
        session_close(&vectors->session);
    else
        free(vectors->numbers);
    free(vectors->owned);
    arena_free(&vectors->arena);
    *vectors = (Vectors){0};
}

static int exactly(const Vectors *vectors, const char *word)
{
    for (int i = 0; i < vectors->count; i++)
        if (strcmp(vectors->words[i], word) == 0)
            return i;
    return -1;
}

int vectors_find(const Vectors *vectors, const char *word, Error *error)
{
    char small[200];
    int found = exactly(vectors, word);
    if (found >= 0)
        return found;
    snprintf(small, sizeof small, "%s", word);
    for (char *c = small; *c; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 'a' - 'A') : *c;
    if ((found = exactly(vectors, small)) >= 0)
        return found;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int i = 0; i < vectors->count; i++)
        nearest_offer(&nearest, small, vectors->words[i]);
    error_set(error, EXIT_USED_WRONGLY, "there is no vector of \"%.100s\"; %s", word,
              nearest_text(&nearest, answer, "it does not stand in the text that was learned from"));
    return -1;
}
