/* Byte-pair encoding in three operations on a table of words: a row a word, ids from left to right, then -1.
 * Chapter 20.
 *
 *   count_pairs    out[a,b] = sum over the places where b stands behind a of how often their word occurs
 *                             words [P x L], occurrences [P x 1], out [V x V]
 *                             (offset 1: on behind the end of a word, into the next one)
 *                             offset 1: on behind the end of a word, into the next one (a planted mistake)
 *   largest_pair   out = the row and the column of the largest cell; of equals the one whose row, then column, has
 *                  the highest order
 *                             counts [V x V], order [1 x V], out [1 x 2]
 *   merge_pair     each pair of neighbours that is chosen becomes k, from left to right, not overlapping
 *                             words [P x L], chosen [1 x 2], out [P x L]; cols 3: chosen [1 x 3], the third is k
 *                             offset 1: pairs that overlap become one k (a planted mistake)
 *
 * Nothing here has a slope: a tokenizer is not trained by gradients. */
#include "families.h"

static bool count_pairs_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *words = step_input(tape, step, 0), *occurrences = step_input(tape, step, 1);
    *out = (Shape){step->attributes.rows, step->attributes.rows, words->counts, words->counts, AXIS_NONE};
    return out->rows > 0 && occurrences->rows == words->rows && occurrences->cols == 1;
}

/* The id behind place i of word p, -1 at its end: or, where the mistake is planted, the first of the next word. */
static int neighbour(const Step *step, const Value *words, int p, int i)
{
    if (i + 1 < words->cols && cell_of(words, p, i + 1) >= 0)
        return (int)cell_of(words, p, i + 1);
    return step->attributes.offset && p + 1 < words->rows ? (int)cell_of(words, p + 1, 0) : -1;
}

static void count_pairs_run(const Tape *tape, const Step *step)
{
    const Value *words = step_input(tape, step, 0), *occurrences = step_input(tape, step, 1),
                *out = step_output(tape, step);
    for (size_t i = 0; i < cells_of(out); i++)
        out->data[i] = 0;
    for (int p = 0; p < words->rows; p++)
        for (int i = 0; i < words->cols && cell_of(words, p, i) >= 0; i++) {
            int a = (int)cell_of(words, p, i), b = neighbour(step, words, p, i);
            if (b < 0)
                continue;
            CHECK(a >= 0 && a < out->rows && b < out->cols, "the pair %d, %d of %d", a, b, out->rows);
            out->data[(size_t)a * (size_t)out->cols + (size_t)b] += occurrences->data[p];
        }
}

static void count_pairs_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *words = step_input(tape, step, 0);
    for (int p = 0; p < words->rows; p++)
        for (int i = 0; i < words->cols; i++)
            if (cell_of(words, p, i) == row && neighbour(step, words, p, i) == col)
                explain_copy(out, tape, step->inputs[1], p, 0);
}

/* Three words of the ids 0 to 2, the second shorter. */
static int sample_words(Tape *tape)
{
    static double ids[] = {0, 1, 0, 1, 0, 1, 2, -1, -1, -1, 2, 2, 2, 0, 1};
    return tape_leaf(tape, KIND_INPUT, "words", (Shape){3, 5}, ids);
}

static int sample_counts(Tape *tape)
{
    int words = sample_words(tape), occurrences = sample_positive(tape, "occurrences", 3, 1);
    return tape_step(tape, &COUNT_PAIRS, HERE("counts"), (int[]){words, occurrences}, 2, (Attributes){.rows = 3});
}

static void count_pairs_sample(Tape *tape)
{
    sample_counts(tape);
    int words = sample_words(tape), occurrences = sample_positive(tape, "occurrences", 3, 1);
    tape_step(tape, &COUNT_PAIRS, HERE("across"), (int[]){words, occurrences}, 2, (Attributes){.rows = 3, .offset = 1});
}

static bool largest_pair_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *counts = step_input(tape, step, 0), *order = step_input(tape, step, 1);
    *out = (Shape){1, 2, AXIS_NONE, AXIS_NONE, counts->row_axis};
    return counts->rows == counts->cols && order->rows == 1 && order->cols == counts->rows;
}

