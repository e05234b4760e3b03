/* What a contrastive model learns from, side by side: numbers, shares of words, captions for a transformer. */
#include "contrastive.h"

#include "../tokenizer/plain.h"

#include <math.h>
#include <string.h>

enum { MOST_SIDE_WORDS = 4096 };

static int find_word(const PairSide *side, const char *word)
{
    int id = 0;
    while (id < side->size && strcmp(side->words[id], word) != 0)
        id++;
    return id;
}

/* All words of one side, in the order of first appearance. */
static bool take_words(Model *model, PairSide *side, const char *text, Error *error)
{
    char word[PLAIN_WORD + 1];
    bool line;
    for (const char *at = text; (at = plain_word(at, word, &line));) {
        if (find_word(side, word) < side->size)
            continue;
        if (side->size == MOST_SIDE_WORDS)
            return error_set(error, EXIT_USED_WRONGLY, "model: there are more than %d words", MOST_SIDE_WORDS);
        if (!(side->words[side->size++] = model_text(model, word)))
            return error_memory(error);
    }
    return true;
}

/* Shares of the words of one sentence. */
static bool share_words(const PairSide *side, int row, const char *text, Error *error)
{
    char word[PLAIN_WORD + 1];
    bool line;
    double *shares = side->rows + (size_t)row * (size_t)side->size, count = 0;
    for (const char *at = text; (at = plain_word(at, word, &line)); count++)
        shares[find_word(side, word)]++;
    for (int c = 0; c < side->size && count > 0; c++)
        shares[c] /= count;
    return count > 0 || error_set(error, EXIT_USED_WRONGLY, "model: a side of example %d has no words", row);
}

static bool take_numbers(PairSide *side, int row, const Field *field, Error *error)
{
    double largest = 0;
    if (field->count != side->size)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"%s\" of example %d has %d numbers, that of example 0 has %d",
                         field->key, row, field->count, side->size);
    for (int c = 0; c < side->size; c++)
        largest = fmax(largest, fabs(field->numbers[c]));
    if (!(largest > 0 && largest <= 1e100))
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"%s\" of example %d is zero or no number; it has no direction", field->key, row);
    memcpy(side->rows + (size_t)row * (size_t)side->size, field->numbers, (size_t)side->size * sizeof(double));
    return true;
}

/* The field of one side of an example. *error where there is none, or two. */
static const Field *side_of(const Model *model, int row, int which, Error *error)
{
    static const char *const texts[] = {"left", "right"}, *const numbers[] = {"x", "y"};
    const Example *example = &model->data.examples[row];
    const Field *text = example_field(example, texts[which]), *number = example_field(example, numbers[which]);
    const Field *first = row ? side_of(model, 0, which, error) : NULL;
    if (!text != !number && (!first || !first->text == !(text ? text : number)->text))
        return text ? text : number;
    error_set(error, EXIT_USED_WRONGLY,
              "model: example %d needs \"%s\" or \"%s\", one of the two, as example 0 has", row,
              texts[which], numbers[which]);
    return NULL;
}

static bool read_words(Model *model, int which, PairSide *side, Error *error)
{
    for (int i = 0; i < model->data.example_count; i++) {
        const Field *field = side_of(model, i, which, error);
        if (!field || !take_words(model, side, field->text, error))
            return false;
    }
    return true;
}

static bool side_room(Model *model, PairSide *side, int count, Error *error)
{
    size_t cells = (size_t)count * (size_t)side->size;
    if (cells > MOST_TEXT || !(side->rows = arena_alloc(&model->arena, cells * sizeof *side->rows + 1)))
        return error_memory(error);
    memset(side->rows, 0, cells * sizeof *side->rows);
    return true;
}

