/* bpe: a tokenizer learns its merges, every count of every round on the tape. It has no loss and no way back: what
 * is chosen here has no slope. Chapter 20.
 *
 *   words [P x L]   the different pre-tokens of the text, a row each, ids from left to right, then -1
 *   merge r:        counts = count_pairs(words, occurrences)     [V x V], V grows by one a merge
 *                   chosen = largest_pair(counts, order)         [1 x 2], of equals the greatest byte strings
 *                   words  = merge_pair(words, chosen)           the pair becomes the token V */
#include "bpe.h"

#include "../record.h"
#include "../system.h"
#include "../tokenizer/bpe.h"
#include "../tokenizer/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { ALPHABET_BYTES, ALPHABET_TEXT } Alphabet;

enum { MOST_RECORDED = 1000 };

typedef struct {
    int merges, pattern, alphabet;
    Texts special;
    /* Derived: */
    int base;                  /* ids before the first merge */
    int id_of[BYTES];          /* of each byte, -1 */
    int words, longest;        /* P and L */
    double *ids, *occurrences; /* [P x L], [P] */
    const char **labels;       /* of the words, [P] */
    const char **tokens;       /* as text, [base + merges] */
    double *orders;            /* [merges][base + merges]: places of the tokens' byte strings in their order */
} BpeSettings;

static const char *const alphabets[] = {"bytes", "text", NULL};

#define OF(key_, type_) \
    .group = "model", .key = #key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(BpeSettings, key_)

static const ModelKey KEYS[] = {
    {.group = "data", .key = "text", .type = KEY_TEXT, .place = KEY_OF_MODEL, .offset = offsetof(Model, data.text),
     .meaning = "what is learned from"},
    {OF(merges, KEY_INTEGER), .least = 1, .most = MOST_RECORDED, .meaning = "how many pairs are merged"},
    {OF(pattern, KEY_CHOICE), .choices = PATTERNS, .meaning = "what is never merged across: GPT-2's words, or nothing"},
    {OF(alphabet, KEY_CHOICE), .choices = alphabets,
     .meaning = "the first ids: all 256 bytes, or those that the text has"},
    {OF(special, KEY_TEXTS), .least = 1, .most = MOST_SPECIALS, .may_be_absent = true,
     .meaning = "tokens of their own, across which nothing is counted"},
    {.key = NULL},
};

static const FieldKey FIELDS[] = {{NULL, FIELD_TEXT, NULL}};

static void defaults(Model *model)
{
    model->data.text = "low low low low low lower lower widest widest widest newest newest newest newest newest newest";
    *(BpeSettings *)model->settings = (BpeSettings){.merges = 6};
}

/* The first special that begins in the text, NULL; *at is where, or the end. */
static const char *next_special(const Texts *special, const char *text, size_t *at)
{
    const char *found = NULL;
    size_t longest = 0;
    for (*at = 0; text[*at] && !found; ++*at)
        for (int i = 0; i < special->count; i++) {
            size_t length = strlen(special->list[i]);
            if (length > longest && strncmp(text + *at, special->list[i], length) == 0) {
                found = special->list[i];
                longest = length;
            }
        }
    *at -= found != NULL;
    return found;
}

/* One pre-token, counted where it is there already. Room for as many as the text has bytes is there. */
static void take_word(BpeSettings *bpe, const char **words, size_t *lengths, const char *text, size_t length)
{
    int word = 0;
    while (word < bpe->words && (lengths[word] != length || memcmp(words[word], text, length) != 0))
        word++;
    if (word == bpe->words) {
        words[word] = text;
        lengths[word] = length;
        bpe->occurrences[bpe->words++] = 0;
        bpe->longest = (int)length > bpe->longest ? (int)length : bpe->longest;
    }
    bpe->occurrences[word]++;
}

static bool fill_words(Model *model, const char **words, const size_t *lengths, Error *error)
{
    BpeSettings *bpe = model->settings;
    size_t cells = (size_t)bpe->words * (size_t)bpe->longest;
    bpe->ids = cells <= (size_t)MOST_TEXT * 8 ? arena_alloc(&model->arena, cells * sizeof *bpe->ids) : NULL;
    bpe->labels = arena_alloc(&model->arena, (size_t)bpe->words * sizeof *bpe->labels + 1);
    if (!bpe->ids || !bpe->labels)
        return error_memory(error);
    for (int p = 0; p < bpe->words; p++) {
        char *label = arena_alloc(&model->arena, lengths[p] + 1);
        if (!label)
            return error_memory(error);
        memcpy(label, words[p], lengths[p]);
        label[lengths[p]] = '\0';
        bpe->labels[p] = label;
        for (int i = 0; i < bpe->longest; i++)
            bpe->ids[(size_t)p * (size_t)bpe->longest + (size_t)i] =
                (size_t)i < lengths[p] ? bpe->id_of[(unsigned char)words[p][i]] : -1;
    }
    return true;
}

