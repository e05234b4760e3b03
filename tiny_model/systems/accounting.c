/* accounting: what transformers cost, reckoned on the tape, a model a row. It has no loss and no way back. Chapter 23.
 *
 *   L blocks, d width, f width of the MLP, V vocabulary, T tokens; a GPT with biases and a tied head
 *
 *   attention = 4 d^2                         matrices of a block: queries, keys, values, output
 *   mlp       = 2 d f
 *   vectors   = 9 d + f                       its biases, and gamma and beta of two norms
 *   parameters = L (attention + mlp + vectors) + V d + T d + 2 d
 *   products  = L (attention + mlp) + V d     what a token is multiplied with: the head, but not what is looked up
 *   linear    = 2 T products                  FLOPs: two for each multiply-add
 *   pairs     = 4 T^2 d L                     scores and weighted sums, all pairs
 *   forward   = linear + pairs,  backward = 2 forward,  training = forward + backward
 *   bytes     = 16 parameters                 parameter, gradient, m and v in single precision */
#include "accounting.h"

#include "../record.h"
#include "../system.h"

#include <math.h>
#include <string.h>

enum { SIZES = 5, MOST_MODELS = 64 };
enum { OF_L, OF_D, OF_F, OF_V, OF_T };

static const char *const size_names[SIZES] = {"L", "d", "f", "V", "T"};

typedef struct {
    int count;                 /* models */
    double *sizes;             /* [count x SIZES] */
    const char **labels;       /* of the models */
} Accounting;

static const ModelKey KEYS[] = {{.key = NULL}};

static const FieldKey FIELDS[] = {
    {"sizes", FIELD_NUMBERS, "blocks, width, width of the MLP, vocabulary, tokens: five whole numbers"},
    {"name", FIELD_TEXT, "what the model is called"},
    {NULL, FIELD_TEXT, NULL},
};

/* Two that fit a screen, the character model of chapter 21, and GPT-2 small. */
static void defaults(Model *model)
{
    static const double numbers[][SIZES] = {
        {1, 6, 8, 9, 5}, {2, 16, 64, 30, 8}, {2, 64, 256, 61, 32}, {12, 768, 3072, 50257, 1024}};
    static const Field fields[][2] = {
        {{"sizes", NULL, numbers[0], SIZES}, {"name", "tiny", NULL, 0}},
        {{"sizes", NULL, numbers[1], SIZES}, {"name", "small", NULL, 0}},
        {{"sizes", NULL, numbers[2], SIZES}, {"name", "characters", NULL, 0}},
        {{"sizes", NULL, numbers[3], SIZES}, {"name", "gpt2", NULL, 0}}};
    static const Example examples[] = {{fields[0], 2}, {fields[1], 2}, {fields[2], 2}, {fields[3], 2}};
    model->data = (Data){.examples = examples, .example_count = 4};
}

static bool take_sizes(Accounting *accounting, const Example *example, int row, Error *error)
{
    const Field *sizes = example_field(example, "sizes"), *name = example_field(example, "name");
    if (!sizes || sizes->count != SIZES)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: \"sizes\" of example %d has to be five numbers: blocks, width, width of the MLP, "
                         "vocabulary, tokens",
                         row);
    for (int i = 0; i < SIZES; i++) {
        double size = sizes->numbers[i];
        if (!(size >= 1 && size <= 1e6) || size != floor(size))
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: \"sizes\" of example %d has a %g; whole numbers from 1 to a million", row, size);
        accounting->sizes[row * SIZES + i] = size;
    }
    accounting->labels[row] = name ? name->text : "";
    return true;
}

