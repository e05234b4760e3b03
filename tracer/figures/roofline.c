/* figure roofline: how fast each kind of operation could be at best. Williams et al. 2009.
 *
 *   FLOPs a second <= min(peak, intensity * bandwidth)      intensity: FLOPs for each byte
 *
 * Left of the ridge an operation waits for memory, right of it for arithmetic. */
#include "figure_page.h"

#include "tiny_model/rules/rule.h"
#include "tracer/query/reckon.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 460, HEIGHT = 340, LEFT = 58, MOST_GROUPS = 64, MOST_LISTED = 16, ROW = 18, TABLE = 330 };

/* All frames of one rule in one phase. */
typedef struct {
    const Rule *rule;       /* NULL: what stands in no rule */
    Phase phase;
    double flops, bytes;
} Group;

typedef struct {
    Group list[MOST_GROUPS];
    int count;
    double flops, seconds;
} Groups;

typedef struct {
    double left, top, x_low, x_high, y_low, y_high; /* exponents of ten */
} Plot;

static double x_at(const Plot *plot, double intensity)
{
    return plot->left + WIDTH * (log10(intensity) - plot->x_low) / (plot->x_high - plot->x_low);
}

static double y_at(const Plot *plot, double speed)
{
    return plot->top + HEIGHT * (1 - (log10(speed) - plot->y_low) / (plot->y_high - plot->y_low));
}

static double speed_of(const Device *device, const Group *group)
{
    return fmin(device->peak, group->flops / group->bytes * device->bandwidth);
}

static double seconds_of(const Device *device, const Group *group)
{
    return fmax(group->flops / device->peak, group->bytes / device->bandwidth);
}

/* The outermost rule around a step. */
static const Rule *rule_of(const Tape *tape, const Step *step)
{
    const Rule *rule = NULL;
    for (int frame = step->frame; frame >= 0; frame = tape->frames[frame].parent)
        rule = tape->frames[frame].rule ? tape->frames[frame].rule : rule;
    return rule;
}

static void add_step(Groups *groups, const Tape *tape, const Step *step)
{
    const Rule *rule = rule_of(tape, step);
    int i = 0;
    while (i < groups->count && (groups->list[i].rule != rule || groups->list[i].phase != step->phase))
        i++;
    if (i == MOST_GROUPS)
        return;
    if (i == groups->count)
        groups->list[groups->count++] = (Group){.rule = rule, .phase = step->phase};
    groups->list[i].flops += step_flops(tape, step);
    groups->list[i].bytes += step_bytes(tape, step);
}

static int by_bytes(const void *a, const void *b)
{
    double x = ((const Group *)a)->bytes, y = ((const Group *)b)->bytes;
    return x > y ? -1 : x < y;
}

static void gather(const Tape *tape, const Device *device, Groups *groups)
{
    *groups = (Groups){.count = 0};
    for (int step = 0; step < tape->step_count; step++)
        add_step(groups, tape, &tape->steps[step]);
    qsort(groups->list, (size_t)groups->count, sizeof *groups->list, by_bytes);
    for (int i = 0; i < groups->count; i++) {
        groups->flops += groups->list[i].flops;
        groups->seconds += seconds_of(device, &groups->list[i]);
    }
}

