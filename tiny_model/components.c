/* Principal components by Jacobi's rotations; see components.h. Chapter 33.
 *
 *   one rotation of p and q:  theta = (a_qq - a_pp) / (2 a_pq)
 *                             t = sign(theta) / (|theta| + sqrt(theta^2 + 1)), 1 at theta = 0
 *                             c = 1 / sqrt(t^2 + 1),  s = t c
 *                             R = the unit matrix with R_pp = R_qq = c, R_pq = s, R_qp = -s
 *                             A <- R^T A R, whose cells p,q and q,p are 0;  V <- V R
 * Where a_pq is 0 already nothing is turned. */
#include "components.h"

#include "record.h"

/* A matrix that is 0 but for the four cells where p and q meet. */
static int corner_leaf(Tape *tape, const char *name, Shape shape, const int at[2], const double cells[4])
{
    double *numbers = tape_room(tape, shape.rows, shape.cols);
    for (int i = 0; numbers && i < shape.rows * shape.cols; i++)
        numbers[i] = 0;
    for (int i = 0; numbers && i < 4; i++)
        numbers[at[i / 2] * shape.cols + at[i % 2]] = cells[i];
    return tape_leaf(tape, KIND_INPUT, name, shape, numbers);
}

static int identity_leaf(Tape *tape, const char *name, Shape shape)
{
    double *numbers = tape_room(tape, shape.rows, shape.cols);
    for (int i = 0; numbers && i < shape.rows * shape.cols; i++)
        numbers[i] = i / shape.cols == i % shape.cols;
    return tape_leaf(tape, KIND_INPUT, name, shape, numbers);
}

/* t, and where p and q do not meet 0. */
static int record_tangent(Tape *tape, int a, int p, int q)
{
    int row_p = slice_rows(tape, HERE("row_p"), a, p, 1), row_q = slice_rows(tape, HERE("row_q"), a, q, 1);
    int pp = slice_columns(tape, HERE("pp"), row_p, p, 1), pq = slice_columns(tape, HERE("pq"), row_p, q, 1);
    int qq = slice_columns(tape, HERE("qq"), row_q, q, 1);
    int apart = is_below(tape, HERE("nothing"), multiply(tape, HERE("pq_squared"), pq, pq), 1e-300);
    int divisor = add(tape, HERE("divisor"), scale(tape, HERE("twice"), pq, 2), apart);
    int theta = divide(tape, HERE("theta"), subtract(tape, HERE("difference"), qq, pp), divisor);
    int zero = fill(tape, HERE("zero"), 0, 1, 1);
    int side = scale(tape, HERE("side"), at_least(tape, HERE("upper"), theta, zero), 2);
    int sign = add_constant(tape, HERE("sign"), side, -1);
    int squared = add_constant(tape, HERE("one_more"), multiply(tape, HERE("theta_squared"), theta, theta), 1);
    int size = multiply(tape, HERE("size"), theta, sign);
    int sum = add(tape, HERE("sum"), size, square_root(tape, HERE("root"), squared));
    return choose(tape, HERE("t"), apart, zero, divide(tape, HERE("tangent"), sign, sum));
}

/* R: 1 + (c - 1) is c to the last bit, since c is not below 0.7. */
static int record_turn(Tape *tape, int t, int identity, Shape shape, const int at[2])
{
    int one = fill(tape, HERE("one"), 1, 1, 1);
    int squared = add_constant(tape, HERE("secant_squared"), multiply(tape, HERE("t_squared"), t, t), 1);
    int c = divide(tape, HERE("c"), one, square_root(tape, HERE("secant"), squared));
    int s = multiply(tape, HERE("s"), t, c);
    int on = corner_leaf(tape, "diagonal", shape, at, (double[]){1, 0, 0, 1});
    int off = corner_leaf(tape, "beside", shape, at, (double[]){0, 1, -1, 0});
    int less = scale_by(tape, HERE("less"), on, add_constant(tape, HERE("c_less_one"), c, -1));
    int with = add(tape, HERE("with_cosine"), identity, less);
    return add(tape, HERE("turn"), with, scale_by(tape, HERE("sine"), off, s));
}

