/* The panel of a value on the tape: what its rows and columns are called; see value_panel.h. */
#include "value_panel.h"

#include "tiny_model/primitive.h"
#include "tracer/query/parts.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_TOKEN = 30 };

/* A token as a label: visible, at most 30 characters. */
static const char *label(DrawList *list, const char *token)
{
    char visible[400], cut[160];
    token_visible(visible, sizeof visible, token);
    return draw_format(list, "%s", measure_cut(cut, sizeof cut, visible, FACE_PLAIN, 1, LONGEST_TOKEN));
}

static const char *const *labels(DrawList *list, const Names *names, const Axis *axis, int first, int count)
{
    const char **all = draw_room(list, (size_t)count * sizeof *all);
    for (int i = 0; all && i < count; i++) {
        const char *token = axis_label(names, axis, first + i);
        all[i] = token ? label(list, token) : draw_format(list, "%d", first + i);
    }
    return all;
}

/* Attention maps have a query in every row and a key in every column. */
static bool is_map(const Axis *rows, const Axis *cols)
{
    return rows->place && cols->place;
}

/* The frame of the softmax that makes a map, on the way forth or back, has a query in every row of a column too. */
static bool has_queries(const Tape *tape, int value)
{
    const Value *of = tape_value(tape, value);
    if (of->cols != 1 || of->producer < 0)
        return false;
    const char *path = tape->frames[tape->steps[of->producer].frame].path;
    for (int i = 0, map; (map = part_map(tape, i)) >= 0; i++)
        if (strcmp(tape->frames[tape->steps[tape->values[map].producer].frame].path, path) == 0)
            return true;
    return false;
}

/* What a side is called: its axis; where both sides of a weight are alike, what goes in and what comes out. */
static const char *side_name(const Axis *axis, bool alike, bool row)
{
    if (axis->place && axis->labels)
        return "token";
    if (*axis->name == '\0')
        return row ? "row" : "column";
    return alike ? (row ? "input" : "output") : axis->name;
}

static void set_titles(DrawList *list, const Names *names, Panel *panel, const Axis *rows, const Axis *cols)
{
    const Value *root = tape_value(names->tape, name_root(names->tape, panel->value));
    bool alike = root->kind == KIND_PARAMETER && !rows->place && strcmp(rows->name, cols->name) == 0;
    bool queries = is_map(rows, cols) || has_queries(names->tape, panel->value);
    const char *row = queries ? "query" : side_name(rows, alike, true);
    const char *col = is_map(rows, cols) ? "key" : side_name(cols, alike, false);
    if (panel->names && axis_is_letters(names, value_counts(names, panel->value)))
        col = "letter";
    panel->row_title = draw_format(list, "← %s", row);
    panel->col_title = draw_format(list, "%s →", col);
}

/* Attention maps behind a causal mask: what lies right of the diagonal is 0 or -inf everywhere. */
static bool is_causal(const Value *of, const Axis *rows, const Axis *cols)
{
    if (!is_map(rows, cols) || of->rows != of->cols || of->rows < 2)
        return false;
    for (int r = 0; r < of->rows; r++)
        for (int c = r + 1; c < of->cols; c++)
            if (cell_of(of, r, c) != 0 && !isinf(cell_of(of, r, c)))
                return false;
    return true;
}

/* The weights of an attention map lie between 0 and 1. */
static bool is_weights(const Tape *tape, int value)
{
    for (int i = 0, map; (map = part_map(tape, i)) >= 0; i++)
        if (map == value)
            return true;
    return false;
}

static bool range_fits(Range range, int count, const char *what, const char *name, Error *error)
{
    return range.end <= count || error_set(error, EXIT_USED_WRONGLY, "--%s %d:%d goes beyond the %d of \"%.200s\"",
                                           what, range.first, range.end, count, name);
}

bool slice_fits(const Spec *spec, int value, Error *error)
{
    const Value *of = tape_value(spec->session->names.tape, value);
    const char *name = name_of(&spec->session->names, value);
    return range_fits(spec->rows, of->rows, "rows", name, error) &&
           range_fits(spec->cols, of->cols, "columns", name, error);
}

