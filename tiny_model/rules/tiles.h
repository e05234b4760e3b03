/* What the way forward and the way back of attention in tiles share: flash.c and flash_backward.c. */
#ifndef TINY_MODEL_RULES_TILES_H
#define TINY_MODEL_RULES_TILES_H

#include "rule.h"

typedef struct {
    Tape *tape;
    const Tiling *form;
    int q, k, v;
    double root;        /* of the width of a head */
} Tiles;

/* Rows `first` to `first + count` of a matrix. */
typedef struct {
    int first, count;
} Block;

/* How many blocks of `size` rows there are, and the i-th of them; the last may be smaller. */
int tile_count(int size, int rows);
Block tile_block(int size, int rows, int i);

/* Whether a query of the block sees a key of the other; whether some query of it has seen none when the tile is
 * done. */
bool tile_is_seen(const Tiles *tiles, Block rows, Block cols);
bool tile_leaves_blank(const Tiles *tiles, Block rows, Block cols);

/* Opens the frame "tile1_0". */
void tile_begin(Tape *tape, int i, int j);

/* The rows of a block of x, named so under the open frame. */
int tile_rows_of(Tape *tape, const char *name, int x, Block rows);

/* Blocks one below the other, their rows again those of the axis. */
int tile_stack(Tape *tape, const Label *label, const int *blocks, int count, short axis);

/* The scores of a tile, divided, biased and masked as the form asks for; the last step is called "scores". */
int tile_scores(const Tiles *tiles, Block rows, Block cols, int q, int k);

/* What dropout leaves of a tile x that is called `name`. */
int tile_dropped(const Tiles *tiles, const char *name, int x, Block rows, Block cols);

void flash_backward(Tape *tape, const Call *call, int dy, Contributions *to);

#endif