Eigen jacobi(Tape *tape, int a, int sweeps)
{
    tape_begin(tape, "jacobi", -1, NULL);
    const Value *of = tape_value(tape, a);
    int n = of->rows;
    Shape shape = {n, n, of->row_axis, of->col_axis};
    CHECK(n == of->cols && n <= MOST_ROTATED, "jacobi of %d x %d", n, of->cols);
    int identity = identity_leaf(tape, "identity", shape), vectors = identity;
    for (int sweep = 0; sweep < sweeps; sweep++) {
        tape_begin(tape, "sweep", sweep, NULL);
        for (int p = 0, turn = 0; p < n; p++)
            for (int q = p + 1; q < n; q++) {
                int at[] = {p, q};
                tape_begin(tape, "rotation", turn++, NULL);
                int r = record_turn(tape, record_tangent(tape, a, p, q), identity, shape, at);
                a = matmul(tape, HERE("after"), matmul_at(tape, HERE("turned"), r, a), r);
                vectors = matmul(tape, HERE("vectors"), vectors, r);
                tape_end(tape);
            }
        tape_end(tape);
    }
    double *ids = tape_room(tape, 1, n);
    for (int i = 0; ids && i < n; i++)
        ids[i] = i;
    int diagonal = pick(tape, HERE("diagonal"), a,
                        tape_leaf(tape, KIND_INPUT, "every", (Shape){1, n, .counts = shape.col_axis}, ids));
    Eigen eigen = {transpose(tape, HERE("eigenvalues"), diagonal), copy(tape, HERE("eigenvectors"), vectors)};
    tape_end(tape);
    return eigen;
}

/* The sign of an eigenvector means nothing: here its largest cell is positive. */
static int record_signs(Tape *tape, int rows)
{
    int most = row_max(tape, HERE("most"), rows);
    int least = row_max(tape, HERE("least"), scale(tape, HERE("opposite"), rows, -1));
    int up = at_least(tape, HERE("up"), most, least);
    int sign = add_constant(tape, HERE("sign"), scale(tape, HERE("side"), up, 2), -1);
    return mul_col(tape, HERE("components"), rows, sign);
}

void principal_components(Tape *tape, int rows, int k, int sweeps)
{
    tape_begin(tape, "pca", -1, NULL);
    int count = tape_value(tape, rows)->rows;
    int mean = divide_by(tape, HERE("mean"), column_sum(tape, HERE("sum"), rows), count);
    int centred = sub_row(tape, HERE("centred"), rows, mean);
    int products = matmul_at(tape, HERE("products"), centred, centred);
    int covariance = divide_by(tape, HERE("covariance"), products, count - 1);
    Eigen eigen = jacobi(tape, covariance, sweeps);
    int column = transpose(tape, HERE("column"), eigen.values);
    int order_of = order(tape, HERE("order"), scale(tape, HERE("downwards"), column, -1));
    int values = gather_rows(tape, HERE("sorted"), column, order_of);
    int wanted = slice_columns(tape, HERE("wanted"), order_of, 0, k);
    int directions = gather_rows(tape, HERE("directions"), transpose(tape, HERE("rows"), eigen.vectors), wanted);
    int components = record_signs(tape, directions);
    int eigenvalues = transpose(tape, HERE("eigenvalues"), values);
    int total = row_sum(tape, HERE("total"), eigenvalues);
    int divisor = add(tape, HERE("divisor"), total, is_below(tape, HERE("nothing"), total, 1e-300));
    div_col(tape, HERE("explained"), eigenvalues, divisor);
    matmul_bt(tape, HERE("projected"), centred, components);
    tape_end(tape);
}
