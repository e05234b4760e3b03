/* figure solver: how far a picture is from where its noise leads, by the number of solver steps; both axes are
 * logarithmic, so an error that falls as steps^-p is a line of slope -p. */
#include "figure_page.h"

#include "tiny_model/painting.h"

#include <math.h>
#include <stdlib.h>

enum { WIDTH = 440, HEIGHT = 280, LEFT = 56, LABEL = 130, MOST_POINTS = 7, EXACT_STEPS = 128, PICTURES = 2 };
static const double ROUNDING = 1e-12; /* what is nearer says nothing of a solver */

typedef struct {
    const char *name;
    int solver, count;
    double error[MOST_POINTS];  /* rms over all numbers, after 2^i steps */
    double order;               /* -slope of the last three; nan: too few are above rounding */
} Line;

/* Where the noise of seed 0 arrives, [PICTURES x cells]; painted one after the other, so that tapes stay small. */
static bool arrive(Run *run, int solver, int steps, const double *noise, int numbers, double *out, int cells,
                   Error *error)
{
    int *states = malloc((size_t)(steps + 1) * sizeof *states);
    bool whole = states || error_memory(error);
    for (int p = 0; p < PICTURES && whole; p++) {
        Painting how = {.solver = solver, .steps = steps, .count = 1, .guidance = 1, .noise = noise + p * numbers};
        whole = run_paint(run, &how, states, error);
        for (int k = 0; k < cells && whole; k++)
            out[p * cells + k] = tape_value(&run->tape, states[steps])->data[k];
    }
    free(states);
    return whole;
}

/* By least squares through three logarithms the slope is half of what the last is off the first. */
static double order_of(const Line *line)
{
    int last = line->count - 1;
    while (last >= 0 && !(line->error[last] > ROUNDING))
        last--;
    return last > 1 ? log2(line->error[last - 2] / line->error[last]) / 2 : NAN;
}

static bool measure(const Spec *spec, DrawList *list, Line lines[2], Error *error)
{
    const Model *model = &spec->session->model;
    int rows, cols, numbers = model->system->painter->numbers(model, &rows, &cols), cells = rows * cols;
    size_t size = (size_t)PICTURES * (size_t)cells * sizeof(double);
    double *noise = draw_room(list, (size_t)PICTURES * (size_t)numbers * sizeof *noise);
    double *exact = draw_room(list, size), *there = draw_room(list, size);
    Run run;
    if (!noise || !exact || !there)
        return error_memory(error);
    painting_noise(0, 0, noise, (size_t)PICTURES * (size_t)numbers);
    if (!run_clone(&run, &spec->session->run, error))
        return false;
    bool whole = arrive(&run, SOLVER_RK4, EXACT_STEPS, noise, numbers, exact, cells, error);
    for (int l = 0; l < 2; l++) {
        for (int i = 0; i < lines[l].count && whole; i++) {
            double squares = 0;
            whole = arrive(&run, lines[l].solver, 1 << i, noise, numbers, there, cells, error);
            for (int k = 0; k < PICTURES * cells && whole; k++)
                squares += (there[k] - exact[k]) * (there[k] - exact[k]);
            lines[l].error[i] = sqrt(squares / (PICTURES * cells));
        }
        lines[l].order = order_of(&lines[l]);
    }
    run_free(&run);
    return whole;
}

static double x_at(int power)
{
    return PAGE_MARGIN + LEFT + (double)WIDTH * power / (MOST_POINTS - 1);
}

static double y_at(double error, double low, double high)
{
    return PAGE_TOP + 18 + HEIGHT * (high - log10(error)) / (high - low);
}

