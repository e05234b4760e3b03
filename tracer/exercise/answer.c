/* Numbers out of what people write; see answer.h. */
#include "answer.h"

#include "tracer/base/files.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_WORD = 64 };

typedef struct {
    const char *path;
    const Variant *variant;
    Answer *answer;
    int line, next;       /* the next cell to fill */
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
    code->found = at && sscanf(at, "# code %d.%8x.%d", &code->exercise, &code->seed, &code->draw) == 3;
    if (student)
        sscanf(student, "# student %63[^\r\n]", code->student);
    if (course)
        sscanf(course, "# course %63[^\r\n]", code->course);
}

static bool one_number(const char *word, double *number)
{
    char *end;
    /* As Python, NumPy and people write the masked cells. */
    static const char *const infinities[] = {"inf", "+inf", "-inf", "infinity", "-infinity", "∞", "-∞"};
    for (size_t i = 0; i < sizeof infinities / sizeof *infinities; i++)
        if (strcasecmp(word, infinities[i]) == 0) {
            *number = *word == '-' ? -INFINITY : INFINITY;
            return true;
        }
    const char *digits = word + (*word == '-' || *word == '+');
    if (!isdigit((unsigned char)*digits) && *digits != '.')
        return false;
    if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
        return false;
    *number = strtod(word, &end);
    return end != word && *end == '\0' && isfinite(*number);
}

/* A number or a fraction of two. */
static bool word_number(const char *word, double *number)
{
    char copy[LONGEST_WORD];
    double below;
    snprintf(copy, sizeof copy, "%s", word);
    char *slash = strchr(copy, '/');
    if (!slash)
        return one_number(copy, number);
    *slash = '\0';
    if (!one_number(copy, number) || !one_number(slash + 1, &below) || below == 0)
        return false;
    *number /= below;
    return true;
}

static bool take_number(Reading *to, double number, const char *word)
{
    if (to->next >= to->variant->cell_count)
        return refuse(to, "more numbers than the sheet asks for; the first too many is", word);
    to->answer->cells[to->next++] = number;
    to->answer->count++;
    return true;
}

/* "answer NAME": what follows belongs to that value. */
static bool take_heading(Reading *to, const char *name)
{
    const Exercise *exercise = to->variant->exercise;
    size_t length = strcspn(name, " \t");
    int count = to->variant->cell_count, from = to->next;
    for (int i = 0; i < count && !exercise->choice; i++) {
        int cell = (from + i) % count; /* a value of which several rows are asked comes again */
        const char *asked = exercise->asked[to->variant->cells[cell].line].name;
        if (strlen(asked) == length && strncmp(asked, name, length) == 0) {
            to->next = cell;
            return true;
        }
    }
    return exercise->choice || refuse(to, "nothing is asked that is called", name);
}

static bool is_number_start(const char *word)
{
    word += *word == '-' || *word == '+';
    return isdigit((unsigned char)*word) || *word == '.';
}

static int decimals_of(const char *word)
{
    const char *point = strchr(word, '.');
    return point ? (int)strspn(point + 1, "0123456789") : 0;
}

static bool take_word(Reading *to, const char *word)
{
    double number;
    if (strcmp(word, "?") == 0) {
        to->answer->blanks++;
        return take_number(to, NAN, word);
    }
    if (word_number(word, &number)) {
        int decimals = decimals_of(word);
        to->answer->decimals = decimals > to->answer->decimals ? decimals : to->answer->decimals;
        return take_number(to, number, word);
    }
    /* What begins like a number is a typing error and not a label; nan is no answer to anything. */
    if (is_number_start(word) || strcasecmp(word, "nan") == 0)
        return refuse(to, "this is no number:", word);
    return true; /* a label */
}

/* A comma between two digits with nothing else on the line that says what it is. */
typedef enum { COMMA_SEPARATES, COMMA_IS_POINT, COMMA_UNCLEAR } Comma;

