/* Which installed font draws a character: DejaVu Sans, and where that lacks it the best other one
 * that fontconfig knows. Colour fonts do not count: letters are drawn in the colour of the text. */
#ifndef TRACER_OUTPUT_FONTS_H
#define TRACER_OUTPUT_FONTS_H

#include "tiny_model/arena.h"
#include "tracer/figures/measure.h"

#include <cairo.h>
#include <stdbool.h>

typedef struct Mask Mask;

/* A character of one face. */
typedef struct Character {
    unsigned point;
    Face face;
    cairo_font_face_t *font;     /* NULL if no font has it: it is drawn as DejaVu's box */
    unsigned long glyph;
    double advance;              /* at size 1 */
    Mask *masks;                 /* letters.c: its pictures so far */
    struct Character *next;
} Character;

enum { FACE_COUNT = 2, CHARACTER_SLOTS = 256 };

typedef struct {
    Arena arena;
    cairo_font_face_t *plain[FACE_COUNT];
    Character *slots[CHARACTER_SLOTS];     /* hashed by code point */
} Fonts;

/* Nothing is looked up before a character is asked for. */
void fonts_open(Fonts *fonts);
void fonts_close(Fonts *fonts);

/* The character that `text` begins with, and its bytes; what is not UTF-8 is a '?'. NULL if out of
 * memory. */
Character *fonts_take(Fonts *fonts, Face face, const char *text, size_t *bytes);

/* No hinting, grey edges, unrounded advances. The caller destroys them. */
cairo_font_options_t *fonts_options(void);

#endif
