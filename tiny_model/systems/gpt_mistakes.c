/* The planted mistakes of what only a GPT's model file can choose: attention in tiles, a mixture of experts, looking
 * inside. */
#include "gpt.h"

#include "../inside/wrong_looks.h"
#include "../primitives/families.h"
#include "../rules/rule.h"

#define F .phase = PHASE_FORWARD
#define B .phase = PHASE_BACKWARD

static const Call *latest_gate(const Tape *tape)
{
    for (int call = tape->call_count - 1; call >= 0; call--)
        if (tape->calls[call].rule == &GATE)
            return &tape->calls[call];
    return NULL;
}

/* The balance is recorded behind the gate that it is about. */
static int of_the_chosen(Tape *tape, const Asked *step)
{
    const Call *gate = latest_gate(tape);
    int p = step->inputs[0];
    if (gate)
        p = mistake_make(tape, &MULTIPLY, PART("chosen"), (int[]){p, gate->saved[GATE_CHOSEN]}, 2, (Attributes){0});
    return mistake_make(tape, step->primitive, step->label, &p, 1, step->attributes);
}

/* Who found no room loses the stream too: the residual is 0 where no gate of the row is open. */
static int zeroed(Tape *tape, const Asked *step)
{
    const Call *gate = latest_gate(tape);
    tape->mistake_hits -= !gate; /* without experts nothing is changed, and a mistake that changes nothing is refused */
    if (!gate)
        return mistake_make(tape, step->primitive, step->label, step->inputs, step->count, step->attributes);
    int open = mistake_make(tape, &ROW_SUM, PART("open"), &gate->output, 1, (Attributes){0});
    int any = mistake_make(tape, &POSITIVE, PART("any"), &open, 1, (Attributes){0});
    int kept = mistake_make(tape, &MUL_COL, PART("kept"), (int[]){step->inputs[0], any}, 2, (Attributes){0});
    return mistake_make(tape, step->primitive, step->label, (int[]){kept, step->inputs[1]}, 2, (Attributes){0});
}

/* Switch's choice of one expert with Mixtral's gate. */
static void one_renormalised(Model *model)
{
    Gpt *gpt = model->settings;
    gpt->top_k = 1;
    gpt->gate = GATE_RENORMALISED;
}

static void gate_raw(Model *model)
{
    ((Gpt *)model->settings)->gate = GATE_RAW;
}

static void reads_padding(Model *model)
{
    ((Gpt *)model->settings)->reads_padding = true;
}

static void prompt_counts(Model *model)
{
    ((Gpt *)model->settings)->prompt_counts = true;
}

static void not_by_rank(Model *model)
{
    Gpt *gpt = model->settings;
    gpt->alpha = (gpt->alpha > 0 ? gpt->alpha : gpt->rank) * gpt->rank;
}

static void prompt_late(Model *model)
{
    ((Gpt *)model->settings)->prompt_late = true;
}

