/* Payments of a reader's csv: dates, amounts, pieces of descriptions, customers who are only asked about. */
#include "support.h"

#include "tiny_model/data/transactions.h"
#include "tiny_model/systems/nufo.h"
#include "tracer/session/data_file.h"
#include "tracer/session/data_parts.h"
#include "tracer/session/model_file.h"

#include <stdio.h>
#include <string.h>

#define PAYMENTS "user,date,amount,description,age,town,good\n" \
                 "anna,2026-03-02 22:10,-12.50,Cafe  Bar,34,Bern,yes\n" \
                 "anna,2026-03-01,2500,BAR ,34,Bern,yes\n" \
                 "ben,29.2.2024 3:15,\"-1.003,20\",bar,51,Basel,no\n" \
                 "ben,2024-02-29T03:14:07Z,-3,,51,Basel,no\n"

static bool open_csv(Model *model, const char *csv, const char *more, Error *error)
{
    char path[PATH_SIZE], json[300];
    temporary_file(path, csv, strlen(csv));
    snprintf(json, sizeof json, "{\"system\": \"nufo\", \"data\": {\"csv\": \"%s\", \"label\": \"good\"%s}", path, more);
    bool read = model_defaults(model, &GPT, error) && model_file_parse(json, strlen(json), "/here", model, error) &&
                model_finish(model, error);
    remove(path);
    return read;
}

static void expect_tokens(const Model *model, int user, const char *const *wanted)
{
    const Nufo *nufo = nufo_of(model);
    int t = 0;
    for (; wanted[t]; t++)
        EXPECT(t < nufo->sequences[user].count && strcmp(nufo->gpt.labels.list[nufo->sequences[user].tokens[t]], wanted[t]) == 0,
               "token %d of user %d is %s", t, user,
               t < nufo->sequences[user].count ? nufo->gpt.labels.list[nufo->sequences[user].tokens[t]] : "none");
    EXPECT(t == nufo->sequences[user].count, "user %d has %d tokens", user, nufo->sequences[user].count);
}

/* The oldest first, in buckets; of descriptions only what occurs twice is merged: "ba", then "bar", not " bar". */
static void payments_become_tokens(void **state)
{
    (void)state;
    static const char *const anna[] = {"<BOS>", "+", "amt7", "mon3", "dow6", "bar", "-", "amt2", "mon3", "dow0", "h22", "c",
                                       "a", "f", "e", " ", "bar", "<EOS>", NULL};
    static const char *const ben[] = {"<BOS>", "-", "amt0", "mon2", "dow3", "h3", "-", "amt7", "mon2", "dow3", "h3", "bar",
                                      "<EOS>", NULL};
    static const char *const letters[] = {"<BOS>", "-", "amt0", "mon2", "dow3", "h3", "-", "amt7", "mon2", "dow3", "h3", "b",
                                          "a", "r", "<EOS>", NULL};
    static const char *const pieces[] = {"<?>", " ", "a", "b", "c", "e", "f", "r", "ba", "bar"};
    Model model;
    Error error = {0};
    EXPECT(open_csv(&model, PAYMENTS, "}", &error), "%s", error.text);
    const Nufo *nufo = nufo_of(&model);
    EXPECT(model.data.example_count == 2 && nufo->gpt.vocabulary_count == TOKEN_PIECE + 10, "%d users, %d tokens",
           model.data.example_count, nufo->gpt.vocabulary_count);
    for (int i = 0; i < 10; i++)
        EXPECT(strcmp(nufo->gpt.labels.list[TOKEN_PIECE + i], pieces[i]) == 0, "piece %d is %s", i, nufo->gpt.labels.list[TOKEN_PIECE + i]);
    expect_tokens(&model, 0, anna);
    expect_tokens(&model, 1, ben);
    EXPECT(example_field(&model.data.examples[1], "x")->numbers[0] == 51 && example_field(&model.data.examples[1], "category")->numbers[0] == 1 &&
               nufo->table.of.of_row[0] == 0 && nufo->table.of.of_row[1] == 1 && strcmp(model.data.categories[0].list[1], "Basel") == 0, "what stands beside");
    model_free(&model);
    EXPECT(open_csv(&model, PAYMENTS, ", \"merges\": 0}", &error), "%s", error.text);
    expect_tokens(&model, 1, letters);
    model_free(&model);
}

