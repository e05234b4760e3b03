/* What a diffusion transformer has beside attention and MLP: a condition that shifts, scales and gates every row, and
 * pictures as rows of patches. Peebles and Xie 2023. Chapter 36.
 *
 *   modulated        y = x (1 + s) + h       dx = dy (1 + s),  ds = column sums of dy x,  dh = column sums of dy
 *   gated            y = x g                 dx = dy g,  dg = column sums of dy x
 *   part_of_columns  y = some columns of x   dx = dy between zeros
 *   rearranged       y = cells of x in another order; each goes back to its place */
#include "rule.h"

/* The label of a contribution, with the axes of what it goes to. */
static Label like_input(const Tape *tape, const Call *call, int i, const Label *label)
{
    const Value *of = tape_value(tape, call->inputs[i]);
    return label_with_axes(label, of->row_axis, of->col_axis, AXIS_NONE);
}

int modulated(Tape *tape, const char *name, int x, int shift, int scale)
{
    tape_begin(tape, name, -1, &MODULATED);
    int gain = add_constant(tape, HERE("one_plus_scale"), scale, 1);
    int scaled = mul_row(tape, HERE("scaled"), x, gain);
    int y = add_row(tape, RESULT(name), scaled, shift);
    return tape_call(tape, (Call){.inputs = (int[]){x, shift, scale}, .input_count = 3, .output = y, .saved = {gain}});
}

/* forward:  y = x (1 + s) + h */
static void modulated_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    if (wants_gradient(to, 0))
        to->grad[0] = mul_row(tape, TO(to, 0, "dx"), dy, call->saved[0]);
    if (wants_gradient(to, 1)) {
        Label label = like_input(tape, call, 1, TO(to, 1, "dshift"));
        to->grad[1] = column_sum(tape, &label, dy);
    }
    if (wants_gradient(to, 2)) {
        int along = multiply(tape, HERE("dy_x"), dy, call->inputs[0]);
        Label label = like_input(tape, call, 2, TO(to, 2, "dscale"));
        to->grad[2] = column_sum(tape, &label, along);
    }
}

static int modulated_sample(Tape *tape, bool twice)
{
    int shift = sample_weight(tape, "shift", 1, 4);
    return modulated(tape, "y", sample_weight(tape, "x", 3, 4), shift,
                     twice ? shift : sample_weight(tape, "scale", 1, 4));
}

const Rule MODULATED = {
    .words = "the condition scales and shifts every row alike; a scale of 0 leaves it as it is",
    .words_back = "the row gets the gradient scaled; shift and scale learn from all rows",
    .name = "modulated", .chapter = 36, .forward = "y = x (1 + scale) + shift",
    .back = "∂x = ∂y (1 + scale),  ∂scale = Σ rows of ∂y ⊙ x,  ∂shift = Σ rows of ∂y",
    .ascii_forward = "y = x (1 + scale) + shift",
    .ascii_back = "dx = dy (1 + scale),  dscale = sum of the rows of dy x,  dshift = sum of the rows of dy",
    .backward = modulated_backward, .sample = modulated_sample,
};

int gated(Tape *tape, const char *name, int x, int gate)
{
    tape_begin(tape, name, -1, &GATED);
    int y = mul_row(tape, RESULT(name), x, gate);
    return tape_call(tape, (Call){.inputs = (int[]){x, gate}, .input_count = 2, .output = y});
}

/* forward:  y = x g */
static void gated_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    if (wants_gradient(to, 0))
        to->grad[0] = mul_row(tape, TO(to, 0, "dx"), dy, call->inputs[1]);
    if (wants_gradient(to, 1)) {
        int along = multiply(tape, HERE("dy_x"), dy, call->inputs[0]);
        Label label = like_input(tape, call, 1, TO(to, 1, "dgate"));
        to->grad[1] = column_sum(tape, &label, along);
    }
}