static Comma comma_of(const char *line)
{
    int tight = 0, chained = 0;
    bool point = strchr(line, '.'), loose = false;
    int in_word = 0;
    for (const char *c = line; *c; c++) {
        bool blank = *c == ' ' || *c == '\t' || *c == ';';
        in_word = blank ? 0 : in_word;
        if (*c != ',')
            continue;
        if (c > line && isdigit((unsigned char)c[-1]) && isdigit((unsigned char)c[1])) {
            tight++;
            chained += ++in_word > 1;
        } else {
            loose = true;
        }
    }
    /* "1,2,3" is a list, "1,5 2,5" may be two numbers with decimal commas: only a ; or a point on the line decides. */
    if (!tight || chained || point || (loose && !strchr(line, ';')))
        return COMMA_SEPARATES;
    return strchr(line, ';') ? COMMA_IS_POINT : COMMA_UNCLEAR;
}

/* Cuts comments and labels off, turns what people type for a minus into one. */
static void tidy(char *line)
{
    /* Minus, dash and small hyphen, as word processors put them. */
    static const char *const minuses[] = {"\xe2\x88\x92", "\xe2\x80\x93", "\xef\xb9\xa3"};
    line[strcspn(line, "#\r")] = '\0';
    for (int i = 0; i < 3; i++)
        for (char *at; (at = strstr(line, minuses[i]));) {
            *at = '-';
            memmove(at + 1, at + 3, strlen(at + 3) + 1);
        }
    for (char *at; (at = strstr(line, "\xc2\xa0"));)
        memcpy(at, "  ", 2);
    /* A label may stand before a colon, and have digits in it. */
    char *colon = strrchr(line, ':');
    if (colon)
        memset(line, ' ', (size_t)(colon + 1 - line));
    for (char *c = line; *c; c++)
        if (strchr("[](){}|", *c))
            *c = ' ';
}

static bool take_line(Reading *to, char *line)
{
    tidy(line);
    char *start = line + strspn(line, " \t");
    if (strncmp(start, "answer ", 7) == 0)
        return take_heading(to, start + 7 + strspn(start + 7, " \t"));
    Comma comma = comma_of(line);
    if (comma == COMMA_UNCLEAR)
        return refuse(to, "is this one number or two? write a point for a decimal comma:", start);
    for (char *c = line; *c; c++)
        if (*c == ',')
            *c = comma == COMMA_IS_POINT ? '.' : ' ';
    for (char *word = strtok(line, " \t;"); word; word = strtok(NULL, " \t;")) {
        if (strlen(word) >= LONGEST_WORD)
            return refuse(to, "a word too long to be a number:", word);
        if (!take_word(to, word))
            return false;
    }
    return true;
}

static bool answer_room(const Variant *variant, Answer *answer, Error *error)
{
    *answer = (Answer){.cells = malloc((size_t)(variant->cell_count + 1) * sizeof *answer->cells)};
    if (!answer->cells)
        return error_memory(error);
    for (int i = 0; i < variant->cell_count; i++)
        answer->cells[i] = NAN;
    return true;
}

bool answer_parse(const char *text, size_t size, const char *path, const Variant *variant, Answer *answer, Error *error)
{
    Reading to = {.path = path, .variant = variant, .answer = answer, .error = error};
    *answer = (Answer){0};
    if (memchr(text, '\0', size))
        return error_set(error, EXIT_USED_WRONGLY, "%s:1: not a text but a binary file; hand in text or .npy", path);
    char *copy = malloc(size + 1);
    if (!copy || !answer_room(variant, answer, error)) {
        free(copy);
        return error_memory(error);
    }
    memcpy(copy, text, size);
    copy[size] = '\0';
    /* A byte order mark, which editors on Windows put first. */
    char *line = strncmp(copy, "\xef\xbb\xbf", 3) == 0 ? copy + 3 : copy;
    bool whole = true;
    for (char *next; whole && line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        to.line++;
        whole = take_line(&to, line);
    }
    free(copy);
    if (whole && answer->count > 0 && answer->count < variant->cell_count)
        whole = error_set(error, EXIT_USED_WRONGLY, "%s:%d: %d numbers, but %d are asked for", path, to.line,
                          answer->count, variant->cell_count);
    if (!whole)
        answer_free(answer);
    return whole;
}

bool answer_read(const char *path, const Variant *variant, Answer *answer, Error *error)
{
    char *bytes;
    size_t size;
    *answer = (Answer){0};
    if (!file_read(path, MOST_ANSWER_BYTES, &bytes, &size, error))
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
