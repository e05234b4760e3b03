/* Characters, shaped lines, and the fonts that have them; see fonts.h. */
#include "fonts.h"

#include "picture.h"

#include "tiny_model/tokenizer/tokenizer.h"

#include <pango/pangofc-font.h>
#include <pango/pangofc-fontmap.h>
#include <stdlib.h>
#include <string.h>

#define FAMILY "DejaVu Sans"
/* Address space: fontconfig maps its caches and fonts, and Pango starts threads, each with a stack and a heap. */
enum { LARGE = 128, PLAIN_ROOM = 24 << 20, SHAPE_ROOM = 176 << 20 };

cairo_font_options_t *fonts_options(void)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    return options;
}

static bool has_room(size_t bytes)
{
    void *room = malloc(bytes);
    free(room);
    return room != NULL;
}

/* Colour fonts are the last that are looked at. */
static void without_colors(FcPattern *pattern, gpointer data)
{
    (void)data;
    FcPatternDel(pattern, FC_COLOR);
    FcPatternAddBool(pattern, FC_COLOR, FcFalse);
}

/* No kerning: letters then stand as they do in plain text, whose widths are added up. */
static PangoLayout *new_layout(void)
{
    PangoFontMap *map = pango_cairo_font_map_get_default();
    if (PANGO_IS_FC_FONT_MAP(map))
        pango_fc_font_map_set_default_substitute(PANGO_FC_FONT_MAP(map), without_colors, NULL, NULL);
    PangoContext *context = pango_font_map_create_context(map);
    cairo_font_options_t *options = fonts_options();
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context, FALSE);
    PangoLayout *layout = pango_layout_new(context);
    g_object_unref(context);
    PangoAttrList *attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_font_features_new("kern=0"));
    pango_layout_set_attributes(layout, attributes);
    pango_attr_list_unref(attributes);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    return layout;
}

PangoLayout *fonts_shape(Fonts *fonts, Face face, const char *text, double size)
{
    if (!fonts->layout && !fonts->failed)
        fonts->layout = has_room(SHAPE_ROOM) ? new_layout() : NULL;
    fonts->failed = !fonts->layout;
    if (fonts->failed)
        return NULL;
    PangoFontDescription *description = pango_font_description_new();
    pango_font_description_set_family_static(description, FAMILY);
    pango_font_description_set_weight(description, face == FACE_BOLD ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(description, size * PANGO_SCALE);
    pango_layout_set_font_description(fonts->layout, description);
    pango_font_description_free(description);
    pango_layout_set_text(fonts->layout, text, -1);
    return fonts->layout;
}

typedef struct {
    unsigned first, last;
} Range;

/* Writing whose letters stand side by side from left to right, each by itself: Latin, Greek, Cyrillic, Armenian,
 * Georgian, signs, East Asian, and pictures that are one character. */
static const Range SIMPLE[] = {
    {0x1, 0x2ff}, {0x370, 0x482}, {0x48a, 0x58f}, {0x10a0, 0x10ff}, {0x1d00, 0x1dbf}, {0x1e00, 0x1fff},
    {0x2000, 0x200a}, {0x2010, 0x2027}, {0x202f, 0x205f}, {0x2070, 0x20cf}, {0x2100, 0x2bff}, {0x2c60, 0x2c7f},
    {0x2e80, 0x3029}, {0x3030, 0x3098}, {0x309b, 0x9fff}, {0xa720, 0xa7ff}, {0xac00, 0xd7a3}, {0xe000, 0xfaff},
    {0xfe30, 0xfe4f}, {0xff01, 0xfffd}, {0x1d400, 0x1d7ff}, {0x1f000, 0x1f1e5}, {0x1f200, 0x1f3fa},
    {0x1f400, 0x1faff}, {0x20000, 0x3ffff}, {0xf0000, 0x10ffff},
};

bool fonts_must_shape(const char *text)
{
    unsigned point;
    for (int length; *text; text += length ? length : 1) {
        length = utf8_decode(text, &point);
        bool simple = length <= 1;
        for (size_t i = 0; i < sizeof SIMPLE / sizeof *SIMPLE && !simple; i++)
            simple = point >= SIMPLE[i].first && point <= SIMPLE[i].last;
        if (!simple)
            return true;
    }
    return false;
}

bool fonts_open(Fonts *fonts)
{
    *fonts = (Fonts){0};
    if (!has_room(PLAIN_ROOM))
        return false;
    for (int face = 0; face < FACE_COUNT; face++)
        fonts->plain[face] = cairo_toy_font_face_create(FAMILY, CAIRO_FONT_SLANT_NORMAL,
                                                        face == FACE_BOLD ? CAIRO_FONT_WEIGHT_BOLD
                                                                          : CAIRO_FONT_WEIGHT_NORMAL);
    return true;
}

void fonts_close(Fonts *fonts)
{
    for (int i = 0; i < CHARACTER_SLOTS; i++)
        for (Character *c = fonts->slots[i]; c; c = c->next)
            cairo_font_face_destroy(c->font);
    for (int face = 0; face < FACE_COUNT; face++)
        cairo_font_face_destroy(fonts->plain[face]);
    if (fonts->layout)
        g_object_unref(fonts->layout);
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

/* The first glyph of a layout, and whose it is; NULL if no font has it, or only one of colours. */
static cairo_font_face_t *first_glyph(PangoLayout *layout, Character *c)
{
    const PangoLayoutLine *line = pango_layout_get_line_readonly(layout, 0);
    const PangoGlyphItem *run = line->runs ? line->runs->data : NULL;
    FcBool colored = FcFalse;
    if (!run || run->glyphs->num_glyphs == 0 || pango_layout_get_unknown_glyphs_count(layout) > 0)
        return NULL;
    PangoFont *font = run->item->analysis.font;
    FcPatternGetBool(pango_fc_font_get_pattern(PANGO_FC_FONT(font)), FC_COLOR, 0, &colored);
    if (colored)
        return NULL;
    PangoGlyphInfo glyph = run->glyphs->glyphs[0];
    c->advance = (double)glyph.geometry.width / PANGO_SCALE;
    /* What has no picture, a joiner or a variation, takes no room. */
    c->glyph = glyph.glyph == PANGO_GLYPH_EMPTY ? NO_GLYPH : glyph.glyph;
    return cairo_font_face_reference(
        cairo_scaled_font_get_font_face(pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font))));
}

static cairo_font_face_t *other_font(Fonts *fonts, Character *c, const char *text, size_t bytes)
{
    char letter[8];
    memcpy(letter, text, bytes);
    letter[bytes] = '\0';
    /* A large size, or an advance in whole units would be coarse. */
    PangoLayout *layout = fonts_shape(fonts, c->face, letter, LARGE);
    cairo_font_face_t *font = layout ? first_glyph(layout, c) : NULL;
    c->advance /= font ? LARGE : 1;
    return font;
}

static void find_font(Fonts *fonts, Character *c, const char *text, size_t bytes)
{
    cairo_font_face_t *plain = fonts->plain[c->face];
    /* Controls are nobody's letters, and every font would be searched for them all the same. */
    if (look_up(plain, text, bytes, c) || c->point < 0x20) {
        c->font = cairo_font_face_reference(plain);
        return;
    }
    /* With glyph and width of our font's box, should nobody have the letter. */
    c->font = other_font(fonts, c, text, bytes);
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
    *slot = c;
    return fonts->failed ? NULL : c;
}

bool picture_spell(const char *text, Text *out)
{
    Fonts fonts;
    bool lacking = false;
    size_t bytes;
    out->failed |= !fonts_open(&fonts);
    for (; *text && !out->failed; text += bytes) {
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
