/* nufo: a customer's transactions through a transformer, its last row beside a table's features, yes or no. After
 * Braithwaite et al. 2025, "Your spending needs attention" (nuFormer), of which only the idea is taken. Chapter 34.
 *
 *   user = the last row of transformer(tokens) [1 x d]        without positions: the order is what the mask tells
 *   logit = tabular(features | user),  loss = mean over the customers of binary cross-entropy
 *   joint: the loss's gradient goes through `user` into the transformer; late: it stops there, and that is frozen
 *   objective next: mean over all targets of -ln p(next token), and no table: pretraining */
#include "nufo.h"

#include "../data/vary.h"
#include "../primitives/families.h"
#include "../record.h"
#include "../rules/rule.h"
#include "gpt_recording.h"

#include <math.h>

/* The stream of one history, normalised [T x d]. */
static int record_stream(Scene *scene, int row)
{
    Tape *tape = scene->tape;
    const Nufo *nufo = nufo_of(scene->model);
    const Sequence *of = &nufo->sequences[row];
    short axis = gpt_token_axis(tape, &nufo->gpt, of->tokens, of->count);
    int tokens = gpt_ids_leaf(tape, &nufo->gpt, "tokens", of->tokens, of->count, axis);
    return gpt_stream(scene, &nufo->gpt, tokens, NULL);
}

/* The row that stands for the customer: that of the last token that is no padding, which alone has seen all others. */
static int record_user(Scene *scene, int row)
{
    Tape *tape = scene->tape;
    bool before = scene->frozen;
    scene->frozen = before || nufo_of(scene->model)->fusion == FUSION_LATE;
    tape_begin(tape, "transformer", -1, NULL);
    int stream = record_stream(scene, row);
    const Value *of = tape_value(tape, stream);
    short one = tape_axis(tape, (Axis){"example", 1, NULL, false});
    const Sequence *history = &nufo_of(scene->model)->sequences[row];
    int at = (nufo_of(scene->model)->reads_padding ? history->count : history->real) - 1;
    int last = gpt_counting_leaf(tape, "last", at, 1, one, of->row_axis);
    tape_end(tape);
    scene->frozen = before;
    return read_row(tape, "user", stream, last);
}

/* Those of several customers, one below the other. */
static int record_users(Scene *scene, const int *rows, int count, short examples)
{
    Tape *tape = scene->tape;
    if (count == 1)
        return record_user(scene, rows[0]);
    int *users = tape_ints(tape, count, -1);
    for (int i = 0; i < count; i++) {
        tape_begin_instance(tape, "example", i);
        users[i] = record_user(scene, rows[i]);
        tape_end(tape);
    }
    return stack_rows(tape, "user", users, count, examples);
}

/* The losses of some customers [count x 1]; judged: how they are put in order. */
static int record_classes(Scene *scene, const int *rows, int count, bool judged)
{
    Tape *tape = scene->tape;
    short examples = tape_axis(tape, (Axis){"example", count, NULL, false});
    int users = record_users(scene, rows, count, examples), losses = -1;
    bool fresh = scene->fresh;
    scene->fresh = true;
    tape_begin(tape, "tabular", -1, NULL);
    int logits = tabular_logits(scene, &nufo_of(scene->model)->tabular, rows, count, examples, users);
    if (judged)
        tabular_area(scene, logits, rows, count, examples);
    else
        losses = tabular_losses(scene, logits, rows, count, examples);
    tape_end(tape);
    scene->fresh = fresh;
    return losses;
}

/* Those who are kept apart: nothing is learned from what they say. */
static void record_judged(Scene *scene)
{
    int count, *rows = tabular_judged(scene, &count);
    bool learning = scene->learning;
    scene->learning = false;
    tape_begin_instance(scene->tape, "judged", 0);
    record_classes(scene, rows, count, true);
    tape_end(scene->tape);
    scene->learning = learning;
}

