/* What stands before and behind the blocks of a GPT: embedding, tables of positions, final norm, head.
 * Chapters 3 and 11.
 *
 *   x = token rows + position rows,  blocks,  logits = norm(x) head.W */
#include "gpt_recording.h"

#include "../elementary/elementary.h"
#include "../record.h"
#include "../rules/rule.h"

short gpt_token_axis(Tape *tape, const Gpt *gpt, const int *ids, int count)
{
    const char **labels = NULL;
    if (gpt->labels.count && ids) {
        labels = tape_labels(tape, count);
        for (int i = 0; i < count; i++)
            labels[i] = gpt->labels.list[ids[i]];
    }
    return tape_axis(tape, (Axis){"token", count, labels, .place = true});
}

short gpt_vocabulary_axis(Tape *tape, const Gpt *gpt)
{
    return tape_axis(tape,
                     (Axis){"vocabulary", gpt->vocabulary_count, gpt->labels.count ? gpt->labels.list : NULL, false});
}

int gpt_ids_leaf(Tape *tape, const Gpt *gpt, const char *name, const int *ids, int count, int axis)
{
    double *numbers = tape_room(tape, 1, count);
    for (int i = 0; numbers && i < count; i++)
        numbers[i] = ids[i];
    return tape_leaf(tape, KIND_INPUT, name,
                     (Shape){1, count, .col_axis = axis, .counts = gpt_vocabulary_axis(tape, gpt)}, numbers);
}

bool gpt_is_padded(const Gpt *gpt, const int *ids, int count)
{
    for (int i = 0; i < count; i++)
        if (ids[i] == gpt->pad_id)
            return true;
    return false;
}

int gpt_keep_leaf(Tape *tape, const Gpt *gpt, const int *ids, int rows, int keys, short row_axis, short key_axis)
{
    double *keep = tape_room(tape, rows, keys);
    for (int i = 0; keep && i < rows * keys; i++)
        keep[i] = ids[i % keys] != gpt->pad_id;
    return tape_leaf(tape, KIND_INPUT, "keep", (Shape){rows, keys, row_axis, key_axis}, keep);
}

int gpt_feature_axis(Tape *tape, int size)
{
    return tape_axis(tape, (Axis){"feature", size, NULL, false});
}

/* first, first + 1 ... as ids of the axis `counts`. */
int gpt_counting_leaf(Tape *tape, const char *name, int first, int count, int axis, int counts)
{
    double *numbers = tape_room(tape, 1, count);
    for (int i = 0; numbers && i < count; i++)
        numbers[i] = first + i;
    return tape_leaf(tape, KIND_INPUT, name, (Shape){1, count, .col_axis = axis, .counts = counts}, numbers);
}

/* How far behind the query a key stands: query - key. */
static int distance_leaf(const Recording *to)
{
    int tokens = to->tokens, keys = to->before + tokens;
    double *distance = tape_room(to->tape, tokens, keys);
    for (int query = 0; distance && query < tokens; query++)
        for (int key = 0; key < keys; key++)
            distance[query * keys + key] = to->before + query - key;
    return tape_leaf(to->tape, KIND_INPUT, "distance", (Shape){tokens, keys, to->token_axis, to->key_axis}, distance);
}

/* The wave of pair i in `width` columns at a position: position * base^(-2i / width). */
static double angle(int position, int pair, int width, double base)
{
    return position * pow_of(base, -2.0 * pair / width);
}

static int rotary_leaf(const Recording *to, const char *name, double (*wave)(double))
{
    int tokens = to->tokens, width = to->gpt->head_width, pairs = width / 2;
    double *table = tape_room(to->tape, tokens, pairs);
    for (int t = 0; table && t < tokens; t++)
        for (int i = 0; i < pairs; i++)
            table[t * pairs + i] = wave(angle(to->before + t, i, width, to->gpt->rope_theta));
    return tape_leaf(to->tape, KIND_INPUT, name,
                     (Shape){tokens, pairs, to->token_axis, tape_axis(to->tape, (Axis){"pair", pairs, NULL, false})},
                     table);
}

/* The places that a text can have; they are counted, not labelled. */
static int place_axis(Tape *tape, const Gpt *gpt)
{
    return tape_axis(tape, (Axis){"position", gpt->context, NULL, .place = true});
}

/* Sinusoidal positions: sin in the even columns, cos in the odd ones. */
int gpt_waves(Tape *tape, const Gpt *gpt)
{
    int context = gpt->context, width = gpt->d_model;
    double *table = tape_room(tape, context, width);
    for (int n = 0; table && n < context; n++)
        for (int c = 0; c < width; c++)
            table[n * width + c] = (c % 2 == 0 ? sin_of : cos_of)(angle(n, c / 2, width, 10000));
    return tape_leaf(tape, KIND_INPUT, "position_embedding",
                     (Shape){context, width, place_axis(tape, gpt), gpt_feature_axis(tape, width)}, table);
}

/* 0, 1, 2 ...; behind others one more than the last of them. */
static int positions_of(const Recording *to)
{
    Tape *tape = to->tape;
    int places = place_axis(tape, to->gpt);
    if (to->before == 0)
        return gpt_counting_leaf(tape, "positions", 0, to->tokens, to->token_axis, places);
    int known = to->cache->positions;
    tape_begin(tape, "cache", -1, NULL);
    int last = slice_columns(tape, HERE("last_position"), known, tape_value(tape, known)->cols - 1, 1);
    Label counted = label_with_axes(HERE("positions"), AXIS_NONE, to->token_axis, places);
    int positions = add_constant(tape, &counted, last, 1);
    tape_end(tape);
    return positions;
}

