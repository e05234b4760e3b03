/* Draw list to cairo; see paint.h. */
#include "paint.h"

#include <math.h>

static void set_color(cairo_t *cairo, Rgb color)
{
    cairo_set_source_rgb(cairo, color.r / 255.0, color.g / 255.0, color.b / 255.0);
}

/* Moves a point to the nearest corner of a pixel. */
static void to_pixel(cairo_t *cairo, double *x, double *y)
{
    cairo_user_to_device(cairo, x, y);
    *x = floor(*x + 0.5);
    *y = floor(*y + 0.5);
    cairo_device_to_user(cairo, x, y);
}

static void rect_path(cairo_t *cairo, const Item *item, bool snap)
{
    double x = item->x, y = item->y, right = x + item->width, bottom = y + item->height, r = item->radius;
    if (r > 0) {
        cairo_new_sub_path(cairo);
        cairo_arc(cairo, right - r, y + r, r, -M_PI / 2, 0);
        cairo_arc(cairo, right - r, bottom - r, r, 0, M_PI / 2);
        cairo_arc(cairo, x + r, bottom - r, r, M_PI / 2, M_PI);
        cairo_arc(cairo, x + r, y + r, r, M_PI, 3 * M_PI / 2);
        cairo_close_path(cairo);
        return;
    }
    if (snap && item->filled) {
        to_pixel(cairo, &x, &y);
        to_pixel(cairo, &right, &bottom);
    }
    cairo_rectangle(cairo, x, y, right - x, bottom - y);
}

static void points_path(cairo_t *cairo, const Item *item)
{
    const Point *p = item->points;
    if (item->point_count == 0)
        return;
    if (item->kind == ITEM_CURVE) {
        cairo_move_to(cairo, p[0].x, p[0].y);
        cairo_curve_to(cairo, p[1].x, p[1].y, p[2].x, p[2].y, p[3].x, p[3].y);
        return;
    }
    for (int i = 0; i < item->point_count; i++)
        if (i == 0 || (item->kind == ITEM_SEGMENTS && i % 2 == 0))
            cairo_move_to(cairo, p[i].x, p[i].y);
        else
            cairo_line_to(cairo, p[i].x, p[i].y);
    if (item->filled)
        cairo_close_path(cairo);
}

static void paint_shape(cairo_t *cairo, const Item *item, bool snap)
{
    static const double dashes[] = {4, 3};
    set_color(cairo, item->color);
    if (item->kind == ITEM_RECT)
        rect_path(cairo, item, snap);
    else
        points_path(cairo, item);
    if (item->filled) {
        cairo_fill(cairo);
        return;
    }
    cairo_set_line_width(cairo, item->line);
    cairo_set_dash(cairo, dashes, item->dashed ? 2 : 0, 0);
    cairo_stroke(cairo);
}

/* Where the font at hand is wider than the one that was measured, the text is squeezed. */
static void paint_text(cairo_t *cairo, const Item *item)
{
    static const double part[] = {0, 0.5, 1};
    cairo_text_extents_t extents;
    double width = measure_text(item->text, item->face, item->size);
    cairo_save(cairo);
    set_color(cairo, item->color);
    cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           item->face == FACE_BOLD ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, item->size);
    cairo_text_extents(cairo, item->text, &extents);
    double squeeze = extents.x_advance > 1.01 * width && extents.x_advance > 0 ? width / extents.x_advance : 1;
    cairo_translate(cairo, item->x, item->y);
    if (item->upwards)
        cairo_rotate(cairo, -M_PI / 2);
    if (squeeze < 1)
        cairo_scale(cairo, squeeze, 1);
    cairo_move_to(cairo, -part[item->align] * extents.x_advance, 0);
    cairo_show_text(cairo, item->text);
    cairo_restore(cairo);
}

void paint(cairo_t *cairo, const DrawList *list, bool snap)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(cairo, options);
    cairo_font_options_destroy(options);
    set_color(cairo, list->paper);
    cairo_paint(cairo);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_MITER);
    for (int i = 0; i < list->count; i++)
        if (list->items[i].kind == ITEM_TEXT)
            paint_text(cairo, &list->items[i]);
        else
            paint_shape(cairo, &list->items[i], snap);
}
