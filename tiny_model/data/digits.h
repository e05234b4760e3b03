/* Pictures of digits, made by formula: polylines that are moved, stretched, sheared and drawn with a pen of some width.
 *   units   pixels; numbers from -1 (paper) to 1 (ink)
 *   memory  none
 *   errors  none
 *   source  our own; the random numbers are splitmix64's, eight a picture */
#ifndef TINY_MODEL_DATA_DIGITS_H
#define TINY_MODEL_DATA_DIGITS_H

#include <stdbool.h>

typedef enum { DIGITS_PLAIN, DIGITS_STYLED } DigitSet;

enum { DIGIT_CLASSES = 10 };

typedef struct {
    double seed;      /* whole, 0 to 2^53 */
    int size;         /* rows, and columns, of a picture */
    int set;          /* DigitSet: pens of any width, or thin and thick ones that lean left or right */
} Digits;

static inline int digit_of(int i)
{
    return i % DIGIT_CLASSES;
}

/* Picture i: out [size x size]. */
void digit_draw(const Digits *digits, int i, double *out);

/* What a styled picture is. */
bool digit_is_thick(const Digits *digits, int i);
bool digit_leans_right(const Digits *digits, int i);

#endif
