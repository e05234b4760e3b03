/* The data of a model file: rows of numbers, ids and texts, written there or in a csv. */
#ifndef TRACER_SESSION_DATA_FILE_H
#define TRACER_SESSION_DATA_FILE_H

#include "tiny_model/system.h"
#include "tracer/base/text.h"

#include <jansson.h>

/* "examples", "csv" with "label", "file" with "documents", "pictures": what "data" may hold beside the keys of its
 * system. */
bool data_is_key(const char *name);

/* Whether a model file says once where its data come from; false and *error that names two. */
bool data_is_one(const json_t *root, const char *path, Error *error);

/* A kind of field that examples of the system may have, or NULL. */
const FieldKey *data_field_key(const System *system, const char *name);

/* Takes one of them; `data` is the object that it stands in, path that of the model file, beside which
 * a csv is looked for.
 *   memory  the model's arena
 *   errors  a row that is no object, fields that the system does not know, a csv that is ragged, no UTF-8 or
 *           without numbers, a text file as data_read_text refuses it */
bool data_read_key(const json_t *data, const char *name, const json_t *value, const char *path, Model *model,
                   Error *error);

/* A text file becomes the data: one document, or one a line.
 *   path    as the system knows it
 *   memory  the model's arena
 *   errors  no file, longer than MOST_TEXT, no UTF-8, a NUL, nothing but blanks */
bool data_read_text(Model *model, const char *path, bool lines, Error *error);

/* Rows of features that no class is told of. */
typedef struct {
    double *numbers;   /* [rows x features] */
    double *categories; /* [rows x columns of categories] ids */
    int rows;
} Unseen;

/* The columns of a csv that are called as the features, in any order; all others are passed over.
 *   categories  whose columns of categories are read too, or NULL
 *   memory      *out, given back by unseen_free, also after an error
 *   errors  features without names, a column that is missing or there twice, what is no number, a category that is
 *           unknown, a ragged row */
bool data_read_unseen(const Texts *features, const Data *categories, const char *path, Unseen *out, Error *error);
void unseen_free(Unseen *unseen);

/* The rows of a csv, or the users of one of payments, behind the examples of a model that came from such a csv: they
 * are only asked about.
 *   memory  the model's arena
 *   errors  a system that does not say yes or no of a table; those of reading */
bool data_read_more(Model *model, const char *path, Error *error);

/* One example of ids: "3,1,4".
 *   errors  what is no list of whole numbers */
bool data_of_ids(const char *ids, Model *model, Error *error);

/* The ids of "3,1,4" into *ids [*count], in the arena. */
bool token_ids_parse(const char *text, Arena *arena, int **ids, int *count, Error *error);

/* What was left out of the data of a finished model, on standard error. */
void data_tell(const Model *model);

/* "examples": ... as a member of the object that is open; *count members are written already. */
void data_write(const Model *model, int *count, Text *out);

#endif
