/* Payments of a bank's customers as tokens; see data_parts.h. The tokens of a payment are those of made customers
 * (sign, amount, month, weekday, hour), then the pieces of its description, byte pairs that are learned from all of
 * them.
 *
 *   amount       its size below 5, 10, 25, 50, 100, 250, 1000 or above: amt0 ... amt7; + from 0 on
 *   date         dow0 is Monday; a date without a time has no hour
 *   description  in small letters (of ASCII), runs of blanks as one
 *   the payments of a user are put in the order of their dates, of equal ones as they come */
#include "data_payments.h"

#include "tiny_model/data/transactions.h"
#include "tiny_model/systems/nufo.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_CSV = 64 << 20 };

static const char *const ROLES[] = {"date", "amount", "description", "user"};

static bool wrong(const PaymentsRead *of, const char *what, const char *word)
{
    return csv_wrong(of->path, of->line, what, word, of->error);
}

static char *next_cell(const PaymentsRead *of, char **rest)
{
    return csv_cell(of->path, of->line, of->separator, rest, of->error);
}

static bool place_category(PaymentsRead *of, int column)
{
    of->roles[column] = CATEGORY;
    of->places[column] = of->category_columns++;
    return of->places[column] < MOST_CATEGORY_COLUMNS ||
           error_set(of->error, EXIT_USED_WRONGLY, "\"%s\" has more than %d columns of categories", of->path,
                     MOST_CATEGORY_COLUMNS);
}

/* A column that is neither of the payment nor the target, where the model knows which ones there are. */
static void find_column(PaymentsRead *of, int column, const char *name)
{
    const Data *data = &of->model->data;
    int number = categories_known(&data->columns, name), category = categories_known(&data->category_columns, name);
    of->roles[column] = number >= 0 ? NUMBER : category >= 0 ? CATEGORY : PASSED;
    of->places[column] = number >= 0 ? number : category;
    of->numbers += number >= 0;
    of->category_columns += number < 0 && category >= 0;
}

/* Columns of the model that the header lacks. */
static bool has_all(const PaymentsRead *of)
{
    const Data *data = &of->model->data;
    const Texts *const wanted[] = {&data->columns, &data->category_columns};
    for (int kind = 0; kind < 2; kind++)
        for (int i = 0; i < wanted[kind]->count; i++) {
            int column = 0;
            while (column < of->columns && strcmp(of->names[column], wanted[kind]->list[i]) != 0)
                column++;
            if (column == of->columns)
                return wrong(of, "the header has no column", wanted[kind]->list[i]);
        }
    return true;
}

static bool take_column(PaymentsRead *of, const char *cell, int seen[OTHER])
{
    Role role = DATE;
    while (role < TARGET && strcmp(cell, ROLES[role]) != 0)
        role++;
    role = role == TARGET && (of->more || strcmp(cell, of->label) != 0) ? OTHER : role;
    for (int c = 0; c < of->columns; c++)
        if (strcmp(of->names[c], cell) == 0)
            return wrong(of, "the header has two columns", cell);
    of->roles[of->columns] = role;
    if (role != OTHER)
        seen[role]++;
    else if (of->more)
        find_column(of, of->columns, cell);
    of->names[of->columns] = model_text(of->model, cell);
    return of->names[of->columns] || error_memory(of->error);
}

static bool read_header(PaymentsRead *of, char *line)
{
    int seen[OTHER] = {0};
    for (char *cell; (cell = next_cell(of, &line)); of->columns++) {
        if (of->columns == MOST_PAYMENT_COLUMNS)
            return error_set(of->error, EXIT_USED_WRONGLY, "\"%s\" has more than %d columns", of->path,
                             MOST_PAYMENT_COLUMNS);
        if (!take_column(of, cell, seen))
            return false;
    }
    for (Role role = DATE; role < USER && of->error->code == EXIT_DONE; role++)
        if (!seen[role])
            return error_set(of->error, EXIT_USED_WRONGLY,
                             "\"%s\", line 1: payments need a column \"%s\" (date, amount, description; user says "
                             "whose)",
                             of->path, ROLES[role]);
    of->has_label = seen[TARGET] > 0;
    return of->error->code == EXIT_DONE && (!of->more || has_all(of));
}

