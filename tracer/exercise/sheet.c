/* Writing worksheets; see sheet.h. */
#include "sheet.h"

#include "tiny_model/primitive.h"
#include "tracer/session/names.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void add_lines(Text *out, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        text_add(out, "#%s%.*s\n", length ? " " : "", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

/* One formula behind another; a comma and two blanks are where a line may end. */
static void add_formula(const char *formula, Text *out)
{
    enum { WIDTH = 90 };
    size_t used = 0;
    text_add(out, "#\n# formula  ");
    while (*formula) {
        const char *end = strstr(formula, ",  ");
        size_t length = end ? (size_t)(end - formula) + 1 : strlen(formula);
        bool first = used == 0, fits = used + length + 2 <= WIDTH;
        text_add(out, first ? "%.*s" : fits ? "  %.*s" : "\n#          %.*s", (int)length, formula);
        used = first || !fits ? length : used + length + 2;
        formula += length + (end ? 2 : 0);
    }
    text_add(out, "\n");
}

/* The text and the numbers that stand in the model, as formulas call them. */
static void add_sizes(const Model *model, Text *out)
{
    Quantity quantities[MOST_QUANTITIES];
    int count = model->system->quantities(model, quantities);
    text_add(out, "#\n");
    for (int i = 0; i < count && model->data.text; i++)
        if (quantities[i].meaning && strcmp(quantities[i].meaning, "the number of tokens") == 0)
            text_add(out, "# text     %s   (%d tokens)\n", model->data.text, quantities[i].number);
    text_add(out, "# sizes   ");
    for (int i = 0, written = 0; i < count; i++)
        if (!quantities[i].meaning)
            text_add(out, "%s %s %d", written++ ? "," : "", quantities[i].symbol, quantities[i].number);
    text_add(out, "\n");
}

/* Lines that begin with # are skipped when the sheet comes back; only the code is read from them. */
static void add_head(const Variant *variant, Text *out)
{
    const Exercise *exercise = variant->exercise;
    text_add(out, "# tracer worksheet %s: %s\n# course %s\n# student %s\n# code %s\n#\n", exercise->id, exercise->title,
             variant->whose.course, variant->whose.student, variant->code);
    add_lines(out, exercise->task);
    if (exercise->formula)
        add_formula(exercise->formula, out);
    add_sizes(&variant->model, out);
}

/* The text as words, the vocabulary as a list: they stand on the tape as code points. */
static bool add_words(const Names *names, int id, Text *out)
{
    const Axis *rows = row_axis(names, id), *counts = value_counts(names, id);
    if (!counts || !axis_is_letters(names, counts))
        return false;
    if (rows->labels) {
        text_add(out, "#\n# given    %s: id and token\n#  ", name_of(names, id));
        for (int i = 0; i < rows->size; i++)
            text_add(out, "  %d %s", i, axis_label(names, rows, i));
        text_add(out, "\n");
    }
    return true;
}

static const char *label_or(const Names *names, const Axis *axis, int i)
{
    const char *label = axis_label(names, axis, i);
    return label ? label : "";
}

/* Ids and other whole numbers are printed without decimals. */
static bool all_whole(const Value *value)
{
    if (value->kind != KIND_INPUT)
        return false;
    for (size_t i = 0; i < cells_of(value); i++)
        if (!isfinite(value->data[i]) || value->data[i] != rint(value->data[i]))
            return false;
    return true;
}

static void add_matrix(const Names *names, int id, int decimals, Text *out)
{
    const Value *value = tape_value(names->tape, id);
    char number[NUMBER_SIZE];
    bool whole = all_whole(value);
    text_add(out, "#\n# given    %s   %d x %d\n#            ", name_of(names, id), value->rows, value->cols);
    for (int c = 0; c < value->cols; c++) {
        const char *label = axis_label(names, col_axis(names, id), c);
        label ? text_add(out, " %8s", label) : text_add(out, " %8d", c);
    }
    text_add(out, "\n");
    for (int r = 0; r < value->rows; r++) {
        text_add(out, "#   %2d %-6s", r, label_or(names, row_axis(names, id), r));
        for (int c = 0; c < value->cols; c++) {
            double cell = cell_of(value, r, c);
            text_add(out, " %8s", number_text(number, cell, whole ? 0 : decimals));
        }
        text_add(out, "\n");
    }
}

