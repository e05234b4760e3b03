/* tabular: yes or no from numbers and categories. Numbers become waves (Gorishniy et al. 2022), categories rows of a
 * table, cross layers multiply features with each other (Wang et al. 2021, "DCN V2"). Chapter 34.
 *
 *   loss = mean over the examples of max(z, 0) - z y + ln(1 + exp(-|z|)), z the logit, y the class
 *   What is recorded: tabular_record.c. The transformer's other half: nufo.c. */
#include "tabular.h"

#include "../data/vary.h"
#include "../primitives/families.h"
#include "../record.h"
#include "../rules/rule.h"

#include <math.h>
#include <string.h>

typedef struct {
    Tabular how;
    ExampleTable table;
} Settings;

const char *const NUMBERS_KINDS[] = {"plr", "plain", NULL};
const char *const STRUCTURE_KINDS[] = {"stacked", "parallel", NULL};

static const ModelKey KEYS[] = {TABULAR_KEYS(Settings, how), {.key = NULL}};

static const FieldKey FIELDS[] = {
    {"x", FIELD_NUMBERS, "the numbers"},
    {"category", FIELD_NUMBERS, "the categories, one of each column, from 0"},
    {"vector", FIELD_NUMBERS, "numbers that go in beside them as they are"},
    {"class", FIELD_INTEGER, "the class, 0 or 1"},
    {"label", FIELD_TEXT, "or the class by its name; the second that appears is 1"},
    {NULL, FIELD_TEXT, NULL},
};

/* Six customers: how far their age and their orders are from the mean, where they live, who came back. */
static void defaults(Model *model)
{
    enum { ROWS = 6 };
    static const double x[ROWS][2] = {{0.7, 0.5}, {-0.3, 0.2}, {0.2, -0.4}, {-0.9, 0.8}, {0.4, -0.6}, {-0.5, -0.2}},
                        category[ROWS] = {0, 2, 1, 0, 2, 1}, class[ROWS] = {1, 0, 1, 0, 0, 1};
#define ROW(i) {{"x", NULL, x[i], 2}, {"category", NULL, &category[i], 1}, {"class", NULL, &class[i], 1}}
    static const Field fields[ROWS][3] = {ROW(0), ROW(1), ROW(2), ROW(3), ROW(4), ROW(5)};
    static const Example examples[ROWS] = {{fields[0], 3}, {fields[1], 3}, {fields[2], 3},
                                           {fields[3], 3}, {fields[4], 3}, {fields[5], 3}};
    model->data = (Data){.examples = examples, .example_count = ROWS};
    *(Settings *)model->settings = (Settings){.how = TABULAR_DEFAULTS};
}

bool tabular_works(const Tabular *tabular, Error *error)
{
    if (tabular->cross_experts && !tabular->cross_rank)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"cross_experts\" mixes products of thin matrices; say their \"cross_rank\"");
    return !(tabular->cross_rank && !tabular->cross_layers) ||
           error_set(error, EXIT_USED_WRONGLY, "model: \"cross_rank\" is %d, but \"cross_layers\" is 0; leave it out",
                     tabular->cross_rank);
}

static bool finish(Model *model, Error *error)
{
    Settings *of = model->settings;
    return tabular_works(&of->how, error) &&
           table_read(&of->table, model, of->how.categories, of->how.standardise, error) &&
           tabular_judges(&of->how, model, error);
}

/* The losses of some rows of the data, each [1 x 1] of a column. */
static int record_rows(Scene *scene, const int *rows, int count)
{
    const Settings *of = scene->model->settings;
    short examples = tape_axis(scene->tape, (Axis){"example", count, NULL, false});
    int logits = tabular_logits(scene, &of->how, rows, count, examples, -1);
    return tabular_losses(scene, logits, rows, count, examples);
}

/* Those who are kept apart: nothing is learned from what they say. */
static void record_judged(Scene *scene)
{
    const Settings *of = scene->model->settings;
    int count, *rows = tabular_judged(scene, &count);
    short examples = tape_axis(scene->tape, (Axis){"example", count, NULL, false});
    tape_begin_instance(scene->tape, "judged", 0);
    tabular_area(scene, tabular_logits(scene, &of->how, rows, count, examples, -1), rows, count, examples);
    tape_end(scene->tape);
}

