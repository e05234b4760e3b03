/* What the files of a model file's data share with each other and with nobody else. */
#ifndef TRACER_SESSION_DATA_PARTS_H
#define TRACER_SESSION_DATA_PARTS_H

#include "tiny_model/model.h"

/* data_csv.c: the rows of a csv as examples {"x": [...], "label": "..."}.
 *   path    as the system knows it; label the column of the target
 *   memory  the model's arena
 *   errors  a csv that is ragged, no UTF-8 or without numbers */
bool data_read_csv(Model *model, const char *path, const char *label, Error *error);

/* data_text.c: whether all of it is text; false and *error that names the first byte that is none. */
bool text_is_utf8(const char *path, const char *text, size_t size, Error *error);

#endif
