/* How the numbers of a picture are written: one format for all cells, so that they can be compared by eye.
 *   "+0.53", "−0.04" where they may be negative, "0.53" where they cannot
 *   a power of ten stands once beside the panel ("× 10⁻⁵"), never in a cell */
#ifndef TRACER_FIGURES_CELL_NUMBER_H
#define TRACER_FIGURES_CELL_NUMBER_H

#include "tracer/base/text.h"

#include <stddef.h>

typedef struct {
    double most;             /* the largest size of a number */
    int digits;              /* decimals */
    int power;               /* the cells are multiples of 10^power */
    bool sign;               /* a sign always: they may be negative */
    bool whole;              /* whole numbers, which need no decimals whatever stands beside them */
} NumberFormat;

/* The format of `count` numbers. digits: decimals asked for, or AUTO_DIGITS: as many as show two digits of the
 * largest. Where even four would show none the format has a power. */
NumberFormat number_format(const double *numbers, size_t count, int digits, bool sign);

/* Formats of panels in one picture, made to agree: the same decimals, at most 3 of them unless more were asked for;
 * what would need more has a power. */
void number_formats_join(NumberFormat *const *formats, int count, int asked);

/* A quantity as it stands in a cell, with a real minus. Of numbers that round to 0 only 0 itself has no sign. */
char *cell_number(char out[NUMBER_SIZE], double number, NumberFormat format);

/* " × 10⁻⁵", "" for the power 0. */
char *power_text(char out[NUMBER_SIZE], int power);

/* The text with a real minus (U+2212) in the place of each hyphen that stands for one: in front of a number or alone
 * between blanks. Writes into out[size], cut if need be. */
char *real_minus(char *out, size_t size, const char *text);

#endif
