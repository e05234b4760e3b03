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

/* Of each digit's four styles one can be left out of the data, so that a model meets it first when it is asked for:
 * thin left of 0, 4 and 8, thin right of 1, 5 and 9, thick left of 2 and 6, thick right of 3 and 7. */
bool digit_is_held_out(const Digits *digits, int i);

enum { DIGIT_CAPTION = 40 };

/* What picture i is in words, "thick seven leaning right"; the pen, and where it leans, each with probability `said`.
 *   units   probability, of numbers of splitmix64 with the seed behind that of the pictures, two a picture */
void digit_caption(const Digits *digits, int i, double said, char out[DIGIT_CAPTION]);

/* The words of all captions, and caption k of all that say everything: digit k / 4, then thin left, thin right,
 * thick left, thick right; NULL behind the last. */
extern const char *const DIGIT_WORDS[];
extern const int DIGIT_WORD_COUNT;
const char *digit_whole_caption(int k);

#endif
