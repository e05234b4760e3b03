/* figure life: one weight over a run: what it was, where its gradient pointed, how far it moved. */
#include "chart.h"
#include "figure_page.h"
#include "weight_life.h"

#include "tiny_model/primitive.h"
#include "tracer/query/parts.h"

#include <math.h>
#include <stdio.h>

enum { WIDTH = 560, HEIGHT = 120, LEFT = 70, APART = 44 };

static void draw_panel(const Spec *spec, DrawList *list, const double *numbers, const char *title, Rgb color,
                       double top, bool zero)
{
    const Life *life = spec->life;
    Chart chart = {.left = PAGE_MARGIN + LEFT, .top = top, .width = fmin(WIDTH, page_width(spec) - LEFT - 12),
                   .height = HEIGHT, .x_high = fmax(life->updates, 1), .y_low = zero ? 0 : INFINITY,
                   .y_high = zero ? 0 : -INFINITY, .whole_x = true};
    Point *points = draw_room(list, ((size_t)life->updates + 1) * sizeof *points);
    for (int i = 0; i <= life->updates; i++) {
        chart.y_low = fmin(chart.y_low, numbers[i]);
        chart.y_high = fmax(chart.y_high, numbers[i]);
    }
    chart_round(&chart.y_low, &chart.y_high);
    chart_axes(list, spec->theme, &chart, "", title);
    if (chart.y_low < 0 && chart.y_high > 0)
        draw_line(list, chart.left, chart_y(&chart, 0), chart.left + chart.width, chart_y(&chart, 0),
                  spec->theme->muted, 1);
    for (int i = 0; points && i <= life->updates; i++)
        points[i] = (Point){chart_x(&chart, i), chart_y(&chart, numbers[i])};
    if (points && life->updates > 0)
        draw_lines(list, points, life->updates + 1, color, 1.8);
    for (int i = 0; points && i <= life->updates; i += life->updates > 0 ? life->updates : 1)
        draw_rect(list, points[i].x - 3, points[i].y - 3, 6, 6, color)->radius = 3;
}

static int turns_of(const Life *life)
{
    int turns = 0;
    for (int i = 1; i <= life->updates; i++)
        turns += life->gradient[i] * life->gradient[i - 1] < 0;
    return turns;
}

/* Updates that went against the gradient of their own training step: those before it still push. */
static int against_of(const Life *life)
{
    int against = 0;
    for (int i = 0; i < life->updates; i++)
        against += life->gradient[i] * life->move[i] > 0;
    return against;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    const Life *life = spec->life;
    const Theme *theme = spec->theme;
    char before[NUMBER_SIZE], after[NUMBER_SIZE];
    (void)error;
    page_begin(list, spec);
    double y = PAGE_TOP + 18;
    draw_panel(spec, list, life->weight, "weight", theme->forward, y, false);
    draw_panel(spec, list, life->gradient, "gradient", theme->backward, y + HEIGHT + APART, true);
    draw_panel(spec, list, life->move, "what the update adds", theme->update, y + 2.0 * (HEIGHT + APART), true);
    double bottom = y + 3.0 * HEIGHT + 2 * APART;
    double right = PAGE_MARGIN + LEFT + fmin(WIDTH, page_width(spec) - LEFT - 12);
    draw_text(list, right, bottom + 34, ALIGN_RIGHT, SMALL_SIZE, theme->muted, "updates →");
    int turns = turns_of(life), against = against_of(life);
    const char *told = draw_format(
        list, "In %d updates it goes from %s to %s. Its gradient changes sign %d time%s; %d update%s against the "
              "gradient of %s own step, pushed on by those before or pulled by weight decay.",
        life->updates, number_text(before, life->weight[0], DEFAULT_DIGITS),
        number_text(after, life->weight[life->updates], DEFAULT_DIGITS), turns, turns == 1 ? "" : "s", against,
        against == 1 ? " goes" : "s go", against == 1 ? "its" : "their");
    page_end(list, spec, right + 12, bottom + 34, draw_format(list, "The life of %s", spec->name), told,
             draw_format(list, "Three line charts over the updates. %s", told));
    return true;
}

/* The cell of the steepest parameter that the loss depends on most. */
static bool usual(const Session *session, char *name, size_t size)
{
    const Tape *tape = session->names.tape;
    int parameter = part_steepest(tape), row = 0, col = 0;
    if (parameter < 0)
        return false;
    const Value *gradient = tape_value(tape, tape_value(tape, parameter)->gradient);
    for (int r = 0; r < gradient->rows; r++)
        for (int c = 0; c < gradient->cols; c++)
            if (fabs(cell_of(gradient, r, c)) > fabs(cell_of(gradient, row, col))) {
                row = r;
                col = c;
            }
    snprintf(name, size, "%s[%d,%d]", name_of(&session->names, parameter), row, col);
    return true;
}

const Figure LIFE_FIGURE = {
    .name = "life", .words = "'NAME[r,c]'",
    .shows = "one weight over a run: its number, its gradient, and what each update adds; --updates N",
    .needs = NEEDS_LIFE, .updates = LIFE_UPDATES, .fits = is_trained, .usual = usual, .draw = draw,
};
