/* A text cut into rows of ids, the next merge of them, and the rows in one again. Chapter 20.
 *
 *   cut_rows    row p holds the numbers from place starts[p] to the next start, then -1
 *                             text [1 x n], starts [1 x P], ascending, out [P x L]
 *   first_pair  out = the first row of merges whose first two numbers stand side by side in words
 *                             words [P x L], merges [M x 3], out [1 x 3]
 *   join_rows   the rows one behind the other, without -1
 *                             words [P x L], out [1 x T] */
#include "families.h"

static bool cut_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *text = step_input(tape, step, 0), *starts = step_input(tape, step, 1);
    *out = (Shape){starts->cols, step->attributes.cols, starts->col_axis, AXIS_NONE, text->counts};
    return text->rows == 1 && starts->rows == 1 && out->cols > 0 && out->cols <= text->cols;
}

/* Where row p begins, and in *end the place behind it. */
static int row_at(const Value *text, const Value *starts, int p, int cols, int *end)
{
    int first = (int)starts->data[p];
    *end = p + 1 < starts->cols ? (int)starts->data[p + 1] : text->cols;
    CHECK(first >= 0 && first <= *end && *end <= text->cols && *end - first <= cols,
          "row %d: %d to %d of %d, in %d columns", p, first, *end, text->cols, cols);
    return first;
}

static void cut_run(const Tape *tape, const Step *step)
{
    const Value *text = step_input(tape, step, 0), *starts = step_input(tape, step, 1), *out = step_output(tape, step);
    for (int p = 0; p < out->rows; p++) {
        int end, first = row_at(text, starts, p, out->cols, &end);
        for (int i = 0; i < out->cols; i++)
            out->data[(size_t)p * (size_t)out->cols + (size_t)i] = first + i < end ? text->data[first + i] : -1;
    }
}

static void explain_nothing_there(Explanation *out)
{
    explain_term(out, -1);
    explain_constant(out, -1);
}

static void cut_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    const Value *text = step_input(tape, step, 0), *starts = step_input(tape, step, 1);
    int end, first = row_at(text, starts, row, step_output(tape, step)->cols, &end);
    if (first + col < end)
        explain_copy(out, tape, step->inputs[0], 0, first + col);
    else
        explain_nothing_there(out);
}

static void cut_sample(Tape *tape)
{
    static double starts[] = {0, 2, 6};
    int text = sample_ids(tape, "text", 9, 5), first = tape_leaf(tape, KIND_INPUT, "starts", (Shape){1, 3}, starts);
    tape_step(tape, &CUT_ROWS, HERE("out"), (int[]){text, first}, 2, (Attributes){.cols = 4});
}

static bool first_pair_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *words = step_input(tape, step, 0), *merges = step_input(tape, step, 1);
    *out = (Shape){1, 3, AXIS_NONE, merges->col_axis, words->counts};
    return merges->cols == 3;
}

/* The first place of a pair in the words, counted through the rows; -1 if it stands nowhere. */
static int place_of(const Value *words, double left, double right)
{
    for (int p = 0; p < words->rows; p++)
        for (int i = 0; i + 1 < words->cols && cell_of(words, p, i + 1) >= 0; i++)
            if (cell_of(words, p, i) == left && cell_of(words, p, i + 1) == right)
                return p * words->cols + i;
    return -1;
}

/* The first merge whose pair is there, and in *place where. */
static int first_merge(const Value *words, const Value *merges, int *place)
{
    for (int m = 0; m < merges->rows; m++)
        if ((*place = place_of(words, cell_of(merges, m, 0), cell_of(merges, m, 1))) >= 0)
            return m;
    CHECK(false, "none of %d merges has its pair in the words", merges->rows);
    return -1;
}

static void first_pair_run(const Tape *tape, const Step *step)
{
    const Value *merges = step_input(tape, step, 1), *out = step_output(tape, step);
    int place, merge = first_merge(step_input(tape, step, 0), merges, &place);
    for (int c = 0; c < 3; c++)
        out->data[c] = cell_of(merges, merge, c);
}

