/* What people write for a number, and how a line of them is cut into words. */
#ifndef TRACER_EXERCISE_ANSWER_WORDS_H
#define TRACER_EXERCISE_ANSWER_WORDS_H

#include <stdbool.h>

enum { LONGEST_WORD = 64 };

/* A number, a fraction of two, or an infinity. */
bool word_number(const char *word, double *number);

/* Whether it begins like a number, so that it is a typing error where it is none. */
bool word_begins_a_number(const char *word);

/* How many digits stand behind its point. */
int word_decimals(const char *word);

/* Cuts comments off, turns what people type for a minus into one, takes away brackets, quotes, signs of "about" and of
 * equality. In quotes a comma between digits is a decimal comma. */
void line_tidy(char *line);

/* A label may stand before a colon, and have digits in it: blanks in its place. */
void line_without_label(char *line);

/* A comma between two digits with nothing else on the line that says what it is. */
typedef enum { COMMA_SEPARATES, COMMA_IS_POINT, COMMA_UNCLEAR } Comma;
Comma line_comma(const char *line);

#endif
