/* figure graph: the computation graph of the training step, frames as boxes. */
#include "figure_page.h"
#include "graph_layout.h"

#include "tracer/query/parts.h"

#include <math.h>
#include <string.h>

enum { DEFAULT_DEPTH = 3, SIDE_ROOM = 64, NEAR = 120, GUTTER = 26 };

static Rgb phase_color(const Theme *theme, Phase phase)
{
    const Rgb colors[] = {theme->forward, theme->backward, theme->update};
    return colors[phase];
}

/* A dotted name that fits, its middle left out: names of two blocks differ at the front, those of one block at the
 * end. "block0…head0.W_Q" */
static const char *name_that_fits(DrawList *list, const char *name, double room)
{
    const char *text = name, *tail = strchr(name, '.');
    int head = tail ? (int)(tail - name) : 0;
    while (measure_text(text, FACE_PLAIN, 11) > room && tail && (tail = strchr(tail + 1, '.')) != NULL)
        text = draw_format(list, "%.*s…%s", head, name, tail + 1);
    char cut[200];
    return draw_format(list, "%s", measure_cut(cut, sizeof cut, text, FACE_PLAIN, 11, room));
}

static void draw_box(DrawList *list, const Theme *theme, const Box *box, bool marked)
{
    Rgb color = phase_color(theme, box->phase);
    int steps = box->last - box->first + 1;
    /* Open boxes lie under the lines, closed ones above: the lines end at their edges. */
    if (box->open) {
        draw_rect(list, box->x, box->y, box->width, box->height, color_mix(theme->paper, color, 0.05))->radius = 6;
        Item *border = draw_outline(list, box->x, box->y, box->width, box->height, color_mix(theme->paper, color, 0.45),
                                    1);
        border->radius = 6;
        border->dashed = box->phase == PHASE_BACKWARD;
        return;
    }
    Rgb inside = marked ? color_mix(theme->paper, theme->mark, 0.5 * box->heat) : color_mix(theme->paper, color, 0.16);
    Item *fill = draw_rect(list, box->x, box->y, box->width, box->height, inside);
    fill->radius = 4;
    fill->tip = draw_format(list, "%s, %s: steps %d to %d%s%s", box->name, phase_name(box->phase), box->first,
                            box->last, box->tip ? "; " : "", box->tip ? box->tip : "");
    Item *border = draw_outline(list, box->x, box->y, box->width, box->height, color, 1.2);
    border->radius = 4;
    border->dashed = box->phase == PHASE_BACKWARD;
    const char *count = steps > 1 ? draw_format(list, "%d", steps) : "";
    double room = box->width - 18 - measure_text(count, FACE_PLAIN, 9);
    draw_text(list, box->x + 8, box->y + 17, ALIGN_LEFT, 11, theme->ink, name_that_fits(list, box->name, room));
    draw_text(list, box->x + box->width - 7, box->y + 17, ALIGN_RIGHT, 9, theme->muted, count);
}

/* What an open box is called, over the lines that lead into it: they are broken there, not the word. */
static void draw_heading(DrawList *list, const Theme *theme, const Box *box)
{
    Rgb color = phase_color(theme, box->phase);
    draw_rect(list, box->x + 8, box->y + 4, measure_text(box->name, FACE_BOLD, 11) + 4, 14,
              color_mix(theme->paper, color, 0.05));
    draw_bold(list, box->x + 10, box->y + 15, ALIGN_LEFT, 11, color, box->name);
}

/* Down (forward) or up (backward) from box to box. */
static void draw_near(DrawList *list, const Box *from, const Box *to, Rgb color, double line, bool dashed)
{
    bool down = to->y > from->y;
    double x1 = from->x + from->width / 2, x2 = to->x + to->width / 2;
    double y1 = down ? from->y + from->height : from->y, y2 = down ? to->y : to->y + to->height, sign = down ? 1 : -1;
    const Point points[4] = {{x1, y1}, {x1, (y1 + y2) / 2}, {x2, (y1 + y2) / 2}, {x2, y2 - 6 * sign}};
    draw_curve(list, points, color, line)->dashed = dashed;
    draw_arrow_head(list, x2, y2, 0, sign, 6 + line, color);
}

