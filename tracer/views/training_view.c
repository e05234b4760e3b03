/* A training on a screen; see training_view.h. */
#include "training_view.h"

#include "pixels.h"

#include <math.h>
#include <stdio.h>

enum { LABEL = 9, TEXT_ROWS = 3, AROUND = 4, NAME_COLS = 18 };

/* The area of the curves and what its edges stand for. */
typedef struct {
    Area area;
    double low, high;
    int from, to;
} Plot;

static int plot_row(const Plot *plot, double value)
{
    double part = plot->high > plot->low ? (plot->high - value) / (plot->high - plot->low) : 0.5;
    return (int)(part * (plot->area.rows - 1) + 0.5);
}

static int plot_col(const Plot *plot, int step)
{
    int steps = plot->to - plot->from;
    return steps > 0 ? (int)((long long)(step - plot->from) * (plot->area.cols - 1) / steps) : 0;
}

static void plot_curve(Grid *grid, const Plot *plot, const Curve *curve, const char *mark, Style style)
{
    for (int i = 0; i < curve->count; i++)
        if (isfinite(curve->value[i]))
            grid_put(grid, plot->area, plot_row(plot, curve->value[i]), plot_col(plot, curve->step[i]), style, mark);
}

/* A line across, named at its right end. */
static void plot_baseline(Grid *grid, const Plot *plot, const Baseline *baseline)
{
    char text[60], number[NUMBER_SIZE];
    int row = plot_row(plot, baseline->loss);
    if (!(baseline->loss <= plot->high && baseline->loss >= plot->low))
        return;
    for (int col = 0; col < plot->area.cols; col++)
        grid_put(grid, plot->area, row, col, STYLE(DIM), col % 2 ? " " : "-");
    snprintf(text, sizeof text, " %s %s", baseline->name, number_text(number, baseline->loss, 2));
    grid_put(grid, plot->area, row, plot->area.cols - text_width(text), STYLE(DIM), text);
}

static void draw_plot(const TrainingView *view, Grid *grid, Area area)
{
    Plot plot = {.area = area_inside(area, 0, LABEL, area.rows - 1, area.cols - LABEL), .low = INFINITY,
                 .high = -INFINITY, .from = view->from, .to = view->to};
    char number[NUMBER_SIZE], text[80];
    curve_range(&view->losses, &plot.low, &plot.high);
    curve_range(&view->validations, &plot.low, &plot.high);
    for (int i = 0; i < view->baselines.count; i++)
        plot.low = fmin(plot.low, view->baselines.list[i].loss);
    if (!isfinite(plot.low) || plot.area.rows < 2)
        return;
    for (int i = 0; i < view->baselines.count; i++)
        plot_baseline(grid, &plot, &view->baselines.list[i]);
    for (int row = 0; row < plot.area.rows; row += plot.area.rows > 8 ? 4 : 2) {
        double level = plot.high - (plot.high - plot.low) * row / (plot.area.rows - 1);
        snprintf(text, sizeof text, "%*s", LABEL - 1, number_text(number, level, 2));
        grid_put(grid, area, row, 0, STYLE(DIM), text);
    }
    plot_curve(grid, &plot, &view->losses, ".", PLAIN);
    plot_curve(grid, &plot, &view->validations, "o", STYLE(BOLD));
    snprintf(text, sizeof text, "%d", view->to);
    grid_put(grid, area, area.rows - 1, area.cols - text_width(text), STYLE(DIM), text);
    snprintf(text, sizeof text, "%d  updates    . loss%s", view->from,
             view->validations.count ? "   o validation" : "");
    grid_put_cut(grid, area, area.rows - 1, LABEL, area.cols - LABEL - 8, STYLE(DIM), text);
}

/* A duration as a person says it. */
static const char *duration(double seconds, char out[32])
{
    if (!isfinite(seconds))
        snprintf(out, 32, "?");
    else if (seconds < 100)
        snprintf(out, 32, "%.0f s", seconds);
    else
        snprintf(out, 32, "%.0f min", seconds / 60);
    return out;
}

