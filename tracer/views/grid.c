/* A grid of character cells; see grid.h. */
#include "grid.h"

#include "tiny_model/tokenizer/tokenizer.h"
#include "tiny_model/visible.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

bool grid_init(Grid *grid, int rows, int cols, bool ascii)
{
    *grid = (Grid){.rows = rows, .cols = cols, .ascii = ascii, .cursor_row = -1, .cursor_col = -1};
    grid->cells = malloc((size_t)rows * (size_t)cols * sizeof *grid->cells + 1);
    if (!grid->cells)
        return false;
    for (size_t i = 0; i < (size_t)rows * (size_t)cols; i++)
        grid->cells[i] = (GridCell){' ', PLAIN};
    return true;
}

void grid_free(Grid *grid)
{
    free(grid->cells);
    free(grid->hits);
    *grid = (Grid){0};
}

Area grid_area(const Grid *grid)
{
    return (Area){0, 0, grid->rows, grid->cols};
}

static GridCell *cell_at(const Grid *grid, int row, int col)
{
    return &grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col];
}

/* True if the cell lies in the area and the grid. */
static bool inside(const Grid *grid, Area area, int row, int col)
{
    return row >= 0 && col >= 0 && row < area.rows && col < area.cols && area.row + row < grid->rows &&
           area.col + col < grid->cols;
}

/* The plain likeness of a character, as wide as itself. */
static unsigned plain_point(unsigned point)
{
    static const struct {
        unsigned from, to;
    } likeness[] = {
        {0x2717, 'x'}, {0x2502, '|'}, {0x2500, '-'}, {0x253c, '+'}, {0x2534, '+'}, {0x252c, '+'}, {0x251c, '+'},
        {0x2524, '+'}, {0x250c, '+'}, {0x2510, '+'}, {0x2514, '+'}, {0x2518, '+'}, {0x25b8, '>'}, {0x25be, 'v'},
        {0xb7, '.'},   {0x2026, '~'}, {0x203a, '>'}, {0x2039, '<'}, {0xd7, 'x'},   {0x2212, '-'}, {0xf7, '/'},
        {0x2191, '^'}, {0x2193, 'v'}, {0x2190, '<'}, {0x2192, '>'}, {0x25b6, '>'}, {0x25cf, 'B'}, {0x25c9, '@'},
        {0x25c6, 'w'}, {0x3a3, 'S'},  {0x2202, 'd'},
    };
    if (point < 0x80)
        return point;
    for (size_t i = 0; i < sizeof likeness / sizeof *likeness; i++)
        if (likeness[i].from == point)
            return likeness[i].to;
    return '?';
}

static void put_point(Grid *grid, Area area, int row, int col, Style style, unsigned point, int width)
{
    if (!inside(grid, area, row, col))
        return;
    GridCell *cell = cell_at(grid, area.row + row, area.col + col);
    if (cell->point == 0 && area.col + col > 0) /* the left half of what stood here is gone */
        cell[-1].point = ' ';
    bool whole = width == 1 || inside(grid, area, row, col + 1);
    GridCell *last = whole ? cell + width - 1 : cell;
    if (area.col + col + width < grid->cols && whole && last[1].point == 0)
        last[1].point = ' ';
    if (grid->ascii) {
        for (GridCell *each = cell; each <= last; each++)
            *each = (GridCell){plain_point(point), style};
        return;
    }
    *cell = (GridCell){whole ? point : ' ', style};
    if (whole && width == 2)
        cell[1] = (GridCell){0, style};
}

/* Bytes and columns of the first character of the text, as put_next shows it. */
static int next_bytes(const char *text, int *columns)
{
    unsigned point;
    int length = utf8_decode(text, &point);
    if (!length || is_invisible(point)) {
        char shown[VISIBLE];
        length = character_visible(shown, text);
        *columns = (int)strlen(shown);
        return length;
    }
    /* Most is ASCII, and wcwidth asks the locale. */
    int width = point < 0x7f ? 1 : wcwidth((wchar_t)point);
    *columns = width > 0 ? width : 0;
    return length;
}

/* Puts the next character of the text, or what stands for one that is not shown; returns the column behind it. */
static int put_next(Grid *grid, Area area, int row, int col, Style style, const char **text)
{
    unsigned point;
    int length = utf8_decode(*text, &point);
    if (!length || is_invisible(point)) {
        char shown[VISIBLE];
        *text += character_visible(shown, *text);
        for (const char *at = shown; *at; at++)
            put_point(grid, area, row, col++, style, (unsigned char)*at, 1);
        return col;
    }
    int columns;
    *text += next_bytes(*text, &columns);
    if (columns)
        put_point(grid, area, row, col, style, point, columns);
    return col + columns;
}

int grid_put(Grid *grid, Area area, int row, int col, Style style, const char *text)
{
    while (*text)
        col = put_next(grid, area, row, col, style, &text);
    return col;
}

