/* From a text to pairs of words: the vocabulary, who stands around whom, and how often a word is drawn as noise.
 * Mikolov et al. 2013; the order of everything is that of a text read from its beginning. */
#include "word2vec.h"

#include "../data/texts.h"
#include "../elementary/elementary.h"
#include "../random.h"
#include "../tokenizer/plain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PAIRS = 1 << 24 };

/* Words by their text: open addressing. */
typedef struct {
    int *slots;      /* [room] ids + 1; 0: free */
    size_t room;
} Table;

static int *slot_of(const Table *table, char *const *words, const char *word)
{
    size_t hash = 14695981039346656037u;
    for (const char *c = word; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    size_t at = hash & (table->room - 1);
    while (table->slots[at] && strcmp(words[table->slots[at] - 1], word) != 0)
        at = (at + 1) & (table->room - 1);
    return &table->slots[at];
}

/* A text being cut. `room` words fit. */
typedef struct {
    Model *model;
    Word2vec *words;
    Table table;
    int read;        /* words of the text so far */
} Cutting;

static bool begin(Cutting *cutting, Model *model, size_t most_words, Error *error)
{
    Word2vec *words = model->settings;
    *cutting = (Cutting){.model = model, .words = words, .table.room = 64};
    while (cutting->table.room < 2 * most_words)
        cutting->table.room *= 2;
    cutting->table.slots = calloc(cutting->table.room, sizeof *cutting->table.slots);
    words->words = arena_alloc(&model->arena, (most_words + 1) * sizeof *words->words);
    words->counts = arena_alloc(&model->arena, (most_words + 1) * sizeof *words->counts);
    words->size = 0;
    return (cutting->table.slots && words->words && words->counts) || error_memory(error);
}

/* The id of a word, a new one where it was not there; -1 without memory. */
static int id_of(Cutting *cutting, const char *word)
{
    Word2vec *words = cutting->words;
    int *slot = slot_of(&cutting->table, (char *const *)words->words, word);
    if (*slot)
        return *slot - 1;
    if (!(words->words[words->size] = model_text(cutting->model, word)))
        return -1;
    words->counts[words->size] = 0;
    *slot = ++words->size;
    return words->size - 1;
}

static bool cut_text(Cutting *cutting, const char *text, Error *error)
{
    Word2vec *words = cutting->words;
    Arena *arena = &cutting->model->arena;
    size_t most = plain_most(text);
    char word[PLAIN_WORD + 1];
    bool line;
    words->ids = arena_alloc(arena, most * sizeof *words->ids);
    words->sentences = arena_alloc(arena, (most + 1) * sizeof *words->sentences);
    if (!words->ids || !words->sentences)
        return error_memory(error);
    words->sentence_count = 0;
    for (const char *at = text; (at = plain_word(at, word, &line));) {
        int id = id_of(cutting, word);
        if (id < 0)
            return error_memory(error);
        if (line || cutting->read == 0)
            words->sentences[words->sentence_count++] = cutting->read;
        words->ids[cutting->read++] = id;
        words->counts[id]++;
    }
    words->sentences[words->sentence_count] = cutting->read;
    return true;
}

/* Leaves out words that are too rare: the others move up. */
static void leave_out_rare(Cutting *cutting)
{
    Word2vec *words = cutting->words;
    int kept = 0, size = words->size, out = 0;
    if (words->min_count <= 1)
        return;
    int *new_id = cutting->table.slots; /* needed no more; as long as there are words */
    for (int id = 0; id < size; id++) {
        new_id[id] = words->counts[id] >= words->min_count ? kept : -1;
        if (new_id[id] >= 0) {
            words->words[kept] = words->words[id];
            words->counts[kept++] = words->counts[id];
        }
    }
    words->size = kept;
    for (int s = 0, at = 0; s < words->sentence_count; s++) {
        int end = words->sentences[s + 1];
        words->sentences[s] = out;
        for (; at < end; at++)
            if (new_id[words->ids[at]] >= 0)
                words->ids[out++] = new_id[words->ids[at]];
    }
    words->sentences[words->sentence_count] = out;
    cutting->read = out;
}

double word2vec_kept(Subsampling how, double threshold, double f)
{
    double ratio = threshold / f;
    double kept = how == SUBSAMPLING_PAPER ? sqrt(ratio) : sqrt(ratio) + ratio;
    return kept < 1 ? kept : 1;
}

/* Leaves out occurrences of frequent words, once, before anybody looks around. */
static void subsample(Cutting *cutting)
{
    Word2vec *words = cutting->words;
    double all = cutting->read;
    int out = 0;
    if (words->subsample == 0)
        return;
    for (int s = 0, at = 0; s < words->sentence_count; s++) {
        int end = words->sentences[s + 1];
        words->sentences[s] = out;
        for (; at < end; at++) {
            double kept = word2vec_kept((Subsampling)words->subsampling, words->subsample,
                                        words->counts[words->ids[at]] / all);
            if (splitmix_uniform((uint64_t)words->subsample_seed, (uint64_t)at) < kept)
                words->ids[out++] = words->ids[at];
        }
    }
    words->sentences[words->sentence_count] = cutting->read = out;
}

/* Everybody within the window of a place, in the order of the text; returns how many. */
static int look_around(const Word2vec *words, int from, int to, int place, int *out)
{
    int count = 0;
    int first = place - words->window > from ? place - words->window : from;
    int last = place + words->window < to - 1 ? place + words->window : to - 1;
    for (int other = first; other <= last; other++)
        if (other != place)
            out[count++] = words->ids[other];
    return count;
}

static long long neighbours(const Word2vec *words)
{
    long long count = 0;
    for (int s = 0; s < words->sentence_count; s++) {
        int from = words->sentences[s], to = words->sentences[s + 1];
        for (int place = from; place < to; place++) {
            int before = place - from, behind = to - 1 - place;
            count += (before < words->window ? before : words->window) +
                     (behind < words->window ? behind : words->window);
        }
    }
    return count;
}

static bool make_pairs(Cutting *cutting, Error *error)
{
    Word2vec *words = cutting->words;
    long long count = neighbours(words);
    if (count == 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: no word of the text has a neighbour; a pair takes a sentence of two words");
    if (count > MOST_PAIRS)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: the text makes %lld pairs, more than %d; take less of it, or a smaller \"window\"",
                         count, MOST_PAIRS);
    words->around = arena_alloc(&cutting->model->arena, (size_t)count * sizeof *words->around);
    words->pairs = arena_alloc(&cutting->model->arena, (size_t)count * sizeof *words->pairs);
    if (!words->around || !words->pairs)
        return error_memory(error);
    int used = 0;
    words->pair_count = 0;
    for (int s = 0; s < words->sentence_count; s++)
        for (int place = words->sentences[s]; place < words->sentences[s + 1]; place++) {
            int found = look_around(words, words->sentences[s], words->sentences[s + 1], place, words->around + used);
            int at_once = words->kind == CBOW ? found : 1;
            for (int i = 0; i < found; i += at_once)
                words->pairs[words->pair_count++] = (Pair){words->ids[place], used + i, at_once, -1, 0};
            used += found;
        }
    return true;
}

/* How often each word is drawn: its count to a power, so that rare words come a little more often. */
static bool make_noise(Model *model, Error *error)
{
    Word2vec *words = model->settings;
    words->noise = arena_alloc(&model->arena, (size_t)words->size * sizeof *words->noise);
    words->ends = arena_alloc(&model->arena, (size_t)words->size * sizeof *words->ends);
    if (!words->noise || !words->ends)
        return error_memory(error);
    double sum = 0, end = 0;
    for (int id = 0; id < words->size; id++)
        sum += words->noise[id] = pow_of(words->counts[id], words->noise_power);
    for (int id = 0; id < words->size; id++) {
        words->noise[id] /= sum;
        words->ends[id] = end += words->noise[id];
    }
    return true;
}

double word2vec_uniform(const Word2vec *words, int training_step, int batch, int j, int i)
{
    uint64_t pair = (uint64_t)training_step * (uint64_t)batch + (uint64_t)j;
    double u = splitmix_uniform((uint64_t)words->noise_seed, pair * (uint64_t)words->negatives + (uint64_t)i);
    double end = words->ends[words->size - 1];
    return u < end ? u : nextafter(end, 0); /* the shares may add up to a little less than 1 */
}

int word2vec_drawn(const Word2vec *words, double u)
{
    int low = 0, high = words->size - 1;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (words->ends[middle] > u)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* --- pairs that somebody wrote down --- */

/* The words of one field, behind those that are there. */
static bool take_words(Cutting *cutting, const char *text, int *used, Error *error)
{
    Word2vec *words = cutting->words;
    char word[PLAIN_WORD + 1];
    bool line;
    for (const char *at = text; at && (at = plain_word(at, word, &line));) {
        int id = id_of(cutting, word);
        if (id < 0)
            return error_memory(error);
        words->counts[id]++;
        words->around[(*used)++] = id;
    }
    return true;
}

static bool take_example(Cutting *cutting, int row, int *used, Error *error)
{
    Word2vec *words = cutting->words;
    const Example *example = &cutting->model->data.examples[row];
    const Field *center = example_field(example, "center"), *context = example_field(example, "context");
    const Field *negatives = example_field(example, "negatives");
    int at = *used;
    if (!center || !context)
        return error_set(error, EXIT_USED_WRONGLY, "model: example %d needs a \"center\" and a \"context\"", row);
    if (!take_words(cutting, center->text, used, error))
        return false;
    if (*used != at + 1)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"center\" of example %d must be one word", row);
    Pair *pair = &words->pairs[row];
    *pair = (Pair){.center = words->around[at], .first = *used, .told = -1};
    if (!take_words(cutting, context->text, used, error))
        return false;
    pair->count = *used - pair->first;
    if (pair->count == 0 || (pair->count > 1 && words->kind == SKIPGRAM))
        return error_set(error, EXIT_USED_WRONGLY, "model: \"context\" of example %d must be %s", row,
                         pair->count ? "one word, unless \"kind\" is cbow" : "a word");
    if (negatives) {
        pair->told = *used;
        if (!take_words(cutting, negatives->text, used, error))
            return false;
        pair->told_count = *used - pair->told;
    }
    return true;
}

static bool take_examples(Cutting *cutting, Error *error)
{
    Word2vec *words = cutting->words;
    const Data *data = &cutting->model->data;
    size_t most = 0;
    for (int i = 0; i < data->example_count; i++)
        for (int f = 0; f < data->examples[i].count; f++)
            most += plain_most(data->examples[i].fields[f].text);
    words->around = arena_alloc(&cutting->model->arena, most * sizeof *words->around);
    words->pairs = arena_alloc(&cutting->model->arena, (size_t)data->example_count * sizeof *words->pairs);
    if (!words->around || !words->pairs)
        return error_memory(error);
    words->pair_count = data->example_count;
    for (int i = 0, used = 0; i < data->example_count; i++)
        if (!take_example(cutting, i, &used, error))
            return false;
    return true;
}

static size_t most_words(const Model *model, const char *text)
{
    size_t most = text ? plain_most(text) : 0;
    for (int i = 0; !text && i < model->data.example_count; i++)
        for (int f = 0; f < model->data.examples[i].count; f++)
            most += plain_most(model->data.examples[i].fields[f].text);
    return most;
}

static bool read_all(Cutting *cutting, const char *text, Error *error)
{
    Model *model = cutting->model;
    if (!text)
        return take_examples(cutting, error) && make_noise(model, error);
    if (!cut_text(cutting, text, error))
        return false;
    leave_out_rare(cutting);
    if (cutting->words->size == 0)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"text\" has no word that stands there %d times",
                         cutting->words->min_count);
    if (!make_noise(model, error))
        return false;
    subsample(cutting);
    return make_pairs(cutting, error);
}

bool word2vec_read(Model *model, Error *error)
{
    Word2vec *words = model->settings;
    Cutting cutting;
    const char *text = model->data.text ? model->data.text : words->make ? PEOPLE : NULL;
    if (!text && !model->data.examples)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"data\" has no \"text\", no \"make\" and no \"examples\"");
    if (model->data.examples)
        text = NULL;
    bool whole = begin(&cutting, model, most_words(model, text), error) && read_all(&cutting, text, error);
    free(cutting.table.slots);
    return whole;
}
