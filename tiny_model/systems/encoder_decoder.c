/* The keys and the data of an encoder-decoder: sources and targets, as words or as ids, and what cannot work. What it
 * records: encoder_decoder_stream.c. */
#include "encoder_decoder.h"

#include <string.h>

static const char *const positions[] = {"learned", "sinusoidal", "none", NULL};
static const char *const norms[] = {"layernorm", "rmsnorm", NULL};
static const char *const places[] = {"none", "pre", "post", NULL};
static const char *const activations[] = {"relu", "gelu_tanh", "gelu_erf", "silu", "swiglu", NULL};
static const char *const losses[] = {"mean", "sum", NULL};

#define OF(key_, type_) \
    .group = "model", .key = #key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(EncoderDecoder, key_)
#define SIZE(key_, says) {OF(key_, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, .meaning = says}
#define ABSENT_SIZE(key_, most_, says) \
    {OF(key_, KEY_INTEGER), .least = 1, .most = most_, .may_be_absent = true, .meaning = says}
#define CHOICE(key_, of, says) {OF(key_, KEY_CHOICE), .choices = of, .meaning = says}
#define FLAG(key_, says) {OF(key_, KEY_FLAG), .meaning = says}

const ModelKey ENCODER_DECODER_KEYS[] = {
    {OF(source_vocabulary, KEY_TEXTS), .least = 1, .most = MOST_VOCABULARY, .may_be_absent = true,
     .meaning = "the words of the sources; absent: <PAD>, <BOS>, <EOS>, then those of the data"},
    {OF(target_vocabulary, KEY_TEXTS), .least = 1, .most = MOST_VOCABULARY, .may_be_absent = true,
     .meaning = "the words of the targets, likewise"},
    ABSENT_SIZE(vocabulary_size, MOST_VOCABULARY, "how many ids there are on both sides, where they have no texts"),
    ABSENT_SIZE(context, MOST_TOKENS, "most tokens of a side; absent: as many as the longest has"),
    SIZE(d_model, "width of the decoder's stream"),
    ABSENT_SIZE(d_encoder, MOST_WIDTH, "width of the encoder's; absent: the same"),
    SIZE(n_heads, "attention heads, of every attention"),
    ABSENT_SIZE(d_k, MOST_WIDTH, "width of a head; absent: d_model / n_heads"),
    ABSENT_SIZE(d_ff, MOST_WIDTH, "width inside the MLPs; absent: 4 times d_model"),
    {OF(encoder_layers, KEY_INTEGER), .least = 1, .most = MOST_LAYERS, .meaning = "blocks of the encoder"},
    {OF(decoder_layers, KEY_INTEGER), .least = 1, .most = MOST_LAYERS, .meaning = "blocks of the decoder"},
    CHOICE(position, positions, "how a token knows its place"),
    CHOICE(norm, norms, "the kind of all norms"),
    {OF(norm_eps, KEY_NUMBER), .least = 0, .most = 1e300, .above_least = true,
     .meaning = "added to the variance, inside the root"},
    {.group = "model", .key = "norm_place", .type = KEY_CHOICE, .place = KEY_OF_SYSTEM,
     .offset = offsetof(EncoderDecoder, place), .choices = places,
     .meaning = "a norm before every part, after its residual, or none"},
    FLAG(final_norm, "a norm behind the encoder and one behind the decoder"),
    FLAG(residual, "every part adds to its stream"),
    CHOICE(activation, activations, "between the two matrices of an MLP"),
    FLAG(attention_bias, "b_Q, b_K, b_V"),
    FLAG(output_bias, "b_O"),
    FLAG(mlp_bias, "b_1, b_2 and with swiglu b_gate"),
    FLAG(head_bias, "head.b"),
    CHOICE(loss, losses, "of the losses per token"),
    {.key = NULL},
};

const FieldKey ENCODER_DECODER_FIELDS[] = {
    {"source", FIELD_TEXT_OR_IDS, "what is read, as words or ids"},
    {"target", FIELD_TEXT_OR_IDS, "what is written; ids bring their own begin and end, words get <BOS> and <EOS>"},
    {NULL, FIELD_TEXT, NULL},
};