static int gated_sample(Tape *tape, bool twice)
{
    int gate = sample_weight(tape, "gate", 1, 4);
    return gated(tape, "y", twice ? gate : sample_weight(tape, "x", 3, 4), gate);
}

const Rule GATED = {
    .words = "how much of a part is let through to the stream; 0 is nothing",
    .words_back = "a closed gate lets nothing back either, but is told itself what opening would bring",
    .name = "gated", .chapter = 36, .forward = "y = x ⊙ gate", .back = "∂x = ∂y ⊙ gate,  ∂gate = Σ rows of ∂y ⊙ x",
    .ascii_forward = "y = x * gate", .ascii_back = "dx = dy * gate,  dgate = sum of the rows of dy * x",
    .backward = gated_backward, .sample = gated_sample,
};

int part_of_columns(Tape *tape, const char *name, int x, int offset, int cols, short axis)
{
    tape_begin(tape, name, -1, &PART_OF_COLUMNS);
    Label label = label_with_axes(RESULT(name), AXIS_NONE, axis, AXIS_NONE);
    int y = slice_columns(tape, &label, x, offset, cols);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y,
                                  .attributes = {.offset = offset}});
}

/* forward:  y = columns of x; the others took no part */
static void part_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    const Value *x = tape_value(tape, call->inputs[0]);
    int rows = x->rows, cols = x->cols, before = call->attributes.offset, parts[3], count = 0;
    int behind = cols - before - tape_value(tape, dy)->cols;
    if (before)
        parts[count++] = fill(tape, HERE("before"), 0, rows, before);
    parts[count++] = dy;
    if (behind)
        parts[count++] = fill(tape, HERE("behind"), 0, rows, behind);
    Label label = like_input(tape, call, 0, TO(to, 0, "dx"));
    to->grad[0] = concat(tape, &label, parts, count);
}

static int part_sample(Tape *tape, bool twice)
{
    return part_of_columns(tape, "y", sample_weight(tape, "x", 2, 6), twice ? 0 : 2, 3, AXIS_NONE);
}

const Rule PART_OF_COLUMNS = {
    .words = "one part of what was made at once for several",
    .words_back = "the gradient goes to these columns, the others get theirs from their own readers",
    .name = "part_of_columns", .chapter = 36, .forward = "y = columns of x", .back = "∂x = 0 | ∂y | 0",
    .ascii_forward = "y = columns of x", .ascii_back = "dx = 0 | dy | 0",
    .backward = part_backward, .sample = part_sample,
};

int rearranged(Tape *tape, const char *name, int x, int places)
{
    tape_begin(tape, name, -1, &REARRANGED);
    int y = gather_cells(tape, RESULT(name), x, places);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y, .saved = {places}});
}

/* forward:  y[r][c] = cell places[r][c] of x */
static void rearranged_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    Label label = like_input(tape, call, 0, TO(to, 0, "dx"));
    const Value *x = tape_value(tape, call->inputs[0]);
    to->grad[0] = scatter_cells(tape, &label, dy, call->saved[0], x->rows, x->cols);
}

static int rearranged_sample(Tape *tape, bool twice)
{
    static double places[] = {0, 1, 4, 5, 2, 3, 6, 7};
    int leaf = tape_leaf(tape, KIND_INPUT, "places", twice ? (Shape){4, 2} : (Shape){2, 4}, places);
    return rearranged(tape, "y", sample_weight(tape, "x", 2, 4), leaf);
}

const Rule REARRANGED = {
    .words = "a picture cut into patches, or patches put together: cells move, numbers stay",
    .words_back = "every gradient goes back to the place that its number came from",
    .name = "rearranged", .chapter = 36, .forward = "y = cells of x", .back = "∂x = every ∂y at its place in x",
    .ascii_forward = "y = cells of x", .ascii_back = "dx = every dy at its place in x",
    .backward = rearranged_backward, .sample = rearranged_sample,
};