/* What a character's bytes are called where no piece has all of them. */
static void letters_of_several_bytes(void **state)
{
    (void)state;
    static const char *const bytes[] = {"<BOS>", "+", "amt0", "mon1", "dow3", "<c3>", "<bc>", "<EOS>", NULL};
    static const char *const whole[] = {"<BOS>", "+", "amt0", "mon1", "dow3", "ü", "<EOS>", NULL};
    Model model;
    Error error = {0};
    EXPECT(open_csv(&model, "date;amount;description;good\r\n2026-01-01;3;ü;yes\r\n", "}", &error), "%s", error.text);
    expect_tokens(&model, 0, bytes);
    model_free(&model);
    EXPECT(open_csv(&model, "user;date;amount;description;good\na;2026-01-01;3;ü;yes\nb;2026-01-01;3;ü;no\n", "}", &error), "%s", error.text);
    expect_tokens(&model, 0, whole);
    model_free(&model);
}

/* --- customers who are only asked about --- */

static bool ask_csv(Model *model, const char *csv, Error *error)
{
    char path[PATH_SIZE], json[300], more[PATH_SIZE];
    temporary_file(path, PAYMENTS, strlen(PAYMENTS));
    temporary_file(more, csv, strlen(csv));
    snprintf(json, sizeof json, "{\"system\": \"nufo\", \"data\": {\"csv\": \"%s\", \"label\": \"good\"}, \"model\": {\"standardise\": true}}",
             path);
    bool read = model_defaults(model, &GPT, error) && model_file_parse(json, strlen(json), "/here", model, error) &&
                data_read_more(model, more, error) && model_finish(model, error);
    remove(path);
    remove(more);
    return read;
}

/* Columns by their names, pieces and categories as they were learned; nothing that was learned changes. */
static void who_is_only_asked_about(void **state)
{
    (void)state;
    static const char *const dora[] = {"<BOS>", "-", "amt0", "mon2", "dow6", "bar", "<?>", "<?>", "<EOS>", NULL};
    Model model, alone;
    Error error = {0};
    EXPECT(ask_csv(&model, "date,town,x,description,amount,age,user\n1.2.2026,Basel,?,Barzz,-1,20,dora\n", &error), "%s", error.text);
    EXPECT(open_csv(&alone, PAYMENTS, "}, \"model\": {\"standardise\": true}", &error), "%s", error.text);
    EXPECT(model.data.example_count == 2 && model.data.unseen_count == 1 && strcmp(model.data.unseen[0], "dora") == 0, "%d are asked about",
           model.data.unseen_count);
    expect_tokens(&model, 2, dora);
    EXPECT(example_field(&model.data.examples[2], "x")->numbers[0] == 20 && example_field(&model.data.examples[2], "category")->numbers[0] == 1,
           "what stands beside");
    const Nufo *with = nufo_of(&model), *without = nufo_of(&alone);
    EXPECT(with->table.learned == without->table.learned && with->table.mean[0] == without->table.mean[0] &&
               with->gpt.context == without->gpt.context && with->gpt.vocabulary_count == without->gpt.vocabulary_count, "who is asked about was learned from");
    model_free(&model);
    model_free(&alone);
}

static const struct {
    const char *csv, *says;
} NOT_ASKED[] = {
    {"date,amount,description,age\n2026-02-01,1,bar,3\n", "line 1: the header has no column \"town\""},
    {"date,amount,description,town\n2026-02-01,1,bar,Bern\n", "line 1: the header has no column \"age\""},
    {"date,amount,description,age,town\n2026-02-01,1,bar,3,Genf\n", "line 2: the model was told of no such category: \"Genf\""},
    {"date,amount,description,age,town\n2026-02-01,1,bar,,Bern\n", "line 2: a number is needed"},
};

