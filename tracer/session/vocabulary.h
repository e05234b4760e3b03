/* The tokens of somebody else's model: vocab.json, {"TOKEN": ID, ...}, in the printable alphabet of
 * GPT-2's byte-pair encoding. */
#ifndef TRACER_SESSION_VOCABULARY_H
#define TRACER_SESSION_VOCABULARY_H

#include "tiny_model/error.h"

#include <jansson.h>

enum { LARGEST_VOCABULARY = 64 << 20 }; /* bytes of the file */

typedef struct {
    char *bytes;   /* what the token stands for, `length` of them, with a NUL behind */
    int length;
    char *text;    /* the same as UTF-8: U+FFFD for each byte that is no part of a character, and for NUL */
} VocabularyToken;

typedef struct {
    VocabularyToken *list;   /* by id */
    int count;
} Vocabulary;

/* Each character stands for a byte: 33-126, 161-172 and 174-255 for themselves, U+0100 and on for the
 * other 68 in order. A token with any other character stands for itself.
 *   memory  *vocabulary, freed by vocabulary_free; nothing is left after a failure
 *   errors  no file, no JSON, an id that is no number, given twice, or left out
 *   source  Radford et al. 2019, encoder.py of openai/gpt-2 */
bool vocabulary_read(const char *path, Vocabulary *vocabulary, Error *error);

/* The same of the JSON of that file, for who needs it too. */
bool vocabulary_of(const char *path, const json_t *json, Vocabulary *vocabulary, Error *error);
void vocabulary_free(Vocabulary *vocabulary);

#endif
