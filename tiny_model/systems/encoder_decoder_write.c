/* Writing a target for a source: what `tracer sample --text SOURCE` does with an encoder-decoder. Chapter 32.
 *
 *   the source is read once: memory, and of it K = Z W_K and V = Z W_V for every head of cross-attention
 *   each token: self-attention to what was written, whose K and V grow by a row; cross-attention to the same K and V
 *
 * Nothing that follows changes the memory, so what is kept of it is right to the last bit. */
#include "encoder_decoder.h"
#include "gpt_recording.h"

#include <string.h>

static bool ask(Model *model, const char *text, const int *ids, int count, Error *error)
{
    EncoderDecoder *of = model->settings;
    const Gpt *encoder = &of->encoder;
    Side asked = {(int *)ids, count};
    int real = 0;
    if (!text && !ids)
        asked = of->sources[0];
    else if (text && !encoder->labels.count)
        return error_set(error, EXIT_USED_WRONGLY, "--text: the sources of this model are ids; take --tokens");
    else if (text && !encoder_decoder_words(model, text, &asked, error))
        return false;
    for (int i = 0; i < asked.count; i++) {
        if (asked.tokens[i] < 0 || asked.tokens[i] >= encoder->vocabulary_count)
            return error_set(error, EXIT_USED_WRONGLY, "--tokens has %d; the ids of sources go from 0 to %d",
                             asked.tokens[i], encoder->vocabulary_count - 1);
        real += !is_pad(encoder, asked.tokens[i]);
    }
    if (real == 0)
        return error_set(error, EXIT_USED_WRONGLY, "the source is empty; give it at least one word that is no padding");
    if (asked.count > of->context)
        return error_set(error, EXIT_USED_WRONGLY, "the source has %d tokens, longer than \"context\" %d; shorten it",
                         asked.count, of->context);
    of->asked = asked;
    return true;
}

/* What every target begins with. */
static bool prompt(const Model *model, const char *text, Arena *arena, int **ids, int *count, Error *error)
{
    (void)text;
    (void)arena;
    (void)error;
    *ids = ((const EncoderDecoder *)model->settings)->targets[0].tokens;
    *count = 1;
    return true;
}

/* Self-attention has the first slots, cross-attention those behind them. */
static void begin_cache(Tape *tape, const Gpt *gpt, Cache *cache)
{
    int slots = 2 * gpt->n_layers * gpt->n_heads;
    *cache = (Cache){.slots = slots, .room = cache->room, .positions = -1, .waves = -1};
    cache->keys = tape_ints(tape, slots, -1);
    cache->values = tape_ints(tape, slots, -1);
    cache->key_room = tape_pointers(tape, slots);
    cache->value_room = tape_pointers(tape, slots);
    for (int i = 0; i < slots; i++)
        cache->key_room[i] = cache->value_room[i] = NULL;
}

static int read_first(Scene *scene, const int *ids, int count, Cache *cache)
{
    const EncoderDecoder *of = scene->model->settings;
    if (cache)
        begin_cache(scene->tape, &of->decoder, cache);
    Written written = {.ids = ids, .count = count, .token = -1, .writes = true, .cache = cache};
    written.memory = encoder_decoder_memory(scene, &of->asked);
    int logits = encoder_decoder_logits(scene, &of->asked, &written);
    if (cache) {
        cache->read = count;
        cache->memory = written.memory;
    }
    return logits;
}

static int read_next(Scene *scene, const int *ids, int token, Cache *cache)
{
    const EncoderDecoder *of = scene->model->settings;
    Written written = {.ids = ids, .count = 1, .token = token, .memory = cache->memory, .writes = true,
                       .cache = cache};
    int logits = encoder_decoder_logits(scene, &of->asked, &written);
    cache->read++;
    return logits;
}

static bool keeps(const Model *model)
{
    (void)model;
    return true;
}

/* Of the MLPs and the projections W_O of `rows` rows. */
static long long other_products(const Gpt *gpt, long long rows, int attentions)
{
    int matrices = gpt->activation == ACTIVATION_SWIGLU ? 3 : 2;
    return rows * gpt->d_model * ((long long)attentions * gpt->n_heads * gpt->head_width + matrices * gpt->d_ff);
}

static long long products(const Model *model, int count, int before)
{
    const EncoderDecoder *of = model->settings;
    const Gpt *encoder = &of->encoder, *decoder = &of->decoder;
    long long wide = (long long)decoder->n_heads * decoder->head_width, m = of->asked.count, n = count;
    long long own = 3 * m * encoder->d_model * wide + 2 * m * m * wide + other_products(encoder, m, 1);
    long long self = 3 * n * decoder->d_model * wide + 2 * n * (before + n) * wide;
    long long cross = n * decoder->d_model * wide + 2 * n * m * wide;
    long long memory = before ? 0 : encoder->n_layers * own + decoder->n_layers * 2 * m * encoder->d_model * wide;
    return memory + decoder->n_layers * (self + cross + other_products(decoder, n, 2)) +
           n * decoder->d_model * decoder->vocabulary_count;
}

static int context(const Model *model)
{
    return ((const EncoderDecoder *)model->settings)->context;
}

static const char *token(const Model *model, int id)
{
    const Texts *labels = &((const EncoderDecoder *)model->settings)->decoder.labels;
    return id < labels->count ? labels->list[id] : NULL;
}

static const char *bytes(const Model *model, int id, int *length)
{
    const char *text = token(model, id);
    *length = text ? (int)strlen(text) : 0;
    return text;
}

static int begins(const Model *model)
{
    return ((const EncoderDecoder *)model->settings)->targets[0].tokens[0];
}

/* What the first target ends with. */
static int ends(const Model *model)
{
    const EncoderDecoder *of = model->settings;
    int last = of->targets[0].count - 1;
    while (is_pad(&of->decoder, of->targets[0].tokens[last]))
        last--;
    return of->targets[0].tokens[last];
}

static bool words(const Model *model)
{
    (void)model;
    return true;
}

const Language ENCODER_DECODER_ANSWERS = {
    .ask = ask, .prompt = prompt, .logits = read_first, .next = read_next, .keeps = keeps, .products = products,
    .context = context, .token = token, .bytes = bytes, .begins = begins, .ends = ends, .words = words,
};