static bool cut_words(Model *model, Error *error)
{
    BpeSettings *bpe = model->settings;
    const char *text = model->data.text;
    size_t room = strlen(text) + 1, at;
    const char **words = arena_alloc(&model->arena, room * sizeof *words);
    size_t *lengths = arena_alloc(&model->arena, room * sizeof *lengths);
    bpe->occurrences = arena_alloc(&model->arena, room * sizeof *bpe->occurrences);
    if (!words || !lengths || !bpe->occurrences)
        return error_memory(error);
    bpe->words = bpe->longest = 0;
    for (const char *special; *text; text += at + (special ? strlen(special) : 0)) {
        special = next_special(&bpe->special, text, &at);
        for (size_t i = 0, length; (length = pretoken_length(text + i, at - i, (Pattern)bpe->pattern)) > 0; i += length)
            take_word(bpe, words, lengths, text + i, length);
    }
    if (bpe->words == 0)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"text\" has nothing to learn from");
    return fill_words(model, words, lengths, error);
}

/* The ids of the bytes: as their numbers, or counted in their order where only those of the text are wanted. */
static void number_bytes(BpeSettings *bpe, const char *text)
{
    bool used[BYTES] = {false};
    for (; *text; text++)
        used[(unsigned char)*text] = true;
    bpe->base = 0;
    for (int byte = 0; byte < BYTES; byte++)
        bpe->id_of[byte] = bpe->alphabet == ALPHABET_BYTES || used[byte] ? bpe->base++ : -1;
}

/* A token as text: its bytes where they are UTF-8, U+FFFD for each that is not. */
static const char *token_text(Model *model, const Piece *piece)
{
    char *text = arena_alloc(&model->arena, 3 * (size_t)piece->length + 1);
    if (text)
        utf8_readable((const char *)piece->bytes, (size_t)piece->length, text);
    return text;
}

/* The places of the tokens' byte strings, before each merge: a new token moves those behind it by one. */
static void order_tokens(BpeSettings *bpe, const Piece *const *pieces, size_t most)
{
    for (int id = 0; id < bpe->base; id++) {
        bpe->orders[id] = 0;
        for (int other = 0; other < bpe->base; other++)
            bpe->orders[id] += piece_compare(pieces[other], pieces[id]) < 0;
    }
    for (int r = 1; r < bpe->merges; r++) {
        const double *before = bpe->orders + (size_t)(r - 1) * most;
        double *now = bpe->orders + (size_t)r * most;
        int made = bpe->base + r - 1;
        now[made] = 0;
        for (int id = 0; id < made; id++) {
            bool less = piece_compare(pieces[id], pieces[made]) < 0;
            now[id] = before[id] + !less;
            now[made] += less;
        }
    }
}

/* The tokens that the right training makes: their names, and before each merge their order. */
static bool name_tokens(Model *model, const Bpe *learned, Error *error)
{
    BpeSettings *bpe = model->settings;
    size_t most = (size_t)bpe->base + (size_t)bpe->merges;
    const Piece **pieces = arena_alloc(&model->arena, most * sizeof *pieces);
    bpe->tokens = arena_alloc(&model->arena, most * sizeof *bpe->tokens);
    bpe->orders = arena_alloc(&model->arena, most * (size_t)bpe->merges * sizeof *bpe->orders);
    if (!pieces || !bpe->tokens || !bpe->orders)
        return error_memory(error);
    for (int byte = 0; byte < BYTES; byte++)
        if (bpe->id_of[byte] >= 0)
            pieces[bpe->id_of[byte]] = &learned->pieces[byte];
    for (int r = 0; r < bpe->merges; r++)
        pieces[bpe->base + r] = &learned->pieces[learned->merges[r].made];
    for (size_t id = 0; id < most; id++)
        if (!(bpe->tokens[id] = token_text(model, pieces[id])))
            return error_memory(error);
    order_tokens(bpe, pieces, most);
    return true;
}