/* Does the pair at `cell` come before the one at `than`? Cells are counted through the rows. */
static bool goes_first(const Value *counts, const Value *order, size_t cell, size_t than)
{
    size_t cols = (size_t)counts->cols;
    if (counts->data[cell] != counts->data[than])
        return counts->data[cell] > counts->data[than];
    double row = order->data[cell / cols], other = order->data[than / cols];
    return row != other ? row > other : order->data[cell % cols] > order->data[than % cols];
}

/* The largest cell that comes behind `behind`, or the largest of all where that is the number of cells. */
static size_t next_pair(const Value *counts, const Value *order, size_t behind)
{
    size_t count = cells_of(counts), best = count;
    for (size_t i = 0; i < count; i++) {
        bool free = behind == count || goes_first(counts, order, behind, i);
        if (free && i != behind && (best == count || goes_first(counts, order, i, best)))
            best = i;
    }
    return best;
}

static void largest_pair_run(const Tape *tape, const Step *step)
{
    const Value *counts = step_input(tape, step, 0), *out = step_output(tape, step);
    size_t best = next_pair(counts, step_input(tape, step, 1), cells_of(counts));
    out->data[0] = (double)(best / (size_t)counts->cols);
    out->data[1] = (double)(best % (size_t)counts->cols);
}

/* The winner, and the two that would have been next. */
static void largest_pair_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)row;
    const Value *counts = step_input(tape, step, 0);
    size_t cell = cells_of(counts), cols = (size_t)counts->cols;
    for (int i = 0; i < 3; i++) {
        cell = next_pair(counts, step_input(tape, step, 1), cell);
        if (cell == cells_of(counts)) {
            explain_constant(out, 0); /* fewer than three cells */
            continue;
        }
        if (i == 0)
            explain_term(out, (double)(col ? cell % cols : cell / cols));
        explain_cell(out, tape, step->inputs[0], (int)(cell / cols), (int)(cell % cols));
    }
}

static int sample_order(Tape *tape)
{
    static double order[] = {1, 2, 0};
    return tape_leaf(tape, KIND_INPUT, "order", (Shape){1, 3}, order);
}

static void largest_pair_sample(Tape *tape)
{
    static double tied[] = {0, 3, 0, 1, 0, 3, 0, 0, 0};
    int order = sample_order(tape);
    tape_step(tape, &LARGEST_PAIR, HERE("out"), (int[]){sample_counts(tape), order}, 2, (Attributes){0});
    int counts = tape_leaf(tape, KIND_INPUT, "tied", (Shape){3, 3}, tied);
    tape_step(tape, &LARGEST_PAIR, HERE("tie"), (int[]){counts, order}, 2, (Attributes){0});
}

static bool merge_pair_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *words = step_input(tape, step, 0), *chosen = step_input(tape, step, 1);
    *out = (Shape){words->rows, words->cols, words->row_axis, words->col_axis, words->counts};
    return chosen->rows == 1 && chosen->cols == (step->attributes.cols ? 3 : 2);
}

/* The token that the pair becomes. */
static double made_of(const Step *step, const Value *chosen)
{
    return chosen->cols == 3 ? chosen->data[2] : step->attributes.constants[0];
}

/* Whether the chosen pair stands at place i of a row of `cols` ids. */
static bool pair_at(const double *row, const double *chosen, int cols, int i)
{
    return i + 1 < cols && row[i] == chosen[0] && row[i + 1] == chosen[1];
}

/* The place behind a chosen pair at i. Where the mistake is planted, pairs that overlap are one. */
static int behind_pair(const Step *step, const double *row, const double *chosen, int cols, int i)
{
    while (step->attributes.offset && pair_at(row, chosen, cols, i + 1))
        i++;
    return i + 2;
}

static void merge_pair_run(const Tape *tape, const Step *step)
{
    const Value *words = step_input(tape, step, 0), *chosen = step_input(tape, step, 1),
                *out = step_output(tape, step);
    for (int p = 0; p < words->rows; p++) {
        const double *row = words->data + (size_t)p * (size_t)words->cols;
        double *merged = out->data + (size_t)p * (size_t)words->cols;
        int kept = 0;
        for (int i = 0; i < words->cols; kept++) {
            bool pair = pair_at(row, chosen->data, words->cols, i);
            merged[kept] = pair ? made_of(step, chosen) : row[i];
            i = pair ? behind_pair(step, row, chosen->data, words->cols, i) : i + 1;
        }
        for (; kept < words->cols; kept++)
            merged[kept] = -1;
    }
}