static void draw_title(const TrainingView *view, Grid *grid, Area area)
{
    char text[200], left[32];
    double done = view->update.step - view->from + 1, of = view->to - view->from + 1;
    snprintf(text, sizeof text, " training %.60s: update %d of %d, %s left", view->model, view->update.step, view->to,
             duration(view->spent * (of - done) / done, left));
    grid_fill(grid, area_inside(area, 0, 0, 1, area.cols), STYLE(REVERSE), ' ');
    grid_put_cut(grid, area, 0, 0, area.cols, STYLE(REVERSE), text);
}

static void draw_numbers(const TrainingView *view, Grid *grid, Area area)
{
    char text[300], loss[NUMBER_SIZE], rate[NUMBER_SIZE], norm[NUMBER_SIZE], change[NUMBER_SIZE];
    const Curve *losses = &view->losses;
    snprintf(text, sizeof text, " loss %s   learning rate %s   gradient norm %s   change %s",
             number_text(loss, losses->count ? losses->value[losses->count - 1] : NAN, 4),
             number_text(rate, view->update.learning_rate, 6), number_text(norm, view->update.gradient_norm, 3),
             number_text(change, view->update.change, 4));
    grid_put_cut(grid, area, 0, 0, area.cols, PLAIN, text);
    int length = 0;
    if (!isnan(view->validation))
        length = snprintf(text, sizeof text, " validation %s (best %s after %d)   ",
                          number_text(loss, view->validation, 4), number_text(rate, view->best, 4), view->best_step);
    else
        length = snprintf(text, sizeof text, " ");
    if (fabs(view->baselines.bytes - 1) > 1e-9 && !isnan(view->validation)) /* nan: no text to count */
        length += snprintf(text + length, sizeof text - (size_t)length, "%s a byte   ",
                           number_text(loss, view->validation / view->baselines.bytes, 4));
    if (!isnan(view->tokens_a_second))
        snprintf(text + length, sizeof text - (size_t)length, "%.0f tokens a second", view->tokens_a_second);
    grid_put_cut(grid, area, 1, 0, area.cols, PLAIN, text);
}

static void draw_writing(const TrainingView *view, Grid *grid, Area area)
{
    char text[160];
    Text visible = {0};
    snprintf(text, sizeof text, " after %d updates it writes:", view->writes_step);
    grid_put_cut(grid, area, 0, 0, area.cols, STYLE(DIM), text);
    text_add_visible(&visible, view->writes);
    for (char *c = visible.data; c && *c; c++)
        if (*c == '\n')
            *c = ' ';
    grid_put_wrapped(grid, area_inside(area, 1, 1, TEXT_ROWS, area.cols - 2), 0, PLAIN,
                     visible.data ? visible.data : "");
    text_free(&visible);
}

/* Two pixels share a character where a row of pictures, two columns a pixel, would take more than a third of the screen
 * or where fewer than three stood side by side. */
static bool in_halves(const TrainingView *view, Area area)
{
    return 3 * view->picture_rows > area.rows || 3 * (2 * view->picture_cols + 2) > area.cols;
}

static void draw_pictures(const TrainingView *view, Grid *grid, Area area, bool halves)
{
    char text[400];
    int wide = view->picture_cols * (halves ? 1 : 2), across = area.cols / (wide + 1);
    snprintf(text, sizeof text, " after %d updates it paints%.300s:", view->pictures_step,
             view->asked ? view->asked : "");
    grid_put_cut(grid, area, 0, 0, area.cols, STYLE(DIM), text);
    for (int i = 0; i < view->picture_count && i < across; i++)
        pixels_put(grid, area_inside(area, 1, 1 + i * (wide + 1), area.rows - 1, wide),
                   view->pictures + (size_t)i * (size_t)view->picture_rows * (size_t)view->picture_cols,
                   view->picture_rows, view->picture_cols, halves);
}

