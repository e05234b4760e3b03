/* Making customers; see transactions.h. */
#include "transactions.h"

#include "../elementary/elementary.h"
#include "../random.h"

#include <math.h>
#include <string.h>

enum { TRANSACTIONS = 6, MERCHANTS = 10, UNIFORMS = 64, FIRST_OF_THEM = 8, OF_EACH = 8, NIGHT_ENDS = 6 };

const char *const TRANSACTION_VOCABULARY[TRANSACTION_TOKENS] = {
    "<PAD>", "<BOS>", "<EOS>", "+", "-", "amt0", "amt1", "amt2", "amt3", "amt4", "amt5", "amt6", "amt7",
    "mon1", "mon2", "mon3", "mon4", "mon5", "mon6", "mon7", "mon8", "mon9", "mon10", "mon11", "mon12",
    "dow0", "dow1", "dow2", "dow3", "dow4", "dow5", "dow6",
    "h0", "h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8", "h9", "h10", "h11",
    "h12", "h13", "h14", "h15", "h16", "h17", "h18", "h19", "h20", "h21", "h22", "h23",
    "sala", "ry", "rent", "groc", "er", "cafe", "bar", "casi", "no", "pharma", "cy", "school", "gara", "ge", "flight",
    "s",
};

typedef struct {
    const char *name;
    int pieces[MOST_PIECES + 1];     /* ids, ended by -1 */
    bool large;                      /* its amounts are */
    double shares[2];                /* of the two kinds of customer */
} Merchant;

static const Merchant OF[MERCHANTS] = {
    {"salary", {56, 57, -1}, true, {0.16, 0.16}}, {"rent", {58, -1}, true, {0.1, 0.1}},
    {"grocer", {59, 60, -1}, false, {0.25, 0.1}}, {"cafe", {61, -1}, false, {0.1, 0.12}},
    {"bar", {62, -1}, false, {0.04, 0.18}},       {"casino", {63, 64, -1}, false, {0.02, 0.12}},
    {"pharmacy", {65, 66, -1}, false, {0.13, 0.04}}, {"school", {67, -1}, false, {0.12, 0.02}},
    {"garage", {68, 69, -1}, false, {0.05, 0.06}}, {"flights", {70, 71, -1}, true, {0.03, 0.1}},
};
enum { SALARY = 0 };

/* The first merchant up to which the shares add up to u of all. */
static int choose_merchant(int kind, double u)
{
    double total = 0, sum = 0;
    for (int m = 0; m < MERCHANTS; m++)
        total += OF[m].shares[kind];
    for (int m = 0; m < MERCHANTS; m++) {
        sum += OF[m].shares[kind];
        if (sum >= u * total)
            return m;
    }
    return MERCHANTS - 1;
}

static void add_transaction(Customer *out, int number, const double *u)
{
    int merchant = choose_merchant(out->kind, u[0]), hour = (int)(24 * u[4]);
    int amount = (int)(4 * u[1]) + (OF[merchant].large ? AMOUNT_BUCKETS / 2 : 0);
    int month = 2 * number + (int)(2 * u[2]);
    int tokens[] = {merchant == SALARY ? TOKEN_PLUS : TOKEN_MINUS,
                    TOKEN_AMOUNT + (amount < AMOUNT_BUCKETS ? amount : AMOUNT_BUCKETS - 1), TOKEN_MONTH + month,
                    TOKEN_WEEKDAY + (int)(7 * u[3]), TOKEN_HOUR + hour};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
        out->tokens[out->count++] = tokens[i];
    for (const int *piece = OF[merchant].pieces; *piece >= 0; piece++)
        out->tokens[out->count++] = *piece;
    out->nights += hour < NIGHT_ENDS;
}

void customer_make(uint64_t seed, int i, Customer *out)
{
    double u[UNIFORMS];
    for (int k = 0; k < UNIFORMS; k++)
        u[k] = splitmix_uniform(seed, (uint64_t)UNIFORMS * (uint64_t)i + (uint64_t)k);
    *out = (Customer){.kind = u[0] < 0.5, .category = (int)(CUSTOMER_CATEGORIES * u[4])};
    for (int j = 0; j < CUSTOMER_FEATURES; j++)
        out->x[j] = 4 * u[1 + j] - 2;
    out->tokens[out->count++] = TOKEN_BOS;
    for (int k = 0; k < TRANSACTIONS; k++)
        add_transaction(out, k, u + FIRST_OF_THEM + k * OF_EACH);
    out->tokens[out->count++] = TOKEN_EOS;
    double side = 2 * out->kind - 1;
    out->logit = -0.3 + 1.5 * cos_of(3 * out->x[0]) + 0.6 * out->x[1] * out->x[2] + 0.8 * (out->category == 2) +
                 1.4 * side + 1.5 * (out->nights - 1.5) + 0.5 * side * out->x[1];
    out->class = u[7] < 1 / (1 + exp_of(-out->logit));
}

/* The numbers of one example: those of x, the category, the class, the tokens. */
static void fill_example(const Customer *customer, Field *fields, double *numbers, Example *out)
{
    double *at = numbers;
    fields[0] = (Field){"x", NULL, at, CUSTOMER_FEATURES};
    for (int j = 0; j < CUSTOMER_FEATURES; j++)
        *at++ = customer->x[j];
    fields[1] = (Field){"category", NULL, at, 1};
    *at++ = customer->category;
    fields[2] = (Field){"class", NULL, at, 1};
    *at++ = customer->class;
    fields[3] = (Field){"tokens", NULL, at, customer->count};
    for (int t = 0; t < customer->count; t++)
        *at++ = customer->tokens[t];
    *out = (Example){fields, 4};
}

bool customers_make(Model *model, uint64_t seed, int first, int count, Error *error)
{
    enum { FIELDS = 4, NUMBERS = CUSTOMER_FEATURES + 2 + MOST_CUSTOMER_TOKENS };
    size_t of = (size_t)count;
    Example *examples = arena_alloc(&model->arena, of * sizeof *examples);
    Field *fields = arena_alloc(&model->arena, of * FIELDS * sizeof *fields);
    double *numbers = arena_alloc(&model->arena, of * NUMBERS * sizeof *numbers);
    if (!examples || !fields || !numbers)
        return error_memory(error);
    for (int i = 0; i < count; i++, fields += FIELDS, numbers += NUMBERS) {
        Customer customer;
        customer_make(seed, first + i, &customer);
        fill_example(&customer, fields, numbers, &examples[i]);
    }
    model->data = (Data){.examples = examples, .example_count = count, .made = true, .only = model->data.only};
    return true;
}
