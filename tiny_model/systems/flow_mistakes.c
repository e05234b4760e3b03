/* What flow alone can get wrong: the mistakes of its rules and of its parts. See mistakes.h. */
#include "flow.h"

#include "../primitives/families.h"
#include "../rules/rule.h"

#define F PHASE_FORWARD
#define B PHASE_BACKWARD

/* Times 1 - share instead of share. */
static int other_share(Tape *tape, const Asked *step)
{
    int minus = mistake_make(tape, &SCALE, PART("minus"), &step->inputs[1], 1, (Attributes){.constants = {-1}});
    int rest = mistake_make(tape, &ADD_CONSTANT, PART("rest"), &minus, 1, (Attributes){.constants = {1}});
    return mistake_make(tape, step->primitive, step->label, (int[]){step->inputs[0], rest}, 2, step->attributes);
}

const Mistake FLOW_MISTAKES[FLOW_MISTAKE_COUNT] = {
    {"flow.target_reversed", "the target is x_0 - x_1: it points from the noise to the picture, and the sampler walks "
     "the other way", 1,
     {{EDIT_SWAP, F, .frame = "target", .rule = &DIFFERENCE, .label = "target"}}},
    {"flow.time_reversed", "x_t is t x_0 + (1 - t) x_1: the time runs the other way", 2,
     {{EDIT_RECORD, F, .rule = &BLENDED, .label = "of_a", .record = other_share},
      {EDIT_RECORD, F, .rule = &BLENDED, .label = "of_b", .record = other_share}}},
    {"flow.sum_for_mean", "the squares are added up, not divided by how many there are", 2,
     {{EDIT_SKIP, F, .frame = "loss", .rule = &SQUARED_ERROR, .label = "loss"},
      {EDIT_SKIP, B, .frame = "loss", .rule = &SQUARED_ERROR, .label = "share"}}},
    {"flow.slope_not_doubled", "the way back of the square forgets the 2", 1,
     {{EDIT_SKIP, B, .rule = &SQUARED_ERROR, .label = "twice"}}},
    {"flow.sampler_sign", "the sampler adds dt velocity instead of taking it off: it walks on into the noise", 1,
     {{EDIT_SCALE, F, .frame = "x", .rule = &MOVED, .label = "way", .number = -1}}},
    {"flow.gain_without_one", "a row is multiplied by the scale, not by 1 + scale", 1,
     {{EDIT_SKIP, F, .rule = &MODULATED, .label = "one_plus_scale"}}},
    {"flow.gate_missing", "the gates are left out: every part adds all of what it says", 1,
     {{EDIT_SKIP, F, .rule = &GATED, .label = "gated"}}},
    {"flow.unpatchify_transposed",
     "the patches are put together from the transposed matrix: the picture is shuffled", 1,
     {{EDIT_TRANSPOSE, F, .frame = "velocity", .rule = &REARRANGED, .label = "velocity", .input = 0}}},
    {"words.padding_seen", "the padding of a caption is looked at like any word", 1,
     {{EDIT_SKIP, F, .frame = "block*.cross.head*.masked", .label = "masked", .input = 1}}},
    {"words.only_keys", "only the path through the keys comes back to the words", 1,
     {{EDIT_SCALE, B, .frame = "block*.cross.head*.V", .label = "dx"}}},
    {"words.only_values", "only the path through the values comes back to the words", 1,
     {{EDIT_SCALE, B, .frame = "block*.cross.head*.K", .label = "dx"}}},
    {"flow.scale_from_sum", "the scale learns from dy alone, without x", 1,
     {{EDIT_SKIP, B, .rule = &MODULATED, .label = "dy_x"}}},
};
