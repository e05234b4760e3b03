/* The keys of a GPT, their defaults and what makes one impossible; see gpt.h. */
#include "gpt.h"

#include "../tokenizer/tokenizer.h"

#include <math.h>
#include <string.h>

static const char *const tokenizers[] = {"words", "characters", "{\"bpe\": DIR}", NULL}; /* as TokenizerKind */
static const char *const positions[] = {"learned", "sinusoidal", "rope", "alibi", "none", NULL};
static const char *const ropes[] = {"interleaved", "half", NULL};
static const char *const masks[] = {"causal", "none", NULL};
static const char *const norms[] = {"layernorm", "rmsnorm", NULL};
static const char *const places[] = {"none", "pre", "post", NULL};
static const char *const mlps[] = {"dense", "none", "moe", NULL};
static const char *const attentions[] = {"plain", "flash", NULL};
static const char *const gates[] = {"renormalised", "raw", NULL};
static const char *const balances[] = {"choices", "first", NULL};
static const char *const activations[] = {"relu", "gelu_tanh", "gelu_erf", "silu", "swiglu", NULL};
static const char *const makes[] = {"none", "repeats", NULL};
static const char *const losses[] = {"mean", "sum", NULL};
static const char *const tasks[] = {"next", "classify", "preference", "reward", NULL};
static const char *const reads[] = {"last", "mean", "first", NULL};

#define OF(key_, type_) .group = "", .key = #key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Gpt, key_)
#define IN(group_, key_, member_, type_) \
    .group = group_, .key = key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Gpt, member_)
#define FLAG(key_, says) {OF(key_, KEY_FLAG), .meaning = says}
#define CHOICE(key_, of, says) {OF(key_, KEY_CHOICE), .choices = of, .meaning = says}
#define INTEGER(key_, top, says) {OF(key_, KEY_INTEGER), .least = 1, .most = top, .meaning = says}
#define MADE(key_, member_, type_) \
    .group = "data", .key = key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Gpt, made.member_)
#define YOUNGER .younger = true
#define ABSENT .younger = true, .may_be_absent = true