/* The surprise at every next token of a history [T-1 x 1]. */
static int record_next(Scene *scene, int row)
{
    Tape *tape = scene->tape;
    const Nufo *nufo = nufo_of(scene->model);
    const Gpt *gpt = &nufo->gpt;
    const Sequence *of = &nufo->sequences[row];
    tape_begin(tape, "transformer", -1, NULL);
    int stream = record_stream(scene, row);
    Value x = *tape_value(tape, stream);
    Recording to = {.scene = scene, .tape = tape, .gpt = gpt};
    short vocabulary = gpt_vocabulary_axis(tape, gpt);
    int w = gpt_weight(&to, "head.W", gpt->d_model, x.col_axis, gpt->vocabulary_count, vocabulary, true);
    int b = gpt_bias(&to, "head.b", gpt->head_bias, gpt->vocabulary_count, vocabulary);
    int logits = linear(tape, "logits", stream, w, b), count = of->count - 1;
    short places = tape_axis_part(tape, x.row_axis, count, 0);
    int targets = gpt_ids_leaf(tape, gpt, "targets", of->tokens + 1, count, places);
    int positions = gpt_counting_leaf(tape, "target_positions", 0, count, places, x.row_axis);
    int losses = cross_entropy(tape, "cross_entropy", "loss.per_token", logits, targets, positions, true);
    tape_end(tape);
    return losses;
}

static int record_all_next(Scene *scene, const int *rows, int count)
{
    Tape *tape = scene->tape;
    int *losses = tape_ints(tape, count, -1);
    for (int i = 0; i < count; i++) {
        if (count > 1)
            tape_begin_instance(tape, "example", i);
        losses[i] = record_next(scene, rows[i]);
        if (count > 1)
            tape_end(tape);
    }
    return mean(tape, "loss", losses, count);
}

static int forward(Scene *scene)
{
    int count, *rows = table_batch(scene, &count);
    if (nufo_of(scene->model)->objective == OBJECTIVE_NEXT)
        return record_all_next(scene, rows, count);
    int losses = record_classes(scene, rows, count, false);
    if (nufo_of(scene->model)->tabular.area)
        record_judged(scene);
    return mean(scene->tape, "loss", &losses, 1);
}

static int held_out(const Model *model)
{
    return table_count(model, PART_HELD);
}

static int held_out_losses(Scene *scene, int i)
{
    int row = table_row(scene->model, PART_HELD, i);
    bool next = nufo_of(scene->model)->objective == OBJECTIVE_NEXT;
    return next ? record_next(scene, row) : record_classes(scene, &row, 1, false);
}

static int class_count(const Model *model)
{
    return nufo_of(model)->objective == OBJECTIVE_CLASS ? 2 : 0;
}

static int record_class(Scene *scene, int row)
{
    Tape *tape = scene->tape;
    record_classes(scene, &row, 1, false);
    const Call *last = &tape->calls[tape->call_count - 1];
    return tabular_both(tape, logistic(tape, HERE("probability"), last->inputs[0]));
}

static const Classifier CLASSIFIER = {
    .classes = class_count, .label = table_label, .count = table_count, .row = table_row, .target = table_target,
    .record = record_class,
};

/* Pretraining's head is of no use to classes. */
static bool leaves_out(const Model *model, const char *name)
{
    return nufo_of(model)->objective == OBJECTIVE_CLASS && name_is_under(name, "transformer.head");
}

static bool vary(Model *model, Random *random, int size, Error *error)
{
    (void)size;
    return examples_vary(model, is_features, 9, random, error);
}

static int quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    const Nufo *nufo = nufo_of(model);
    int count = 0;
    out[count++] = (Quantity){"d_model", NULL, nufo->gpt.d_model};
    out[count++] = (Quantity){"heads", NULL, nufo->gpt.n_heads};
    out[count++] = (Quantity){"d_k", NULL, nufo->gpt.head_width};
    out[count++] = (Quantity){"k", "the number of frequencies", nufo->tabular.frequencies};
    out[count++] = (Quantity){"T", "the number of tokens", nufo->sequences[0].count};
    if (nufo->gpt.rank)
        out[count++] = (Quantity){"r", "the rank", nufo->gpt.rank};
    return count;
}

/* The first row instead of the last. */
static int first_row(Tape *tape, const Asked *step)
{
    int zero = mistake_make(tape, &FILL, PART("first"), NULL, 0, (Attributes){.constants = {0}, .rows = 1, .cols = 1});
    return mistake_make(tape, step->primitive, step->label, (int[]){step->inputs[0], zero}, 2, step->attributes);
}

static void padding_read(Model *model)
{
    ((Nufo *)model->settings)->reads_padding = true;
}

