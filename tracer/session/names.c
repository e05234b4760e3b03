/* Names and references; see names.h. The axes are in axes.c. */
#include "names.h"

#include "short_names.h"

#include "tracer/base/nearest.h"
#include "tracer/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name;
    int id;
} Entry;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const Entry *)a)->name, ((const Entry *)b)->name);
}

/* Sorted once: a name is looked for at every key of the stepper, and for every value of another run. */
static bool sort_names(Names *names)
{
    Entry *entries = malloc((size_t)names->count * sizeof *entries + 1);
    if (!entries)
        return false;
    for (int i = 0; i < names->count; i++)
        entries[i] = (Entry){names->names[i], i};
    qsort(entries, (size_t)names->count, sizeof *entries, by_name);
    for (int i = 0; i < names->count; i++)
        names->sorted[i] = entries[i].id;
    free(entries);
    return true;
}

bool names_init(Names *names, const Tape *tape, Error *error)
{
    *names = (Names){.tape = tape, .count = tape->value_count};
    /* All names in one block: a tape has thousands, most of them short. */
    size_t bytes = 0;
    for (int id = 0; id < names->count; id++)
        bytes += tape_name(tape, id, NULL, 0) + 1;
    names->block = malloc(bytes + 1);
    names->names = malloc((size_t)names->count * sizeof *names->names + 1);
    names->sorted = malloc((size_t)names->count * sizeof *names->sorted + 1);
    bool whole = names->block && names->names && names->sorted;
    char *at = names->block;
    for (int id = 0; whole && id < names->count; id++) {
        names->names[id] = at;
        at += tape_name(tape, id, at, bytes) + 1;
    }
    if (whole && sort_names(names))
        return true;
    names_free(names);
    return error_memory(error);
}

void names_free(Names *names)
{
    free(names->block);
    free(names->names);
    free(names->sorted);
    *names = (Names){0};
}