static void draw_axes(const Spec *spec, DrawList *list, const Plot *plot, const Device *device)
{
    const Theme *theme = spec->theme;
    double bottom = plot->top + HEIGHT, ridge = device->peak / device->bandwidth;
    Rgb grid = color_mix(theme->paper, theme->line, 0.6);
    for (int e = (int)plot->x_low; e <= (int)plot->x_high; e++) {
        double x = x_at(plot, pow(10, e));
        draw_line(list, x, plot->top, x, bottom, grid, 1);
        draw_text(list, x, bottom + 17, ALIGN_CENTER, SMALL_SIZE, theme->muted, draw_format(list, "%g", pow(10, e)));
    }
    for (int e = (int)plot->y_low; e <= (int)plot->y_high; e++) {
        double y = y_at(plot, pow(10, e));
        draw_line(list, plot->left, y, plot->left + WIDTH, y, grid, 1);
        draw_text(list, plot->left - 8, y + 4, ALIGN_RIGHT, SMALL_SIZE, theme->muted, draw_format(list, "1e%d", e));
    }
    double low = pow(10, plot->x_low);
    const Point roof[] = {{x_at(plot, low), y_at(plot, low * device->bandwidth)},
                          {x_at(plot, ridge), y_at(plot, device->peak)},
                          {plot->left + WIDTH, y_at(plot, device->peak)}};
    draw_lines(list, roof, 3, theme->ink, 2);
    draw_line(list, roof[1].x, roof[1].y, roof[1].x, bottom, theme->muted, 1)->dashed = true;
    draw_text(list, roof[1].x - 4, bottom - 6, ALIGN_RIGHT, SMALL_SIZE, theme->muted,
              draw_format(list, "ridge %.1f", ridge));
    draw_text(list, plot->left + WIDTH, bottom + 34, ALIGN_RIGHT, SMALL_SIZE, theme->muted, "FLOPs for each byte →");
    draw_text(list, plot->left, plot->top - 10, ALIGN_LEFT, SMALL_SIZE, theme->muted, "FLOPs a second, at best");
}

static Rgb color_of(const Theme *theme, Phase phase)
{
    const Rgb colors[] = {theme->forward, theme->backward, theme->update};
    return colors[phase];
}

/* Numbers beside their points: forward above the roof, the others below it, further away where others stand. */
static void draw_number(const Spec *spec, DrawList *list, const Plot *plot, const Group *group, int number, Point at,
                        Point taken[MOST_LISTED], int *count)
{
    int side = group->phase == PHASE_FORWARD ? -1 : 1;
    double y = at.y;
    bool free = false;
    for (int try = 0; !free && try < 40; try++) {
        if (try == 20)
            side = -side;
        y = at.y + side * (14 + 12 * (try % 20));
        free = y > plot->top + 8 && y < plot->top + HEIGHT - 12;
        for (int i = 0; i < *count; i++)
            free = free && !(fabs(taken[i].x - at.x) < 15 && fabs(taken[i].y - y) < 11);
    }
    if (!free)
        return;
    taken[(*count)++] = (Point){at.x, y};
    draw_bold(list, at.x, y + 3, ALIGN_CENTER, 9, color_of(spec->theme, group->phase), draw_format(list, "%d", number));
}

static void draw_points(const Spec *spec, DrawList *list, const Plot *plot, const Device *device, const Groups *groups)
{
    Point places[MOST_LISTED], taken[MOST_LISTED];
    int count = 0;
    for (int i = groups->count - 1; i >= 0; i--) {
        const Group *group = &groups->list[i];
        if (group->flops <= 0)
            continue;
        double x = x_at(plot, group->flops / group->bytes), y = y_at(plot, speed_of(device, group));
        double size = 4 + 14 * sqrt(seconds_of(device, group) / groups->seconds);
        Rgb color = color_of(spec->theme, group->phase);
        draw_rect(list, x - size / 2, y - size / 2, size, size, color_mix(spec->theme->paper, color, 0.75))->radius =
            size / 2;
        draw_outline(list, x - size / 2, y - size / 2, size, size, color, 1)->radius = size / 2;
        if (i < MOST_LISTED)
            places[i] = (Point){x, y};
    }
    for (int i = 0; i < groups->count && i < MOST_LISTED; i++)
        if (groups->list[i].flops > 0)
            draw_number(spec, list, plot, &groups->list[i], i + 1, places[i], taken, &count);
}