static void who_cannot_be_asked_about(void **state)
{
    (void)state;
    Model model;
    for (size_t i = 0; i < sizeof NOT_ASKED / sizeof *NOT_ASKED; i++) {
        Error error = {0};
        EXPECT(!ask_csv(&model, NOT_ASKED[i].csv, &error), "taken: %s", NOT_ASKED[i].csv);
        expect_error(&error, EXIT_USED_WRONGLY, NOT_ASKED[i].says);
        model_free(&model);
    }
    Error error = {0};
    const char *made = "{\"system\": \"nufo\", \"data\": {\"count\": 2}}";
    EXPECT(model_defaults(&model, &GPT, &error) && model_file_parse(made, strlen(made), "/here", &model, &error) &&
               !data_read_more(&model, "more.csv", &error), "customers that are made have no pieces");
    expect_error(&error, EXIT_USED_WRONGLY, "name it as \"csv\"");
    model_free(&model);
}

/* --- cells --- */

static const struct {
    const char *cell;
    AmountRead read;
    double amount;
} AMOUNTS[] = {
    {"-12.50", AMOUNT_READ, -12.5}, {"-12,50", AMOUNT_READ, -12.5}, {"1.234,56", AMOUNT_READ, 1234.56}, {"1,234.56", AMOUNT_READ, 1234.56},
    {"1'234.50", AMOUNT_READ, 1234.5}, {"+7", AMOUNT_READ, 7}, {"1.234.567", AMOUNT_READ, 1234567}, {"0,125", AMOUNT_READ, 0.125},
    {"1234,567", AMOUNT_READ, 1234.567}, {"1.234.567,8", AMOUNT_READ, 1234567.8}, {"0", AMOUNT_READ, 0}, {"1,234", AMOUNT_EITHER, 0},
    {"-1.234", AMOUNT_EITHER, 0}, {"12,345", AMOUNT_EITHER, 0}, {"", AMOUNT_NONE, 0}, {"-", AMOUNT_NONE, 0}, {"--3", AMOUNT_NONE, 0},
    {"1.23.4", AMOUNT_NONE, 0}, {"12.34,5.6", AMOUNT_NONE, 0}, {"1,23,456", AMOUNT_NONE, 0}, {",5", AMOUNT_NONE, 0}, {"12 EUR", AMOUNT_NONE, 0},
    {"nan", AMOUNT_NONE, 0}, {"1e3", AMOUNT_NONE, 0}, {"1234.567,8", AMOUNT_NONE, 0},
};

static void amounts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof AMOUNTS / sizeof *AMOUNTS; i++) {
        double amount = 0;
        AmountRead read = payment_amount(AMOUNTS[i].cell, &amount);
        EXPECT(read == AMOUNTS[i].read && (read != AMOUNT_READ || amount == AMOUNTS[i].amount), "%s is %g", AMOUNTS[i].cell, amount);
    }
}

static void dates(void **state)
{
    (void)state;
    static const char *const none[] = {"", "2026-02-29", "2026-13-01", "2026-1-1", "11/27/2026", "27.11.26", "32.1.2026", "2026-12-01 24:00",
                                       "2026-12-01 12:60", "2026-12-01 ", "2026-12-01x", "2026-12-01 12", "2026-12-01 12:5", "+026-12-01", "1.1.2026 3:00pm"};
    PaymentDate date, later;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        EXPECT(!payment_date(none[i], &date), "taken: %s", none[i]);
    EXPECT(payment_date("2024-02-29", &date) && date.weekday == 3 && date.hour == -1, "a leap day");
    EXPECT(payment_date("1.3.2024 0:00", &later) && later.month == 3 && later.day == 1 && later.hour == 0, "the day after");
    EXPECT(payment_minute(&later) > payment_minute(&date), "time goes back");
    EXPECT(payment_date("2026-11-27T20:30:59+01:00", &date) && date.hour == 20 && date.minute == 30 && date.weekday == 4, "with a zone");
}

