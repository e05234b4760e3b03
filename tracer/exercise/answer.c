/* Numbers out of what people hand in; see answer.h. */
#include "answer.h"

#include "answer_words.h"
#include "tracer/base/files.h"
#include "tracer/base/unicode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What "row 1" is called by. */
typedef enum { ROWS_FROM_0, ROWS_FROM_1, ROWS_IN_ORDER, ROWS_WAYS } Rows;

/* How a file is read. Where the plain way does not make as many numbers as the sheet asks for, others are tried. */
typedef struct {
    Comma unclear;        /* what an unclear comma is; COMMA_UNCLEAR: the line is refused */
    Rows rows;
    bool header, index;   /* the first line, or the first number of each line, counts from 0: a table with its head */
} Manner;

typedef struct {
    const char *path;
    const Variant *variant;
    Answer *answer;
    Manner manner;
    bool *filled;         /* [cell_count] */
    int line, next;       /* the next cell to fill */
    int value;            /* the asked line that was named last */
    int number_lines;     /* lines with numbers so far */
    bool digits;          /* something was there that could have been a number */
    Error *error;
} Reading;

static bool refuse(const Reading *to, const char *what, const char *word)
{
    return error_set(to->error, EXIT_USED_WRONGLY, "%s:%d: %s \"%.60s\"", to->path, to->line, what, word);
}

void answer_code(const char *text, SheetCode *code)
{
    *code = (SheetCode){0};
    const char *at = strstr(text, "# code "), *student = strstr(text, "# student "),
               *course = strstr(text, "# course ");
    code->found = at && sscanf(at, "# code %d.%8x.%d%c", &code->exercise, &code->seed, &code->draw, &code->mark) >= 3;
    if (student)
        sscanf(student, "# student %63[^\r\n]", code->student);
    if (course)
        sscanf(course, "# course %63[^\r\n]", code->course);
}

static bool take_number(Reading *to, double number, const char *word)
{
    if (to->next >= to->variant->cell_count)
        return refuse(to, "more numbers than the sheet asks for; the first too many is", word);
    if (to->filled[to->next])
        return refuse(to, "a number for this place stands further up; the second is", word);
    to->filled[to->next] = true;
    to->answer->cells[to->next++] = number;
    to->answer->count++;
    return true;
}

/* The name of an asked value, or its last word where no other asked value ends with it. */
static bool is_called(const Exercise *exercise, int line, const char *name, size_t length)
{
    const char *asked = exercise->asked[line].name, *last = strrchr(asked, '.');
    if (strlen(asked) == length && strncmp(asked, name, length) == 0)
        return true;
    if (!last || strlen(last + 1) != length || strncmp(last + 1, name, length) != 0)
        return false;
    for (int other = 0; other < exercise->asked_count; other++) {
        const char *end = strrchr(exercise->asked[other].name, '.');
        if (strcmp(exercise->asked[other].name, asked) != 0 && end && strcmp(end, last) == 0)
            return false;
    }
    return true;
}

/* Goes to the first open cell of the value of that name; a value of which several rows are asked comes again. */
static bool go_to_value(Reading *to, const char *name, size_t length)
{
    const Exercise *exercise = to->variant->exercise;
    int count = to->variant->cell_count, from = to->next, found = -1;
    for (int i = 0; i < count && !exercise->choice; i++) {
        int cell = (from + i) % count;
        if (!is_called(exercise, to->variant->cells[cell].line, name, length))
            continue;
        found = found < 0 ? cell : found;
        if (!to->filled[cell]) {
            found = cell;
            break;
        }
    }
    if (found < 0)
        return false;
    to->next = found; /* where all are filled, the next number is refused */
    to->value = to->variant->cells[found].line;
    return true;
}

/* "answer NAME", or a line that begins with the name: what follows belongs to that value. Returns what is left of the
 * line, NULL and *error if nothing is called so. */
