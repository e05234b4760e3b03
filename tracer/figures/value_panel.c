/* Measuring and drawing a heatmap; see value_panel.h. */
#include "value_panel.h"

#include "figure_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    LEAST_NUMBERED = 38, MOST_BARE = 26, LEAST_BARE = 5, LABEL_MOST = 110, TOLD_MOST = 52, LABEL_GAP = 5, HEADING = 18,
    NOTE = 15, AXIS = 17, BAR_GAP = 12, LEAST_BAR = 40, TEXT_MOST = 320
};
#define NUMBER 11.0

/* What stands in a cell: a quantity, or "4 cat", "116 t". */
static const char *told(const Panel *panel, double number, char out[TOLD_SIZE])
{
    char whole[TOLD_SIZE];
    if (!panel->names)
        return cell_number(out, number, panel->format);
    number_told(panel->names, panel->value, number, DEFAULT_DIGITS, false, whole);
    return measure_cut(out, TOLD_SIZE, whole, FACE_PLAIN, NUMBER, TOLD_MOST);
}

static size_t cells(const Panel *panel)
{
    return (size_t)panel->rows * (size_t)panel->cols;
}

static double widest_number(const Panel *panel)
{
    char text[TOLD_SIZE];
    double widest = 0;
    for (size_t i = 0; i < cells(panel); i++)
        widest = fmax(widest, measure_text(told(panel, panel->data[i], text), FACE_PLAIN, NUMBER));
    return widest;
}

static double widest_label(const char *const *labels, int count)
{
    double widest = 0;
    for (int i = 0; labels && i < count; i++)
        widest = fmax(widest, measure_text(labels[i], FACE_PLAIN, NUMBER));
    return fmin(widest, LABEL_MOST);
}

static double bar_height(const Panel *panel)
{
    return fmax(panel->cell * panel->rows - 1, LEAST_BAR);
}

void panel_measure_with(Panel *panel, double cell, bool numbers)
{
    double across = widest_label(panel->col_labels, panel->cols);
    panel->cell = cell;
    panel->number_size = numbers ? NUMBER : 0;
    /* Labels that would touch their neighbours stand on end. */
    panel->upwards = across > cell - 4;
    panel->left = ceil(widest_label(panel->row_labels, panel->rows) + (panel->row_labels ? LABEL_GAP : 0) +
                       (panel->row_title ? AXIS : 0));
    panel->top = ceil((panel->heading ? HEADING : 0) + (panel->note ? NOTE : 0) + (panel->col_title ? AXIS : 0) +
                      (panel->col_labels ? (panel->upwards ? across : NUMBER) + LABEL_GAP : 0));
    double text = fmax(panel->heading ? measure_text(panel->heading, FACE_BOLD, TEXT_SIZE) : 0,
                       panel->note ? measure_text(panel->note, FACE_PLAIN, SMALL_SIZE) : 0);
    double title = panel->col_title ? measure_text(panel->col_title, FACE_PLAIN, SMALL_SIZE) : 0;
    panel->bar_width = panel->own_bar ? BAR_GAP + color_bar_width(panel->scale, bar_height(panel)) : 0;
    panel->width = ceil(fmax(panel->left + fmax(cell * panel->cols + panel->bar_width, title),
                             fmin(text, panel->text_most > 0 ? panel->text_most : TEXT_MOST)));
    /* A bar beside few rows reaches below them, and its last tick below the bar. */
    panel->height = panel->top + fmax(cell * panel->rows, panel->own_bar ? bar_height(panel) + 6 : 0);
}

double panel_number_cell(const Panel *panel)
{
    return fmax(LEAST_NUMBERED, ceil(widest_number(panel)) + 8);
}

void panel_measure(Panel *panel, double widest)
{
    double cell = panel_number_cell(panel);
    /* Either every cell has its number or none: half a table would be read as all of it. */
    bool numbers = cell * panel->cols <= widest && cell * panel->rows <= 1.4 * PAGE_MOST;
    if (!numbers)
        cell = fmax(fmin(floor(widest / panel->cols), MOST_BARE), LEAST_BARE);
    panel_measure_with(panel, cell, numbers);
}

void panel_measure_alone(Panel *panel, const Spec *spec, double beside)
{
    double widest = PAGE_MOST;
    if (spec->widest > 0) {
        panel_measure_with(panel, LEAST_BARE, false);
        widest = fmax(spec->widest - panel->left - beside, 1);
    }
    panel_measure(panel, widest);
}

static const char *label_or_index(DrawList *list, const char *const *labels, int i, int first)
{
    return labels ? labels[i] : draw_format(list, "%d", first + i);
}

static bool masked(const Panel *panel, int r, int c)
{
    double number = panel->data[(size_t)r * (size_t)panel->cols + (size_t)c];
    return panel->causal && c + panel->first_col > r + panel->first_row && (number == 0 || isinf(number));
}