static const struct {
    const char *csv, *more, *says;
} NO_PAYMENTS[] = {
    {"date,amount\n2026-01-01,3\n", "}", "need a column \"description\""},
    {"date,date,amount,description\n", "}", "two columns \"date\""},
    {"date,amount,description,good\n2026-02-30,3,bar,yes\n", "}", "line 2: a date is needed"},
    {"date,amount,description,good\n2026-13-01,3,bar,yes\n", "}", "line 2: a date is needed"},
    {"date,amount,description,good\n2026-12-01 24:00,3,bar,yes\n", "}", "not \"2026-12-01 24:00\""},
    {"date,amount,description,good\n1/2/2026,3,bar,yes\n", "}", "a date is needed"},
    {"date,amount,description,good\n2026-12-01,\"1,234\",bar,yes\n", "}", "an amount that could be both is \"1,234\""},
    {"user,date,amount,description,good\na,2026-12-01,1,bar,yes\na,2026-12-01,1,bar,no\n", "}", "line 3: another line has another target"},
    {"date,amount,description,good\n2026-12-01,1,bar,yes\n", "}, \"model\": {\"vocabulary\": [\"a\"]}", "leave \"vocabulary\" out"},
    {"date,amount,description,good\n2026-12-01,1,bar,yes\n", ", \"merges\": -1}", "a whole number from 0"},
    {"date,amount,description,good,age,age\n2026-12-01,1,bar,yes,1,1\n", "}", "two columns \"age\""},
    {"date,amount,description,good\n2026-12-01,,bar,yes\n", "}", "line 2: an amount is needed, not \"\""},
    {"date,amount,description,good\n2026-12-01,nan,bar,yes\n", "}", "an amount is needed, not \"nan\""},
    {"date,amount,description,age,good\n2026-12-01,1,bar,3,yes\n2026-12-02,1,bar,,yes\n", "}", "line 3: a number is needed, not \"\""},
    {"date,amount,description,town,good\n2026-12-01,1,bar,Bern,yes\n2026-12-02,1,bar,,yes\n", "}", "nothing in the column \"town\""},
    {"user,date,amount,description,good\n,2026-12-01,1,bar,yes\n", "}", "nothing in the column \"user\""},
    {"date,amount,description,good\n2026-12-01,1,bar\n", "}", "line 2 has 3 cells"},
    {"date,amount,description\n2026-12-01,1,bar\n", "}", "\"label\" in data names it"},
    {"date,amount,description,good\n", "}", "no payments"},
};

static void what_are_no_payments(void **state)
{
    (void)state;
    Model model;
    for (size_t i = 0; i < sizeof NO_PAYMENTS / sizeof *NO_PAYMENTS; i++) {
        Error error = {0};
        EXPECT(!open_csv(&model, NO_PAYMENTS[i].csv, NO_PAYMENTS[i].more, &error), "taken: %s", NO_PAYMENTS[i].csv);
        expect_error(&error, EXIT_USED_WRONGLY, NO_PAYMENTS[i].says);
        model_free(&model);
    }
    Error error = {0};
    EXPECT(open_csv(&model, "date,amount,description\n2026-12-01,1,bar\n", "}, \"model\": {\"objective\": \"next\"}", &error),
           "pretraining needs no class: %s", error.text);
    model_free(&model);
}

int test_payments(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payments_become_tokens),
        cmocka_unit_test(letters_of_several_bytes),
        cmocka_unit_test(who_is_only_asked_about),
        cmocka_unit_test(who_cannot_be_asked_about),
        cmocka_unit_test(amounts),
        cmocka_unit_test(dates),
        cmocka_unit_test(what_are_no_payments),
    };
    return cmocka_run_group_tests_name("payments", tests, NULL, NULL);
}
