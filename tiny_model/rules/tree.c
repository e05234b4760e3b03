/* What a boosted tree is made of. No gradient flows through it: a cut is a choice, and the numbers behind it stay what
 * they are when a feature moves a little. Chapter 28.
 *
 *   gain        ½ [GL² / (HL + λ) + GR² / (HR + λ) − G² / (H + λ)] − γ     for every place where a node can be cut
 *                 GL, HL [1 x P] what stands left of each place, GR = G − GL, HR = H − HL, G, H [1 x 1];
 *                 -inf where it cannot be cut
 *   split       of all features the place with the largest gain, of equals the first feature, then the lowest
 *   leaf_value  −η G / (H + λ)
 *   source      Chen and Guestrin 2016, equations 5 to 7 */
#include "rule.h"

#include <math.h>

/* 1 where both sides weigh enough, [1 x P]. */
static int heavy_enough(Tape *tape, int left, int right, double least)
{
    if (least <= 0) {
        int some = positive_part_slope(tape, HERE("left.some"), left);
        return multiply(tape, HERE("some"), some, positive_part_slope(tape, HERE("right.some"), right));
    }
    int limit = fill(tape, HERE("least"), least, 1, 1);
    int heavy = at_least(tape, HERE("left.heavy"), left, limit);
    return multiply(tape, HERE("heavy"), heavy, at_least(tape, HERE("right.heavy"), right, limit));
}

static int squared_over(Tape *tape, const Label *square, const Label *below, const Label *out, int g, int h,
                        double lambda)
{
    /* One after the other: compilers take arguments in orders of their own. */
    int weight = add_constant(tape, below, h, lambda);
    return divide(tape, out, multiply(tape, square, g, g), weight);
}

int gain(Tape *tape, const char *name, const Sides *of, const Boosting *how)
{
    tape_begin(tape, name, -1, &GAIN);
    int right_g = scale(tape, HERE("right.gradient"), sub_col(tape, HERE("left.missing"), of->left_g, of->g), -1);
    int right_h = scale(tape, HERE("right.hessian"), sub_col(tape, HERE("left.lighter"), of->left_h, of->h), -1);
    int left = squared_over(tape, HERE("left.squared"), HERE("left.weight"), HERE("left"), of->left_g, of->left_h,
                            how->lambda);
    int right = squared_over(tape, HERE("right.squared"), HERE("right.weight"), HERE("right"), right_g, right_h,
                             how->lambda);
    int both = add(tape, HERE("both"), left, right);
    int better = scale(tape, HERE("half"), sub_col(tape, HERE("better"), both, of->whole), 0.5);
    if (how->gamma != 0)
        better = add_constant(tape, HERE("paid"), better, -how->gamma);
    int possible = of->possible;
    if (how->min_child_weight > 0 || how->lambda == 0)
        possible = multiply(tape, HERE("allowed"), possible,
                            heavy_enough(tape, of->left_h, right_h, how->min_child_weight));
    int none = fill(tape, HERE("none"), -INFINITY, 1, tape_value(tape, better)->cols);
    int y = choose(tape, RESULT(name), possible, better, none);
    return tape_call(tape, (Call){.output = y, .saved = {[GAIN_POSSIBLE] = possible}});
}

int split(Tape *tape, const char *name, const int *gains, const int *places, int features, short axis)
{
    tape_begin(tape, name, -1, &SPLIT);
    int *best = tape_ints(tape, 2 * features, -1), *at = best + features;
    for (int f = 0; f < features; f++) {
        tape_begin(tape, "feature", f, NULL);
        int place = largest_column(tape, HERE("place"), gains[f]);
        best[f] = row_max(tape, HERE("gain"), gains[f]);
        int cuts = transpose(tape, HERE("cuts"), places[f]);
        at[f] = gather_rows(tape, HERE("cut"), cuts, place);
        tape_end(tape);
    }
    Label label = label_with_axes(HERE("gains"), AXIS_NONE, axis, AXIS_NONE);
    int all = concat(tape, &label, best, features);
    int feature = largest_column(tape, HERE("feature"), all);
    int cuts = transpose(tape, HERE("cuts"), concat(tape, HERE("all"), at, features));
    int better = row_max(tape, HERE("gain"), all);
    int cut = gather_rows(tape, RESULT(name), cuts, feature);
    return tape_call(tape, (Call){.output = cut, .saved = {[SPLIT_FEATURE] = feature, [SPLIT_GAIN] = better,
                                                           [SPLIT_GAINS] = all}});
}

