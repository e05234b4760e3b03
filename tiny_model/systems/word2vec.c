/* word2vec: a word is known by the company it keeps. Every word has two rows of numbers, one for when it stands in
 * the middle and one for when it stands around; words that stand together are pulled together. Mikolov et al. 2013.
 * Chapter 27.
 *
 *   skipgram   v = U[center],                 the word to be found is the context
 *   cbow       v = mean of U[context],        the word to be found is the center
 *   softmax              scores = v C^T over all words, loss = -log softmax(scores)[word]
 *   negative_sampling    scores = v C[word, n_1 ... n_K]^T, loss = -ln sigmoid(s_0) - sum of ln sigmoid(-s_k)
 *     U input_embedding, C output_embedding [V x d]; n_k are drawn, one that hits the word itself is dropped */
#include "word2vec.h"

#include "../record.h"
#include "../rules/rule.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_WINDOW = 100, MOST_NEGATIVES = 100, MOST_GEOMETRY = 512 };

static const char *const kinds[] = {"skipgram", "cbow", NULL};
static const char *const losses[] = {"softmax", "negative_sampling", NULL};
static const char *const subsamplings[] = {"paper", "word2vec", NULL};

#define OF(key_, type_) \
    .group = "model", .key = #key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Word2vec, key_)

static const ModelKey KEYS[] = {
    {.group = "data", .key = "text", .type = KEY_TEXT, .offset = offsetof(Model, data.text), .may_be_absent = true,
     .meaning = "what is learned from: a sentence a line; marks around words and the size of letters do not count"},
    {.group = "data", .key = "make", .type = KEY_TEXT, .place = KEY_OF_SYSTEM, .offset = offsetof(Word2vec, make),
     .may_be_absent = true, .meaning = "or what the program brings: people, 200 sentences of people and things"},
    {OF(kind, KEY_CHOICE), .choices = kinds,
     .meaning = "skipgram: the middle finds each of those around it; cbow: their mean finds the middle"},
    {OF(loss, KEY_CHOICE), .choices = losses, .meaning = "found among all words, or told from a few that are drawn"},
    {OF(d_model, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, .meaning = "numbers of a word"},
    {OF(window, KEY_INTEGER), .least = 1, .most = MOST_WINDOW, .meaning = "words to either side that stand around"},
    {OF(negatives, KEY_INTEGER), .least = 1, .most = MOST_NEGATIVES, .meaning = "words that are drawn for a pair"},
    {OF(min_count, KEY_INTEGER), .least = 1, .most = 1e9, .meaning = "rarer words are left out"},
    {OF(noise_power, KEY_NUMBER), .least = 0, .most = 10, .meaning = "words are drawn by their count to this power"},
    {OF(noise_seed, KEY_NUMBER), .least = 0, .most = 9007199254740992.0,
     .meaning = "negatives of pair k are splitmix uniforms k K, k K + 1 ... of it"},
    {OF(subsample, KEY_NUMBER), .least = 0, .most = 1,
     .meaning = "share of the text above which a word is frequent, and some of it left out; 0: nothing is"},
    {OF(subsampling, KEY_CHOICE), .choices = subsamplings,
     .meaning = "what of a frequent word is kept: sqrt(t/f) as in the paper, sqrt(t/f) + t/f as in word2vec.c"},
    {OF(subsample_seed, KEY_NUMBER), .least = 0, .most = 9007199254740992.0, .meaning = "of what is left out"},
    {OF(geometry, KEY_FLAG), .meaning = "record unit vectors and all cosines too, where there are at most 512 words"},
    {OF(analogy, KEY_TEXT), .may_be_absent = true,
     .meaning = "three words: with geometry, the first minus the second plus the third is recorded too"},
    {.key = NULL},
};

static const FieldKey FIELDS[] = {
    {"center", FIELD_TEXT, "the word in the middle"},
    {"context", FIELD_TEXT, "the word around it; with cbow several"},
    {"negatives", FIELD_TEXT, "the words that are drawn for this pair"},
    {NULL, FIELD_TEXT, NULL},
};

static const char A_TEXT[] =
    "the cat sees the dog\nthe dog sees the cat\nthe queen sees the king\nthe king sees the queen";

static void defaults(Model *model)
{
    model->data.text = A_TEXT;
    model->init.kind = INIT_SPLITMIX;
    model->optimizer = (Optimizer){.kind = OPTIMIZER_SGD, .lr = 0.05, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8,
                                   .clip_norm = INFINITY};
    *(Word2vec *)model->settings = (Word2vec){.kind = SKIPGRAM, .loss = NEGATIVES, .d_model = 16, .window = 4,
                                              .negatives = 5, .min_count = 1, .noise_power = 0.75, .noise_seed = 9,
                                              .subsample_seed = 11};
}

static int id_among(const Word2vec *words, const char *word)
{
    for (int id = 0; id < words->size; id++)
        if (strcmp(words->words[id], word) == 0)
            return id;
    return -1;
}

/* A text of somebody's own may lack the three words: then there is nothing to ask. */
static bool find_asked(Word2vec *words, Error *error)
{
    char word[64];
    int count = 0;
    for (const char *at = words->analogy; *(at += strspn(at, " ")); count++) {
        size_t length = strcspn(at, " ");
        snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word - 1), at);
        if (count < 3)
            words->asked[count] = id_among(words, word);
        at += length;
    }
    return count == 3 || error_set(error, EXIT_USED_WRONGLY,
                                   "model: \"analogy\" is \"%.60s\"; it takes three words", words->analogy);
}