void training_draw(const TrainingView *view, Grid *grid)
{
    Area area = grid_area(grid);
    char text[160];
    bool halves = view->pictures && in_halves(view, area);
    int shown = view->pictures ? (halves ? (view->picture_rows + 1) / 2 : view->picture_rows) : TEXT_ROWS;
    bool whole = area.rows > 2 * (AROUND + TEXT_ROWS) && area.rows > AROUND + shown + TEXT_ROWS;
    int below = whole ? AROUND + shown : area.rows > 4 ? 3 : 0;
    draw_title(view, grid, area);
    if (below == 0)
        return;
    draw_plot(view, grid, area_inside(area, 1, 0, area.rows - 1 - below, area.cols));
    Area rest = area_inside(area, area.rows - below, 0, below, area.cols);
    Area made = area_inside(rest, 2, 0, 1 + shown, rest.cols);
    draw_numbers(view, grid, rest);
    if (whole && view->pictures)
        draw_pictures(view, grid, made, halves);
    else if (whole && view->writes)
        draw_writing(view, grid, made);
    snprintf(text, sizeof text, " q or Ctrl-C ends it after this update%s%.80s",
             view->folder ? ", all is kept in " : "", view->folder ? view->folder : "");
    grid_put_cut(grid, rest, below - 1, 0, rest.cols, STYLE(DIM), text);
}

/* --- the updates that stood out --- */

int worst_count(const Worst *worst)
{
    int count = 0;
    for (int kind = 0; kind < WORST_KINDS; kind++)
        count += worst->count[kind];
    return count;
}

static void draw_update(Grid *grid, Area area, int row, const WorstUpdate *one, bool chosen)
{
    char text[200], amount[NUMBER_SIZE], loss[NUMBER_SIZE], norm[NUMBER_SIZE], change[NUMBER_SIZE];
    snprintf(text, sizeof text, " %s %8d %12s %10s %10s %10s", chosen ? ">" : " ", one->update.step,
             number_text(amount, one->amount, 4), number_text(loss, one->update.loss, 4),
             number_text(norm, one->update.gradient_norm, 4), number_text(change, one->update.change, 4));
    grid_put_cut(grid, area, row, 0, area.cols, chosen ? STYLE(REVERSE) : PLAIN, text);
    if (chosen)
        grid_cursor(grid, area, row, 1);
}

int worst_draw(const Worst *worst, int chosen, Grid *grid)
{
    Area area = grid_area(grid), list = area_inside(area, 1, 0, area.rows - 2, area.cols);
    char text[160];
    int row = 0, at = 0, step = -1, lines = worst_count(worst) + WORST_KINDS;
    /* The list scrolls so that what is chosen is in it. */
    int above = chosen + WORST_KINDS - list.rows + 2;
    int skipped = lines > list.rows && above > 0 ? above : 0;
    grid_fill(grid, area_inside(area, 0, 0, 1, area.cols), STYLE(REVERSE), ' ');
    grid_put_cut(grid, area, 0, 0, area.cols, STYLE(REVERSE), " the updates that stand out");
    for (int kind = 0; kind < WORST_KINDS; kind++) {
        if (worst->count[kind] == 0)
            continue;
        snprintf(text, sizeof text, " largest %s: step, amount, loss, gradient norm, change",
                 worst_name((WorstKind)kind));
        if (row >= skipped)
            grid_put_cut(grid, list, row - skipped, 0, list.cols, STYLE(BOLD), text);
        row++;
        for (int i = 0; i < worst->count[kind]; i++, at++, row++) {
            if (at == chosen)
                step = worst->list[kind][i].update.step;
            if (row >= skipped)
                draw_update(grid, list, row - skipped, &worst->list[kind][i], at == chosen);
        }
    }
    grid_put_cut(grid, area, area.rows - 1, 0, area.cols, STYLE(DIM), " Enter opens the training step, q ends");
    return step;
}
