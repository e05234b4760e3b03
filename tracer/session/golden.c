/* Reading and comparing goldens; see golden.h. Writing is in golden_write.c. */
#include "golden.h"

#include "tiny_model/primitive.h"
#include "tracer/base/files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_GOLDEN = 256 << 20, MOST_CELLS = 1 << 24 };

/* A place in the file. */
typedef struct {
    const char *path;
    char *at;
    int line;
    Error *error;
} Reader;

static bool malformed(Reader *reader, const char *what)
{
    return error_set(reader->error, EXIT_USED_WRONGLY, "\"%s\", line %d: %s", reader->path,
                     reader->line ? reader->line : 1, what);
}

/* The next line, ended by NUL; NULL at the end. */
static char *next_line(Reader *reader)
{
    if (*reader->at == '\0')
        return NULL;
    char *line = reader->at, *end = strchr(line, '\n');
    reader->at = end ? end + 1 : line + strlen(line);
    if (end)
        *end = '\0';
    reader->line++;
    return line;
}

static bool read_row(Reader *reader, double *row, int cols)
{
    char *at = next_line(reader);
    if (!at)
        return malformed(reader, "the file is cut off");
    for (int c = 0; c < cols; c++) {
        char *end;
        row[c] = strtod(at, &end);
        if (end == at)
            return malformed(reader, "a row has too few numbers");
        at = end;
    }
    /* A file that went through another system may have carriage returns. */
    return at[strspn(at, " \r")] == '\0' || malformed(reader, "a row has too many numbers");
}

/* At least 1: around 0 the tolerance is absolute. */
static double largest(const GoldenTensor *tensor)
{
    double most = 1;
    for (size_t i = 0; i < (size_t)tensor->rows * (size_t)tensor->cols; i++)
        if (isfinite(tensor->data[i]) && fabs(tensor->data[i]) > most)
            most = fabs(tensor->data[i]);
    return most;
}

static bool read_tensor(Reader *reader, const char *line, GoldenTensor *tensor)
{
    char name[512];
    if (sscanf(line, "tensor %511s %d %d", name, &tensor->rows, &tensor->cols) != 3 || tensor->rows < 1 ||
        tensor->cols < 1 || (long)tensor->rows * tensor->cols > MOST_CELLS)
        return malformed(reader, "expected: tensor NAME ROWS COLS");
    tensor->name = strdup(name);
    tensor->data = malloc((size_t)tensor->rows * (size_t)tensor->cols * sizeof(double));
    if (!tensor->name || !tensor->data)
        return error_memory(reader->error);
    for (int r = 0; r < tensor->rows; r++)
        if (!read_row(reader, tensor->data + (size_t)r * (size_t)tensor->cols, tensor->cols))
            return false;
    tensor->scale = largest(tensor);
    return true;
}

static bool add_tensor(Reader *reader, const char *line, Golden *golden)
{
    GoldenTensor *moved = realloc(golden->list, ((size_t)golden->count + 1) * sizeof *moved);
    if (!moved)
        return error_memory(reader->error);
    golden->list = moved;
    golden->list[golden->count] = (GoldenTensor){.exact = golden->exact};
    /* Counted before it is read, so that golden_free finds what was begun. */
    golden->count++;
    return read_tensor(reader, line, &golden->list[golden->count - 1]);
}

/* "model NAME", "step N", "tolerance none" and "reason TEXT" are read; the other lines of the head are for people. */
static bool read_head(const char *line, Golden *golden)
{
    long step;
    if (strncmp(line, "model ", 6) == 0 && !golden->model)
        return (golden->model = strdup(line + 6)) != NULL;
    if (strncmp(line, "reason ", 7) == 0 && !golden->reason)
        return (golden->reason = strdup(line + 7)) != NULL;
    if (strcmp(line, "tolerance none") == 0)
        golden->exact = true;
    if (strncmp(line, "step ", 5) == 0 && parse_integer(line + 5, 0, 1000000, &step))
        golden->step = (int)step;
    return true;
}