static bool finish(Model *model, Error *error)
{
    BpeSettings *bpe = model->settings;
    Bpe learned;
    if (!model->data.text || !*model->data.text)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"data\" has no \"text\", or an empty one");
    number_bytes(bpe, model->data.text);
    if (!cut_words(model, error) ||
        !bpe_train(&learned, model->data.text, strlen(model->data.text), (Pattern)bpe->pattern, bpe->merges,
                   bpe->special.list, bpe->special.count, NULL, NULL, error))
        return false;
    bool whole = learned.merge_count == bpe->merges
                     ? name_tokens(model, &learned, error)
                     : error_set(error, EXIT_USED_WRONGLY,
                                 "model: \"merges\" is %d, but no pair is left after %d", bpe->merges,
                                 learned.merge_count);
    bpe_free(&learned);
    return whole;
}

static int order_leaf(Tape *tape, const BpeSettings *bpe, int merge, short tokens)
{
    int count = bpe->base + merge;
    double *order = tape_room(tape, 1, count);
    if (order)
        memcpy(order, bpe->orders + (size_t)merge * (size_t)(bpe->base + bpe->merges), (size_t)count * sizeof *order);
    return tape_leaf(tape, KIND_INPUT, "order", (Shape){1, count, .col_axis = tokens}, order);
}

/* The tokens that there are before a merge, as an axis. */
static short token_axis(Tape *tape, const BpeSettings *bpe, int merge)
{
    return tape_axis(tape, (Axis){"vocabulary", bpe->base + merge, bpe->tokens, false});
}

static int forward(Scene *scene)
{
    Tape *tape = scene->tape;
    const BpeSettings *bpe = scene->model->settings;
    short rows = tape_axis(tape, (Axis){"word", bpe->words, bpe->labels, false}),
          places = tape_axis(tape, (Axis){"place", bpe->longest, NULL, true});
    int words = tape_leaf(tape, KIND_INPUT, "words",
                          (Shape){bpe->words, bpe->longest, rows, places, token_axis(tape, bpe, 0)}, bpe->ids);
    int occurrences = tape_leaf(tape, KIND_INPUT, "occurrences", (Shape){bpe->words, 1, .row_axis = rows},
                                bpe->occurrences);
    for (int r = 0; r < bpe->merges; r++) {
        tape_begin(tape, "merge", r, NULL);
        int order = order_leaf(tape, bpe, r, token_axis(tape, bpe, r));
        int counts = tape_step(tape, &COUNT_PAIRS, HERE("counts"), (int[]){words, occurrences}, 2,
                               (Attributes){.rows = bpe->base + r});
        int chosen = tape_step(tape, &LARGEST_PAIR, HERE("chosen"), (int[]){counts, order}, 2, (Attributes){0});
        Label merged = label_with_axes(HERE("words"), AXIS_NONE, AXIS_NONE, token_axis(tape, bpe, r + 1));
        words = tape_step(tape, &MERGE_PAIR, &merged, (int[]){words, chosen}, 2,
                          (Attributes){.constants = {bpe->base + r}});
        tape_end(tape);
    }
    return -1;
}

/* RUNS: what an exercise says as its size where the same letter is to stand several times in a row. */
enum { RUNS = 3, VARIED_WORDS = 4, VARIED_LETTERS = 3, LONGEST_VARIED = 4, MOST_TIMES = 3 };

/* A word of 4 and 3 letters in turn; the first one has all three of them. */
static void draw_word(int w, Random *random, char word[LONGEST_VARIED + 1])
{
    int length = LONGEST_VARIED - w % 2, turn = (int)(random_bits(random) % VARIED_LETTERS);
    for (int i = 0; i < length; i++) {
        int letter = (int)(random_bits(random) % VARIED_LETTERS);
        word[i] = (char)('a' + (w == 0 && i < VARIED_LETTERS ? (i + turn) % VARIED_LETTERS : letter));
    }
    word[length] = '\0';
}

/* In a text of runs the longer words are three of the first one's first letter with another one behind or before. */
static void make_run(int w, char words[VARIED_WORDS][LONGEST_VARIED + 1])
{
    for (int i = 0; w % 2 == 0 && i < LONGEST_VARIED - 1; i++)
        words[w][w == 0 ? i : i + 1] = words[0][0];
}

static bool is_new(char words[VARIED_WORDS][LONGEST_VARIED + 1], int w)
{
    for (int other = 0; other < w; other++)
        if (strcmp(words[other], words[w]) == 0)
            return false;
    return true;
}

/* Four different words of three letters, with a blank before each, some of them several times: other numbers in
 * matrices of the same sizes. */
