/* One block of a GPT, written with rules: attention, then an MLP, each added to the stream. Chapters 4 to 11.
 *
 *   x = x + concat(heads(norm(x))) W_O + b_O      head: softmax(mask(Q K^T / sqrt d_k)) V
 *   x = x + act(norm(x) W_1 + b_1) W_2 + b_2
 *
 *   post-norm   x = norm(x + part(x)) in the place of x + part(norm(x))
 *   condition   part(norm(x) (1 + scale) + shift) gate in the place of part(norm(x)): gpt_modulation.c
 *   alibi       Q K^T / sqrt d_k - 2^(-8 (head + 1) / heads) * distance: Press et al. 2021
 *
 * Heads of a group share keys and values: Ainslie et al. 2023. */
#include "gpt_recording.h"

#include "../elementary/elementary.h"
#include "../rules/rule.h"

#include <math.h>

/* The names of both under the open frame; a norm without gains has neither. */
Norm gpt_norm_parameters(const Recording *to, const char *gamma, const char *beta)
{
    Shape row = {1, to->gpt->d_model, .col_axis = to->feature};
    if (!to->gpt->norm_gain)
        return (Norm){-1, -1};
    int scale = parameter(to->scene, gamma, row, PARAMETER_GAMMA);
    return (Norm){scale, to->gpt->norm == NORM_LAYER ? parameter(to->scene, beta, row, PARAMETER_BETA) : -1};
}

static Norm norm_of(const Recording *to, int place)
{
    return place == NORM_NONE ? (Norm){-1, -1} : gpt_norm_parameters(to, "norm.gamma", "norm.beta");
}

int gpt_record_norm(const Recording *to, const char *frame, const char *result, int x, Norm norm)
{
    if (to->gpt->norm == NORM_RMS)
        return rms_norm(to->tape, frame, result, x, norm.gamma, to->gpt->norm_eps);
    return layer_norm(to->tape, frame, result, x, norm.gamma, norm.beta, to->gpt->norm_eps);
}

int gpt_weight(const Recording *to, const char *name, int rows, int row_axis, int cols, int col_axis, bool turned)
{
    return parameter(to->scene, name, (Shape){rows, cols, row_axis, col_axis},
                     turned ? PARAMETER_TURNED : PARAMETER_WEIGHT);
}

int gpt_bias(const Recording *to, const char *name, bool there, int cols, int axis)
{
    return there ? parameter(to->scene, name, (Shape){1, cols, .col_axis = axis}, PARAMETER_BIAS) : -1;
}

/* Keys and values of a group of heads. */
typedef struct {
    int k, v;
} Group;

static int turned(const Recording *to, const char *name, int x)
{
    if (to->gpt->position != POSITION_ROPE)
        return x;
    return rotary(to->tape, name, x, to->cosine, to->sine, to->gpt->rope == ROPE_HALF);
}

/* What keys and values are made of: the rows that ask, or those of a memory. */
static int asked(const Recording *to, int x)
{
    return to->memory < 0 ? x : to->memory;
}

/* W_K or W_V, whose rows are the columns of what they are made of. */
static int memory_weight(const Recording *to, const char *name)
{
    const Value *memory = to->memory < 0 ? NULL : tape_value(to->tape, to->memory);
    return gpt_weight(to, name, memory ? memory->cols : to->gpt->d_model, memory ? memory->col_axis : to->feature,
                      to->gpt->head_width, to->inner, false);
}

/* K and V of a group of heads, in a frame of their own. */
static Group record_group(const Recording *to, int block, int group, int x)
{
    const Gpt *gpt = to->gpt;
    int d_k = gpt->head_width;
    tape_begin(to->tape, "group", group, NULL);
    int w_k = memory_weight(to, "W_K"), w_v = memory_weight(to, "W_V");
    int b_k = gpt_bias(to, "b_K", gpt->attention_bias, d_k, to->inner),
        b_v = gpt_bias(to, "b_V", gpt->attention_bias, d_k, to->inner);
    Group shared;
    shared.k = gpt_linear(to, "K", "W_K", x, w_k, b_k);
    shared.v = gpt_linear(to, "V", "W_V", x, w_v, b_v);
    shared.k = turned(to, "K_rotated", shared.k);
    gpt_cached(to, block * gpt->groups + group, &shared.k, &shared.v);
    tape_end(to->tape);
    return shared;
}

