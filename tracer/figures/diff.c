/* figure diff: one value of two runs, and the difference. */
#include "figure_page.h"
#include "plain_words.h"
#include "value_panel.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <stdio.h>

/* Adds how the run was chosen; "the default" without options. */
static const char *options_of(DrawList *list, const Session *session)
{
    Text line = {0};
    session_command_line(&session->options, &line);
    const char *kept = draw_format(list, "%s", line.length ? line.data + 1 : "the default run");
    list->failed = list->failed || line.failed;
    text_free(&line);
    return kept;
}

static Panel difference(const Spec *spec, DrawList *list, const Panel *first, const Panel *second, double *most)
{
    size_t count = (size_t)first->rows * (size_t)first->cols;
    double *numbers = draw_room(list, count * sizeof *numbers);
    Panel panel = *first;
    for (size_t i = 0; numbers && i < count; i++) {
        /* Also equal infinities: a cell that is masked in both runs is no difference. */
        numbers[i] = first->data[i] == second->data[i] ? 0 : second->data[i] - first->data[i];
        *most = fmax(*most, fabs(numbers[i]));
    }
    panel.heading = "difference";
    panel.note = "second − first";
    panel.name = draw_format(list, "difference of %s", first->name);
    /* The difference of two ids is no id. */
    panel.names = NULL;
    if (numbers)
        panel_replace(&panel, spec, numbers);
    return panel;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Reference reference;
    Panel panels[3];
    static const char *const signs[] = {NULL, NULL, NULL};
    double most = 0, right = PAGE_MARGIN;
    char number[NUMBER_SIZE];
    if (!reference_parse(&spec->session->names, spec->name, &reference, error))
        return false;
    const char *name = name_of(&spec->session->names, reference.value);
    int other = name_find(&spec->other->names, name);
    if (other < 0)
        return error_set(error, EXIT_USED_WRONGLY, "the second run has no value \"%.200s\"", name);
    if (!slice_fits(spec, reference.value, error))
        return false;
    page_begin(list, spec);
    panels[0] = panel_of_value(list, spec, spec->session, reference.value);
    panels[1] = panel_of_value(list, spec, spec->other, other);
    if (panels[0].rows != panels[1].rows || panels[0].cols != panels[1].cols)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" is %d x %d in one run and %d x %d in the other", name,
                         panels[0].rows, panels[0].cols, panels[1].rows, panels[1].cols);
    Scale both = scale_join(panels[0].scale, panels[1].scale);
    panel_scale(&panels[0], spec, both);
    panel_scale(&panels[1], spec, both);
    panels[0].heading = "first run";
    panels[1].heading = "second run";
    panels[0].note = options_of(list, spec->session);
    panels[1].note = options_of(list, spec->other);
    panels[2] = difference(spec, list, &panels[0], &panels[1], &most);
    double bottom = shelf_draw(list, spec, panels, signs, 3, PAGE_MARGIN, PAGE_TOP, &right);
    const char *told = most == 0 ? "Both runs have the same numbers, to the last bit."
                                 : draw_format(list, "The largest difference is %s. Both runs share a color scale.",
                                               number_text(number, most, DEFAULT_DIGITS));
    const char *title = draw_format(list, "%s in two runs", value_title(list, spec, reference.value));
    page_end(list, spec, right, bottom, title, told,
             draw_format(list, "%s in two runs (%s; %s) and their difference. %s", name, panels[0].note, panels[1].note,
                         told));
    return true;
}

const Figure DIFF_FIGURE = {
    .name = "diff",
    .words = "NAME",
    .shows = "a value of two runs side by side and their difference; --against \"OPTIONS\"",
    .needs = NEEDS_OTHER,
    .name_wanted = true,
    .takes = TAKES_CELLS | TAKES_COLORS | TAKES_ACROSS | TAKES_ROWS | TAKES_COLUMNS,
    .usual = usual_watched,
    .draw = draw,
};