/* Past other boxes: out at the left and in at the left, further out the longer the way. */
static void draw_far(DrawList *list, const Box *from, const Box *to, Rgb color, double line, bool dashed)
{
    double y1 = from->y + from->height / 2, y2 = to->y + to->height / 2;
    /* Never the same for two lengths, or long ones would lie in one thick band. */
    double out = 18 + (SIDE_ROOM - 28) * (1 - exp(-fabs(y2 - y1) / 500)), x = fmin(from->x, to->x) - out;
    const Point points[4] = {{from->x, y1}, {x, y1 + 0.1 * (y2 - y1)}, {x, y2 - 0.1 * (y2 - y1)}, {to->x - 6, y2}};
    draw_curve(list, points, color, line)->dashed = dashed;
    draw_arrow_head(list, to->x, y2, 1, 0, 6 + line, color);
}

/* Between a box and one in another column, a head's: through the gap at the left of the right one. */
static void draw_sideways(DrawList *list, const Box *from, const Box *to, Rgb color, double line, bool dashed)
{
    bool right = to->x > from->x;
    double x1 = right ? from->x + from->width : from->x, x2 = right ? to->x : to->x + to->width, sign = right ? 1 : -1;
    double y1 = from->y + from->height / 2, y2 = to->y + to->height / 2, gap = right ? x2 - GUTTER : x1 - GUTTER;
    const Point points[4] = {{x1, y1}, {gap, y1}, {gap, y2}, {x2 - 6 * sign, y2}};
    draw_curve(list, points, color, line)->dashed = dashed;
    draw_arrow_head(list, x2, y2, sign, 0, 6 + line, color);
}

/* What the way back reads of the way forth. */
static void draw_across(DrawList *list, const Box *from, const Box *to, Rgb color)
{
    double y1 = from->y + from->height / 2, y2 = to->y + to->height / 2, x1 = from->x + from->width, x2 = to->x,
           middle = (x1 + x2) / 2;
    const Point points[4] = {{x1, y1}, {middle, y1}, {middle, y2}, {x2, y2}};
    draw_curve(list, points, color, 0.7);
}

/* Does a box stand in the straight way from one to the other? */
static bool blocked(const Graph *graph, const Box *from, const Box *to)
{
    const Box *upper = from->y < to->y ? from : to, *lower = upper == from ? to : from;
    double left = fmin(from->x, to->x) + from->width / 2, right = fmax(from->x, to->x) + from->width / 2;
    double top = upper->y + upper->height, bottom = lower->y;
    if (bottom < top || bottom - top > NEAR)
        return true;
    for (int i = 0; i < graph->box_count; i++) {
        const Box *box = &graph->boxes[i];
        if (!box->open && box->y >= top - 1 && box->y + box->height <= bottom + 1 && box->x < right + 1 &&
            box->x + box->width > left - 1)
            return true;
    }
    return false;
}

static double line_width(const Spec *spec, const Edge *edge, double most)
{
    return spec->gradients && most > 0 && isfinite(edge->size) ? 0.6 + 6 * edge->size / most : 1.4;
}

static void draw_edge(const Spec *spec, DrawList *list, const Graph *graph, const Edge *edge, double most)
{
    const Theme *theme = spec->theme;
    const Box *from = &graph->boxes[edge->from], *to = &graph->boxes[edge->to];
    if (to->phase == PHASE_UPDATE)
        return;
    if (from->phase != to->phase) {
        draw_across(list, from, to, color_mix(theme->paper, theme->muted, 0.4));
        return;
    }
    bool back = from->phase == PHASE_BACKWARD;
    double line = back ? line_width(spec, edge, most) : 1.4;
    Rgb color = phase_color(theme, from->phase);
    bool near = !blocked(graph, from, to);
    if (fabs(from->x - to->x) > from->width && (!near || from->depth < to->depth || to->depth < from->depth))
        draw_sideways(list, from, to, color, line, back);
    else if (near)
        draw_near(list, from, to, color, line, back);
    else
        draw_far(list, from, to, color, line, back);
}