static bool read_date(const PaymentsRead *of, const char *cell, Payment *out)
{
    PaymentDate date;
    if (!payment_date(cell, &date))
        return wrong(of, "a date is needed, as 2026-11-27, 27.11.2026 or 2026-11-27 20:30, not", cell);
    out->minute = payment_minute(&date);
    out->fixed[out->count++] = TOKEN_MONTH + date.month - 1;
    out->fixed[out->count++] = TOKEN_WEEKDAY + date.weekday;
    if (date.hour >= 0)
        out->fixed[out->count++] = TOKEN_HOUR + date.hour;
    return true;
}

static bool read_amount(const PaymentsRead *of, const char *cell, Payment *out)
{
    static const double edges[] = {5, 10, 25, 50, 100, 250, 1000};
    double amount;
    int bucket = 0;
    switch (payment_amount(cell, &amount)) {
    case AMOUNT_READ: break;
    case AMOUNT_NONE: return wrong(of, "an amount is needed, not", cell);
    case AMOUNT_EITHER: return wrong(of, "write 1234 or 1.23; an amount that could be both is", cell);
    }
    while (bucket < (int)(sizeof edges / sizeof *edges) && fabs(amount) >= edges[bucket])
        bucket++;
    out->fixed[0] = amount >= 0 ? TOKEN_PLUS : TOKEN_MINUS;
    out->fixed[1] = TOKEN_AMOUNT + bucket;
    return true;
}

static bool read_description(PaymentsRead *of, const char *cell, Payment *out)
{
    Text *all = &of->descriptions;
    size_t before = all->length;
    for (const char *at = cell; *at; at++) {
        bool blank = *at == ' ' || *at == '\t', ends = !at[1] || at[1] == ' ' || at[1] == '\t';
        char small = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
        if (blank ? !ends && all->length > before : true)
            text_put(all, blank ? " " : &small, 1);
    }
    out->description = all->length > before ? (long)before : NOT_DESCRIBED;
    if (all->length > before)
        text_put(all, "\n", 1);
    return !all->failed || error_memory(of->error);
}

static bool read_number(const PaymentsRead *of, int column, const char *cell, User *user)
{
    double *out = &user->x[of->places[column]];
    return (parse_number(cell, out) && isfinite(*out)) || wrong(of, "a number is needed, not", cell);
}

static bool read_category(PaymentsRead *of, int column, const char *cell, User *user)
{
    int place = of->places[column];
    if (!*cell)
        return wrong(of, "there is nothing in the column", of->names[column]);
    int id = of->more ? categories_known(&of->model->data.categories[place], cell)
                      : categories_find(&of->categories, of->model, place, cell);
    user->category[place] = id;
    return id >= 0 || (of->more ? csv_wrong(of->path, of->line, "the model was told of no such category:", cell,
                                            of->error)
                                : error_memory(of->error));
}

/* The first line tells whether a column is of numbers or of categories. */
static bool read_other(PaymentsRead *of, int column, const char *cell, User *user)
{
    double number;
    if (*cell && !parse_number(cell, &number))
        return place_category(of, column) && read_category(of, column, cell, user);
    of->roles[column] = NUMBER;
    of->places[column] = of->numbers++;
    return read_number(of, column, cell, user);
}

static bool take_text(PaymentsRead *of, int column, const char *cell, const char **out)
{
    if (!*cell)
        return wrong(of, "there is nothing in the column", of->names[column]);
    *out = model_text(of->model, cell);
    return *out || error_memory(of->error);
}

static bool take_cell(PaymentsRead *of, int column, const char *cell, Payment *payment, User *user)
{
    switch (of->roles[column]) {
    case DATE: return read_date(of, cell, payment);
    case AMOUNT: return read_amount(of, cell, payment);
    case DESCRIPTION: return read_description(of, cell, payment);
    case USER: return take_text(of, column, cell, &user->name);
    case TARGET: return take_text(of, column, cell, &user->label);
    case OTHER: return read_other(of, column, cell, user);
    case NUMBER: return read_number(of, column, cell, user);
    case CATEGORY: return read_category(of, column, cell, user);
    case PASSED: return true;
    }
    return false;
}

