/* The panel of a value on the tape: what its rows and columns are called; see value_panel.h. */
#include "value_panel.h"

#include "tiny_model/primitive.h"

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

static const char *const *labels(DrawList *list, const Names *names, Axis axis, int count)
{
    const char **all = draw_room(list, (size_t)count * sizeof *all);
    for (int i = 0; all && i < count; i++) {
        const char *token = axis_label(names, axis, i);
        all[i] = token ? label(list, token) : draw_format(list, "%d", i);
    }
    return all;
}

static const char *rows_of_parameter(const char *local)
{
    return strcmp(local, "position_embedding") == 0 ? "position" : strncmp(local, "W", 1) == 0 ? "input" : "row";
}

static void set_titles(Panel *panel, const Value *root, Axis rows, Axis cols)
{
    static const char *const of_axis[] = {NULL, "token", "vocabulary"};
    bool attention = rows == AXIS_TOKENS && (cols == AXIS_TOKENS || strstr(panel->name, ".softmax."));
    bool parameter = root->kind == KIND_PARAMETER;
    const char *row = attention ? "query" : of_axis[rows], *col = attention ? "key" : of_axis[cols];
    const char *local = root->name.base < 0 ? root->name.local : "";
    if (!row)
        row = parameter ? rows_of_parameter(local) : "row";
    if (panel->names && value_meaning(panel->names, panel->value) == MEANS_LETTER)
        col = "letter";
    if (!col)
        col = rows != AXIS_NUMBERS ? "feature" : parameter && *local == 'W' ? "output" : "column";
    struct { const char *name, *row, *col; } const arrows[] = {
        {"query", "← query", NULL}, {"token", "← token", "token →"}, {"vocabulary", "← vocabulary", "vocabulary →"},
        {"position", "← position", NULL}, {"input", "← input", NULL}, {"row", "← row", NULL}, {"key", NULL, "key →"},
        {"feature", NULL, "feature →"}, {"output", NULL, "output →"}, {"column", NULL, "column →"},
        {"letter", NULL, "letter →"}};
    for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++) {
        if (strcmp(arrows[i].name, row) == 0 && arrows[i].row)
            panel->row_title = arrows[i].row;
        if (strcmp(arrows[i].name, col) == 0 && arrows[i].col)
            panel->col_title = arrows[i].col;
    }
}

/* Attention maps after the mask: what lies right of the diagonal is not seen. */
static bool is_causal(const char *name, Axis rows, Axis cols)
{
    return rows == AXIS_TOKENS && cols == AXIS_TOKENS &&
           (text_ends(name, ".weights") || text_ends(name, ".masked") || strstr(name, ".softmax.") || text_ends(name, ".scores.grad") ||
            text_ends(name, ".scaled.grad") || text_ends(name, ".masked.grad"));
}

Panel panel_of_value(DrawList *list, const Spec *spec, const Session *session, int value)
{
    const Names *names = &session->names;
    const Value *of = tape_value(names->tape, value);
    Axis rows = row_axis(names, value), cols = col_axis(names, value);
    const char *name = draw_format(list, "%s", name_of(names, value));
    bool can_be_negative = of->kind == KIND_PARAMETER || of->kind == KIND_GRADIENT;
    Panel panel = {.name = name, .value = value, .data = of->data, .rows = of->rows, .cols = of->cols, .digits = spec->digits,
                   .names = value_meaning(names, value) == MEANS_QUANTITY ? NULL : names,
                   .scale = scale_of(of->data, cells_of(of), can_be_negative), .causal = is_causal(name, rows, cols),
                   .row_labels = labels(list, names, rows, of->rows), .col_labels = labels(list, names, cols, of->cols)};
    set_titles(&panel, tape_value(names->tape, name_root(names->tape, value)), rows, cols);
    if (rows == AXIS_NUMBERS && of->rows == 1)
        panel.row_labels = NULL, panel.row_title = NULL;
    if (cols == AXIS_NUMBERS && of->cols == 1)
        panel.col_labels = NULL, panel.col_title = NULL;
    if (text_ends(name, ".weights"))
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