static char *take_heading(Reading *to, char *line)
{
    char *start = line + strspn(line, " \t\"");
    bool said = strncmp(start, "answer ", 7) == 0;
    char *name = said ? start + 7 + strspn(start + 7, " \t") : start;
    size_t length = strcspn(name, " \t:=,;\"\r");
    if (length > 0 && go_to_value(to, name, length))
        return name + length;
    if (!said)
        return line;
    if (to->variant->exercise->choice)
        return name + strlen(name);
    refuse(to, "nothing is asked that is called", name);
    return NULL;
}

/* "row 2 saw: ...": the cells of that row, of the value that was named last or, once it has them, of the next. */
static bool take_row(Reading *to, const char *line)
{
    int row, count = to->variant->cell_count, values = to->variant->exercise->asked_count;
    line += strspn(line, " \t\"");
    if (to->manner.rows == ROWS_IN_ORDER || sscanf(line, "row %d", &row) != 1 || !strchr(line, ':') ||
        to->variant->exercise->choice)
        return true;
    row -= to->manner.rows == ROWS_FROM_1;
    for (int i = 0; i < values; i++)
        for (int cell = 0; cell < count; cell++) {
            const AskedCell *asked = &to->variant->cells[cell];
            if (asked->line == (to->value + i) % values && asked->row == row && !to->filled[cell]) {
                to->next = cell;
                to->value = asked->line;
                return true;
            }
        }
    return refuse(to, "this row is not asked, or stands further up:", line);
}

static bool take_word(Reading *to, const char *word)
{
    double number;
    if (strcmp(word, "?") == 0) {
        to->answer->blanks++;
        return take_number(to, NAN, word);
    }
    if (word_number(word, &number)) {
        int decimals = word_decimals(word);
        to->answer->decimals = decimals > to->answer->decimals ? decimals : to->answer->decimals;
        return take_number(to, number, word);
    }
    /* What begins like a number is a typing error and not a label; nan is no answer to anything. */
    if (word_begins_a_number(word) || strcasecmp(word, "nan") == 0)
        return refuse(to, "this is no number:", word);
    to->digits = to->digits || strpbrk(word, "0123456789");
    return true; /* a label */
}

/* Whether the line is 0, 1, 2 ... and nothing else: the head of a table. */
static bool counts_up(const char *line)
{
    int expected = 0, length, number;
    while (sscanf(line, " %d%n", &number, &length) == 1 && number == expected) {
        expected++;
        line += length;
    }
    return expected > 1 && line[strspn(line, " \t")] == '\0';
}

/* The words of a line, from its first number on; the manner says what stands before them. */
static bool take_words(Reading *to, char *line)
{
    bool first = true;
    if (to->manner.header && to->number_lines == 0 && counts_up(line)) {
        to->manner.header = false;
        return true;
    }
    for (char *word = strtok(line, " \t;"); word; word = strtok(NULL, " \t;")) {
        double number;
        if (strlen(word) >= LONGEST_WORD)
            return refuse(to, "a word too long to be a number:", word);
        bool is_index = first && to->manner.index && word_number(word, &number);
        if (is_index && number != to->number_lines)
            return refuse(to, "this is not the number of the line:", word);
        if (!is_index && !take_word(to, word))
            return false;
        to->number_lines += first && word_number(word, &number);
        first = first && !word_number(word, &number);
    }
    return true;
}

static bool take_line(Reading *to, char *line)
{
    line[strcspn(line, "#")] = '\0';
    line = take_heading(to, line);
    if (!line || !take_row(to, line))
        return false;
    line_tidy(line);
    line_without_label(line);
    Comma comma = line_comma(line);
    if (comma == COMMA_UNCLEAR)
        comma = to->manner.unclear;
    if (comma == COMMA_UNCLEAR)
        return refuse(to, "is this one number or two? write a point for a decimal comma:", line + strspn(line, " \t"));
    for (char *c = line; *c; c++)
        if (*c == ',')
            *c = comma == COMMA_IS_POINT ? '.' : ' ';
    return take_words(to, line);
}

