/* Model files: JSON in, JSON out; see `tracer help model-file`. */
#ifndef TRACER_SESSION_MODEL_FILE_H
#define TRACER_SESSION_MODEL_FILE_H

#include "tiny_model/model.h"
#include "tracer/base/text.h"

/* Sets the keys that the file names; the rest keeps what it has. Not finished yet.
 *   errors  no file, no JSON, an unknown key (with the nearest), a wrong type or range */
bool model_file_read(const char *path, Model *model, Error *error);

/* The same from text; `path` is what errors call it. */
bool model_file_parse(const char *json, size_t size, const char *path, Model *model, Error *error);

/* The complete model as JSON, each line after the first indented by `indent` blanks.
 *   every  also keys that are younger than the format and stand at their default */
void model_file_text(const Model *model, int indent, bool every, Text *out);

#endif