static void draw_axes(const Spec *spec, DrawList *list, double low, double high)
{
    const Theme *theme = spec->theme;
    double bottom = PAGE_TOP + 18 + HEIGHT;
    for (double power = low; power <= high; power += ceil((high - low) / 8)) {
        double y = y_at(pow(10, power), low, high);
        draw_line(list, x_at(0), y, x_at(MOST_POINTS - 1), y, color_mix(theme->paper, theme->line, 0.6), 1);
        draw_text(list, x_at(0) - 8, y + 4, ALIGN_RIGHT, SMALL_SIZE, theme->muted,
                  draw_format(list, power >= -2 ? "%g" : "1e%g", power >= -2 ? pow(10, power) : power));
    }
    for (int i = 0; i < MOST_POINTS; i++) {
        draw_line(list, x_at(i), bottom, x_at(i), bottom + 4, theme->muted, 1);
        draw_text(list, x_at(i), bottom + 17, ALIGN_CENTER, SMALL_SIZE, theme->muted, draw_format(list, "%d", 1 << i));
    }
    draw_line(list, x_at(0), bottom, x_at(MOST_POINTS - 1), bottom, theme->muted, 1);
    draw_text(list, x_at(MOST_POINTS - 1), bottom + 34, ALIGN_RIGHT, SMALL_SIZE, theme->muted,
              "solver steps, logarithmic →");
    draw_text(list, x_at(0), PAGE_TOP + 8, ALIGN_LEFT, SMALL_SIZE, theme->muted, "rms error, logarithmic");
}

static void draw_one(const Spec *spec, DrawList *list, const Line *line, Rgb color, double low, double high)
{
    Point points[MOST_POINTS];
    int count = 0;
    for (; count < line->count && line->error[count] > ROUNDING; count++)
        points[count] = (Point){x_at(count), y_at(line->error[count], low, high)};
    if (count > 1)
        draw_lines(list, points, count, color, 2);
    for (int i = 0; i < count; i++) {
        Item *point = draw_rect(list, points[i].x - 3, points[i].y - 3, 6, 6, color);
        point->radius = 3;
        point->tip = draw_format(list, "%s, %d steps: %.3g", line->name, 1 << i, line->error[i]);
    }
    if (count == 0)
        return;
    double x = x_at(MOST_POINTS - 1) + 10, y = points[count - 1].y;
    draw_bold(list, x, y + 2, ALIGN_LEFT, SMALL_SIZE, color, line->name);
    if (isfinite(line->order))
        draw_text(list, x, y + 15, ALIGN_LEFT, SMALL_SIZE, spec->theme->ink,
                  draw_format(list, "slope −%.2f", line->order));
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Line lines[] = {{.name = "Euler", .solver = SOLVER_EULER, .count = MOST_POINTS},
                    {.name = "Runge-Kutta (rk4)", .solver = SOLVER_RK4, .count = MOST_POINTS - 1}};
    double low = 0, high = -20;
    page_begin(list, spec);
    if (!measure(spec, list, lines, error))
        return false;
    for (int l = 0; l < 2; l++)
        for (int i = 0; i < lines[l].count; i++)
            if (lines[l].error[i] > ROUNDING) {
                low = fmin(low, floor(log10(lines[l].error[i])));
                high = fmax(high, ceil(log10(lines[l].error[i])));
            }
    high = fmax(high, low + 1);
    draw_axes(spec, list, low, high);
    for (int l = 0; l < 2; l++)
        draw_one(spec, list, &lines[l], l ? spec->theme->backward : spec->theme->forward, low, high);
    const char *told = draw_format(
        list, "After 8 steps of Euler a picture is %.2g from where its noise leads, after 16 %.2g; after 8 of rk4, "
        "which asks four times a step, %.2g. The last three points of a line fall as steps to the power of -%.2f with "
        "Euler, of -%.2f with rk4. Rms of %d pictures, against rk4 with %d steps.", lines[0].error[3],
        lines[0].error[4], lines[1].error[3], lines[0].order, lines[1].order, PICTURES, EXACT_STEPS);
    page_end(list, spec, x_at(MOST_POINTS - 1) + LABEL, PAGE_TOP + 18 + HEIGHT + 38,
             "What a step of the solver costs in accuracy", told, draw_format(list, "Line chart. %s", told));
    return true;
}

static bool fits(const Session *session, const char **why)
{
    *why = "this model paints nothing";
    return session->model.system->painter != NULL;
}

const Figure SOLVER_FIGURE = {
    .name = "solver", .words = "",
    .shows = "how far pictures are from where their noise leads, by the number of steps, with Euler and with rk4",
    .fits = fits, .draw = draw,
};
