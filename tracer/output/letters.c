/* Text as letters or as pixels; see letters.h. */
#include "letters.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* The size that a shaped line is measured at. */
enum { MOST_SHADES = 6, LEAST_SHADES = 2, SHAPED_SIZE = 128 };

/* One character at one size, as shades; left and top are those of the box seen from its origin. */
struct Mask {
    double size, squeeze;
    bool upwards;
    int left, top, width, height;
    unsigned char *shades;   /* [height x width] */
    struct Mask *next;
};

int shades_at(double scale)
{
    return (int)fmax(LEAST_SHADES, fmin(MOST_SHADES, floor(MOST_SHADES / scale + 0.5)));
}

unsigned char shade_of(double coverage, int shades)
{
    return (unsigned char)floor(coverage * shades + 0.5);
}

/* The width of the text at size 1 in the fonts at hand, and what it is squeezed by to be as wide as measured;
 * false if there was no memory for a character. */
static bool measure_drawn(Fonts *fonts, const Item *item, bool shaped, double *width, double *squeeze)
{
    double measured = measure_text(item->text, item->face, 1);
    size_t bytes;
    PangoRectangle box;
    *width = 0;
    if (shaped) {
        PangoLayout *layout = fonts_shape(fonts, item->face, item->text, SHAPED_SIZE);
        if (!layout)
            return false;
        pango_layout_get_extents(layout, NULL, &box);
        *width = (double)box.width / PANGO_SCALE / SHAPED_SIZE;
    }
    for (const char *at = item->text; *at && !shaped; at += bytes) {
        const Character *c = fonts_take(fonts, item->face, at, &bytes);
        if (!c)
            return false;
        *width += c->advance;
    }
    /* Layout was made with DejaVu's widths; another font that is wider would run over the next cell. */
    *squeeze = *width > 1.01 * measured && measured > 0 ? measured / *width : 1;
    *width *= *squeeze;
    return true;
}

static double part_before(Align align)
{
    static const double part[] = {0, 0.5, 1};
    return part[align];
}

/* A shaped line from the current point on, whatever cairo's units are. */
static void show_shaped(Fonts *fonts, cairo_t *cairo, const Item *item, double size)
{
    PangoLayout *layout = fonts_shape(fonts, item->face, item->text, size);
    pango_cairo_update_layout(cairo, layout);
    pango_cairo_show_layout_line(cairo, pango_layout_get_line_readonly(layout, 0));
}

bool letters_show(Fonts *fonts, cairo_t *cairo, const Item *item)
{
    bool whole = true, shaped = fonts_must_shape(item->text);
    double width, squeeze;
    size_t bytes;
    if (!measure_drawn(fonts, item, shaped, &width, &squeeze))
        return false;
    cairo_save(cairo);
    cairo_set_source_rgb(cairo, item->color.r / 255.0, item->color.g / 255.0, item->color.b / 255.0);
    cairo_translate(cairo, item->x, item->y);
    if (item->upwards)
        cairo_rotate(cairo, -M_PI / 2);
    cairo_scale(cairo, squeeze, 1);
    cairo_set_font_size(cairo, item->size);
    cairo_move_to(cairo, -part_before(item->align) * width * item->size / squeeze, 0);
    if (shaped)
        show_shaped(fonts, cairo, item, item->size);
    for (const char *at = item->text, *next; *at && !shaped; at = next) {
        const Character *first = fonts_take(fonts, item->face, at, &bytes), *c = first;
        char run[400];
        /* As one run where one font draws it, so that the text of a PDF can be searched and copied. */
        for (next = at; c && *next && c->font == first->font && next - at + bytes < sizeof run;) {
            next += bytes;
            c = *next ? fonts_take(fonts, item->face, next, &bytes) : c;
        }
        if (next == at) {
            whole = false;
            break;
        }
        memcpy(run, at, (size_t)(next - at));
        run[next - at] = '\0';
        cairo_set_font_face(cairo, first->font ? first->font : fonts->plain[item->face]);
        cairo_show_text(cairo, run);
    }
    cairo_restore(cairo);
    return whole;
}

