/* contrastive: two encoders learn to point the same way for things that belong together and apart for all others of a
 * batch. An example is a pair, of rows of numbers or of sentences. Radford et al. 2021. Chapter 27.
 *
 *   left = x W_left, right = y W_right          of a sentence x is the share of each word: left is the mean of vectors
 *   left.unit, right.unit                       rows of length 1
 *   logits = e^log_scale left.unit right.unit^T
 *   loss = (mean of -log softmax of the rows + the same of the columns) / 2
 *
 * Where two pairs of a batch have the same left or the same right side neither is the other's wrong answer: the cell is
 * hidden. A side of zeros (a sentence without words) has no direction and is refused. */
#include "contrastive.h"

#include "../data/texts.h"
#include "../elementary/elementary.h"
#include "../record.h"
#include "../rules/rule.h"
#include "../system.h"
#include "../tokenizer/plain.h"

#include <math.h>
#include <string.h>

enum { MOST_SIDE_WORDS = 4096, LEFT = 0, RIGHT = 1 };

/* One side of all pairs: rows of numbers, the axis that their columns stand for. */
typedef struct {
    double *rows;                /* [examples x size] */
    int size;
    const char **words;          /* [size], or NULL where they are numbers */
} Side;

typedef struct {
    int d_model;
    int shared, masked;
    double log_scale, scale_most;
    Side sides[2];
} Contrastive;

#define OF(key_, type_) \
    .group = "model", .key = #key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Contrastive, key_)

static const ModelKey KEYS[] = {
    {OF(d_model, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, .meaning = "numbers that both encoders make of a side"},
    {OF(shared, KEY_FLAG), .meaning = "both sides have the same encoder"},
    {OF(masked, KEY_FLAG), .meaning = "hide pairs of a batch that have a side in common"},
    {OF(log_scale, KEY_NUMBER), .least = -20, .most = 20,
     .meaning = "at the beginning: the logarithm of what the cosines are multiplied by"},
    {OF(scale_most, KEY_NUMBER), .least = 0, .above_least = true, .most = 1e6, .may_be_null = true,
     .meaning = "its exponential is cut there after each update; null: nowhere"},
    {.key = NULL},
};

static const FieldKey FIELDS[] = {
    {"left", FIELD_TEXT, "a sentence"},
    {"right", FIELD_TEXT, "the sentence that belongs to it"},
    {"x", FIELD_NUMBERS, "or numbers on the left"},
    {"y", FIELD_NUMBERS, "and those that belong to them"},
    {NULL, FIELD_TEXT, NULL},
};

static void defaults(Model *model)
{
    static const Field fields[4][2] = {
        {{"left", "a dog barks", NULL, 0}, {"right", "the hound is loud", NULL, 0}},
        {{"left", "a cat sleeps", NULL, 0}, {"right", "the kitten is quiet", NULL, 0}},
        {{"left", "a dog sleeps", NULL, 0}, {"right", "the hound is quiet", NULL, 0}},
        {{"left", "a cat barks", NULL, 0}, {"right", "the kitten is loud", NULL, 0}},
    };
    static const Example examples[] = {{fields[0], 2}, {fields[1], 2}, {fields[2], 2}, {fields[3], 2}};
    model->data = (Data){.examples = examples, .example_count = 4};
    *(Contrastive *)model->settings = (Contrastive){.d_model = 3, .masked = 1, .log_scale = 2.6592600369327779,
                                                    .scale_most = 100};
}

/* --- the data --- */

static int find_word(const Side *side, const char *word)
{
    int id = 0;
    while (id < side->size && strcmp(side->words[id], word) != 0)
        id++;
    return id;
}

/* All words of one side, in the order of first appearance. */
static bool take_words(Model *model, Side *side, const char *text, Error *error)
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
static bool share_words(const Side *side, int row, const char *text, Error *error)
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

static bool take_numbers(Side *side, int row, const Field *field, Error *error)
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

static bool read_words(Model *model, int which, Side *side, Error *error)
{
    for (int i = 0; i < model->data.example_count; i++) {
        const Field *field = side_of(model, i, which, error);
        if (!field || !take_words(model, side, field->text, error))
            return false;
    }
    return true;
}

static bool read_side(Model *model, int which, Error *error)
{
    Contrastive *of = model->settings;
    Side *side = &of->sides[which];
    int count = model->data.example_count;
    const Field *first = side_of(model, 0, which, error);
    if (!first)
        return false;
    *side = (Side){.size = first->text ? 0 : first->count};
    if (first->text && !(side->words = arena_alloc(&model->arena, MOST_SIDE_WORDS * sizeof *side->words)))
        return error_memory(error);
    if (first->text && !(of->shared ? read_words(model, LEFT, side, error) && read_words(model, RIGHT, side, error)
                                    : read_words(model, which, side, error)))
        return false;
    size_t cells = (size_t)count * (size_t)side->size;
    if (cells > MOST_TEXT || !(side->rows = arena_alloc(&model->arena, cells * sizeof *side->rows + 1)))
        return error_memory(error);
    memset(side->rows, 0, cells * sizeof *side->rows);
    for (int i = 0; i < count; i++) {
        const Field *field = side_of(model, i, which, error);
        if (!field || !(field->text ? share_words(side, i, field->text, error) : take_numbers(side, i, field, error)))
            return false;
    }
    return true;
}

static bool finish(Model *model, Error *error)
{
    Contrastive *of = model->settings;
    if (!model->data.examples)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"data\" has no \"examples\"");
    if (!read_side(model, LEFT, error) || !read_side(model, RIGHT, error))
        return false;
    if (of->shared && of->sides[LEFT].size != of->sides[RIGHT].size)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"shared\" takes two sides of one form; the left has %d numbers, the right %d",
                         of->sides[LEFT].size, of->sides[RIGHT].size);
    return true;
}

