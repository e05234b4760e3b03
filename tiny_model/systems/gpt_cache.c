/* Going on with a text token by token: keys and values of what was read are kept, since nothing that follows changes
 * them. Chapter 24.
 *
 *   cache.K = keys of the tokens before, below them k of this one;  cache.V likewise      [t x d_k]
 *   o = softmax(q cache.K^T / sqrt d_k) cache.V                                           q, o [1 x d_k]
 *
 * The sums are those of the whole pass, in its order: there the masked cells add exp(-inf) = 0 behind them. So every
 * number is the same to the last bit. */
#include "gpt_recording.h"

#include "../primitive.h"
#include "../record.h"

#include <math.h>

/* More rows of a matrix that grows in place, where nobody else has put other rows behind it. */
static int grown(const Recording *to, const char *name, int known, int more, double **room)
{
    Tape *tape = to->tape;
    int width = tape_value(tape, more)->cols;
    if (!*room)
        *room = tape_room(tape, to->cache->room, width);
    Label label = label_with_axes(HERE(name), to->key_axis, AXIS_NONE, AXIS_NONE);
    label.place = *room;
    return stack(tape, &label, (int[]){known, more}, 2);
}

void gpt_cached(const Recording *to, int slot, int *keys, int *values)
{
    Cache *cache = to->cache;
    if (!cache)
        return;
    if (to->before > 0) {
        tape_begin(to->tape, "cache", -1, NULL);
        *keys = grown(to, "K", cache->keys[slot], *keys, &cache->key_room[slot]);
        *values = grown(to, "V", cache->values[slot], *values, &cache->value_room[slot]);
        tape_end(to->tape);
    }
    cache->keys[slot] = *keys;
    cache->values[slot] = *values;
}

static double **rooms(Tape *tape, int count)
{
    double **list = tape_pointers(tape, count);
    for (int i = 0; i < count; i++)
        list[i] = NULL;
    return list;
}

int gpt_read(Scene *scene, const int *ids, int count, Cache *cache)
{
    Tape *tape = scene->tape;
    const Gpt *gpt = gpt_of(scene->model);
    int axis = gpt_token_axis(tape, gpt, ids, count);
    if (cache) {
        int slots = gpt->n_layers * gpt->groups;
        *cache = (Cache){.slots = slots, .room = cache->room, .positions = -1, .waves = -1};
        cache->keys = tape_ints(tape, slots, -1);
        cache->values = tape_ints(tape, slots, -1);
        cache->key_room = rooms(tape, slots);
        cache->value_room = rooms(tape, slots);
    }
    Recording to = gpt_recording(scene, gpt, count, axis, -1, cache);
    int logits = gpt_record_head(&to, gpt_record_blocks(&to, gpt_ids_leaf(tape, gpt, "tokens", ids, count, axis)));
    if (cache)
        cache->read = count;
    return logits;
}

int gpt_read_next(Scene *scene, const int *ids, int token, Cache *cache)
{
    Tape *tape = scene->tape;
    const Gpt *gpt = gpt_of(scene->model);
    Recording to = gpt_recording(scene, gpt, 1, gpt_token_axis(tape, gpt, ids, cache->read + 1), cache->waves, cache);
    Label label = label_with_axes(HERE("tokens"), AXIS_NONE, to.token_axis, gpt_vocabulary_axis(tape, gpt));
    int logits = gpt_record_head(&to, gpt_record_blocks(&to, copy(tape, &label, token)));
    cache->read++;
    return logits;
}

/* Where every token sees all others, what stands before changes with each that follows; and where experts have not room
 * for all, a token that follows may take the place of one before. */
bool gpt_keeps(const Model *model)
{
    const Gpt *gpt = gpt_of(model);
    bool crowded = gpt->mlp == MLP_MOE && gpt->capacity < INFINITY;
    return (gpt->mask == MASK_CAUSAL || gpt->window > 0) && !crowded;
}

bool gpt_sizes(const Model *model, ModelSizes *out)
{
    const Gpt *gpt = gpt_of(model);
    bool any = gpt->mlp != MLP_NONE, moe = gpt->mlp == MLP_MOE;
    bool tiled = gpt->attention == ATTENTION_FLASH;
    int matrices = gpt->activation == ACTIVATION_SWIGLU ? 3 : 2;
    if (gpt->task != TASK_NEXT || gpt->rank)
        return false;
    *out = (ModelSizes){
        .name = model->name, .layers = gpt->n_layers, .d = gpt->d_model, .heads = gpt->n_heads,
        .kv_heads = gpt->groups, .d_k = gpt->head_width, .d_ff = gpt->d_ff, .vocabulary = gpt->vocabulary_count,
        .context = gpt->context, .mlp_matrices = any ? matrices : 0,
        .experts = moe ? gpt->experts : 0, .top_k = moe ? gpt->top_k : 0, .shared = moe && gpt->shared,
        .crowded = moe && gpt->capacity < INFINITY, .tile_rows = tiled ? gpt->tile_rows : 0,
        .tile_columns = tiled ? gpt->tile_columns : 0,
        .window = gpt->window ? gpt->window : gpt->mask == MASK_CAUSAL ? MOST_TOKENS : 0,
        .norm_vectors = gpt->norm_gain ? (gpt->norm == NORM_LAYER ? 2 : 1) : 0,
        .block_norms = (gpt->norm_attention != NORM_NONE) + (any && gpt->norm_mlp != NORM_NONE),
        .other_norms = gpt->norm_embedding + gpt->final_norm,
        .learned_positions = gpt->position == POSITION_LEARNED, .attention_bias = gpt->attention_bias,
        .output_bias = gpt->output_bias, .mlp_bias = any && gpt->mlp_bias, .head_bias = gpt->head_bias,
        .tied_head = gpt->tied_head, .keeps = gpt_keeps(model),
    };
    return true;
}

/* Whom an expert had no room for it is not multiplied with, and that is known when the router has spoken. */
long long gpt_products(const Model *model, int count, int before)
{
    ModelSizes sizes;
    if (!gpt_sizes(model, &sizes))
        return 0;
    return sizes.crowded ? -1 : sizes_products(&sizes, count, before).all;
}
