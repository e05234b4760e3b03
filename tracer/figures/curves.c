/* figure curves: the numbers of one small value over a run, a line each, under the loss: what a head scores while the
 * loss falls off its cliff, how many tokens come to every expert. */
#include "chart.h"
#include "figure_page.h"
#include "plain_words.h"

#include "tracer/query/tiles.h"

#include <math.h>
#include <stdio.h>

enum { WIDTH = 520, LOSS_HEIGHT = 110, HEIGHT = 200, LEFT = 62, APART = 50, LABEL = 110 };
enum { MOST_LINES = 8, MOST_POINTS = 32 };

static bool is_narrow(const Value *value)
{
    return cells_of(value) <= MOST_LINES && (value->rows == 1 || value->cols == 1);
}

static Rgb color_of(const Theme *theme, int line)
{
    const Rgb colors[] = {theme->forward, theme->backward, theme->update, theme->mark, theme->ink, theme->muted};
    return colors[line % (int)(sizeof colors / sizeof *colors)];
}

static Chart chart_at(const Spec *spec, double top, double height)
{
    return (Chart){.left = PAGE_MARGIN + LEFT, .top = top, .height = height, .x_high = fmax(spec->history->updates, 1),
                   .width = fmin(WIDTH, page_width(spec) - LEFT - LABEL), .whole_x = true};
}

static void widen(Chart *chart, double number)
{
    if (isfinite(number)) {
        chart->y_low = fmin(chart->y_low, number);
        chart->y_high = fmax(chart->y_high, number);
    }
}

static void draw_loss(const Spec *spec, DrawList *list, double top)
{
    const History *history = spec->history;
    Chart chart = chart_at(spec, top, LOSS_HEIGHT);
    Point *points = draw_room(list, ((size_t)history->updates + 1) * sizeof *points);
    int count = 0;
    for (int i = 0; i <= history->updates; i++)
        widen(&chart, history->losses[i]);
    chart_round(&chart.y_low, &chart.y_high);
    chart_axes(list, spec->theme, &chart, "", "loss");
    for (int i = 0; points && i <= history->updates; i++)
        if (isfinite(history->losses[i]))
            points[count++] = (Point){chart_x(&chart, i), chart_y(&chart, history->losses[i])};
    if (count > 1)
        draw_lines(list, points, count, spec->theme->muted, 1.4);
}