static bool finish(Model *model, Error *error)
{
    Word2vec *words = model->settings;
    if (words->make && strcmp(words->make, "people") != 0)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"make\" in data is \"%.60s\"; it can be people",
                         words->make);
    const double seeds[] = {words->noise_seed, words->subsample_seed};
    for (int i = 0; i < 2; i++)
        if (seeds[i] != floor(seeds[i]))
            return error_set(error, EXIT_USED_WRONGLY, "model: \"%s\" is %g; use a whole number",
                             i ? "subsample_seed" : "noise_seed", seeds[i]);
    if (words->make && model->data.text == A_TEXT)
        model->data.text = NULL; /* another text than that of the defaults goes before what is made */
    if (!word2vec_read(model, error))
        return false;
    return !words->analogy || find_asked(words, error);
}

/* --- recording --- */

typedef struct {
    Scene *scene;
    const Word2vec *words;
    int input, output;      /* the two embeddings */
    short vocabulary, features;
} Recording;

static int ids_leaf(Tape *tape, const char *name, const int *ids, int count, short counts)
{
    double *numbers = tape_room(tape, 1, count);
    for (int i = 0; numbers && i < count; i++)
        numbers[i] = ids ? ids[i] : 0;
    return tape_leaf(tape, KIND_INPUT, name, (Shape){1, count, .counts = counts}, numbers);
}

/* The words that are drawn for pair j and are not the one to be found: their number, and the ids of the draws. */
static int kept_draws(const Recording *to, int j, int batch, int wanted, int kept[])
{
    int count = 0;
    for (int i = 0; i < to->words->negatives; i++) {
        double u = word2vec_uniform(to->words, to->scene->training_step, batch, j, i);
        if (word2vec_drawn(to->words, u) != wanted)
            kept[count++] = i;
    }
    return count;
}

/* Which words are drawn: each number between 0 and 1 hits one of the pieces that the shares make. -1: none is left. */
static int record_draws(const Recording *to, int j, int batch, int wanted)
{
    Tape *tape = to->scene->tape;
    const Word2vec *words = to->words;
    int kept[MOST_NEGATIVES], count = kept_draws(to, j, batch, wanted, kept);
    if (count == 0)
        return -1;
    tape_begin(tape, "draws", -1, NULL);
    double *shares = tape_room(tape, 1, words->size), *numbers = tape_room(tape, words->negatives, 1);
    if (shares)
        memcpy(shares, words->noise, (size_t)words->size * sizeof *shares);
    for (int i = 0; numbers && i < words->negatives; i++)
        numbers[i] = word2vec_uniform(words, to->scene->training_step, batch, j, i);
    int noise = tape_leaf(tape, KIND_INPUT, "noise", (Shape){1, words->size, .col_axis = to->vocabulary}, shares);
    int ends = running_sum(tape, HERE("ends"), noise);
    int spread = gather_rows(tape, HERE("spread"), ends, ids_leaf(tape, "every", NULL, words->negatives, AXIS_NONE));
    int numbers_leaf = tape_leaf(tape, KIND_INPUT, "numbers", (Shape){words->negatives, 1}, numbers);
    int drawn = first_above(tape, HERE("drawn"), spread, numbers_leaf);
    int others = gather_rows(tape, HERE("others"), drawn, ids_leaf(tape, "kept", kept, count, AXIS_NONE));
    int negatives = transpose(tape, RESULT("negatives"), others);
    tape_end(tape);
    return negatives;
}

