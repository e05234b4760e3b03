/* Folding and placing the graph; see graph_layout.h. */
#include "graph_layout.h"

#include "measure.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <string.h>

enum { BOX_WIDTH = 140, BOX_HEIGHT = 26, STACK_GAP = 14, SIDE_GAP = 14, PAD = 14, HEAD = 22, COLUMN_GAP = 96,
       NAME_MARGIN = 32 };

/* Working state: the tree is walked in place, children found by scanning frames and steps in order. */
typedef struct {
    DrawList *list;
    const Tape *tape;
    Graph *graph;
    int depth;
    bool to_steps;           /* frames of nothing but steps open too */
    int *owner;              /* [step]: the closed box that holds it, or -1 */
    bool full;
} Layout;

/* A child of a frame: a frame, or steps from `first` to `last`; ids in order of steps. */
typedef struct {
    int frame, step, first, last;
} Child;

#define NO_CHILD ((Child){-1, -1, 0, 0})
enum { MOST_CHILDREN = 512, MANY_STEPS = 8 };

static int add_steps(Child *out, int count, int next, int end)
{
    for (; next < end && count < MOST_CHILDREN - 1; next++)
        out[count++] = (Child){-1, next, next, next};
    return count;
}

/* Many single steps side by side, as the sums over the sequences of a batch for every parameter, become one child: as
 * boxes their arrows would be one thick band. */
static int fold_steps(Child *children, int count)
{
    int kept = 0;
    for (int i = 0, end; i < count; i = end) {
        for (end = i; end < count && children[end].first == children[end].last;)
            end++;
        if (end - i > MANY_STEPS) {
            children[kept++] = (Child){-1, children[i].first, children[i].first, children[end - 1].last};
            continue;
        }
        end = end > i ? end : i + 1;
        for (int k = i; k < end; k++)
            children[kept++] = children[k];
    }
    return kept;
}

static int children_of(const Tape *tape, int frame, bool fold, Child *out)
{
    int count = 0, next = tape->frames[frame].first, last = tape->frames[frame].last;
    for (int f = frame + 1; f < tape->frame_count && count < MOST_CHILDREN - 1; f++) {
        if (tape->frames[f].parent != frame || tape->frames[f].last < tape->frames[f].first)
            continue;
        count = add_steps(out, count, next, tape->frames[f].first);
        out[count++] = (Child){f, -1, tape->frames[f].first, tape->frames[f].last};
        next = tape->frames[f].last + 1;
    }
    count = add_steps(out, count, next, last + 1);
    return fold ? fold_steps(out, count) : count;
}

static const char *child_name(const Tape *tape, Child child)
{
    return child.frame >= 0 ? tape->frames[child.frame].name : tape->steps[child.step].label;
}

/* Of several steps folded into one box what they do: "37 × add". */
static const char *box_name(DrawList *list, const Tape *tape, Child child)
{
    return child.frame >= 0 || child.last == child.first
               ? child_name(tape, child)
               : draw_format(list, "%d × %s", child.last - child.first + 1, tape->steps[child.first].primitive->name);
}

static bool has_frames(const Tape *tape, int frame)
{
    for (int f = frame + 1; f < tape->frame_count; f++)
        if (tape->frames[f].parent == frame)
            return true;
    return false;
}

static bool opens(const Layout *layout, Child child)
{
    return child.frame >= 0 && layout->tape->frames[child.frame].depth < layout->depth &&
           (layout->to_steps || has_frames(layout->tape, child.frame));
}

static int deepest(const Tape *tape)
{
    int depth = 0;
    for (int f = 0; f < tape->frame_count; f++)
        depth = tape->frames[f].depth > depth ? tape->frames[f].depth : depth;
    return depth;
}

static Box *add_box(Layout *layout, Child child, double x, double y)
{
    Graph *graph = layout->graph;
    /* The last box is overwritten until everybody has returned: one check at the end does. */
    if (graph->box_count == graph->box_room) {
        layout->full = true;
        graph->box_count--;
    }
    const Tape *tape = layout->tape;
    Box *box = &graph->boxes[graph->box_count];
    *box = (Box){.frame = child.frame, .step = child.step, .name = box_name(layout->list, tape, child), .x = x, .y = y,
                 .width = BOX_WIDTH, .height = BOX_HEIGHT};
    box->first = child.first;
    box->last = child.last;
    box->phase = tape->steps[box->first].phase;
    box->depth = child.frame >= 0 ? tape->frames[child.frame].depth : layout->depth;
    box->open = opens(layout, child);
    for (int step = box->first; step <= box->last && !box->open; step++)
        layout->owner[step] = graph->box_count;
    graph->box_count++;
    return box;
}

/* Two sides of one place: the forward part and the backward part, either may be missing (frame and
 * step -1). Sizes come back so that both sides agree on heights. */
typedef struct {
    Child side[2];
} Pair;

static bool there(Child child)
{
    return child.frame >= 0 || child.step >= 0;
}

