/* What a GPT records, written with rules; see gpt.h. Chapters 2 to 11.
 *
 *   x = token rows + position rows
 *   for each block:
 *     x = x + concat(heads(norm(x))) W_O + b_O      head: softmax(mask(Q K^T / sqrt d_k)) V
 *     x = x + act(norm(x) W_1 + b_1) W_2 + b_2
 *   logits = norm(x) head.W,   loss = cross-entropy of the next tokens */
#include "gpt.h"

#include "../rules/rule.h"
#include "../tokenizer/tokenizer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* init.reseed per_stage draws as the published calculation does: seeded again at the start of each. */
enum { STAGE_EMBEDDINGS, STAGE_PROJECTIONS, STAGE_OUTPUT, STAGE_MLP, STAGE_HEAD, STAGES_OF_A_BLOCK };

/* What the parts of the model share while they record one sequence. */
typedef struct {
    Scene *scene;
    Tape *tape;
    const Gpt *gpt;
    int tokens;                      /* how many */
    int token_axis, vocabulary, feature, inner, hidden; /* axes: tokens, V, d, d_k, d_ff */
    int token_embedding;
    int cosine, sine, distance;      /* tables of the positions, or -1 */
    int waves;                       /* sinusoidal positions that a batch shares, or -1 */
} Recording;

/* What the sequences of a batch share beside parameters; -1: each has its own. */
typedef struct {
    int vocabulary, waves;
} Shared;

int gpt_token_axis(Tape *tape, const Gpt *gpt, const int *ids, int count)
{
    const char **labels = NULL;
    if (gpt->vocabulary.count && ids) {
        labels = tape_labels(tape, count);
        for (int i = 0; i < count; i++)
            labels[i] = gpt->vocabulary.list[ids[i]];
    }
    return tape_axis(tape, (Axis){"token", count, labels, .place = true});
}

int gpt_vocabulary_axis(Tape *tape, const Gpt *gpt)
{
    return tape_axis(tape, (Axis){"vocabulary", gpt->vocabulary_count, gpt->vocabulary.count ? gpt->vocabulary.list : NULL, false});
}

static int feature_axis(Tape *tape, int size)
{
    return tape_axis(tape, (Axis){"feature", size, NULL, false});
}

/* first, first + 1 ... as ids of the axis `counts`. */
static int counting_leaf(Tape *tape, const char *name, int first, int count, int axis, int counts)
{
    double *numbers = tape_room(tape, 1, count);
    for (int i = 0; numbers && i < count; i++)
        numbers[i] = first + i;
    return tape_leaf(tape, KIND_INPUT, name, (Shape){1, count, .col_axis = axis, .counts = counts}, numbers);
}

/* How far behind the query a key stands: query - key. */
static int distance_leaf(Tape *tape, int tokens, int axis)
{
    double *distance = tape_room(tape, tokens, tokens);
    for (int query = 0; distance && query < tokens; query++)
        for (int key = 0; key < tokens; key++)
            distance[query * tokens + key] = query - key;
    return tape_leaf(tape, KIND_INPUT, "distance", (Shape){tokens, tokens, axis, axis}, distance);
}

/* The wave of pair i in `width` columns at a position: position * base^(-2i / width). */
static double angle(int position, int pair, int width, double base)
{
    return position * pow(base, -2.0 * pair / width);
}

static int rotary_leaf(const Recording *to, const char *name, double (*wave)(double))
{
    int tokens = to->tokens, width = to->gpt->head_width, pairs = width / 2;
    double *table = tape_room(to->tape, tokens, pairs);
    for (int t = 0; table && t < tokens; t++)
        for (int i = 0; i < pairs; i++)
            table[t * pairs + i] = wave(angle(t, i, width, to->gpt->rope_theta));
    return tape_leaf(to->tape, KIND_INPUT, name,
                     (Shape){tokens, pairs, to->token_axis, tape_axis(to->tape, (Axis){"pair", pairs, NULL, false})}, table);
}