static bool take_lines(Reading *to, char *text)
{
    bool whole = true;
    for (char *line = text, *next; whole && line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        to->line++;
        whole = take_line(to, line);
    }
    const Answer *answer = to->answer;
    if (whole && answer->count == 0 && to->digits)
        return error_set(to->error, EXIT_USED_WRONGLY, "%s:1: there is no number in it that can be read", to->path);
    if (whole && answer->count > 0 && answer->count < to->variant->cell_count)
        return error_set(to->error, EXIT_USED_WRONGLY, "%s:%d: %d numbers, but %d are asked for", to->path, to->line,
                         answer->count, to->variant->cell_count);
    return whole;
}

/* One way of reading text[size], which is no longer than that. */
static bool read_so(const char *text, size_t size, const char *path, const Variant *variant, Manner manner,
                    Answer *answer, Error *error)
{
    size_t cells = (size_t)variant->cell_count + 1;
    Reading to = {.path = path, .variant = variant, .answer = answer, .manner = manner, .error = error};
    *answer = (Answer){.cells = malloc(cells * sizeof *answer->cells)};
    to.filled = calloc(cells, sizeof *to.filled);
    char *copy = malloc(size + 1);
    bool whole = (answer->cells && to.filled && copy) || error_memory(error);
    for (int i = 0; whole && i < variant->cell_count; i++)
        answer->cells[i] = NAN;
    if (whole) {
        memcpy(copy, text, size);
        copy[size] = '\0';
        whole = take_lines(&to, copy);
    }
    free(copy);
    free(to.filled);
    if (!whole)
        answer_free(answer);
    return whole;
}

bool answer_parse(const char *text, size_t size, const char *path, const Variant *variant, Answer *answer, Error *error)
{
    *answer = (Answer){0};
    /* A byte order mark, which editors on Windows put first. */
    size_t mark = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    text += mark;
    size -= mark;
    if (memchr(text, '\0', size))
        return error_set(error, EXIT_USED_WRONGLY, "%s:1: not a text but a binary file; hand in text or .npy", path);
    if (read_so(text, size, path, variant, (Manner){.unclear = COMMA_UNCLEAR}, answer, error) || error_is_memory(error))
        return error->code == 0;
    /* In another manner only where that makes exactly as many numbers as are asked. */
    static const Comma commas[] = {COMMA_UNCLEAR, COMMA_IS_POINT, COMMA_SEPARATES};
    for (int table = 0; table < 4; table++)
        for (int comma = 0; comma < 3; comma++)
            for (int rows = 0; rows < ROWS_WAYS; rows++) {
                Error none = {0};
                Manner manner = {commas[comma], (Rows)rows, table & 1, table & 2};
                if (read_so(text, size, path, variant, manner, answer, &none) && answer->count == variant->cell_count) {
                    *error = none;
                    return true;
                }
                answer_free(answer);
                if (error_is_memory(&none)) {
                    *error = none;
                    return false;
                }
            }
    return false;
}

bool answer_bytes(const char *path, char **bytes, size_t *size, Error *error)
{
    if (!file_read(path, MOST_ANSWER_BYTES, bytes, size, error))
        return false;
    if (text_to_utf8(bytes, size))
        return true;
    free(*bytes);
    return error_set(error, EXIT_USED_WRONGLY, "%s:1: begins like UTF-16, but is none; save it as UTF-8", path);
}

bool answer_read(const char *path, const Variant *variant, Answer *answer, Error *error)
{
    char *bytes;
    size_t size;
    *answer = (Answer){0};
    if (!answer_bytes(path, &bytes, &size, error))
        return false;
    bool npy = size >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0;
    bool whole = npy ? answer_parse_npy(bytes, size, path, variant, answer, error)
                     : answer_parse(bytes, size, path, variant, answer, error);
    free(bytes);
    return whole;
}

void answer_free(Answer *answer)
{
    free(answer->cells);
    *answer = (Answer){0};
}
