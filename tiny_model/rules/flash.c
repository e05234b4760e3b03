/* Attention in tiles: FlashAttention, Dao et al. 2022 and 2023. Chapter 25.
 *
 * The scores of a block of queries and a block of keys at a time; of what was seen so far every query keeps its largest
 * score m, the sum l of its exponentials and the rows of V that they weigh, all three as if m were the largest of all.
 * When a tile holds a larger one, what was kept is made smaller by exp(m - m'):
 *
 *   S  = mask(Q_i K_j^T / sqrt d)                    m' = max(m, largest of each row of S)
 *   E  = exp(S - m'),  a = exp(m - m')               l' = a l + row sums of E,  acc' = a acc + E V_j
 *   at the end  O = acc / l,  L = m + log l          m begins as -inf, l and acc as 0
 *
 * The way back makes every tile again, P = exp(S - L) at once, and D stands for the sum over a row of P * dP:
 *
 *   D = row sums of dO * O         dV_j += P^T dO_i,  dS = P * (dO_i V_j^T - D)
 *   dQ_i += dS K_j / sqrt d,       dK_j += dS^T Q_i / sqrt d
 *
 * So nothing of tokens x tokens is ever stored. Tiles in which no query sees any key are not made. The sums run in
 * another order than those of scores, softmax and weighted sum: the same numbers, but not the same last bit. */
#include "tiles.h"

#include <math.h>

/* What a block of queries has kept when a tile begins, and when it ends. */
typedef struct {
    int max, sum, accumulated;
} Kept;

/* -inf as the largest of a row that has seen no key yet would make exp(-inf + inf): 0 stands in for it. */
static int guarded(Tape *tape, int max)
{
    const Value *of = tape_value(tape, max);
    Label label = label_with_axes(HERE("no_shift"), of->row_axis, AXIS_NONE, AXIS_NONE);
    int empty = is_below(tape, HERE("sees_nothing"), max, -1e300);
    int zero = fill(tape, &label, 0, of->rows, 1);
    return choose(tape, HERE("shift"), empty, zero, max);
}

/* Nothing seen: m is -inf, l and acc are 0. */
static Kept nothing(Tape *tape, int rows, short axis, int v)
{
    Label max = label_with_axes(HERE("max_before"), axis, AXIS_NONE, AXIS_NONE),
          sum = label_with_axes(HERE("sum_before"), axis, AXIS_NONE, AXIS_NONE),
          accumulated = label_with_axes(HERE("accumulated_before"), axis, tape_value(tape, v)->col_axis, AXIS_NONE);
    int cols = tape_value(tape, v)->cols;
    return (Kept){fill(tape, &max, -INFINITY, rows, 1), fill(tape, &sum, 0, rows, 1),
                  fill(tape, &accumulated, 0, rows, cols)};
}

static Kept record_tile(const Tiles *tiles, Block rows, Block cols, int q, Kept before)
{
    Tape *tape = tiles->tape;
    int s = tile_scores(tiles, rows, cols, q, tile_rows_of(tape, "K", tiles->k, cols));
    int v = tile_rows_of(tape, "V", tiles->v, cols);
    Kept after;
    int seen = concat(tape, HERE("seen"), (int[]){before.max, s}, 2);
    after.max = row_max(tape, HERE("max"), seen);
    int shift = tile_leaves_blank(tiles, rows, cols) ? guarded(tape, after.max) : after.max;
    int rescale = exponential(tape, HERE("rescale"), subtract(tape, HERE("max_change"), before.max, shift));
    int exps = exponential(tape, HERE("exp"), sub_col(tape, HERE("shifted"), s, shift));
    int kept_sum = multiply(tape, HERE("sum_kept"), before.sum, rescale);
    after.sum = add(tape, HERE("sum"), kept_sum, row_sum(tape, HERE("sum_added"), exps));
    int kept = mul_col(tape, HERE("kept"), before.accumulated, rescale);
    int added = matmul(tape, HERE("added"), tile_dropped(tiles, "exp", exps, rows, cols), v);
    after.accumulated = add(tape, HERE("accumulated"), kept, added);
    return after;
}

