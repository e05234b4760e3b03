/* figure lens: what the model would say behind each level of the stream, the levels side by side. */
#include "figure_page.h"
#include "value_panel.h"

#include "tracer/query/looking.h"

static bool fits(const Session *session, const char **why)
{
    *why = "a run that is opened with --inside, as --model induction is";
    return session->run.inside != NULL;
}

/* Where the likeliest token of the last level got there first. */
static int first_level(const Looking *looking, int position)
{
    const Inside *inside = looking->inside;
    int says = likeliest(looking, inside->logits, position), level = inside->level_count - 1;
    while (level > 0 && likeliest(looking, inside->levels[level - 1].logits, position) == says)
        level--;
    return level;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Looking looking;
    char name[120];
    double right = PAGE_MARGIN;
    if (!looking_begin(spec->session, &looking, error))
        return false;
    int count = looking.inside->level_count, settled = 0;
    Panel *panels = draw_room(list, (size_t)count * sizeof *panels);
    if (!panels)
        return error_memory(error);
    page_begin(list, spec);
    for (int i = 0; i < count; i++) {
        panels[i] = panel_of_value(list, spec, spec->session, looking.inside->levels[i].probabilities);
        panels[i].heading =
            draw_format(list, "%s", short_part(looking.inside->levels[i].name, name, sizeof name));
        panel_scale(&panels[i], spec, (Scale){0, 1, false});
    }
    for (int t = 0; t < looking.tokens; t++)
        settled += first_level(&looking, t) < count - 1;
    double bottom = shelf_draw(list, spec, panels, NULL, count, PAGE_MARGIN, PAGE_TOP, &right);
    const char *caption = draw_format(
        list, "The probabilities of the next token if the model stopped at a level: the final norm with the mean "
        "and the spread of that level, then the head. %d of %d positions say before the last level what they "
        "say in the end.",
        settled, looking.tokens);
    page_end(list, spec, right, bottom, "The logit lens", caption, NULL);
    return true;
}

const Figure LENS_FIGURE = {
    .name = "lens",
    .words = "",
    .shows = "what the model would say behind each level of the stream",
    .takes = TAKES_CELLS | TAKES_COLORS | TAKES_ACROSS,
    .fits = fits,
    .draw = draw,
};