/* The coverage that was drawn, as shades; false if cairo had no memory for it. */
static bool take_shades(Mask *mask, cairo_surface_t *surface, int shades)
{
    cairo_surface_flush(surface);
    const unsigned char *data = cairo_image_surface_get_data(surface);
    for (int r = 0; data && r < mask->height; r++)
        for (int c = 0; c < mask->width; c++)
            mask->shades[r * mask->width + c] = shade_of(data[r * cairo_image_surface_get_stride(surface) + c] / 255.0,
                                                         shades);
    return data != NULL;
}

static bool fill_mask(Mask *mask, cairo_scaled_font_t *font, unsigned long glyph, int shades)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, mask->width, mask->height);
    cairo_t *cairo = cairo_create(surface);
    cairo_set_scaled_font(cairo, font);
    cairo_show_glyphs(cairo, &(cairo_glyph_t){glyph, -mask->left, -mask->top}, 1);
    cairo_destroy(cairo);
    bool whole = take_shades(mask, surface, shades);
    cairo_surface_destroy(surface);
    return whole;
}

/* A shaped line as one mask: its letters join, so they cannot be moved to whole pixels one by one. */
static Mask *shaped_mask(Fonts *fonts, const Item *item, const Mask *wanted, int shades)
{
    PangoRectangle ink;
    Mask *mask = arena_alloc(&fonts->arena, sizeof *mask);
    if (!mask)
        return NULL;
    *mask = *wanted;
    PangoLayout *layout = fonts_shape(fonts, item->face, item->text, wanted->size);
    pango_layout_line_get_pixel_extents(pango_layout_get_line_readonly(layout, 0), &ink, NULL);
    /* Two pixels around it, for the edge and for what squeezing rounds. */
    int along = (int)floor(ink.x * wanted->squeeze) - 2, length = (int)ceil(ink.width * wanted->squeeze) + 4;
    int across = ink.y - 2, depth = ink.height + 4;
    mask->left = wanted->upwards ? across : along;
    mask->top = wanted->upwards ? -along - length : across;
    mask->width = wanted->upwards ? depth : length;
    mask->height = wanted->upwards ? length : depth;
    mask->shades = arena_alloc(&fonts->arena, (size_t)mask->width * (size_t)mask->height);
    if (!mask->shades)
        return NULL;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_A8, mask->width, mask->height);
    cairo_t *cairo = cairo_create(surface);
    cairo_translate(cairo, -mask->left, -mask->top);
    if (wanted->upwards)
        cairo_rotate(cairo, -M_PI / 2);
    cairo_scale(cairo, wanted->squeeze, 1);
    cairo_move_to(cairo, 0, 0);
    show_shaped(fonts, cairo, item, wanted->size);
    cairo_destroy(cairo);
    bool whole = take_shades(mask, surface, shades);
    cairo_surface_destroy(surface);
    return whole ? mask : NULL;
}

static Mask *make_mask(Fonts *fonts, const Character *c, const Mask *wanted, int shades)
{
    cairo_matrix_t shape, one;
    cairo_text_extents_t box;
    double along = wanted->size * wanted->squeeze, across = wanted->size;
    Mask *mask = arena_alloc(&fonts->arena, sizeof *mask);
    if (!mask)
        return NULL;
    *mask = *wanted;
    cairo_matrix_init_identity(&one);
    if (wanted->upwards)
        cairo_matrix_init(&shape, 0, -along, across, 0, 0, 0);
    else
        cairo_matrix_init(&shape, along, 0, 0, across, 0, 0);
    cairo_font_options_t *options = fonts_options();
    cairo_scaled_font_t *font = cairo_scaled_font_create(c->font ? c->font : fonts->plain[c->face], &shape, &one,
                                                         options);
    cairo_scaled_font_glyph_extents(font, &(cairo_glyph_t){c->glyph, 0, 0}, 1, &box);
    /* One pixel around it for the grey of the edge. */
    mask->left = (int)floor(box.x_bearing) - 1;
    mask->top = (int)floor(box.y_bearing) - 1;
    mask->width = (int)ceil(box.x_bearing + box.width) + 1 - mask->left;
    mask->height = (int)ceil(box.y_bearing + box.height) + 1 - mask->top;
    mask->shades = arena_alloc(&fonts->arena, (size_t)mask->width * (size_t)mask->height);
    bool whole = mask->shades && fill_mask(mask, font, c->glyph, shades);
    cairo_scaled_font_destroy(font);
    cairo_font_options_destroy(options);
    return whole ? mask : NULL;
}

