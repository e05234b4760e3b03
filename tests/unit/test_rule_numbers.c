/* Rules whose numbers are known beforehand: masks and windows, rotary halves, totals, softmax at its limits. */
#include "support.h"

#include "tiny_model/backward.h"
#include "tiny_model/rules/rule.h"

#include <math.h>
#include <string.h>

/* A leaf of these numbers, as a parameter. */
static int leaf_of(Tape *tape, int rows, int cols, const double *numbers)
{
    int leaf = sample_weight(tape, "x", rows, cols);
    memcpy(tape_value(tape, leaf)->data, numbers, (size_t)(rows * cols) * sizeof *numbers);
    return leaf;
}

/* Behind softmax the gradient of a masked score is 0 anyway; here it is the mask that makes it so.
 * Key j is seen by query i where 0 <= i - j < window; window 0: all up to i. */
static void mask_stops_the_gradient(void **state)
{
    (void)state;
    enum { N = 4 };
    for (int window = 0; window <= N + 1; window++) {
        Tape tape = {.frame = -1};
        double seed[N * N];
        for (int i = 0; i < N * N; i++)
            seed[i] = i + 1;
        tape_begin_phase(&tape, PHASE_FORWARD);
        int x = sample_weight(&tape, "x", N, N), y = masked(&tape, "y", x, window, 0);
        tape_end(&tape);
        backward(&tape, y, seed, 0);
        const double *in = tape_value(&tape, x)->data, *out = tape_value(&tape, y)->data;
        const double *gradient = tape_value(&tape, tape_value(&tape, x)->gradient)->data;
        for (int i = 0; i < N * N; i++) {
            int back = i / N - i % N;
            bool seen = back >= 0 && (window == 0 || back < window);
            EXPECT(gradient[i] == (seen ? seed[i] : 0), "window %d: cell %d of the gradient is %g", window, i,
                   gradient[i]);
            EXPECT(out[i] == (seen ? in[i] : -INFINITY), "window %d: cell %d is %g", window, i, out[i]);
        }
        tape_free(&tape);
    }
}

/* By halves is the same turn with the columns in another order: 0 2 1 3 of four. */
static void halves_are_pairs_in_another_order(void **state)
{
    (void)state;
    enum { ROWS = 3, COLS = 4 };
    Tape tape = {.frame = -1};
    tape_begin_phase(&tape, PHASE_FORWARD);
    int x = sample_input(&tape, "x", ROWS, COLS), mixed = sample_input(&tape, "mixed", ROWS, COLS);
    int cosine = sample_input(&tape, "cos", ROWS, COLS / 2), sine = sample_input(&tape, "sin", ROWS, COLS / 2);
    for (int i = 0; i < ROWS * COLS; i++) {
        int pair = i % COLS / 2, second = i % 2;
        tape_value(&tape, mixed)->data[i / COLS * COLS + pair + second * COLS / 2] = tape_value(&tape, x)->data[i];
    }
    int pairs = rotary(&tape, "pairs", x, cosine, sine, false);
    int halves = rotary(&tape, "halves", mixed, cosine, sine, true);
    tape_end(&tape);
    for (int i = 0; i < ROWS * COLS; i++) {
        int pair = i % COLS / 2, second = i % 2;
        double a = cell_of(tape_value(&tape, pairs), i / COLS, i % COLS);
        double b = cell_of(tape_value(&tape, halves), i / COLS, pair + second * COLS / 2);
        EXPECT(same_bits(a, b), "cell %d: %.17g as a pair, %.17g by halves", i, a, b);
    }
    tape_free(&tape);
}

/* One value is summed as ever, several are summed one by one: the mean is that of all their cells. */
static void totals_of_several(void **state)
{
    (void)state;
    Tape tape = {.frame = -1};
    tape_begin_phase(&tape, PHASE_FORWARD);
    int parts[] = {sample_weight(&tape, "x", 4, 1), sample_weight(&tape, "z", 2, 1)};
    int one = total(&tape, "one", parts, 1), steps_of_one = tape.step_count;
    int sum = total(&tape, "sum", parts, 2), share = mean(&tape, "share", parts, 2);
    tape_end(&tape);
    double all[2] = {0};
    for (int i = 0; i < 2; i++)
        for (size_t cell = 0; cell < cells_of(tape_value(&tape, parts[i])); cell++)
            all[i] += tape_value(&tape, parts[i])->data[cell];
    EXPECT(steps_of_one == 1 && tape_value(&tape, one)->data[0] == all[0], "one value: %d steps", steps_of_one);
    EXPECT(tape_value(&tape, sum)->data[0] == all[0] + all[1], "the sum is %g", tape_value(&tape, sum)->data[0]);
    EXPECT(is_close(tape_value(&tape, share)->data[0], (all[0] + all[1]) / 6, 1e-15), "the mean is %g",
           tape_value(&tape, share)->data[0]);
    tape_free(&tape);
}

/* exp(1000) is infinite and exp(-1000) is 0; softmax and the loss know neither. */
static void large_scores_do_not_overflow(void **state)
{
    (void)state;
    static const double scores[] = {1000, 1001, -1000, -5000, -5001, -6000};
    double targets[] = {1, 2}, positions[] = {0, 1}, seed[] = {1, 1};
    Tape tape = {.frame = -1};
    tape_begin_phase(&tape, PHASE_FORWARD);
    int x = leaf_of(&tape, 2, 3, scores), p = softmax(&tape, "softmax", "p", x);
    int wanted = tape_leaf(&tape, KIND_INPUT, "targets", (Shape){1, 2}, targets);
    int rows = tape_leaf(&tape, KIND_INPUT, "positions", (Shape){1, 2}, positions);
    int y = cross_entropy(&tape, "loss", "y", x, wanted, rows, true);
    tape_end(&tape);
    backward(&tape, y, seed, 0);
    for (int i = 0; i < 2; i++) {
        double share = cell_of(tape_value(&tape, p), i, 1 - i), surprise = tape_value(&tape, y)->data[i];
        EXPECT(is_close(share, 0.7310585786300049, 1e-15), "row %d: %.17g", i, share);
        EXPECT(is_close(surprise, i ? 1000.3132616875182 : 0.3132616875182228, 1e-12), "loss %d: %.17g", i, surprise);
    }
    for (int i = 0; i < 6; i++)
        EXPECT(isfinite(tape_value(&tape, tape_value(&tape, x)->gradient)->data[i]), "cell %d of the gradient", i);
    tape_free(&tape);
}

int test_rule_numbers(void)
{
    TestList list = {0};
    tests_add(&list, mask_stops_the_gradient, NULL, "masked: the mask stops the gradient, whatever the window");
    tests_add(&list, halves_are_pairs_in_another_order, NULL, "rotary: by halves in another order");
    tests_add(&list, totals_of_several, NULL, "total, mean: one value and several");
    tests_add(&list, large_scores_do_not_overflow, NULL, "softmax, cross_entropy: large scores do not overflow");
    return tests_run(&list, "rule_numbers");
}
