/* Learning which of two answers is better. Rafailov et al. 2023 (DPO); Christiano et al. 2017 (reward models).
 * Chapter 32.
 *
 *   log pi(y) = sum over the answer's tokens of log softmax(logits)[target]       a sum, not a mean
 *   preference   reward(y) = beta (log pi(y) - log ref(y)),  margin = reward(chosen) - reward(rejected)
 *                loss = -log sigma(margin) + kl KL(pi || ref)                     log 2 at the start
 *   reward       reward(y) = h reward.W
 *
 * The reference is the model as it began: frozen copies of all parameters, or with adapters the model without them. */
#include "gpt_recording.h"

#include "../record.h"
#include "../rules/rule.h"

/* One answer, as one model sees it. */
typedef struct {
    int logits, positions, log_probability;
} Seen;

static Seen record_answer(Scene *scene, const Gpt *gpt, const Sequence *sequence, int table, bool plain)
{
    Tape *tape = scene->tape;
    int tokens, first = sequence->prompt, count = sequence->count - first;
    Recording to = gpt_begin_sequence(scene, gpt, sequence, table, plain, &tokens);
    Seen seen = {.logits = gpt_record_head(&to, gpt_record_blocks(&to, tokens))};
    Kind kind = tape->kind;
    tape->kind = KIND_INPUT;
    Label placed = label_with_axes(HERE("targets"), AXIS_NONE, tape_axis_part(tape, to.token_axis, count, first - 1),
                                   AXIS_NONE);
    int targets = slice_columns(tape, &placed, tokens, first, count);
    tape->kind = kind;
    seen.positions = gpt_counting_leaf(tape, "target_positions", first - 1, count,
                                       tape_value(tape, targets)->col_axis, to.token_axis);
    int losses = cross_entropy(tape, "cross_entropy", "loss.per_token", seen.logits, targets, seen.positions, false);
    int sum = total(tape, "surprise", &losses, 1);
    seen.log_probability = scaled_by(tape, "log_probability", sum, -1);
    return seen;
}

static Seen record_side(Scene *scene, const Gpt *gpt, const char *side, const Sequence *sequence, int table, bool plain)
{
    tape_begin_instance(scene->tape, side, -1);
    Seen seen = record_answer(scene, gpt, sequence, table, plain);
    tape_end(scene->tape);
    return seen;
}

static const char *const SIDES[] = {"chosen", "rejected"};

/* Both answers as the reference sees them. Its parameters have names of their own unless adapters are the only
 * difference. */
static void record_reference(Scene *scene, const Gpt *gpt, const Sequence *pair, int table, Seen out[2])
{
    Scene before = *scene;
    scene->frozen = true;
    scene->copied = gpt->rank == 0;
    if (scene->copied)
        tape_begin(scene->tape, "reference", -1, NULL);
    else
        tape_begin_instance(scene->tape, "reference", -1);
    for (int side = 0; side < 2; side++)
        out[side] = record_side(scene, gpt, SIDES[side], &pair[side], table, true);
    tape_end(scene->tape);
    scene->frozen = before.frozen;
    scene->copied = before.copied;
}

/* The implicit reward of a side. */
static int implicit_reward(Tape *tape, const Gpt *gpt, const char *side, Seen policy, Seen reference)
{
    tape_begin_instance(tape, side, -1);
    int ratio = difference(tape, "log_ratio", policy.log_probability, reference.log_probability);
    int reward = scaled_by(tape, "reward", ratio, gpt->beta);
    tape_end(tape);
    return reward;
}

/* How far it went from the reference, a mean over the answer's tokens. */
static int distance(Tape *tape, Seen policy, Seen reference)
{
    int all = divergence(tape, "kl.per_position", policy.logits, reference.logits);
    int counting = read_row(tape, "kl.per_token", all, policy.positions);
    return mean(tape, "kl", &counting, 1);
}

static int preference(Scene *scene, const Gpt *gpt, const Sequence *pair, int table, const char *name)
{
    Tape *tape = scene->tape;
    Seen policy[2], reference[2];
    int rewards[2];
    for (int side = 0; side < 2; side++)
        policy[side] = record_side(scene, gpt, SIDES[side], &pair[side], table, false);
    record_reference(scene, gpt, pair, table, reference);
    for (int side = 0; side < 2; side++)
        rewards[side] = implicit_reward(tape, gpt, SIDES[side], policy[side], reference[side]);
    int margin = difference(tape, "margin", rewards[0], rewards[1]);
    int kl = distance(tape, policy[0], reference[0]);
    if (gpt->kl == 0)
        return preference_loss(tape, name, margin);
    int doubt = preference_loss(tape, "loss.preference", margin);
    return residual(tape, name, doubt, scaled_by(tape, "loss.kl", kl, gpt->kl));
}

static int reward(Scene *scene, const Gpt *gpt, const Sequence *pair, int table, const char *name)
{
    Tape *tape = scene->tape;
    int rewards[2], tokens;
    for (int side = 0; side < 2; side++) {
        tape_begin_instance(tape, SIDES[side], -1);
        int stream = gpt_record_features(scene, gpt, &pair[side], table, &tokens);
        int read = gpt_record_read(tape, gpt, &pair[side], stream);
        Shape column = {gpt->d_model, 1, .row_axis = gpt_feature_axis(tape, gpt->d_model)};
        scene->fresh = true;
        int w = parameter(scene, "reward.W", column, PARAMETER_WEIGHT);
        scene->fresh = false;
        rewards[side] = linear(tape, "reward", read, w, -1);
        tape_end(tape);
    }
    return preference_loss(tape, name, difference(tape, "margin", rewards[0], rewards[1]));
}

int gpt_record_pairs(Scene *scene, const Gpt *gpt, const int *documents, int count)
{
    int (*record)(Scene *, const Gpt *, const Sequence *, int, const char *) =
        gpt->task == TASK_REWARD ? reward : preference;
    int *losses = tape_ints(scene->tape, count, -1);
    if (count == 1)
        return record(scene, gpt, &gpt->sequences[2 * documents[0]], -1, "loss.per_pair");
    for (int i = 0; i < count; i++) {
        tape_begin_instance(scene->tape, "pair", i);
        losses[i] = record(scene, gpt, &gpt->sequences[2 * documents[i]], -1, "loss");
        tape_end(scene->tape);
    }
    return stack_rows(scene->tape, "loss.per_pair", losses, count,
                      tape_axis(scene->tape, (Axis){"example", count, NULL, false}));
}
