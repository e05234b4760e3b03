/* figure scale: the loss of a ladder of models over their size, the law through it, and other windows beside. */
#include "cell_number.h"
#include "figure_page.h"

#include "tracer/query/cost.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 460, HEIGHT = 280, LEFT = 52, BESIDE = 250, ROW = 22, BAR = 110 };

typedef struct {
    double left, top, x_low, x_high, y_low, y_high; /* x: exponents of ten */
} Plot;

static double x_at(const Plot *plot, double parameters)
{
    return plot->left + WIDTH * (log10(parameters) - plot->x_low) / (plot->x_high - plot->x_low);
}

static double y_at(const Plot *plot, double loss)
{
    return plot->top + HEIGHT * (1 - (loss - plot->y_low) / (plot->y_high - plot->y_low));
}

static Plot plot_of(const Ladder *ladder)
{
    const Rung *first = &ladder->list[0], *last = &ladder->list[ladder->count - 1];
    Plot plot = {.left = PAGE_MARGIN + LEFT, .top = PAGE_TOP + 18, .x_low = log10(first->parameters) - 0.15,
                 .x_high = log10(last->parameters) + 0.15, .y_low = INFINITY, .y_high = -INFINITY};
    for (int i = 0; i < ladder->count; i++) {
        plot.y_low = fmin(plot.y_low, ladder->list[i].loss);
        plot.y_high = fmax(plot.y_high, ladder->list[i].loss);
    }
    plot.y_low = floor(10 * plot.y_low - 0.5) / 10;
    plot.y_high = ceil(10 * plot.y_high + 0.5) / 10;
    return plot;
}

static void draw_axes(const Spec *spec, DrawList *list, const Plot *plot, const Ladder *ladder)
{
    const Theme *theme = spec->theme;
    double bottom = plot->top + HEIGHT, step = plot->y_high - plot->y_low > 1 ? 0.2 : 0.1;
    char text[COST_TEXT];
    for (double y = plot->y_low; y <= plot->y_high + 1e-9; y += step) {
        draw_line(list, plot->left, y_at(plot, y), plot->left + WIDTH, y_at(plot, y),
                  color_mix(theme->paper, theme->line, 0.6), 1);
        draw_text(list, plot->left - 8, y_at(plot, y) + 4, ALIGN_RIGHT, SMALL_SIZE, theme->muted,
                  draw_format(list, "%.1f", y));
    }
    for (int i = 0; i < ladder->count; i++) {
        double x = x_at(plot, ladder->list[i].parameters);
        draw_line(list, x, bottom, x, bottom + 4, theme->muted, 1);
        draw_text(list, x, bottom + 17, ALIGN_CENTER, SMALL_SIZE, theme->muted,
                  cost_text(text, ladder->list[i].parameters));
    }
    draw_line(list, plot->left, bottom, plot->left + WIDTH, bottom, theme->muted, 1);
    draw_text(list, plot->left + WIDTH, bottom + 34, ALIGN_RIGHT, SMALL_SIZE, theme->muted,
              "parameters N, logarithmic →");
    draw_text(list, plot->left, plot->top - 10, ALIGN_LEFT, SMALL_SIZE, theme->muted, "loss of what is kept apart");
}

static void draw_law(const Spec *spec, DrawList *list, const Plot *plot, const Ladder *ladder)
{
    enum { POINTS = 80 };
    Point points[POINTS];
    int count = 0;
    for (int i = 0; i < POINTS; i++) {
        double e = plot->x_low + (plot->x_high - plot->x_low) * i / (POINTS - 1);
        double loss = ladder->a * pow(pow(10, e), -ladder->b) + ladder->c;
        if (loss >= plot->y_low && loss <= plot->y_high)
            points[count++] = (Point){x_at(plot, pow(10, e)), y_at(plot, loss)};
    }
    if (count > 1)
        draw_lines(list, points, count, spec->theme->muted, 1.5);
}

