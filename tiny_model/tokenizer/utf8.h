/* Characters of UTF-8 and their code points. */
#ifndef TINY_MODEL_TOKENIZER_UTF8_H
#define TINY_MODEL_TOKENIZER_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* The length of the UTF-8 character at text and its code point; 0 if it is not one or at the end. */
int utf8_decode(const char *text, unsigned *code_point);

/* Writes a code point of at most 0x10ffff as UTF-8; the number of bytes, 1 to 4. */
int utf8_encode(unsigned code_point, char out[4]);

/* Writes bytes with U+FFFD for each that is no part of a character, and for NUL, into out[3 * length + 1], a NUL
 * behind; returns how many bytes. A NUL stands behind `bytes` too. */
size_t utf8_readable(const char *bytes, size_t length, char *out);

/* Whether a character is white space: what parts words.
 *   source  Unicode 15, White_Space: of every width, those that do not break a line too */
bool is_blank(unsigned code_point);

#endif
