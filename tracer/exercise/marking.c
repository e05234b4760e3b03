/* What a teacher says of the marks; see marking.h. */
#include "marking.h"

#include "tracer/base/files.h"
#include "tracer/base/unicode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1 << 20 };

typedef struct {
    const char *path;
    int line;
    Marking *out;
    Error *error;
} Reading;

static bool refuse(const Reading *to, const char *what, const char *line)
{
    return error_set(to->error, EXIT_USED_WRONGLY, "%s:%d: %s, not \"%.60s\"", to->path, to->line, what, line);
}

static bool read_weights(const char *text, Marking *out, Error *error)
{
    for (int number, used; text && *text; text += used) {
        double weight;
        bool whole = sscanf(text, " %d = %lf%n", &number, &weight, &used) == 2 && number >= 0 && number < MOST_NUMBER &&
                     weight >= 0 && isfinite(weight);
        whole = whole && (text[used] == ',' || text[used] == '\0');
        if (!whole)
            return error_set(error, EXIT_USED_WRONGLY, "weights are written 07=2,21=0.5, not \"%.60s\"", text);
        out->weights[number] = weight;
        used += text[used] == ',';
    }
    return true;
}

/* STUDENT,EXERCISE,DAYS; a header names columns and no days. */
static bool take_late(Reading *to, char *line)
{
    Late late;
    char exercise[16];
    for (char *c = line; *c; c++)
        *c = *c == ';' || *c == '\t' ? ',' : *c;
    bool whole = sscanf(line, " %63[^,\"],%15[^,],%d", late.student, exercise, &late.days) == 3 && late.days >= 0;
    bool all = whole && (strcmp(exercise, "all") == 0 || strcmp(exercise, "*") == 0);
    if (!whole && to->line == 1)
        return true;
    if (!whole || (!all && sscanf(exercise, "%d", &late.exercise) != 1))
        return refuse(to, "a line is STUDENT,EXERCISE,DAYS, where EXERCISE is a number or all", line);
    late.exercise = all ? -1 : late.exercise;
    to->out->late[to->out->late_count++] = late;
    return true;
}

/* name CODE "text" MARK */
static bool take_name(Reading *to, char *line)
{
    NamedGroup *named = &to->out->named[to->out->named_count];
    int used = 0, tail = 0;
    char *from, *end = NULL;
    bool whole = sscanf(line, " name %15s %n", named->code, &used) == 1 && used > 0 && line[used] == '"';
    from = line + used + 1;
    end = whole ? strrchr(from, '"') : NULL;
    whole = end && end > from && sscanf(end + 1, " %lf %n", &named->mark, &tail) == 1 && end[1 + tail] == '\0';
    if (!whole || !(named->mark >= 0 && named->mark <= 1))
        return refuse(to, "a line is: name CODE \"text\" MARK, a mark from 0 to 1 and a code of class.txt", line);
    *end = '\0';
    named->text = from;
    to->out->named_count++;
    return true;
}

static bool take_lines(Reading *to, char *text, bool (*take)(Reading *, char *))
{
    bool whole = true;
    for (char *line = text, *next; whole && line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        line[strcspn(line, "\r")] = '\0';
        line += strspn(line, " \t");
        to->line++;
        whole = *line == '\0' || *line == '#' || take(to, line);
    }
    return whole;
}

static size_t lines_of(const char *text)
{
    size_t count = 1;
    for (; (text = strchr(text, '\n')); text++)
        count++;
    return count;
}

/* The text of a file, "" where there is none. */
static char *text_of(const char *path, Error *error)
{
    char *text = NULL;
    size_t size = 0;
    if (!path) {
        text = calloc(1, 1);
        if (!text)
            error_memory(error);
    } else if (file_read(path, MOST_BYTES, &text, &size, error) && !text_to_utf8(&text, &size)) {
        error_set(error, EXIT_USED_WRONGLY, "%s: begins like UTF-16, but is none", path);
        free(text);
        text = NULL;
    }
    return text;
}

bool marking_read(Marking *out, const MarkingFiles *files, Error *error)
{
    *out = (Marking){.late_cost = files->late_cost};
    for (int i = 0; i < MOST_NUMBER; i++)
        out->weights[i] = 1;
    char *late = text_of(files->late, error);
    out->text = late ? text_of(files->names, error) : NULL;
    bool whole = late && out->text && read_weights(files->weights, out, error);
    if (whole) {
        out->late = calloc(lines_of(late), sizeof *out->late);
        out->named = calloc(lines_of(out->text), sizeof *out->named);
        whole = (out->late && out->named) || error_memory(error);
    }
    whole = whole && take_lines(&(Reading){.path = files->late, .out = out, .error = error}, late, take_late) &&
            take_lines(&(Reading){.path = files->names, .out = out, .error = error}, out->text, take_name);
    free(late);
    if (!whole)
        marking_free(out);
    return whole;
}

void marking_free(Marking *marking)
{
    free(marking->late);
    free(marking->named);
    free(marking->text);
    *marking = (Marking){0};
}

int marking_days(const Marking *marking, const char *student, int exercise)
{
    int days = 0;
    for (int i = 0; i < marking->late_count; i++) {
        const Late *late = &marking->late[i];
        if (strcmp(late->student, student) == 0 && (late->exercise < 0 || late->exercise == exercise))
            days = late->days > days ? late->days : days;
    }
    return days;
}

void signature_code(const Exercise *exercise, const char *signature, char code[SIGNATURE_CODE])
{
    unsigned hash = 2166136261u;
    for (; *signature; signature++)
        hash = (hash ^ (unsigned char)*signature) * 16777619u;
    snprintf(code, SIGNATURE_CODE, "%02d:%06x", exercise->number, (hash ^ hash >> 24) & 0xffffffu);
}

int marking_name(const Marking *marking, const Exercise *exercise, const char *signature)
{
    char code[SIGNATURE_CODE];
    signature_code(exercise, signature, code);
    for (int i = 0; i < marking->named_count; i++)
        if (strcmp(marking->named[i].code, code) == 0)
            return i;
    return -1;
}

bool exercises_only(const Exercises *all, const char *words, Exercises *out, Error *error)
{
    *out = (Exercises){.list = calloc((size_t)all->count + 1, sizeof *out->list)};
    bool taken[MOST_NUMBER] = {false}, whole = out->list || error_memory(error);
    while (whole && words && *words) {
        char word[64];
        size_t length = strcspn(words, ", ");
        snprintf(word, sizeof word, "%.*s", (int)length, words);
        const Exercise *exercise = length ? exercise_find(all, word, error) : NULL;
        whole = exercise || !length;
        if (exercise)
            taken[exercise->number % MOST_NUMBER] = true;
        words += length + (words[length] != '\0');
    }
    for (int i = 0; whole && i < all->count; i++)
        if (!words || taken[all->list[i].number % MOST_NUMBER])
            out->list[out->count++] = all->list[i];
    if (!whole) {
        free(out->list);
        out->list = NULL;
    }
    return whole;
}