static const Mask *find_mask(Fonts *fonts, Character *c, const Mask *wanted, int shades)
{
    for (const Mask *mask = c->masks; mask; mask = mask->next)
        /* A picture has a few sizes of text and the same ten digits hundreds of times. */
        if (mask->size == wanted->size && mask->squeeze == wanted->squeeze && mask->upwards == wanted->upwards)
            return mask;
    Mask *mask = make_mask(fonts, c, wanted, shades);
    if (mask) {
        mask->next = c->masks;
        c->masks = mask;
    }
    return mask;
}

static void stamp(cairo_surface_t *image, const Mask *mask, int x, int y, uint32_t color, int shades)
{
    uint32_t *pixels = (uint32_t *)(void *)cairo_image_surface_get_data(image);
    int width = cairo_image_surface_get_width(image), height = cairo_image_surface_get_height(image);
    int stride = cairo_image_surface_get_stride(image) / (int)sizeof *pixels;
    x += mask->left;
    y += mask->top;
    for (int r = y < 0 ? -y : 0; r < mask->height && y + r < height; r++) {
        uint32_t *row = pixels + (ptrdiff_t)(y + r) * stride + x;
        for (int c = x < 0 ? -x : 0; c < mask->width && x + c < width; c++) {
            unsigned char shade = mask->shades[r * mask->width + c];
            if (shade)
                row[c] = blend_color((Blend){row[c] & 0xffffff, color}, shade, shades);
        }
    }
}

/* What the text stands on: the pixel where it begins. */
static uint32_t pixel_at(cairo_surface_t *image, double x, double y)
{
    int right = cairo_image_surface_get_width(image) - 1, bottom = cairo_image_surface_get_height(image) - 1;
    int column = (int)fmax(0, fmin(right, x)), row = (int)fmax(0, fmin(bottom, y));
    const unsigned char *line = cairo_image_surface_get_data(image) +
                                (ptrdiff_t)row * cairo_image_surface_get_stride(image);
    return ((const uint32_t *)(const void *)line)[column] & 0xffffff;
}

bool letters_stamp(Fonts *fonts, cairo_surface_t *image, double scale, const Item *item, Blends *blends)
{
    int shades = blends->shades;
    uint32_t color = (uint32_t)item->color.r << 16 | (uint32_t)item->color.g << 8 | item->color.b;
    Mask wanted = {.size = item->size * scale, .upwards = item->upwards};
    double width;
    size_t bytes;
    bool shaped = fonts_must_shape(item->text);
    if (!measure_drawn(fonts, item, shaped, &width, &wanted.squeeze))
        return false;
    double pen = -part_before(item->align) * width * wanted.size;
    cairo_surface_flush(image);
    blends_add(blends, (Blend){pixel_at(image, item->x * scale, item->y * scale), color});
    for (const char *at = item->text; *at; at += bytes) {
        Character *c = shaped ? NULL : fonts_take(fonts, item->face, at, &bytes);
        bool empty = c && c->glyph == NO_GLYPH;
        /* Whole pixels: equal letters are equal pixels wherever they stand. */
        int x = (int)floor(item->x * scale + (item->upwards ? 0 : pen) + 0.5),
            y = (int)floor(item->y * scale - (item->upwards ? pen : 0) + 0.5);
        const Mask *mask = shaped ? shaped_mask(fonts, item, &wanted, shades)
                           : c && !empty ? find_mask(fonts, c, &wanted, shades) : NULL;
        if (!mask && !empty)
            return false;
        if (mask)
            stamp(image, mask, x, y, color, shades);
        if (shaped)
            break;
        pen += c->advance * wanted.squeeze * wanted.size;
    }
    cairo_surface_mark_dirty(image);
    return true;
}