static bool vary(Model *model, Random *random, int size, Error *error)
{
    char words[VARIED_WORDS][LONGEST_VARIED + 1];
    char *text = arena_alloc(&model->arena, 2 * VARIED_WORDS * MOST_TIMES * (LONGEST_VARIED + 1) + 1);
    size_t used = 0;
    if (!text)
        return error_memory(error);
    for (int w = 0; w < VARIED_WORDS; w++) {
        do {
            draw_word(w, random, words[w]);
            if (size == RUNS)
                make_run(w, words);
        } while (!is_new(words, w));
        for (int i = 1 + (int)(random_bits(random) % MOST_TIMES) + (size == RUNS && w % 2 == 0 ? 1 : 0); i > 0; i--)
            used += (size_t)sprintf(text + used, " %s", words[w]);
    }
    model->data.text = text;
    return true;
}

static int quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    const BpeSettings *bpe = model->settings;
    out[0] = (Quantity){"P", "the number of different words", bpe->words};
    out[1] = (Quantity){"V", "the number of tokens before the first merge", bpe->base};
    return 2;
}

static int ask(Tape *tape, const Primitive *primitive, const Label *label, int a, int b, Attributes attributes)
{
    return mistake_make(tape, primitive, label, (int[]){a, b}, 2, attributes);
}

/* A word that stands ten times in the text counts like one that stands once. */
static int counted_once(Tape *tape, const Asked *step)
{
    Attributes one = {.constants = {1}, .rows = tape_value(tape, step->inputs[1])->rows, .cols = 1};
    int ones = mistake_make(tape, &FILL, PART("ones"), NULL, 0, one);
    return ask(tape, step->primitive, step->label, step->inputs[0], ones, step->attributes);
}

static int smallest_of_equals(Tape *tape, const Asked *step)
{
    int turned = mistake_make(tape, &SCALE, PART("turned"), &step->inputs[1], 1, (Attributes){.constants = {-1}});
    return ask(tape, step->primitive, step->label, step->inputs[0], turned, step->attributes);
}

static int turned_around(Tape *tape, const Asked *step)
{
    int turned = mistake_make(tape, &TRANSPOSE, PART("turned"), &step->inputs[0], 1, (Attributes){0});
    return ask(tape, step->primitive, step->label, turned, step->inputs[1], step->attributes);
}

static const Mistake BPE_MISTAKES[] = {
    {"merges.counted_once",
     "each word is counted once, however often it stands in the text",
     1,
     {{EDIT_RECORD, PHASE_FORWARD, .label = "counts", .on = &COUNT_PAIRS, .record = counted_once}}},
    {"merges.across_words",
     "pairs are counted across the ends of words: the last token of one with the first of the next",
     1,
     {{EDIT_OFFSET, PHASE_FORWARD, .label = "counts", .on = &COUNT_PAIRS, .number = 1}}},
    {"merges.overlapping",
     "pairs that overlap are merged into one: aaa becomes one token, and a letter is lost",
     1,
     {{EDIT_OFFSET, PHASE_FORWARD, .frame = "merge*", .label = "words", .on = &MERGE_PAIR, .number = 1}}},
    {"merges.smallest_of_equals",
     "of pairs that are equally frequent the smallest is merged, not the greatest",
     1,
     {{EDIT_RECORD, PHASE_FORWARD, .label = "chosen", .on = &LARGEST_PAIR, .record = smallest_of_equals}}},
    {"merges.turned_around",
     "the pair is written the wrong way round: the second token first",
     1,
     {{EDIT_RECORD, PHASE_FORWARD, .label = "chosen", .on = &LARGEST_PAIR, .record = turned_around}}},
};

const System BPE = {
    .name = "bpe",
    .good_for = "a tokenizer that learns its merges from a text; no loss",
    .size = sizeof(BpeSettings),
    .keys = KEYS,
    .fields = FIELDS,
    .without_loss = true,
    .defaults = defaults,
    .finish = finish,
    .forward = forward,
    .vary = vary,
    .quantities = quantities,
    .mistakes = BPE_MISTAKES,
    .mistake_count = sizeof BPE_MISTAKES / sizeof *BPE_MISTAKES,
};

/* The example of the paper, with the bytes that it has as its alphabet: small enough to be read. */
void bpe_preset(Model *model)
{
    model->name = "bpe";
    ((BpeSettings *)model->settings)->alphabet = ALPHABET_TEXT;
}
