/* What the files of a model file's data share with each other and with nobody else. */
#ifndef TRACER_SESSION_DATA_PARTS_H
#define TRACER_SESSION_DATA_PARTS_H

#include "tiny_model/model.h"

/* data_csv.c: the rows of a csv as examples {"x": [...], "label": "..."}.
 *   path    as the system knows it; label the column of the target
 *   memory  the model's arena
 *   errors  a csv that is ragged, no UTF-8 or without numbers */
bool data_read_csv(Model *model, const char *path, const char *label, Error *error);

/* The next line of *text, cut off and without its end; *text is what stands behind it, NULL behind the last. */
char *csv_line(char **text);

/* What parts the cells of a header and of all that is below it: ';' or a tab where that is in it and no comma is. */
char csv_separator(const char *header);

/* data_unseen.c: rows that are only asked about, behind those of the model; data_read_more of a table. */
bool data_more_rows(Model *model, const char *path, Error *error);

/* One cell, cut off *rest, quotes removed; NULL behind the last of the line, or with *error set where the quotes are
 * wrong. csv_wrong: false, and what is wrong with a word of a line. */
char *csv_cell(const char *path, int line, char separator, char **rest, Error *error);
bool csv_wrong(const char *path, int line, const char *what, const char *word, Error *error);

/* data_categories.c: the categories of each column, numbered as they appear.
 *   categories_find   the id of a cell; -1: out of memory
 *   categories_keep   they become model->data.categories
 *   memory            categories_free gives it back; the texts are the model's */
typedef struct {
    const char **values[MOST_CATEGORY_COLUMNS];
    int counts[MOST_CATEGORY_COLUMNS];
} Categories;
int categories_find(Categories *categories, Model *model, int column, const char *cell);
int categories_known(const Texts *categories, const char *cell); /* -1: there is no such category */
bool categories_keep(const Categories *categories, Model *model, Error *error);
void categories_free(Categories *categories);

/* data_payment.c: when and how much.
 *   payment_date    2026-11-27 or 27.11.2026, with a blank or a T and 20:30 behind it; false: it is none
 *   payment_minute  grows with the time
 *   payment_amount  -12.50, 1200, and where a country writes so -12,50, 1.234,56, 1,234.56 and 1'234.50 */
typedef struct {
    int year, month, day, weekday;  /* weekday 0 is Monday */
    int hour, minute;               /* hour -1: it is not said */
} PaymentDate;
typedef enum { AMOUNT_READ, AMOUNT_NONE, AMOUNT_EITHER } AmountRead; /* EITHER: 1,234 could be two numbers */
bool payment_date(const char *cell, PaymentDate *out);
long payment_minute(const PaymentDate *date);
AmountRead payment_amount(const char *cell, double *amount);

/* data_transactions.c: a csv of payments, a line each, as examples of customers; columns date, amount, description,
 * and what stands beside them: user (whose payment it is), the target, numbers and categories of the user.
 *   path    as the system knows it; label the column of the target, which may be missing
 *   merges  byte pairs that are learned from the descriptions
 *   memory  the model's arena
 *   errors  a column that is missing, a date or an amount that is none, no user, two targets of one user
 * data_more_transactions: customers that are only asked about, behind those of the model, which came from such a csv.
 * Columns are found by their names, those that the model does not know are passed over.
 *   errors  also a category that the model does not know */
bool data_read_transactions(Model *model, const char *path, const char *label, int merges, Error *error);
bool data_more_transactions(Model *model, const char *path, Error *error);

/* data_pictures.c: the PNGs of a folder as examples {"x_0": [...]} or {"x": [...]}; a folder of folders has a class
 * each, in the order of their names, which become "labels". "rows" is that of the pictures.
 *   path    as the system knows it
 *   memory  the model's arena
 *   errors  no folder, nothing in it, pictures beside folders, a PNG that cannot be read or has another form */
bool data_read_pictures(Model *model, const char *folder, Error *error);

/* data_text.c: whether all of it is text; false and *error that names the first byte that is none. */
bool text_is_utf8(const char *path, const char *text, size_t size, Error *error);

#endif
