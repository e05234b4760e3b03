/* figure over-training: one value at chosen training steps, as a contact sheet or, frame by frame,
 * as an animation. All panels share one color scale. */
#include "figure_page.h"
#include "plain_words.h"
#include "value_panel.h"

#include "tiny_model/primitive.h"

#include <math.h>

enum { LEAST_BAR = 76 };

/* The value at the index-th of the chosen steps. */
static Panel panel_at(const Spec *spec, DrawList *list, int value, int index)
{
    char loss[NUMBER_SIZE];
    const History *history = spec->history;
    Panel panel = panel_of_value(list, spec, spec->session, value);
    int step = history->steps[index], cols = tape_value(spec->session->names.tape, value)->cols;
    panel.data = panel_cut(list, &panel, history->numbers[index], cols);
    panel.format = number_format(panel.data, (size_t)panel.rows * (size_t)panel.cols, spec->digits,
                                 panel.format.sign);
    panel.name = draw_format(list, "%s after %d updates", panel.name, step);
    panel.heading = draw_format(list, "after %d update%s", step, step == 1 ? "" : "s");
    panel.note = draw_format(list, "loss %s", number_text(loss, history->losses[step], DEFAULT_DIGITS));
    return panel;
}

static Scale joined_scale(const Spec *spec, int value, const Panel *first)
{
    size_t count = cells_of(tape_value(spec->session->names.tape, value));
    Scale scale = first->scale;
    if (!scale.diverging && scale.high == 1)
        return scale;
    for (int i = 0; i < spec->history->step_count; i++)
        scale = scale_join(scale, scale_of(spec->history->numbers[i], count, first->scale.diverging));
    return scale;
}

/* One frame: the panel, and how far the run is. All frames have the cells of the one that needs the most, or the
 * picture would jump. */
static double draw_frame(const Spec *spec, DrawList *list, Panel *panels, double *right)
{
    const Theme *theme = spec->theme;
    const History *history = spec->history;
    Panel *panel = &panels[spec->frame];
    double cell = 0;
    bool numbers = true;
    for (int i = 0; i < history->step_count; i++) {
        panel_measure_alone(&panels[i], spec, 16 + color_bar_width(panels[i].scale, 0));
        numbers = numbers && panels[i].number_size > 0;
        cell = fmax(cell, panels[i].cell);
    }
    for (int i = 0; i < history->step_count && !numbers; i++)
        cell = panels[i].number_size > 0 ? cell : panels[i].cell;
    panel_measure_with(panel, cell, numbers);
    panel_draw(list, theme, panel, PAGE_MARGIN, PAGE_TOP);
    *right = PAGE_MARGIN + panel->left + panel->cell * panel->cols;
    *right += 16 + draw_color_bar(list, theme, panel->scale, *right + 16, PAGE_TOP + panel->top,
                                  fmax(panel->cell * panel->rows - 1, LEAST_BAR));
    *right = fmax(*right, fmin(PAGE_LEAST, page_width(spec)));
    double y = PAGE_TOP + panel->top + fmax(panel->cell * panel->rows, LEAST_BAR) + 14, width = *right - PAGE_MARGIN;
    int last = history->steps[history->step_count - 1];
    draw_rect(list, PAGE_MARGIN, y, width, 5, theme->line);
    draw_rect(list, PAGE_MARGIN, y, width * (last ? (double)history->steps[spec->frame] / last : 1), 5, theme->forward);
    return y + 5;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Reference reference;
    if (!reference_parse(&spec->session->names, spec->name, &reference, error) ||
        !slice_fits(spec, reference.value, error))
        return false;
    page_begin(list, spec);
    const History *history = spec->history;
    int count = history->step_count;
    Panel *panels = draw_room(list, (size_t)count * sizeof *panels);
    NumberFormat **formats = draw_room(list, (size_t)count * sizeof *formats);
    if (!panels || !formats)
        return error_memory(error);
    for (int i = 0; i < count; i++) {
        panels[i] = panel_at(spec, list, reference.value, i);
        formats[i] = &panels[i].format;
    }
    number_formats_join(formats, count, spec->digits);
    Scale scale = joined_scale(spec, reference.value, &panels[0]);
    for (int i = 0; i < count; i++)
        panel_scale(&panels[i], spec, scale);
    double right = PAGE_MARGIN;
    double bottom = spec->frame == ALL_FRAMES
                        ? shelf_draw(list, spec, panels, NULL, count, PAGE_MARGIN, PAGE_TOP, &right)
                        : draw_frame(spec, list, panels, &right);
    char before[NUMBER_SIZE], after[NUMBER_SIZE];
    int last = history->steps[count - 1];
    const char *title = value_title(list, spec, reference.value);
    const char *told = draw_format(list, "Over %d updates the loss goes from %s to %s. All in one color scale.", last,
                                   number_text(before, history->losses[0], DEFAULT_DIGITS),
                                   number_text(after, history->losses[last], DEFAULT_DIGITS));
    page_end(list, spec, right, bottom, draw_format(list, "%s over training", title), told,
             draw_format(list, "%s at %d training steps, one heatmap each. %s", title, count, told));
    return true;
}

const Figure OVER_TRAINING_FIGURE = {
    .name = "over-training",
    .words = "[NAME]",
    .shows = "a value at chosen training steps, as a contact sheet or an animated png (.apng)",
    .needs = NEEDS_VALUE_OVER_RUN,
    .takes = TAKES_CELLS | TAKES_COLORS | TAKES_ACROSS | TAKES_ROWS | TAKES_COLUMNS,
    .fits = is_trained,
    .usual = usual_watched,
    .draw = draw,
};