int grid_put_cut(Grid *grid, Area area, int row, int col, int width, Style style, const char *text)
{
    if (width > area.cols - col)
        width = area.cols - col;
    if (width <= 0)
        return col;
    /* The last column is for the ellipsis, but only where something is cut. */
    if (text_width(text) <= width)
        return grid_put(grid, area, row, col, style, text);
    int end = col + width - 1;
    while (*text) {
        int columns;
        next_bytes(text, &columns);
        if (col + columns > end)
            break;
        col = put_next(grid, area, row, col, style, &text);
    }
    return grid_put(grid, area, row, col, style, "…");
}

/* The bytes of the next word and the columns that it takes. */
static size_t next_word(const char *text, int *width)
{
    const char *at = text;
    *width = 0;
    for (int columns; *at && *at != ' '; *width += columns)
        at += next_bytes(at, &columns);
    return (size_t)(at - text);
}

int grid_put_wrapped(Grid *grid, Area area, int row, Style style, const char *text)
{
    int col = 0, width;
    while (*text) {
        const char *end = text + next_word(text, &width);
        if (col > 0 && col + width > area.cols) {
            row++;
            col = 0;
        }
        while (text < end) {
            int columns;
            next_bytes(text, &columns);
            if (col + columns > area.cols && col > 0) { /* a word that is wider than the area goes on below */
                row++;
                col = 0;
            }
            col = put_next(grid, area, row, col, style, &text);
        }
        text += *text == ' ';
        col++;
    }
    return row + 1;
}

void grid_fill(Grid *grid, Area area, Style style, unsigned point)
{
    for (int row = 0; row < area.rows; row++)
        for (int col = 0; col < area.cols; col++)
            put_point(grid, area, row, col, style, point, 1);
}

void grid_mark(Grid *grid, Area area, unsigned char flags)
{
    for (int row = 0; row < area.rows; row++)
        for (int col = 0; col < area.cols; col++)
            if (inside(grid, area, row, col))
                cell_at(grid, area.row + row, area.col + col)->style.flags |= flags;
}

void grid_paint(Grid *grid, Area area, unsigned char heat)
{
    for (int row = 0; row < area.rows; row++)
        for (int col = 0; col < area.cols; col++)
            if (inside(grid, area, row, col))
                cell_at(grid, area.row + row, area.col + col)->style.heat = heat;
}

void grid_cursor(Grid *grid, Area area, int row, int col)
{
    if (!inside(grid, area, row, col))
        return;
    grid->cursor_row = area.row + row;
    grid->cursor_col = area.col + col;
}

bool grid_record_hits(Grid *grid)
{
    grid->hits = calloc((size_t)grid->rows * (size_t)grid->cols + 1, sizeof *grid->hits);
    return grid->hits != NULL;
}

void grid_hit(Grid *grid, Area area, Hit hit)
{
    for (int row = 0; grid->hits && row < area.rows; row++)
        for (int col = 0; col < area.cols; col++)
            if (inside(grid, area, row, col))
                grid->hits[(size_t)(area.row + row) * (size_t)grid->cols + (size_t)(area.col + col)] = hit;
}

Hit grid_hit_at(const Grid *grid, int row, int col)
{
    bool there = grid->hits && row >= 0 && col >= 0 && row < grid->rows && col < grid->cols;
    return there ? grid->hits[(size_t)row * (size_t)grid->cols + (size_t)col] : (Hit){.kind = HIT_NOTHING};
}

void grid_text(const Grid *grid, Text *out)
{
    for (int row = 0; row < grid->rows; row++) {
        int end = grid->cols;
        while (end > 0 && cell_at(grid, row, end - 1)->point == ' ')
            end--;
        for (int col = 0; col < end; col++) {
            char bytes[4];
            unsigned point = cell_at(grid, row, col)->point;
            if (point)
                text_put(out, bytes, (size_t)utf8_encode(point, bytes));
        }
        text_put(out, "\n", 1);
    }
}

static bool same_style(Style a, Style b)
{
    return a.heat == b.heat && a.flags == b.flags;
}

void grid_styles(const Grid *grid, Text *out)
{
    for (int row = 0; row < grid->rows; row++) {
        for (int col = 0, length; col < grid->cols; col += length) {
            Style style = cell_at(grid, row, col)->style;
            for (length = 1; col + length < grid->cols; length++)
                if (!same_style(cell_at(grid, row, col + length)->style, style))
                    break;
            if (!same_style(style, PLAIN))
                text_add(out, "%d %d %d %s%s%s%s%d\n", row, col, length, style.flags & BOLD ? "bold " : "",
                         style.flags & DIM ? "dim " : "", style.flags & REVERSE ? "reverse " : "",
                         style.flags & UNDERLINE ? "underline " : "", style.heat);
        }
    }
}