/* The id and its right neighbour, from which it can be seen whether they are the pair. */
static void merge_pair_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *words = step_input(tape, step, 0), *chosen = step_input(tape, step, 1);
    const double *ids = words->data + (size_t)row * (size_t)words->cols;
    int i = 0;
    for (int kept = 0; kept < col && i < words->cols; kept++)
        i = pair_at(ids, chosen->data, words->cols, i) ? behind_pair(step, ids, chosen->data, words->cols, i) : i + 1;
    if (i >= words->cols) {
        explain_term(out, -1);
        explain_constant(out, -1);
        explain_constant(out, -1);
        return;
    }
    bool pair = pair_at(ids, chosen->data, words->cols, i);
    explain_term(out, pair ? made_of(step, chosen) : ids[i]);
    explain_cell(out, tape, step->inputs[0], row, i);
    if (i + 1 < words->cols)
        explain_cell(out, tape, step->inputs[0], row, i + 1);
    else
        explain_constant(out, -1);
}

static void merge_pair_sample(Tape *tape)
{
    static double pair[] = {0, 1}, twice[] = {2, 2}, told[] = {0, 1, 4};
    int words = sample_words(tape);
    int chosen = tape_leaf(tape, KIND_INPUT, "chosen", (Shape){1, 2}, pair),
        same = tape_leaf(tape, KIND_INPUT, "same", (Shape){1, 2}, twice);
    tape_step(tape, &MERGE_PAIR, HERE("out"), (int[]){words, chosen}, 2, (Attributes){.constants = {3}});
    tape_step(tape, &MERGE_PAIR, HERE("overlap"), (int[]){words, same}, 2, (Attributes){.constants = {3}});
    tape_step(tape, &MERGE_PAIR, HERE("overlap.one"), (int[]){words, same}, 2,
              (Attributes){.constants = {3}, .offset = 1});
    int made = tape_leaf(tape, KIND_INPUT, "made", (Shape){1, 3}, told);
    tape_step(tape, &MERGE_PAIR, HERE("told"), (int[]){words, made}, 2, (Attributes){.cols = 3});
}

const Primitive COUNT_PAIRS = {
    .name = "count_pairs", .symbol = "pairs", .ascii = "pairs",
    .meaning = "out[a,b] = sum of b[p] over the places where b stands behind a in word p",
    .notation = "pairs({a}, {b})", .arity = 2, .combine = COMBINE_SUM, .reach = {REACH_ALL, REACH_ALL},
    .flops_inner = 1,
    .shape = count_pairs_shape, .run = count_pairs_run, .explain = count_pairs_explain, .sample = count_pairs_sample,
};
const Primitive LARGEST_PAIR = {
    .name = "largest_pair", .symbol = "largest pair", .ascii = "largest pair",
    .meaning = "out = row and column of the largest cell of a; of equals the one of the highest order b",
    .notation = "largest pair({a}; order {b})", .arithmetic = "largest({a}, {b}, {c})",
    .arity = 2, .combine = COMBINE_FUNCTION, .reach = {REACH_ALL, REACH_ALL}, .flops_inner = 1,
    .shape = largest_pair_shape, .run = largest_pair_run, .explain = largest_pair_explain,
    .sample = largest_pair_sample,
};
const Primitive MERGE_PAIR = {
    .name = "merge_pair", .symbol = "merge", .ascii = "merge",
    .meaning = "out[p,:] = row p of a in which each pair b, from left to right, has become k",
    .notation = "merge({a}, {b})", .arithmetic = "merge({a}, {b})",
    .arity = 2, .combine = COMBINE_FUNCTION, .reach = {REACH_ROW, REACH_ALL}, .flops = 1,
    .shape = merge_pair_shape, .run = merge_pair_run, .explain = merge_pair_explain, .sample = merge_pair_sample,
};
