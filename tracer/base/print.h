/* The one way to standard output and to standard error: nothing that came from outside is obeyed by a terminal. */
#ifndef TRACER_BASE_PRINT_H
#define TRACER_BASE_PRINT_H

#include "text.h"
#include "tiny_model/error.h"

/* As printf, with conversions c d i u x e f g s; a string is what belongs into a line (text_add_name: its line breaks
 * are shown, too), a width counts columns and a precision bytes, of which only whole characters are taken. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Text of several lines, as text_add_visible shows it; false and out of memory where it is not whole. */
bool print_text(const Text *text, Error *error);

/* The same of a string. */
void print_lines(const char *lines);

/* Bytes as they are: a binary format, and lines with colours whose words are visible already. */
bool print_bytes(const Text *text, Error *error);

/* print, to standard error. */
void print_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One line on standard error, behind the name of the program. */
void complain(const char *message);

#endif
