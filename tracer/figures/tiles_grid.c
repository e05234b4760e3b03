/* figure tiles: attention in tiles as a grid. In every tile its scores; skipped ones are hatched; beside each row what
 * the query has kept after every tile: the largest score m and the sum l of the exponentials. */
#include "figure_page.h"

#include "tiny_model/primitive.h"
#include "tracer/base/nearest.h"
#include "tracer/query/parts.h"
#include "tracer/query/tiles.h"

#include <math.h>
#include <stdio.h>

enum { CELL = 44, SMALL = 12, NUMBERED = 14, COLUMN = 58, LABEL = 74, HEAD = 34, GAP = 3 };

/* The grid on the page. */
typedef struct {
    const Spec *spec;
    DrawList *list;
    TiledHead head;
    Scale scale;
    double cell, left, top;
    bool numbers;
} Grid;

static double column_x(const Grid *grid, int col)
{
    return grid->left + col * grid->cell + col / grid->head.cols * GAP;
}

static double row_y(const Grid *grid, int row)
{
    return grid->top + row * grid->cell + row / grid->head.rows * GAP;
}

static const char *label_of(const Grid *grid, int value, int i)
{
    const Axis *axis = row_axis(&grid->spec->session->names, value);
    const char *label = axis_label(&grid->spec->session->names, axis, i);
    char text[64];
    return label ? draw_format(grid->list, "%d %s", i, token_visible(text, sizeof text, label))
                 : draw_format(grid->list, "%d", i);
}

static void draw_cell(const Grid *grid, int row, int col, double number)
{
    DrawList *list = grid->list;
    const Theme *theme = grid->spec->theme;
    char text[NUMBER_SIZE];
    double x = column_x(grid, col), y = row_y(grid, row), side = grid->cell - 1;
    if (isinf(number)) {
        draw_hatch(list, x, y, side, side, theme->line);
        return;
    }
    Rgb fill = scale_color(theme, grid->scale, number);
    draw_rect(list, x, y, side, side, fill)->tip =
        draw_format(list, "query %d, key %d: %s", row, col, number_text(text, number, DEFAULT_DIGITS));
    if (grid->numbers)
        draw_text(list, x + side / 2, y + side / 2 + 4, ALIGN_CENTER, SMALL_SIZE, color_on(fill),
                  number_signed(text, number, 2));
}

static void draw_tile(const Grid *grid, int i, int j)
{
    const Tape *tape = grid->spec->session->names.tape;
    const TiledHead *head = &grid->head;
    Tile tile = tile_at(tape, head, i, j);
    int first_row = i * head->rows, first_col = j * head->cols;
    int rows = head->queries - first_row < head->rows ? head->queries - first_row : head->rows,
        cols = head->keys - first_col < head->cols ? head->keys - first_col : head->cols;
    double x = column_x(grid, first_col), y = row_y(grid, first_row), width = cols * grid->cell - 1,
           height = rows * grid->cell - 1;
    if (tile.scores < 0) {
        draw_hatch(grid->list, x, y, width, height, grid->spec->theme->line);
        draw_outline(grid->list, x, y, width, height, grid->spec->theme->line, 1)->dashed = true;
        return;
    }
    const Value *scores = tape_value(tape, tile.scores);
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < cols; c++)
            draw_cell(grid, first_row + r, first_col + c, cell_of(scores, r, c));
    draw_outline(grid->list, x - 1, y - 1, width + 2, height + 2, grid->spec->theme->ink, 1.2);
}

/* m and l of the rows of a tile, in the columns that belong to it. */
static void draw_kept(const Grid *grid, int i, int j, double left)
{
    const Tape *tape = grid->spec->session->names.tape;
    Tile tile = tile_at(tape, &grid->head, i, j);
    char number[NUMBER_SIZE];
    if (tile.max < 0)
        return;
    const Value *max = tape_value(tape, tile.max), *sum = tape_value(tape, tile.sum);
    for (int r = 0; r < max->rows; r++) {
        double y = row_y(grid, i * grid->head.rows + r) + grid->cell / 2 + 4;
        double m = cell_of(max, r, 0);
        draw_text(grid->list, left + COLUMN - 6, y, ALIGN_RIGHT, SMALL_SIZE, grid->spec->theme->ink,
                  isinf(m) ? "−∞" : number_signed(number, m, 2));
        draw_text(grid->list, left + 2 * COLUMN - 6, y, ALIGN_RIGHT, SMALL_SIZE, grid->spec->theme->forward,
                  number_text(number, cell_of(sum, r, 0), 3));
    }
}

/* The numbers that all tiles show. */
static Scale scale_of_tiles(const Tape *tape, const TiledHead *head)
{
    Scale scale = {-1e-9, 1e-9, true};
    for (int i = 0; i < head->down; i++)
        for (int j = 0; j < head->across; j++) {
            Tile tile = tile_at(tape, head, i, j);
            const Value *of = tile.scores < 0 ? NULL : tape_value(tape, tile.scores);
            if (of)
                scale = scale_join(scale, scale_of(of->data, cells_of(of), true));
        }
    return scale;
}