static const Mistake NUFO_MISTAKES[] = {
    {"user.first_row", "the customer's row is the first of the history, which has seen nothing but itself", 1,
     {{EDIT_RECORD, PHASE_FORWARD, .rule = &READ_ROW, .frame = "*user", .record = first_row}}},
    {"user.padding_read", "the last row is the customer's, padding or not", 1,
     {{EDIT_OPTION, .option = padding_read}}},
    {"fusion.stopped", "the gradient stops at the customer's row: the transformer learns nothing from the class", 1,
     {{EDIT_SCALE, PHASE_BACKWARD, .rule = &READ_ROW, .frame = "*user", .label = "dx", .number = 0}}},
};

const System NUFO = {
    .name = "nufo",
    .good_for = "yes or no from a customer's transactions and a table: a transformer and cross layers, joint or late",
    .size = sizeof(Nufo),
    .keys = NUFO_KEYS,
    .fields = NUFO_FIELDS,
    .defaults = nufo_defaults,
    .finish = nufo_finish,
    .numbers_later = true,
    .forward = forward,
    .held_out = held_out,
    .held_out_losses = held_out_losses,
    .vary = vary,
    .quantities = quantities,
    .classifier = &CLASSIFIER,
    .leaves_out = leaves_out,
    .mistakes = NUFO_MISTAKES,
    .mistake_count = sizeof NUFO_MISTAKES / sizeof *NUFO_MISTAKES,
};

/* Two customers who bought the same, one by day and one at night. */
void nufo_preset_nights(Model *model)
{
    static const char *const vocabulary[] = {"<PAD>", "<BOS>", "<EOS>", "rent", "cafe", "bar", "day", "night"};
    static const double x[2] = {0.4, -0.6}, category[2] = {1, 0}, class[2] = {0, 1};
    static const double tokens[2][6] = {{1, 3, 6, 4, 6, 2}, {1, 5, 7, 4, 7, 2}};
#define ROW(i) \
    {{"x", NULL, &x[i], 1}, {"category", NULL, &category[i], 1}, {"tokens", NULL, tokens[i], 6}, \
     {"class", NULL, &class[i], 1}}
    static const Field fields[2][4] = {ROW(0), ROW(1)};
    static const Example examples[2] = {{fields[0], 4}, {fields[1], 4}};
    Nufo *nufo = model->settings;
    model->name = "nights";
    model->data = (Data){.examples = examples, .example_count = 2};
    nufo->make = CUSTOMERS_GIVEN;
    nufo->gpt.vocabulary = (Texts){vocabulary, 8};
    nufo->gpt.d_model = 4;
    nufo->gpt.n_heads = 1;
    nufo->gpt.d_k = 3;
    nufo->gpt.d_ff = 4;
    nufo->gpt.norm_eps = 0.01;
    nufo->gpt.mlp_bias = 0;
    nufo->gpt.activation = ACTIVATION_RELU;
    nufo->tabular = (Tabular){.frequencies = 1, .width = 2, .sigma = 0.5, .category_width = 2, .cross_layers = 1,
                              .deep_layers = 0, .deep_width = 4};
    model->training.batch = 1;
    model->init = (Init){.kind = INIT_DECIMAL, .seed = 49, .std = 0.6, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.05, .beta1 = 0.5, .beta2 = 0.75, .eps = 0.01,
                                   .weight_decay = 0, .clip_norm = INFINITY};
    model->training.steps = 40;
}

void nufo_preset_spending(Model *model)
{
    Nufo *nufo = model->settings;
    model->name = "spending";
    nufo->count = 3000;
    nufo->gpt.d_model = 32;
    nufo->gpt.n_layers = 2;
    nufo->gpt.d_ff = 64;
    nufo->tabular = (Tabular){.frequencies = 8, .width = 8, .sigma = 0.5, .category_width = 4, .cross_layers = 2,
                              .cross_rank = 8, .deep_layers = 1, .deep_width = 32};
    model->init.std = 0.1;
    model->optimizer.lr = 0.003;
    model->training = (Training){.batch = 32, .accumulate = 1, .steps = 750, .shuffle = 1, .validation = 0.2,
                                 .schedule = SCHEDULE_COSINE, .warmup = 30, .min_lr = 0.0003};
}
