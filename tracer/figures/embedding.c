/* figure embedding: the rows of a matrix in two dimensions, before and after training.
 *
 * Principal components: the two directions in which the rows of both times together vary most. */
#include "chart.h"
#include "figure_page.h"
#include "flat.h"
#include "plain_words.h"
#include "value_panel.h"

#include "tiny_model/primitive.h"
#include "tracer/query/parts.h"

#include <math.h>
#include <string.h>

enum {
    SIDE = 440, LEAST_SIDE = 220, NAME_SIZE = 11, NAME_HEIGHT = 14, MOST_NAME = 110,
    MOST_NAMED = 150, MOST_LISTED = 20,
    LEGEND = 250
};

/* Rows of both times, centred: [2 rows x cols]. */
static double *centred(DrawList *list, const double *before, const double *after, int rows, int cols)
{
    size_t count = (size_t)rows * (size_t)cols;
    double *x = draw_room(list, 2 * count * sizeof *x);
    if (!x)
        return NULL;
    memcpy(x, before, count * sizeof *x);
    memcpy(x + count, after, count * sizeof *x);
    for (int c = 0; c < cols; c++) {
        double mean = 0;
        for (int r = 0; r < 2 * rows; r++)
            mean += x[r * cols + c] / (2 * rows);
        for (int r = 0; r < 2 * rows; r++)
            x[r * cols + c] -= mean;
    }
    return x;
}

/* As wide and as high as the points need, a unit of the same length both ways. */
static Chart chart_of(const Point *points, int count, double side)
{
    double low[2] = {0, 0}, high[2] = {0, 0}, span[2], widest = 0;
    for (int i = 0; i < count; i++) {
        low[0] = fmin(low[0], points[i].x), high[0] = fmax(high[0], points[i].x);
        low[1] = fmin(low[1], points[i].y), high[1] = fmax(high[1], points[i].y);
    }
    for (int axis = 0; axis < 2; axis++)
        widest = fmax(widest, high[axis] - low[axis]);
    if (!(widest > 0))
        widest = 1;
    for (int axis = 0; axis < 2; axis++) {
        double room = fmax(0.08 * widest, (LEAST_SIDE * widest / side - (high[axis] - low[axis])) / 2);
        low[axis] -= room;
        high[axis] += room;
        span[axis] = high[axis] - low[axis];
    }
    /* Distances mean something here, so both axes have the same scale. */
    double unit = side / fmax(span[0], span[1]);
    return (Chart){.left = PAGE_MARGIN + 50, .top = PAGE_TOP + 42, .width = span[0] * unit, .height = span[1] * unit,
                   .x_low = low[0], .x_high = high[0], .y_low = low[1], .y_high = high[1]};
}

typedef struct {
    double left, top, right, bottom;
} Box;

/* What a name must not cover: the points and arrows of all rows, and the names before it. */
typedef struct {
    const Chart *chart;
    const Point *points;     /* [2 rows] */
    int rows;
    Box *names;
    int name_count;
} Crowd;

static Point place(const Crowd *crowd, int i)
{
    return (Point){chart_x(crowd->chart, crowd->points[i].x), chart_y(crowd->chart, crowd->points[i].y)};
}

static bool holds(const Box *box, double x, double y, double around)
{
    return x > box->left - around && x < box->right + around && y > box->top - around && y < box->bottom + around;
}

/* Tried at points 3 units apart, which is less than a name is high. */
static bool covers_arrow(const Crowd *crowd, const Box *box, int row)
{
    Point from = place(crowd, row), to = place(crowd, crowd->rows + row);
    int parts = (int)(hypot(to.x - from.x, to.y - from.y) / 3) + 1;
    bool covers = holds(box, from.x, from.y, 5) || holds(box, to.x, to.y, 5);
    for (int i = 1; i < parts && !covers; i++)
        covers = holds(box, from.x + (to.x - from.x) * i / parts, from.y + (to.y - from.y) * i / parts, 2);
    return covers;
}