static double draw_labels(const Grid *grid)
{
    const Theme *theme = grid->spec->theme;
    const TiledHead *head = &grid->head;
    const Call *call = &grid->spec->session->names.tape->calls[head->call];
    double right = column_x(grid, head->keys - 1) + grid->cell + 12;
    for (int r = 0; r < head->queries && grid->cell > SMALL; r++)
        draw_text_within(grid->list, grid->left - 6, row_y(grid, r) + grid->cell / 2 + 4, LABEL - 8, ALIGN_RIGHT,
                         SMALL_SIZE, theme->ink, label_of(grid, call->inputs[0], r));
    for (int c = 0; c < head->keys && grid->cell > SMALL; c++)
        draw_text_within(grid->list, column_x(grid, c) + grid->cell / 2, grid->top - 6, grid->cell - 2, ALIGN_CENTER,
                         SMALL_SIZE, theme->ink, label_of(grid, call->inputs[1], c));
    for (int j = 0; j < head->across && grid->numbers; j++) {
        double left = right + j * (2 * COLUMN + 8);
        draw_bold(grid->list, left + COLUMN, grid->top - 20, ALIGN_CENTER, SMALL_SIZE, theme->muted,
                  draw_format(grid->list, "after tile %d", j));
        draw_text(grid->list, left + COLUMN - 6, grid->top - 6, ALIGN_RIGHT, SMALL_SIZE, theme->ink, "m");
        draw_text(grid->list, left + 2 * COLUMN - 6, grid->top - 6, ALIGN_RIGHT, SMALL_SIZE, theme->forward, "l");
        for (int i = 0; i < head->down; i++)
            draw_kept(grid, i, j, left);
    }
    return right + (grid->numbers ? head->across * (2 * COLUMN + 8) : 0);
}

static bool find_head(const Spec *spec, TiledHead *head, Error *error)
{
    const Tape *tape = spec->session->names.tape;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    TiledHead other;
    if (tiled_head_find(tape, spec->name, head))
        return true;
    for (int i = 0; i < 64 && tiled_head(tape, i, &other); i++)
        nearest_offer(&nearest, spec->name, other.path);
    return error_set(error, EXIT_USED_WRONGLY, "no head in tiles is called \"%.60s\"; %s", spec->name,
                     nearest_text(&nearest, answer, "tracer names '*.logsumexp' lists them"));
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Grid grid = {.spec = spec, .list = list};
    char where[PART_WORDS];
    if (!find_head(spec, &grid.head, error))
        return false;
    const TiledHead *head = &grid.head;
    const Tape *tape = spec->session->names.tape;
    int most = head->queries > head->keys ? head->queries : head->keys, made = 0;
    page_begin(list, spec);
    grid.numbers = most <= NUMBERED;
    grid.cell = grid.numbers ? CELL : fmax(4, fmin(SMALL, 640.0 / most));
    grid.left = PAGE_MARGIN + (grid.cell > SMALL ? LABEL : 0);
    grid.top = PAGE_TOP + HEAD;
    grid.scale = scale_of_tiles(tape, head);
    for (int i = 0; i < head->down; i++)
        for (int j = 0; j < head->across; j++) {
            draw_tile(&grid, i, j);
            made += tile_at(tape, head, i, j).scores >= 0;
        }
    double right = draw_labels(&grid), bottom = row_y(&grid, head->queries - 1) + grid.cell;
    part_words(head->path, where, sizeof where);
    const char *told = draw_format(
        list, "Scores in tiles of %d × %d; %d of %d are made, hatched ones hold nothing that is seen. A row keeps its "
              "largest score m and the sum l of e^(score − m), both of what was seen so far.",
        head->rows, head->cols, made, head->down * head->across);
    page_end(list, spec, fmax(right, PAGE_MARGIN + 420), bottom, draw_format(list, "Attention of %s in tiles", where),
             told, draw_format(list, "A grid of tiles. %s", told));
    return true;
}

static bool has_tiles(const Session *session, const char **why)
{
    TiledHead head;
    *why = "no attention is computed in tiles here; \"attention\": \"flash\" does";
    return tiled_head(session->names.tape, 0, &head);
}

static bool usual(const Session *session, char *name, size_t size)
{
    TiledHead head;
    bool any = tiled_head(session->names.tape, 0, &head);
    snprintf(name, size, "%s", any ? head.path : "");
    return any;
}

const Figure TILES_FIGURE = {
    .name = "tiles", .words = "[block0.head1]",
    .shows = "attention in tiles: which are made, their scores, and what every query keeps from tile to tile",
    .fits = has_tiles, .usual = usual, .draw = draw,
};
