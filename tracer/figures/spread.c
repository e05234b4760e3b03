/* figure spread: how far a planted mistake reaches: the graph, each box as strong as its numbers are wrong. */
#include "figure_page.h"
#include "graph_layout.h"

#include "tiny_model/primitive.h"
#include "tracer/query/compare.h"

#include <math.h>
#include <string.h>

enum { DEFAULT_DEPTH = 3, FAINT = 4 };

/* How wrong a value is: its largest difference by its largest number, 0 where it did not move. */
static double *wrongness_of(const Spec *spec, DrawList *list, const Differences *differences)
{
    const Tape *tape = spec->session->names.tape;
    double *wrong = draw_room(list, ((size_t)tape->value_count + 1) * sizeof *wrong);
    if (!wrong)
        return NULL;
    memset(wrong, 0, ((size_t)tape->value_count + 1) * sizeof *wrong);
    for (int i = 0; i < differences->count; i++) {
        const Difference *difference = &differences->list[i];
        const Value *value = tape_value(tape, difference->value);
        double most = 0;
        for (size_t c = 0; c < cells_of(value); c++)
            most = isfinite(value->data[c]) ? fmax(most, fabs(value->data[c])) : most;
        if (!difference->rounding)
            wrong[difference->value] = isfinite(difference->max_abs) && most > 0 ? difference->max_abs / most : 1;
    }
    return wrong;
}

/* A hundredth is seen, a thousandth hardly: the logarithm, a ten-thousandth being faint. */
static double heat_of(double wrong)
{
    return wrong > 0 ? fmax(0.12, fmin(1, 1 + log10(fmin(wrong, 1)) / FAINT)) : 0;
}

static void heat_boxes(DrawList *list, const Tape *tape, const double *wrong, Graph *graph, int *reached)
{
    char number[NUMBER_SIZE];
    for (int i = 0; i < graph->box_count; i++) {
        Box *box = &graph->boxes[i];
        double most = 0;
        for (int step = box->first; step <= box->last; step++)
            most = fmax(most, wrong[tape->steps[step].output]);
        box->heat = heat_of(most);
        box->tip = draw_format(list, most > 0 ? "wrong by up to %s of its largest number" : "untouched",
                               number_text(number, most, DEFAULT_DIGITS));
        *reached += !box->open && most > 0;
    }
}

/* The first value that is wrong, and how many steps make wrong ones. */
static int first_wrong(const Tape *tape, const double *wrong, int *steps)
{
    int first = -1;
    for (int step = 0; step < tape->step_count; step++)
        if (wrong[tape->steps[step].output] > 0) {
            first = first < 0 ? tape->steps[step].output : first;
            (*steps)++;
        }
    return first;
}

static bool draw_with(const Spec *spec, DrawList *list, const Differences *differences, Error *error)
{
    Graph graph;
    const Names *names = &spec->session->names;
    int depth = spec->depth == AUTO_DEPTH ? DEFAULT_DEPTH : spec->depth, reached = 0, steps = 0;
    const double *wrong = wrongness_of(spec, list, differences);
    if (!wrong)
        return error_memory(error);
    page_begin(list, spec);
    if (!graph_layout(list, names, depth, spec->phase, PAGE_MARGIN + 28, PAGE_TOP, &graph, error))
        return false;
    heat_boxes(list, names->tape, wrong, &graph, &reached);
    int closed = graph_draw(spec, list, &graph, true), first = first_wrong(names->tape, wrong, &steps);
    const char *told =
        first < 0 ? "No number is wrong."
                  : draw_format(list, "First wrong: %s. From there it reaches %d of %d boxes and %d of %d steps. The "
                                      "stronger a box, the more wrong its numbers, by powers of ten; white is "
                                      "untouched.",
                                name_of(names, first), reached, closed, steps, names->tape->step_count);
    const char *title = draw_format(list, "What %s spoils", spec->session->mistake->id);
    page_end(list, spec, graph.right, graph.bottom, title, told,
             draw_format(list, "The graph of a training step. %s", told));
    return true;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Differences differences;
    if (!differences_find(&spec->session->names, &spec->other->names, &differences, error))
        return false;
    bool whole = draw_with(spec, list, &differences, error);
    differences_free(&differences);
    return whole;
}

static bool has_mistake(const Session *session, const char **why)
{
    *why = "no mistake is planted: give one with --mistake ID";
    return session->mistake != NULL;
}

const Figure SPREAD_FIGURE = {
    .name = "spread", .words = "",
    .shows = "how far a planted mistake reaches over the graph, and how wrong its numbers are; --mistake ID, --depth N",
    .needs = NEEDS_TRUTH, .fits = has_mistake, .draw = draw,
};
