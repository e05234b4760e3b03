/* Payments of a bank's customers as tokens; see data_parts.h. The tokens are those of made customers (sign, amount,
 * month, weekday, hour, pieces of the description), and behind them the letters that a description is made of where no
 * piece fits.
 *
 *   amount   its size below 5, 10, 25, 50, 100, 250, 1000 or above: amt0 ... amt7; + from 0 on
 *   date     2026-11-27, or 2026-11-27 20:30 for the hour; dow0 is Monday
 *   the payments of a user are put in the order of their dates, of equal ones as they come */
#include "data_parts.h"

#include "tiny_model/data/transactions.h"
#include "tiny_model/systems/nufo.h"
#include "tracer/base/files.h"
#include "tracer/base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_CSV = 64 << 20, MOST_COLUMNS = 64, PIECES_OF_ONE = 64, FIXED = 5, DATE_LENGTH = 16 };
typedef enum { DATE, AMOUNT, DESCRIPTION, USER, TARGET, OTHER } Role;
static const char *const ROLES[] = {"date", "amount", "description", "user"};

typedef struct {
    char when[DATE_LENGTH + 1];
    int tokens[FIXED + PIECES_OF_ONE], count;
    int order, user;
} Payment;

typedef struct {
    const char *name;        /* of the column user, or "" */
    const char *label;
    double x[MOST_COLUMNS], category[MOST_CATEGORY_COLUMNS];
    int numbers, categories;
} User;

typedef struct {
    const char *path, *label;
    Model *model;
    Error *error;
    int line, columns;
    Role roles[MOST_COLUMNS];
    const char *names[MOST_COLUMNS];
    bool texts[MOST_COLUMNS];    /* a column of categories: its first cell is no number */
    bool has_label;
    const char **vocabulary;     /* room for as many as there may be */
    int tokens;
    Categories categories;
    Payment *payments;
    User *users;
    int payment_count, user_count;
} Reading;

static bool wrong(const Reading *of, const char *what, const char *word)
{
    return csv_wrong(of->path, of->line, what, word, of->error);
}