/* Names come in the order of the rows; who comes later may find no place. */
static bool is_free(const Crowd *crowd, const Box *box)
{
    const Chart *chart = crowd->chart;
    bool is = box->left > chart->left + 2 && box->right < chart->left + chart->width + 14 && box->top > chart->top &&
              box->bottom < chart->top + chart->height - 2;
    for (int r = 0; r < crowd->rows && is; r++)
        is = !covers_arrow(crowd, box, r);
    for (int i = 0; i < crowd->name_count && is; i++) {
        const Box *other = &crowd->names[i];
        is = box->right + 3 < other->left || other->right + 3 < box->left || box->bottom < other->top ||
             other->bottom < box->top;
    }
    return is;
}

/* The first free place for a name `width` wide around where its row begins, then around where it ends; then
 * further away, where a thin line leads to the point: *leads. */
static bool find_place(const Crowd *crowd, int row, double width, Box *out, Point *point, bool *leads)
{
    static const struct {
        double right, down;      /* of the name's middle, in halves of its size, from the point */
    } around[] = {{1, 0}, {-1, 0}, {0, -1}, {0, 1}, {1, -1}, {-1, -1}, {1, 1}, {-1, 1}};
    static const double away[] = {0, 14, 28, 44};
    for (size_t far = 0; far < sizeof away / sizeof *away; far++)
        for (int end = 0; end < 2; end++)
            for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
                Point p = place(crowd, row + end * crowd->rows);
                bool corner = around[i].right != 0 && around[i].down != 0;
                double x = p.x + around[i].right * (width / 2 + (corner ? 4 : 8) + away[far]),
                       y = p.y + around[i].down * (NAME_HEIGHT / 2 + (corner ? 3 : 7) + away[far]);
                *out = (Box){x - width / 2, y - NAME_HEIGHT / 2, x + width / 2, y + NAME_HEIGHT / 2};
                *point = p;
                *leads = far > 0;
                if (is_free(crowd, out))
                    return true;
            }
    return false;
}

/* From the edge of a name to its point. */
static void draw_leader(DrawList *list, const Theme *theme, const Box *box, Point to)
{
    double x = fmin(fmax(to.x, box->left), box->right), y = fmin(fmax(to.y, box->top), box->bottom);
    draw_line(list, x, y, to.x, to.y, theme->line, 0.7);
}

/* Returns what has no name in the picture, for the caption: ", cat, dog"; there are `nameless` of them. */
static const char *draw_names(DrawList *list, const Theme *theme, const Chart *chart, const Point *points,
                              const char *const *labels, int rows, int *nameless)
{
    Crowd crowd = {.chart = chart, .points = points, .rows = rows,
                   .names = draw_room(list, (size_t)rows * sizeof(Box))};
    const char *told = "";
    *nameless = 0;
    for (int r = 0; crowd.names && r < rows; r++) {
        Box box;
        Point to;
        bool leads;
        double width = fmin(measure_text(labels[r], FACE_PLAIN, NAME_SIZE), MOST_NAME);
        if (rows > MOST_NAMED || !find_place(&crowd, r, width, &box, &to, &leads)) {
            if ((*nameless)++ < MOST_LISTED)
                told = draw_format(list, "%s%s%s", told, *told ? ", " : "", labels[r]);
            continue;
        }
        if (leads)
            draw_leader(list, theme, &box, to);
        crowd.names[crowd.name_count++] = box;
        draw_text_within(list, box.left, (box.top + box.bottom) / 2 + 0.36 * NAME_SIZE, MOST_NAME, ALIGN_LEFT,
                         NAME_SIZE, theme->ink, labels[r]);
    }
    return told;
}

static void draw_points(DrawList *list, const Theme *theme, const Chart *chart, const Point *points,
                        const char *const *labels, int rows)
{
    for (int r = 0; r < rows; r++) {
        double x1 = chart_x(chart, points[r].x), y1 = chart_y(chart, points[r].y);
        double x2 = chart_x(chart, points[rows + r].x), y2 = chart_y(chart, points[rows + r].y),
               length = hypot(x2 - x1, y2 - y1);
        if (length > 6) {
            draw_line(list, x1, y1, x2, y2, theme->line, 1.5);
            draw_arrow_head(list, x2 - 5 * (x2 - x1) / length, y2 - 5 * (y2 - y1) / length, x2 - x1, y2 - y1, 7,
                            theme->line);
        }
        draw_rect(list, x1 - 4, y1 - 4, 8, 8, theme->paper)->radius = 4;
        draw_outline(list, x1 - 4, y1 - 4, 8, 8, theme->muted, 1.5)->radius = 4;
        Item *point = draw_rect(list, x2 - 4.5, y2 - 4.5, 9, 9, theme->forward);
        point->radius = 4.5;
        point->tip = labels ? labels[r] : NULL;
    }
}

