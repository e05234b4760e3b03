/* figure pairs: how often each token stands before each other one, the pair that is merged outlined. Chapter 20. */
#include "figure_page.h"
#include "value_panel.h"

#include "tiny_model/primitives/families.h"
#include "tracer/base/nearest.h"
#include "tracer/query/merging.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The step that chooses the pair of the frame called so; NULL: the first. */
static const Step *find_choice(const Tape *tape, const char *name, Error *error)
{
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int step = 0; step < tape->step_count; step++) {
        const Step *one = &tape->steps[step];
        if (one->primitive != &LARGEST_PAIR)
            continue;
        const char *frame = tape->frames[one->frame].path;
        if (!name || strcmp(frame, name) == 0)
            return one;
        nearest_offer(&nearest, name, frame);
    }
    error_set(error, EXIT_USED_WRONGLY, "no merge is called \"%.60s\"; %s", name ? name : "",
              nearest_text(&nearest, answer, "the first is merge0"));
    return NULL;
}

static const char *label_of(const Spec *spec, int axis_of, int id)
{
    const char *label = axis_label(&spec->session->names, row_axis(&spec->session->names, axis_of), id);
    return label ? label : "?";
}

/* "s t", 9 times, and how many others occur as often. */
static const char *told(DrawList *list, const Spec *spec, const Step *choice)
{
    const Tape *tape = spec->session->names.tape;
    const Value *counts = step_input(tape, choice, 0), *chosen = step_output(tape, choice);
    int row = (int)chosen->data[0], col = (int)chosen->data[1], ties = -1;
    double most = cell_of(counts, row, col);
    for (size_t i = 0; i < cells_of(counts); i++)
        ties += counts->data[i] == most;
    const char *tie = "";
    if (ties > 0)
        tie = draw_format(list, " %d other pair%s occur%s as often; of equals the greatest byte strings win.", ties,
                          ties == 1 ? "" : "s", ties == 1 ? "s" : "");
    return draw_format(list, "\"%s\" stands before \"%s\" %.0f times: that pair is merged.%s",
                       label_of(spec, choice->inputs[0], row), label_of(spec, choice->inputs[0], col), most, tie);
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    const Tape *tape = spec->session->names.tape;
    const Step *choice = find_choice(tape, spec->name, error);
    if (!choice || !slice_fits(spec, choice->inputs[0], error))
        return false;
    page_begin(list, spec);
    const Value *chosen = step_output(tape, choice);
    Panel panel = panel_of_value(list, spec, spec->session, choice->inputs[0]);
    panel_mark(&panel, &(Reference){choice->inputs[0], (int)chosen->data[0], (int)chosen->data[1], 0}, false);
    panel_measure_alone(&panel, spec, 16 + color_bar_width(panel.scale, 0));
    panel_draw(list, spec->theme, &panel, PAGE_MARGIN, PAGE_TOP);
    double right = PAGE_MARGIN + panel.left + panel.cell * panel.cols, height = panel.cell * panel.rows;
    right += 16 + draw_color_bar(list, spec->theme, panel.scale, right + 16, PAGE_TOP + panel.top,
                                 fmax(height - 1, 76));
    page_end(list, spec, right, PAGE_TOP + panel.top + fmax(height, 76),
             draw_format(list, "%s: which two stand together most often", tape->frames[choice->frame].path),
             draw_format(list, "Rows: the first token of a pair, columns: the second. %s", told(list, spec, choice)),
             draw_format(list, "Heatmap of counts. %s", told(list, spec, choice)));
    return true;
}

static bool has_choices(const Session *session, const char **why)
{
    *why = "no pairs are counted in this model; the preset bpe learns merges";
    return find_choice(session->names.tape, NULL, &(Error){0}) != NULL;
}

static bool usual_choice(const Session *session, char *name, size_t size)
{
    const Step *choice = find_choice(session->names.tape, NULL, &(Error){0});
    snprintf(name, size, "%s", choice ? session->names.tape->frames[choice->frame].path : "");
    return choice != NULL;
}

const Figure PAIRS_FIGURE = {
    .name = "pairs", .words = "[merge0]",
    .shows = "how often two tokens stand together, with the pair that is merged",
    .takes = TAKES_CELLS | TAKES_COLORS | TAKES_ROWS | TAKES_COLUMNS,
    .fits = has_choices, .usual = usual_choice, .draw = draw,
};