/* Where the labels of lines stand: beside their ends from above to below, none on another. */
static void place_labels(double *y, int count)
{
    enum { LEAST = 13 };
    int order[MOST_LINES];
    for (int i = 0; i < count; i++) {
        int at = i;
        for (; at > 0 && y[order[at - 1]] > y[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    double last = count ? y[order[count - 1]] : 0;
    for (int i = 1; i < count; i++)
        y[order[i]] = fmax(y[order[i]], y[order[i - 1]] + LEAST);
    for (int i = 0, pushed = count ? (int)(y[order[count - 1]] - last) / 2 : 0; i < count; i++)
        y[i] -= pushed;
}

static const char *line_label(const Spec *spec, DrawList *list, int value, int cell)
{
    const Value *of = tape_value(spec->session->names.tape, value);
    const Names *names = &spec->session->names;
    const Axis *axis = of->rows == 1 ? col_axis(names, value) : row_axis(names, value);
    const char *label = axis_label(names, axis, cell);
    if (cells_of(of) == 1)
        return "";
    return label ? draw_format(list, "%s", label) : draw_format(list, "%s %d", axis->name ? axis->name : "", cell);
}

static double draw_lines_of(const Spec *spec, DrawList *list, int value, double top)
{
    const History *history = spec->history;
    int lines = (int)cells_of(tape_value(spec->session->names.tape, value));
    Chart chart = chart_at(spec, top, HEIGHT);
    double ends[MOST_LINES];
    for (int s = 0; s < history->step_count; s++)
        for (int line = 0; line < lines; line++)
            widen(&chart, history->numbers[s][line]);
    chart_round(&chart.y_low, &chart.y_high);
    chart_axes(list, spec->theme, &chart, "updates →", value_title(list, spec, value));
    for (int line = 0; line < lines; line++) {
        Point *points = draw_room(list, (size_t)history->step_count * sizeof *points);
        for (int s = 0; points && s < history->step_count; s++)
            points[s] = (Point){chart_x(&chart, history->steps[s]), chart_y(&chart, history->numbers[s][line])};
        if (points && history->step_count > 1)
            draw_lines(list, points, history->step_count, color_of(spec->theme, line), 1.8);
        for (int s = 0; points && s < history->step_count; s++)
            draw_rect(list, points[s].x - 2, points[s].y - 2, 4, 4, color_of(spec->theme, line))->radius = 2;
        ends[line] = points ? points[history->step_count - 1].y : top;
    }
    place_labels(ends, lines);
    for (int line = 0; line < lines; line++)
        draw_text_within(list, chart.left + chart.width + 10, ends[line] + 4, LABEL - 12, ALIGN_LEFT, SMALL_SIZE,
                         color_of(spec->theme, line), line_label(spec, list, value, line));
    return chart.left + chart.width + (lines > 1 ? LABEL : 12);
}

/* The line that changes most from one shown step to a later one. */
static const char *told(const Spec *spec, DrawList *list, int value)
{
    const History *history = spec->history;
    int lines = (int)cells_of(tape_value(spec->session->names.tape, value)), last = history->step_count - 1, most = 0;
    char before[NUMBER_SIZE], after[NUMBER_SIZE], first[NUMBER_SIZE], end[NUMBER_SIZE];
    for (int line = 1; line < lines; line++)
        if (fabs(history->numbers[last][line] - history->numbers[0][line]) >
            fabs(history->numbers[last][most] - history->numbers[0][most]))
            most = line;
    const char *label = line_label(spec, list, value, most);
    return draw_format(list, "In %d updates the loss goes from %s to %s, and %s%sfrom %s to %s.", history->updates,
                       number_text(first, history->losses[0], 3),
                       number_text(end, history->losses[history->updates], 3),
                       *label ? label : "this number", *label ? ", which moves most, " : " ",
                       number_text(before, history->numbers[0][most], 3),
                       number_text(after, history->numbers[last][most], 3));
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Reference reference;
    if (!reference_parse(&spec->session->names, spec->name, &reference, error))
        return false;
    const Value *of = tape_value(spec->session->names.tape, reference.value);
    if (!is_narrow(of))
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%.100s\" is %d x %d; curves takes a row or a column of at most %d numbers, over-training "
                         "any value", spec->name, of->rows, of->cols, MOST_LINES);
    page_begin(list, spec);
    double top = PAGE_TOP + 18;
    draw_loss(spec, list, top);
    double right = draw_lines_of(spec, list, reference.value, top + LOSS_HEIGHT + APART);
    const char *caption = told(spec, list, reference.value);
    page_end(list, spec, right, top + LOSS_HEIGHT + APART + HEIGHT + 34, "Over a run", caption,
             draw_format(list, "Two line charts over the updates. %s", caption));
    return true;
}

/* How many tokens came to each expert; else the first parameter that is narrow enough. */
static bool usual(const Session *session, char *name, size_t size)
{
    const Tape *tape = session->names.tape;
    Router router;
    bool experts = router_at(tape, 0, &router);
    for (int id = 0; id < session->names.count; id++) {
        const Value *value = tape_value(tape, id);
        bool load = text_ends(name_of(&session->names, id), ".balance.load");
        if (is_narrow(value) && (experts ? load : value->kind == KIND_PARAMETER)) {
            snprintf(name, size, "%s", name_of(&session->names, id));
            return true;
        }
    }
    snprintf(name, size, "loss");
    return true;
}

const Figure CURVES_FIGURE = {
    .name = "curves", .words = "[NAME]",
    .shows = "the numbers of a small value over a run, under the loss: a score, the load of every expert; --updates N",
    .needs = NEEDS_VALUE_OVER_RUN, .evenly = MOST_POINTS, .fits = is_trained, .usual = usual,
    .draw = draw,
};
