/* Digits drawn by formula; see digits.h. The polylines are our own. */
#include "digits.h"

#include "../elementary/elementary.h"
#include "../random.h"

#include <math.h>
#include <stdio.h>

enum { MOST_POINTS = 13, NUMBERS_OF_A_DIGIT = 8 };

typedef struct {
    int count;
    double points[MOST_POINTS][2];
} Polyline;

/* 1 to 9 in the unit box, x to the right and y down; 0 is an ellipse. */
static const Polyline LINES[] = {
    {3, {{0.33, 0.27}, {0.55, 0.07}, {0.55, 0.93}}},
    {8, {{0.22, 0.28}, {0.3, 0.12}, {0.5, 0.06}, {0.7, 0.12}, {0.78, 0.28}, {0.7, 0.45}, {0.2, 0.93}, {0.82,
     0.93}}},
    {9, {{0.22, 0.12}, {0.5, 0.06}, {0.75, 0.15}, {0.75, 0.35}, {0.45, 0.47}, {0.78, 0.6}, {0.78, 0.8}, {0.5,
     0.94}, {0.2, 0.86}}},
    {4, {{0.62, 0.94}, {0.62, 0.06}, {0.16, 0.66}, {0.86, 0.66}}},
    {8, {{0.78, 0.07}, {0.28, 0.07}, {0.25, 0.46}, {0.55, 0.4}, {0.78, 0.55}, {0.76, 0.8}, {0.5, 0.94}, {0.2,
     0.86}}},
    {10, {{0.7, 0.07}, {0.4, 0.25}, {0.22, 0.6}, {0.3, 0.86}, {0.5, 0.94}, {0.72, 0.85}, {0.76, 0.66}, {0.6,
     0.5}, {0.4, 0.52}, {0.24, 0.66}}},
    {3, {{0.18, 0.07}, {0.82, 0.07}, {0.42, 0.94}}},
    {13, {{0.5, 0.48}, {0.28, 0.35}, {0.3, 0.14}, {0.5, 0.06}, {0.7, 0.14}, {0.72, 0.35}, {0.5, 0.48}, {0.25,
     0.65}, {0.28, 0.87}, {0.5, 0.94}, {0.72, 0.87}, {0.75, 0.65}, {0.5, 0.48}}},
    {10, {{0.76, 0.3}, {0.6, 0.48}, {0.4, 0.5}, {0.24, 0.34}, {0.28, 0.14}, {0.5, 0.06}, {0.7, 0.12}, {0.77,
     0.34}, {0.7, 0.65}, {0.55, 0.94}}},
};

static const double PI = 0x1.921fb54442d18p+1;

static Polyline polyline(int digit)
{
    if (digit > 0)
        return LINES[digit - 1];
    Polyline ring = {.count = MOST_POINTS};
    for (int k = 0; k < MOST_POINTS; k++) {
        ring.points[k][0] = .5 + .30 * sin_of(2 * PI * k / 12);
        ring.points[k][1] = .5 - .43 * cos_of(2 * PI * k / 12);
    }
    return ring;
}

/* How far (x, y) is from the piece of line between a and b. */
static double distance(const double a[2], const double b[2], double x, double y)
{
    double dx = b[0] - a[0], dy = b[1] - a[1], length = dx * dx + dy * dy;
    double along = length > 0 ? ((x - a[0]) * dx + (y - a[1]) * dy) / length : 0;
    along = along < 0 ? 0 : along > 1 ? 1 : along;
    double ex = x - (a[0] + along * dx), ey = y - (a[1] + along * dy);
    return sqrt(ex * ex + ey * ey);
}

static double pixel(const Polyline *line, double half_width, double x, double y)
{
    double nearest = INFINITY;
    for (int i = 0; i + 1 < line->count; i++) {
        double here = distance(line->points[i], line->points[i + 1], x, y);
        nearest = here < nearest ? here : nearest;
    }
    double grey = half_width + .5 - nearest;
    return 2 * (grey < 0 ? 0 : grey > 1 ? 1 : grey) - 1;
}

static double uniform(const Digits *digits, int i, int number)
{
    return splitmix_uniform((uint64_t)digits->seed, (uint64_t)i * NUMBERS_OF_A_DIGIT + (uint64_t)number);
}

bool digit_is_thick(const Digits *digits, int i)
{
    return uniform(digits, i, 6) < .5;
}

bool digit_leans_right(const Digits *digits, int i)
{
    return uniform(digits, i, 7) < .5;
}

/* The style of a picture: 2 thick + right. */
static int style_of(const Digits *digits, int i)
{
    return 2 * digit_is_thick(digits, i) + digit_leans_right(digits, i);
}

bool digit_is_held_out(const Digits *digits, int i)
{
    return style_of(digits, i) == digit_of(i) % 4;
}

const char *const DIGIT_WORDS[] = {"zero", "one",   "two",  "three", "four",    "five", "six",  "seven",
                                   "eight", "nine", "thin", "thick", "leaning", "left", "right"};
const int DIGIT_WORD_COUNT = sizeof DIGIT_WORDS / sizeof *DIGIT_WORDS;

void digit_caption(const Digits *digits, int i, double said, char out[DIGIT_CAPTION])
{
    uint64_t seed = (uint64_t)digits->seed + 1, at = 2 * (uint64_t)i;
    bool pen = splitmix_uniform(seed, at) < said, lean = splitmix_uniform(seed, at + 1) < said;
    snprintf(out, DIGIT_CAPTION, "%s%s%s", !pen ? "" : digit_is_thick(digits, i) ? "thick " : "thin ",
             DIGIT_WORDS[digit_of(i)],
             !lean ? "" : digit_leans_right(digits, i) ? " leaning right" : " leaning left");
}

#define STYLES(digit) "thin " digit " leaning left", "thin " digit " leaning right", \
                      "thick " digit " leaning left", "thick " digit " leaning right"
static const char *const WHOLE[] = {STYLES("zero"), STYLES("one"), STYLES("two"),   STYLES("three"), STYLES("four"),
                                    STYLES("five"), STYLES("six"), STYLES("seven"), STYLES("eight"), STYLES("nine")};

const char *digit_whole_caption(int k)
{
    return k < (int)(sizeof WHOLE / sizeof *WHOLE) ? WHOLE[k] : NULL;
}

void digit_draw(const Digits *digits, int i, double *out)
{
    int n = digits->size;
    bool styled = digits->set == DIGITS_STYLED;
    double u[NUMBERS_OF_A_DIGIT];
    for (int k = 0; k < NUMBERS_OF_A_DIGIT; k++)
        u[k] = uniform(digits, i, k);
    double half_width = styled ? (digit_is_thick(digits, i) ? .95 : .35) + .1 * (u[0] - .5) : .35 + .4 * u[0];
    double shear = styled ? (digit_leans_right(digits, i) ? .35 : -.35) + .1 * (u[1] - .5) : -.25 + .5 * u[1];
    double wide = .66 * n * (.85 + .25 * u[2]), high = .80 * n * (.9 + .15 * u[3]), middle = (n - 1) / 2.0;
    double right = u[4] - .5, down = .8 * u[5] - .4;
    Polyline line = polyline(digit_of(i));
    for (int k = 0; k < line.count; k++) {
        double *point = line.points[k], x = point[0] - .5, y = (point[1] - .5) * high;
        point[0] = x * wide - shear * y + middle + right;
        point[1] = y + middle + down;
    }
    for (int row = 0; row < n; row++)
        for (int col = 0; col < n; col++)
            out[row * n + col] = pixel(&line, half_width, col, row);
}