static int record_weights(const Recording *to, int head, int q, int k)
{
    Tape *tape = to->tape;
    const Gpt *gpt = to->gpt;
    int s = scores(tape, "scores", q, k);
    s = scaled(tape, "scaled", s, sqrt(gpt->head_width));
    if (gpt->position == POSITION_ALIBI)
        s = distance_bias(tape, "biased", s, to->distance, pow_of(2, -8.0 * (head + 1) / gpt->n_heads));
    if ((to->memory < 0 || gpt->cross_causal) && (gpt->mask == MASK_CAUSAL || gpt->window))
        s = masked(tape, to->keep < 0 ? "masked" : "causal", s, gpt->window, to->before);
    if (to->keep >= 0)
        s = hidden_keys(tape, "masked", s, to->keep);
    return softmax(tape, "softmax", "weights", s);
}

/* The same in tiles. The mask of dropout is drawn as that of the whole weights. */
static int record_tiles(const Recording *to, int head, int q, int k, int v)
{
    Tape *tape = to->tape;
    const Gpt *gpt = to->gpt;
    Value queries = *tape_value(tape, q), keys = *tape_value(tape, k);
    Tiling form = {.rows = gpt->tile_rows, .cols = gpt->tile_columns, .before = to->before, .kept = 1, .mask = -1,
                   .distance = to->distance, .window = gpt->window};
    if (gpt->mask == MASK_CAUSAL && !gpt->window)
        form.window = keys.rows;
    if (gpt->position == POSITION_ALIBI)
        form.slope = pow_of(2, -8.0 * (head + 1) / gpt->n_heads);
    if (gpt->dropout > 0 && to->scene->learning) {
        form.kept = 1 - gpt->dropout;
        form.mask = scene_mask(to->scene, "weights_mask",
                               (Shape){queries.rows, keys.rows, queries.row_axis, keys.row_axis}, gpt->dropout);
    }
    return flash_attention(tape, q, k, v, &form);
}

static int record_whole(const Recording *to, int head, int q, int k, int v)
{
    int map = scene_dropout(to->scene, "weights_dropped", record_weights(to, head, q, k), to->gpt->dropout);
    return weighted_sum(to->tape, "output", map, v);
}

/* The slot of a head's keys and values: those of cross-attention stand behind those of self-attention. */
static int slot_of(const Recording *to, int block, int head)
{
    const Gpt *gpt = to->gpt;
    return (to->memory >= 0 ? gpt->n_layers * gpt->n_heads : 0) + block * gpt->n_heads + head;
}

/* shared: of the head's group, or NULL where it has keys and values of its own. */
static int record_head(const Recording *to, int block, int head, int x, const Group *shared)
{
    static const char *const weights[] = {"W_Q", "W_K", "W_V"}, *const biases[] = {"b_Q", "b_K", "b_V"};
    Tape *tape = to->tape;
    const Gpt *gpt = to->gpt;
    int w[3], b[3], own = shared ? 1 : 3;
    tape_begin(tape, "head", head, NULL);
    for (int i = 0; i < own; i++)
        w[i] = i ? memory_weight(to, weights[i])
                 : gpt_weight(to, weights[i], gpt->d_model, to->feature, gpt->head_width, to->inner, false);
    for (int i = 0; i < own; i++)
        b[i] = gpt_bias(to, biases[i], gpt->attention_bias, gpt->head_width, to->inner);
    int q = gpt_linear(to, "Q", weights[0], x, w[0], b[0]), k, v;
    if (shared) {
        q = turned(to, "Q_rotated", q);
        k = shared->k;
        v = shared->v;
    } else if (to->memory >= 0 && to->before > 0) { /* a memory does not grow */
        k = to->cache->keys[slot_of(to, block, head)];
        v = to->cache->values[slot_of(to, block, head)];
    } else {
        k = gpt_linear(to, "K", weights[1], asked(to, x), w[1], b[1]);
        v = gpt_linear(to, "V", weights[2], asked(to, x), w[2], b[2]);
        q = turned(to, "Q_rotated", q);
        k = turned(to, "K_rotated", k);
        gpt_cached(to, slot_of(to, block, head), &k, &v);
    }
    int output = (gpt->attention == ATTENTION_FLASH ? record_tiles : record_whole)(to, head, q, k, v);
    tape_end(tape);
    return output;
}

static int record_heads(const Recording *to, int block, int x)
{
    const Gpt *gpt = to->gpt;
    bool groups = gpt->groups < gpt->n_heads;
    int *heads = tape_ints(to->tape, gpt->n_heads, -1), members = gpt->n_heads / gpt->groups;
    Group shared = {-1, -1};
    for (int head = 0; head < gpt->n_heads; head++) {
        if (groups && head % members == 0)
            shared = record_group(to, block, head / members, asked(to, x));
        heads[head] = record_head(to, block, head, x, groups ? &shared : NULL);
    }
    return concat_heads(to->tape, "concat", heads, gpt->n_heads);
}

