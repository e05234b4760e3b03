/* figure loss: the loss over a run, with the learning rate. */
#include "chart.h"
#include "figure_page.h"

#include <math.h>

enum { WIDTH = 520, HEIGHT = 240, LEFT = 62, DRAWN_POINTS = 400 };

static Chart chart_of(const Spec *spec, const History *history)
{
    Chart chart = {.left = PAGE_MARGIN + LEFT, .top = PAGE_TOP + 18, .height = HEIGHT,
                   .width = fmin(WIDTH, page_width(spec) - LEFT - 12),
                   .x_high = fmax(history->updates, 1), .y_high = 0, .whole_x = true};
    for (int i = 0; i <= history->updates; i++)
        if (isfinite(history->losses[i]))
            chart.y_high = fmax(chart.y_high, history->losses[i]);
    for (int i = 0; i < history->baselines.count; i++)
        chart.y_high = fmax(chart.y_high, history->baselines.list[i].loss);
    chart.y_high *= 1.06; /* room for the number at the highest point */
    if (history->baselines.count) {
        /* Differences between a loss and what it has to beat are small beside the way down from the start. */
        chart.y_low = chart.y_high;
        for (int i = 0; i <= history->updates; i++) {
            chart.y_low = isfinite(history->losses[i]) ? fmin(chart.y_low, history->losses[i]) : chart.y_low;
            if (isfinite(history->validations[i]))
                chart.y_low = fmin(chart.y_low, history->validations[i]);
        }
        chart.y_low *= 0.9;
    }
    chart_round(&chart.y_low, &chart.y_high);
    return chart;
}

/* Updates that one point of the curve stands for, so that a long run is no carpet: their mean. */
static int updates_a_point(const History *history)
{
    return history->updates / DRAWN_POINTS + 1;
}

static double mean_from(const double *numbers, int first, int count, int last)
{
    double sum = 0;
    int seen = 0;
    for (int i = first; i < first + count && i <= last; i++, seen++)
        sum += numbers[i];
    return sum / seen;
}

/* The line breaks where a loss is not finite. */
static void draw_curve_of(DrawList *list, const Theme *theme, const Chart *chart, const History *history)
{
    int stride = updates_a_point(history), count = 0;
    Point *points = draw_room(list, ((size_t)history->updates / (size_t)stride + 1) * sizeof *points);
    for (int i = 0; points && i <= history->updates; i += stride) {
        double loss = mean_from(history->losses, i, stride, history->updates);
        if (isfinite(loss))
            points[count++] = (Point){chart_x(chart, i + (stride - 1) / 2.0), chart_y(chart, loss)};
        if (count > 1 && (i + stride > history->updates || !isfinite(loss)))
            draw_lines(list, points, count, theme->forward, 2);
        if (!isfinite(loss))
            count = 0;
    }
}

static double last_validation(const History *history)
{
    double last = NAN;
    for (int i = 0; history->validations && i <= history->updates; i++)
        last = isfinite(history->validations[i]) ? history->validations[i] : last;
    return last;
}

/* Points where the part that is kept apart was looked at, joined by a line. */
static void draw_validation(DrawList *list, const Theme *theme, const Chart *chart, const History *history)
{
    Point *points = draw_room(list, ((size_t)history->updates + 1) * sizeof *points);
    char number[NUMBER_SIZE];
    int count = 0;
    for (int i = 0; points && history->validations && i <= history->updates; i++)
        if (isfinite(history->validations[i]))
            points[count++] = (Point){chart_x(chart, i), chart_y(chart, history->validations[i])};
    if (count > 1)
        draw_lines(list, points, count, theme->backward, 2);
    for (int i = 0; i < count; i++)
        draw_rect(list, points[i].x - 2.5, points[i].y - 2.5, 5, 5, theme->backward)->radius = 2.5;
    if (count)
        draw_bold(list, points[count - 1].x - 3, points[count - 1].y - 8, ALIGN_RIGHT, SMALL_SIZE, theme->backward,
                  draw_format(list, "validation %s", number_text(number, last_validation(history), DEFAULT_DIGITS)));
}

/* What counting alone comes to. */
static void draw_baselines(DrawList *list, const Theme *theme, const Chart *chart, const History *history)
{
    char number[NUMBER_SIZE];
    for (int i = 0; i < history->baselines.count; i++) {
        const Baseline *baseline = &history->baselines.list[i];
        double y = chart_y(chart, baseline->loss);
        draw_line(list, chart->left, y, chart->left + chart->width, y, theme->muted, 1);
        draw_text(list, chart->left + chart->width * 0.62, y - 4, ALIGN_RIGHT, SMALL_SIZE, theme->muted,
                  draw_format(list, "%s %s", baseline->name, number_text(number, baseline->loss, 2)));
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
    bool first = update == 0, rises = first ? history->updates > 0 && history->losses[1] > loss
                                              : isfinite(last_validation(history));
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
    draw_baselines(list, theme, &chart, history);
    draw_curve_of(list, theme, &chart, history);
    draw_validation(list, theme, &chart, history);
    draw_end(list, theme, &chart, history, 0);
    if (history->updates > 0)
        draw_end(list, theme, &chart, history, history->updates);
    char before[NUMBER_SIZE], after[NUMBER_SIZE], rate[NUMBER_SIZE], more[NUMBER_SIZE], least[NUMBER_SIZE];
    int updates = history->updates;
    const char *rates = history->rate_varies ? "learning rates of at most" : "a learning rate of";
    number_exact(rate, history->learning_rate);
    const char *apart = "";
    if (history->baselines.count)
        apart = draw_format(list, " What is kept apart ends at %s; counting three in a row gives %s.%s",
                            number_text(more, last_validation(history), DEFAULT_DIGITS),
                            number_text(least, history->baselines.list[BASELINES - 1].loss, DEFAULT_DIGITS),
                            updates_a_point(history) > 1 ? " Each point of the line is a mean of neighbours." : "");
    const char *told = draw_format(list, "%d update%s at %s %s take%s the loss from %s to %s.%s%s", updates,
                                   updates == 1 ? "" : "s", rates, rate, updates == 1 ? "s" : "",
                                   number_text(before, history->losses[0], DEFAULT_DIGITS),
                                   number_text(after, history->losses[updates], DEFAULT_DIGITS),
                                   all_finite(history) ? "" : " Where it is no finite number there is no line.",
                                   apart);
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
