/* Draw list to cairo; see paint.h. */
#include "paint.h"

#include <math.h>

enum { MOST_STEPS = 8, LEAST_STEPS = 4 };

static void set_color(cairo_t *cairo, Rgb color)
{
    cairo_set_source_rgb(cairo, color.r / 255.0, color.g / 255.0, color.b / 255.0);
}

/* No hinting: letters keep their shape and their place at every scale. */
static void plain_letters(cairo_t *cairo)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(cairo, options);
    cairo_font_options_destroy(options);
}

/* Pixels for each unit. */
static double scale_of_device(cairo_t *cairo)
{
    double across = 0, down = 1;
    cairo_user_to_device_distance(cairo, &across, &down);
    return hypot(across, down);
}

/* How many greys an edge has: the smaller the pixels, the fewer are needed. */
static int steps_at(double scale)
{
    return (int)fmax(LEAST_STEPS, fmin(MOST_STEPS, floor(MOST_STEPS / scale + 0.5)));
}

/* Coverage, 0 to 1, as one of few steps of 255. */
static unsigned char stepped(double coverage, int steps)
{
    return (unsigned char)(floor(coverage * steps + 0.5) * 255 / steps);
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

/* Lines `line` wide that repeat after `period` pixels across and down. */
static cairo_surface_t *hatch_tile(int period, double line, int steps)
{
    cairo_surface_t *tile = cairo_image_surface_create(CAIRO_FORMAT_A8, period, period);
    unsigned char *data = cairo_image_surface_get_data(tile);
    for (int r = 0; data && r < period; r++)
        for (int c = 0; c < period; c++) {
            int sum = (r + c + 1) % period;
            double away = fmin(sum, period - sum) * M_SQRT1_2, cover = line / 2 + 0.5 - away;
            data[r * cairo_image_surface_get_stride(tile) + c] = stepped(fmax(0, fmin(1, cover)), steps);
        }
    cairo_surface_mark_dirty(tile);
    return tile;
}

/* In pixels a hatch repeats after whole ones, so that rows repeat too and are encoded as such. */
static void paint_hatch_tiles(cairo_t *cairo, const Item *item)
{
    double scale = scale_of_device(cairo), x = item->x, y = item->y, right = x + item->width, bottom = y + item->height;
    int period = (int)fmax(3, floor(HATCH_APART * scale + 0.5));
    cairo_surface_t *tile = hatch_tile(period, item->line * scale, steps_at(scale));
    cairo_pattern_t *pattern = cairo_pattern_create_for_surface(tile);
    to_pixel(cairo, &x, &y);
    to_pixel(cairo, &right, &bottom);
    cairo_save(cairo);
    cairo_rectangle(cairo, x, y, right - x, bottom - y);
    cairo_clip(cairo);
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

static void use_font(cairo_t *cairo, const Item *item)
{
    cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           item->face == FACE_BOLD ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, item->size);
}

/* The whole pixels that a text `width` wide may touch: left, top, right, bottom. */
static void pixels_of(cairo_t *cairo, const Item *item, double width, double box[4])
{
    box[0] = box[1] = INFINITY;
    box[2] = box[3] = -INFINITY;
    for (int corner = 0; corner < 4; corner++) {
        double x = corner & 1 ? width + 0.5 * item->size : -0.5 * item->size, y = corner & 2 ? 0.5 * item->size : -1.2 * item->size;
        cairo_user_to_device(cairo, &x, &y);
        box[0] = fmin(box[0], floor(x));
        box[1] = fmin(box[1], floor(y));
        box[2] = fmax(box[2], ceil(x));
        box[3] = fmax(box[3], ceil(y));
    }
}

/* Letters as a mask whose coverage has few steps, so that a picture has few colours. */
static void show_stepped(cairo_t *cairo, const Item *item, double width)
{
    double box[4];
    cairo_matrix_t matrix;
    int steps = steps_at(scale_of_device(cairo));
    pixels_of(cairo, item, width, box);
    cairo_get_matrix(cairo, &matrix);
    matrix.x0 -= box[0];
    matrix.y0 -= box[1];
    cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A8, (int)(box[2] - box[0]), (int)(box[3] - box[1]));
    cairo_t *letters = cairo_create(mask);
    plain_letters(letters);
    cairo_set_matrix(letters, &matrix);
    use_font(letters, item);
    cairo_show_text(letters, item->text);
    cairo_destroy(letters);
    cairo_surface_flush(mask);
    unsigned char *data = cairo_image_surface_get_data(mask);
    int bytes = cairo_image_surface_get_stride(mask) * cairo_image_surface_get_height(mask);
    for (int i = 0; data && i < bytes; i++)
        if (data[i])
            data[i] = stepped(data[i] / 255.0, steps);
    cairo_surface_mark_dirty(mask);
    cairo_identity_matrix(cairo);
    cairo_mask_surface(cairo, mask, box[0], box[1]);
    cairo_surface_destroy(mask);
}

/* Where the font at hand is wider than the one that was measured, the text is squeezed. */
static void paint_text(cairo_t *cairo, const Item *item, bool snap)
{
    static const double part[] = {0, 0.5, 1};
    cairo_text_extents_t extents;
    double width = measure_text(item->text, item->face, item->size);
    cairo_save(cairo);
    set_color(cairo, item->color);
    use_font(cairo, item);
    cairo_text_extents(cairo, item->text, &extents);
    double squeeze = extents.x_advance > 1.01 * width && extents.x_advance > 0 ? width / extents.x_advance : 1;
    cairo_translate(cairo, item->x, item->y);
    if (item->upwards)
        cairo_rotate(cairo, -M_PI / 2);
    if (squeeze < 1)
        cairo_scale(cairo, squeeze, 1);
    cairo_translate(cairo, -part[item->align] * extents.x_advance, 0);
    cairo_move_to(cairo, 0, 0);
    if (snap)
        show_stepped(cairo, item, extents.x_advance);
    else
        cairo_show_text(cairo, item->text);
    cairo_restore(cairo);
}

void paint(cairo_t *cairo, const DrawList *list, bool snap)
{
    plain_letters(cairo);
    set_color(cairo, list->paper);
    cairo_paint(cairo);
    cairo_set_line_join(cairo, CAIRO_LINE_JOIN_MITER);
    for (int i = 0; i < list->count; i++)
        if (list->items[i].kind == ITEM_TEXT)
            paint_text(cairo, &list->items[i], snap);
        else if (list->items[i].kind == ITEM_HATCH)
            paint_hatch(cairo, &list->items[i], snap);
        else
            paint_shape(cairo, &list->items[i], snap);
}