int gpt_record_embedding(Recording *to, int tokens)
{
    const Gpt *gpt = to->gpt;
    to->scene->stage = STAGE_EMBEDDINGS;
    to->token_embedding =
        gpt_weight(to, "token_embedding", gpt->vocabulary_count, to->vocabulary, gpt->d_model, to->feature, false);
    int table = -1, positions = -1;
    if (gpt->position == POSITION_LEARNED)
        table = gpt_weight(to, "position_embedding", gpt->context, place_axis(to->tape, gpt), gpt->d_model, to->feature,
                           false);
    else if (gpt->position == POSITION_SINUSOIDAL)
        table = to->waves >= 0 ? to->waves : gpt_waves(to->tape, gpt);
    if (table >= 0)
        positions = positions_of(to);
    if (to->cache) {
        to->cache->positions = positions;
        to->cache->waves = gpt->position == POSITION_SINUSOIDAL ? table : -1;
    }
    int x = embedding(to->tape, "embedding", to->token_embedding, tokens, table, positions);
    if (gpt->embedding_scale != 1)
        x = scaled_by(to->tape, "embedding_scaled", x, gpt->embedding_scale);
    if (gpt->norm_embedding) {
        Norm norm = gpt_norm_parameters(to, "norm_embedding.gamma", "norm_embedding.beta");
        x = gpt_record_norm(to, "norm_embedding", "norm_embedding", x, norm);
    }
    return scene_dropout(to->scene, "embedding_dropped", x, gpt->dropout);
}

Recording gpt_recording(Scene *scene, const Gpt *gpt, int count, int axis, int waves, Cache *cache)
{
    Tape *tape = scene->tape;
    Recording to = {
        .scene = scene, .condition = -1, .tape = tape, .gpt = gpt, .tokens = count, .token_axis = axis,
        .vocabulary = gpt_vocabulary_axis(tape, gpt),
        .feature = gpt_feature_axis(tape, gpt->d_model), .inner = gpt_feature_axis(tape, gpt->head_width),
        .hidden = gpt_feature_axis(tape, gpt->d_ff), .token_embedding = -1, .keep = -1, .memory = -1, .beside = -1,
        .keep_beside = -1, .cosine = -1,
        .sine = -1, .distance = -1,
        .waves = waves, .before = cache ? cache->read : 0, .cache = cache, .key_axis = axis,
    };
    if (to.before > 0)
        to.token_axis = tape_axis_part(tape, axis, count, to.before);
    if (gpt->position == POSITION_ROPE) {
        to.cosine = rotary_leaf(&to, "rope.cos", cos_of);
        to.sine = rotary_leaf(&to, "rope.sin", sin_of);
    } else if (gpt->position == POSITION_ALIBI) {
        to.distance = distance_leaf(&to);
    }
    return to;
}

int gpt_record_blocks(Recording *to, int tokens)
{
    const Gpt *gpt = to->gpt;
    int stream = gpt_record_embedding(to, tokens);
    for (int block = 0; block < gpt->n_layers; block++)
        stream = gpt_record_block(to, block, stream);
    to->scene->stage = STAGE_HEAD + STAGES_OF_A_BLOCK * gpt->n_layers;
    return stream;
}

int gpt_final_norm(const Recording *to, int stream)
{
    if (!to->gpt->final_norm)
        return stream;
    return gpt_record_norm(to, "final_norm", "final_norm", stream,
                           gpt_norm_parameters(to, "final_norm.gamma", "final_norm.beta"));
}

Gpt gpt_both_ways(int context, int d_model, int n_heads, int d_ff, int n_layers, int activation, double norm_eps)
{
    return (Gpt){
        .context = context, .d_model = d_model, .n_heads = n_heads, .groups = n_heads,
        .head_width = d_model / n_heads, .d_ff = d_ff, .n_layers = n_layers, .position = POSITION_NONE,
        .mask = MASK_NONE, .norm = NORM_LAYER, .norm_eps = norm_eps, .norm_attention = NORM_PRE, .norm_mlp = NORM_PRE,
        .final_norm = 1, .embedding_scale = 1, .residual_attention = 1, .residual_mlp = 1, .activation = activation,
        .attention_bias = 1, .output_bias = 1, .mlp_bias = 1, .vocabulary_count = 1, .each = 1,
    };
}

int gpt_stream(Scene *scene, const Gpt *gpt, int tokens, int *table)
{
    const Value *of = tape_value(scene->tape, tokens);
    Recording to = gpt_recording(scene, gpt, of->cols, of->col_axis, -1, NULL);
    int stream = gpt_final_norm(&to, gpt_record_blocks(&to, tokens));
    if (table)
        *table = to.token_embedding;
    return stream;
}

/* The stream behind the blocks, normalised, times the head. */
int gpt_record_head(Recording *to, int stream)
{
    int size = to->gpt->vocabulary_count;
    stream = gpt_final_norm(to, stream);
    if (to->gpt->tied_head)
        return tied_linear(to->tape, "logits", stream, to->token_embedding,
                           gpt_bias(to, "head.b", to->gpt->head_bias, size, to->vocabulary));
    int w = gpt_weight(to, "head.W", to->gpt->d_model, to->feature, size, to->vocabulary, true);
    return gpt_linear(to, "logits", "head.W", stream, w,
                      gpt_bias(to, "head.b", to->gpt->head_bias, size, to->vocabulary));
}

int gpt_record_logits(Scene *scene, const Gpt *gpt, int tokens, int waves)
{
    const Value *of = tape_value(scene->tape, tokens);
    Recording to = gpt_recording(scene, gpt, of->cols, of->col_axis, waves, NULL);
    return gpt_record_head(&to, gpt_record_blocks(&to, tokens));
}
