/* What is read of a csv of payments, before the payments become examples. */
#ifndef TRACER_SESSION_DATA_PAYMENTS_H
#define TRACER_SESSION_DATA_PAYMENTS_H

#include "data_parts.h"
#include "tracer/base/text.h"

enum { MOST_PAYMENT_COLUMNS = 64, FIXED = 5, NOT_DESCRIBED = -1 };

/* What a column is; OTHER is a number or a category, which the first line under the header tells. */
typedef enum { DATE, AMOUNT, DESCRIPTION, USER, TARGET, OTHER, NUMBER, CATEGORY, PASSED } Role;

typedef struct {
    long minute;
    int fixed[FIXED], count;
    long description;        /* where it begins among all of them */
    int order, user;
} Payment;

typedef struct {
    const char *name;        /* of the column user, or "" */
    const char *label;
    double x[MOST_PAYMENT_COLUMNS], category[MOST_CATEGORY_COLUMNS];
} User;

typedef struct {
    const char *path, *label;
    Model *model;
    Error *error;
    int line, columns;
    char separator;
    bool more;                   /* the model knows its columns, categories and pieces: what is new is not learned */
    Role roles[MOST_PAYMENT_COLUMNS];
    int places[MOST_PAYMENT_COLUMNS];    /* of a number or a category among those of a user */
    const char *names[MOST_PAYMENT_COLUMNS];
    int numbers, category_columns;
    bool has_label;
    Categories categories;
    Text descriptions;           /* one a line */
    Payment *payments;
    User *users;
    int *slots;                  /* [slot_count] 1 + a user by the hash of his name; 0: free */
    size_t slot_count;
    int payment_count, user_count;
    long unknown;                /* tokens that are <?> */
} PaymentsRead;

/* data_customers.c: the payments of each user, the oldest first, become an example, in the place of the model's data or
 * behind them.
 *   errors  out of memory */
bool payments_become_examples(PaymentsRead *of);

#endif