/* A language in which what is said of a thing stands behind it; who says it twice means it. */
void encoder_decoder_defaults(Model *model)
{
    static const Field fields[2][2] = {
        {{"source", "red red cat", NULL, 0}, {"target", "miu rot rot", NULL, 0}},
        {{"source", "old red dog", NULL, 0}, {"target", "vau rot vet", NULL, 0}},
    };
    static const Example examples[] = {{fields[0], 2}, {fields[1], 2}};
    model->data = (Data){.examples = examples, .example_count = 2};
    *(EncoderDecoder *)model->settings = (EncoderDecoder){
        .d_model = 8, .n_heads = 2, .encoder_layers = 1, .decoder_layers = 1, .place = NORM_PRE, .final_norm = 1,
        .residual = 1, .norm_eps = 1e-5, .activation = ACTIVATION_RELU, .mlp_bias = 1, .loss = LOSS_MEAN,
    };
}

/* --- words --- */

static const char *next_word(const char *at, size_t *length)
{
    at += strspn(at, " \t\n");
    *length = strcspn(at, " \t\n");
    return *length ? at : NULL;
}

static int find_word(const Texts *vocabulary, const char *word, size_t length)
{
    for (int i = 0; i < vocabulary->count; i++)
        if (strlen(vocabulary->list[i]) == length && memcmp(vocabulary->list[i], word, length) == 0)
            return i;
    return -1;
}

static int count_words(const char *text)
{
    int count = 0;
    size_t length;
    for (const char *at = text; (at = next_word(at, &length)); at += length)
        count++;
    return count;
}

/* <PAD>, <BOS>, <EOS>, then the words of one field as they appear. */
static bool derive_vocabulary(Model *model, const char *key, Texts *out, Error *error)
{
    static const char *const specials[] = {"<PAD>", "<BOS>", "<EOS>"};
    int most = 3;
    for (int i = 0; i < model->data.example_count; i++)
        most += count_words(example_field(&model->data.examples[i], key)->text);
    const char **list = arena_alloc(&model->arena, (size_t)most * sizeof *list);
    if (!list)
        return error_memory(error);
    memcpy(list, specials, sizeof specials);
    *out = (Texts){list, 3};
    for (int i = 0; i < model->data.example_count; i++) {
        size_t length;
        const char *at = example_field(&model->data.examples[i], key)->text;
        for (; (at = next_word(at, &length)); at += length) {
            if (find_word(out, at, length) >= 0)
                continue;
            char *word = arena_alloc(&model->arena, length + 1);
            if (!word)
                return error_memory(error);
            memcpy(word, at, length);
            word[length] = '\0';
            list[out->count++] = word;
        }
    }
    return true;
}

static bool lacks(const char *key, int example, const char *word, size_t length, Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY,
                     "model: \"%s\" of example %d has the word \"%.*s\", which is not in \"%s_vocabulary\"; add "
                     "it there",
                     key, example, length > 60 ? 60 : (int)length, word, key);
}

/* The ids of a side; a target of words has one before it and one behind. */
static bool take_words(Model *model, int example, const char *key, const Texts *vocabulary, bool marks, Side *out,
                       Error *error)
{
    const char *at = example_field(&model->data.examples[example], key)->text;
    int count = 0, bos = find_word(vocabulary, "<BOS>", 5), eos = find_word(vocabulary, "<EOS>", 5);
    size_t length;
    out->tokens = arena_alloc(&model->arena, (size_t)(count_words(at) + 2) * sizeof *out->tokens);
    if (!out->tokens)
        return error_memory(error);
    if (marks && (bos < 0 || eos < 0))
        return error_set(error, EXIT_USED_WRONGLY, "model: \"%s_vocabulary\" needs <BOS> and <EOS>", key);
    if (marks)
        out->tokens[count++] = bos;
    for (; (at = next_word(at, &length)); at += length)
        if ((out->tokens[count++] = find_word(vocabulary, at, length)) < 0)
            return lacks(key, example, at, length, error);
    if (marks)
        out->tokens[count++] = eos;
    out->count = count;
    return count > 2 * marks ||
           error_set(error, EXIT_USED_WRONGLY, "model: \"%s\" of example %d is empty; give it at least one word", key,
                     example);
}

