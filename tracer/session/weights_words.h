/* The vocabulary that weights belong to, in the header of their file: {"tokenizer": KIND, "vocabulary": "[...]"}. A row
 * of an embedding means nothing without the word that it stands for. */
#ifndef TRACER_SESSION_WEIGHTS_WORDS_H
#define TRACER_SESSION_WEIGHTS_WORDS_H

#include "tiny_model/model.h"
#include "tracer/base/text.h"

/* Adds the object for a model whose ids have texts; nothing for another. Tokens of byte pairs are in the alphabet of
 * their files. */
void weights_words_write(const Model *model, Text *out);

/* Makes the vocabulary of a file that of the model, before model_finish; a file without one changes nothing.
 *   path    of the weights, which the model then remembers
 *   memory  the model's arena
 *   errors  those of tensors_open; a list that is none; another kind of tokenizer; other byte pairs than the model's */
bool weights_words_take(const char *path, Model *model, Error *error);

#endif
