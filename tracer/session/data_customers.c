/* Payments become examples, one of each user; see data_payments.h. */
#include "data_payments.h"

#include "tiny_model/data/transactions.h"
#include "tiny_model/systems/nufo.h"

#include <stdlib.h>
#include <string.h>

static int by_user_and_date(const void *a, const void *b)
{
    const Payment *first = a, *second = b;
    if (first->user != second->user)
        return first->user < second->user ? -1 : 1;
    if (first->minute != second->minute)
        return first->minute < second->minute ? -1 : 1;
    return first->order < second->order ? -1 : first->order > second->order;
}

/* The tokens of one user's payments [count], into `out`; how many, or -1. */
static int cut_payments(PaymentsRead *of, const Payment *payments, int count, double *out)
{
    TokenIds ids = {0};
    bool whole = true;
    int at = 0;
    out[at++] = TOKEN_BOS;
    for (int i = 0; whole && i < count; i++) {
        const Payment *payment = &payments[i];
        ids.count = 0;
        whole = payment->description == NOT_DESCRIBED ||
                nufo_cut(of->model->settings, of->descriptions.data + payment->description, &ids, of->error);
        for (int t = 0; t < payment->count; t++)
            out[at++] = payment->fixed[t];
        for (size_t t = 0; whole && t < ids.count; t++) {
            out[at++] = ids.list[t];
            of->unknown += ids.list[t] == TOKEN_PIECE;
        }
    }
    out[at++] = TOKEN_EOS;
    free(ids.list);
    return whole ? at : -1;
}

/* A description has at most as many tokens as bytes. */
static size_t most_tokens(const PaymentsRead *of, const Payment *payments, int count)
{
    size_t most = 2;
    for (int i = 0; i < count; i++) {
        most += (size_t)payments[i].count;
        if (payments[i].description != NOT_DESCRIBED)
            most += strlen(of->descriptions.data + payments[i].description);
    }
    return most;
}

/* One user's payments [count] become an example. */
static bool make_example(PaymentsRead *of, const User *user, const Payment *payments, int count, Example *out)
{
    Arena *arena = &of->model->arena;
    int numbers = of->numbers ? of->numbers : 1;
    Field *fields = arena_alloc(arena, 4 * sizeof *fields);
    double *tokens = arena_alloc(arena, most_tokens(of, payments, count) * sizeof *tokens);
    double *x = arena_alloc(arena, (size_t)(numbers + of->category_columns) * sizeof *x);
    if (!fields || !tokens || !x)
        return error_memory(of->error);
    int length = cut_payments(of, payments, count, tokens);
    /* Where nothing is known: one number that says nothing. */
    memset(x, 0, (size_t)numbers * sizeof *x);
    memcpy(x, user->x, (size_t)of->numbers * sizeof *x);
    memcpy(x + numbers, user->category, (size_t)of->category_columns * sizeof *x);
    fields[0] = (Field){"tokens", NULL, tokens, length};
    fields[1] = (Field){"x", NULL, x, numbers};
    fields[2] = (Field){"category", NULL, x + numbers, of->category_columns};
    *out = (Example){fields, 2 + (of->category_columns > 0)};
    if (of->has_label)
        fields[out->count++] = (Field){"label", user->label, NULL, 0};
    return length >= 0;
}

/* What the columns are called, for the axes and for who is asked about later. */
static bool keep_names(PaymentsRead *of)
{
    Model *model = of->model;
    const char **columns = arena_alloc(&model->arena, 2 * MOST_PAYMENT_COLUMNS * sizeof *columns);
    if (!columns)
        return error_memory(of->error);
    for (int c = 0; c < of->columns; c++)
        if (of->roles[c] == NUMBER || of->roles[c] == CATEGORY)
            columns[(of->roles[c] == CATEGORY ? MOST_PAYMENT_COLUMNS : 0) + of->places[c]] = of->names[c];
    model->data.columns = (Texts){columns, of->numbers};
    model->data.category_columns = (Texts){columns + MOST_PAYMENT_COLUMNS, of->category_columns};
    return categories_keep(&of->categories, model, of->error);
}

/* The examples of all users, in room behind those of the model. */
static Example *make_examples(PaymentsRead *of)
{
    Model *model = of->model;
    int known = of->more ? model->data.example_count : 0;
    Example *examples = arena_alloc(&model->arena, (size_t)(known + of->user_count) * sizeof *examples);
    if (!examples) {
        error_memory(of->error);
        return NULL;
    }
    if (known)
        memcpy(examples, model->data.examples, (size_t)known * sizeof *examples);
    for (char *end = of->descriptions.data; end && (end = strchr(end, '\n')); end++)
        *end = '\0';
    qsort(of->payments, (size_t)of->payment_count, sizeof *of->payments, by_user_and_date);
    for (int first = 0, user = 0, end; first < of->payment_count; first = end, user++) {
        for (end = first; end < of->payment_count && of->payments[end].user == user; end++)
            ;
        if (!make_example(of, &of->users[user], of->payments + first, end - first, &examples[known + user]))
            return NULL;
    }
    return examples;
}

static bool keep_all(PaymentsRead *of, const Example *examples)
{
    Data *data = &of->model->data;
    *data = (Data){.examples = examples, .example_count = of->user_count, .only = data->only};
    return keep_names(of);
}

static bool keep_more(PaymentsRead *of, const Example *examples)
{
    Data *data = &of->model->data;
    const char **names = arena_alloc(&of->model->arena, (size_t)of->user_count * sizeof *names);
    if (!names)
        return error_memory(of->error);
    for (int i = 0; i < of->user_count; i++)
        names[i] = of->users[i].name;
    data->examples = examples;
    data->unseen = names;
    data->unseen_count = of->user_count;
    return true;
}

bool payments_become_examples(PaymentsRead *of)
{
    const Example *examples = make_examples(of);
    return examples && (of->more ? keep_more : keep_all)(of, examples);
}
