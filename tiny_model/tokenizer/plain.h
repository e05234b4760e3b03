/* A text cut into plain words: what stands between blanks, without the marks around it, ASCII letters small. */
#ifndef TINY_MODEL_TOKENIZER_PLAIN_H
#define TINY_MODEL_TOKENIZER_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

enum { PLAIN_WORD = 200 };  /* bytes of the longest word; of a longer one the beginning */

/* The next word of a text into `word`.
 *   line     set where it stands on another line than what was before it
 *   returns  where it ends, or NULL behind the last */
const char *plain_word(const char *text, char word[PLAIN_WORD + 1], bool *line);

/* At least as many as the text has words. */
size_t plain_most(const char *text);

#endif
