/* The keys and the data of nufo: customers' histories as tokens beside a table, and what cannot work. What it records:
 * nufo.c. */
#include "nufo.h"

#include "../data/transactions.h"

#include <math.h>
#include <string.h>

static const char *const makes[] = {"none", "transactions", NULL};
static const char *const fusions[] = {"joint", "late", NULL};
static const char *const objectives[] = {"class", "next", NULL};
static const char *const positions[] = {"learned", "sinusoidal", "rope", "alibi", "none", NULL};
static const char *const norms[] = {"layernorm", "rmsnorm", NULL};
static const char *const places[] = {"none", "pre", "post", NULL};
static const char *const activations[] = {"relu", "gelu_tanh", "gelu_erf", "silu", "swiglu", NULL};

#define AT(group_, key_, member_, type_) \
    .group = group_, .key = key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Nufo, member_)
#define DATA(key_, type_) AT("data", #key_, key_, type_)
#define OWN(key_, type_) AT("model", #key_, key_, type_)
#define OF(key_, type_) AT("model", #key_, gpt.key_, type_)
#define SIZE(key_, most_, says) {OF(key_, KEY_INTEGER), .least = 1, .most = most_, .meaning = says}
#define ABSENT_SIZE(key_, most_, says) \
    {OF(key_, KEY_INTEGER), .least = 1, .most = most_, .may_be_absent = true, .meaning = says}
#define CHOICE(key_, of, says) {OF(key_, KEY_CHOICE), .choices = of, .meaning = says}
#define FLAG(key_, says) {OF(key_, KEY_FLAG), .meaning = says}

const ModelKey NUFO_KEYS[] = {
    {DATA(make, KEY_CHOICE), .choices = makes,
     .meaning = "customers that are made, where no examples are given: transactions, features and a class by formula"},
    {DATA(seed, KEY_NUMBER), .least = 0, .most = 4294967295.0, .meaning = "of the uniform numbers that make them"},
    {DATA(count, KEY_INTEGER), .least = 1, .most = 100000, .meaning = "how many customers are made"},
    {DATA(first, KEY_INTEGER), .least = 0, .most = 1e8, .meaning = "the first of them; others have other numbers"},
    {DATA(merges, KEY_INTEGER), .least = 0, .most = MOST_PIECE_MERGES, .younger = true,
     .meaning = "byte pairs that are learned from the descriptions of a csv at most; none that occurs only once"},
    {OWN(fusion, KEY_CHOICE), .choices = fusions,
     .meaning = "joint: the transformer learns from the class too; late: it is frozen, its gradient not computed"},
    {OWN(objective, KEY_CHOICE), .choices = objectives,
     .meaning = "what is learned: the class, or the next token of the histories (then there is no table)"},
    {AT("model", "vocabulary", gpt.vocabulary, KEY_TEXTS), .least = 1, .most = MOST_VOCABULARY, .may_be_absent = true,
     .meaning = "the tokens by id; absent: those of made transactions"},
    ABSENT_SIZE(vocabulary_size, MOST_VOCABULARY, "how many ids there are, where they have no texts"),
    ABSENT_SIZE(context, MOST_TOKENS, "most tokens of a history, the oldest go; absent: as many as the longest has"),
    SIZE(d_model, MOST_WIDTH, "width of the transformer's stream"),
    SIZE(n_heads, MOST_WIDTH, "attention heads"),
    ABSENT_SIZE(d_k, MOST_WIDTH, "width of a head; absent: d_model / n_heads"),
    ABSENT_SIZE(d_ff, MOST_WIDTH, "width inside the MLPs; absent: 4 times d_model"),
    SIZE(n_layers, MOST_LAYERS, "blocks"),
    CHOICE(position, positions, "how a token knows its place; none: by what it can look at"),
    CHOICE(norm, norms, "the kind of all norms"),
    {OF(norm_eps, KEY_NUMBER), .least = 0, .most = 1e300, .above_least = true,
     .meaning = "added to the variance, inside the root"},
    CHOICE(norm_attention, places, "a norm before attention, after its residual, or none"),
    CHOICE(norm_mlp, places, "the same for the MLP"),
    FLAG(final_norm, "a norm behind the blocks"),
    FLAG(residual_attention, "attention adds to its stream"),
    FLAG(residual_mlp, "the MLP adds to its stream"),
    CHOICE(activation, activations, "between the two matrices of the MLP"),
    FLAG(attention_bias, "b_Q, b_K, b_V"),
    FLAG(output_bias, "b_O"),
    FLAG(mlp_bias, "b_1, b_2 and with swiglu b_gate"),
    FLAG(head_bias, "head.b, of the next token"),
    {OF(dropout, KEY_NUMBER), .least = 0, .most = 0.999, .meaning = "share of numbers dropped while learning"},
    TABULAR_KEYS(Nufo, tabular),
    {AT("lora", "rank", gpt.rank, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, .may_be_absent = true,
     .meaning = "columns of A and rows of B beside each target; the rest of the transformer is frozen"},
    {AT("lora", "alpha", gpt.alpha, KEY_NUMBER), .least = 0, .most = 1e300,
     .meaning = "their product counts alpha / rank times; 0: once"},
    {AT("lora", "targets", gpt.targets, KEY_TEXTS), .least = 1, .most = 64, .may_be_absent = true,
     .meaning = "which matrices, by the end of their names; absent: W_Q, W_K, W_V and W_O"},
    {.key = NULL},
};

const FieldKey NUFO_FIELDS[] = {
    {"x", FIELD_NUMBERS, "the numbers of the table"},
    {"category", FIELD_NUMBERS, "its categories, from 0"},
    {"tokens", FIELD_NUMBERS, "the history as ids, the oldest first; or a csv of payments with the columns date, "
                              "amount, description and user"},
    {"class", FIELD_INTEGER, "the class, 0 or 1"},
    {"label", FIELD_TEXT, "or the class by its name; the second that appears is 1"},
    {NULL, FIELD_TEXT, NULL},
};

void nufo_defaults(Model *model)
{
    *(Nufo *)model->settings = (Nufo){
        .make = CUSTOMERS_MADE, .seed = 101, .count = 8, .merges = 200, .tabular = TABULAR_DEFAULTS,
        .gpt = {.d_model = 8, .n_heads = 2, .n_layers = 1, .position = POSITION_NONE, .rope_theta = 10000,
                .norm_eps = 1e-5, .norm_gain = 1, .norm_attention = NORM_PRE, .norm_mlp = NORM_PRE, .final_norm = 1,
                .embedding_scale = 1, .residual_attention = 1, .residual_mlp = 1, .activation = ACTIVATION_GELU_TANH,
                .mlp_bias = 1},
    };
}

static bool widths_work(Gpt *gpt, Error *error)
{
    if (!gpt->d_k && gpt->d_model % gpt->n_heads != 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"d_model\" is %d, which is not a multiple of \"n_heads\" %d; choose one that is, or "
                         "give \"d_k\"",
                         gpt->d_model, gpt->n_heads);
    gpt->head_width = gpt->d_k ? gpt->d_k : gpt->d_model / gpt->n_heads;
    gpt->groups = gpt->n_heads;
    gpt->d_ff = gpt->d_ff ? gpt->d_ff : 4 * gpt->d_model;
    if (gpt->position == POSITION_ROPE && gpt->head_width % 2 != 0)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"position\" rope turns pairs of columns, but a head has %d",
                         gpt->head_width);
    return gpt->d_ff <= MOST_WIDTH && gpt->head_width * gpt->n_heads <= MOST_WIDTH
               ? true
               : error_set(error, EXIT_USED_WRONGLY, "model: the transformer is wider than %d", MOST_WIDTH);
}