const double *panel_cut(DrawList *list, const Panel *panel, const double *data, int cols)
{
    if (panel->first_row == 0 && panel->first_col == 0 && panel->cols == cols)
        return data;
    double *kept = draw_room(list, (size_t)panel->rows * (size_t)panel->cols * sizeof *kept);
    for (int r = 0; kept && r < panel->rows; r++)
        memcpy(kept + (size_t)r * (size_t)panel->cols,
               data + (size_t)(r + panel->first_row) * (size_t)cols + panel->first_col,
               (size_t)panel->cols * sizeof *kept);
    return kept ? kept : data;
}

/* The rows and columns that were asked for, and nothing else; a value that has not as many is shown whole. */
static void slice(DrawList *list, Panel *panel, const Spec *spec)
{
    int cols = panel->cols;
    if (spec->rows.end > 0 && spec->rows.end <= panel->rows) {
        panel->first_row = spec->rows.first;
        panel->rows = spec->rows.end - spec->rows.first;
    }
    if (spec->cols.end > 0 && spec->cols.end <= panel->cols) {
        panel->first_col = spec->cols.first;
        panel->cols = spec->cols.end - spec->cols.first;
    }
    panel->data = panel_cut(list, panel, panel->data, cols);
}

void panel_mark(Panel *panel, const Reference *asked, bool highlight)
{
    int top = asked->row == ALL ? 0 : asked->row - panel->first_row, rows = asked->row == ALL ? panel->rows : 1;
    int left = asked->col == ALL ? 0 : asked->col - panel->first_col, cols = asked->col == ALL ? panel->cols : 1;
    if (top >= 0 && top < panel->rows && left >= 0 && left < panel->cols && panel->mark_count < MOST_MARKS)
        panel->marks[panel->mark_count++] = (Mark){.row = top, .col = left, .rows = rows, .cols = cols,
                                                   .strong = true, .asked = highlight};
}

void panel_scale(Panel *panel, const Spec *spec, Scale scale)
{
    panel->scale = scale;
    if (spec->ranged)
        panel->scale = (Scale){.low = spec->low, .high = spec->high, .diverging = spec->low < 0};
}

void panel_replace(Panel *panel, const Spec *spec, const double *numbers)
{
    size_t count = (size_t)panel->rows * (size_t)panel->cols;
    panel->data = numbers;
    panel_scale(panel, spec, scale_of(numbers, count, true));
    panel->format = number_format(numbers, count, spec->digits, true);
}

Panel panel_of_value(DrawList *list, const Spec *spec, const Session *session, int value)
{
    const Names *names = &session->names;
    const Value *of = tape_value(names->tape, value);
    const Axis *rows = row_axis(names, value), *cols = col_axis(names, value);
    const char *name = draw_format(list, "%s", name_of(names, value));
    bool can_be_negative = of->kind == KIND_PARAMETER || of->kind == KIND_GRADIENT;
    Scale scale = scale_of(of->data, cells_of(of), can_be_negative);
    Panel panel = {.name = name, .value = value, .data = of->data, .rows = of->rows, .cols = of->cols,
                   .names = value_counts(names, value) ? names : NULL, .causal = is_causal(of, rows, cols)};
    slice(list, &panel, spec);
    panel.row_labels = labels(list, names, rows, panel.first_row, panel.rows);
    panel.col_labels = labels(list, names, cols, panel.first_col, panel.cols);
    panel_scale(&panel, spec, is_weights(names->tape, value) ? (Scale){.low = 0, .high = 1} : scale);
    panel.format = number_format(of->data, cells_of(of), spec->digits, scale.diverging);
    set_titles(list, names, &panel, rows, cols);
    if (!rows->labels && of->rows == 1)
        panel.row_labels = NULL, panel.row_title = NULL;
    if (!cols->labels && of->cols == 1)
        panel.col_labels = NULL, panel.col_title = NULL;
    if (spec->highlight && spec->highlight->value == value)
        panel_mark(&panel, spec->highlight, true);
    return panel;
}

bool rows_sum_to_one(const double *data, int rows, int cols)
{
    for (int r = 0; r < rows; r++) {
        double sum = 0;
        for (int c = 0; c < cols; c++)
            sum += data[r * cols + c];
        if (!(fabs(sum - 1) <= 1e-9))
            return false;
    }
    return cols > 1;
}

int value_named(const Session *session, const char *format, ...)
{
    char name[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    return name_find(&session->names, name);
}
