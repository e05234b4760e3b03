/* figure matrix: any value as an annotated heatmap. */
#include "figure_page.h"
#include "plain_words.h"
#include "value_panel.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <string.h>

/* What numbers that are no quantities are. */
static const char *meaning(DrawList *list, const Names *names, int value)
{
    const Axis *counts = value_counts(names, value);
    if (axis_is_letters(names, counts))
        return "letters, each with its number in Unicode";
    if (counts->place)
        return "places in the text";
    const char *what = strcmp(counts->name, "vocabulary") == 0 ? "token" : counts->name;
    return draw_format(list, counts->labels ? "%s ids, each with its %s" : "%s ids", what, what);
}

/* "5 x 6 gradient, from -0.12 to +0.31": what can be said of any matrix. */
static const char *caption(DrawList *list, const Session *session, int id, const Panel *panel)
{
    const Value *value = tape_value(session->names.tape, id);
    const Axis *rows = row_axis(&session->names, id);
    double least = INFINITY, most = -INFINITY;
    int odd = 0;
    for (size_t i = 0; i < cells_of(value); i++) {
        odd += !isfinite(value->data[i]);
        if (isfinite(value->data[i])) {
            least = fmin(least, value->data[i]);
            most = fmax(most, value->data[i]);
        }
    }
    char low[NUMBER_SIZE], high[2 * NUMBER_SIZE], power[NUMBER_SIZE];
    char *(*text)(char *, double, int) = panel->format.sign ? number_signed : number_text;
    text(low, least, DEFAULT_DIGITS);
    text(high, most, DEFAULT_DIGITS);
    if (panel->format.power != 0) {
        cell_number(low, least, panel->format);
        cell_number(high, most, panel->format);
        strcat(high, power_text(power, panel->format.power));
    }
    const char *masked = draw_format(list, " Hatched: masked, a %s sees only itself and those before it.", rows->name);
    const char *range = draw_format(list, "%s%s", cells_of(value) > 1 ? "everywhere " : "", low);
    if (least > most)
        range = "no finite number";
    else if (least < most)
        range = draw_format(list, "from %s to %s", low, high);
    const char *what =
        panel->names ? meaning(list, panel->names, id) : draw_format(list, "%s, %s", kind_name(value->kind), range);
    return draw_format(list, "%d × %d %s.%s%s%s%s", value->rows, value->cols, what,
                       rows_sum_to_one(value->data, value->rows, value->cols) ? " Every row sums to 1." : "",
                       odd && least <= most ? draw_format(list, " %d cells are not finite.", odd) : "",
                       panel->causal ? masked : "",
                       panel->number_size > 0 ? "" : " Too many cells for numbers: the color bar tells them.");
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Reference reference;
    if (!reference_parse(&spec->session->names, spec->name, &reference, error))
        return false;
    if (!slice_fits(spec, reference.value, error))
        return false;
    page_begin(list, spec);
    Panel panel = panel_of_value(list, spec, spec->session, reference.value);
    if (reference.row != ALL || reference.col != ALL)
        panel_mark(&panel, &reference, false);
    panel_measure_alone(&panel, spec, 16 + color_bar_width(panel.scale, 0));
    panel_draw(list, spec->theme, &panel, PAGE_MARGIN, PAGE_TOP);
    double right = PAGE_MARGIN + panel.left + panel.cell * panel.cols, height = panel.cell * panel.rows;
    if (!panel.names || panel.number_size <= 0) {
        right += 16 +
                 draw_color_bar(list, spec->theme, panel.scale, right + 16, PAGE_TOP + panel.top, fmax(height - 1, 76));
        height = fmax(height, 76);
    }
    page_end(list, spec, right, PAGE_TOP + panel.top + height, value_title(list, spec, reference.value),
             caption(list, spec->session, reference.value, &panel),
             draw_format(list, "Heatmap of %s: %s", panel.name, caption(list, spec->session, reference.value, &panel)));
    return true;
}

const Figure MATRIX_FIGURE = {
    .name = "matrix",
    .words = "NAME",
    .shows = "any value as a heatmap with its numbers; a cell, row or column of it is outlined",
    .name_wanted = true,
    .takes = TAKES_CELLS | TAKES_COLORS | TAKES_ROWS | TAKES_COLUMNS,
    .usual = usual_gradient,
    .draw = draw,
};
