/* figure patching: which part at which position brings back what another text says; beside it what the gradient alone
 * foretells. The numbers come from the run of --against. */
#include "figure_page.h"
#include "value_panel.h"

#include "tracer/query/effects.h"
#include "tracer/query/intervention.h"

#include <math.h>
#include <string.h>

static bool fits(const Session *session, const char **why)
{
    *why = "a run that is opened with --inside, as --model induction is";
    return session->run.inside != NULL;
}

/* Tokens down, parts across. */
static Panel panel_of_effects(const Spec *spec, DrawList *list, const Looking *own, const Patching *patching,
                              const double *of, const char *heading)
{
    int parts = patching->part_count, tokens = patching->tokens;
    double *numbers = draw_room(list, (size_t)tokens * (size_t)parts * sizeof *numbers);
    const char **labels = draw_room(list, (size_t)parts * sizeof *labels);
    Panel panel = panel_of_value(list, spec, spec->session, own->inside->logits);
    char name[120];
    for (int p = 0; numbers && labels && p < parts; p++) {
        labels[p] = draw_format(list, "%s", short_part(patching->parts[p]->name, name, sizeof name));
        for (int t = 0; t < tokens; t++)
            numbers[t * parts + p] = patch_effect(of, patching, p, t);
    }
    panel.heading = heading;
    panel.name = heading;
    panel.names = NULL;
    panel.cols = parts;
    panel.first_row = panel.first_col = panel.mark_count = 0;
    panel.causal = false;
    panel.col_labels = labels;
    panel.col_title = "part";
    if (numbers)
        panel_replace(&panel, spec, numbers);
    return panel;
}

static const char *told(DrawList *list, const Looking *own, const Patching *patching, const char *asked)
{
    char most[NUMBER_SIZE], clean[NUMBER_SIZE], corrupted[NUMBER_SIZE], name[120], token[TOLD_SIZE];
    int part = 0, at = 0;
    for (int p = 0; p < patching->part_count; p++)
        for (int t = 0; t < patching->tokens; t++)
            if (fabs(patch_effect(patching->exact, patching, p, t)) >
                fabs(patch_effect(patching->exact, patching, part, at)))
                part = p, at = t;
    return draw_format(
        list, "Asked is %s: %s on the other text, %s on this one. 1: all of the difference comes back when the part "
        "has its numbers of the other text there, 0: nothing. Largest: %s at %s, position %d, %s.",
        asked, number_text(clean, patching->clean, 2), number_text(corrupted, patching->corrupted, 2),
        short_part(patching->parts[part]->name, name, sizeof name), token_at(own, at, token), at,
        number_signed(most, patch_effect(patching->exact, patching, part, at), 2));
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Looking own;
    Patching patching;
    char asked[METRIC_TOLD];
    double right = PAGE_MARGIN;
    if (!looking_begin(spec->session, &own, error) ||
        !patching_between(spec->session, spec->other, &patching, asked, error))
        return false;
    page_begin(list, spec);
    Panel panels[] = {panel_of_effects(spec, list, &own, &patching, patching.exact, "in truth"),
                      panel_of_effects(spec, list, &own, &patching, patching.estimate, "by the gradient")};
    Scale both = scale_join(panels[0].scale, panels[1].scale);
    panel_scale(&panels[0], spec, both);
    panel_scale(&panels[1], spec, both);
    double bottom = shelf_draw(list, spec, panels, NULL, 2, PAGE_MARGIN, PAGE_TOP, &right);
    const char *caption = told(list, &own, &patching, asked);
    patching_free(&patching);
    page_end(list, spec, right, bottom, "What another text brings back", caption, NULL);
    return true;
}

const Figure PATCHING_FIGURE = {
    .name = "patching",
    .words = "",
    .shows = "which part at which position brings back what another text says; --against \"--text OTHER\"",
    .needs = NEEDS_OTHER,
    .takes = TAKES_CELLS | TAKES_COLORS | TAKES_ACROSS,
    .fits = fits,
    .draw = draw,
};
