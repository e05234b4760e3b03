/* Which installed font draws a character, and texts that have to be shaped.
 *   plain    DejaVu Sans, a glyph for each character; where it lacks one, the font that Pango falls back to
 *   shaped   writing that joins, stacks or runs from right to left, and sequences of pictures: laid out by Pango
 * Colour fonts do not count: letters are drawn in the colour of the text. */
#ifndef TRACER_OUTPUT_FONTS_H
#define TRACER_OUTPUT_FONTS_H

#include "tiny_model/arena.h"
#include "tracer/figures/measure.h"

#include <cairo.h>
#include <pango/pangocairo.h>
#include <stdbool.h>

typedef struct Mask Mask;

/* A character of one face. */
typedef struct Character {
    unsigned point;
    Face face;
    cairo_font_face_t *font;     /* NULL if no font has it: it is drawn as DejaVu's box */
    unsigned long glyph;         /* NO_GLYPH: nothing to be seen */
    double advance;              /* at size 1 */
    Mask *masks;                 /* letters.c: its pictures so far */
    struct Character *next;
} Character;

enum { FACE_COUNT = 2, CHARACTER_SLOTS = 256, NO_GLYPH = 0x0fffffff };

typedef struct {
    Arena arena;
    cairo_font_face_t *plain[FACE_COUNT];
    Character *slots[CHARACTER_SLOTS];     /* hashed by code point */
    PangoLayout *layout;                   /* NULL until it is needed */
    bool failed;                           /* there was no memory for it */
} Fonts;

/* Nothing is looked up before a character is asked for. False if there is too little memory: Pango, fontconfig and
 * cairo end the program, or crash, where there is none left, so it is asked for before they are. */
bool fonts_open(Fonts *fonts);
void fonts_close(Fonts *fonts);

/* The character that `text` begins with, and its bytes; what is not UTF-8 is a '?'. NULL if out of
 * memory. */
Character *fonts_take(Fonts *fonts, Face face, const char *text, size_t *bytes);

/* Whether a glyph for each character would draw the text wrong. */
bool fonts_must_shape(const char *text);

/* The text as one line, laid out by Pango without kerning, at the size; it holds until the next one. NULL if out of
 * memory. */
PangoLayout *fonts_shape(Fonts *fonts, Face face, const char *text, double size);

/* No hinting, grey edges, unrounded advances. The caller destroys them. */
cairo_font_options_t *fonts_options(void);

#endif
