/* Numbers as waves, so that a curve of a number is a line of many: Gorishniy et al. 2022, "PLR". Chapter 34.
 *
 *   periodic      v = 2 pi x_j c_j,  f_j = [sin v | cos v],  the f_j side by side     x [B x n], c [n x k], f [B x 2kn]
 *     dv = df_sin * cos v - df_cos * sin v,  dc_j = 2 pi x_j^T dv,  dx_j = 2 pi dv c_j^T
 *   each_feature  y_j = f_j W_j + b_j, every feature a matrix of its own; W [pn x m], the W_j one below the other,
 *     b [n x m];  dW_j = f_j^T dy_j,  db_j = column sums of dy_j,  df_j = dy_j W_j^T */
#include "rule.h"

static const double TURN = 6.283185307179586476925287; /* 2 pi */

/* The gradient of an input, put together from its features': its axes are those of the input. */
static Label of_input(const Tape *tape, const Label *label, int input)
{
    const Value *of = tape_value(tape, input);
    return label_with_axes(label, of->row_axis, of->col_axis, AXIS_NONE);
}

static int features_of(const Tape *tape, const Call *call, int input)
{
    return tape_value(tape, call->inputs[input])->rows;
}

int periodic(Tape *tape, const char *name, int x, int frequencies)
{
    tape_begin(tape, name, -1, &PERIODIC);
    int n = tape_value(tape, frequencies)->rows;
    int *waves = tape_ints(tape, 2 * n, -1);
    for (int j = 0; j < n; j++) {
        tape_begin(tape, "feature", j, NULL);
        int column = slice_columns(tape, HERE("x"), x, j, 1), row = slice_rows(tape, HERE("c"), frequencies, j, 1);
        int angle = scale(tape, HERE("angle"), matmul(tape, HERE("turns"), column, row), TURN);
        waves[2 * j] = sine(tape, HERE("sin"), angle);
        waves[2 * j + 1] = cosine(tape, HERE("cos"), angle);
        tape_end(tape);
    }
    int y = concat(tape, RESULT(name), waves, 2 * n);
    return tape_call(tape, (Call){.inputs = (int[]){x, frequencies}, .input_count = 2, .output = y});
}

/* The slope of the angle of feature j, times a turn. forward:  f = [sin v | cos v] */
static int turn_gradient(Tape *tape, const Call *call, int dy, int j)
{
    int k = tape_value(tape, call->inputs[1])->cols, first = 2 * j * k;
    /* One after the other: compilers take arguments in orders of their own. */
    int cos = slice_columns(tape, HERE("cos"), call->output, first + k, k);
    int of_sine = multiply(tape, HERE("through_sin"), slice_columns(tape, HERE("dsin"), dy, first, k), cos);
    int sin = slice_columns(tape, HERE("sin"), call->output, first, k);
    int of_cosine = multiply(tape, HERE("through_cos"), slice_columns(tape, HERE("dcos"), dy, first + k, k), sin);
    return scale(tape, HERE("dturns"), subtract(tape, HERE("dangle"), of_sine, of_cosine), TURN);
}

/* forward:  v = 2 pi x_j c_j */
static void periodic_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int n = features_of(tape, call, 1), x = call->inputs[0], c = call->inputs[1];
    int *dx = tape_ints(tape, n, -1), *dc = tape_ints(tape, n, -1);
    for (int j = 0; j < n; j++) {
        tape_begin(tape, "feature", j, NULL);
        int dturns = turn_gradient(tape, call, dy, j);
        if (wants_gradient(to, 0))
            dx[j] = matmul_bt(tape, HERE("dx"), dturns, slice_rows(tape, HERE("c"), c, j, 1));
        if (wants_gradient(to, 1))
            dc[j] = matmul_at(tape, HERE("dc"), slice_columns(tape, HERE("x"), x, j, 1), dturns);
        tape_end(tape);
    }
    if (wants_gradient(to, 0)) {
        Label label = of_input(tape, TO(to, 0, "dx"), x);
        to->grad[0] = concat(tape, &label, dx, n);
    }
    if (wants_gradient(to, 1)) {
        Label label = of_input(tape, TO(to, 1, "dc"), c);
        to->grad[1] = stack(tape, &label, dc, n);
    }
}

