/* Characters and the fonts that have them; see fonts.h. */
#include "fonts.h"

#include "picture.h"

#include "tiny_model/tokenizer/tokenizer.h"

#include <cairo-ft.h>
#include <fontconfig/fontconfig.h>
#include <string.h>

#define FAMILY "DejaVu Sans"

cairo_font_options_t *fonts_options(void)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    return options;
}

void fonts_open(Fonts *fonts)
{
    *fonts = (Fonts){0};
    for (int face = 0; face < FACE_COUNT; face++)
        fonts->plain[face] = cairo_toy_font_face_create(FAMILY, CAIRO_FONT_SLANT_NORMAL,
                                                        face == FACE_BOLD ? CAIRO_FONT_WEIGHT_BOLD
                                                                          : CAIRO_FONT_WEIGHT_NORMAL);
}

void fonts_close(Fonts *fonts)
{
    for (int i = 0; i < CHARACTER_SLOTS; i++)
        for (Character *c = fonts->slots[i]; c; c = c->next)
            cairo_font_face_destroy(c->font);
    for (int face = 0; face < FACE_COUNT; face++)
        cairo_font_face_destroy(fonts->plain[face]);
    arena_free(&fonts->arena);
}

/* Glyph and advance of a character in a font; false where the font lacks it (glyph 0 is the box). */
static bool look_up(cairo_font_face_t *font, const char *text, size_t bytes, Character *c)
{
    cairo_matrix_t one;
    cairo_glyph_t *glyphs = NULL;
    int count = 0;
    cairo_matrix_init_identity(&one);
    cairo_font_options_t *options = fonts_options();
    cairo_scaled_font_t *scaled = cairo_scaled_font_create(font, &one, &one, options);
    cairo_scaled_font_text_to_glyphs(scaled, 0, 0, text, (int)bytes, &glyphs, &count, NULL, NULL, NULL);
    if (count > 0) {
        cairo_text_extents_t extents;
        cairo_scaled_font_glyph_extents(scaled, glyphs, 1, &extents);
        c->glyph = glyphs[0].index;
        c->advance = extents.x_advance;
    }
    cairo_glyph_free(glyphs);
    cairo_scaled_font_destroy(scaled);
    cairo_font_options_destroy(options);
    return count > 0 && c->glyph != 0;
}

/* The installed font that is most like ours among those that have the character, NULL if none has. */
static cairo_font_face_t *other_font(unsigned point, Face face)
{
    FcPattern *wanted = FcPatternCreate(), *found = NULL;
    FcCharSet *points = FcCharSetCreate(), *has = NULL;
    FcBool colored = FcFalse;
    FcResult result;
    FcCharSetAddChar(points, point);
    FcPatternAddCharSet(wanted, FC_CHARSET, points);
    FcPatternAddString(wanted, FC_FAMILY, (const FcChar8 *)FAMILY);
    FcPatternAddInteger(wanted, FC_WEIGHT, face == FACE_BOLD ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
    FcPatternAddBool(wanted, FC_COLOR, FcFalse);
    FcConfigSubstitute(NULL, wanted, FcMatchPattern);
    FcDefaultSubstitute(wanted);
    found = FcFontMatch(NULL, wanted, &result);
    /* The nearest match need not have the letter at all. */
    bool right = found && FcPatternGetCharSet(found, FC_CHARSET, 0, &has) == FcResultMatch &&
                 FcCharSetHasChar(has, point) &&
                 !(FcPatternGetBool(found, FC_COLOR, 0, &colored) == FcResultMatch && colored);
    cairo_font_face_t *font = right ? cairo_ft_font_face_create_for_pattern(found) : NULL;
    if (found)
        FcPatternDestroy(found);
    FcCharSetDestroy(points);
    FcPatternDestroy(wanted);
    return font;
}

static void find_font(const Fonts *fonts, Character *c, const char *text, size_t bytes)
{
    cairo_font_face_t *plain = fonts->plain[c->face], *other = NULL;
    /* Controls are nobody's letters, and fontconfig would search for them all the same. */
    if (look_up(plain, text, bytes, c) || c->point < 0x20) {
        c->font = cairo_font_face_reference(plain);
        return;
    }
    /* With glyph and width of our font's box, should nobody have the letter. */
    Character box = *c;
    other = other_font(c->point, c->face);
    if (other && look_up(other, text, bytes, c)) {
        c->font = other;
        return;
    }
    cairo_font_face_destroy(other);
    *c = box;
}

Character *fonts_take(Fonts *fonts, Face face, const char *text, size_t *bytes)
{
    unsigned point;
    int length = utf8_decode(text, &point);
    *bytes = length ? (size_t)length : 1;
    if (!length)
        text = "?", point = '?';
    Character **slot = &fonts->slots[(point * FACE_COUNT + face) % CHARACTER_SLOTS];
    for (Character *c = *slot; c; c = c->next)
        if (c->point == point && c->face == face)
            return c;
    Character *c = arena_alloc(&fonts->arena, sizeof *c);
    if (!c)
        return NULL;
    *c = (Character){.point = point, .face = face, .next = *slot};
    find_font(fonts, c, text, length ? (size_t)length : 1);
    return *slot = c;
}

bool picture_spell(const char *text, Text *out)
{
    Fonts fonts;
    bool lacking = false;
    size_t bytes;
    fonts_open(&fonts);
    for (; *text; text += bytes) {
        const Character *c = fonts_take(&fonts, FACE_PLAIN, text, &bytes);
        bool lacks = c && !c->font;
        out->failed |= !c;
        lacking = lacking || lacks;
        if (lacks)
            text_add(out, "U+%04X", c->point);
        else
            text_put(out, text, bytes);
    }
    fonts_close(&fonts);
    return lacking;
}