static bool find_vocabulary(Nufo *nufo, Error *error)
{
    Gpt *gpt = &nufo->gpt;
    bool listed = gpt->vocabulary.count && gpt->vocabulary.list != nufo->pieces.list;
    if (nufo->pieces.count && (gpt->vocabulary_size || listed))
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: the tokens of a csv of payments are learned from its descriptions; leave \"%s\" out",
                         listed ? "vocabulary" : "vocabulary_size");
    if (nufo->pieces.count)
        gpt->vocabulary = nufo->pieces;
    if (!gpt->vocabulary.count && !gpt->vocabulary_size)
        gpt->vocabulary = (Texts){TRANSACTION_VOCABULARY, TRANSACTION_TOKENS};
    gpt->labels = gpt->vocabulary;
    gpt->vocabulary_count = gpt->vocabulary_size ? gpt->vocabulary_size : gpt->vocabulary.count;
    gpt->pad_id = -1;
    gpt->each = 1;
    return true;
}

/* <PAD> behind a history is none of it: nothing is read there, and nothing of it is said. */
static bool find_padding(const Nufo *nufo, Sequence *history, int row, Error *error)
{
    const Texts *labels = &nufo->gpt.labels;
    while (history->real > 0 && labels->count && strcmp(labels->list[history->tokens[history->real - 1]], "<PAD>") == 0)
        history->real--;
    bool next = nufo->objective == OBJECTIVE_NEXT;
    history->count = next ? history->real : history->count;
    return history->real > next ||
           error_set(error, EXIT_USED_WRONGLY, "model: \"tokens\" of example %d has %s but padding", row,
                     history->real ? "one token" : "nothing");
}

/* The tokens of one history; of one that is longer than the context the oldest are left out, but not what it begins
 * with. */
