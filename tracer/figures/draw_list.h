/* A picture as a list of what is to be drawn, in order. Every figure makes one; every writer
 * (PNG, SVG, PDF) draws the same one.
 *   unit     1/96 inch: a pixel at 1x; y grows downwards
 *   memory   the list's own, until draw_list_free
 *   errors   out of memory sets `failed`, and the list is not whole */
#ifndef TRACER_FIGURES_DRAW_LIST_H
#define TRACER_FIGURES_DRAW_LIST_H

#include "color.h"
#include "measure.h"
#include "tiny_model/arena.h"
#include "tracer/base/text.h"

typedef struct {
    double x, y;
} Point;

typedef enum {
    ITEM_RECT,      /* x, y, width, height; corners rounded by `radius` */
    ITEM_LINES,     /* points joined; `filled`: closed and filled */
    ITEM_SEGMENTS,  /* pairs of points, each a line */
    ITEM_CURVE,     /* four points: a cubic Bézier curve */
    ITEM_HATCH,     /* x, y, width, height filled with slanted lines; hatch_lines tells which */
    ITEM_TEXT       /* its baseline begins, is centred or ends at x, y */
} ItemKind;

typedef enum { ALIGN_LEFT, ALIGN_CENTER, ALIGN_RIGHT } Align;

typedef struct {
    ItemKind kind;
    Rgb color;
    bool filled;          /* else its outline is drawn, `line` wide */
    bool dashed;
    double line, radius;
    double x, y, width, height;
    const Point *points;
    int point_count;
    const char *text;
    double size;
    Face face;
    Align align;
    bool upwards;         /* text turned to read from below */
    const char *tip;      /* what a pointer over it tells, or NULL */
} Item;

typedef struct {
    double width, height;
    Rgb paper;
    bool transparent;         /* no paper is drawn */
    int highlights;           /* marks that were asked for and are drawn */
    Item *items;
    int count, capacity;
    Arena arena;
    bool failed;
    Item spare;               /* what is written to when there is no room for an item */
    const char *title;        /* one line */
    const char *description;  /* the alternative text: what is seen, in words */
} DrawList;

void draw_list_free(DrawList *list);

/* Each adds an item; the pointer, to set what is rare, holds until the next one. */
Item *draw_rect(DrawList *list, double x, double y, double width, double height, Rgb fill);
Item *draw_outline(DrawList *list, double x, double y, double width, double height, Rgb color, double line);
Item *draw_line(DrawList *list, double x1, double y1, double x2, double y2, Rgb color, double line);
Item *draw_lines(DrawList *list, const Point *points, int count, Rgb color, double line);
Item *draw_curve(DrawList *list, const Point points[4], Rgb color, double line);
Item *draw_text(DrawList *list, double x, double y, Align align, double size, Rgb color, const char *text);
Item *draw_bold(DrawList *list, double x, double y, Align align, double size, Rgb color, const char *text);

/* Text cut to `width`. */
Item *draw_text_within(DrawList *list, double x, double y, double width, Align align, double size, Rgb color,
                       const char *text);

/* Slanted lines over a rectangle: x + y is a multiple of HATCH_APART, so that neighbours join up. */
enum { HATCH_APART = 6, HATCH_MOST = 400 };
void draw_hatch(DrawList *list, double x, double y, double width, double height, Rgb color);

/* The lines of a hatch as pairs of points; returns how many points. */
int hatch_lines(const Item *item, Point points[2 * HATCH_MOST]);

/* The head of an arrow that arrives at (x, y) in the direction (dx, dy). */
void draw_arrow_head(DrawList *list, double x, double y, double dx, double dy, double size, Rgb color);

/* Moves all that is drawn. */
void draw_move_up(DrawList *list, double up);

/* Text broken into lines, its minus signs real ones; returns the y below the last. */
double draw_paragraph(DrawList *list, double x, double y, double width, double size, Rgb color, const char *text);

/* A formatted text in the list's memory, "" if that is out. */
const char *draw_format(DrawList *list, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Room in the list's memory, NULL if it is out. */
void *draw_room(DrawList *list, size_t bytes);

#endif