static void draw_cell(DrawList *list, const Theme *theme, const Panel *panel, int r, int c, double x, double y)
{
    char text[TOLD_SIZE];
    double number = panel->data[(size_t)r * (size_t)panel->cols + (size_t)c];
    /* Below ten pixels a gap between cells would be most of what is seen. */
    double side = panel->cell >= 10 ? panel->cell - 1 : panel->cell;
    /* What is no quantity (masked, nan, an id) has no colour of the scale. */
    bool hidden = masked(panel, r, c), odd = !isfinite(number), meant = panel->names && panel->number_size > 0;
    Rgb fill = hidden || odd || meant ? color_mix(theme->paper, theme->line, 0.25)
                                      : scale_color(theme, panel->scale, number);
    Item *item = draw_rect(list, x, y, side, side, fill);
    item->tip = panel->name ? draw_format(list, "%s[%d,%d] (%s, %s) = %s%s", panel->name,
                                          r + panel->first_row, c + panel->first_col,
                                          label_or_index(list, panel->row_labels, r, panel->first_row),
                                          label_or_index(list, panel->col_labels, c, panel->first_col),
                                          number_exact(text, number),
                                          hidden ? " (masked)" : "")
                            : NULL;
    if (hidden || (odd && panel->number_size == 0))
        draw_hatch(list, x, y, side, side, theme->line);
    if (panel->number_size == 0 || (hidden && number == 0))
        return;
    told(panel, number, text);
    double width = measure_text(text, FACE_PLAIN, panel->number_size);
    /* 0.36 of the size is half the height of a digit: the number stands in the middle of its cell. */
    double size = panel->number_size * fmin(1, (panel->cell - 4) / width);
    draw_text(list, x + side / 2, y + side / 2 + 0.36 * size, ALIGN_CENTER, size, odd ? theme->mark : color_on(fill),
              text);
}

/* One label in `every`, where they would run into each other. */
static int label_every(double cell)
{
    return cell >= 10 ? 1 : (int)ceil(10 / cell);
}

static void draw_row_labels(DrawList *list, const Theme *theme, const Panel *panel, double x, double y)
{
    double size = fmin(NUMBER, fmax(panel->cell, 9));
    for (int r = 0; panel->row_labels && r < panel->rows; r += label_every(panel->cell))
        draw_text_within(list, x - LABEL_GAP, y + (r + 0.5) * panel->cell + 0.36 * size - 0.5, LABEL_MOST, ALIGN_RIGHT,
                         size, theme->ink, panel->row_labels[r]);
}

static void draw_col_labels(DrawList *list, const Theme *theme, const Panel *panel, double x, double y)
{
    double size = fmin(NUMBER, fmax(panel->cell, 9));
    for (int c = 0; panel->col_labels && c < panel->cols; c += label_every(panel->cell)) {
        double middle = x + (c + 0.5) * panel->cell - 0.5;
        Item *item = panel->upwards
                         ? draw_text_within(list, middle + 0.36 * size, y - LABEL_GAP, LABEL_MOST, ALIGN_LEFT, size,
                                            theme->ink, panel->col_labels[c])
                         : draw_text(list, middle, y - LABEL_GAP, ALIGN_CENTER, size, theme->ink, panel->col_labels[c]);
        item->upwards = panel->upwards;
    }
}

static void draw_titles(DrawList *list, const Theme *theme, const Panel *panel, double x, double y)
{
    double down = y + 12;
    if (panel->heading) {
        char cut[200];
        draw_bold(list, x, down, ALIGN_LEFT, TEXT_SIZE, theme->ink,
                  measure_cut(cut, sizeof cut, panel->heading, FACE_BOLD, TEXT_SIZE, panel->width));
        down += NOTE;
    }
    if (panel->note)
        draw_text_within(list, x, down, panel->width, ALIGN_LEFT, SMALL_SIZE, theme->muted, panel->note);
    double labels = panel->col_labels
                        ? (panel->upwards ? widest_label(panel->col_labels, panel->cols) : NUMBER) + LABEL_GAP
                        : 0;
    if (panel->col_title)
        draw_text(list, x + panel->left, y + panel->top - labels - 5, ALIGN_LEFT, SMALL_SIZE, theme->muted,
                  panel->col_title);
    double room = panel->height - (panel->heading ? HEADING : 0) - (panel->note ? NOTE : 0);
    if (panel->row_title && measure_text(panel->row_title, FACE_PLAIN, SMALL_SIZE) <= room)
        draw_text(list, x + 10, y + panel->height - 1, ALIGN_LEFT, SMALL_SIZE, theme->muted, panel->row_title)
            ->upwards = true;
}

static void draw_mark(DrawList *list, const Theme *theme, const Panel *panel, const Mark *mark, double x, double y)
{
    double left = x + mark->col * panel->cell - 0.5, top = y + mark->row * panel->cell - 0.5;
    double width = mark->cols * panel->cell, height = mark->rows * panel->cell;
    if (!mark->strong) {
        draw_outline(list, left, top, width, height, theme->mark, 2)->dashed = true;
        return;
    }
    list->highlights += mark->asked;
    /* A second line in the colour of the paper: the mark is seen on every colour of the scale. */
    draw_outline(list, left + 1.5, top + 1.5, width - 3, height - 3, theme->paper, 2);
    draw_outline(list, left, top, width, height, theme->mark, 2.5);
}

void panel_draw(DrawList *list, const Theme *theme, const Panel *panel, double x, double y)
{
    double left = x + panel->left, top = y + panel->top;
    for (int r = 0; r < panel->rows; r++)
        for (int c = 0; c < panel->cols; c++)
            draw_cell(list, theme, panel, r, c, left + c * panel->cell, top + r * panel->cell);
    draw_titles(list, theme, panel, x, y);
    draw_row_labels(list, theme, panel, left, top);
    draw_col_labels(list, theme, panel, left, top);
    if (panel->own_bar)
        draw_color_bar(list, theme, panel->scale, left + panel->cell * panel->cols + BAR_GAP, top, bar_height(panel));
    for (int i = 0; i < panel->mark_count; i++)
        draw_mark(list, theme, panel, &panel->marks[i], left, top);
}
