/* figure experts: a mixture of experts as a matrix of who went where, with the gates; below it how many tokens came to
 * every expert, against its room or an even share. */
#include "figure_page.h"

#include "tiny_model/primitive.h"
#include "tracer/base/nearest.h"
#include "tracer/query/parts.h"
#include "tracer/query/tiles.h"

#include <math.h>
#include <stdio.h>

enum { CELL = 46, LOW = 18, LABEL = 90, HEAD = 20, BARS = 90, MANY = 24 };

typedef struct {
    const Spec *spec;
    DrawList *list;
    Router router;
    int tokens, experts;
    double wide, high, left, top;
} Plan;

static void draw_choice(const Plan *plan, int row, int expert)
{
    const Tape *tape = plan->spec->session->names.tape;
    const Theme *theme = plan->spec->theme;
    DrawList *list = plan->list;
    char gate[NUMBER_SIZE], p[NUMBER_SIZE];
    double x = plan->left + expert * plan->wide, y = plan->top + row * plan->high, width = plan->wide - 1,
           height = plan->high - 1;
    double of = cell_of(tape_value(tape, plan->router.gate), row, expert);
    bool chosen = cell_of(tape_value(tape, plan->router.chosen), row, expert) != 0,
         in = cell_of(tape_value(tape, plan->router.admitted), row, expert) != 0;
    number_text(p, cell_of(tape_value(tape, plan->router.probabilities), row, expert), 2);
    if (!in) {
        draw_outline(list, x, y, width, height, theme->line, 1);
        if (chosen)
            draw_hatch(list, x, y, width, height, theme->backward);
        else if (plan->high > LOW)
            draw_text(list, x + width / 2, y + height / 2 + 4, ALIGN_CENTER, SMALL_SIZE, theme->muted, p);
        return;
    }
    Rgb fill = scale_color(theme, (Scale){0, 1, false}, of);
    draw_rect(list, x, y, width, height, fill)->tip =
        draw_format(list, "token %d, expert %d: gate %s, probability %s", row, expert,
                    number_text(gate, of, DEFAULT_DIGITS), p);
    if (plan->high > LOW)
        draw_bold(list, x + width / 2, y + height / 2 + 4, ALIGN_CENTER, SMALL_SIZE, color_on(fill),
                  number_text(gate, of, 2));
}

static void draw_labels(const Plan *plan)
{
    const Names *names = &plan->spec->session->names;
    const Axis *axis = row_axis(names, plan->router.gate);
    char text[64];
    for (int t = 0; t < plan->tokens && plan->high >= LOW; t++) {
        const char *label = axis_label(names, axis, t);
        draw_text_within(plan->list, plan->left - 6, plan->top + (t + 0.5) * plan->high + 4, LABEL - 8, ALIGN_RIGHT,
                         SMALL_SIZE, plan->spec->theme->ink,
                         label ? draw_format(plan->list, "%d %s", t, token_visible(text, sizeof text, label))
                               : draw_format(plan->list, "%d", t));
    }
    for (int e = 0; e < plan->experts; e++)
        draw_bold(plan->list, plan->left + (e + 0.5) * plan->wide, plan->top - 6, ALIGN_CENTER, SMALL_SIZE,
                  plan->spec->theme->ink, draw_format(plan->list, "%d", e));
}

