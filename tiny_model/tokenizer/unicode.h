/* What kind of character a code point is. */
#ifndef TINY_MODEL_TOKENIZER_UNICODE_H
#define TINY_MODEL_TOKENIZER_UNICODE_H

#include <stdbool.h>

typedef enum { CHARACTER_LETTER, CHARACTER_NUMBER, CHARACTER_BLANK, CHARACTER_OTHER } CharacterClass;

/* The class of a code point: \p{L}, \p{N}, \s or none of them; what is no character is CHARACTER_OTHER.
 *   memory  none
 *   errors  none
 *   source  the Unicode Character Database, general categories L and N, property White_Space */
CharacterClass character_class(unsigned point);

#endif