const Mistake GPT_MISTAKES[GPT_MISTAKE_COUNT] = {
    {"tiles.sum_not_rescaled", "the sum kept so far is not made smaller when a larger score turns up", 1,
     {{EDIT_SKIP, F, .frame = "*.tile*", .label = "sum_kept"}}},
    {"tiles.output_not_rescaled", "the output kept so far is not made smaller when a larger score turns up", 1,
     {{EDIT_SKIP, F, .frame = "*.tile*", .label = "kept"}}},
    {"tiles.max_of_the_tile", "every tile is measured from its own largest score, and then all are added up", 3,
     {{EDIT_SKIP, F, .frame = "*.tile*", .label = "seen", .input = 1},
      {EDIT_SKIP, F, .frame = "*.tile*", .label = "sum_kept"},
      {EDIT_SKIP, F, .frame = "*.tile*", .label = "kept"}}},
    {"tiles.D_forgotten", "D, the row sum of dO * O, is not subtracted on the way back", 1,
     {{EDIT_SKIP, B, .frame = "*.tile*", .label = "centered"}}},
    {"tiles.gradient_not_scaled", "the gradient of the scores is not divided by sqrt(d_k) on the way to Q and K", 1,
     {{EDIT_SKIP, B, .frame = "*.tile*", .label = "dproducts"}}},

    {"experts.one_renormalised", "one expert a token, its gate divided by itself: it is 1, the router learns nothing",
     1,
     {{EDIT_OPTION, .option = one_renormalised}}},
    {"experts.gate_raw", "the gate is the probability itself, not its share of those that were chosen", 1,
     {{EDIT_OPTION, .option = gate_raw}}},
    {"experts.balance_of_the_chosen", "the balance takes the mean of the chosen probabilities, not of all", 1,
     {{EDIT_RECORD, F, .record = of_the_chosen, .rule = &BALANCE, .label = "sum"}}},
    {"experts.gate_forgotten", "the experts get the gradient of the output as it is, not times the gate", 1,
     {{EDIT_SKIP, B, .rule = &WEIGHTED_ROWS, .label = "dx"}}},
    {"experts.dropped_zeroed", "a token for which no expert had room becomes 0 instead of staying as it is", 1,
     {{EDIT_RECORD, F, .record = zeroed, .frame = "*mlp.residual", .label = "residual"}}},
    {"experts.row_sum_dropped", "the sum of gradient times gate is not subtracted on the way back through the gate", 1,
     {{EDIT_SKIP, B, .rule = &GATE, .label = "centered"}}},

    {"classify.reads_padding", "the last row is read as it stands, padding or not", 1,
     {{EDIT_OPTION, .option = reads_padding}}},
    {"prompt.counts", "the prompt is learned too: the mask of the targets leaves nothing out", 1,
     {{EDIT_OPTION, .option = prompt_counts}}},
    {"prompt.not_shifted", "the mask is laid on the targets as it is on the tokens: the first of the answer does not "
     "count", 1,
     {{EDIT_OPTION, .option = prompt_late}}},
    {"adapter.scale_forgotten", "(x A) B is added as it is, not times alpha / r", 2,
     {{EDIT_SKIP, F, .rule = &LORA, .label = "delta"}, {EDIT_SKIP, B, .rule = &LORA, .label = "scaled"}}},
    {"adapter.gradient_not_scaled", "on the way back alpha / r is forgotten", 1,
     {{EDIT_SKIP, B, .rule = &LORA, .label = "scaled"}}},
    {"adapter.not_by_rank", "(x A) B is multiplied by alpha, which nobody divided by the rank", 1,
     {{EDIT_OPTION, .option = not_by_rank}}},

    {"inside.score_of_duplicates", "counted is the attention to an earlier one of the same token, not to what stands "
     "behind it", 1,
     {{EDIT_RECORD, F, .record = hits_of_duplicates, .frame = "heads.*.induction", .label = "hits"}}},
    {"inside.score_one_late", "the pattern is held against the next query: each row has that of the row before", 2,
     {{EDIT_RECORD, F, .record = hits_one_late, .frame = "heads.*.induction", .label = "hits"},
      {EDIT_RECORD, F, .record = mean_one_late, .frame = "heads.*.induction", .on = &SCALE}}},
    {"inside.score_over_all", "the mean is over all tokens, also over those that did not stand there before", 1,
     {{EDIT_RECORD, F, .record = mean_over_all, .frame = "heads.*.induction", .on = &SCALE}}},
    {"inside.weight_for_moved", "the weight alone is taken for what is moved: how long the value is does not count", 1,
     {{EDIT_SKIP, F, .frame = "heads.*.moved", .on = &MUL_ROW}}},
    {"inside.lens_without_norm", "the head reads the stream of the level as it is, without the final norm", 1,
     {{EDIT_RECORD, F, .record = stream_without_norm, .frame = "lens.*.logits", .on = &MATMUL}}},
    {"inside.lens_final_spread", "the lens takes mean and spread of the finished stream, not those of the level", 2,
     {{EDIT_RECORD, F, .record = with_final_mean, .frame = "lens.*.norm", .label = "centered"},
      {EDIT_RECORD, F, .record = with_final_std, .frame = "lens.*.norm", .on = &DIV_COL}}},
    {"inside.part_not_centered", "the mean of what a part adds is not taken off", 1,
     {{EDIT_SKIP, F, .frame = "attribution.*", .label = "centered"}}},
    {"inside.part_own_spread", "a part is divided by its own spread, not by that of the finished stream", 1,
     {{EDIT_RECORD, F, .record = with_own_std, .frame = "attribution.*", .label = "normalized"}}},
};
