/* "tokenizer": {"bpe": DIR} of a model file: byte pairs whose files stand in a folder. */
#ifndef TRACER_SESSION_TOKENIZER_KEY_H
#define TRACER_SESSION_TOKENIZER_KEY_H

#include "tiny_model/model.h"
#include "tracer/base/text.h"

#include <jansson.h>

/* Whether the value of the key is such an object, which tokenizer_key_read takes. */
bool tokenizer_key_is(const char *name, const json_t *value);

/* Reads the folder where the model file `root` names one; then nothing is put before or behind a text unless the file
 * says so, and the mark of both is the first special token that there is.
 *   path    of the model file, beside which DIR is looked for
 *   memory  the model's arena
 *   errors  another system; no string; those of tokenizer_files_read; too many tokens */
bool tokenizer_key_read(const json_t *root, const char *path, Model *model, Error *error);

/* The same of a folder.
 *   said    how a model file names it, or NULL: by its whole path */
bool tokenizer_key_open(const char *folder, const char *said, Model *model, Error *error);

/* {"bpe": "DIR"}. */
void tokenizer_key_write(const Model *model, Text *out);

#endif