/* A side of the examples. */
static bool read_side(Model *model, int which, Error *error)
{
    Contrastive *of = model->settings;
    PairSide *side = &of->sides[which];
    int count = model->data.example_count;
    const Field *first = side_of(model, 0, which, error);
    if (!first)
        return false;
    *side = (PairSide){.size = first->text ? 0 : first->count};
    if (first->text && !(side->words = arena_alloc(&model->arena, MOST_SIDE_WORDS * sizeof *side->words)))
        return error_memory(error);
    if (first->text && !(of->shared ? read_words(model, LEFT, side, error) && read_words(model, RIGHT, side, error)
                                    : read_words(model, which, side, error)))
        return false;
    if (!side_room(model, side, count, error))
        return false;
    for (int i = 0; i < count; i++) {
        const Field *field = side_of(model, i, which, error);
        if (!field || !(field->text ? share_words(side, i, field->text, error) : take_numbers(side, i, field, error)))
            return false;
    }
    return true;
}

/* The ids of captions are the rows of a side that a transformer reads. */
static bool read_captions(Model *model, PairSide *side, const char *const *texts, int count, Error *error)
{
    Captions *captions = &((Contrastive *)model->settings)->captions;
    if (!captions_take(model, captions, texts, count, NORM_EPS, error))
        return false;
    *side = (PairSide){.size = captions->length, .read = true};
    if (!side_room(model, side, count, error))
        return false;
    for (int i = 0; i < count; i++)
        for (int t = 0; t < side->size; t++)
            side->rows[i * side->size + t] = captions->of[i].ids[t];
    return true;
}

/* Digits that are made, and what is said of them. */
static bool make_sides(Model *model, Error *error)
{
    Contrastive *of = model->settings;
    Pictures *pictures = &of->pictures;
    PairSide *right = &of->sides[RIGHT];
    if (!of->captions.width || of->shared)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: captions of pictures are read by a transformer, which is not that of the pictures: "
                         "\"text_width\" says how wide it is, \"shared\" must be false");
    if (!pictures_take(model, pictures, "y", error) ||
        !read_captions(model, &of->sides[LEFT], pictures->captions, pictures->count, error))
        return false;
    *right = (PairSide){.size = pictures->numbers};
    if (!side_room(model, right, pictures->count, error))
        return false;
    for (int i = 0; i < pictures->count; i++)
        memcpy(right->rows + (size_t)i * (size_t)right->size, pictures->of[i], (size_t)right->size * sizeof(double));
    of->count = pictures->count;
    return true;
}

/* Sentences on the left that a transformer reads, numbers on the right. */
static bool read_sentences(Model *model, Error *error)
{
    Contrastive *of = model->settings;
    int count = model->data.example_count;
    const char **texts = arena_alloc(&model->arena, (size_t)count * sizeof *texts);
    if (!texts)
        return error_memory(error);
    for (int i = 0; i < count; i++) {
        const Field *left = side_of(model, i, LEFT, error), *right = left ? side_of(model, i, RIGHT, error) : NULL;
        if (!right)
            return false;
        if (!left->text || right->text)
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: \"text_width\" reads sentences on the left and takes numbers on the right; "
                             "example %d has no such pair", i);
        texts[i] = left->text;
    }
    return read_captions(model, &of->sides[LEFT], texts, count, error) && read_side(model, RIGHT, error);
}

/* One encoder for both sides is a matrix for words, or one for numbers. */
static bool may_be_shared(const Model *model, Error *error)
{
    const Contrastive *of = model->settings;
    const Field *left = side_of(model, 0, LEFT, error), *right = left ? side_of(model, 0, RIGHT, error) : NULL;
    if (!right)
        return false;
    if (of->captions.width || of->layers.hidden || !left->text != !right->text)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"shared\" is one matrix for two sides of words, or of numbers, without "
                         "\"text_width\" and \"hidden\"; it must be false here");
    return true;
}

bool contrastive_finish(Model *model, Error *error)
{
    Contrastive *of = model->settings;
    if (of->pictures.make == MAKE_DIGITS)
        return make_sides(model, error);
    if (!model->data.examples)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"data\" has no \"examples\"");
    of->count = model->data.example_count;
    if (of->shared && !may_be_shared(model, error))
        return false;
    if (of->captions.width)
        return read_sentences(model, error);
    if (!read_side(model, LEFT, error) || !read_side(model, RIGHT, error))
        return false;
    if (of->shared && of->sides[LEFT].size != of->sides[RIGHT].size)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"shared\" takes two sides of one form; the left has %d numbers, the right %d",
                         of->sides[LEFT].size, of->sides[RIGHT].size);
    return true;
}
