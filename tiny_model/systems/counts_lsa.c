/* Latent semantic analysis: the few directions in which documents differ most, found by turning an arrow towards them
 * again and again. Deerwester et al. 1990; the formulas stand in counts.c. */
#include "counts.h"

#include "../components.h"
#include "../record.h"

#include <math.h>

/* u <- G u / |G u|. Where G u is nothing, u becomes nothing too: there is no further direction. */
static int record_iteration(Tape *tape, int gram, int u, int i)
{
    tape_begin(tape, "iteration", i, NULL);
    int product = matmul(tape, HERE("product"), gram, u);
    int length = square_root(tape, HERE("length"), column_sum_of_squares(tape, HERE("squares"), product));
    int divisor = add(tape, HERE("divisor"), length, is_below(tape, HERE("nothing"), length, 1e-100));
    int next = div_row(tape, HERE("u"), product, divisor);
    tape_end(tape);
    return next;
}

typedef struct {
    int u, sigma, v;
} Component;

/* One component of A, whose gram matrix is *gram; *gram without it afterwards, unless it is the last. */
static Component record_component(const CountsRecording *to, int a, int *gram, int i, bool last)
{
    Tape *tape = to->tape;
    int count = to->counts->documents;
    double start = 1 / sqrt(count);
    tape_begin(tape, "component", i, NULL);
    Label begin = label_with_axes(HERE("start"), to->documents, AXIS_NONE, AXIS_NONE);
    int u = tape_step(tape, &FILL, &begin, NULL, 0, (Attributes){.constants = {start}, .rows = count, .cols = 1});
    for (int k = 0; k < to->counts->iterations; k++)
        u = record_iteration(tape, *gram, u, k);
    int product = matmul(tape, HERE("product"), *gram, u);
    int lambda = matmul_at(tape, HERE("lambda"), u, product);
    int zero = fill(tape, HERE("zero"), 0, 1, 1);
    int positive = positive_part_slope(tape, HERE("positive"), lambda);
    /* Rounding can leave a little less than nothing of a direction that is not there. */
    int sigma = square_root(tape, HERE("sigma"), choose(tape, HERE("square"), positive, lambda, zero));
    int divisor = add(tape, HERE("divisor"), sigma, is_below(tape, HERE("nothing"), sigma, 1e-100));
    int v = div_row(tape, HERE("v"), matmul_at(tape, HERE("back"), a, u), divisor);
    if (!last) {
        int outer = matmul_bt(tape, HERE("outer"), u, u);
        *gram = subtract(tape, HERE("rest"), *gram, scale_by(tape, HERE("explained"), outer, lambda));
    }
    tape_end(tape);
    return (Component){u, sigma, v};
}

void counts_lsa(const CountsRecording *to, int a)
{
    Tape *tape = to->tape;
    int k = to->counts->components;
    short axis = tape_axis(tape, (Axis){"component", k, NULL, false});
    int u[MOST_COMPONENTS], sigma[MOST_COMPONENTS], v[MOST_COMPONENTS];
    tape_begin(tape, "lsa", -1, NULL);
    int gram = matmul_bt(tape, HERE("gram"), a, a), all = gram;
    for (int i = 0; i < k; i++) {
        Component one = record_component(to, a, &gram, i, i == k - 1);
        u[i] = one.u, sigma[i] = one.sigma, v[i] = one.v;
    }
    Label labels[] = {label_with_axes(HERE("u"), to->documents, axis, AXIS_NONE),
                      label_with_axes(HERE("sigma"), AXIS_NONE, axis, AXIS_NONE),
                      label_with_axes(HERE("v"), to->vocabulary, axis, AXIS_NONE)};
    concat(tape, &labels[0], u, k);
    concat(tape, &labels[1], sigma, k);
    concat(tape, &labels[2], v, k);
    if (to->counts->sweeps)
        jacobi(tape, all, to->counts->sweeps);
    tape_end(tape);
}
