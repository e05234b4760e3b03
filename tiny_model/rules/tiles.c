/* Tiles of attention: which there are, and their scores; see tiles.h. */
#include "tiles.h"

#include <math.h>
#include <stdio.h>

int tile_count(int size, int rows)
{
    return (rows + size - 1) / size;
}

Block tile_block(int size, int rows, int i)
{
    int first = i * size;
    return (Block){first, rows - first < size ? rows - first : size};
}

/* The first and the last key that a query sees, of as many as there are. */
static Block seen_by(const Tiles *tiles, int query)
{
    int window = tiles->form->window, last = query + tiles->form->before, first = last - window + 1;
    if (window == 0)
        return (Block){0, tape_value(tiles->tape, tiles->k)->rows};
    first = first < 0 ? 0 : first;
    return (Block){first, last - first + 1};
}

bool tile_is_seen(const Tiles *tiles, Block rows, Block cols)
{
    for (int r = rows.first; r < rows.first + rows.count; r++) {
        Block seen = seen_by(tiles, r);
        if (seen.first < cols.first + cols.count && cols.first < seen.first + seen.count)
            return true;
    }
    return false;
}

bool tile_leaves_blank(const Tiles *tiles, Block rows, Block cols)
{
    for (int r = rows.first; r < rows.first + rows.count; r++)
        if (seen_by(tiles, r).first >= cols.first + cols.count)
            return true;
    return false;
}

/* Whether some query of the block does not see some key of the other. */
static bool is_cut(const Tiles *tiles, Block rows, Block cols)
{
    for (int r = rows.first; r < rows.first + rows.count; r++) {
        Block seen = seen_by(tiles, r);
        if (seen.first > cols.first || seen.first + seen.count < cols.first + cols.count)
            return true;
    }
    return false;
}

void tile_begin(Tape *tape, int i, int j)
{
    char *name = (char *)tape_labels(tape, 5);
    snprintf(name, 5 * sizeof(char *), "tile%d_%d", i, j);
    tape_begin(tape, name, -1, NULL);
}

int tile_rows_of(Tape *tape, const char *name, int x, Block rows)
{
    short axis = tape_axis_part(tape, tape_value(tape, x)->row_axis, rows.count, rows.first);
    Label label = label_with_axes(HERE(name), axis, AXIS_NONE, AXIS_NONE);
    return slice_rows(tape, &label, x, rows.first, rows.count);
}

int tile_stack(Tape *tape, const Label *label, const int *blocks, int count, short axis)
{
    Label with = label_with_axes(label, axis, AXIS_NONE, AXIS_NONE);
    return stack(tape, &with, blocks, count);
}

/* The cells of a tile of a matrix of tokens x tokens. */
static int cut_out(Tape *tape, const char *rows_name, const char *name, int x, Block rows, Block cols)
{
    int across = tile_rows_of(tape, rows_name, x, rows);
    return slice_columns(tape, HERE(name), across, cols.first, cols.count);
}

int tile_scores(const Tiles *tiles, Block rows, Block cols, int q, int k)
{
    Tape *tape = tiles->tape;
    const Tiling *form = tiles->form;
    bool cut = form->window && is_cut(tiles, rows, cols), biased = form->slope != 0;
    int s = matmul_bt(tape, HERE("products"), q, k);
    s = divide_by(tape, cut || biased ? HERE("scaled") : HERE("scores"), s, tiles->root);
    if (biased) {
        int distance = cut_out(tape, "distance_rows", "distance", form->distance, rows, cols);
        int bias = scale(tape, HERE("bias"), distance, -form->slope);
        s = add(tape, cut ? HERE("biased") : HERE("scores"), s, bias);
    }
    if (cut) /* row r of the tile sees columns up to r + before */
        s = causal_mask(tape, HERE("scores"), s, -INFINITY, form->window, rows.first + form->before - cols.first);
    return s;
}

int tile_dropped(const Tiles *tiles, const char *name, int x, Block rows, Block cols)
{
    Tape *tape = tiles->tape;
    const Tiling *form = tiles->form;
    if (!(form->kept < 1))
        return x;
    char *dropped = (char *)tape_labels(tape, 8), *kept = (char *)tape_labels(tape, 8),
         *mask_rows = (char *)tape_labels(tape, 8), *mask = (char *)tape_labels(tape, 8);
    snprintf(dropped, 8 * sizeof(char *), "%s_dropped", name);
    snprintf(kept, 8 * sizeof(char *), "%s_kept", name);
    snprintf(mask_rows, 8 * sizeof(char *), "%s_mask_rows", name);
    snprintf(mask, 8 * sizeof(char *), "%s_mask", name);
    int cells = cut_out(tape, mask_rows, mask, form->mask, rows, cols);
    return divide_by(tape, HERE(dropped), multiply(tape, HERE(kept), x, cells), form->kept);
}