static void add_givens(const Variant *variant, const Names *names, Text *out)
{
    const Exercise *exercise = variant->exercise;
    for (int i = 0; i < exercise->given_count; i++) {
        int id = name_find(names, exercise->givens[i].name);
        if (!add_words(names, id, out))
            add_matrix(names, id, exercise->givens[i].decimals, out);
    }
}

/* One line a row, a ? a cell: what is typed in their place keeps the sheet readable for the checker. */
static void add_asked(const Variant *variant, const Names *names, bool solved, Text *out)
{
    int line = -1, row = -1;
    char number[NUMBER_SIZE];
    for (int i = 0; i < variant->cell_count; i++) {
        const AskedCell *cell = &variant->cells[i];
        const char *name = variant->exercise->asked[cell->line].name;
        int id = name_find(names, name);
        if (cell->line != line) {
            text_add(out, "%s\n# asked    %s", line < 0 ? "" : "\n", name);
            text_add(out, cell->decimals ? ", with %d decimals, columns" : ", whole numbers, columns", cell->decimals);
            for (int next = i; next < variant->cell_count && variant->cells[next].line == cell->line &&
                               variant->cells[next].row == cell->row;
                 next++)
                text_add(out, " %d%s%s", variant->cells[next].col,
                         *label_or(names, col_axis(names, id), variant->cells[next].col) ? " " : "",
                         label_or(names, col_axis(names, id), variant->cells[next].col));
            text_add(out, "\nanswer %s", name);
        }
        if (cell->line != line || cell->row != row)
            text_add(out, "\n  row %d%s%s:", cell->row, *label_or(names, row_axis(names, id), cell->row) ? " " : "",
                     label_or(names, row_axis(names, id), cell->row));
        line = cell->line;
        row = cell->row;
        text_add(out, "  %s", solved ? number_text(number, variant->truth[i], cell->decimals) : "?");
    }
    text_add(out, "\n");
}

/* "Name the bug": what the run with the bug shows, and the list to choose from. */
static void add_choice(const Variant *variant, const Names *names, bool solved, Text *out)
{
    const Exercise *exercise = variant->exercise;
    for (int i = 0; i < exercise->asked_count; i++)
        add_matrix(names, name_find(names, exercise->asked[i].name), exercise->asked[i].decimals, out);
    text_add(out, "#\n# one of these is what went wrong:\n");
    for (int i = 0; i < exercise->mistake_count; i++)
        text_add(out, "#   %d  %s\n", i + 1, exercise->mistakes[i]->message);
    text_add(out, "\n# asked    its number\nanswer bug\n  ");
    text_add(out, solved ? "%d\n" : "?\n", variant->choice);
}

/* What is read back from the sheet's head: a part of one line. */
static bool fits_head(const char *text)
{
    size_t length = strlen(text);
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return false;
    return length > 0 && length <= MOST_WHOSE && *text != ' ';
}

bool sheet_write(const Variant *variant, bool solved, Text *out, Error *error)
{
    Names names;
    const Whose *whose = &variant->whose;
    if (!fits_head(whose->student) || !fits_head(whose->course))
        return error_set(error, EXIT_USED_WRONGLY,
                         "student and course stand on the sheet: 1 to %d letters each, in one line", MOST_WHOSE);
    if (!names_init(&names, &variant->run.tape, error))
        return false;
    add_head(variant, out);
    add_givens(variant, &names, out);
    (variant->exercise->choice ? add_choice : add_asked)(variant, &names, solved, out);
    names_free(&names);
    return !out->failed || error_memory(error);
}
