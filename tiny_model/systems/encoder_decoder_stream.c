/* encoder_decoder: reads a source in both directions, writes a target token by token and looks back at the source
 * through cross-attention. Vaswani et al. 2017. Chapter 32.
 *
 *   memory = the encoder's stream: attention hides nothing but padding                        [M x d_c]
 *   decoder: self-attention, causal and without padding; then cross-attention to the memory; then the MLP
 *     Q = X W_Q, K = Z W_K, V = Z W_V, A = softmax(mask(Q K^T / sqrt d_k)), O = A V            X [N x d], Z the memory
 *   loss = mean over the targets that are no padding of -log softmax(logits)[t][target t]
 *
 * The decoder reads the target without its last token and is to say it without its first. */
#include "encoder_decoder.h"
#include "gpt_recording.h"

#include "../record.h"
#include "../rules/rule.h"

/* Ids of a side as a leaf, their tokens the labels of its axis. */
static int tokens_leaf(Tape *tape, const Gpt *gpt, const char *name, const int *ids, int count)
{
    return gpt_ids_leaf(tape, gpt, name, ids, count, gpt_token_axis(tape, gpt, ids, count));
}

int encoder_decoder_memory(Scene *scene, const Side *source)
{
    Tape *tape = scene->tape;
    const Gpt *gpt = &((const EncoderDecoder *)scene->model->settings)->encoder;
    tape_begin(tape, "encoder", -1, NULL);
    int tokens = tokens_leaf(tape, gpt, "tokens", source->tokens, source->count);
    short axis = tape_value(tape, tokens)->col_axis;
    Recording to = gpt_recording(scene, gpt, source->count, axis, -1, NULL);
    if (gpt_is_padded(gpt, source->tokens, source->count))
        to.keep = gpt_keep_leaf(tape, gpt, source->tokens, source->count, source->count, axis, axis);
    int stream = gpt_final_norm(&to, gpt_record_blocks(&to, tokens));
    tape_end(tape);
    return pass(tape, "memory", stream);
}

/* What the masks of self- and cross-attention say of the keys. What is being written has no padding. */
static void record_keeps(const EncoderDecoder *of, const Side *source, const Written *written, Recording *to)
{
    Tape *tape = to->tape;
    if (!written->writes && gpt_is_padded(&of->decoder, written->ids, written->count))
        to->keep = gpt_keep_leaf(tape, &of->decoder, written->ids, written->count, written->count, to->token_axis,
                                 to->key_axis);
    tape_begin(tape, "source", -1, NULL);
    if (gpt_is_padded(&of->encoder, source->tokens, source->count))
        to->keep_beside = gpt_keep_leaf(tape, &of->encoder, source->tokens, written->count, source->count,
                                        to->token_axis, tape_value(tape, written->memory)->row_axis);
    tape_end(tape);
}

int encoder_decoder_logits(Scene *scene, const Side *source, const Written *written)
{
    Tape *tape = scene->tape;
    const EncoderDecoder *of = scene->model->settings;
    const Gpt *gpt = &of->decoder;
    Cache *cache = written->cache;
    int before = cache ? cache->read : 0, waves = before ? cache->waves : -1, tokens;
    short axis = gpt_token_axis(tape, gpt, written->ids, before + written->count);
    tape_begin(tape, "decoder", -1, NULL);
    Recording to = gpt_recording(scene, gpt, written->count, axis, waves, cache);
    if (before) {
        Label label = label_with_axes(HERE("tokens"), AXIS_NONE, to.token_axis, to.vocabulary);
        tokens = copy(tape, &label, written->token);
    } else {
        tokens = gpt_ids_leaf(tape, gpt, "tokens", written->ids, written->count, axis);
    }
    to.attention = "self";
    to.beside = written->memory;
    record_keeps(of, source, written, &to);
    int stream = gpt_record_embedding(&to, tokens);
    for (int block = 0; block < gpt->n_layers; block++)
        stream = gpt_record_block(&to, block, stream);
    stream = gpt_final_norm(&to, stream);
    tape_end(tape);
    int w = gpt_weight(&to, "head.W", gpt->d_model, to.feature, gpt->vocabulary_count, to.vocabulary, true);
    return linear(tape, "logits", stream, w, gpt_bias(&to, "head.b", gpt->head_bias, gpt->vocabulary_count,
                                                      to.vocabulary));
}

