/* The graph of a training step, folded to boxes and placed.
 *
 * Forward runs down on the left, backward up beside it, so that the two halves of one rule stand
 * at one height; the update has a column of its own. Heads stand side by side.
 *   memory  the draw list's */
#ifndef TRACER_FIGURES_GRAPH_LAYOUT_H
#define TRACER_FIGURES_GRAPH_LAYOUT_H

#include "figure.h"

typedef struct {
    int frame, step;         /* a frame, or (frame -1) a step by itself */
    const char *name;
    Phase phase;
    int depth;
    bool open;               /* its insides are drawn, so it is a frame around other boxes */
    int first, last;         /* steps */
    double x, y, width, height;
    double heat;             /* 0 to 1: how strongly it is marked; without marks all are 0 */
    const char *tip;         /* what more a pointer over it tells, or NULL */
} Box;

typedef struct {
    int from, to;            /* boxes that are not open */
    int value;               /* one that flows here */
    int count;               /* how many do */
    double size;             /* the largest norm of them */
} Edge;

typedef struct {
    Box *boxes;
    int box_count, box_room;
    Edge *edges;
    int edge_count;
    double right, bottom;
} Graph;

enum { MOST_GRAPH_STEPS = 20000, MOST_GRAPH_BOXES = 1200 };

/* Folds what is deeper than `depth`; phase: a Phase or ALL_PHASES. Placed from (x, y) on.
 *   errors  too many boxes: ask for less depth */
bool graph_layout(DrawList *list, const Names *names, int depth, int phase, double x, double y, Graph *out,
                  Error *error);

/* Draws what was placed: boxes, lines, headings. marked: closed boxes have the colour of the mark, as strong as their
 * heat, in the place of that of their phase. Returns how many boxes are closed. */
int graph_draw(const Spec *spec, DrawList *list, const Graph *graph, bool marked);

#endif