/* The places that a text can have; they are counted, not labelled. */
static int place_axis(Tape *tape, const Gpt *gpt)
{
    return tape_axis(tape, (Axis){"position", gpt->context, NULL, .place = true});
}

/* Sinusoidal positions: sin in the even columns, cos in the odd ones. */
static int sinusoidal_leaf(Tape *tape, const Gpt *gpt)
{
    int context = gpt->context, width = gpt->d_model;
    double *table = tape_room(tape, context, width);
    for (int n = 0; table && n < context; n++)
        for (int c = 0; c < width; c++)
            table[n * width + c] = c % 2 == 0 ? sin(angle(n, c / 2, width, 10000)) : cos(angle(n, c / 2, width, 10000));
    return tape_leaf(tape, KIND_INPUT, "position_embedding",
                     (Shape){context, width, place_axis(tape, gpt), feature_axis(tape, width)}, table);
}

/* --- norms: their parameters are asked for before what they normalise, so that `names` has them in the order of reading --- */

typedef struct {
    int gamma, beta;   /* or -1 */
} Norm;

/* name: "norm" for norm.gamma under the open frame. */
static Norm norm_parameters(const Recording *to, const char *gamma, const char *beta)
{
    Shape row = {1, to->gpt->d_model, .col_axis = to->feature};
    if (!to->gpt->norm_gain)
        return (Norm){-1, -1};
    int scale = parameter(to->scene, gamma, row, PARAMETER_GAMMA);
    return (Norm){scale, to->gpt->norm == NORM_LAYER ? parameter(to->scene, beta, row, PARAMETER_BETA) : -1};
}

static Norm norm_of(const Recording *to, int place)
{
    return place == NORM_NONE ? (Norm){-1, -1} : norm_parameters(to, "norm.gamma", "norm.beta");
}

static int record_norm(const Recording *to, const char *frame, const char *result, int x, Norm norm)
{
    if (to->gpt->norm == NORM_RMS)
        return rms_norm(to->tape, frame, result, x, norm.gamma, to->gpt->norm_eps);
    return layer_norm(to->tape, frame, result, x, norm.gamma, norm.beta, to->gpt->norm_eps);
}

/* --- parameters of the parts --- */

static int weight(const Recording *to, const char *name, int rows, int row_axis, int cols, int col_axis, bool turned)
{
    return parameter(to->scene, name, (Shape){rows, cols, row_axis, col_axis}, turned ? PARAMETER_TURNED : PARAMETER_WEIGHT);
}

static int bias(const Recording *to, const char *name, bool there, int cols, int axis)
{
    return there ? parameter(to->scene, name, (Shape){1, cols, .col_axis = axis}, PARAMETER_BIAS) : -1;
}

static int record_embedding(Recording *to, int tokens)
{
    const Gpt *gpt = to->gpt;
    to->scene->stage = STAGE_EMBEDDINGS;
    to->token_embedding = weight(to, "token_embedding", gpt->vocabulary_count, to->vocabulary, gpt->d_model, to->feature, false);
    int table = -1, positions = -1;
    if (gpt->position == POSITION_LEARNED)
        table = weight(to, "position_embedding", gpt->context, place_axis(to->tape, gpt), gpt->d_model, to->feature, false);
    else if (gpt->position == POSITION_SINUSOIDAL)
        table = to->waves >= 0 ? to->waves : sinusoidal_leaf(to->tape, gpt);
    if (table >= 0)
        positions = counting_leaf(to->tape, "positions", 0, to->tokens, to->token_axis, place_axis(to->tape, gpt));
    int x = embedding(to->tape, "embedding", to->token_embedding, tokens, table, positions);
    if (gpt->embedding_scale != 1)
        x = scaled_by(to->tape, "embedding_scaled", x, gpt->embedding_scale);
    if (gpt->norm_embedding) {
        Norm norm = norm_parameters(to, "norm_embedding.gamma", "norm_embedding.beta");
        x = record_norm(to, "norm_embedding", "norm_embedding", x, norm);
    }
    return x;
}

