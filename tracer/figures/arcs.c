/* figure arcs: queries and keys in two columns, joined by curves as strong as the weight. */
#include "figure_page.h"
#include "value_panel.h"

#include "tracer/query/parts.h"

#include <math.h>

enum { LINE_HEIGHT = 34, SPAN = 240, LABEL_MOST = 190, FAINTEST = 100 };

/* Weak ones first, so that strong ones lie on top. */
static void draw_curves(DrawList *list, const Theme *theme, const Panel *panel, double left, double right)
{
    char number[NUMBER_SIZE];
    for (int level = 0; level < FAINTEST; level++)
        for (int q = 0; q < panel->rows; q++)
            for (int k = 0; k < panel->cols; k++) {
                double weight = panel->data[q * panel->cols + k];
                /* Below a hundredth a line is a grey haze; nan has none either. */
                if (!(weight * FAINTEST >= 1) || (int)fmin(weight * FAINTEST, FAINTEST - 1) != level)
                    continue;
                double y1 = PAGE_TOP + 26 + (q + 0.5) * LINE_HEIGHT, y2 = PAGE_TOP + 26 + (k + 0.5) * LINE_HEIGHT;
                const Point points[4] = {{left, y1}, {left + SPAN * 0.45, y1}, {right - SPAN * 0.45, y2}, {right, y2}};
                Rgb color = color_mix(theme->paper, theme->forward, 0.25 + 0.75 * fmin(weight, 1));
                draw_curve(list, points, color, 0.8 + 9 * fmin(weight, 1))
                    ->tip = draw_format(list, "%s looks at %s: %s", panel->row_labels[q], panel->col_labels[k],
                                        number_exact(number, weight));
            }
}

static void draw_column(DrawList *list, const Theme *theme, const char *const *labels, int count, double x, Align align)
{
    for (int i = 0; i < count; i++)
        draw_text_within(list, x, PAGE_TOP + 26 + (i + 0.5) * LINE_HEIGHT + 5, LABEL_MOST, align, 14, theme->ink,
                         labels[i]);
}

static double widest(const char *const *labels, int count)
{
    double most = 50;
    for (int i = 0; i < count; i++)
        most = fmax(most, measure_text(labels[i], FACE_PLAIN, 14));
    return ceil(fmin(most, LABEL_MOST));
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    int map;
    char where[PART_WORDS];
    if (!map_parse(spec->session, spec->name, &map, error))
        return false;
    part_map_words(spec->session->names.tape, map, where, sizeof where);
    page_begin(list, spec);
    const Theme *theme = spec->theme;
    Panel panel = panel_of_value(list, spec, spec->session, map);
    double names = widest(panel.row_labels, panel.rows), left = PAGE_MARGIN + names + 10, right = left + SPAN;
    draw_text(list, left - 10, PAGE_TOP + 12, ALIGN_RIGHT, TEXT_SIZE, theme->muted, "query");
    draw_text(list, right + 10, PAGE_TOP + 12, ALIGN_LEFT, TEXT_SIZE, theme->muted, "key");
    draw_text(list, (left + right) / 2, PAGE_TOP + 12, ALIGN_CENTER, TEXT_SIZE, theme->muted, "looks at →");
    draw_curves(list, theme, &panel, left, right);
    draw_column(list, theme, panel.row_labels, panel.rows, left - 8, ALIGN_RIGHT);
    draw_column(list, theme, panel.col_labels, panel.cols, right + 8, ALIGN_LEFT);
    page_end(list, spec, right + 10 + names, PAGE_TOP + 26 + panel.rows * LINE_HEIGHT,
             draw_format(list, "Where %s looks", where),
             draw_format(list,
                         "The width of a line is the weight; the lines that leave a query %s to 1. "
                         "Weights below 0.01 are left out.",
                         rows_sum_to_one(panel.data, panel.rows, panel.cols) ? "sum" : "do not always sum"),
             draw_format(list,
                         "Attention of %s: %d queries at the left joined to the keys at the right by lines as wide as "
                         "the weight.",
                         where, panel.rows));
    return true;
}

const Figure ARCS_FIGURE = {
    .name = "arcs",
    .words = "[block0.head1]",
    .shows = "queries and keys in two columns, joined by lines as wide as the weight",
    .fits = has_attention,
    .usual = usual_map,
    .draw = draw,
};