int leaf_value(Tape *tape, const char *name, int g, int h, const Boosting *how)
{
    tape_begin(tape, name, -1, &LEAF_VALUE);
    int weight = add_constant(tape, HERE("weight"), h, how->lambda);
    int best = scale(tape, HERE("best"), divide(tape, HERE("mean"), g, weight), -1);
    int y;
    if (how->lambda == 0) {
        /* Where nobody is, 0 / 0 is no number; the value of an empty leaf is 0. */
        int nothing = fill(tape, HERE("nothing"), 0, 1, 1), some = positive_part_slope(tape, HERE("some"), h);
        best = choose(tape, HERE("chosen"), some, best, nothing);
    }
    y = scale(tape, RESULT(name), best, how->learning_rate);
    return tape_call(tape, (Call){.output = y, .saved = {[LEAF_G] = g, [LEAF_H] = h}});
}

static const Boosting PLAIN = {.learning_rate = 0.3, .lambda = 1};

static int sample_gain(Tape *tape, const char *name, int frame, const Boosting *how)
{
    tape_begin(tape, name, frame, NULL);
    int g = sample_input(tape, "g", 1, 5), h = sample_positive(tape, "h", 1, 5);
    int all_g = row_sum(tape, HERE("G"), g), all_h = row_sum(tape, HERE("H"), h);
    int possible = positive_part_slope(tape, HERE("possible"), slice_columns(tape, HERE("some"), g, 0, 4));
    int left_g = slice_columns(tape, HERE("GL"), running_sum(tape, HERE("sums"), g), 0, 4);
    int left_h = slice_columns(tape, HERE("HL"), running_sum(tape, HERE("weights"), h), 0, 4);
    int whole = squared_over(tape, HERE("square"), HERE("weight"), HERE("whole"), all_g, all_h, how->lambda);
    Sides sides = {left_g, left_h, all_g, all_h, whole, possible};
    int y = gain(tape, "gain", &sides, how);
    tape_end(tape);
    return y;
}

static int gain_sample(Tape *tape, bool twice)
{
    (void)twice;
    return sample_gain(tape, "node", 0, &PLAIN);
}

static int strict_gain_sample(Tape *tape, bool twice)
{
    return sample_gain(tape, "node", 0, &(Boosting){.learning_rate = 1, .gamma = 0.1, .min_child_weight = twice});
}

static int split_sample(Tape *tape, bool twice)
{
    int gains[2] = {sample_gain(tape, "node", 0, &PLAIN), -1}, places[2] = {sample_input(tape, "a", 1, 4), -1};
    gains[1] = twice ? gains[0] : sample_gain(tape, "node", 1, &PLAIN);
    places[1] = twice ? places[0] : sample_input(tape, "b", 1, 4);
    return split(tape, "split", gains, places, 2, AXIS_NONE);
}

static int leaf_value_sample(Tape *tape, bool twice)
{
    Boosting how = {.learning_rate = 0.3, .lambda = !twice};
    return leaf_value(tape, "value", sample_input(tape, "G", 1, 1), sample_positive(tape, "H", 1, 1), &how);
}

#define NO_WAY_BACK "a choice has no slope: no gradient flows through a tree"

const Rule GAIN = {
    .words = "how much better the loss becomes if a node is cut at each place, by its first and second derivatives",
    .words_back = NO_WAY_BACK, .name = "gain", .chapter = 28,
    .forward = "gain = ½ [GL² / (HL + λ) + GR² / (HR + λ) − G² / (H + λ)] − γ",
    .ascii_forward = "gain = 1/2 [GL^2 / (HL + lambda) + GR^2 / (HR + lambda) - G^2 / (H + lambda)] - gamma",
    .back = "none", .ascii_back = "none", .sample = gain_sample, .other_sample = strict_gain_sample,
};
const Rule SPLIT = {
    .words = "the best place of all features, where its gain is positive",
    .words_back = NO_WAY_BACK, .name = "split", .chapter = 28,
    .forward = "feature, cut = argmax gain", .ascii_forward = "feature, cut = argmax gain",
    .back = "none", .ascii_back = "none", .sample = split_sample,
};
const Rule LEAF_VALUE = {
    .words = "the step that a leaf's rows take together: Newton's, shortened by the learning rate",
    .words_back = NO_WAY_BACK, .name = "leaf_value", .chapter = 28,
    .forward = "value = −η G / (H + λ)", .ascii_forward = "value = -eta G / (H + lambda)",
    .back = "none", .ascii_back = "none", .sample = leaf_value_sample,
};