/* All tiles of one block of queries, from the first key on. */
static Kept record_rows(const Tiles *tiles, int i)
{
    Tape *tape = tiles->tape;
    Block rows = tile_block(tiles->form->rows, tape_value(tape, tiles->q)->rows, i);
    int q = -1, count = tile_count(tiles->form->cols, tape_value(tape, tiles->k)->rows);
    Kept kept = {-1, -1, -1};
    for (int j = 0; j < count; j++) {
        Block cols = tile_block(tiles->form->cols, tape_value(tape, tiles->k)->rows, j);
        if (!tile_is_seen(tiles, rows, cols))
            continue;
        tile_begin(tape, i, j);
        if (q < 0) {
            q = tile_rows_of(tape, "Q", tiles->q, rows);
            kept = nothing(tape, rows.count, tape_value(tape, q)->row_axis, tiles->v);
        }
        kept = record_tile(tiles, rows, cols, q, kept);
        tape_end(tape);
    }
    return kept;
}

int flash_attention(Tape *tape, int q, int k, int v, const Tiling *form)
{
    tape_begin_inside(tape, "tiles", &FLASH);
    Tiles tiles = {.tape = tape, .form = form, .q = q, .k = k, .v = v, .root = sqrt(tape_value(tape, q)->cols)};
    int count = tile_count(form->rows, tape_value(tape, q)->rows);
    int *max = tape_ints(tape, count, -1), *sum = tape_ints(tape, count, -1), *acc = tape_ints(tape, count, -1);
    for (int i = 0; i < count; i++) {
        Kept kept = record_rows(&tiles, i);
        max[i] = kept.max;
        sum[i] = kept.sum;
        acc[i] = kept.accumulated;
    }
    short axis = tape_value(tape, q)->row_axis;
    int m = tile_stack(tape, HERE("max"), max, count, axis), l = tile_stack(tape, HERE("sum"), sum, count, axis);
    int o = div_col(tape, HERE("output"), tile_stack(tape, HERE("accumulated"), acc, count, axis), l);
    int logsumexp = add(tape, HERE("logsumexp"), m, logarithm(tape, HERE("log_sum"), l));
    return tape_call(tape, (Call){.inputs = (int[]){q, k, v}, .input_count = 3, .output = o,
                                  .saved = {[FLASH_LOGSUMEXP] = logsumexp,
                                            [FLASH_DISTANCE] = form->slope != 0 ? form->distance : q,
                                            [FLASH_MASK] = form->kept < 1 ? form->mask : q},
                                  .attributes = {.constants = {form->slope, form->kept}, .rows = form->rows,
                                                 .cols = form->cols, .offset = form->window}});
}

static int flash_sample(Tape *tape, bool twice)
{
    int q = sample_weight(tape, "Q", 4, 2), k = twice ? q : sample_weight(tape, "K", 4, 2);
    Tiling form = {.rows = 2, .cols = 3, .window = 4, .kept = 1};
    return flash_attention(tape, q, k, sample_weight(tape, "V", 4, 3), &form);
}

/* A window: rows of a tile that see nothing yet; distance and dropout. */
static int flash_other_sample(Tape *tape, bool twice)
{
    int q = sample_weight(tape, "Q", 4, 2), k = sample_weight(tape, "K", 4, 2);
    double *mask = tape_room(tape, 4, 4), *distance = tape_room(tape, 4, 4);
    for (int i = 0; mask && distance && i < 16; i++) {
        mask[i] = i % 3 != 1;
        distance[i] = i / 4 - i % 4;
    }
    Tiling form = {.rows = 4, .cols = 2, .window = 2, .slope = 0.25, .kept = 0.75};
    form.distance = tape_leaf(tape, KIND_INPUT, "distance", (Shape){4, 4}, distance);
    form.mask = tape_leaf(tape, KIND_INPUT, "mask", (Shape){4, 4}, mask);
    return flash_attention(tape, q, k, twice ? k : sample_weight(tape, "V", 4, 3), &form);
}

const Rule FLASH = {
    .words = "attention a tile at a time: what was seen so far is made smaller whenever a larger score turns up",
    .words_back = "every tile is made again from Q and K, and hands its share to the queries, keys and values in it",
    .name = "flash", .chapter = 25,
    .forward = "m′ = max(m, S),  l′ = e^(m−m′) l + Σ e^(S−m′),  acc′ = e^(m−m′) acc + e^(S−m′) V;  O = acc / l",
    .back = "P = e^(S−L),  ∂S = P ⊙ (∂O Vᵀ − D),  D = Σ row of ∂O ⊙ O",
    .ascii_forward = "m' = max(m, S),  l' = e^(m-m') l + sum e^(S-m'),  acc' = e^(m-m') acc + e^(S-m') V;  O = acc / l",
    .ascii_back = "P = e^(S-L),  dS = P * (dO V^T - D),  D = rowsum(dO * O)",
    .backward = flash_backward, .sample = flash_sample, .other_sample = flash_other_sample,
};