static double draw_table(const Spec *spec, DrawList *list, const Device *device, const Groups *groups, double x,
                         double y)
{
    const Theme *theme = spec->theme;
    const double columns[] = {x + 208, x + 268, x + TABLE};
    static const char *const heads[] = {"FLOP/byte", "FLOPs", "time"};
    char text[COST_TEXT];
    for (int i = 0; i < 3; i++)
        draw_text(list, columns[i], y, ALIGN_RIGHT, SMALL_SIZE, theme->muted, heads[i]);
    for (int i = 0; i < groups->count && i < MOST_LISTED; i++) {
        const Group *group = &groups->list[i];
        y += ROW;
        draw_bold(list, x + 14, y, ALIGN_RIGHT, SMALL_SIZE, color_of(theme, group->phase),
                  draw_format(list, "%d", i + 1));
        draw_text_within(list, x + 20, y, 140, ALIGN_LEFT, SMALL_SIZE, theme->ink,
                         draw_format(list, "%s%s", group->rule ? group->rule->name : phase_name(group->phase),
                                     group->rule && group->phase == PHASE_BACKWARD ? ", back" : ""));
        draw_text(list, columns[0], y, ALIGN_RIGHT, SMALL_SIZE, theme->ink,
                  cost_text(text, group->flops / group->bytes));
        draw_text(list, columns[1], y, ALIGN_RIGHT, SMALL_SIZE, theme->ink,
                  draw_format(list, "%.1f %%", 100 * group->flops / groups->flops));
        draw_text(list, columns[2], y, ALIGN_RIGHT, SMALL_SIZE, theme->ink,
                  draw_format(list, "%.1f %%", 100 * seconds_of(device, group) / groups->seconds));
    }
    return y;
}

static Plot plot_of(const Device *device, const Groups *groups)
{
    double low = device->peak / device->bandwidth, high = low;
    for (int i = 0; i < groups->count; i++)
        if (groups->list[i].flops > 0) {
            low = fmin(low, groups->list[i].flops / groups->list[i].bytes);
            high = fmax(high, groups->list[i].flops / groups->list[i].bytes);
        }
    Plot plot = {.left = PAGE_MARGIN + LEFT, .top = PAGE_TOP + 18, .x_low = floor(log10(low) - 0.05),
                 .x_high = ceil(log10(high) + 0.3)};
    plot.y_low = floor(log10(pow(10, plot.x_low) * device->bandwidth));
    plot.y_high = ceil(log10(device->peak) + 0.1);
    return plot;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Groups groups;
    const Device *device = device_find(spec->name, error);
    if (!device)
        return false;
    gather(&spec->session->run.tape, device, &groups);
    Plot plot = plot_of(device, &groups);
    page_begin(list, spec);
    draw_axes(spec, list, &plot, device);
    draw_points(spec, list, &plot, device, &groups);
    double table = plot.left + WIDTH + 30;
    double bottom = fmax(draw_table(spec, list, device, &groups, table, plot.top), plot.top + HEIGHT + 34);
    double waiting = 0, ridge = device->peak / device->bandwidth;
    for (int i = 0; i < groups.count; i++)
        if (groups.list[i].flops < ridge * groups.list[i].bytes)
            waiting += seconds_of(device, &groups.list[i]);
    const char *told = draw_format(
        list, "%s: %.3g FLOPs a second, %.3g bytes a second. Left of the ridge an operation waits for memory: "
              "%.0f %% of the time at best. A point's area is its share of that time.",
        device->words, device->peak, device->bandwidth, 100 * waiting / groups.seconds);
    page_end(list, spec, table + TABLE, bottom,
             draw_format(list, "%s under the roof of a %s", spec->session->model.name, device->name), told,
             draw_format(list, "Roofline chart with %d kinds of operation. %s", groups.count, told));
    return true;
}

static bool computes(const Session *session, const char **why)
{
    const Tape *tape = &session->run.tape;
    *why = "nothing is computed here";
    for (int step = 0; step < tape->step_count; step++)
        if (step_flops(tape, &tape->steps[step]) > 0)
            return true;
    return false;
}

static bool usual(const Session *session, char *name, size_t size)
{
    (void)session;
    snprintf(name, size, "cpu");
    return true;
}

const Figure ROOFLINE_FIGURE = {
    .name = "roofline", .words = "[cpu|h100|a100]",
    .shows = "how fast each kind of operation could be on a device: those that wait for memory, and those that compute",
    .fits = computes, .usual = usual, .draw = draw,
};
