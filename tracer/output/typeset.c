/* Slices as authors set them; see typeset.h. */
#include "typeset.h"

#include "tracer/base/escapes.h"

#include <stdio.h>
#include <string.h>

/* The place of what is left out; before the first row or column stands its title. */
enum { DOTS = -2, TITLE = -1, BMATRIX_COLUMNS = 10 };

static int shown_count(int count, int most)
{
    return most && count > most ? most : count;
}

/* Which row or column is shown at place i: two thirds from the beginning, then dots, then from the end. */
static int shown_at(int count, int most, int i)
{
    if (!most || count <= most || i < 0)
        return i;
    int first = most - 1 - most / 3;
    return i < first ? i : i == first ? DOTS : count - (most - i);
}

static int rows_shown(const Slice *slice)
{
    return shown_count(slice->rows, slice->most_rows);
}

static int cols_shown(const Slice *slice)
{
    return shown_count(slice->cols, slice->most_cols);
}

/* What stands in a cell; `dots` where something is left out. Titles are at row or column TITLE. */
typedef struct {
    enum { CELL_EMPTY, CELL_TITLE, CELL_NUMBER, CELL_WORD, CELL_RIGHT_DOTS, CELL_DOWN_DOTS, CELL_BOTH_DOTS } kind;
    char text[LABEL_SIZE];
} Cell;

static void cell_at(const Slice *slice, int i, int j, int digits, Cell *cell)
{
    int r = shown_at(slice->rows, slice->most_rows, i), c = shown_at(slice->cols, slice->most_cols, j);
    cell->text[0] = '\0';
    if (r == DOTS || c == DOTS)
        cell->kind = r != DOTS ? CELL_RIGHT_DOTS : c != DOTS ? CELL_DOWN_DOTS : CELL_BOTH_DOTS;
    else if (r == TITLE && c == TITLE)
        cell->kind = CELL_EMPTY;
    else if (r == TITLE || c == TITLE) {
        cell->kind = CELL_TITLE;
        slice_label(slice, c == TITLE, c == TITLE ? r : c, cell->text);
    } else {
        cell->kind = value_counts(slice->names, slice->value) ? CELL_WORD : CELL_NUMBER;
        slice_told(slice, r, c, digits, cell->text);
    }
}

void typeset_matrix(const Slice *slice, int digits, Text *out)
{
    char number[NUMBER_SIZE];
    bool counts = value_counts(slice->names, slice->value) != NULL;
    int rows = rows_shown(slice), cols = cols_shown(slice);
    bool wide = cols > BMATRIX_COLUMNS;
    if (wide)
        text_add(out, "\\left[\\begin{array}{*{%d}{r}}\n", cols);
    else
        text_add(out, "\\begin{bmatrix}\n");
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++) {
            int r = shown_at(slice->rows, slice->most_rows, i), c = shown_at(slice->cols, slice->most_cols, j);
            if (r == DOTS || c == DOTS)
                text_add(out, r != DOTS ? "\\cdots" : c != DOTS ? "\\vdots" : "\\ddots");
            else
                text_add_tex_number(out, number_text(number, slice_number(slice, r, c), counts ? 0 : digits), true);
            text_add(out, "%s", j + 1 < cols ? " & " : i + 1 < rows ? " \\\\\n" : "\n");
        }
    text_add(out, wide ? "\\end{array}\\right]\n" : "\\end{bmatrix}\n");
}

void typeset_tabular(const Slice *slice, int digits, Text *out)
{
    Cell cell;
    text_add(out, "\\begin{tabular}{l*{%d}{r}}\n", cols_shown(slice));
    for (int i = TITLE; i < rows_shown(slice); i++) {
        for (int j = TITLE; j < cols_shown(slice); j++) {
            static const char *const dots[] = {[CELL_RIGHT_DOTS] = "$\\cdots$", [CELL_DOWN_DOTS] = "$\\vdots$",
                                               [CELL_BOTH_DOTS] = "$\\ddots$"};
            cell_at(slice, i, j, digits, &cell);
            text_add(out, "%s", j == TITLE ? "" : " & ");
            if (cell.kind >= CELL_RIGHT_DOTS)
                text_add(out, "%s", dots[cell.kind]);
            else if (cell.kind == CELL_NUMBER)
                text_add_tex_number(out, cell.text, false);
            else
                text_add_tex(out, cell.text);
        }
        text_add(out, " \\\\%s\n", i == TITLE ? " \\hline" : "");
    }
    text_add(out, "\\end{tabular}\n");
}

static void add_markdown_cell(Text *out, const char *text)
{
    text_add(out, " ");
    for (; *text; text++)
        /* A token may be a bar, which would end the cell. */
        text_add(out, *text == '|' ? "\\%c" : "%c", *text);
    text_add(out, " |");
}

void typeset_markdown(const Slice *slice, int digits, Text *out)
{
    Cell cell;
    for (int i = TITLE; i < rows_shown(slice); i++) {
        text_add(out, i == TITLE ? "|" : "\n|");
        for (int j = TITLE; j < cols_shown(slice); j++) {
            cell_at(slice, i, j, digits, &cell);
            if (cell.kind == CELL_EMPTY)
                text_add(out, "  |");
            else
                add_markdown_cell(out, cell.kind < CELL_RIGHT_DOTS ? cell.text : "…");
        }
        if (i > TITLE)
            continue;
        text_add(out, "\n|---|");
        for (int c = 0; c < cols_shown(slice); c++)
            text_add(out, "---:|");
    }
    text_add(out, "\n");
}

void typeset_html(const Slice *slice, int digits, Text *out)
{
    Cell cell;
    text_add(out, "<table>\n");
    for (int i = TITLE; i < rows_shown(slice); i++) {
        text_add(out, "<tr>");
        for (int j = TITLE; j < cols_shown(slice); j++) {
            cell_at(slice, i, j, digits, &cell);
            const char *tag = i == TITLE || j == TITLE ? "th" : "td";
            text_add(out, "<%s%s>", tag, j > TITLE ? " style=\"text-align:right\"" : "");
            text_add_html(out, cell.kind < CELL_RIGHT_DOTS ? cell.text : "…");
            text_add(out, "</%s>", tag);
        }
        text_add(out, "</tr>\n");
    }
    text_add(out, "</table>\n");
}