const ModelKey GPT_KEYS[] = {
    {.group = "", .key = "text", .type = KEY_TEXT, .offset = offsetof(Model, data.text), .may_be_absent = true,
     .meaning = "the text of the training step"},
    {MADE("make", kind, KEY_CHOICE), .choices = makes, YOUNGER,
     .meaning = "texts that are made, where none is said; repeats: the first p of all ids, shuffled, again and again"},
    {MADE("count", count, KEY_INTEGER), .least = 1, .most = MOST_EXAMPLES, ABSENT, .meaning = "how many of them"},
    {MADE("seed", seed, KEY_NUMBER), .least = 0, .most = 4294967295.0, YOUNGER,
     .meaning = "of Python's random.Random, which draws p and shuffles"},
    {MADE("least_period", least_period, KEY_INTEGER), .least = 1, .most = MOST_TOKENS, ABSENT,
     .meaning = "the shortest block; absent: 4"},
    {MADE("most_period", most_period, KEY_INTEGER), .least = 1, .most = MOST_TOKENS, ABSENT,
     .meaning = "the longest; absent: the whole vocabulary"},
    CHOICE(tokenizer, tokenizers, "how the text becomes tokens; byte pairs: those of DIR's vocab.json and merges.txt"),
    FLAG(add_bos, "put <BOS> before the text; not where windows are cut"),
    FLAG(add_eos, "put <EOS> behind the text, likewise"),
    {OF(specials, KEY_FLAG), YOUNGER,
     .meaning = "a vocabulary that is made of the texts begins with <PAD>, <BOS>, <EOS>"},
    {OF(bos, KEY_TEXT), YOUNGER, .meaning = "the token of add_bos"},
    {OF(eos, KEY_TEXT), YOUNGER, .meaning = "the token of add_eos; may be the same"},
    {OF(vocabulary, KEY_TEXTS), .least = 1, .most = MOST_VOCABULARY, .may_be_absent = true,
     .meaning = "the tokens; absent: <PAD>, <BOS>, <EOS>, then those of the text as they appear"},
    {OF(vocabulary_size, KEY_INTEGER), .least = 1, .most = MOST_VOCABULARY, ABSENT,
     .meaning = "how many ids there are, where they have no texts"},
    INTEGER(context, MOST_TOKENS, "most tokens that a text may have; absent: as many as the text has"),
    INTEGER(d_model, MOST_WIDTH, "width of the residual stream"),
    INTEGER(n_heads, MOST_WIDTH, "attention heads; d_model is a multiple of it, or d_k is given"),
    {OF(n_kv_heads, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, ABSENT,
     .meaning = "keys and values that the heads share in groups; absent: one for each head"},
    {OF(d_k, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, ABSENT,
     .meaning = "width of a head; absent: d_model / n_heads"},
    INTEGER(d_ff, MOST_WIDTH, "width inside the MLP; absent: 4 times d_model"),
    INTEGER(n_layers, MOST_LAYERS, "blocks"),
    CHOICE(position, positions, "how a token knows its place"),
    {OF(rope, KEY_CHOICE), .choices = ropes, YOUNGER,
     .meaning = "which columns rope turns together: 2i with 2i+1, or i with i + d_k/2"},
    {OF(rope_theta, KEY_NUMBER), .least = 0, .most = 1e300, .above_least = true, YOUNGER,
     .meaning = "the base of rope's wave lengths"},
    {OF(mask, KEY_CHOICE), .choices = masks, YOUNGER,
     .meaning = "what a token may look at: what stands before it, or everything"},
    {OF(window, KEY_INTEGER), .least = 1, .most = MOST_TOKENS, ABSENT,
     .meaning = "how many tokens back it may look, itself included; absent: all"},
    {OF(attention, KEY_CHOICE), .choices = attentions, YOUNGER,
     .meaning = "scores and weights whole, or in tiles that are never put together"},
    {OF(tile_rows, KEY_INTEGER), .least = 1, .most = MOST_TOKENS, YOUNGER, .meaning = "queries in a tile of flash"},
    {OF(tile_columns, KEY_INTEGER), .least = 1, .most = MOST_TOKENS, YOUNGER, .meaning = "keys in a tile of flash"},
    CHOICE(norm, norms, "the kind of all norms"),
    {OF(norm_eps, KEY_NUMBER), .least = 0, .most = 1e300, .above_least = true,
     .meaning = "added to the variance, inside the root"},
    {OF(norm_gain, KEY_FLAG), YOUNGER, .meaning = "norms have gamma, and layernorm beta"},
    {OF(norm_embedding, KEY_FLAG), YOUNGER, .meaning = "a norm after the embedding"},
    {OF(embedding_scale, KEY_NUMBER), .least = -1e300, .most = 1e300, YOUNGER,
     .meaning = "the embedding is multiplied by it"},
    CHOICE(norm_attention, places, "a norm before attention, after its residual, or none"),
    CHOICE(norm_mlp, places, "the same for the MLP"),
    FLAG(final_norm, "a norm before the head"),
    FLAG(residual_attention, "attention adds to its stream"),
    FLAG(residual_mlp, "the MLP adds to its stream"),
    {OF(mlp, KEY_CHOICE), .choices = mlps, YOUNGER,
     .meaning = "the MLP of a block; none: attention only; moe: a mixture of experts"},
    {OF(experts, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, YOUNGER, .meaning = "MLPs among which moe chooses"},
    {OF(top_k, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, YOUNGER, .meaning = "experts that a token goes to"},
    {OF(gate, KEY_CHOICE), .choices = gates, YOUNGER,
     .meaning = "how much of an expert: its probability over that of all chosen, or as it is"},
    {OF(shared, KEY_FLAG), YOUNGER, .meaning = "an expert beside them that every token goes to, without a gate"},
    {OF(capacity, KEY_NUMBER), .least = 0, .most = 1e9, .above_least = true, .may_be_null = true, YOUNGER,
     .meaning = "an expert has room for tokens * top_k / experts * capacity, rounded up; null: for all"},
    {OF(balance, KEY_NUMBER), .least = 0, .most = 1e9, YOUNGER,
     .meaning = "weight of the balance of experts in the loss"},
    {OF(balance_over, KEY_CHOICE), .choices = balances, YOUNGER,
     .meaning = "what the balance counts: all choices of a token, or its first"},
    {OF(z_loss, KEY_NUMBER), .least = 0, .most = 1e9, YOUNGER,
     .meaning = "weight in the loss of the square of the router's log sum exp"},
    CHOICE(activation, activations, "between the two matrices of the MLP"),
    FLAG(attention_bias, "b_Q, b_K, b_V"),
    FLAG(output_bias, "b_O"),
    FLAG(mlp_bias, "b_1, b_2 and with swiglu b_gate"),
    FLAG(head_bias, "head.b"),
    FLAG(tied_head, "the head is the token embedding, transposed"),
    CHOICE(loss, losses, "of the losses per token"),
    {OF(loss_from, KEY_INTEGER), .least = 0, .most = MOST_TOKENS, YOUNGER,
     .meaning = "the first target that counts, from 0"},
    {OF(dropout, KEY_NUMBER), .least = 0, .most = 0.999, YOUNGER,
     .meaning = "share of numbers that are dropped while learning: embedding, weights, outputs of attention and MLP"},
    {OF(inside, KEY_FLAG), YOUNGER,
     .meaning = "looking inside is recorded too: lens, attribution, heads, rollout; nothing is dropped out then"},
    {IN("task", "kind", task, KEY_CHOICE), .choices = tasks, YOUNGER,
     .meaning = "what is learned: the next token, the class of a text, or which of two answers is better"},
    {IN("task", "classes", classes, KEY_TEXTS), .least = 2, .most = MOST_CLASSES, ABSENT,
     .meaning = "of classify: their names; absent: those of the data, as they appear"},
    {IN("task", "read", read, KEY_CHOICE), .choices = reads, YOUNGER,
     .meaning = "which row stands for the text: the last that is no padding, the mean of these, the first"},
    {IN("task", "train", train, KEY_TEXTS), .least = 1, .most = 4096, ABSENT,
     .meaning = "the parts that are trained, by name; absent: all, with lora the adapters and the classifier"},
    {IN("task", "pad", pad, KEY_INTEGER), .least = 1, .most = MOST_VOCABULARY, ABSENT,
     .meaning = "the id that pads; absent: <PAD>, or 0 where ids have no texts"},
    {IN("task", "beta", beta, KEY_NUMBER), .least = 0, .most = 1e300, .above_least = true, YOUNGER,
     .meaning = "of preference: how much a step away from the reference counts as reward"},
    {IN("task", "kl", kl, KEY_NUMBER), .least = 0, .most = 1e300, YOUNGER,
     .meaning = "of preference: what the mean distance from the reference adds to the loss"},
    {IN("lora", "rank", rank, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, ABSENT,
     .meaning = "columns of A and rows of B beside each target; all else is frozen"},
    {IN("lora", "alpha", alpha, KEY_NUMBER), .least = 0, .most = 1e300, YOUNGER,
     .meaning = "their product counts alpha / rank times; 0: once"},
    {IN("lora", "targets", targets, KEY_TEXTS), .least = 1, .most = 64, ABSENT,
     .meaning = "which matrices, by the end of their names; absent: W_Q and W_V"},
    {IN("lora", "share_a", share_a, KEY_FLAG), YOUNGER,
     .meaning = "one A for all heads of a block, as where their matrices are one"},
    {.key = NULL},
};

static const char A_TEXT[] = "the cat sat on the mat";

void gpt_defaults(Model *model)
{
    model->data.text = A_TEXT;
    *(Gpt *)model->settings = (Gpt){
        .tokenizer = TOKENIZER_WORDS, .add_bos = 1, .add_eos = 1, .specials = 1, .bos = "<BOS>", .eos = "<EOS>",
        .d_model = 16, .n_heads = 2, .n_layers = 1, .position = POSITION_LEARNED, .rope_theta = 10000,
        .norm = NORM_LAYER, .norm_eps = 1e-5, .norm_gain = 1, .norm_attention = NORM_PRE, .norm_mlp = NORM_PRE,
        .final_norm = 1, .embedding_scale = 1, .residual_attention = 1, .residual_mlp = 1,
        .tile_rows = 2, .tile_columns = 2, .experts = 4, .top_k = 2, .capacity = INFINITY,
        .activation = ACTIVATION_GELU_TANH, .attention_bias = 1, .output_bias = 1, .mlp_bias = 1, .loss = LOSS_MEAN,
        .beta = 0.1,
    };
}

static bool heads_work(const Gpt *gpt, bool d_k_given, Error *error)
{
    if (!d_k_given && gpt->d_model % gpt->n_heads != 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"d_model\" is %d, which is not a multiple of \"n_heads\" %d; choose one that is",
                         gpt->d_model, gpt->n_heads);
    if (gpt->n_heads % gpt->groups != 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"n_heads\" is %d, which is not a multiple of \"n_kv_heads\" %d; choose one that is",
                         gpt->n_heads, gpt->groups);
    if (gpt->position == POSITION_ROPE && gpt->head_width % 2 != 0)
        return error_set(
            error, EXIT_USED_WRONGLY,
            d_k_given
                ? "model: \"position\" rope turns pairs of columns, but \"d_k\" is %d; make it even"
                : "model: \"position\" rope turns pairs of columns, but \"d_model\" / \"n_heads\" is %d; make it even",
            gpt->head_width);
    if ((long long)gpt->head_width * gpt->n_heads > MOST_WIDTH)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"d_k\" times \"n_heads\" is %lld; at most %d",
                         (long long)gpt->head_width * gpt->n_heads, MOST_WIDTH);
    return true;
}

static bool sizes_work(const Gpt *gpt, Error *error)
{
    if (gpt->d_ff > MOST_WIDTH)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"d_ff\" (4 times \"d_model\") is %d; at most %d",
                         gpt->d_ff, MOST_WIDTH);
    return true;
}

static bool experts_work(const Gpt *gpt, Error *error)
{
    if (gpt->mlp == MLP_MOE && gpt->top_k > gpt->experts)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"top_k\" is %d, but there are only %d \"experts\"; choose fewer or add some",
                         gpt->top_k, gpt->experts);
    return true;
}

static bool sequence_fits(const Gpt *gpt, const Sequence *sequence, Error *error)
{
    const char *key = sequence->text ? "text" : "tokens";
    bool next = gpt->task == TASK_NEXT;
    if (sequence->count < (next ? 2 : 1))
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"%s\" has %d token; a training step needs two, one to read and one to predict", key,
                         sequence->count);
    if (sequence->count > gpt->context)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"%s\" has %d tokens, longer than \"context\" %d; shorten it%s", key,
                         sequence->count, gpt->context, sequence->text ? " or raise the context" : "");
    if (next && gpt->loss_from && sequence->mask)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"loss_from\" and a prompt or mask in the examples; one of the two says what counts");
    if (next && gpt->loss_from > sequence->count - 2)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"loss_from\" is %d, but a text has only %d targets, from 0; lower it",
                         gpt->loss_from, sequence->count - 1);
    return true;
}