static bool take_ids(Model *model, int example, const char *key, int vocabulary, Side *out, Error *error)
{
    const Field *field = example_field(&model->data.examples[example], key);
    out->count = field->count;
    out->tokens = arena_alloc(&model->arena, (size_t)field->count * sizeof *out->tokens);
    if (!out->tokens)
        return error_memory(error);
    for (int i = 0; i < field->count; i++) {
        double id = field->numbers[i];
        if (!(id >= 0 && id < vocabulary && id == (int)id))
            return error_set(error, EXIT_USED_WRONGLY, "model: \"%s\" of example %d has %g; the ids go from 0 to %d",
                             key, example, id, vocabulary - 1);
        out->tokens[i] = (int)id;
    }
    return true;
}

bool encoder_decoder_words(Model *model, const char *text, Side *out, Error *error)
{
    const Texts *vocabulary = &((const EncoderDecoder *)model->settings)->source_vocabulary;
    size_t length;
    *out = (Side){arena_alloc(&model->arena, (size_t)(count_words(text) + 1) * sizeof *out->tokens), 0};
    if (!out->tokens)
        return error_memory(error);
    for (const char *at = text; (at = next_word(at, &length)); at += length)
        if ((out->tokens[out->count++] = find_word(vocabulary, at, length)) < 0)
            return error_set(error, EXIT_USED_WRONGLY, "the word \"%.*s\" is not in \"source_vocabulary\"",
                             length > 60 ? 60 : (int)length, at);
    return true;
}

/* --- finishing --- */

/* No row of any attention may see nothing: its softmax would be 0 / 0. */
static bool rows_see(const EncoderDecoder *of, int example, Error *error)
{
    const Side *source = &of->sources[example], *target = &of->targets[example];
    int real = 0;
    for (int i = 0; i < source->count; i++)
        real += !is_pad(&of->encoder, source->tokens[i]);
    if (real == 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"source\" of example %d is padding only: row 0 of decoder.block0.cross.head0.masked "
                         "would see nothing",
                         example);
    if (target->count < 2)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"target\" of example %d has %d token; it needs two, one to read and one to say",
                         example, target->count);
    if (is_pad(&of->decoder, target->tokens[0]))
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"target\" of example %d begins with padding: row 0 of "
                         "decoder.block0.self.head0.masked would see nothing",
                         example);
    real = 0;
    for (int i = 1; i < target->count; i++)
        real += !is_pad(&of->decoder, target->tokens[i]);
    return real > 0 || error_set(error, EXIT_USED_WRONGLY,
                                 "model: \"target\" of example %d is padding behind its first token, which leaves no "
                                 "target",
                                 example);
}

/* What a side is as a GPT: its stream, its norms, its vocabulary. */
static Gpt side_of(const EncoderDecoder *of, const Texts *vocabulary, int d_model, int layers, int mask)
{
    static const int gpt_positions[] = {POSITION_LEARNED, POSITION_SINUSOIDAL, POSITION_NONE};
    Gpt gpt = {
        .context = of->context, .d_model = d_model, .n_heads = of->n_heads, .groups = of->n_heads,
        .head_width = of->d_k, .d_ff = of->d_ff ? of->d_ff : 4 * d_model, .n_layers = layers,
        .position = gpt_positions[of->position], .mask = mask, .norm = of->norm, .norm_eps = of->norm_eps,
        .norm_gain = 1, .norm_attention = of->place, .norm_mlp = of->place, .final_norm = of->final_norm,
        .embedding_scale = 1, .residual_attention = of->residual, .residual_mlp = of->residual,
        .activation = of->activation, .attention_bias = of->attention_bias, .output_bias = of->output_bias,
        .mlp_bias = of->mlp_bias, .head_bias = of->head_bias, .rope_theta = 10000,
        .vocabulary_count = of->vocabulary_size, .each = 1,
    };
    if (vocabulary->count) {
        gpt.labels = *vocabulary;
        gpt.vocabulary_count = vocabulary->count;
        gpt.pad_id = find_word(vocabulary, "<PAD>", 5);
    }
    return gpt;
}