/* The merge's own cell, and where its two stand. */
static void first_pair_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)row;
    const Value *words = step_input(tape, step, 0), *merges = step_input(tape, step, 1);
    int place, merge = first_merge(words, merges, &place);
    explain_term(out, cell_of(merges, merge, col));
    explain_cell(out, tape, step->inputs[1], merge, col);
    explain_cell(out, tape, step->inputs[0], place / words->cols, place % words->cols);
    explain_cell(out, tape, step->inputs[0], place / words->cols, place % words->cols + 1);
}

/* Four words of the ids 0 to 3, the second shorter. */
static int sample_rows(Tape *tape)
{
    static double ids[] = {3, 0, 1, 0, 2, -1, -1, -1, 1, 1, 0, 1, 0, 1, 2, -1};
    return tape_leaf(tape, KIND_INPUT, "words", (Shape){4, 4}, ids);
}

static void first_pair_sample(Tape *tape)
{
    static double merges[] = {0, 0, 4, 2, 1, 5, 1, 0, 6, 0, 1, 7};
    int rows = sample_rows(tape), ranked = tape_leaf(tape, KIND_INPUT, "merges", (Shape){4, 3}, merges);
    tape_step(tape, &FIRST_PAIR, HERE("out"), (int[]){rows, ranked}, 2, (Attributes){0});
}

static bool join_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *words = step_input(tape, step, 0);
    *out = (Shape){1, step->attributes.cols, AXIS_NONE, AXIS_NONE, words->counts};
    return out->cols > 0 && (long)out->cols <= (long)words->rows * words->cols;
}

static void join_run(const Tape *tape, const Step *step)
{
    const Value *words = step_input(tape, step, 0), *out = step_output(tape, step);
    int count = 0;
    for (size_t i = 0; i < cells_of(words); i++)
        if (words->data[i] >= 0 && count < out->cols)
            out->data[count++] = words->data[i];
    CHECK(count == out->cols, "%d ids in rows for %d", count, out->cols);
}

static void join_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)row;
    const Value *words = step_input(tape, step, 0);
    int i = -1;
    for (int count = -1; count < col;)
        count += words->data[++i] >= 0;
    explain_copy(out, tape, step->inputs[0], i / words->cols, i % words->cols);
}

static void join_sample(Tape *tape)
{
    int rows = sample_rows(tape);
    tape_step(tape, &JOIN_ROWS, HERE("out"), &rows, 1, (Attributes){.cols = 12});
}

const Primitive CUT_ROWS = {
    .name = "cut_rows", .symbol = "cut", .ascii = "cut",
    .meaning = "row p holds a from place b[p] to the next, then -1",
    .notation = "cut({a}, {b})", .arity = 2, .combine = COMBINE_COPY, .reach = {REACH_ALL, REACH_ALL},
    .shape = cut_shape, .run = cut_run, .explain = cut_explain, .sample = cut_sample,
};
const Primitive FIRST_PAIR = {
    .name = "first_pair", .symbol = "first pair", .ascii = "first pair",
    .meaning = "out = the first row of b whose first two stand side by side in a",
    .notation = "first pair({a}; {b})", .arithmetic = "first({a}, {b}, {c})",
    .arity = 2, .combine = COMBINE_FUNCTION, .reach = {REACH_ALL, REACH_ALL}, .flops_inner = 1,
    .shape = first_pair_shape, .run = first_pair_run, .explain = first_pair_explain, .sample = first_pair_sample,
};
const Primitive JOIN_ROWS = {
    .name = "join_rows", .symbol = "join", .ascii = "join",
    .meaning = "out = the rows of a one behind the other, without -1",
    .notation = "join({a})", .arity = 1, .combine = COMBINE_COPY, .reach = {REACH_ALL},
    .shape = join_shape, .run = join_run, .explain = join_explain, .sample = join_sample,
};