static bool finish(Model *model, Error *error)
{
    Accounting *accounting = model->settings;
    int count = accounting->count = model->data.example_count;
    if (count < 1 || count > MOST_MODELS)
        return error_set(error, EXIT_USED_WRONGLY, "model: \"examples\" are %d; from 1 to %d models", count,
                         MOST_MODELS);
    accounting->sizes = arena_alloc(&model->arena, (size_t)count * SIZES * sizeof *accounting->sizes);
    accounting->labels = arena_alloc(&model->arena, (size_t)count * sizeof *accounting->labels);
    if (!accounting->sizes || !accounting->labels)
        return error_memory(error);
    for (int i = 0; i < count; i++)
        if (!take_sizes(accounting, &model->data.examples[i], i, error))
            return false;
    return true;
}

/* One column for each size. */
typedef struct {
    int of[SIZES];
} Columns;

static int record_parameters(Tape *tape, const Columns *size, int *matrices, int *table)
{
    const int *s = size->of;
    tape_begin(tape, "parameters", -1, NULL);
    int attention = scale(tape, HERE("attention"), multiply(tape, HERE("square"), s[OF_D], s[OF_D]), 4);
    int mlp = scale(tape, HERE("mlp"), multiply(tape, HERE("rectangle"), s[OF_D], s[OF_F]), 2);
    int vectors = add(tape, HERE("vectors"), scale(tape, HERE("nine"), s[OF_D], 9), s[OF_F]);
    *matrices = add(tape, HERE("matrices"), attention, mlp);
    int block = add(tape, HERE("block"), *matrices, vectors);
    int blocks = multiply(tape, HERE("blocks"), block, s[OF_L]);
    *table = multiply(tape, HERE("token_embedding"), s[OF_V], s[OF_D]);
    int positions = multiply(tape, HERE("position_embedding"), s[OF_T], s[OF_D]);
    int tables = add(tape, HERE("tables"), *table, positions);
    int last = add(tape, HERE("outside"), tables, scale(tape, HERE("final_norm"), s[OF_D], 2));
    int all = add(tape, RESULT("parameters"), blocks, last);
    tape_end(tape);
    return all;
}

static int record_forward(Tape *tape, const Columns *size, int matrices, int table)
{
    const int *s = size->of;
    tape_begin(tape, "flops", -1, NULL);
    int blocks = multiply(tape, HERE("blocks"), matrices, s[OF_L]);
    int products = add(tape, HERE("products"), blocks, copy(tape, HERE("head"), table));
    int linear = scale(tape, HERE("linear"), multiply(tape, HERE("multiply_adds"), products, s[OF_T]), 2);
    int squares = multiply(tape, HERE("squares"), s[OF_T], s[OF_T]);
    int wide = multiply(tape, HERE("wide"), squares, s[OF_D]);
    int pairs = scale(tape, HERE("pairs"), multiply(tape, HERE("deep"), wide, s[OF_L]), 4);
    int forward = add(tape, RESULT("forward_flops"), linear, pairs);
    tape_end(tape);
    return forward;
}

static int forward(Scene *scene)
{
    Tape *tape = scene->tape;
    const Accounting *accounting = scene->model->settings;
    int count = accounting->count;
    short rows = tape_axis(tape, (Axis){"model", count, accounting->labels, false}),
          cols = tape_axis(tape, (Axis){"size", SIZES, size_names, false});
    int sizes = tape_leaf(tape, KIND_INPUT, "sizes", (Shape){count, SIZES, rows, cols}, accounting->sizes);
    Columns size;
    int matrices, table;
    tape_begin(tape, "shape", -1, NULL);
    for (int i = 0; i < SIZES; i++) {
        /* What is reckoned from a size is no size any more. */
        Label label = label_with_axes(HERE(size_names[i]), AXIS_NONE, tape_axis(tape, (Axis){"amount", 1, NULL, false}),
                                      AXIS_NONE);
        size.of[i] = slice_columns(tape, &label, sizes, i, 1);
    }
    tape_end(tape);
    int parameters = record_parameters(tape, &size, &matrices, &table);
    int flops = record_forward(tape, &size, matrices, table);
    tape_begin(tape, "training", -1, NULL);
    int back = scale(tape, RESULT("backward_flops"), flops, 2);
    add(tape, RESULT("train_flops"), flops, back);
    tape_end(tape);
    tape_begin(tape, "memory", -1, NULL);
    scale(tape, RESULT("bytes"), parameters, 16);
    tape_end(tape);
    return -1;
}

