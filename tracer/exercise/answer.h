/* Answers as students hand them in: a filled-in worksheet, any file of numbers, or .npy. */
#ifndef TRACER_EXERCISE_ANSWER_H
#define TRACER_EXERCISE_ANSWER_H

#include "variant.h"

enum { MOST_ANSWER_BYTES = 1 << 20 };

typedef struct {
    double *cells;     /* [cell_count] of the variant */
    int count;         /* numbers found */
    int blanks;        /* "?" left standing */
    int decimals;      /* the most that a number was written with; an array has all */
} Answer;

/* What a worksheet says about itself, found before its numbers are read. */
typedef struct {
    char student[MOST_WHOSE + 1], course[MOST_WHOSE + 1];
    int exercise, draw;
    unsigned seed;
    char mark;         /* what stands behind the draw: 's' on a sheet that a secret has salted */
    bool found;
} SheetCode;

/* Reads the "# code" and "# student" lines; found is false where there are none. */
void answer_code(const char *text, SheetCode *code);

/* Takes the numbers out of text[size] (UTF-8): blanks, tabs, commas and `;` between them, fractions, inf, labels,
 * quotes, "#" comments, CRLF, a Unicode minus. Blocks that are labelled with the name of an asked value, and lines
 * labelled "row 2", go where the label says. Decimal commas, rows counted from 1 and a table with a head or a first
 * column of indices are understood where the number of cells leaves no other way. `path` is what errors call it.
 *   memory  *answer, freed by answer_free
 *   errors  binary, a word in the place of a number, too few or many, a place filled twice, an ambiguous decimal
 *           comma; the line is named */
bool answer_parse(const char *text, size_t size, const char *path, const Variant *variant, Answer *answer,
                  Error *error);

/* The same for an array of NumPy: one asked value, or all asked cells in the order of the sheet. */
bool answer_parse_npy(const char *bytes, size_t size, const char *path, const Variant *variant, Answer *answer,
                      Error *error);

/* The bytes of a file that was handed in, UTF-16 turned into UTF-8; the caller frees them. */
bool answer_bytes(const char *path, char **bytes, size_t *size, Error *error);

/* Reads the file, whichever of the forms it has. */
bool answer_read(const char *path, const Variant *variant, Answer *answer, Error *error);
void answer_free(Answer *answer);

#endif