/* --- recording --- */

static bool same_side(const Side *side, int a, int b)
{
    size_t size = (size_t)side->size;
    return memcmp(side->rows + (size_t)a * size, side->rows + (size_t)b * size, size * sizeof *side->rows) == 0;
}

/* -inf where two pairs of the batch have a side in common; -1 where none have. */
static int hidden_leaf(Tape *tape, const Contrastive *of, Batch batch, short pairs)
{
    int count = batch.count, hidden = 0;
    double *mask = tape_room(tape, count, count);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++) {
            int a = batch_row(batch, i), b = batch_row(batch, j);
            bool same = i != j && (same_side(&of->sides[LEFT], a, b) || same_side(&of->sides[RIGHT], a, b));
            hidden += same;
            if (mask)
                mask[i * count + j] = same ? -INFINITY : 0;
        }
    return of->masked && hidden ? tape_leaf(tape, KIND_INPUT, "same", (Shape){count, count, pairs, pairs}, mask) : -1;
}

/* One encoder: the rows of the batch through a matrix. */
static int encode(Scene *scene, int which, Batch batch, short pairs, short features)
{
    static const char *const names[] = {"left", "right"};
    Tape *tape = scene->tape;
    const Contrastive *of = scene->model->settings;
    const Side *side = &of->sides[which];
    size_t size = (size_t)side->size;
    short columns = tape_axis(tape, (Axis){side->words ? "vocabulary" : "input", side->size, side->words, false});
    double *rows = tape_room(tape, batch.count, side->size);
    for (int i = 0; rows && i < batch.count; i++)
        memcpy(rows + (size_t)i * size, side->rows + (size_t)batch_row(batch, i) * size, size * sizeof *rows);
    tape_begin(tape, names[of->shared ? LEFT : which], -1, NULL);
    int w = of->shared ? shared_parameter(scene, "encoder.W", (Shape){side->size, of->d_model, columns, features},
                                          PARAMETER_WEIGHT)
                       : parameter(scene, "W", (Shape){side->size, of->d_model, columns, features}, PARAMETER_WEIGHT);
    tape_end(tape);
    int x = tape_leaf(tape, KIND_INPUT, which ? "y" : "x", (Shape){batch.count, side->size, pairs, columns}, rows);
    return linear(tape, names[which], x, w, -1);
}

/* Rows of length 1, named under their side. */
static int unit(Tape *tape, const char *side, int rows)
{
    tape_begin(tape, side, -1, NULL);
    int y = unit_rows(tape, "unit", rows);
    tape_end(tape);
    return y;
}

static int forward(Scene *scene)
{
    Tape *tape = scene->tape;
    const Contrastive *of = scene->model->settings;
    Batch batch = scene_batch(scene, scene->model->data.example_count, scene->model->data.example_count);
    short pairs = tape_axis(tape, (Axis){"pair", batch.count, NULL, false}),
          features = tape_axis(tape, (Axis){"feature", of->d_model, NULL, false});
    int left = encode(scene, LEFT, batch, pairs, features), right = encode(scene, RIGHT, batch, pairs, features);
    int log_scale = parameter_of(scene, "log_scale", (Shape){1, 1}, of->log_scale);
    parameter_limit(scene, log_scale, isfinite(of->scale_most) ? log_of(of->scale_most) : INFINITY);
    double *numbers = tape_room(tape, 1, batch.count);
    for (int i = 0; numbers && i < batch.count; i++)
        numbers[i] = i;
    Shape shape = {1, batch.count, .col_axis = pairs, .counts = pairs};
    int ids = tape_leaf(tape, KIND_INPUT, "partner", shape, numbers);
    int left_unit = unit(tape, "left", left), right_unit = unit(tape, "right", right);
    int cosine = scores(tape, "cosine", left_unit, right_unit);
    int logits = temperature(tape, "logits", cosine, log_scale);
    return contrastive(tape, "loss", logits, ids, hidden_leaf(tape, of, batch, pairs));
}