/* Keys and values of a group of heads. */
typedef struct {
    int k, v;
} Group;

static int turned(const Recording *to, const char *name, int x)
{
    return to->gpt->position == POSITION_ROPE ? rotary(to->tape, name, x, to->cosine, to->sine, to->gpt->rope == ROPE_HALF) : x;
}

/* K and V of a group of heads, in a frame of their own. */
static Group record_group(const Recording *to, int group, int x)
{
    const Gpt *gpt = to->gpt;
    int d = gpt->d_model, d_k = gpt->head_width;
    tape_begin(to->tape, "group", group, NULL);
    int w_k = weight(to, "W_K", d, to->feature, d_k, to->inner, false), w_v = weight(to, "W_V", d, to->feature, d_k, to->inner, false);
    int b_k = bias(to, "b_K", gpt->attention_bias, d_k, to->inner), b_v = bias(to, "b_V", gpt->attention_bias, d_k, to->inner);
    Group shared;
    shared.k = linear(to->tape, "K", x, w_k, b_k);
    shared.v = linear(to->tape, "V", x, w_v, b_v);
    shared.k = turned(to, "K_rotated", shared.k);
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
        s = distance_bias(tape, "biased", s, to->distance, pow(2, -8.0 * (head + 1) / gpt->n_heads));
    if (gpt->mask == MASK_CAUSAL || gpt->window)
        s = masked(tape, "masked", s, gpt->window);
    return softmax(tape, "softmax", "weights", s);
}

/* shared: of the head's group, or NULL where it has keys and values of its own. */
static int record_head(const Recording *to, int head, int x, const Group *shared)
{
    static const char *const weights[] = {"W_Q", "W_K", "W_V"}, *const biases[] = {"b_Q", "b_K", "b_V"};
    Tape *tape = to->tape;
    const Gpt *gpt = to->gpt;
    int w[3], b[3], own = shared ? 1 : 3;
    tape_begin(tape, "head", head, NULL);
    for (int i = 0; i < own; i++)
        w[i] = weight(to, weights[i], gpt->d_model, to->feature, gpt->head_width, to->inner, false);
    for (int i = 0; i < own; i++)
        b[i] = bias(to, biases[i], gpt->attention_bias, gpt->head_width, to->inner);
    int q = linear(tape, "Q", x, w[0], b[0]), k, v;
    if (shared) {
        q = turned(to, "Q_rotated", q);
        k = shared->k;
        v = shared->v;
    } else {
        k = linear(tape, "K", x, w[1], b[1]);
        v = linear(tape, "V", x, w[2], b[2]);
        q = turned(to, "Q_rotated", q);
        k = turned(to, "K_rotated", k);
    }
    int output = weighted_sum(tape, "output", record_weights(to, head, q, k), v);
    tape_end(tape);
    return output;
}

static int record_heads(const Recording *to, int x)
{
    const Gpt *gpt = to->gpt;
    bool groups = gpt->groups < gpt->n_heads;
    int *heads = tape_ints(to->tape, gpt->n_heads, -1), members = gpt->n_heads / gpt->groups;
    Group shared = {-1, -1};
    for (int head = 0; head < gpt->n_heads; head++) {
        if (groups && head % members == 0)
            shared = record_group(to, head / members, x);
        heads[head] = record_head(to, head, x, groups ? &shared : NULL);
    }
    return concat_heads(to->tape, "concat", heads, gpt->n_heads);
}

