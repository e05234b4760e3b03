/* Text that grows, and numbers as text: the one place where a number becomes characters. */
#ifndef TRACER_BASE_TEXT_H
#define TRACER_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char *data;       /* ended by NUL; NULL while empty */
    size_t length, capacity;
    bool failed;      /* out of memory: the text is not whole */
} Text;

void text_add(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_put(Text *text, const char *bytes, size_t length);
void text_free(Text *text);

/* The bytes of a piece that is about to be added to the whole, "" while it is empty. If the piece is
 * not whole, the whole is not either. */
const char *text_piece(Text *whole, const Text *piece);

enum { NUMBER_SIZE = 40, DEFAULT_DIGITS = 4, MOST_DIGITS = 12 };

/* For people: `digits` decimals, as 3.12e-05 where those would show a 0 that is none, or where
 * the number is 1e6 and more. Writes into out[NUMBER_SIZE] and returns it. */
char *number_text(char *out, double number, int digits);

/* The same with a sign in front always, also of 0. */
char *number_signed(char *out, double number, int digits);

/* The same with a power of ten always, +3.1e-05, and only 0 as +0: for numbers side by side that have nothing else
 * in common. */
char *number_powered(char *out, double number, int digits);

/* For machines: the shortest digits that read back to the same double; inf, -inf, nan. */
char *number_exact(char *out, double number);

/* In JSON: as number_exact, with the strings "inf", "-inf", "nan" quoted. */
char *number_json(char *out, double number);

/* Adds a JSON string, quoted and escaped, also what a terminal would obey (tiny_model/visible.h); a byte that is no
 * UTF-8 becomes U+FFFD. */
void text_json_string(Text *text, const char *string);

/* What came from outside (tokens, names of files, students and tensors, texts, articles) is shown as
 * tiny_model/visible.h says; these are in visible.c. print (print.h), the stepper's grid, the lines of paper.h and
 * error_set show it so. */

/* Adds a text of several lines: line breaks and tabs stay. */
void text_add_visible(Text *text, const char *string);

/* Adds what belongs into one line, at most so many bytes of it and whole characters: a line break is shown. */
void text_add_name(Text *text, const char *name, size_t most);

/* A token as it can be shown: quoted where it has blanks at an end or is empty. Writes into out[size] and
 * returns it. */
char *token_visible(char *out, size_t size, const char *token);

/* Columns that a text takes in a terminal where it is shown so. */
int text_width(const char *text);

/* Adds a blank and a word as a shell reads it back; what is not UTF-8, and controls, as $'\xff'. */
void text_shell_word(Text *text, const char *word);

bool text_begins(const char *text, const char *start);
bool text_ends(const char *text, const char *end);

/* A whole number, or a finite number, that fills all of the text; false if it is not one. */
bool parse_integer(const char *text, long least, long most, long *number);
bool parse_number(const char *text, double *number);

#endif