static bool take_history(Nufo *nufo, Model *model, int row, Error *error)
{
    const Field *field = example_field(&model->data.examples[row], "tokens");
    Sequence *out = &nufo->sequences[row];
    int count = field ? field->count : 0, context = nufo->gpt.context;
    int cut = context && count > context ? count - context : 0;
    if (count == 0 || (nufo->objective == OBJECTIVE_NEXT && count < 2))
        return error_set(error, EXIT_USED_WRONGLY, "model: example %d has %s", row,
                         field ? "one token; the next of it needs two" : "no \"tokens\"");
    if (!(out->tokens = arena_alloc(&model->arena, (size_t)count * sizeof *out->tokens)))
        return error_memory(error);
    for (int t = 0; t < count; t++) {
        double id = field->numbers[t];
        if (!(id >= 0 && id < nufo->gpt.vocabulary_count && id == (int)id))
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: \"tokens\" of example %d has %g; the ids go from 0 to %d", row, id,
                             nufo->gpt.vocabulary_count - 1);
        out->tokens[t] = (int)id;
    }
    out->tokens[cut] = out->tokens[0];
    out->tokens += cut;
    out->count = out->pieces = out->real = count - cut;
    nufo->cut += cut > 0;
    return find_padding(nufo, out, row, error);
}

/* How long a history may be is told by those that are learned from. */
static bool take_histories(Model *model, Error *error)
{
    Nufo *nufo = model->settings;
    int longest = 0, count = model->data.example_count, all = count + model->data.unseen_count;
    nufo->cut = 0;
    nufo->sequences = arena_alloc(&model->arena, (size_t)all * sizeof *nufo->sequences);
    if (!nufo->sequences)
        return error_memory(error);
    memset(nufo->sequences, 0, (size_t)all * sizeof *nufo->sequences);
    for (int i = 0; i < count; i++) {
        if (!take_history(nufo, model, i, error))
            return false;
        longest = nufo->sequences[i].count > longest ? nufo->sequences[i].count : longest;
    }
    nufo->gpt.context = nufo->gpt.context ? nufo->gpt.context : longest;
    for (int i = count; i < all; i++)
        if (!take_history(nufo, model, i, error))
            return false;
    return longest <= MOST_TOKENS ||
           error_set(error, EXIT_USED_WRONGLY,
                     "model: a history has %d tokens, and at most %d are read; say a \"context\"", longest,
                     MOST_TOKENS);
}

/* What is trained: with lora the adapters and the table. */
static bool lora_works(Model *model, Error *error)
{
    static const char *const usual[] = {"W_Q", "W_K", "W_V", "W_O"}, *const table[] = {"tabular"};
    Nufo *nufo = model->settings;
    Gpt *gpt = &nufo->gpt;
    if (!gpt->rank)
        return !gpt->targets.count || error_set(error, EXIT_USED_WRONGLY, "model: \"lora\" needs a \"rank\"");
    if (nufo->fusion == FUSION_LATE)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"fusion\" late trains nothing in the transformer, \"lora\" does; one of the two");
    if (nufo->objective == OBJECTIVE_NEXT)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"lora\" is for fine-tuning; \"objective\" next trains the whole transformer");
    gpt->targets = gpt->targets.count ? gpt->targets : (Texts){usual, 4};
    gpt->alpha = gpt->alpha > 0 ? gpt->alpha : gpt->rank;
    model->selective = true;
    model->trained = (Texts){table, 1};
    return true;
}

/* A csv may have none, for pretraining. */
static bool has_target(const Nufo *nufo, const Model *model, Error *error)
{
    bool csv = nufo->pieces.count > 0, class = nufo->objective == OBJECTIVE_CLASS;
    return !csv || !class || example_field(&model->data.examples[0], "label") ||
           error_set(error, EXIT_USED_WRONGLY,
                     "model: the csv has no column of the target; \"label\" in data names it, and \"objective\" next "
                     "needs none");
}

bool nufo_finish(Model *model, Error *error)
{
    Nufo *nufo = model->settings;
    if (!model->data.examples && nufo->make == CUSTOMERS_GIVEN)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"data\" has no \"examples\", and \"make\" is none");
    if ((!model->data.examples || model->data.made) &&
        !customers_make(model, (uint64_t)nufo->seed, nufo->first, nufo->count, error))
        return false;
    nufo->table = (ExampleTable){0};
    return find_vocabulary(nufo, error) && has_target(nufo, model, error) && widths_work(&nufo->gpt, error) &&
           tabular_works(&nufo->tabular, error) &&
           (nufo->objective == OBJECTIVE_NEXT
                ? table_parts(&nufo->table, model, error)
                : table_read(&nufo->table, model, nufo->tabular.categories, nufo->tabular.standardise, error) &&
                      tabular_judges(&nufo->tabular, model, error)) &&
           take_histories(model, error) && lora_works(model, error);
}
