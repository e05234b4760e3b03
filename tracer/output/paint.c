/* Draw list to cairo; see paint.h. */
#include "paint.h"

#include "letters.h"

#include <math.h>

static void set_color(cairo_t *cairo, Rgb color)
{
    cairo_set_source_rgb(cairo, color.r / 255.0, color.g / 255.0, color.b / 255.0);
}

/* Pixels for each unit. */
static double scale_of_device(cairo_t *cairo)
{
    double across = 0, down = 1;
    cairo_user_to_device_distance(cairo, &across, &down);
    return hypot(across, down);
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
    /* Cells that end between two pixels would have seams of mixed colours, which no palette holds. */
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

/* Lines `line` wide that repeat after `period` pixels across and down. */
static cairo_surface_t *hatch_tile(int period, double line, int shades)
{
    cairo_surface_t *tile = cairo_image_surface_create(CAIRO_FORMAT_A8, period, period);
    unsigned char *data = cairo_image_surface_get_data(tile);
    for (int r = 0; data && r < period; r++)
        for (int c = 0; c < period; c++) {
            /* How far the middle of the pixel lies from the nearest line of the slanted lattice. */
            int sum = (r + c + 1) % period;
            double away = fmin(sum, period - sum) * M_SQRT1_2, cover = line / 2 + 0.5 - away;
            data[r * cairo_image_surface_get_stride(tile) + c] = (unsigned char)(shade_of(fmax(0, fmin(1, cover)),
                                                                                          shades) *
                                                                                 255 / shades);
        }
    cairo_surface_mark_dirty(tile);
    return tile;
}

/* In pixels a hatch repeats after whole ones, so that rows repeat too and are encoded as such. */
static void paint_hatch_tiles(cairo_t *cairo, const Item *item)
{
    double scale = scale_of_device(cairo), x = item->x, y = item->y, right = x + item->width, bottom = y + item->height;
    int period = (int)fmax(3, floor(HATCH_APART * scale + 0.5));
    cairo_surface_t *tile = hatch_tile(period, item->line * scale, shades_at(scale));
    cairo_pattern_t *pattern = cairo_pattern_create_for_surface(tile);
    to_pixel(cairo, &x, &y);
    to_pixel(cairo, &right, &bottom);
    cairo_save(cairo);
    cairo_rectangle(cairo, x, y, right - x, bottom - y);
    cairo_clip(cairo);
    /* From the corner of the picture and not of the rectangle: neighbours join up. */
    cairo_identity_matrix(cairo);
    cairo_pattern_set_extend(pattern, CAIRO_EXTEND_REPEAT);
    cairo_pattern_set_filter(pattern, CAIRO_FILTER_NEAREST);
    cairo_mask(cairo, pattern);
    cairo_restore(cairo);
    cairo_pattern_destroy(pattern);
    cairo_surface_destroy(tile);
}

static void paint_hatch(cairo_t *cairo, const Item *item, bool snap)
{
    Point points[2 * HATCH_MOST];
    Item lines = *item;
    set_color(cairo, item->color);
    if (snap) {
        paint_hatch_tiles(cairo, item);
        return;
    }
    lines.kind = ITEM_SEGMENTS;
    lines.points = points;
    lines.point_count = hatch_lines(item, points);
    paint_shape(cairo, &lines, snap);
}

bool paint(cairo_t *cairo, const DrawList *list, Blends *blends)
{
    Fonts fonts;
    if (!fonts_open(&fonts))
        return false;
    bool whole = true, snap = blends != NULL;
    double scale = scale_of_device(cairo);
    if (snap)
        blends->shades = shades_at(scale);
    cairo_font_options_t *options = fonts_options();
    cairo_set_font_options(cairo, options);
    cairo_font_options_destroy(options);
    set_color(cairo, list->paper);
    if (!list->transparent)
        cairo_paint(cairo);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_MITER);
    for (int i = 0; i < list->count && whole; i++) {
        const Item *item = &list->items[i];
        if (item->kind == ITEM_TEXT && snap)
            whole = letters_stamp(&fonts, cairo_get_target(cairo), scale, item, blends);
        else if (item->kind == ITEM_TEXT)
            whole = letters_show(&fonts, cairo, item);
        else if (item->kind == ITEM_HATCH)
            paint_hatch(cairo, item, snap);
        else
            paint_shape(cairo, item, snap);
    }
    fonts_close(&fonts);
    return whole && cairo_status(cairo) == CAIRO_STATUS_SUCCESS;
}