static void draw_rungs(const Spec *spec, DrawList *list, const Plot *plot, const Ladder *ladder)
{
    for (int i = 0; i < ladder->count; i++) {
        const Rung *rung = &ladder->list[i];
        double x = x_at(plot, rung->parameters), y = y_at(plot, rung->loss);
        Item *point = draw_rect(list, x - 4, y - 4, 8, 8, spec->theme->forward);
        point->radius = 4;
        point->tip = draw_format(list, "width %d: loss %.4f, fit %.4f", rung->width, rung->loss, rung->fitted);
        double at = rung->loss < rung->fitted ? y + 12 : y - 14; /* where the curve is not */
        draw_bold(list, x + 7, at, ALIGN_LEFT, SMALL_SIZE, spec->theme->forward,
                  draw_format(list, "%.3f", rung->loss));
        draw_text(list, x + 7, at + 11, ALIGN_LEFT, 9, spec->theme->muted,
                  draw_format(list, "%s%.4f", rung->loss < rung->fitted ? "−" : "+",
                              fabs(rung->loss - rung->fitted)));
    }
}

/* Bars of losses from `low` on, so that differences are seen; returns the y below the last. */
static double draw_beside(const Spec *spec, DrawList *list, const char *title, const char *unit,
                          const BesideRung *rungs, int count, double x, double y)
{
    double most = 0, least = INFINITY;
    for (int i = 0; i < count; i++) {
        most = fmax(most, rungs[i].loss);
        least = fmin(least, rungs[i].loss);
    }
    if (count == 0)
        return y;
    draw_bold(list, x, y, ALIGN_LEFT, SMALL_SIZE, spec->theme->ink, title);
    for (int i = 0; i < count; i++) {
        y += ROW;
        double low = least - 0.25 * (most - least), length = BAR * (rungs[i].loss - low) / fmax(most - low, 1e-9);
        draw_text(list, x + 66, y, ALIGN_RIGHT, SMALL_SIZE, spec->theme->ink,
                  draw_format(list, "%d %s%s", rungs[i].number, unit, rungs[i].number == 1 ? "" : "s"));
        draw_rect(list, x + 74, y - 11, length, 14, color_mix(spec->theme->paper, spec->theme->backward, 0.6));
        draw_text(list, x + 80 + length, y, ALIGN_LEFT, SMALL_SIZE, spec->theme->ink,
                  draw_format(list, "%.3f", rungs[i].loss));
    }
    return y + ROW + 8;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    const Ladder *ladder = spec->ladder;
    if (ladder->count < LEAST_RUNGS)
        return error_set(error, EXIT_USED_WRONGLY, "a fit needs %d models", LEAST_RUNGS);
    page_begin(list, spec);
    Plot plot = plot_of(ladder);
    draw_axes(spec, list, &plot, ladder);
    draw_law(spec, list, &plot, ladder);
    draw_rungs(spec, list, &plot, ladder);
    double x = plot.left + WIDTH + 50, y = plot.top + 4, right = plot.left + WIDTH + 40;
    if (ladder->length_count)
        right = x + BESIDE;
    y = draw_beside(spec, list, draw_format(list, "width %d, other windows", ladder->beside_width), "token",
                    ladder->lengths, ladder->length_count, x, y);
    draw_beside(spec, list, draw_format(list, "width %d, sources in one window", ladder->beside_width), "source",
                ladder->sources, ladder->source_count, x, y);
    const char *told = draw_format(
        list, "loss = %.3g N^−%.3f + %.3f fits %d models of %d updates each; small numbers: residuals, %.4f rms.%s",
        ladder->a, ladder->b, ladder->c, ladder->count, ladder->updates, ladder->rms,
        ladder->c == 0 ? " c would be below 0 and stays 0." : "");
    page_end(list, spec, right, plot.top + HEIGHT + 34, "Loss and size", told,
             draw_format(list, "Points and a curve. %s", told));
    return true;
}

static bool reads_text(const Session *session, const char **why)
{
    enum { LEAST_TEXT = 1000 };
    const Model *model = &session->model;
    *why = "a ladder is made of models that go on with one text of a thousand letters at least";
    if (!session_chosen(&session->options))
        return true; /* the usual ladder, whatever the usual model is */
    return model->system->language && model->data.text && strlen(model->data.text) >= LEAST_TEXT;
}

const Figure SCALE_FIGURE = {
    .name = "scale", .words = "",
    .shows = "the loss of a ladder of models over their size, and the law through it; --updates N",
    .needs = NEEDS_LADDER, .fits = reads_text, .draw = draw,
};
