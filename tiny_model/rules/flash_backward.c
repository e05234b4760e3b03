/* The way back of attention in tiles; its formulas stand in flash.c. */
#include "tiles.h"

#include <math.h>

/* What has arrived so far: one id a block, -1: nothing. */
typedef struct {
    const Tiles *tiles;
    const Contributions *to;
    int dy, logsumexp, d;
    int *dq, *dk, *dv;
} Way;

/* The rows of a block of queries that its tiles share. */
typedef struct {
    int q, dy, logsumexp, d;
} Rows;

static void arrive(Tape *tape, const Label *sum, int *at, int message)
{
    *at = *at < 0 ? message : add(tape, sum, *at, message);
}

/* forward:  S = mask(Q K^T / sqrt d),  P = exp(S - L),  O += P V */
static void tile_back(Way *way, Block rows, Block cols, int i, int j, Rows of)
{
    const Tiles *tiles = way->tiles;
    Tape *tape = tiles->tape;
    int k = tile_rows_of(tape, "K", tiles->k, cols), v = tile_rows_of(tape, "V", tiles->v, cols);
    int s = tile_scores(tiles, rows, cols, of.q, k);
    int p = exponential(tape, HERE("weights"), sub_col(tape, HERE("shifted"), s, of.logsumexp));
    if (wants_gradient(way->to, 2)) {
        int dv = matmul_at(tape, HERE("dV"), tile_dropped(tiles, "weights", p, rows, cols), of.dy);
        arrive(tape, HERE("dV_so_far"), &way->dv[j], dv);
    }
    if (!wants_gradient(way->to, 0) && !wants_gradient(way->to, 1))
        return;
    int dp = matmul_bt(tape, HERE("dweights"), of.dy, v);
    int centered = sub_col(tape, HERE("centered"), tile_dropped(tiles, "dweights", dp, rows, cols), of.d);
    int ds = divide_by(tape, HERE("dproducts"), multiply(tape, HERE("dscores"), p, centered), tiles->root);
    if (wants_gradient(way->to, 0))
        arrive(tape, HERE("dQ_so_far"), &way->dq[i], matmul(tape, HERE("dQ"), ds, k));
    if (wants_gradient(way->to, 1))
        arrive(tape, HERE("dK_so_far"), &way->dk[j], matmul_at(tape, HERE("dK"), ds, of.q));
}

static void rows_back(Way *way, int i)
{
    const Tiles *tiles = way->tiles;
    Tape *tape = tiles->tape;
    int keys = tape_value(tape, tiles->k)->rows;
    Block rows = tile_block(tiles->form->rows, tape_value(tape, tiles->q)->rows, i);
    Rows of = {-1, -1, -1, -1};
    for (int j = 0; j < tile_count(tiles->form->cols, keys); j++) {
        Block cols = tile_block(tiles->form->cols, keys, j);
        if (!tile_is_seen(tiles, rows, cols))
            continue;
        tile_begin(tape, i, j);
        if (of.q < 0)
            of = (Rows){tile_rows_of(tape, "Q", tiles->q, rows), tile_rows_of(tape, "dO", way->dy, rows),
                        tile_rows_of(tape, "logsumexp", way->logsumexp, rows), tile_rows_of(tape, "D", way->d, rows)};
        tile_back(way, rows, cols, i, j, of);
        tape_end(tape);
    }
}

void flash_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    const Attributes *a = &call->attributes;
    Tiling form = {.rows = a->rows, .cols = a->cols, .window = a->offset, .slope = a->constants[0],
                   .kept = a->constants[1], .distance = call->saved[FLASH_DISTANCE], .mask = call->saved[FLASH_MASK]};
    Tiles tiles = {.tape = tape, .form = &form, .q = call->inputs[0], .k = call->inputs[1], .v = call->inputs[2],
                   .root = sqrt(tape_value(tape, call->inputs[0])->cols)};
    int counts[3], *blocks[3];
    for (int i = 0; i < 3; i++) {
        counts[i] = tile_count(i ? form.cols : form.rows, tape_value(tape, call->inputs[i])->rows);
        blocks[i] = tape_ints(tape, counts[i], -1);
    }
    int product = multiply(tape, HERE("product"), dy, call->output);
    Way way = {.tiles = &tiles, .to = to, .dy = dy, .logsumexp = call->saved[FLASH_LOGSUMEXP],
               .d = row_sum(tape, PLAINLY("D"), product), .dq = blocks[0], .dk = blocks[1], .dv = blocks[2]};
    for (int i = 0; i < counts[0]; i++)
        rows_back(&way, i);
    static const char *const tags[] = {"dQ", "dK", "dV"};
    for (int i = 0; i < 3; i++)
        if (wants_gradient(to, i))
            to->grad[i] = tile_stack(tape, TO(to, i, tags[i]), blocks[i], counts[i],
                                     tape_value(tape, call->inputs[i])->row_axis);
}
