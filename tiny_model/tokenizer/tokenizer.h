/* From text to token ids, on the tape like everything else: code points, split into words
 * or characters, each looked up in a table of the vocabulary. Chapter 2. */
#ifndef TINY_MODEL_TOKENIZER_TOKENIZER_H
#define TINY_MODEL_TOKENIZER_TOKENIZER_H

#include "../models/model.h"
#include "../tape.h"

/* Derives the vocabulary if none is given, finds the token ids; false and *error naming the
 * key: text that is empty, not UTF-8 or too long, a token outside the vocabulary.
 *   memory  model->arena */
bool tokenizer_prepare(Model *model, Error *error);

/* Records text -> `tokens` [1 x T] and `targets` [1 x T-1], the next tokens.
 *   memory  the tape's arena
 *   errors  through tape_attempt */
void tokenizer_record(Tape *tape, const Model *model, int *tokens, int *targets);

/* The length of the UTF-8 character at text and its code point; 0 if it is not one or at the end. */
int utf8_decode(const char *text, unsigned *code_point);

/* Writes a code point of at most 0x10ffff as UTF-8; the number of bytes, 1 to 4. */
int utf8_encode(unsigned code_point, char out[4]);

#endif