/* What the condition does with a part of a block, `first` of its modulation: before it, and behind it. */
static int before_part(const Recording *to, int x, int first)
{
    const int *parts = to->modulation + first;
    return to->condition < 0 ? x : modulated(to->tape, "modulated", x, parts[0], parts[1]);
}

static int behind_part(const Recording *to, int x, int first)
{
    return to->condition < 0 ? x : gated(to->tape, "gated", x, to->modulation[first + 2]);
}

static int record_attention(Recording *to, int block, int stream)
{
    Tape *tape = to->tape;
    const Gpt *gpt = to->gpt;
    int wide = gpt->n_heads * gpt->head_width;
    tape_begin(tape, to->attention ? to->attention : "attention", -1, NULL);
    to->scene->stage = STAGE_PROJECTIONS + STAGES_OF_A_BLOCK * block;
    Norm norm = norm_of(to, gpt->norm_attention);
    int x = gpt->norm_attention == NORM_PRE ? gpt_record_norm(to, "norm", "norm", stream, norm) : stream;
    int joined = record_heads(to, block, before_part(to, x, 0));
    to->scene->stage = STAGE_OUTPUT + STAGES_OF_A_BLOCK * block;
    Shape back = {wide, gpt->d_model, gpt_feature_axis(tape, wide), to->feature};
    int w = parameter(to->scene, "W_O", back, to->memory >= 0 && to->shut ? PARAMETER_ZEROS : PARAMETER_TURNED);
    int b = gpt_bias(to, "b_O", gpt->output_bias, gpt->d_model, to->feature);
    int output = gpt_linear(to, "output", "W_O", joined, w, b);
    output = behind_part(to, scene_dropout(to->scene, "output_dropped", output, gpt->dropout), 0);
    stream = gpt->residual_attention ? residual(tape, "residual", stream, output)
                                     : pass(tape, "residual", output);
    if (gpt->norm_attention == NORM_POST)
        stream = gpt_record_norm(to, "norm", "normalized", stream, norm);
    tape_end(tape);
    return stream;
}

/* norm: filled in, for a post-norm that stands behind the MLP. */
static int record_mlp(Recording *to, int block, int stream, Norm *norm)
{
    Tape *tape = to->tape;
    const Gpt *gpt = to->gpt;
    tape_begin(tape, "mlp", -1, NULL);
    to->scene->stage = STAGE_MLP + STAGES_OF_A_BLOCK * block;
    *norm = norm_of(to, gpt->norm_mlp);
    int x = gpt->norm_mlp == NORM_PRE ? gpt_record_norm(to, "norm", "norm", stream, *norm) : stream;
    x = before_part(to, x, 3);
    int output = gpt->mlp == MLP_MOE ? gpt_record_moe(to, x) : gpt_mlp(to, gpt_mlp_weights(to), x);
    output = behind_part(to, scene_dropout(to->scene, "output_dropped", output, gpt->dropout), 3);
    stream = gpt->residual_mlp ? residual(tape, "residual", stream, output)
                               : pass(tape, "residual", output);
    tape_end(tape);
    return stream;
}

static int record_output(Recording *to, int stream, Norm norm)
{
    if (to->gpt->mlp != MLP_NONE && to->gpt->norm_mlp == NORM_POST)
        return gpt_record_norm(to, "output", "output", stream, norm);
    return pass(to->tape, "output", stream);
}

/* The same, but for what is looked at: a memory, which no condition shifts or gates. */
static int record_cross(const Recording *to, int block, int stream)
{
    Recording cross = *to;
    cross.attention = "cross";
    cross.memory = to->beside;
    cross.keep = to->keep_beside;
    cross.condition = -1;
    return record_attention(&cross, block, stream);
}

int gpt_record_block(Recording *to, int block, int stream)
{
    Norm norm = {-1, -1};
    tape_begin(to->tape, "block", block, NULL);
    if (to->condition >= 0)
        gpt_modulation(to, to->modulation, 6);
    stream = record_attention(to, block, stream);
    if (to->beside >= 0)
        stream = record_cross(to, block, stream);
    if (to->gpt->mlp != MLP_NONE)
        stream = record_mlp(to, block, stream, &norm);
    stream = record_output(to, stream, norm);
    tape_end(to->tape);
    return stream;
}