static int record_attention(Recording *to, int block, int stream)
{
    Tape *tape = to->tape;
    const Gpt *gpt = to->gpt;
    int wide = gpt->n_heads * gpt->head_width;
    tape_begin(tape, "attention", -1, NULL);
    to->scene->stage = STAGE_PROJECTIONS + STAGES_OF_A_BLOCK * block;
    Norm norm = norm_of(to, gpt->norm_attention);
    int x = gpt->norm_attention == NORM_PRE ? record_norm(to, "norm", "norm", stream, norm) : stream;
    int joined = record_heads(to, x);
    to->scene->stage = STAGE_OUTPUT + STAGES_OF_A_BLOCK * block;
    int w = weight(to, "W_O", wide, feature_axis(tape, wide), gpt->d_model, to->feature, true);
    int b = bias(to, "b_O", gpt->output_bias, gpt->d_model, to->feature);
    int output = linear(tape, "output", joined, w, b);
    stream = gpt->residual_attention ? residual(tape, "residual", stream, output)
                                     : pass(tape, "residual", output);
    if (gpt->norm_attention == NORM_POST)
        stream = record_norm(to, "norm", "normalized", stream, norm);
    tape_end(tape);
    return stream;
}

static int record_activation(const Recording *to, int x, int gate)
{
    switch ((Activation)to->gpt->activation) {
    case ACTIVATION_RELU: return relu_rule(to->tape, "activated", x);
    case ACTIVATION_GELU_TANH: return gelu_tanh(to->tape, "activated", x);
    case ACTIVATION_GELU_ERF: return gelu_erf(to->tape, "activated", x);
    case ACTIVATION_SILU: return silu(to->tape, "activated", x);
    case ACTIVATION_SWIGLU: return swiglu(to->tape, "activated", gate, x);
    }
    abort();
}

/* norm: filled in, for a post-norm that stands behind the MLP. */
static int record_mlp(Recording *to, int block, int stream, Norm *norm)
{
    Tape *tape = to->tape;
    const Gpt *gpt = to->gpt;
    int d = gpt->d_model, f = gpt->d_ff, gate = -1;
    tape_begin(tape, "mlp", -1, NULL);
    to->scene->stage = STAGE_MLP + STAGES_OF_A_BLOCK * block;
    *norm = norm_of(to, gpt->norm_mlp);
    int x = gpt->norm_mlp == NORM_PRE ? record_norm(to, "norm", "norm", stream, *norm) : stream;
    if (gpt->activation == ACTIVATION_SWIGLU) {
        int w = weight(to, "W_gate", d, to->feature, f, to->hidden, true);
        gate = linear(tape, "gate", x, w, bias(to, "b_gate", gpt->mlp_bias, f, to->hidden));
    }
    int w_1 = weight(to, "W_1", d, to->feature, f, to->hidden, true), b_1 = bias(to, "b_1", gpt->mlp_bias, f, to->hidden);
    int hidden = linear(tape, "hidden", x, w_1, b_1);
    int activated = record_activation(to, hidden, gate);
    int w_2 = weight(to, "W_2", f, to->hidden, d, to->feature, true), b_2 = bias(to, "b_2", gpt->mlp_bias, d, to->feature);
    int output = linear(tape, "output", activated, w_2, b_2);
    stream = gpt->residual_mlp ? residual(tape, "residual", stream, output)
                               : pass(tape, "residual", output);
    tape_end(tape);
    return stream;
}

static int record_block(Recording *to, int block, int stream)
{
    Norm norm = {-1, -1};
    tape_begin(to->tape, "block", block, NULL);
    stream = record_attention(to, block, stream);
    if (to->gpt->mlp == MLP_DENSE)
        stream = record_mlp(to, block, stream, &norm);
    if (to->gpt->mlp == MLP_DENSE && to->gpt->norm_mlp == NORM_POST)
        stream = record_norm(to, "output", "output", stream, norm);
    else
        stream = pass(to->tape, "output", stream);
    tape_end(to->tape);
    return stream;
}