static bool widths_work(EncoderDecoder *of, Error *error)
{
    of->d_encoder = of->d_encoder ? of->d_encoder : of->d_model;
    if (!of->d_k && of->d_model % of->n_heads != 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"d_model\" is %d, which is not a multiple of \"n_heads\" %d; choose one that is, or "
                         "give \"d_k\"",
                         of->d_model, of->n_heads);
    of->d_k = of->d_k ? of->d_k : of->d_model / of->n_heads;
    if ((long long)of->d_k * of->n_heads > MOST_WIDTH)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"d_k\" times \"n_heads\" is %lld; at most %d",
                         (long long)of->d_k * of->n_heads, MOST_WIDTH);
    return true;
}

/* Words on both sides, or ids on both. */
static bool kinds_agree(const Model *model, bool *words, Error *error)
{
    if (!model->data.examples)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"data\" has no \"examples\" with \"source\" and \"target\"");
    for (int i = 0; i < model->data.example_count; i++) {
        const Field *source = example_field(&model->data.examples[i], "source"),
                    *target = example_field(&model->data.examples[i], "target");
        if (!source || !target)
            return error_set(error, EXIT_USED_WRONGLY, "model: example %d has no \"%s\"", i,
                             source ? "target" : "source");
        *words = i ? *words : source->text != NULL;
        if (*words != (source->text != NULL) || *words != (target->text != NULL))
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: example %d mixes words and ids; give all the same way", i);
    }
    return true;
}

static bool take_side(Model *model, int example, bool words, Error *error)
{
    EncoderDecoder *of = model->settings;
    if (!words)
        return take_ids(model, example, "source", of->vocabulary_size, &of->sources[example], error) &&
               take_ids(model, example, "target", of->vocabulary_size, &of->targets[example], error);
    return take_words(model, example, "source", &of->source_vocabulary, false, &of->sources[example], error) &&
           take_words(model, example, "target", &of->target_vocabulary, true, &of->targets[example], error);
}

static bool take_examples(Model *model, bool words, Error *error)
{
    EncoderDecoder *of = model->settings;
    int count = model->data.example_count, longest = 1;
    of->sources = arena_alloc(&model->arena, (size_t)count * sizeof *of->sources);
    of->targets = arena_alloc(&model->arena, (size_t)count * sizeof *of->targets);
    if (!of->sources || !of->targets)
        return error_memory(error);
    for (int i = 0; i < count; i++) {
        if (!take_side(model, i, words, error))
            return false;
        int most = of->sources[i].count > of->targets[i].count - 1 ? of->sources[i].count : of->targets[i].count - 1;
        longest = most > longest ? most : longest;
    }
    if (of->context && longest > of->context)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: a side has %d tokens, longer than \"context\" %d; shorten it",
                         longest, of->context);
    of->context = of->context ? of->context : longest;
    return longest <= MOST_TOKENS || error_set(error, EXIT_USED_WRONGLY, "model: a side has %d tokens; at most %d",
                                               longest, MOST_TOKENS);
}

bool encoder_decoder_finish(Model *model, Error *error)
{
    EncoderDecoder *of = model->settings;
    bool words = false;
    if (!kinds_agree(model, &words, error) || !widths_work(of, error))
        return false;
    if (!words && !of->vocabulary_size)
        return error_set(error, EXIT_USED_WRONGLY, "model: sides of ids need a \"vocabulary_size\"");
    if (words && !of->source_vocabulary.count && !derive_vocabulary(model, "source", &of->source_vocabulary, error))
        return false;
    if (words && !of->target_vocabulary.count && !derive_vocabulary(model, "target", &of->target_vocabulary, error))
        return false;
    if (!take_examples(model, words, error))
        return false;
    of->encoder = side_of(of, &of->source_vocabulary, of->d_encoder, of->encoder_layers, MASK_NONE);
    of->decoder = side_of(of, &of->target_vocabulary, of->d_model, of->decoder_layers, MASK_CAUSAL);
    of->decoder.cross_causal = of->cross_causal;
    of->learned = (int)(model->data.example_count * (1 - model->training.validation));
    for (int i = 0; i < model->data.example_count; i++)
        if (!rows_see(of, i, error))
            return false;
    return of->learned > 0 || error_set(error, EXIT_USED_WRONGLY,
                                        "model: \"validation\" %g leaves nothing to learn from",
                                        model->training.validation);
}