/* The words whose rows of C are looked at: the one to be found, then those that are not. */
static int record_target_ids(const Recording *to, const Pair *pair, int j, int batch, int wanted_leaf, int wanted)
{
    Tape *tape = to->scene->tape;
    int negatives = pair->told < 0 ? record_draws(to, j, batch, wanted)
                    : pair->told_count ? ids_leaf(tape, "negatives", to->words->around + pair->told, pair->told_count,
                                                  to->vocabulary)
                                       : -1;
    if (negatives < 0)
        return wanted_leaf;
    return concat(tape, HERE("target_ids"), (int[]){wanted_leaf, negatives}, 2);
}

/* The words of target ids as labels: known before anything is recorded, since no weight has a say in them. */
static short target_axis(const Recording *to, const Pair *pair, int j, int batch, int wanted, int count)
{
    Tape *tape = to->scene->tape;
    const Word2vec *words = to->words;
    const char **labels = tape_labels(tape, count);
    int kept[MOST_NEGATIVES];
    if (pair->told < 0)
        kept_draws(to, j, batch, wanted, kept);
    labels[0] = words->words[wanted];
    for (int i = 1; i < count; i++) {
        int id = pair->told >= 0 ? words->around[pair->told + i - 1]
                                 : word2vec_drawn(words, word2vec_uniform(words, to->scene->training_step, batch, j,
                                                                          kept[i - 1]));
        labels[i] = words->words[id];
    }
    return tape_axis(tape, (Axis){"target", count, labels, false});
}

static int loss_of_negatives(const Recording *to, const Pair *pair, int j, int batch, int vector, int wanted_leaf,
                             int wanted)
{
    Tape *tape = to->scene->tape;
    int ids = record_target_ids(to, pair, j, batch, wanted_leaf, wanted), count = tape_value(tape, ids)->cols;
    tape->values[ids].col_axis = target_axis(to, pair, j, batch, wanted, count);
    double *labels = tape_room(tape, 1, count);
    for (int i = 0; labels && i < count; i++)
        labels[i] = i == 0;
    int targets = embedding(tape, "targets", to->output, ids, -1, -1);
    int found = scores(tape, "scores", vector, targets);
    int leaf = tape_leaf(tape, KIND_INPUT, "labels", (Shape){1, count, .col_axis = tape_value(tape, ids)->col_axis},
                         labels);
    return negative_sampling(tape, "negative_sampling", "loss", found, leaf);
}

static int loss_of_all(const Recording *to, int vector, int wanted)
{
    Tape *tape = to->scene->tape;
    int found = scores(tape, "scores", vector, to->output);
    return cross_entropy(tape, "cross_entropy", "loss", found, wanted, ids_leaf(tape, "row", NULL, 1, AXIS_NONE), true);
}

static int record_pair(const Recording *to, const Pair *pair, int j, int batch)
{
    Tape *tape = to->scene->tape;
    const Word2vec *words = to->words;
    tape_begin_instance(tape, "pair", j);
    int center = ids_leaf(tape, "center", &pair->center, 1, to->vocabulary);
    int context = ids_leaf(tape, "context", words->around + pair->first, pair->count, to->vocabulary);
    bool cbow = words->kind == CBOW;
    int vector = cbow ? mean_of_rows(tape, "vector", embedding(tape, "rows", to->input, context, -1, -1))
                      : embedding(tape, "vector", to->input, center, -1, -1);
    int wanted_leaf = cbow ? center : context, wanted = cbow ? pair->center : words->around[pair->first];
    int loss = words->loss == NEGATIVES ? loss_of_negatives(to, pair, j, batch, vector, wanted_leaf, wanted)
                                        : loss_of_all(to, vector, wanted_leaf);
    tape_end(tape);
    return loss;
}

/* What stands where: nothing is learned from it. */
static void record_geometry(const Recording *to)
{
    Tape *tape = to->scene->tape;
    const Word2vec *words = to->words;
    int unit = unit_rows(tape, "unit", to->input);
    scores(tape, "cosine", unit, unit);
    if (!words->analogy || words->asked[0] < 0 || words->asked[1] < 0 || words->asked[2] < 0)
        return;
    tape_begin(tape, "analogy", -1, NULL);
    int row[3];
    static const char *const names[] = {"plus", "minus", "and"};
    for (int i = 0; i < 3; i++)
        row[i] = gather_rows(tape, HERE(names[i]), unit,
                             ids_leaf(tape, (const char *[]){"first", "second", "third"}[i], &words->asked[i], 1,
                                      to->vocabulary));
    int difference = subtract(tape, HERE("difference"), row[0], row[1]);
    int query = add(tape, HERE("query"), difference, row[2]);
    scores(tape, "cosine", unit_rows(tape, "query_unit", query), unit);
    tape_end(tape);
}