/* A bar an expert, hatched for whom there was no room; the line is the room, or the even share. */
static double draw_loads(const Plan *plan)
{
    const Tape *tape = plan->spec->session->names.tape;
    const Theme *theme = plan->spec->theme;
    DrawList *list = plan->list;
    double even = (double)plan->tokens * plan->router.top_k / plan->experts, limit = even, most = 1;
    if (plan->router.room)
        limit = plan->router.room;
    for (int e = 0; e < plan->experts; e++)
        most = fmax(most, fmax(limit, column_count(tape, plan->router.chosen, e)));
    double bottom = plan->top + plan->tokens * plan->high + 34 + BARS, unit = BARS / most;
    for (int e = 0; e < plan->experts; e++) {
        int chosen = column_count(tape, plan->router.chosen, e), in = column_count(tape, plan->router.admitted, e);
        double x = plan->left + e * plan->wide + plan->wide * 0.2, width = plan->wide * 0.6;
        draw_rect(list, x, bottom - in * unit, width, in * unit, theme->forward);
        if (chosen > in)
            draw_hatch(list, x, bottom - chosen * unit, width, (chosen - in) * unit, theme->backward);
        draw_bold(list, x + width / 2, bottom - chosen * unit - 4, ALIGN_CENTER, SMALL_SIZE, theme->ink,
                  chosen > in ? draw_format(list, "%d of %d", in, chosen) : draw_format(list, "%d", in));
    }
    double right = plan->left + plan->experts * plan->wide;
    draw_line(list, plan->left, bottom, right, bottom, theme->ink, 1);
    draw_line(list, plan->left, bottom - limit * unit, right, bottom - limit * unit, theme->mark, 1.5)->dashed = true;
    draw_text(list, right + 6, bottom - limit * unit + 4, ALIGN_LEFT, SMALL_SIZE, theme->mark,
              draw_format(list, plan->router.room ? "room for %.0f" : "even: %.3g", limit));
    draw_text(list, plan->left - 6, bottom - BARS / 2.0, ALIGN_RIGHT, SMALL_SIZE, theme->muted, "tokens");
    return bottom;
}

static bool find_router(const Spec *spec, Router *router, Error *error)
{
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    Router other;
    if (router_find(spec->session->names.tape, spec->name, router))
        return true;
    for (int i = 0; i < 64 && router_at(spec->session->names.tape, i, &other); i++)
        nearest_offer(&nearest, spec->name, other.path);
    return error_set(error, EXIT_USED_WRONGLY, "no router is called \"%.60s\"; %s", spec->name,
                     nearest_text(&nearest, answer, "tracer names '*.router.gate' lists them"));
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Plan plan = {.spec = spec, .list = list};
    char where[PART_WORDS];
    if (!find_router(spec, &plan.router, error))
        return false;
    const Value *gate = tape_value(spec->session->names.tape, plan.router.gate);
    page_begin(list, spec);
    plan.tokens = gate->rows;
    plan.experts = gate->cols;
    plan.wide = fmax(26, fmin(CELL, 800.0 / plan.experts));
    plan.high = plan.tokens <= MANY ? 28 : fmax(3, 560.0 / plan.tokens);
    plan.left = PAGE_MARGIN + LABEL;
    plan.top = PAGE_TOP + HEAD;
    for (int t = 0; t < plan.tokens; t++)
        for (int e = 0; e < plan.experts; e++)
            draw_choice(&plan, t, e);
    draw_labels(&plan);
    double bottom = draw_loads(&plan), right = plan.left + plan.experts * plan.wide + 90;
    const char *told = draw_format(
        list, "Each token is a row; filled are the %d expert%s it goes to, with the gate, in grey the probability of "
              "those that lost. %sBelow: how many tokens came.",
        plan.router.top_k, plan.router.top_k == 1 ? "" : "s",
        plan.router.room ? "Hatched: chosen, but there was no room. " : "");
    page_end(list, spec, fmax(right, PAGE_MARGIN + 420), bottom,
             draw_format(list, "Who goes where: %s", part_words(plan.router.path, where, sizeof where)), told,
             draw_format(list, "A matrix of %d tokens and %d experts, and bars. %s", plan.tokens, plan.experts, told));
    return true;
}

static bool has_experts(const Session *session, const char **why)
{
    Router router;
    *why = "there are no experts in this model; \"mlp\": \"moe\" makes some";
    return router_at(session->names.tape, 0, &router);
}

static bool usual(const Session *session, char *name, size_t size)
{
    Router router;
    bool any = router_at(session->names.tape, 0, &router);
    snprintf(name, size, "%s", any ? router.path : "");
    return any;
}

const Figure EXPERTS_FIGURE = {
    .name = "experts", .words = "[block0]",
    .shows = "a mixture of experts: who goes where, with the gates, and how many tokens came to each expert",
    .fits = has_experts, .usual = usual, .draw = draw,
};
