/* contrastive: two encoders learn to point the same way for things that belong together and apart for all others of a
 * batch. An example is a pair, of rows of numbers or of sentences, or a caption and its picture. Radford et al. 2021.
 * Chapters 27 and 39.
 *
 *   left = x W_left, right = y W_right          of a sentence x is the share of each word: left is the mean of vectors
 *   left.unit, right.unit                       rows of length 1
 *   logits = e^log_scale left.unit right.unit^T
 *   loss = (mean of -log softmax of the rows + the same of the columns) / 2
 *
 * A caption goes through a transformer, the mean of whose rows is x; numbers may go through a hidden layer.
 * Where two pairs of a batch have the same left or the same right side neither is the other's wrong answer: the cell is
 * hidden. A side of zeros (a sentence without words) has no direction and is refused. */
#include "contrastive.h"

#include "../data/texts.h"
#include "../elementary/elementary.h"
#include "../record.h"
#include "../rules/rule.h"

#include <math.h>
#include <string.h>

#define OF(key_, type_) \
    .group = "model", .key = #key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Contrastive, key_)

#define LAYER(key_, type_) \
    .group = "model", .key = #key_, .type = type_, .place = KEY_OF_SYSTEM, .offset = offsetof(Contrastive, layers.key_)

static const ModelKey KEYS[] = {
    PICTURE_KEYS(Contrastive, pictures),
    CAPTION_KEYS(Contrastive, pictures, captions),
    {OF(d_model, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, .meaning = "numbers that both encoders make of a side"},
    {LAYER(hidden, KEY_INTEGER), .least = 1, .most = MOST_WIDTH, .may_be_absent = true,
     .meaning = "of numbers: width of a hidden layer before them; absent: none"},
    {LAYER(activation, KEY_CHOICE), .choices = CODE_ACTIVATIONS, .meaning = "behind it"},
    {OF(shared, KEY_FLAG), .meaning = "both sides have the same encoder"},
    {OF(masked, KEY_FLAG), .meaning = "hide pairs of a batch that have a side in common"},
    {OF(log_scale, KEY_NUMBER), .least = -20, .most = 20,
     .meaning = "at the beginning: the logarithm of what the cosines are multiplied by"},
    {OF(scale_most, KEY_NUMBER), .least = 0, .above_least = true, .most = 1e6, .may_be_null = true,
     .meaning = "its exponential is cut there after each update; null: nowhere"},
    {.key = NULL},
};

static const FieldKey FIELDS[] = {
    {"left", FIELD_TEXT, "a sentence, or a caption"},
    {"right", FIELD_TEXT, "the sentence that belongs to it"},
    {"x", FIELD_NUMBERS, "or numbers on the left"},
    {"y", FIELD_NUMBERS, "and those that belong to them, or to the sentence"},
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
    *(Contrastive *)model->settings = (Contrastive){
        .pictures = {.digits = {.seed = 1, .size = 12, .set = DIGITS_STYLED}, .said = 1},
        .captions = {.heads = 2, .layers = 1}, .d_model = 3, .masked = 1, .log_scale = 2.6592600369327779,
        .scale_most = 100,
    };
}

/* --- recording --- */

static bool same_side(const PairSide *side, int a, int b)
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

/* What is read of the batch's captions: a row each, the mean over its words. */
static int read_side(Scene *scene, Batch batch, short pairs, const char *name)
{
    Tape *tape = scene->tape;
    const Captions *captions = &((const Contrastive *)scene->model->settings)->captions;
    int *rows = tape_ints(tape, batch.count, -1);
    for (int i = 0; i < batch.count; i++) {
        const Caption *caption = &captions->of[batch_row(batch, i)];
        tape_begin_instance(tape, "pair", i);
        rows[i] = captions_pooled(tape, captions, caption, captions_read(scene, captions, caption));
        tape_end(tape);
    }
    return stack_rows(tape, name, rows, batch.count, pairs);
}

/* The rows of the batch, as they are. */
static int side_leaf(Tape *tape, const PairSide *side, Batch batch, short pairs, const char *name)
{
    size_t size = (size_t)side->size;
    short columns = tape_axis(tape, (Axis){side->words ? "vocabulary" : "input", side->size, side->words, false});
    double *rows = tape_room(tape, batch.count, side->size);
    for (int i = 0; rows && i < batch.count; i++)
        memcpy(rows + (size_t)i * size, side->rows + (size_t)batch_row(batch, i) * size, size * sizeof *rows);
    return tape_leaf(tape, KIND_INPUT, name, (Shape){batch.count, side->size, pairs, columns}, rows);
}

/* One encoder: the rows of the batch through a matrix, or through two where numbers have a hidden layer. */
static int encode(Scene *scene, int which, Batch batch, short pairs, short features)
{
    static const char *const names[] = {"left", "right"}, *const inputs[] = {"x", "y"};
    Tape *tape = scene->tape;
    const Contrastive *of = scene->model->settings;
    const PairSide *side = &of->sides[which];
    int x = side->read ? read_side(scene, batch, pairs, inputs[which])
                       : side_leaf(tape, side, batch, pairs, inputs[which]);
    if (of->layers.hidden && !side->read && !side->words)
        return codes_layers(scene, &of->layers, names[of->shared ? LEFT : which], names[which], x,
                            (Shape){0, of->d_model, .col_axis = features});
    Shape matrix = {tape_value(tape, x)->cols, of->d_model, tape_value(tape, x)->col_axis, features};
    tape_begin(tape, names[of->shared ? LEFT : which], -1, NULL);
    int w = of->shared ? shared_parameter(scene, "encoder.W", matrix, PARAMETER_WEIGHT)
                       : parameter(scene, "W", matrix, PARAMETER_WEIGHT);
    tape_end(tape);
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
    Batch batch = scene_batch(scene, of->count, of->count);
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
    const Contrastive *of = model->settings;
    out[0] = (Quantity){"B", "the number of pairs", model->training.batch ? model->training.batch : of->count};
    out[1] = (Quantity){"d", NULL, of->d_model};
    return 2;
}

static void average_padding(Model *model)
{
    ((Contrastive *)model->settings)->captions.padding_averaged = true;
}

static void see_padding(Model *model)
{
    ((Contrastive *)model->settings)->captions.padding_seen = true;
}

static const Mistake CONTRASTIVE_MISTAKES[] = {
    {"captions.padding_averaged", "the mean over a caption's words counts its padding", 1,
     {{EDIT_OPTION, .option = average_padding}}},
    {"captions.padding_seen", "the padding of a caption is looked at like any word", 1,
     {{EDIT_OPTION, .option = see_padding}}},
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
    .finish = contrastive_finish,
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

/* Digits and what is said of them: the captions' encoder is what `painter` is told with. */
void contrastive_preset_captions(Model *model)
{
    Contrastive *of = model->settings;
    model->name = "captions";
    pictures_training(model, &of->pictures, 40, 1000, 0.003);
    of->pictures.held_out = 1;
    of->pictures.said = 0.6;
    of->captions.width = of->d_model = 32;
    of->layers = (CodeForm){.hidden = 64, .activation = CODE_GELU_TANH};
    model->init = (Init){.kind = INIT_NORMAL, .seed = 1, .std = 0.1, .reseed = RESEED_ONCE, .decimals = 1};
}