static int quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    int batch = model->training.batch ? model->training.batch : model->data.example_count;
    out[0] = (Quantity){"B", "the number of pairs", batch};
    out[1] = (Quantity){"d", NULL, ((const Contrastive *)model->settings)->d_model};
    return 2;
}

static const Mistake CONTRASTIVE_MISTAKES[] = {
    {"contrastive.not_unit",
     "the rows are not divided by their lengths: their products are no cosines, long rows win",
     2,
     {{EDIT_SKIP, PHASE_FORWARD, &UNIT_ROWS, .frame = "left.unit", .on = &DIV_COL},
      {EDIT_SKIP, PHASE_FORWARD, &UNIT_ROWS, .frame = "right.unit", .on = &DIV_COL}}},
    {"contrastive.log_scale_itself",
     "the cosines are multiplied by log_scale itself instead of its exponential",
     1,
     {{EDIT_SKIP, PHASE_FORWARD, &TEMPERATURE, .label = "scale"}}},
    {"contrastive.rows_only",
     "only the left ones look for their right ones, not the other way round as well",
     2,
     {{EDIT_SKIP, PHASE_FORWARD, &CONTRASTIVE_LOSS, .label = "both"},
      {EDIT_SKIP, PHASE_BACKWARD, &CONTRASTIVE_LOSS, .label = "both"}}},
    {"contrastive.same_are_wrong",
     "pairs that have a side in common count as each other's wrong answers",
     1,
     {{EDIT_SKIP, PHASE_FORWARD, &CONTRASTIVE_LOSS, .label = "masked"}}},
    {"contrastive.length_forgotten",
     "the gradient through the length is forgotten: dX is dA / |x|, and rows grow along themselves",
     2,
     {{EDIT_SKIP, PHASE_BACKWARD, &UNIT_ROWS, .frame = "left.unit", .label = "across"},
      {EDIT_SKIP, PHASE_BACKWARD, &UNIT_ROWS, .frame = "right.unit", .label = "across"}}},
};

const System CONTRASTIVE = {
    .name = "contrastive",
    .good_for = "two encoders that point the same way for what belongs together",
    .size = sizeof(Contrastive),
    .keys = KEYS,
    .fields = FIELDS,
    .defaults = defaults,
    .finish = finish,
    .forward = forward,
    .quantities = quantities,
    .mistakes = CONTRASTIVE_MISTAKES,
    .mistake_count = sizeof CONTRASTIVE_MISTAKES / sizeof *CONTRASTIVE_MISTAKES,
};

/* Four sentences and four that mean the same without a word in common. */
void contrastive_preset_matching(Model *model)
{
    model->name = "matching";
    model->init = (Init){.kind = INIT_DECIMAL, .seed = 3, .std = 0.6, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAM, .lr = 0.05, .beta1 = 0.9, .beta2 = 0.99, .eps = 1e-8,
                                   .weight_decay = 0, .clip_norm = INFINITY};
    model->training.steps = 200;
}

/* A line is a left side, a tab, a right side. Without memory there are no examples, and `finish` says so. */
static void take_pairs(Model *model, const char *text)
{
    int count = 0;
    for (const char *c = text; *c; c++)
        count += *c == '\n';
    Example *examples = arena_alloc(&model->arena, (size_t)count * sizeof *examples);
    Field *fields = arena_alloc(&model->arena, 2 * (size_t)count * sizeof *fields);
    char *sides = arena_alloc(&model->arena, strlen(text) + 1);
    model->data = (Data){0};
    if (!examples || !fields || !sides)
        return;
    strcpy(sides, text);
    for (int i = 0; i < count; i++) {
        char *tab = sides + strcspn(sides, "\t"), *end = tab + strcspn(tab, "\n");
        *tab = *end = '\0';
        fields[2 * i] = (Field){.key = "left", .text = sides};
        fields[2 * i + 1] = (Field){.key = "right", .text = tab + 1};
        examples[i] = (Example){&fields[2 * i], 2};
        sides = end + 1;
    }
    model->data = (Data){.examples = examples, .example_count = count};
}

/* 33 sentences of every day and what means the same in other words; two of them mean the same thing. */
void contrastive_preset_paraphrases(Model *model)
{
    take_pairs(model, PARAPHRASES);
    model->name = "paraphrases";
    ((Contrastive *)model->settings)->d_model = 12;
    model->init = (Init){.kind = INIT_NORMAL, .seed = 1, .std = 0.3, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAM, .lr = 0.02, .beta1 = 0.9, .beta2 = 0.99, .eps = 1e-8,
                                   .weight_decay = 0, .clip_norm = INFINITY};
    model->training.steps = 200;
}
