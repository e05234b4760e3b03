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

static const char *const *labels(DrawList *list, const Names *names, const Axis *axis, int count)
{
    const char **all = draw_room(list, (size_t)count * sizeof *all);
    for (int i = 0; all && i < count; i++) {
        const char *token = axis_label(names, axis, i);
        all[i] = token ? label(list, token) : draw_format(list, "%d", i);
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

Panel panel_of_value(DrawList *list, const Spec *spec, const Session *session, int value)
{
    const Names *names = &session->names;
    const Value *of = tape_value(names->tape, value);
    const Axis *rows = row_axis(names, value), *cols = col_axis(names, value);
    const char *name = draw_format(list, "%s", name_of(names, value));
    bool can_be_negative = of->kind == KIND_PARAMETER || of->kind == KIND_GRADIENT;
    Panel panel = {.name = name, .value = value, .data = of->data, .rows = of->rows, .cols = of->cols,
                   .digits = spec->digits, .names = value_counts(names, value) ? names : NULL,
                   .scale = scale_of(of->data, cells_of(of), can_be_negative), .causal = is_causal(of, rows, cols),
                   .row_labels = labels(list, names, rows, of->rows),
                   .col_labels = labels(list, names, cols, of->cols)};
    set_titles(list, names, &panel, rows, cols);
    if (!rows->labels && of->rows == 1)
        panel.row_labels = NULL, panel.row_title = NULL;
    if (!cols->labels && of->cols == 1)
        panel.col_labels = NULL, panel.col_title = NULL;
    if (is_weights(names->tape, value))
        panel.scale = (Scale){.low = 0, .high = 1};
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
