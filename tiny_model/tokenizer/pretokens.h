/* Where byte-pair encoding may not merge across: a text is cut into pre-tokens first. */
#ifndef TINY_MODEL_TOKENIZER_PRETOKENS_H
#define TINY_MODEL_TOKENIZER_PRETOKENS_H

#include <stddef.h>

typedef enum {
    PATTERN_GPT2,   /* 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+ */
    PATTERN_NONE    /* the whole text is one */
} Pattern;

extern const char *const PATTERNS[];   /* their names in model files, ended by NULL */

/* The number of bytes of the first pre-token of a text; 0 if it is empty.
 *   text     `length` bytes and a NUL behind them, which may stand in the text too; a byte that is no UTF-8 is a
 *            character of its own and neither letter, number nor blank
 *   memory   none
 *   errors   none
 *   source   Radford et al. 2019, encoder.py of GPT-2 */
size_t pretoken_length(const char *text, size_t length, Pattern pattern);

#endif