static int longest(const Gpt *gpt)
{
    int most = 0;
    for (int i = 0; i < gpt->sequence_count; i++)
        most = gpt->sequences[i].count > most ? gpt->sequences[i].count : most;
    return most;
}

/* Windows are as long as the context unless somebody says otherwise. */
static bool find_length(const Model *model, Gpt *gpt, Error *error)
{
    const Training *training = &model->training;
    gpt->length = 0;
    if (training->loader == LOADER_ROWS)
        return true;
    gpt->length = training->length ? training->length : gpt->context;
    if (gpt->length == 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: windows need a \"length\" in \"training\", or the model a \"context\"");
    if (gpt->context && gpt->length > gpt->context)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"length\" in \"training\" is %d, longer than \"context\" %d; shorten it", gpt->length,
                         gpt->context);
    if (gpt->loss_from >= gpt->length)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"loss_from\" is %d, but a window has only %d targets, from 0; lower it",
                         gpt->loss_from, gpt->length);
    gpt->add_bos = gpt->add_eos = 0;
    return true;
}

/* What is asked of the model's own texts is their vocabulary: where that is known they are not looked at. */
/* Another text than that of the defaults goes before what is made. */
static void say_no_text(Model *model)
{
    if (gpt_of(model)->made.kind != MAKE_NOTHING && model->data.text == A_TEXT)
        model->data.text = NULL;
}