static int periodic_sample(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", 3, 3);
    return periodic(tape, "y", x, twice ? x : sample_weight(tape, "c", 3, 2));
}

const Rule PERIODIC = {
    .words = "every number becomes waves, some slow and some fast: near numbers stay near, and a curve becomes a line",
    .words_back = "each frequency learns from the slope of its two waves, times the number itself",
    .name = "waves", .chapter = 34,
    .forward = "f = [sin 2πxc | cos 2πxc]", .back = "∂v = ∂f_sin cos v − ∂f_cos sin v,  ∂c = 2π xᵀ ∂v,  ∂x = 2π ∂v cᵀ",
    .ascii_forward = "f = [sin 2 pi x c | cos 2 pi x c]",
    .ascii_back = "dv = df_sin cos v - df_cos sin v,  dc = 2 pi x^T dv,  dx = 2 pi dv c^T",
    .backward = periodic_backward, .sample = periodic_sample,
};

int each_feature(Tape *tape, const char *name, int x, int w, int b)
{
    tape_begin(tape, name, -1, &EACH_FEATURE);
    int n = tape_value(tape, b)->rows, p = tape_value(tape, w)->rows / n;
    int *parts = tape_ints(tape, n, -1);
    for (int j = 0; j < n; j++) {
        tape_begin(tape, "feature", j, NULL);
        int part = slice_columns(tape, HERE("x"), x, j * p, p), matrix = slice_rows(tape, HERE("W"), w, j * p, p);
        int product = matmul(tape, HERE("product"), part, matrix);
        parts[j] = add_row(tape, HERE("y"), product, slice_rows(tape, HERE("b"), b, j, 1));
        tape_end(tape);
    }
    int y = concat(tape, RESULT(name), parts, n);
    return tape_call(tape, (Call){.inputs = (int[]){x, w, b}, .input_count = 3, .output = y});
}

/* forward:  y_j = f_j W_j + b_j */
static void each_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int n = features_of(tape, call, 2), p = features_of(tape, call, 1) / n, m = tape_value(tape, call->inputs[2])->cols;
    int *dx = tape_ints(tape, n, -1), *dw = tape_ints(tape, n, -1), *db = tape_ints(tape, n, -1);
    for (int j = 0; j < n; j++) {
        tape_begin(tape, "feature", j, NULL);
        int part = slice_columns(tape, HERE("dy"), dy, j * m, m);
        if (wants_gradient(to, 0))
            dx[j] = matmul_bt(tape, HERE("dx"), part, slice_rows(tape, HERE("W"), call->inputs[1], j * p, p));
        if (wants_gradient(to, 1))
            dw[j] = matmul_at(tape, HERE("dW"), slice_columns(tape, HERE("x"), call->inputs[0], j * p, p), part);
        if (wants_gradient(to, 2))
            db[j] = column_sum(tape, HERE("db"), part);
        tape_end(tape);
    }
    if (wants_gradient(to, 0)) {
        Label label = of_input(tape, TO(to, 0, "dx"), call->inputs[0]);
        to->grad[0] = concat(tape, &label, dx, n);
    }
    if (wants_gradient(to, 1)) {
        Label label = of_input(tape, TO(to, 1, "dW"), call->inputs[1]);
        to->grad[1] = stack(tape, &label, dw, n);
    }
    if (wants_gradient(to, 2)) {
        Label label = of_input(tape, TO(to, 2, "db"), call->inputs[2]);
        to->grad[2] = stack(tape, &label, db, n);
    }
}

static int each_sample(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", 4, 4);
    int w = twice ? x : sample_weight(tape, "W", 4, 3);
    return each_feature(tape, "y", x, w, sample_weight(tape, "b", 2, twice ? 4 : 3));
}

const Rule EACH_FEATURE = {
    .words = "every feature goes through a matrix of its own",
    .words_back = "every feature's matrix learns from its own columns",
    .name = "each_feature", .chapter = 34,
    .forward = "y_j = f_j W_j + b_j", .back = "∂W_j = f_jᵀ ∂y_j,  ∂b_j = column sums,  ∂f_j = ∂y_j W_jᵀ",
    .ascii_forward = "y_j = f_j W_j + b_j", .ascii_back = "dW_j = f_j^T dy_j,  db_j = column sums,  df_j = dy_j W_j^T",
    .backward = each_backward, .sample = each_sample,
};
