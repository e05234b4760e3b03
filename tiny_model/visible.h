/* A character from outside as it can be shown. A control character, a mark that turns text around, hides or moves it,
 * and what is no UTF-8 would be obeyed by a terminal, or be there unseen: they become \xNN, \uNNNN or \UNNNNNNNN. */
#ifndef TINY_MODEL_VISIBLE_H
#define TINY_MODEL_VISIBLE_H

#include <stdbool.h>

/* What a terminal would obey, or what would be there unseen. */
bool is_invisible(unsigned point);

/* Writes the first character of a text that is not empty as it can be shown into out[VISIBLE]; returns its
 * bytes in the text.
 *   errors  none: a byte that is no UTF-8 is shown as such
 *   source  Unicode 15, categories Cc and Cf; Boucher and Anderson 2021 on marks of direction */
enum { VISIBLE = 12 };
int character_visible(char *out, const char *text);

#endif