static int forward(Scene *scene)
{
    int count, *rows = table_batch(scene, &count);
    int losses = record_rows(scene, rows, count);
    if (((const Settings *)scene->model->settings)->how.area)
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
    return record_rows(scene, &row, 1);
}

static int record_class(Scene *scene, int row)
{
    const Settings *of = scene->model->settings;
    short examples = tape_axis(scene->tape, (Axis){"example", 1, NULL, false});
    int logits = tabular_logits(scene, &of->how, &row, 1, examples, -1);
    return tabular_both(scene->tape, logistic(scene->tape, HERE("probability"), logits));
}

static const Classifier CLASSIFIER = {
    .classes = table_class_count, .label = table_label, .count = table_count, .row = table_row, .target = table_target,
    .record = record_class,
};

static bool vary(Model *model, Random *random, int size, Error *error)
{
    (void)size;
    return examples_vary(model, is_features, 9, random, error);
}

static int quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    const Settings *of = model->settings;
    int batch = model->training.batch ? model->training.batch : of->table.learned, count = 0;
    out[count++] = (Quantity){"k", "the number of frequencies", of->how.frequencies};
    out[count++] = (Quantity){"B", "the number of examples", batch};
    out[count++] = (Quantity){"features", NULL, of->table.features};
    return count;
}

/* The latest value called so. */
static int latest_called(const Tape *tape, const char *local)
{
    int id = tape->value_count - 1;
    while (id >= 0 && strcmp(tape->values[id].name.local, local) != 0)
        id--;
    return id;
}

/* Those who are judged below those who are learned from. */
static int all_rows(Tape *tape, const Asked *step)
{
    int raw = latest_called(tape, "raw"), both[2];
    both[0] = mistake_make(tape, &TRANSPOSE, PART("turned"), step->inputs, 1, (Attributes){0});
    both[1] = mistake_make(tape, &TRANSPOSE, PART("turned"), &raw, 1, (Attributes){0});
    int beside = mistake_make(tape, &CONCAT, PART("beside"), both, 2, (Attributes){0});
    return mistake_make(tape, &TRANSPOSE, step->label, &beside, 1, (Attributes){0});
}

static const Mistake TABULAR_MISTAKES[] = {
    {"table.spread_leaked", "mean and deviation are those of all rows, also of those that are kept to be judged by", 1,
     {{EDIT_RECORD, PHASE_FORWARD, .frame = "*spread", .label = "counted", .record = all_rows}}},
    {"area.ties_lost", "of two that are equal none counts: a tie is half a pair", 1,
     {{EDIT_CONSTANT, PHASE_FORWARD, .frame = "*area", .label = "half", .number = 0}}},
    {"area.ties_won", "of two that are equal the pair counts as won: a tie is half a pair", 1,
     {{EDIT_SKIP, PHASE_FORWARD, .frame = "*area", .label = "half"}}},
};

const System TABULAR = {
    .name = "tabular",
    .good_for = "yes or no from numbers and categories: waves, embeddings, products of features",
    .size = sizeof(Settings),
    .keys = KEYS,
    .fields = FIELDS,
    .defaults = defaults,
    .finish = finish,
    .numbers_later = true,
    .forward = forward,
    .held_out = held_out,
    .held_out_losses = held_out_losses,
    .vary = vary,
    .quantities = quantities,
    .classifier = &CLASSIFIER,
    .mistakes = TABULAR_MISTAKES,
    .mistake_count = sizeof TABULAR_MISTAKES / sizeof *TABULAR_MISTAKES,
};

void tabular_preset_customers(Model *model)
{
    Settings *of = model->settings;
    model->name = "customers";
    of->how = (Tabular){.frequencies = 2, .width = 2, .sigma = 0.5, .category_width = 2, .cross_layers = 2,
                        .deep_layers = 1, .deep_width = 3};
    model->init = (Init){.kind = INIT_DECIMAL, .seed = 73, .std = 0.6, .reseed = RESEED_ONCE, .decimals = 1};
    model->optimizer = (Optimizer){.kind = OPTIMIZER_ADAMW, .lr = 0.05, .beta1 = 0.5, .beta2 = 0.75, .eps = 0.01,
                                   .weight_decay = 0, .clip_norm = INFINITY};
    model->training.steps = 60;
}