static int forward(Scene *scene)
{
    Tape *tape = scene->tape;
    const Word2vec *words = scene->model->settings;
    Batch batch = scene_batch(scene, words->pair_count, 1);
    Recording to = {.scene = scene, .words = words,
                    .vocabulary = tape_axis(tape, (Axis){"vocabulary", words->size, words->words, false}),
                    .features = tape_axis(tape, (Axis){"feature", words->d_model, NULL, false})};
    Shape shape = {words->size, words->d_model, to.vocabulary, to.features};
    to.input = parameter(scene, "input_embedding", shape, PARAMETER_VECTORS);
    /* An init of decimals leaves nothing at 0, so that there is something to multiply on paper. */
    bool zeros = words->loss == NEGATIVES && scene->model->init.kind != INIT_DECIMAL;
    to.output = parameter(scene, "output_embedding", shape, zeros ? PARAMETER_ZEROS : PARAMETER_CONTEXTS);
    int *each = tape_ints(tape, batch.count, -1);
    for (int j = 0; j < batch.count; j++)
        each[j] = record_pair(&to, &words->pairs[batch_row(batch, j)], j, batch.count);
    int loss = mean(tape, "loss", each, batch.count);
    if (words->geometry && words->size <= MOST_GEOMETRY)
        record_geometry(&to);
    return loss;
}

static int quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    const Word2vec *words = model->settings;
    out[0] = (Quantity){"V", "the number of words", words->size};
    out[1] = (Quantity){"d", NULL, words->d_model};
    out[2] = (Quantity){"K", "the number of words drawn", words->negatives};
    return 3;
}

static const Mistake WORD2VEC_MISTAKES[] = {
    {"word2vec.sign_of_error",
     "the error is label - sigmoid(score): the true neighbour is pushed away, the drawn words are pulled near",
     1,
     {{EDIT_SWAP, PHASE_BACKWARD, &NEGATIVE_SAMPLING, .label = "error"}}},
    {"word2vec.no_label",
     "the label is not subtracted: the true neighbour is pushed away like the words that were drawn",
     1,
     {{EDIT_SKIP, PHASE_BACKWARD, &NEGATIVE_SAMPLING, .label = "error"}}},
    {"word2vec.sum_for_mean",
     "the rows of the context are added up, not averaged",
     1,
     {{EDIT_SKIP, PHASE_FORWARD, &MEAN_OF_ROWS, .on = &DIVIDE_BY}}},
    {"word2vec.whole_gradient",
     "every word of the context gets the whole gradient of their mean instead of its share, as in word2vec.c",
     1,
     {{EDIT_SKIP, PHASE_BACKWARD, &MEAN_OF_ROWS, .label = "share"}}},
};

const System WORD2VEC = {
    .name = "word2vec",
    .good_for = "word vectors from who stands beside whom",
    .size = sizeof(Word2vec),
    .keys = KEYS,
    .fields = FIELDS,
    .defaults = defaults,
    .finish = finish,
    .forward = forward,
    .update = word2vec_update,
    .quantities = quantities,
    .mistakes = WORD2VEC_MISTAKES,
    .mistake_count = sizeof WORD2VEC_MISTAKES / sizeof *WORD2VEC_MISTAKES,
};

/* The run of chapter 27: 72 of 72 analogies. */
void word2vec_preset_people(Model *model)
{
    Word2vec *words = model->settings;
    model->name = "people";
    model->data.text = NULL;
    words->make = "people";
    words->geometry = 1;
    words->analogy = "king man woman";
    model->init.seed = 7;
    model->training.steps = 276480;
    model->training.schedule = SCHEDULE_WORD2VEC;
}

/* Small enough to be read: one pair a step, three words drawn, vectors of three numbers with one decimal. */
void word2vec_preset_pairs(Model *model)
{
    Word2vec *words = model->settings;
    model->name = "pairs";
    words->d_model = 3;
    words->window = 2;
    words->negatives = 3;
    words->geometry = 1;
    model->init = (Init){.kind = INIT_DECIMAL, .seed = 12, .std = 0.8, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer.lr = 0.5;
    model->training.steps = 120;
    model->training.schedule = SCHEDULE_WORD2VEC;
}