/* Thin lines first. */
static void draw_edges(const Spec *spec, DrawList *list, const Graph *graph)
{
    double most = 0;
    for (int i = 0; i < graph->edge_count; i++)
        if (graph->boxes[graph->edges[i].from].phase == PHASE_BACKWARD &&
            graph->boxes[graph->edges[i].to].phase == PHASE_BACKWARD && isfinite(graph->edges[i].size))
            most = fmax(most, graph->edges[i].size);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < graph->edge_count; i++) {
            const Edge *edge = &graph->edges[i];
            bool same = graph->boxes[edge->from].phase == graph->boxes[edge->to].phase;
            if (same == (pass == 1))
                draw_edge(spec, list, graph, edge, most);
        }
}

/* Every parameter's gradient goes to the update: one arrow for all of them. */
static void draw_to_update(DrawList *list, const Theme *theme, const Graph *graph)
{
    const Box *backward = NULL, *update = NULL;
    for (int i = 0; i < graph->box_count; i++) {
        const Box *box = &graph->boxes[i];
        if (box->depth == 0 && box->phase == PHASE_BACKWARD && !backward)
            backward = box;
        if (box->depth == 0 && box->phase == PHASE_UPDATE && !update)
            update = box;
    }
    if (!backward || !update)
        return;
    double x1 = backward->x + backward->width, y = update->y + 13;
    draw_line(list, x1 + 4, y, update->x - 10, y, theme->update, 3);
    draw_arrow_head(list, update->x - 2, y, 1, 0, 11, theme->update);
    draw_text(list, (x1 + update->x) / 2 - 4, y - 7, ALIGN_CENTER, SMALL_SIZE, theme->update, "gradients");
}

/* What the lines mean that are there: an update has none. */
static const char *caption(const Spec *spec, DrawList *list)
{
    bool all = spec->phase == ALL_PHASES;
    return draw_format(list, "%s%s%s%sA number counts the steps in a box.",
                       all || spec->phase == PHASE_FORWARD ? "Solid: forward, downwards. " : "",
                       all || spec->phase == PHASE_BACKWARD ? "Dashed: backward, upwards" : "",
                       !all && spec->phase != PHASE_BACKWARD ? ""
                       : spec->gradients                     ? ", as thick as the norm of the gradient. "
                                                             : ". ",
                       all ? "Thin: what is read across. " : "");
}

int graph_draw(const Spec *spec, DrawList *list, const Graph *graph, bool marked)
{
    int closed = 0;
    for (int i = 0; i < graph->box_count; i++)
        if (graph->boxes[i].open)
            draw_box(list, spec->theme, &graph->boxes[i], false);
    draw_edges(spec, list, graph);
    draw_to_update(list, spec->theme, graph);
    for (int i = 0; i < graph->box_count; i++)
        if (graph->boxes[i].open) {
            draw_heading(list, spec->theme, &graph->boxes[i]);
        } else {
            draw_box(list, spec->theme, &graph->boxes[i], marked);
            closed++;
        }
    return closed;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Graph graph;
    const Names *names = &spec->session->names;
    int depth = spec->depth == AUTO_DEPTH ? DEFAULT_DEPTH : spec->depth, closed = 0;
    if (spec->phase != ALL_PHASES && !part_has_phase(names->tape, (Phase)spec->phase))
        return error_set(error, EXIT_USED_WRONGLY, "this run has nothing in the phase %s",
                         phase_name((Phase)spec->phase));
    page_begin(list, spec);
    if (!graph_layout(list, names, depth, spec->phase, PAGE_MARGIN + 28, PAGE_TOP, &graph, error))
        return false;
    closed = graph_draw(spec, list, &graph, false);
    const char *title = spec->phase == ALL_PHASES
                            ? "One training step"
                            : draw_format(list, "One training step: %s", phase_name((Phase)spec->phase));
    page_end(list, spec, graph.right, graph.bottom, title, caption(spec, list),
             draw_format(list,
                         "The computation graph of one training step: %d steps folded into %d boxes, %d connections.",
                         names->tape->step_count, closed, graph.edge_count));
    return true;
}

const Figure GRAPH_FIGURE = {
    .name = "graph", .words = "",
    .shows = "the computation graph, frames as boxes; --depth N folds, --phase, --gradients", .draw = draw,
};