/* The user of a line, who is as his first line says; a new one where nobody is called so. Who has two targets has
 * none. */
static bool find_user(PaymentsRead *of, const User *user, int *found)
{
    size_t slot = 5381;
    for (const char *c = user->name; *c; c++)
        slot = 33 * slot + (unsigned char)*c;
    for (slot %= of->slot_count; of->slots[slot]; slot = (slot + 1) % of->slot_count) {
        const User *other = &of->users[*found = of->slots[slot] - 1];
        if (strcmp(other->name, user->name) == 0)
            return !of->has_label || strcmp(other->label, user->label) == 0 ||
                   wrong(of, "another line has another target for the same user:", user->label);
    }
    of->slots[slot] = of->user_count + 1;
    of->users[*found = of->user_count++] = *user;
    return true;
}

static bool read_line(PaymentsRead *of, char *line)
{
    Payment payment = {.count = 2, .order = of->payment_count, .description = NOT_DESCRIBED};
    User user = {.name = ""};
    int column = 0;
    for (char *cell; (cell = next_cell(of, &line)); column++)
        if (column < of->columns && !take_cell(of, column, cell, &payment, &user))
            return false;
    if (of->error->code != EXIT_DONE)
        return false;
    if (column != of->columns)
        return error_set(of->error, EXIT_USED_WRONGLY, "\"%s\", line %d has %d cells, the header %d", of->path,
                         of->line, column, of->columns);
    if (!find_user(of, &user, &payment.user))
        return false;
    of->payments[of->payment_count++] = payment;
    return true;
}

static bool read_lines(PaymentsRead *of, char *text)
{
    while (text) {
        char *line = csv_line(&text);
        of->line++;
        if (of->line == 1 ? !read_header(of, line) : *line && !read_line(of, line))
            return false;
    }
    return of->payment_count ||
           error_set(of->error, EXIT_USED_WRONGLY, "\"%s\" has no payments under its header", of->path);
}

/* Reads the file; then what it says is kept by `take`. */
static bool read_file(PaymentsRead *of, bool (*take)(PaymentsRead *of, int merges), int merges)
{
    char *text;
    size_t size, lines = 1;
    if (!file_read(of->path, LARGEST_CSV, &text, &size, of->error))
        return false;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    char *first = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
    of->separator = csv_separator(first);
    of->slot_count = 2 * lines;
    of->payments = calloc(lines, sizeof *of->payments);
    of->users = calloc(lines, sizeof *of->users);
    of->slots = calloc(of->slot_count, sizeof *of->slots);
    bool whole = of->payments && of->users && of->slots ? true : error_memory(of->error);
    whole = whole && text_is_utf8(of->path, text, size, of->error) && read_lines(of, first) && take(of, merges);
    categories_free(&of->categories);
    text_free(&of->descriptions);
    free(of->payments);
    free(of->users);
    free(of->slots);
    free(text);
    return whole;
}

static bool take_all(PaymentsRead *of, int merges)
{
    const Text *all = &of->descriptions;
    return nufo_learn_pieces(of->model, all->data ? all->data : "", all->length, merges, of->error) &&
           payments_become_examples(of);
}

static bool take_more(PaymentsRead *of, int merges)
{
    (void)merges;
    if (!payments_become_examples(of))
        return false;
    if (of->unknown)
        print_error("tracer: \"%s\": %ld byte%s of descriptions are in none that was learned from; read as <?>\n",
                    of->path, of->unknown, of->unknown == 1 ? "" : "s");
    return true;
}

bool data_read_transactions(Model *model, const char *path, const char *label, int merges, Error *error)
{
    PaymentsRead of = {.path = path, .label = label, .model = model, .error = error};
    return read_file(&of, take_all, merges);
}

bool data_more_transactions(Model *model, const char *path, Error *error)
{
    PaymentsRead of = {.path = path, .model = model, .error = error, .more = true};
    return ((const Nufo *)model->settings)->pieces.count
               ? read_file(&of, take_more, 0)
               : error_set(error, EXIT_USED_WRONGLY,
                           "\"%s\" cannot be read: the model knows how to cut descriptions only from the csv of "
                           "payments that it learns from; name it as \"csv\" in data of a model file",
                           path);
}
