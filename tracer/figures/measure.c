/* Advances of DejaVu Sans and DejaVu Sans Bold in thousandths of the size; see measure.h. */
#include "measure.h"

#include "tiny_model/tokenizer/tokenizer.h"

#include <stdio.h>
#include <string.h>

enum { FIRST = 32, LAST = 126 };

static const short advances[2][LAST - FIRST + 1] = {
    {318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337,
     636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
     1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787,
     603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
     500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612,
     635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838},
    {348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365,
     696, 696, 696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580,
     1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850,
     733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500,
     500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687,
     716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838},
};

/* Signs of formulas, plain and bold; letters beyond ASCII are taken as wide as a wide letter. */
static const struct {
    unsigned point;
    short advance[2];
} signs[] = {
    {0xb1, {838, 838}},   {0xb7, {318, 380}},   {0xb9, {401, 438}},   {0xb2, {401, 438}},   {0xb3, {401, 438}},
    {0xd7, {838, 838}},   {0xf7, {838, 838}},   {0x1d40, {385, 430}}, {0x2026, {1000, 1000}}, {0x2070, {401, 438}},
    {0x2074, {401, 438}}, {0x2075, {401, 438}}, {0x2076, {401, 438}}, {0x2077, {401, 438}}, {0x2078, {401, 438}},
    {0x2079, {401, 438}}, {0x207b, {528, 528}}, {0x2190, {838, 838}}, {0x2191, {838, 838}}, {0x2192, {838, 838}},
    {0x2193, {838, 838}}, {0x2202, {544, 544}}, {0x2211, {718, 718}}, {0x2212, {838, 838}}, {0x221a, {667, 667}},
    {0x221e, {833, 833}}, {0x2264, {838, 838}}, {0x2299, {838, 838}}, {0x25c2, {502, 502}},
};
enum { OTHER = 720, WIDE = 1000 };

typedef struct {
    unsigned first, last;
} Range;

/* Marks over the letter before take no room; East Asian letters and pictures take a square. */
static const Range marks[] = {
    {0x300, 0x36f}, {0x591, 0x5bd}, {0x5bf, 0x5bf}, {0x5c1, 0x5c7}, {0x610, 0x61a}, {0x64b, 0x65f}, {0x670, 0x670},
    {0x6d6, 0x6dc}, {0xe31, 0xe31}, {0xe34, 0xe3a}, {0xe47, 0xe4e}, {0x1ab0, 0x1aff}, {0x200b, 0x200f},
    {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0x1f3fb, 0x1f3ff},
};
static const Range squares[] = {{0x1100, 0x115f}, {0x2000, 0xd7a3}, {0xf900, 0xfaff},
                                {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0x1f000, 0x3ffff}};

static bool within(unsigned point, const Range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

static double advance_of(unsigned point, Face face)
{
    if (point >= FIRST && point <= LAST)
        return advances[face][point - FIRST];
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (signs[i].point == point)
            return signs[i].advance[face];
    if (within(point, marks, sizeof marks / sizeof *marks))
        return 0;
    return within(point, squares, sizeof squares / sizeof *squares) ? WIDE : OTHER;
}

/* The next character, its advance added to *width; returns its bytes. */
static size_t take(const char *text, Face face, double size, double *width)
{
    unsigned point;
    int length = utf8_decode(text, &point);
    *width += advance_of(length ? point : '?', face) * size / 1000;
    return length ? (size_t)length : 1;
}

double measure_text(const char *text, Face face, double size)
{
    double width = 0;
    while (*text)
        text += take(text, face, size, &width);
    return width;
}

const char *measure_cut(char *out, size_t room, const char *text, Face face, double size, double width)
{
    size_t length = strlen(text);
    if (length < room && measure_text(text, face, size) <= width)
        return memcpy(out, text, length + 1);
    double used = advance_of(0x2026, face) * size / 1000;
    size_t at = 0;
    while (text[at]) {
        double with = used;
        size_t step = take(text + at, face, size, &with);
        if (with > width || at + step + 4 > room)
            break;
        used = with;
        at += step;
    }
    snprintf(out, room, "%.*s…", (int)at, text);
    return out;
}

size_t measure_line(const char *text, Face face, double size, double width)
{
    double used = 0;
    size_t at = 0, blank = 0;
    while (text[at]) {
        size_t step = take(text + at, face, size, &used);
        if (used > width && at > 0)
            return blank ? blank : at;
        if (text[at] == ' ')
            blank = at;
        at += step;
    }
    return at;
}
