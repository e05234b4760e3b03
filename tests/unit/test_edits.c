/* Each kind of edit of a planted mistake does what it says, looked at in the numbers: one mistake
 * for each kind, in tiny, beside the truth. */
#include "support.h"
#include "tiny_model/systems/gpt.h"

#include <math.h>
#include <string.h>

#define HEAD "block0.attention.head0."
#define BLOCK "block0."

typedef struct {
    Session truth, wrong;
} Both;

static const Value *right(const Both *both, const char *name)
{
    return tape_value(&both->truth.run.tape, value_called(&both->truth, name));
}

static const Value *wrong(const Both *both, const char *name)
{
    return tape_value(&both->wrong.run.tape, value_called(&both->wrong, name));
}

static double skipped(const Both *both, int row, int col)
{
    return cell_of(wrong(both, BLOCK "attention.output"), row, col);
}

static double replaced(const Both *both, int row, int col)
{
    return fmax(cell_of(right(both, BLOCK "mlp.hidden"), row, col), 0);
}

static double swapped(const Both *both, int row, int col)
{
    return cell_of(right(both, HEAD "scores"), col, row);
}

static double taken(const Both *both, int row, int col)
{
    double sum = 0;
    for (int k = 0; k <= row; k++)
        sum += cell_of(right(both, HEAD "weights"), row, k) * cell_of(right(both, HEAD "K"), k, col);
    return sum;
}

static double transposed(const Both *both, int row, int col)
{
    double sum = 0;
    for (int k = 0; k < right(both, BLOCK "attention.concat")->cols; k++)
        sum += cell_of(right(both, BLOCK "attention.concat"), row, k) * cell_of(right(both, BLOCK "attention.W_O"), col, k);
    return sum + cell_of(right(both, BLOCK "attention.b_O"), 0, col);
}

static double other_axis(const Both *both, int row, int col)
{
    const Value *masked = right(both, HEAD "masked");
    double sum = 0;
    for (int r = 0; r < masked->rows; r++)
        sum += exp(cell_of(masked, r, col));
    return exp(cell_of(masked, row, col)) / sum;
}

static double other_constant(const Both *both, int row, int col)
{
    return col > row ? 0 : cell_of(right(both, HEAD "scaled"), row, col);
}

static double scaled_by_number(const Both *both, int row, int col)
{
    return -cell_of(right(both, "head.W.direction"), row, col);
}

static double done_twice(const Both *both, int row, int col)
{
    return cell_of(right(both, HEAD "scores"), row, col) / 3; /* d_k */
}

static double added_after(const Both *both, int row, int col)
{
    return sqrt(cell_of(right(both, "final_norm.variance"), row, col)) + gpt_of(&both->truth.model)->norm_eps;
}

static double from_the_start(const Both *both, int row, int col)
{
    return cell_of(right(both, "tokens"), row, col);
}

static double first_only(const Both *both, int row, int col)
{
    return cell_of(wrong(both, "embedding.grad.from." BLOCK "attention.residual"), row, col);
}

static double recorded_otherwise(const Both *both, int row, int col)
{
    return cell_of(right(both, "position_embedding"), row + 1, col);
}

static double then_something(const Both *both, int row, int col)
{
    int target = gpt_of(&both->truth.model)->sequences[0].tokens[row + 1];
    (void)col;
    return 1 - cell_of(right(both, "probabilities"), row, target);
}

static double other_option(const Both *both, int row, int col)
{
    const Optimizer *o = &both->truth.model.optimizer;
    double decay = o->weight_decay * cell_of(right(both, "head.W"), row, col);
    return (1 - o->beta1) * (cell_of(right(both, "head.W.grad.clipped"), row, col) + decay);
}

typedef struct {
    EditKind kind;
    const char *id, *value;   /* what is looked at */
    double (*expected)(const Both *both, int row, int col);
} Case;