static bool read_header(Reading *of, char *line)
{
    int seen[OTHER] = {0};
    for (char *cell; (cell = csv_cell(of->path, of->line, &line, of->error)); of->columns++) {
        if (of->columns == MOST_COLUMNS)
            return error_set(of->error, EXIT_USED_WRONGLY, "\"%s\" has more than %d columns", of->path, MOST_COLUMNS);
        Role role = DATE;
        while (role < TARGET && strcmp(cell, ROLES[role]) != 0)
            role++;
        role = role == TARGET && strcmp(cell, of->label) != 0 ? OTHER : role;
        if (role != OTHER && seen[role]++)
            return wrong(of, "the header has two columns", cell);
        of->roles[of->columns] = role;
        if (!(of->names[of->columns] = model_text(of->model, cell)))
            return error_memory(of->error);
    }
    for (Role role = DATE; role < USER && of->error->code == EXIT_DONE; role++)
        if (!seen[role])
            return error_set(of->error, EXIT_USED_WRONGLY,
                             "\"%s\", line 1: payments need a column \"%s\" (date, amount, description; user says "
                             "whose)",
                             of->path, ROLES[role]);
    of->has_label = seen[TARGET] > 0;
    return of->error->code == EXIT_DONE;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* 0 is Monday. Sakamoto's method. */
static int weekday(int year, int month, int day)
{
    static const int offsets[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    year -= month < 3;
    return (year + year / 4 - year / 100 + year / 400 + offsets[month - 1] + day + 6) % 7;
}

static bool read_date(const Reading *of, const char *cell, Payment *out)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day, hour = -1, minute = 0, end = 0;
    char between;
    bool right = sscanf(cell, "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3 && end == 10;
    if (right && cell[end]) {
        int more = 0;
        right = sscanf(cell + end, "%c%2d:%2d%n", &between, &hour, &minute, &more) == 3 && more == 6 &&
                (between == ' ' || between == 'T') && (cell[end + more] == '\0' || cell[end + more] == ':');
    }
    right = right && year > 0 && month >= 1 && month <= 12 && day >= 1 &&
            day <= days[month - 1] + (month == 2 && is_leap(year)) && hour < 24 && minute >= 0 && minute < 60;
    if (!right)
        return wrong(of, "a date is needed, as 2026-11-27 or 2026-11-27 20:30, not", cell);
    snprintf(out->when, sizeof out->when, "%.10s %02d:%02d", cell, hour < 0 ? 0 : hour, minute);
    out->tokens[out->count++] = TOKEN_MONTH + month - 1;
    out->tokens[out->count++] = TOKEN_WEEKDAY + weekday(year, month, day);
    if (hour >= 0)
        out->tokens[out->count++] = TOKEN_HOUR + hour;
    return true;
}

static bool read_amount(const Reading *of, const char *cell, Payment *out)
{
    static const double edges[] = {5, 10, 25, 50, 100, 250, 1000};
    double amount;
    int bucket = 0;
    if (!parse_number(cell, &amount) || !isfinite(amount))
        return wrong(of, "an amount is needed, not", cell);
    while (bucket < (int)(sizeof edges / sizeof *edges) && fabs(amount) >= edges[bucket])
        bucket++;
    out->tokens[0] = amount >= 0 ? TOKEN_PLUS : TOKEN_MINUS;
    out->tokens[1] = TOKEN_AMOUNT + bucket;
    return true;
}

/* The longest piece that a text begins with, else its first character, which becomes a token where it is none. */
static int next_piece(Reading *of, const char *text, size_t *length)
{
    int best = -1;
    *length = 0;
    for (int id = TOKEN_PIECE; id < of->tokens; id++) {
        size_t size = strlen(of->vocabulary[id]);
        if (size > *length && strncmp(of->vocabulary[id], text, size) == 0) {
            best = id;
            *length = size;
        }
    }
    if (best >= 0)
        return best;
    char letter[5] = {text[0]};
    for (*length = 1; ((unsigned char)text[*length] & 0xc0) == 0x80 && *length < 4; ++*length)
        letter[*length] = text[*length];
    if (of->tokens == MOST_TOKENS || !(of->vocabulary[of->tokens] = model_text(of->model, letter)))
        return -1;
    return of->tokens++;
}

static bool read_description(Reading *of, const char *cell, Payment *out)
{
    char lower[400];
    size_t length = 0;
    for (; cell[length] && length < sizeof lower - 1; length++)
        lower[length] = (char)tolower((unsigned char)cell[length]);
    lower[length] = '\0';
    for (const char *at = lower; *at && out->count < FIXED + PIECES_OF_ONE;) {
        size_t used = strspn(at, " \t");
        int piece = used ? 0 : next_piece(of, at, &used);
        if (piece < 0)
            return error_memory(of->error);
        if (piece > 0)
            out->tokens[out->count++] = piece;
        at += used;
    }
    return true;
}

/* A number or a category of the user, as his first payment says it. */
static bool read_other(Reading *of, int column, const char *cell, User *user)
{
    double number;
    bool first = of->payment_count == 0, is_number = parse_number(cell, &number) && isfinite(number);
    if (first)
        of->texts[column] = !is_number && *cell;
    if (!of->texts[column]) {
        user->x[user->numbers++] = is_number ? number : 0;
        return is_number || wrong(of, "a number is needed, not", cell);
    }
    if (!*cell)
        return wrong(of, "there is nothing in the column", of->names[column]);
    if (user->categories == MOST_CATEGORY_COLUMNS)
        return error_set(of->error, EXIT_USED_WRONGLY, "\"%s\" has more than %d columns of categories", of->path,
                         MOST_CATEGORY_COLUMNS);
    int id = categories_find(&of->categories, of->model, user->categories, cell);
    user->category[user->categories++] = id;
    return id >= 0 || error_memory(of->error);
}

static bool take_text(Reading *of, int column, const char *cell, const char **out)
{
    if (!*cell)
        return wrong(of, "there is nothing in the column", of->names[column]);
    *out = model_text(of->model, cell);
    return *out || error_memory(of->error);
}

static bool take_cell(Reading *of, int column, const char *cell, Payment *payment, User *user)
{
    switch (of->roles[column]) {
    case DATE: return read_date(of, cell, payment);
    case AMOUNT: return read_amount(of, cell, payment);
    case DESCRIPTION: return true; /* behind the others */
    case USER: return take_text(of, column, cell, &user->name);
    case TARGET: return take_text(of, column, cell, &user->label);
    case OTHER: return read_other(of, column, cell, user);
    }
    return false;
}

/* The user of a line; a new one where nobody is called so. */
static int find_user(Reading *of, const User *user)
{
    for (int i = of->user_count - 1; i >= 0; i--)
        if (strcmp(of->users[i].name, user->name) == 0)
            return i;
    of->users[of->user_count] = *user;
    return of->user_count++;
}

static bool read_line(Reading *of, char *line)
{
    Payment payment = {.count = 2, .order = of->payment_count};
    User user = {.name = ""};
    const char *description = "";
    int column = 0;
    for (char *cell; (cell = csv_cell(of->path, of->line, &line, of->error)); column++) {
        if (column < of->columns && of->roles[column] == DESCRIPTION)
            description = cell;
        if (column < of->columns && !take_cell(of, column, cell, &payment, &user))
            return false;
    }
    if (of->error->code != EXIT_DONE)
        return false;
    if (column != of->columns)
        return error_set(of->error, EXIT_USED_WRONGLY, "\"%s\", line %d has %d cells, the header %d", of->path,
                         of->line, column, of->columns);
    if (!read_description(of, description, &payment))
        return false;
    payment.user = find_user(of, &user);
    of->payments[of->payment_count++] = payment;
    return true;
}

static int by_user_and_date(const void *a, const void *b)
{
    const Payment *first = a, *second = b;
    int dates = strcmp(first->when, second->when);
    return first->user != second->user ? first->user - second->user : dates ? dates : first->order - second->order;
}

/* One user's payments [count] become an example. */
static bool make_example(const Reading *of, const User *user, const Payment *payments, int count, Example *out)
{
    int tokens = 2, at = 0, numbers = user->numbers ? user->numbers : 1;
    for (int i = 0; i < count; i++)
        tokens += payments[i].count;
    Field *fields = arena_alloc(&of->model->arena, 4 * sizeof *fields);
    double *room = arena_alloc(&of->model->arena, (size_t)(tokens + numbers + user->categories + 1) * sizeof *room);
    if (!fields || !room)
        return error_memory(of->error);
    fields[0] = (Field){"tokens", NULL, room, tokens};
    room[at++] = TOKEN_BOS;
    for (int i = 0; i < count; i++)
        for (int t = 0; t < payments[i].count; t++)
            room[at++] = payments[i].tokens[t];
    room[at++] = TOKEN_EOS;
    fields[1] = (Field){"x", NULL, room + at, numbers};
    for (int i = 0; i < numbers; i++)
        room[at++] = user->numbers ? user->x[i] : 0; /* nothing is known: one number that says nothing */
    fields[2] = (Field){"category", NULL, room + at, user->categories};
    memcpy(room + at, user->category, (size_t)user->categories * sizeof *room);
    out->fields = fields;
    out->count = 2 + (user->categories > 0);
    if (of->has_label)
        fields[out->count++] = (Field){"label", user->label, NULL, 0};
    return true;
}

/* What the columns and the tokens are called, for the axes. */
static bool keep_names(Reading *of)
{
    Model *model = of->model;
    const char **columns = arena_alloc(&model->arena, MOST_COLUMNS * sizeof *columns);
    int count = 0;
    for (int c = 0; columns && c < of->columns; c++)
        if (of->roles[c] == OTHER && !of->texts[c])
            columns[count++] = of->names[c];
    if (!columns)
        return error_memory(of->error);
    model->data.columns = (Texts){columns, count};
    ((Nufo *)model->settings)->gpt.vocabulary = (Texts){of->vocabulary, of->tokens};
    return categories_keep(&of->categories, model, of->error);
}

static bool make_examples(Reading *of)
{
    Example *examples = arena_alloc(&of->model->arena, (size_t)of->user_count * sizeof *examples);
    if (!examples)
        return error_memory(of->error);
    if (of->payment_count)
        qsort(of->payments, (size_t)of->payment_count, sizeof *of->payments, by_user_and_date);
    for (int first = 0, user = 0, end; first < of->payment_count; first = end, user++) {
        for (end = first; end < of->payment_count && of->payments[end].user == user; end++)
            ;
        if (!make_example(of, &of->users[user], of->payments + first, end - first, &examples[user]))
            return false;
    }
    of->model->data = (Data){.examples = examples, .example_count = of->user_count, .only = of->model->data.only};
    return keep_names(of);
}

static bool read_lines(Reading *of, char *text)
{
    for (char *next; text; text = next) {
        size_t length = strcspn(text, "\n");
        next = text[length] ? text + length + 1 : NULL;
        text[length] = '\0';
        if (length > 0 && text[length - 1] == '\r')
            text[--length] = '\0';
        of->line++;
        if (of->line == 1 ? !read_header(of, text) : length > 0 && !read_line(of, text))
            return false;
    }
    return of->payment_count ||
           error_set(of->error, EXIT_USED_WRONGLY, "\"%s\" has no payments under its header", of->path);
}

bool data_read_transactions(Model *model, const char *path, const char *label, Error *error)
{
    char *text;
    size_t size, lines = 1;
    if (!file_read(path, LARGEST_CSV, &text, &size, error))
        return false;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    Reading of = {.path = path, .label = label, .model = model, .error = error, .tokens = TRANSACTION_TOKENS,
                  .vocabulary = arena_alloc(&model->arena, MOST_TOKENS * sizeof *of.vocabulary),
                  .payments = calloc(lines, sizeof *of.payments), .users = calloc(lines, sizeof *of.users)};
    char *first = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
    bool whole = of.vocabulary && of.payments && of.users;
    if (whole)
        memcpy(of.vocabulary, TRANSACTION_VOCABULARY, sizeof TRANSACTION_VOCABULARY);
    whole = whole ? text_is_utf8(path, text, size, error) && read_lines(&of, first) && make_examples(&of)
                  : error_memory(error);
    categories_free(&of.categories);
    free(of.payments);
    free(of.users);
    free(text);
    return whole;
}
