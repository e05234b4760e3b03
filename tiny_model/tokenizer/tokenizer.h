/* From text to token ids, on the tape like everything else: code points, split into words
 * or characters, each looked up in a table of the vocabulary. Chapter 2. */
#ifndef TINY_MODEL_TOKENIZER_TOKENIZER_H
#define TINY_MODEL_TOKENIZER_TOKENIZER_H

#include "../systems/gpt.h"
#include "utf8.h"

/* Lists the sequences of the data, derives the vocabulary if none is given and finds all ids; false and
 * *error naming the key: text that is empty, not UTF-8 or too long, a token outside the vocabulary.
 *   memory  model->arena */
bool tokenizer_prepare(Model *model, Error *error);

/* The ids of another text, as the model's own texts begin; nothing stands behind it.
 *   memory  the arena, in which out->tokens is; text is used in place
 *   errors  as above */
bool tokenizer_split(const Gpt *gpt, const char *text, Arena *arena, Sequence *out, Error *error);

/* How many tokens a text has, without what stands before and behind it; at most one more than MOST_TOKENS. */
int tokenizer_pieces(const Gpt *gpt, const char *text);

/* The id of a token by its text, or -1. */
int tokenizer_find(const Gpt *gpt, const char *token);

/* The id of a token that a key asks for.
 *   errors  the vocabulary lacks it: the key is named */
bool tokenizer_special(const Gpt *gpt, const char *token, const char *key, int *id, Error *error);

/* The vocabulary as a table of code points, one token a row, 0 behind its end: `vocabulary` [V x longest]. */
int tokenizer_table(Tape *tape, const Gpt *gpt);

/* Records text -> `tokens` [1 x T] and *targets, the next tokens that count: `targets` [1 x T']. Of a window both
 * are cut out of `window` [1 x T + 1].
 * Ids without a text are a leaf. targets NULL: nothing is to be said of the next tokens.
 *   table    the vocabulary's, or -1: it is recorded here
 *   returns  the tokens' id
 *   memory   the tape's arena
 *   errors   through tape_attempt */
int tokenizer_record(Tape *tape, const Gpt *gpt, const Sequence *sequence, int table, int *targets);

#endif
