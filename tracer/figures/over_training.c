/* figure over-training: one value at chosen training steps, as a contact sheet or, frame by frame,
 * as an animation. All panels share one color scale. */
#include "figure_page.h"
#include "value_panel.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <string.h>

static Panel panel_at(const Spec *spec, DrawList *list, int value, int index, Scale scale)
{
    char loss[NUMBER_SIZE];
    const History *history = spec->history;
    Panel panel = panel_of_value(list, spec, spec->session, value);
    int step = history->steps[index];
    panel.data = history->numbers[index];
    panel.scale = scale;
    panel.name = draw_format(list, "%s after %d updates", panel.name, step);
    panel.heading = draw_format(list, "after %d update%s", step, step == 1 ? "" : "s");
    panel.note = draw_format(list, "loss %s", number_text(loss, history->losses[step], DEFAULT_DIGITS));
    return panel;
}

static Scale joined_scale(const Spec *spec, int value, const Panel *first)
{
    size_t count = cells_of(tape_value(spec->session->names.tape, value));
    if (!first->scale.diverging && first->scale.high == 1)
        return first->scale;
    Scale scale = first->scale;
    for (int i = 0; i < spec->history->step_count; i++)
        scale = scale_join(scale, scale_of(spec->history->numbers[i], count, first->scale.diverging));
    return scale;
}

/* One frame: the panel, and how far the run is. */
static double draw_frame(const Spec *spec, DrawList *list, Panel *panel, double *right)
{
    const Theme *theme = spec->theme;
    const History *history = spec->history;
    panel_measure(panel, PAGE_MOST);
    panel->width += 40;
    panel_draw(list, theme, panel, PAGE_MARGIN, PAGE_TOP);
    *right = fmax(PAGE_MARGIN + panel->left + panel->cell * panel->cols, PAGE_LEAST);
    double y = PAGE_TOP + panel->height + 14, width = *right - PAGE_MARGIN;
    int last = history->steps[history->step_count - 1];
    draw_rect(list, PAGE_MARGIN, y, width, 5, theme->line);
    draw_rect(list, PAGE_MARGIN, y, width * (last ? (double)history->steps[spec->frame] / last : 1), 5, theme->forward);
    return y + 5;
}

static double draw_sheet(const Spec *spec, DrawList *list, int value, Scale scale, double *right)
{
    int count = spec->history->step_count;
    Panel *panels = draw_room(list, (size_t)count * sizeof *panels);
    for (int i = 0; panels && i < count; i++)
        panels[i] = panel_at(spec, list, value, i, scale);
    return panels ? shelf_draw(list, spec->theme, panels, NULL, count, PAGE_MARGIN, PAGE_TOP, right) : PAGE_TOP;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Reference reference;
    if (!reference_parse(&spec->session->names, spec->name, &reference, error))
        return false;
    page_begin(list, spec);
    const History *history = spec->history;
    Panel first = panel_at(spec, list, reference.value, 0, (Scale){0});
    first.scale = panel_of_value(list, spec, spec->session, reference.value).scale;
    Scale scale = joined_scale(spec, reference.value, &first);
    Panel panel = panel_at(spec, list, reference.value, spec->frame == ALL_FRAMES ? 0 : spec->frame, scale);
    double right = PAGE_MARGIN;
    double bottom = spec->frame == ALL_FRAMES ? draw_sheet(spec, list, reference.value, scale, &right)
                                              : draw_frame(spec, list, &panel, &right);
    char before[NUMBER_SIZE], after[NUMBER_SIZE];
    int last = history->steps[history->step_count - 1];
    const char *told = draw_format(list, "Over %d updates the loss goes from %s to %s.", last,
                                   number_text(before, history->losses[0], DEFAULT_DIGITS),
                                   number_text(after, history->losses[last], DEFAULT_DIGITS));
    page_end(list, spec, right, bottom,
             draw_format(list, "%s over training", name_of(&spec->session->names, reference.value)), told,
             draw_format(list, "%s at %d training steps, one heatmap each, all in one color scale. %s",
                         name_of(&spec->session->names, reference.value), history->step_count, told));
    return true;
}

const Figure OVER_TRAINING_FIGURE = {
    .name = "over-training",
    .words = "[NAME]",
    .shows = "a value at chosen training steps, as a contact sheet or an animated png (.apng)",
    .needs = NEEDS_VALUE_OVER_RUN,
    .fits = is_trained,
    .usual = usual_watched,
    .draw = draw,
};
