/* What the files of a model file's data share with each other and with nobody else. */
#ifndef TRACER_SESSION_DATA_PARTS_H
#define TRACER_SESSION_DATA_PARTS_H

#include "tiny_model/model.h"

/* data_csv.c: the rows of a csv as examples {"x": [...], "label": "..."}.
 *   path    as the system knows it; label the column of the target
 *   memory  the model's arena
 *   errors  a csv that is ragged, no UTF-8 or without numbers */
bool data_read_csv(Model *model, const char *path, const char *label, Error *error);

/* One cell, cut off *rest, quotes removed; NULL behind the last of the line, or with *error set where the quotes are
 * wrong. csv_wrong: false, and what is wrong with a word of a line. */
char *csv_cell(const char *path, int line, char **rest, Error *error);
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
bool categories_keep(const Categories *categories, Model *model, Error *error);
void categories_free(Categories *categories);

/* data_transactions.c: a csv of payments, a line each, as examples of customers; columns date, amount, description,
 * and what stands beside them: user (whose payment it is), the target, numbers and categories of the user.
 *   path    as the system knows it; label the column of the target, which may be missing
 *   memory  the model's arena
 *   errors  a column that is missing, a date or an amount that is none, no user, more tokens than there may be */
bool data_read_transactions(Model *model, const char *path, const char *label, Error *error);

/* data_text.c: whether all of it is text; false and *error that names the first byte that is none. */
bool text_is_utf8(const char *path, const char *text, size_t size, Error *error);

#endif