bool gpt_read_texts(Model *model, Error *error)
{
    const Gpt *gpt = gpt_of(model);
    say_no_text(model);
    bool known = gpt->bpe || gpt->vocabulary.count || gpt->vocabulary_size;
    return find_length(model, model->settings, error) && (known || tokenizer_prepare(model, error));
}

static bool sequences_fit(const Gpt *gpt, Error *error)
{
    for (int i = 0; i < gpt->sequence_count && !gpt->length; i++)
        if (!sequence_fits(gpt, &gpt->sequences[i], error))
            return false;
    return true;
}

bool gpt_finish(Model *model, Error *error)
{
    Gpt *gpt = model->settings;
    bool d_k_given = gpt->d_k > 0;
    say_no_text(model);
    if (!find_length(model, gpt, error) || !tokenizer_prepare(model, error))
        return false;
    if (gpt->context == 0)
        gpt->context = gpt->length ? gpt->length : longest(gpt);
    gpt->d_ff = gpt->d_ff ? gpt->d_ff : 4 * gpt->d_model;
    gpt->groups = gpt->n_kv_heads ? gpt->n_kv_heads : gpt->n_heads;
    gpt->head_width = gpt->d_k ? gpt->d_k : gpt->d_model / gpt->n_heads;
    gpt->dropout = gpt->inside ? 0 : gpt->dropout;
    return heads_work(gpt, d_k_given, error) && sizes_work(gpt, error) && experts_work(gpt, error) &&
           sequences_fit(gpt, error) && gpt_prepare_task(model, error) && gpt_list_examples(model, error);
}

int gpt_quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    const Gpt *gpt = gpt_of(model);
    Sequence first = gpt_example(gpt, false, 0);
    int tokens = sequence_reads(&first), count = 0;
    if (gpt->rank) {
        out[count++] = (Quantity){"r", "the rank", gpt->rank};
        out[count++] = (Quantity){"alpha", NULL, (int)gpt->alpha};
    }
    out[count++] = (Quantity){"d_model", NULL, gpt->d_model};
    out[count++] = (Quantity){"heads", NULL, gpt->n_heads};
    out[count++] = (Quantity){"d_k", NULL, gpt->head_width};
    out[count++] = (Quantity){"d_ff", NULL, gpt->d_ff};
    out[count++] = (Quantity){"vocabulary", NULL, gpt->vocabulary_count};
    out[count++] = (Quantity){"T", "the number of targets", tokens - 1 + first.cut};
    out[count++] = (Quantity){"T", "the number of tokens", tokens};
    return count;
}
