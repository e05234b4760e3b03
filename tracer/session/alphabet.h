/* The printable alphabet in which GPT-2's files write bytes: 33-126, 161-172 and 174-255 are the characters of these
 * numbers, the other 68 bytes U+0100 and on, in their order: a blank is U+0120. */
#ifndef TRACER_SESSION_ALPHABET_H
#define TRACER_SESSION_ALPHABET_H

#include "tracer/base/text.h"

/* Writes the bytes that a token stands for and a NUL into out[strlen(token) + 1]; returns how many. A token with a
 * character that is not in the alphabet stands for itself.
 *   source  Radford et al. 2019, encoder.py of openai/gpt-2 */
size_t alphabet_decode(const char *token, char *out);

/* Adds bytes in the alphabet. */
void alphabet_encode(const void *bytes, size_t length, Text *out);

#endif
