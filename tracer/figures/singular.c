/* figure singular: the singular values of a weight, and of what its adapter adds: of A B no more than the rank are not
 * 0, however large the matrix. Chapter 32. */
#include "chart.h"
#include "figure_page.h"

#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"
#include "tracer/base/nearest.h"
#include "tracer/query/singular_values.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BAR_MOST = 44, CHART_WIDE = 520, CHART_HIGH = 230, MOST_VALUES = 128, NUMBERED = 12 };

typedef struct {
    const Spec *spec;
    DrawList *list;
    const Call *call;
    int count, rank;                       /* singular values; of them those that A B can have */
    const double *weight, *change;         /* [count] */
} Plan;

static const Call *call_named(const Spec *spec, Error *error)
{
    const Names *names = &spec->session->names;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    const Call *call;
    for (int i = 0; (call = adapted_call(names->tape, i)); i++) {
        const char *name = name_of(names, call->inputs[LORA_W]);
        if (!spec->name || strcmp(spec->name, name) == 0)
            return call;
        nearest_offer(&nearest, spec->name, name);
    }
    error_set(error, EXIT_USED_WRONGLY, "no weight with an adapter is called \"%.100s\"; %s", spec->name,
              nearest_text(&nearest, answer, "tracer names '*.lora_A' lists them"));
    return NULL;
}

/* Of a matrix [rows x cols], no more than `count` of them; NULL without memory. */
static const double *values_of(DrawList *list, double *matrix, int rows, int cols)
{
    double *out = draw_room(list, (size_t)cols * sizeof *out);
    if (matrix && out)
        singular_values(matrix, rows, cols, out);
    return matrix ? out : NULL;
}

static bool find_values(Plan *plan, Error *error)
{
    const Tape *tape = plan->spec->session->names.tape;
    const Value *w = tape_value(tape, plan->call->inputs[LORA_W]);
    size_t bytes = cells_of(w) * sizeof(double);
    double *weight = draw_room(plan->list, bytes), *change = draw_room(plan->list, bytes);
    plan->count = w->rows < w->cols ? w->rows : w->cols;
    plan->rank = tape_value(tape, plan->call->inputs[LORA_A])->cols;
    if (plan->count > MOST_VALUES)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.100s\" has %d singular values; at most %d are drawn",
                         name_of(&plan->spec->session->names, plan->call->inputs[LORA_W]), plan->count, MOST_VALUES);
    if (!weight || !change)
        return error_memory(error);
    memcpy(weight, w->data, bytes);
    adapted_change(tape, plan->call, change);
    plan->weight = values_of(plan->list, weight, w->rows, w->cols);
    plan->change = values_of(plan->list, change, w->rows, w->cols);
    return (plan->weight && plan->change) || error_memory(error);
}

static void draw_bar(const Plan *plan, const Chart *chart, double x, double width, double value, Rgb color)
{
    char number[NUMBER_SIZE];
    double y = chart_y(chart, value), bottom = chart_y(chart, 0);
    draw_rect(plan->list, x, y, width, fmax(bottom - y, value > 0 ? 1 : 0), color);
    if (plan->count <= NUMBERED)
        draw_text(plan->list, x + width / 2, y - 4, ALIGN_CENTER, SMALL_SIZE - 1.5, color,
                  value > 0 ? number_text(number, value, 3) : "0");
}

static void draw_bars(const Plan *plan, const Chart *chart)
{
    const Theme *theme = plan->spec->theme;
    double step = chart->width / plan->count, width = fmin(BAR_MOST, step * 0.42);
    for (int i = 0; i < plan->count; i++) {
        double middle = chart->left + (i + 0.5) * step;
        draw_bar(plan, chart, middle - width, width - 1, plan->weight[i], theme->muted);
        draw_bar(plan, chart, middle, width - 1, plan->change[i], theme->forward);
        if (plan->count <= 2 * NUMBERED)
            draw_text(plan->list, middle, chart->top + chart->height + 14, ALIGN_CENTER, SMALL_SIZE, theme->muted,
                      draw_format(plan->list, "%d", i + 1));
    }
}

static void draw_legend(const Plan *plan, const Chart *chart)
{
    const Theme *theme = plan->spec->theme;
    double x = chart->left + chart->width - 150, y = chart->top - 14;
    draw_rect(plan->list, x, y - 8, 9, 9, theme->muted);
    draw_text(plan->list, x + 14, y, ALIGN_LEFT, SMALL_SIZE, theme->muted, "W");
    draw_rect(plan->list, x + 44, y - 8, 9, 9, theme->forward);
    draw_text(plan->list, x + 58, y, ALIGN_LEFT, SMALL_SIZE, theme->forward, "(alpha / r) A B");
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Plan plan = {.spec = spec, .list = list, .call = call_named(spec, error)};
    char number[NUMBER_SIZE];
    if (!plan.call || !find_values(&plan, error))
        return false;
    page_begin(list, spec);
    const char *name = name_of(&spec->session->names, plan.call->inputs[LORA_W]);
    double most = fmax(plan.weight[0], plan.change[0]);
    Chart chart = {.left = PAGE_MARGIN + 48, .top = PAGE_TOP + 26, .width = fmin(CHART_WIDE, page_width(spec) - 70),
                   .height = CHART_HIGH, .x_high = plan.count, .y_high = most > 0 ? most * 1.08 : 1, .whole_x = true};
    draw_line(list, chart.left, chart_y(&chart, 0), chart.left + chart.width, chart_y(&chart, 0), spec->theme->ink, 1);
    draw_text(list, chart.left - 8, chart_y(&chart, 0) + 4, ALIGN_RIGHT, SMALL_SIZE, spec->theme->muted, "0");
    if (most > 0)
        draw_text(list, chart.left - 8, chart_y(&chart, most) + 4, ALIGN_RIGHT, SMALL_SIZE, spec->theme->muted,
                  number_text(number, most, 3));
    draw_bars(&plan, &chart);
    draw_legend(&plan, &chart);
    int found = 0;
    while (found < plan.count && plan.change[found] > 0)
        found++;
    const char *told = draw_format(
        list, "%d singular value%s of W, the largest first, and of what its adapter adds. A has %d column%s, so that "
              "A B cannot have more than %d; it has %d%s.",
        plan.count, plan.count == 1 ? "" : "s", plan.rank, plan.rank == 1 ? "" : "s",
        plan.rank < plan.count ? plan.rank : plan.count, found, found ? "" : ", since B is still 0");
    page_end(list, spec, chart.left + chart.width + 12, chart.top + chart.height + 22,
             draw_format(list, "Singular values of %s", name), told, draw_format(list, "Bar chart. %s", told));
    return true;
}

static bool has_adapters(const Session *session, const char **why)
{
    *why = "no weight has an adapter here; \"lora\": {\"rank\": 2} in a model file adds them";
    return adapted_call(session->names.tape, 0) != NULL;
}

static bool usual_adapted(const Session *session, char *name, size_t size)
{
    const Call *call = adapted_call(session->names.tape, 0);
    if (call)
        snprintf(name, size, "%s", name_of(&session->names, call->inputs[LORA_W]));
    return call != NULL;
}

const Figure SINGULAR_FIGURE = {
    .name = "singular", .words = "[NAME]",
    .shows = "the singular values of a weight and of what its adapter A B adds: no more of them than the rank",
    .fits = has_adapters, .usual = usual_adapted, .draw = draw,
};