int name_find(const Names *names, const char *name)
{
    int low = 0, high = names->count;
    while (low < high) {
        int middle = (low + high) / 2, id = names->sorted[middle];
        int order = strcmp(names->names[id], name);
        if (order == 0)
            return id;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

/* Two recordings of a model have nearly all ids in common, and then no search is needed. */
int name_find_near(const Names *names, const char *name, int guess)
{
    return guess < names->count && strcmp(name_of(names, guess), name) == 0 ? guess : name_find(names, name);
}

/* What a rule ends in: only that has a gradient of its own. */
static bool is_result(const Tape *tape, int value)
{
    for (int i = 0; i < tape->call_count; i++)
        if (tape->calls[i].output == value)
            return true;
    return false;
}

/* The frozen parameter whose gradient, moment or successor the name would be, "W_1.grad"; -1 if it is none. */
static int frozen_base(const Names *names, const char *name)
{
    char base[128];
    snprintf(base, sizeof base, "%s", name);
    for (char *dot; (dot = strrchr(base, '.')) != NULL;) {
        *dot = '\0';
        int value = name_find(names, base);
        if (value >= 0)
            return tape_value(names->tape, value)->frozen ? value : -1;
    }
    return -1;
}

/* The activation whose gradient the name would be, and which has none on a tape that has gradients; -1. */
static int detached_base(const Names *names, const char *name)
{
    const Tape *tape = names->tape;
    size_t length = strlen(name);
    char base[128];
    if (length < 5 || strcmp(name + length - 5, ".grad") != 0 || tape->call_count == 0)
        return -1;
    snprintf(base, sizeof base, "%.*s", (int)(length - 5), name);
    int value = name_find(names, base), last = tape->calls[tape->call_count - 1].output;
    bool backward = tape_value(tape, last)->gradient >= 0;
    return value >= 0 && backward && tape_value(tape, value)->kind == KIND_ACTIVATION &&
                   tape_value(tape, value)->gradient < 0 && is_result(tape, value)
               ? value
               : -1;
}

/* One index of a reference, as it was written. */
typedef struct {
    char text[256];
    bool quoted;
} Index;

/* Reads an index up to `end` and moves *at behind that. */
static bool read_index(const char **at, char end, Index *index)
{
    const char *c = *at;
    size_t length = 0;
    while (*c == ' ')
        c++;
    index->quoted = *c == '"';
    if (index->quoted)
        c++;
    for (; *c && (index->quoted ? *c != '"' : *c != end); c++) {
        if (length + 1 >= sizeof index->text)
            return false;
        index->text[length++] = *c;
    }
    if (index->quoted && *c++ != '"')
        return false;
    while (!index->quoted && length > 0 && index->text[length - 1] == ' ')
        length--;
    while (*c == ' ')
        c++;
    index->text[length] = '\0';
    if (*c != end || (length == 0 && !index->quoted))
        return false;
    *at = c + 1;
    return true;
}

/* The only index of the axis that the token labels. */
static bool find_label(const Names *names, const char *token, const Axis *axis, int count, const char *side, int *out,
                       Error *error)
{
    int found = -1;
    for (int i = 0; i < count; i++) {
        const char *label = axis_label(names, axis, i);
        if (!label || strcmp(label, token) != 0)
            continue;
        if (found >= 0)
            return error_set(error, EXIT_USED_WRONGLY, "\"%s\" stands for %ss %d and %d; use the number", token, side,
                             found, i);
        found = i;
    }
    if (found < 0)
        return error_set(error, EXIT_USED_WRONGLY, "no %s is called \"%s\"; use a number from 0 to %d", side, token,
                         count - 1);
    *out = found;
    return true;
}

static bool resolve(const Names *names, const Index *index, const Axis *axis, int count, const char *side, int *out,
                    Error *error)
{
    if (!index->quoted && strcmp(index->text, ":") == 0) {
        *out = ALL;
        return true;
    }
    /* What is all digits is an index and no token; a token of digits is written in quotes. */
    const char *digits = index->text + (index->text[0] == '-');
    if (index->quoted || *digits == '\0' || strspn(digits, "0123456789") != strlen(digits))
        return find_label(names, index->text, axis, count, side, out, error);
    long number;
    if (!parse_integer(index->text, 0, count - 1, &number))
        return error_set(error, EXIT_USED_WRONGLY, "%s %.30s does not exist; %ss go from 0 to %d", side, index->text,
                         side, count - 1);
    *out = (int)number;
    return true;
}

/* A reference taken apart: NAME[row,col], or NAME[row,col].grad for NAME.grad[row,col]. */
typedef struct {
    char name[512];
    bool has_cell;
    Index row, col;
} Parts;

static bool take_apart(const char *text, Parts *parts)
{
    text += strspn(text, " ");
    size_t length = strcspn(text, "[");
    const char *at = text + length;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    parts->has_cell = *at == '[';
    if (parts->has_cell) {
        at++;
        if (!read_index(&at, ',', &parts->row) || !read_index(&at, ']', &parts->col))
            return false;
    }
    /* People write the cell behind the parameter, W[1,2].grad, as they say it. */
    size_t suffix = *at == '.' ? strcspn(at, " ") : 0;
    if (at[suffix + strspn(at + suffix, " ")] != '\0' || length + suffix >= sizeof parts->name)
        return false;
    snprintf(parts->name, sizeof parts->name, "%.*s%.*s", (int)length, text, (int)suffix, at);
    return true;
}

/* The nearest names, with the cell that was asked for. */
static bool unknown_name(const Names *names, const char *name, const Parts *parts, Error *error)
{
    char wanted[128], answer[NEAREST_TEXT];
    snprintf(wanted, sizeof wanted, "%.127s", name);
    int frozen = frozen_base(names, wanted);
    if (frozen >= 0)
        return error_set(error, EXIT_USED_WRONGLY, "there is no \"%s\": %s is frozen, so its gradient is not computed",
                         wanted, name_of(names, frozen));
    int detached = detached_base(names, wanted);
    if (detached >= 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "there is no \"%s\": %s is detached, nothing that is trained lies behind it, so its gradient "
                         "is not computed",
                         wanted, name_of(names, detached));
    Nearest nearest = {0};
    for (int i = 0; i < names->count; i++)
        nearest_offer(&nearest, wanted, names->names[names->sorted[i]]);
    char cells[NEAREST_COUNT][300];
    for (int i = 0; parts->has_cell && i < nearest.count; i++) {
        const char *quotes[] = {parts->row.quoted ? "\"" : "", parts->col.quoted ? "\"" : ""};
        snprintf(cells[i], sizeof cells[i], "%.160s[%s%.40s%s,%s%.40s%s]", nearest.names[i], quotes[0],
                 parts->row.text, quotes[0], quotes[1], parts->col.text, quotes[1]);
        nearest.names[i] = cells[i];
    }
    return error_set(error, EXIT_USED_WRONGLY, "no value is called \"%s\"; %s", wanted,
                     nearest_text(&nearest, answer, "tracer names lists them"));
}

bool reference_parse_near(const Names *names, const char *text, int near, Reference *out, Error *error)
{
    Parts parts;
    if (!take_apart(text, &parts))
        return error_set(error, EXIT_USED_WRONGLY, "\"%.100s\" is not a cell; write NAME[row,column]", text);
    *out = (Reference){.value = name_find(names, parts.name), .row = ALL, .col = ALL};
    if (out->value < 0)
        out->value = short_name_find(names, parts.name, near, &out->fits, error);
    if (out->value < 0)
        return out->fits == 0 && unknown_name(names, parts.name, &parts, error);
    if (!parts.has_cell)
        return true;
    Index row = parts.row, col = parts.col;
    const Value *value = tape_value(names->tape, out->value);
    return resolve(names, &row, row_axis(names, out->value), value->rows, "row", &out->row, error) &&
           resolve(names, &col, col_axis(names, out->value), value->cols, "column", &out->col, error);
}

bool reference_parse(const Names *names, const char *text, Reference *out, Error *error)
{
    return reference_parse_near(names, text, -1, out, error);
}

const char *name_given(const Names *names, int value)
{
    const Tape *tape = names->tape;
    for (int i = 0; i < tape->given_count; i++)
        if (strcmp(tape->givens[i].name, name_of(names, value)) == 0)
            return tape->givens[i].why ? tape->givens[i].why : "given on the sheet";
    return NULL;
}

bool reference_parse_cell(const Names *names, const char *text, Reference *out, Error *error)
{
    return reference_parse_cell_near(names, text, -1, out, error);
}

bool reference_parse_cell_near(const Names *names, const char *text, int near, Reference *out, Error *error)
{
    if (!reference_parse_near(names, text, near, out, error))
        return false;
    const Value *value = tape_value(names->tape, out->value);
    /* Of a scalar there is only one cell. */
    if (value->rows == 1 && value->cols == 1)
        out->row = out->col = 0;
    if (out->row == ALL || out->col == ALL)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.100s\" is a matrix of %d x %d; name one cell: \"%.100s[0,0]\"",
                         text, value->rows, value->cols, name_of(names, out->value));
    return true;
}

const char *reference_text(const Names *names, Reference reference, char *text, size_t size)
{
    char row[16] = ":", col[16] = ":";
    if (reference.row != ALL)
        snprintf(row, sizeof row, "%d", reference.row);
    if (reference.col != ALL)
        snprintf(col, sizeof col, "%d", reference.col);
    if (reference.row == ALL && reference.col == ALL)
        snprintf(text, size, "%s", name_of(names, reference.value));
    else
        snprintf(text, size, "%s[%s,%s]", name_of(names, reference.value), row, col);
    return text;
}

const char *cell_text(const Names *names, int value, int row, int col, char *text, size_t size)
{
    snprintf(text, size, "%s[%d,%d]", name_of(names, value), row, col);
    return text;
}