/* Pairs the children of both sides by name, in forward order; the backward ones run the other way. */
static int pair_children(const Layout *layout, const Pair *pair, Pair *out)
{
    Child forward[MOST_CHILDREN], backward[MOST_CHILDREN];
    int count = 0, f = 0, forwards = 0, backwards = 0;
    if (pair->side[0].frame >= 0)
        forwards = children_of(layout->tape, pair->side[0].frame, !layout->to_steps, forward);
    if (pair->side[1].frame >= 0)
        backwards = children_of(layout->tape, pair->side[1].frame, !layout->to_steps, backward);
    const Child none = NO_CHILD;
    /* What the way back does last stands beside what forward did first. */
    for (int b = backwards - 1; b >= 0; b--) {
        int match = -1;
        for (int i = f; i < forwards && match < 0; i++)
            if (backward[b].frame >= 0 && forward[i].frame >= 0 &&
                strcmp(child_name(layout->tape, forward[i]), child_name(layout->tape, backward[b])) == 0)
                match = i;
        while (match >= 0 && f < match)
            out[count++] = (Pair){{forward[f++], none}};
        bool side_by_side = match >= 0 || (f < forwards && forward[f].step >= 0 && backward[b].step >= 0);
        out[count++] = (Pair){{side_by_side ? forward[f++] : none, backward[b]}};
    }
    while (f < forwards)
        out[count++] = (Pair){{forward[f++], none}};
    return count;
}

static bool is_head(const Layout *layout, const Pair *pair)
{
    Child child = there(pair->side[0]) ? pair->side[0] : pair->side[1];
    const char *name = child_name(layout->tape, child);
    return child.frame >= 0 && strncmp(name, "head", 4) == 0 && name[4] >= '0' && name[4] <= '9';
}

typedef struct {
    double width, height;
} Size;

static Size place(Layout *layout, const Pair *pair, const double x[2], double y);

/* The children of a pair, stacked, heads in one row. */
static Size place_children(Layout *layout, const Pair *pair, const double x[2], double y)
{
    Pair *children = draw_room(layout->list, 2 * MOST_CHILDREN * sizeof *children);
    Size all = {0, 0};
    int count = children ? pair_children(layout, pair, children) : 0;
    for (int i = 0; i < count && !layout->full;) {
        double at[2] = {x[0], x[1]}, height = 0;
        /* Heads work side by side on the same input; stacked they would look like one after the other. */
        bool heads = is_head(layout, &children[i]);
        do {
            Size size = place(layout, &children[i], at, y + all.height);
            height = fmax(height, size.height);
            at[0] += size.width + SIDE_GAP;
            at[1] += size.width + SIDE_GAP;
            i++;
        } while (i < count && heads && is_head(layout, &children[i]));
        all.width = fmax(all.width, at[0] - SIDE_GAP - x[0]);
        all.height += height + (i < count ? STACK_GAP : 0);
    }
    return all;
}

/* Each side becomes a box at its x; an open one is as large as the insides of the larger side. */
static Size place(Layout *layout, const Pair *pair, const double x[2], double y)
{
    int made[2] = {-1, -1};
    bool open = false;
    for (int i = 0; i < 2; i++) {
        if (!there(pair->side[i]))
            continue;
        made[i] = (int)(add_box(layout, pair->side[i], x[i], y) - layout->graph->boxes);
        open = open || opens(layout, pair->side[i]);
    }
    if (!open || layout->full)
        return (Size){BOX_WIDTH, BOX_HEIGHT};
    Pair inner = *pair;
    for (int i = 0; i < 2; i++)
        if (!opens(layout, inner.side[i]))
            inner.side[i] = NO_CHILD;
    const double inside[2] = {x[0] + PAD, x[1] + PAD};
    Size size = place_children(layout, &inner, inside, y + HEAD);
    size.width += 2 * PAD;
    size.height += HEAD + PAD;
    for (int i = 0; i < 2; i++)
        if (made[i] >= 0 && layout->graph->boxes[made[i]].open) {
            layout->graph->boxes[made[i]].width = size.width;
            layout->graph->boxes[made[i]].height = size.height;
        }
    return size;
}

static double norm_of(const Value *value)
{
    double sum = 0;
    for (size_t i = 0; i < cells_of(value); i++)
        sum += value->data[i] * value->data[i];
    return sqrt(sum);
}

static void add_edge(Graph *graph, int *found, int from, int to, int value, double size)
{
    Edge *edge = found[to] >= 0 ? &graph->edges[found[to]] : NULL;
    if (!edge) {
        found[to] = graph->edge_count;
        graph->edges[graph->edge_count++] = (Edge){.from = from, .to = to, .value = value, .count = 1, .size = size};
        return;
    }
    edge->count++;
    edge->size = fmax(edge->size, size);
}