static Recording recording(Scene *scene, const Gpt *gpt, int tokens, int waves)
{
    Tape *tape = scene->tape;
    Recording to = {
        .scene = scene, .tape = tape, .gpt = gpt, .tokens = tape_value(tape, tokens)->cols,
        .token_axis = tape_value(tape, tokens)->col_axis, .vocabulary = gpt_vocabulary_axis(tape, gpt),
        .feature = feature_axis(tape, gpt->d_model), .inner = feature_axis(tape, gpt->head_width),
        .hidden = feature_axis(tape, gpt->d_ff), .token_embedding = -1, .cosine = -1, .sine = -1, .distance = -1,
        .waves = waves,
    };
    if (gpt->position == POSITION_ROPE) {
        to.cosine = rotary_leaf(&to, "rope.cos", cos);
        to.sine = rotary_leaf(&to, "rope.sin", sin);
    } else if (gpt->position == POSITION_ALIBI) {
        to.distance = distance_leaf(tape, to.tokens, to.token_axis);
    }
    return to;
}

static int record_stream(Recording *to, int tokens)
{
    const Gpt *gpt = to->gpt;
    int stream = record_embedding(to, tokens);
    for (int block = 0; block < gpt->n_layers; block++)
        stream = record_block(to, block, stream);
    to->scene->stage = STAGE_HEAD + STAGES_OF_A_BLOCK * gpt->n_layers;
    if (gpt->final_norm)
        stream = record_norm(to, "final_norm", "final_norm", stream, norm_parameters(to, "final_norm.gamma", "final_norm.beta"));
    return stream;
}

int gpt_stream(Scene *scene, const Gpt *gpt, int tokens, int *table)
{
    Recording to = recording(scene, gpt, tokens, -1);
    int stream = record_stream(&to, tokens);
    if (table)
        *table = to.token_embedding;
    return stream;
}

static int record_logits(Scene *scene, const Gpt *gpt, int tokens, int waves)
{
    Recording to = recording(scene, gpt, tokens, waves);
    int stream = record_stream(&to, tokens), size = gpt->vocabulary_count;
    if (gpt->tied_head)
        return tied_linear(to.tape, "logits", stream, to.token_embedding,
                           bias(&to, "head.b", gpt->head_bias, size, to.vocabulary));
    int w = weight(&to, "head.W", gpt->d_model, to.feature, size, to.vocabulary, true);
    return linear(to.tape, "logits", stream, w, bias(&to, "head.b", gpt->head_bias, size, to.vocabulary));
}

int gpt_logits(Scene *scene, const Gpt *gpt, int tokens)
{
    return record_logits(scene, gpt, tokens, -1);
}

/* The losses of one sequence, one for each target that counts; named under their frame. */
static int record_losses(Scene *scene, const Gpt *gpt, const Sequence *sequence, Shared shared)
{
    Tape *tape = scene->tape;
    int targets, tokens = tokenizer_record(tape, gpt, sequence, shared.vocabulary, &targets);
    int logits = record_logits(scene, gpt, tokens, shared.waves);
    const Value *of = tape_value(tape, targets);
    int positions = counting_leaf(tape, "target_positions", gpt->loss_from, of->cols, of->col_axis,
                                  tape_value(tape, tokens)->col_axis);
    return cross_entropy(tape, "cross_entropy", "loss.per_token", logits, targets, positions,
                         gpt->loss_from == 0);
}

static int forward(Scene *scene)
{
    Tape *tape = scene->tape;
    const Gpt *gpt = gpt_of(scene->model);
    Batch batch = scene_batch(scene, gpt->sequence_count, 1);
    int *losses = tape_ints(tape, batch.count, -1);
    Shared shared = {-1, -1};
    if (batch.count > 1 && gpt->vocabulary.count)
        shared.vocabulary = tokenizer_table(tape, gpt);
    if (batch.count > 1 && gpt->position == POSITION_SINUSOIDAL)
        shared.waves = sinusoidal_leaf(tape, gpt);
    for (int i = 0; i < batch.count; i++) {
        if (batch.count > 1)
            tape_begin_instance(tape, "sequence", i);
        losses[i] = record_losses(scene, gpt, &gpt->sequences[batch_row(batch, i)], shared);
        if (batch.count > 1)
            tape_end(tape);
    }
    return gpt->loss == LOSS_MEAN ? mean(tape, "loss", losses, batch.count) : total(tape, "loss", losses, batch.count);
}

