/* The data of a model file: rows of numbers, ids and texts, written there or in a csv. */
#ifndef TRACER_SESSION_DATA_FILE_H
#define TRACER_SESSION_DATA_FILE_H

#include "tiny_model/model.h"
#include "tracer/base/text.h"

#include <jansson.h>

/* "examples", "csv" and "label": what "data" may hold beside the keys of its system. */
bool data_is_key(const char *name);

/* Takes one of them; `data` is the object that it stands in, path that of the model file, beside which
 * a csv is looked for.
 *   memory  the model's arena
 *   errors  a row that is no object, fields that the system does not know, examples beside a csv, a csv that
 *           is ragged, no UTF-8 or without numbers */
bool data_read_key(const json_t *data, const char *name, const json_t *value, const char *path, Model *model,
                   Error *error);

/* One example of ids: "3,1,4".
 *   errors  what is no list of whole numbers */
bool data_of_ids(const char *ids, Model *model, Error *error);

/* The ids of "3,1,4" into *ids [*count], in the arena. */
bool token_ids_parse(const char *text, Arena *arena, int **ids, int *count, Error *error);

/* "examples": ... as a member of the object that is open; *count members are written already. */
void data_write(const Model *model, int *count, Text *out);

#endif
