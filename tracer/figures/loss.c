/* figure loss: the loss over a run, with the learning rate. */
#include "chart.h"
#include "figure_page.h"

#include <math.h>

enum { WIDTH = 520, HEIGHT = 240, LEFT = 62 };

static Chart chart_of(const Spec *spec, const History *history)
{
    Chart chart = {.left = PAGE_MARGIN + LEFT, .top = PAGE_TOP + 18, .height = HEIGHT,
                   .width = fmin(WIDTH, page_width(spec) - LEFT - 12),
                   .x_high = fmax(history->updates, 1), .y_high = 0, .whole_x = true};
    for (int i = 0; i <= history->updates; i++)
        if (isfinite(history->losses[i]))
            chart.y_high = fmax(chart.y_high, history->losses[i]);
    chart.y_high *= 1.06; /* room for the number at the highest point */
    chart_round(&chart.y_low, &chart.y_high);
    return chart;
}

/* The line breaks where a loss is not finite. */
static void draw_curve_of(DrawList *list, const Theme *theme, const Chart *chart, const History *history)
{
    Point *points = draw_room(list, ((size_t)history->updates + 1) * sizeof *points);
    int count = 0;
    for (int i = 0; points && i <= history->updates; i++) {
        if (isfinite(history->losses[i]))
            points[count++] = (Point){chart_x(chart, i), chart_y(chart, history->losses[i])};
        if (count > 1 && (i == history->updates || !isfinite(history->losses[i])))
            draw_lines(list, points, count, theme->forward, 2);
        if (!isfinite(history->losses[i]))
            count = 0;
    }
}

/* The point after so many updates with its number: above it, or below where the curve goes up from it. */
static void draw_end(DrawList *list, const Theme *theme, const Chart *chart, const History *history, int update)
{
    char text[NUMBER_SIZE];
    double loss = history->losses[update];
    if (!isfinite(loss))
        return;
    /* The number of the first loss stands where the curve does not go. */
    bool first = update == 0, rises = first && history->updates > 0 && history->losses[1] > loss;
    double x = chart_x(chart, update), y = chart_y(chart, loss);
    draw_rect(list, x - 3.5, y - 3.5, 7, 7, theme->forward)->radius = 3.5;
    draw_bold(list, x + (first ? 6 : -3), y + (rises ? 18 : first ? -6 : -10), first ? ALIGN_LEFT : ALIGN_RIGHT,
              TEXT_SIZE, theme->forward, number_text(text, loss, DEFAULT_DIGITS));
}

static bool all_finite(const History *history)
{
    for (int i = 0; i <= history->updates; i++)
        if (!isfinite(history->losses[i]))
            return false;
    return true;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    const History *history = spec->history;
    const Theme *theme = spec->theme;
    (void)error;
    page_begin(list, spec);
    Chart chart = chart_of(spec, history);
    chart_axes(list, theme, &chart, "updates →", "loss");
    draw_curve_of(list, theme, &chart, history);
    draw_end(list, theme, &chart, history, 0);
    if (history->updates > 0)
        draw_end(list, theme, &chart, history, history->updates);
    char before[NUMBER_SIZE], after[NUMBER_SIZE], rate[NUMBER_SIZE];
    int updates = history->updates;
    const char *rates = history->rate_varies ? "learning rates of at most" : "a learning rate of";
    number_exact(rate, history->learning_rate);
    const char *told = draw_format(list, "%d update%s at %s %s take%s the loss from %s to %s.%s", updates,
                                   updates == 1 ? "" : "s", rates, rate, updates == 1 ? "s" : "",
                                   number_text(before, history->losses[0], DEFAULT_DIGITS),
                                   number_text(after, history->losses[updates], DEFAULT_DIGITS),
                                   all_finite(history) ? "" : " Where it is no finite number there is no line.");
    draw_text(list, chart.left + chart.width, chart.top - 10, ALIGN_RIGHT, SMALL_SIZE, theme->muted,
              draw_format(list, "learning rate %s%s", history->rate_varies ? "up to " : "", rate));
    page_end(list, spec, chart.left + chart.width + 12, chart.top + chart.height + 34, "The loss over training", told,
             draw_format(list, "Line chart of the loss. %s", told));
    return true;
}

static bool has_loss(const Session *session, const char **why)
{
    *why = "this model has no loss";
    return session->run.loss >= 0;
}

const Figure LOSS_FIGURE = {
    .name = "loss", .words = "", .shows = "the loss over a run, with the learning rate; --updates N",
    .needs = NEEDS_RUN, .fits = has_loss, .draw = draw,
};