static const char *time_name(DrawList *list, int updates)
{
    return updates == 0 ? "before training" : draw_format(list, "after %d update%s", updates, updates == 1 ? "" : "s");
}

static void draw_legend(DrawList *list, const Theme *theme, double x, double y, const History *history)
{
    const char *first = time_name(list, history->steps[0]),
               *last = time_name(list, history->steps[history->step_count - 1]);
    if (history->step_count > 1) {
        draw_outline(list, x, y - 8, 8, 8, theme->muted, 1.5)->radius = 4;
        draw_text(list, x + 14, y, ALIGN_LEFT, SMALL_SIZE, theme->muted, first);
        x += 14 + ceil(measure_text(first, FACE_PLAIN, SMALL_SIZE)) + 24;
    }
    draw_rect(list, x, y - 8.5, 9, 9, theme->forward)->radius = 4.5;
    draw_text(list, x + 14, y, ALIGN_LEFT, SMALL_SIZE, theme->muted, last);
}

static bool all_finite(const Point *points, int count)
{
    for (int i = 0; i < count; i++)
        if (!isfinite(points[i].x) || !isfinite(points[i].y))
            return false;
    return true;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Reference reference;
    const History *history = spec->history;
    if (!reference_parse(&spec->session->names, spec->name, &reference, error))
        return false;
    page_begin(list, spec);
    Panel panel = panel_of_value(list, spec, spec->session, reference.value);
    int rows = panel.rows, cols = panel.cols, last = history->steps[history->step_count - 1];
    double *x = centred(list, history->numbers[0], history->numbers[history->step_count - 1], rows, cols);
    double *directions = draw_room(list, 3 * (size_t)cols * sizeof *directions);
    Point *points = draw_room(list, 2 * (size_t)rows * sizeof *points);
    if (!x || !directions || !points)
        return error_memory(error);
    /* Both times together, or an arrow would not show that a row moved but that the axes did. */
    flat_directions(x, 2 * rows, cols, directions);
    for (int r = 0; r < 2 * rows; r++)
        points[r] = flat_point(x + r * cols, cols, directions);
    Chart chart = chart_of(points, 2 * rows, fmin(SIDE, page_width(spec) - 66));
    chart_axes(list, spec->theme, &chart, "first component →", "second component ↑");
    draw_legend(list, spec->theme, chart.left, PAGE_TOP + 8, history);
    draw_points(list, spec->theme, &chart, points, panel.row_labels, rows);
    int nameless = 0;
    const char *unnamed = "";
    if (panel.row_labels)
        unnamed = draw_names(list, spec->theme, &chart, points, panel.row_labels, rows, &nameless);
    if (nameless > 0)
        unnamed = draw_format(list, " Without room for a name: %s%s.", unnamed,
                              nameless > MOST_LISTED ? draw_format(list, " and %d more", nameless - MOST_LISTED) : "");
    const char *words = value_title(list, spec, reference.value);
    page_end(list, spec, chart.left + fmax(chart.width, LEGEND) + 16, chart.top + chart.height + 34,
             draw_format(list, "The rows of %s", words),
             draw_format(list, "Projected on the two directions in which they vary most%s (PCA).%s%s",
                         history->step_count > 1 ? ", both times taken together" : "",
                         all_finite(points, 2 * rows) ? "" : " Rows that are no finite numbers have no point.",
                         unnamed),
             draw_format(list, "Scatter plot of the %d rows of %s on their first two principal components, %s and %s.",
                         rows, panel.name, time_name(list, history->steps[0]), time_name(list, last)));
    return true;
}

static bool usual_table(const Session *session, char *name, size_t size)
{
    return usual_name(session, part_table(session->names.tape), name, size);
}

const Figure EMBEDDING_FIGURE = {
    .name = "embedding",
    .words = "[NAME]",
    .shows = "the rows of a matrix in two dimensions (PCA), before and after training",
    .needs = NEEDS_VALUE_OVER_RUN,
    .updates = 10,
    .fits = is_trained,
    .usual = usual_table,
    .draw = draw,
};