static const Case CASES[] = {
    {EDIT_SKIP, "residual.dropped", BLOCK "attention.residual", skipped},
    {EDIT_SKIP, "gradient.first_contribution_only", "embedding.grad", first_only},
    {EDIT_REPLACE, "gelu.relu", BLOCK "mlp.activated", replaced},
    {EDIT_SWAP, "query_key.swapped", HEAD "scores", swapped},
    {EDIT_TAKE, "weighted_sum.keys_for_values", HEAD "output", taken},
    {EDIT_TRANSPOSE, "output_projection.transposed", BLOCK "attention.output", transposed},
    {EDIT_OTHER_AXIS, "softmax.columns", HEAD "weights", other_axis},
    {EDIT_CONSTANT, "mask.zero", HEAD "masked", other_constant},
    {EDIT_SCALE, "adam.ascent", "head.W.direction", scaled_by_number},
    {EDIT_TWICE, "scores.divided_by_d_k", HEAD "scaled", done_twice},
    {EDIT_ADD_AFTER, "norm.eps_outside_root", "final_norm.std", added_after},
    {EDIT_OFFSET, "targets.not_shifted", "targets", from_the_start},
    {EDIT_RECORD, "embedding.position_from_one", "embedding.position", recorded_otherwise},
    {EDIT_THEN, "loss.one_minus_p", "loss.per_token", then_something},
    {EDIT_OPTION, "adam.l2_decay", "head.W.m", other_option},
};
enum { CASE_COUNT = sizeof CASES / sizeof *CASES };

static bool uses(const Mistake *mistake, EditKind kind)
{
    for (int i = 0; i < mistake->edit_count; i++)
        if (mistake->edits[i].kind == kind)
            return true;
    return false;
}

/* In norm.eps_outside_root the layers before the final norm are wrong too. */
static void take_inputs_of_wrong(Both *both)
{
    Tape *tape = &both->truth.run.tape;
    int variance = value_called(&both->truth, "final_norm.variance");
    const Value *of = tape_value(tape, variance), *from = wrong(both, "final_norm.variance");
    memcpy(of->data, from->data, cells_of(of) * sizeof *of->data);
}

static void edit_does_what_it_says(void **state)
{
    const Case *test = *state;
    const Mistake *mistake = mistake_find(test->id);
    EXPECT(mistake && uses(mistake, test->kind), "%s has no such edit", test->id);
    Both both;
    open_model(&both.truth, "tiny", NULL, 0);
    open_model(&both.wrong, "tiny", test->id, 0);
    if (test->kind == EDIT_ADD_AFTER)
        take_inputs_of_wrong(&both);
    const Value *value = wrong(&both, test->value);
    double difference = 0;
    for (int row = 0; row < value->rows; row++)
        for (int col = 0; col < value->cols; col++) {
            double expected = test->expected(&both, row, col), found = cell_of(value, row, col);
            EXPECT(is_close(found, expected, 1e-12), "%s[%d,%d] is %.17g, not %.17g", test->value, row, col, found, expected);
            double truth = cell_of(right(&both, test->value), row, col);
            difference = truth == found ? difference : fmax(difference, fabs(truth - found));
        }
    EXPECT(difference > 1e-6, "%s is as in truth", test->value);
    session_close(&both.truth);
    session_close(&both.wrong);
}

static void every_kind_is_here(void **state)
{
    (void)state;
    EXPECT(mistake_total() > 0, "no mistakes");
    for (int i = 0; i < mistake_total(); i++)
        for (int edit = 0; edit < mistake_at(i)->edit_count; edit++) {
            int known = 0;
            for (int c = 0; c < CASE_COUNT; c++)
                known += CASES[c].kind == mistake_at(i)->edits[edit].kind;
            EXPECT(known > 0, "%s has an edit of a kind that is not tested here", mistake_at(i)->id);
        }
}

int test_edits(void)
{
    TestList list = {0};
    for (int i = 0; i < CASE_COUNT; i++)
        tests_add(&list, edit_does_what_it_says, &CASES[i], "%s does what it says", CASES[i].id);
    tests_add(&list, every_kind_is_here, NULL, "every kind of edit is tested");
    return tests_run(&list, "edits");
}