/* --- going on with a text --- */

static bool prompt(const Model *model, const char *text, Arena *arena, int **ids, int *count, Error *error)
{
    const Gpt *gpt = gpt_of(model);
    Sequence split = {.tokens = gpt->sequences[0].tokens, .count = 1}; /* how the model's own text begins */
    if (text && !tokenizer_split(gpt, text, arena, &split, error))
        return false;
    *ids = split.tokens;
    *count = split.count;
    return true;
}

static int logits_of(Scene *scene, const int *ids, int count)
{
    Tape *tape = scene->tape;
    const Gpt *gpt = gpt_of(scene->model);
    double *numbers = tape_room(tape, 1, count);
    for (int i = 0; numbers && i < count; i++)
        numbers[i] = ids[i];
    int tokens = tape_leaf(tape, KIND_INPUT, "tokens", (Shape){1, count, .col_axis = gpt_token_axis(tape, gpt, ids, count),
                                                               .counts = gpt_vocabulary_axis(tape, gpt)}, numbers);
    return gpt_logits(scene, gpt, tokens);
}

static int context_of(const Model *model)
{
    return gpt_of(model)->context;
}

static int begins(const Model *model)
{
    return gpt_of(model)->add_bos ? tokenizer_find(gpt_of(model), gpt_of(model)->bos) : -1;
}

static int ends(const Model *model)
{
    return tokenizer_find(gpt_of(model), gpt_of(model)->eos);
}

static const char *token(const Model *model, int id)
{
    const Texts *vocabulary = &gpt_of(model)->vocabulary;
    return id < vocabulary->count ? vocabulary->list[id] : NULL;
}

static bool words(const Model *model)
{
    return gpt_of(model)->tokenizer == TOKENIZER_WORDS;
}

static const Language LANGUAGE = {
    .prompt = prompt, .logits = logits_of, .context = context_of, .token = token, .begins = begins, .ends = ends, .words = words,
};

/* Another text of `size` tokens of the vocabulary, one of them twice and not side by side. */
static bool vary(Model *model, Random *random, int size, Error *error)
{
    const Texts *vocabulary = &gpt_of(model)->vocabulary;
    enum { MOST_WORDS = 12 };
    int chosen[MOST_WORDS], length = 1;
    if (size <= 2 || size > MOST_WORDS || vocabulary->count == 0)
        return true;
    for (int i = 0; i < size; i++)
        chosen[i] = (int)(random_bits(random) % (unsigned)vocabulary->count);
    int first = (int)(random_bits(random) % (unsigned)(size - 2));
    chosen[first + 2] = chosen[first];
    for (int i = 0; i < size; i++)
        length += (int)strlen(vocabulary->list[chosen[i]]) + 1;
    char *text = arena_alloc(&model->arena, (size_t)length);
    if (!text)
        return error_memory(error);
    *text = '\0';
    for (int i = 0; i < size; i++) {
        strcat(text, i ? " " : "");
        strcat(text, vocabulary->list[chosen[i]]);
    }
    model->data.text = text;
    return true;
}

static const FieldKey FIELDS[] = {
    {"text", FIELD_TEXT, "a document"},
    {"tokens", FIELD_NUMBERS, "the ids of one, in place of a text"},
    {NULL, FIELD_TEXT, NULL},
};

const System GPT = {
    .name = "gpt", .good_for = "the next token of a text", .size = sizeof(Gpt), .keys = GPT_KEYS, .flat = true, .fields = FIELDS,
    .defaults = gpt_defaults, .finish = gpt_finish, .forward = forward, .vary = vary, .quantities = gpt_quantities,
    .language = &LANGUAGE,
};