static bool read_all(Reader *reader, Golden *golden)
{
    const char *line = next_line(reader);
    if (!line || strcmp(line, "tracer-golden 1") != 0)
        return malformed(reader, "a golden begins with \"tracer-golden 1\"");
    while ((line = next_line(reader))) {
        if (strncmp(line, "tensor ", 7) == 0) {
            if (!add_tensor(reader, line, golden))
                return false;
        } else if (golden->count > 0) {
            return malformed(reader, "expected: tensor NAME ROWS COLS");
        } else if (!read_head(line, golden)) {
            return error_memory(reader->error);
        }
    }
    if (!golden->model || golden->count == 0)
        return malformed(reader, golden->model ? "there is no tensor" : "there is no line: model NAME");
    return true;
}

bool golden_parse(char *text, size_t size, const char *path, Golden *golden, Error *error)
{
    *golden = (Golden){0};
    Reader reader = {.path = path, .at = text, .error = error};
    /* A NUL would end the text for every function below, and hide what is behind it. */
    bool whole = strlen(text) == size ? read_all(&reader, golden) : malformed(&reader, "a golden is text");
    if (!whole)
        golden_free(golden);
    return whole;
}

bool golden_read(const char *path, Golden *golden, Error *error)
{
    char *text;
    size_t size;
    *golden = (Golden){0};
    if (!file_read(path, LARGEST_GOLDEN, &text, &size, error))
        return false;
    bool whole = golden_parse(text, size, path, golden, error);
    free(text);
    return whole;
}

void golden_free(Golden *golden)
{
    for (int i = 0; i < golden->count; i++) {
        free(golden->list[i].name);
        free(golden->list[i].data);
    }
    free(golden->list);
    free(golden->model);
    free(golden->reason);
    *golden = (Golden){0};
}

bool golden_equal(const GoldenTensor *tensor, double a, double g)
{
    /* inf - inf is nan, which would never be near. */
    if (tensor->exact || isinf(a) || isinf(g))
        return a == g;
    return fabs(a - g) <= 1e-12 * fabs(g) + 1e-13 * tensor->scale;
}

/* Fills in where and how much; true if the tensor is as expected. */
static bool compare(const GoldenTensor *tensor, const Value *value, GoldenDifference *out)
{
    out->distance = -1;
    for (int r = 0; r < tensor->rows; r++)
        for (int c = 0; c < tensor->cols; c++) {
            double a = cell_of(value, r, c), g = tensor->data[(size_t)r * (size_t)tensor->cols + (size_t)c];
            if (golden_equal(tensor, a, g))
                continue;
            out->cells++;
            double distance = isfinite(a) && isfinite(g) ? fabs(a - g) : INFINITY;
            if (distance > out->distance) {
                out->distance = distance;
                out->row = r;
                out->col = c;
            }
        }
    return out->cells == 0;
}

/* A difference is a root if none of the inputs of its step differs. */
static bool is_root(const Names *names, const bool *differs, int value)
{
    if (value < 0)
        return true;
    int producer = tape_value(names->tape, value)->producer;
    if (producer < 0)
        return true;
    const Step *step = &names->tape->steps[producer];
    for (int i = 0; i < step->input_count; i++)
        if (differs[step->inputs[i]])
            return false;
    return true;
}

bool golden_compare(const Golden *golden, const Session *session, GoldenReport *report, Error *error)
{
    const Names *names = &session->names;
    *report = (GoldenReport){.list = malloc(((size_t)golden->count + 1) * sizeof *report->list)};
    bool *differs = calloc((size_t)names->count + 1, sizeof *differs),
         *met = calloc((size_t)names->count + 1, sizeof *met);
    if (!report->list || !differs || !met) {
        free(differs);
        free(met);
        golden_report_free(report);
        return error_memory(error);
    }
    for (int i = 0; i < golden->count; i++) {
        const GoldenTensor *tensor = &golden->list[i];
        GoldenDifference d = {.tensor = i, .value = name_find(names, tensor->name)};
        const Value *value = d.value >= 0 ? tape_value(names->tape, d.value) : NULL;
        if (value)
            met[d.value] = true;
        bool same_shape = value && value->rows == tensor->rows && value->cols == tensor->cols;
        if (same_shape && compare(tensor, value, &d))
            continue;
        if (value)
            differs[d.value] = true;
        d.value = same_shape ? d.value : -1;
        d.root = is_root(names, differs, d.value);
        report->roots += d.root;
        report->list[report->count++] = d;
    }
    for (int id = 0; id < names->count; id++)
        report->missing += !met[id];
    free(differs);
    free(met);
    return true;
}

void golden_report_free(GoldenReport *report)
{
    free(report->list);
    *report = (GoldenReport){0};
}
