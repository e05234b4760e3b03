/* The forward part of a GPT, written with rules; see gpt.h. Chapters 2 to 11.
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

/* What the parts of the model share while they record. Parameters are taken in the order in
 * which they were declared. */
typedef struct {
    Tape *tape;
    const Model *model;
    int token_embedding;
    int next;                        /* the next parameter */
    int cosine, sine, distance;      /* tables of the positions, or -1 */
} Recording;

static int parameter(Recording *to)
{
    return to->next++;
}

static int parameter_if(Recording *to, bool there)
{
    return there ? to->next++ : -1;
}

/* 0, 1, 2 ... as ids. */
static int counting_leaf(Tape *tape, const char *name, int count)
{
    double *numbers = tape_room(tape, 1, count);
    for (int i = 0; numbers && i < count; i++)
        numbers[i] = i;
    return tape_leaf(tape, KIND_INPUT, "", name, 1, count, numbers);
}

/* How far behind the query a key stands: query - key. */
static int distance_leaf(Tape *tape, int tokens)
{
    double *distance = tape_room(tape, tokens, tokens);
    for (int query = 0; distance && query < tokens; query++)
        for (int key = 0; key < tokens; key++)
            distance[query * tokens + key] = query - key;
    return tape_leaf(tape, KIND_INPUT, "", "distance", tokens, tokens, distance);
}

/* The wave of pair i in `width` columns at a position: position * 10000^(-2i / width). */
static double angle(int position, int pair, int width)
{
    return position * pow(10000.0, -2.0 * pair / width);
}

static int rotary_leaf(Tape *tape, const char *name, int tokens, int width, double (*wave)(double))
{
    int pairs = width / 2;
    double *table = tape_room(tape, tokens, pairs);
    for (int t = 0; table && t < tokens; t++)
        for (int i = 0; i < pairs; i++)
            table[t * pairs + i] = wave(angle(t, i, width));
    return tape_leaf(tape, KIND_INPUT, "rope", name, tokens, pairs, table);
}

/* Sinusoidal positions: sin in the even columns, cos in the odd ones. */
static int sinusoidal_leaf(Tape *tape, int context, int width)
{
    double *table = tape_room(tape, context, width);
    for (int n = 0; table && n < context; n++)
        for (int c = 0; c < width; c++)
            table[n * width + c] = c % 2 == 0 ? sin(angle(n, c / 2, width)) : cos(angle(n, c / 2, width));
    return tape_leaf(tape, KIND_INPUT, "", "position_embedding", context, width, table);
}

static int record_embedding(Recording *to, int tokens)
{
    const Model *model = to->model;
    to->token_embedding = parameter(to);
    int table = parameter_if(to, model->position == POSITION_LEARNED), positions = -1;
    if (model->position == POSITION_SINUSOIDAL)
        table = sinusoidal_leaf(to->tape, model->context, model->d_model);
    if (table >= 0)
        positions = counting_leaf(to->tape, "positions", model->token_count);
    return embedding(to->tape, "embedding", "embedding", to->token_embedding, tokens, table, positions);
}

static int record_norm(Recording *to, const char *frame, const char *result, int x)
{
    int gamma = parameter(to);
    if (to->model->norm == NORM_RMS)
        return rms_norm(to->tape, frame, result, x, gamma, to->model->norm_eps);
    return layer_norm(to->tape, frame, result, x, gamma, parameter(to), to->model->norm_eps);
}

/* Skips the parameters of a norm that stands later, and comes back to them. */
static int norm_parameters(const Model *model)
{
    return model->norm == NORM_RMS ? 1 : 2;
}

static int record_head(Recording *to, int head, int x)
{
    Tape *tape = to->tape;
    const Model *model = to->model;
    int w[3], b[3];
    for (int i = 0; i < 3; i++)
        w[i] = parameter(to);
    for (int i = 0; i < 3; i++)
        b[i] = parameter_if(to, model->attention_bias);
    tape_begin(tape, "head", head, NULL);
    int q = linear(tape, "Q", "Q", x, w[0], b[0]);
    int k = linear(tape, "K", "K", x, w[1], b[1]);
    int v = linear(tape, "V", "V", x, w[2], b[2]);
    if (model->position == POSITION_ROPE) {
        q = rotary(tape, "Q_rotated", "Q_rotated", q, to->cosine, to->sine);
        k = rotary(tape, "K_rotated", "K_rotated", k, to->cosine, to->sine);
    }
    int s = scores(tape, "scores", "scores", q, k);
    s = scaled(tape, "scaled", "scaled", s, sqrt(model_head_size(model)));
    if (model->position == POSITION_ALIBI)
        s = distance_bias(tape, "biased", "biased", s, to->distance, pow(2, -8.0 * (head + 1) / model->n_heads));
    s = masked(tape, "masked", "masked", s);
    int weights = softmax(tape, "softmax", "weights", s);
    int output = weighted_sum(tape, "output", "output", weights, v);
    tape_end(tape);
    return output;
}