/* One edge between two boxes, however many values flow; found[to] is that of the box in hand. */
static bool find_edges(Layout *layout)
{
    Graph *graph = layout->graph;
    const Tape *tape = layout->tape;
    int reads = 0, boxes = graph->box_count;
    for (int step = 0; step < tape->step_count; step++)
        reads += tape->steps[step].input_count;
    graph->edges = draw_room(layout->list, ((size_t)reads + 1) * sizeof *graph->edges);
    int *found = draw_room(layout->list, ((size_t)boxes + 1) * sizeof *found);
    if (!graph->edges || !found)
        return false;
    for (int from = 0; from < boxes; from++) {
        memset(found, -1, (size_t)boxes * sizeof *found);
        /* Edges go to later steps only, so that each is met once, from its source. */
        for (int step = graph->boxes[from].last + 1; step < tape->step_count && !graph->boxes[from].open; step++)
            for (int i = 0; i < tape->steps[step].input_count; i++) {
                const Value *input = step_input(tape, &tape->steps[step], i);
                int to = layout->owner[step];
                if (to >= 0 && to != from && input->producer >= 0 && layout->owner[input->producer] == from)
                    add_edge(graph, found, from, to, tape->steps[step].inputs[i], norm_of(input));
            }
    }
    return true;
}

static Child phase_frame(const Tape *tape, Phase phase, int wanted)
{
    for (int f = 0; f < tape->frame_count; f++)
        if (tape->frames[f].parent < 0 && tape->frames[f].phase == phase &&
            (wanted == ALL_PHASES || wanted == (int)phase))
            return (Child){f, -1, tape->frames[f].first, tape->frames[f].last};
    return NO_CHILD;
}

/* So wide that every name stands whole, up to a bound: cut, the parameters of two blocks would be called alike. */
static double width_of_names(const Box *boxes, int count)
{
    double widest = BOX_WIDTH;
    for (int i = 0; i < count; i++)
        widest = fmax(widest, ceil(measure_text(boxes[i].name, FACE_PLAIN, 11)) + NAME_MARGIN);
    return fmin(widest, 2 * BOX_WIDTH);
}

/* The parameters of an update are many: side by side in columns as high as the rest. */
static Size place_update(Layout *layout, Child update, double x, double y, double bottom)
{
    Graph *graph = layout->graph;
    const double column[2] = {x, 0};
    int first = graph->box_count;
    Size size = place(layout, &(Pair){{update, NO_CHILD}}, column, y);
    Box *around = &graph->boxes[first], *inner = around + 1;
    int count = graph->box_count - first - 1, rows = (int)fmax((bottom - y - HEAD - PAD) / (BOX_HEIGHT + STACK_GAP), 8);
    if (count <= 0)
        return size;
    double width = width_of_names(inner, count);
    int columns = (count + rows - 1) / rows;
    rows = (count + columns - 1) / columns;
    for (int i = 0; i < count; i++) {
        inner[i].x = x + PAD + i / rows * (width + SIDE_GAP);
        inner[i].y = y + HEAD + i % rows * (BOX_HEIGHT + STACK_GAP);
        inner[i].width = width;
    }
    around->width = 2 * PAD + columns * (width + SIDE_GAP) - SIDE_GAP;
    around->height = HEAD + PAD + rows * (BOX_HEIGHT + STACK_GAP) - STACK_GAP;
    return (Size){around->width, around->height};
}

bool graph_layout(DrawList *list, const Names *names, int depth, int phase, double x, double y, Graph *out,
                  Error *error)
{
    const Tape *tape = names->tape;
    *out = (Graph){.boxes = draw_room(list, MOST_GRAPH_BOXES * sizeof(Box)), .box_room = MOST_GRAPH_BOXES};
    Layout layout = {.list = list, .tape = tape, .graph = out, .depth = depth, .to_steps = depth > deepest(tape),
                     .owner = draw_room(list, ((size_t)tape->step_count + 1) * sizeof(int))};
    if (!out->boxes || !layout.owner)
        return error_memory(error);
    memset(layout.owner, -1, ((size_t)tape->step_count + 1) * sizeof(int));
    Pair both = {{phase_frame(tape, PHASE_FORWARD, phase), phase_frame(tape, PHASE_BACKWARD, phase)}};
    double at[2] = {x, x};
    Size size = {0, 0};
    if (there(both.side[0]) || there(both.side[1])) {
        size = place(&layout, &both, at, y); /* once for the width */
        out->box_count = 0;
        if (there(both.side[0]) && there(both.side[1]))
            at[1] += size.width + COLUMN_GAP;
        size = place(&layout, &both, at, y);
        out->right = at[1] + size.width;
        out->bottom = y + size.height;
    }
    Child update = phase_frame(tape, PHASE_UPDATE, phase);
    if (there(update)) {
        double column = out->right > 0 ? out->right + COLUMN_GAP : x;
        /* The update of every parameter is alike: opened, they would be most of the picture. */
        layout.depth = depth < 1 ? depth : 1;
        layout.to_steps = false;
        size = place_update(&layout, update, column, y, out->bottom);
        out->right = column + size.width;
        out->bottom = fmax(out->bottom, y + size.height);
    }
    if (layout.full)
        return error_set(error, EXIT_USED_WRONGLY,
                         "that is more than %d boxes; ask for a smaller --depth or one --phase", MOST_GRAPH_BOXES);
    return find_edges(&layout) || error_memory(error);
}
