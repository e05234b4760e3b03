/* figure update: a parameter before the step, its gradient, its moments, and after. */
#include "figure_page.h"
#include "plain_words.h"
#include "value_panel.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <string.h>

enum { MOST_PARTS = 10 };

static const struct {
    const char *suffix, *heading, *note;
} PARTS[] = {
    {"", "before", "the parameter"},
    {".grad", "gradient", "of the loss"},
    {".grad.clipped", "clipped", "gradient · limit / norm"},
    {".m", "m", "average of gradients"},
    {".v", "v", "average of squares"},
    {".m_hat", "m_hat", "m, corrected"},
    {".v_hat", "v_hat", "v, corrected"},
    {".next", "after", "the next parameter"},
};

/* after - before, in the list's memory. */
static Panel change_of(const Spec *spec, DrawList *list, const Panel *before, const Panel *after)
{
    size_t count = (size_t)before->rows * (size_t)before->cols;
    double *change = draw_room(list, count * sizeof *change);
    for (size_t i = 0; change && i < count; i++)
        change[i] = after->data[i] - before->data[i];
    Panel panel = *before;
    panel.heading = "change";
    panel.note = "after − before";
    panel.name = draw_format(list, "change of %s", before->name);
    if (change)
        panel_replace(&panel, spec, change);
    return panel;
}

static const char *caption(DrawList *list, const Session *session, const Panel *change)
{
    double most = 0;
    char number[NUMBER_SIZE], rate[NUMBER_SIZE];
    for (int i = 0; i < change->rows * change->cols; i++)
        most = fmax(most, fabs(change->data[i]));
    return draw_format(list,
                       "One training step with learning rate %s changes no cell by more than %s. Before and after "
                       "share a color scale, the others have their own.",
                       number_exact(rate, learning_rate(&session->model, session->run.training_step)),
                       number_text(number, most, DEFAULT_DIGITS));
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Reference reference;
    Panel panels[MOST_PARTS];
    const char *signs[MOST_PARTS] = {NULL};
    const Session *session = spec->session;
    if (!reference_parse(&session->names, spec->name, &reference, error))
        return false;
    const char *name = name_of(&session->names, reference.value);
    if (tape_value(session->names.tape, reference.value)->kind != KIND_PARAMETER)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" is no parameter; tracer names lists which values are",
                         name);
    if (value_named(session, "%s.next", name) < 0)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" is frozen: it has no update", name);
    if (!slice_fits(spec, reference.value, error))
        return false;
    page_begin(list, spec);
    int count = 0;
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        int value = value_named(session, "%s%s", name, PARTS[i].suffix);
        /* Which parts there are depends on the optimizer: SGD has no moments, and without a limit nothing is
         * clipped. */
        if (value < 0)
            continue;
        panels[count] = panel_of_value(list, spec, session, value);
        panels[count].heading = PARTS[i].heading;
        panels[count++].note = PARTS[i].note;
    }
    /* Before and after are compared by eye, so equal colours have to be equal numbers. */
    Scale both = scale_join(panels[0].scale, panels[count - 1].scale);
    panel_scale(&panels[0], spec, both);
    panel_scale(&panels[count - 1], spec, both);
    panels[count] = panels[count - 1];
    panels[count - 1] = change_of(spec, list, &panels[0], &panels[count]);
    const char *told = caption(list, session, &panels[count - 1]);
    double right = PAGE_MARGIN,
           bottom = shelf_draw(list, spec, panels, signs, count + 1, PAGE_MARGIN, PAGE_TOP, &right);
    const char *words = value_title(list, spec, reference.value);
    page_end(list, spec, right, bottom,
             draw_format(list, "The update of %s%s", spec->plain_words ? "the " : "", words), told,
             draw_format(list,
                         "%s before the update, its gradient, the optimizer's moments, the change and the result, "
                         "as heatmaps. %s",
                         name, told));
    return true;
}

const Figure UPDATE_FIGURE = {
    .name = "update",
    .words = "NAME",
    .shows = "a parameter before the update, its gradient, its moments, the change, and after",
    .name_wanted = true,
    .takes = TAKES_CELLS | TAKES_COLORS | TAKES_ACROSS | TAKES_ROWS | TAKES_COLUMNS,
    .fits = is_trained,
    .usual = usual_parameter,
    .draw = draw,
};