/* Other models, small enough to reckon by hand. */
static bool vary(Model *model, Random *random, int size, Error *error)
{
    static const int least[SIZES] = {1, 3, 5, 11, 3}, most[SIZES] = {4, 9, 20, 30, 8};
    int count = model->data.example_count;
    Example *examples = arena_alloc(&model->arena, (size_t)count * sizeof *examples);
    (void)size;
    for (int i = 0; examples && i < count; i++) {
        double *numbers = arena_alloc(&model->arena, SIZES * sizeof *numbers);
        Field *field = arena_alloc(&model->arena, sizeof *field);
        if (!numbers || !field)
            return error_memory(error);
        for (int k = 0; k < SIZES; k++)
            numbers[k] = least[k] + (double)(random_bits(random) % (unsigned)(most[k] - least[k] + 1));
        *field = (Field){"sizes", NULL, numbers, SIZES};
        examples[i] = (Example){field, 1};
    }
    if (!examples)
        return error_memory(error);
    model->data.examples = examples;
    return true;
}

static int quantities(const Model *model, Quantity out[MOST_QUANTITIES])
{
    out[0] = (Quantity){"B", "the number of models", ((const Accounting *)model->settings)->count};
    return 1;
}

#define PLACE PHASE_FORWARD, .frame = "flops"

static const Mistake ACCOUNTING_MISTAKES[] = {
    {"accounting.embedding_multiplied",
     "the token embedding is counted as a product too; it is only looked up",
     1,
     {{EDIT_SCALE, PLACE, .label = "head", .number = 2}}},
    {"accounting.head_left_out",
     "the head is not counted because it is tied; it is the embedding's matrix, but every token is multiplied with it",
     1,
     {{EDIT_SCALE, PLACE, .label = "head", .number = 0}}},
    {"accounting.multiply_adds",
     "these are multiply-adds; each is two FLOPs",
     2,
     {{EDIT_CONSTANT, PLACE, .label = "linear", .number = 1}, {EDIT_CONSTANT, PLACE, .label = "pairs", .number = 2}}},
    {"accounting.attention_halved",
     "scores and weighted sums are halved, as if masked pairs were not computed",
     1,
     {{EDIT_CONSTANT, PLACE, .label = "pairs", .number = 2}}},
    {"accounting.attention_left_out",
     "scores and weighted sums are left out, which grow with the square of the text",
     1,
     {{EDIT_CONSTANT, PLACE, .label = "pairs", .number = 0}}},
    {"accounting.backward_as_forward",
     "the way back is counted like the way forward; it takes two products for each",
     1,
     {{EDIT_CONSTANT, PHASE_FORWARD, .frame = "training", .label = "backward_flops", .number = 1}}},
    {"accounting.optimizer_forgotten",
     "only the parameters are counted, 4 bytes each; gradient, m and v are as large again, each",
     1,
     {{EDIT_CONSTANT, PHASE_FORWARD, .frame = "memory", .label = "bytes", .number = 4}}},
};

const System ACCOUNTING = {
    .name = "accounting",
    .good_for = "what transformers cost: parameters, FLOPs and bytes, a model a row; no loss",
    .size = sizeof(Accounting),
    .keys = KEYS,
    .fields = FIELDS,
    .without_loss = true,
    .defaults = defaults,
    .finish = finish,
    .forward = forward,
    .vary = vary,
    .quantities = quantities,
    .mistakes = ACCOUNTING_MISTAKES,
    .mistake_count = sizeof ACCOUNTING_MISTAKES / sizeof *ACCOUNTING_MISTAKES,
};

void accounting_preset(Model *model)
{
    model->name = "costs";
}