/* The targets that are no padding, and the rows that are to say them. */
static int record_losses(Tape *tape, const Gpt *gpt, const Side *target, int logits)
{
    const Value *of = tape_value(tape, logits);
    short axis = of->row_axis;
    double *ids = tape_room(tape, 1, target->count - 1), *rows = tape_room(tape, 1, target->count - 1);
    int count = 0;
    for (int t = 1; t < target->count; t++) {
        if (is_pad(gpt, target->tokens[t]))
            continue;
        if (ids && rows) {
            ids[count] = target->tokens[t];
            rows[count] = t - 1;
        }
        count++;
    }
    short counted = count == target->count - 1 ? axis : tape_axis(tape, (Axis){"target", count, NULL, .place = true});
    int targets = tape_leaf(tape, KIND_INPUT, "targets",
                            (Shape){1, count, .col_axis = counted, .counts = gpt_vocabulary_axis(tape, gpt)}, ids);
    int places = tape_leaf(tape, KIND_INPUT, "target_positions", (Shape){1, count, .col_axis = counted, .counts = axis},
                           rows);
    return cross_entropy(tape, "cross_entropy", "loss.per_token", logits, targets, places,
                         count == target->count - 1);
}

static int record_example(Scene *scene, int example)
{
    const EncoderDecoder *of = scene->model->settings;
    const Side *source = &of->sources[example], *target = &of->targets[example];
    Written written = {.ids = target->tokens + of->not_shifted, .count = target->count - 1, .token = -1};
    written.memory = encoder_decoder_memory(scene, source);
    return record_losses(scene->tape, &of->decoder, target, encoder_decoder_logits(scene, source, &written));
}

static int forward(Scene *scene)
{
    Tape *tape = scene->tape;
    const EncoderDecoder *of = scene->model->settings;
    Batch batch = scene_batch(scene, of->learned, 1);
    int *losses = tape_ints(tape, batch.count, -1);
    for (int i = 0; i < batch.count; i++) {
        if (batch.count > 1)
            tape_begin_instance(tape, "pair", i);
        losses[i] = record_example(scene, batch_row(batch, i));
        if (batch.count > 1)
            tape_end(tape);
    }
    return (of->loss == LOSS_MEAN ? mean : total)(tape, "loss", losses, batch.count);
}

static int held_out(const Model *model)
{
    return model->data.example_count - ((const EncoderDecoder *)model->settings)->learned;
}

static int held_out_losses(Scene *scene, int i)
{
    return record_example(scene, ((const EncoderDecoder *)scene->model->settings)->learned + i);
}

static int quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    const EncoderDecoder *of = model->settings;
    int count = 0;
    out[count++] = (Quantity){"d_model", NULL, of->d_model};
    out[count++] = (Quantity){"heads", NULL, of->n_heads};
    out[count++] = (Quantity){"d_k", NULL, of->d_k};
    out[count++] = (Quantity){"M", "the number of the source's tokens", of->sources[0].count};
    out[count++] = (Quantity){"N", "the number of the target's tokens", of->targets[0].count - 1};
    return count;
}

const System ENCODER_DECODER = {
    .name = "encoder_decoder",
    .good_for = "a text of one language from a text of another",
    .size = sizeof(EncoderDecoder),
    .keys = ENCODER_DECODER_KEYS,
    .fields = ENCODER_DECODER_FIELDS,
    .defaults = encoder_decoder_defaults,
    .finish = encoder_decoder_finish,
    .forward = forward,
    .answers = &ENCODER_DECODER_ANSWERS,
    .held_out = held_out,
    .held_out_losses = held_out_losses,
    .quantities = quantities,
    .mistakes = ENCODER_DECODER_MISTAKES,
    .mistake_count = ENCODER_DECODER_MISTAKE_COUNT,
};