/* Frame names are those of the values, so that a post-norm's parameters stand under its frame. */
static int record_attention(Recording *to, int stream)
{
    Tape *tape = to->tape;
    const Model *model = to->model;
    tape_begin(tape, "attention", -1, NULL);
    int norm = to->next;
    int x = stream;
    if (model->norm_attention == NORM_PRE)
        x = record_norm(to, "norm", "norm", x);
    else if (model->norm_attention == NORM_POST)
        to->next += norm_parameters(model);
    int *heads = tape_ints(tape, model->n_heads, -1);
    for (int head = 0; head < model->n_heads; head++)
        heads[head] = record_head(to, head, x);
    int joined = concat_heads(tape, "concat", "concat", heads, model->n_heads);
    int w = parameter(to), b = parameter_if(to, model->output_bias);
    int output = linear(tape, "output", "output", joined, w, b);
    stream = model->residual_attention ? residual(tape, "residual", "residual", stream, output)
                                       : pass(tape, "residual", "residual", output);
    if (model->norm_attention == NORM_POST) {
        int after = to->next;
        to->next = norm;
        stream = record_norm(to, "norm", "normalized", stream);
        to->next = after;
    }
    tape_end(tape);
    return stream;
}

static int record_activation(Recording *to, int x, int gate)
{
    switch ((Activation)to->model->activation) {
    case ACTIVATION_RELU: return relu_rule(to->tape, "activated", "activated", x);
    case ACTIVATION_GELU_TANH: return gelu_tanh(to->tape, "activated", "activated", x);
    case ACTIVATION_GELU_ERF: return gelu_erf(to->tape, "activated", "activated", x);
    case ACTIVATION_SILU: return silu(to->tape, "activated", "activated", x);
    case ACTIVATION_SWIGLU: return swiglu(to->tape, "activated", "activated", gate, x);
    }
    abort();
}

static int record_mlp(Recording *to, int stream)
{
    Tape *tape = to->tape;
    const Model *model = to->model;
    tape_begin(tape, "mlp", -1, NULL);
    int x = stream, gate = -1;
    if (model->norm_mlp == NORM_PRE)
        x = record_norm(to, "norm", "norm", x);
    else if (model->norm_mlp == NORM_POST)
        to->next += norm_parameters(model);
    if (model->activation == ACTIVATION_SWIGLU) {
        int w = parameter(to), b = parameter_if(to, model->mlp_bias);
        gate = linear(tape, "gate", "gate", x, w, b);
    }
    int w_1 = parameter(to), b_1 = parameter_if(to, model->mlp_bias);
    int hidden = linear(tape, "hidden", "hidden", x, w_1, b_1);
    int activated = record_activation(to, hidden, gate);
    int w_2 = parameter(to), b_2 = parameter_if(to, model->mlp_bias);
    int output = linear(tape, "output", "output", activated, w_2, b_2);
    stream = model->residual_mlp ? residual(tape, "residual", "residual", stream, output)
                                 : pass(tape, "residual", "residual", output);
    tape_end(tape);
    return stream;
}

static int record_block(Recording *to, int block, int stream)
{
    Tape *tape = to->tape;
    tape_begin(tape, "block", block, NULL);
    stream = record_attention(to, stream);
    int mlp_norm = to->next;
    stream = record_mlp(to, stream);
    if (to->model->norm_mlp == NORM_POST) {
        int after = to->next;
        to->next = mlp_norm;
        stream = record_norm(to, "output", "output", stream);
        to->next = after;
    } else {
        stream = pass(tape, "output", "output", stream);
    }
    tape_end(tape);
    return stream;
}

/* The loss per token is named under its frame, the number that is trained beside it. */
static int record_loss(Tape *tape, const Model *model, int logits, int targets)
{
    int positions = counting_leaf(tape, "target_positions", model->token_count - 1);
    int per_token = cross_entropy(tape, "cross_entropy", "loss.per_token", logits, targets, positions);
    return model->loss == LOSS_MEAN ? mean(tape, "loss", "loss", per_token) : total(tape, "loss", "loss", per_token);
}

int gpt_logits(Tape *tape, const Model *model, const Parameters *parameters, int tokens)
{
    Recording to = {.tape = tape, .model = model, .cosine = -1, .sine = -1, .distance = -1};
    if (model->position == POSITION_ROPE) {
        to.cosine = rotary_leaf(tape, "cos", model->token_count, model_head_size(model), cos);
        to.sine = rotary_leaf(tape, "sin", model->token_count, model_head_size(model), sin);
    } else if (model->position == POSITION_ALIBI) {
        to.distance = distance_leaf(tape, model->token_count);
    }
    int stream = record_embedding(&to, tokens);
    for (int block = 0; block < model->n_layers; block++)
        stream = record_block(&to, block, stream);
    if (model->final_norm)
        stream = record_norm(&to, "final_norm", "final_norm", stream);
    int w = model->tied_head ? to.token_embedding : parameter(&to), b = parameter_if(&to, model->head_bias);
    int logits = model->tied_head ? tied_linear(tape, "logits", "logits", stream, w, b)
                                  : linear(tape, "logits", "logits", stream, w, b);
    CHECK(to.next == parameters->count, "%d of %d parameters were used", to.next, parameters->count);
    return logits;
}

int gpt_forward(Tape *tape, const Model *model, const Parameters *parameters)
{
    tape_begin_phase(tape, PHASE_FORWARD);
    int tokens, targets;
    tokenizer_record(tape, model, &tokens, &targets);
    int loss = record_loss(tape, model, gpt_logits(tape, model, parameters, tokens), targets);
    tape_end(tape);
    return loss;
}
