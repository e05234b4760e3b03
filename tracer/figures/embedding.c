/* figure embedding: the rows of a matrix in two dimensions, before and after training.
 *
 * Principal components: the two directions in which the rows of both times together vary most,
 * eigenvectors of their covariance, found by power iteration from a fixed start. */
#include "chart.h"
#include "page.h"
#include "panel.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <string.h>

enum { SIDE = 420, ITERATIONS = 300 };

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

/* direction <- that of the largest variance orthogonal to `first`; next is room for as many numbers. */
static void component(const double *x, int rows, int cols, const double *first, double *direction, double *next)
{
    for (int c = 0; c < cols; c++)
        direction[c] = 1 + 0.37 * (c % 3) - 0.11 * c / cols;
    for (int i = 0; i < ITERATIONS; i++) {
        memset(next, 0, (size_t)cols * sizeof *next);
        for (int r = 0; r < rows; r++) {
            double dot = 0;
            for (int c = 0; c < cols; c++)
                dot += x[r * cols + c] * direction[c];
            for (int c = 0; c < cols; c++)
                next[c] += dot * x[r * cols + c];
        }
        double along = 0, length = 0;
        for (int c = 0; first && c < cols; c++)
            along += next[c] * first[c];
        for (int c = 0; c < cols; c++) {
            next[c] -= first ? along * first[c] : 0;
            length += next[c] * next[c];
        }
        for (int c = 0; c < cols && length > 0; c++)
            direction[c] = next[c] / sqrt(length);
        if (!(length > 0))
            memset(direction, 0, (size_t)cols * sizeof *direction);
    }
}

static Point project(const double *row, int cols, const double *first, const double *second)
{
    Point p = {0, 0};
    for (int c = 0; c < cols; c++) {
        p.x += row[c] * first[c];
        p.y += row[c] * second[c];
    }
    return p;
}

static Chart chart_of(const Point *points, int count)
{
    Chart chart = {.left = PAGE_MARGIN + 50, .top = PAGE_TOP + 34, .width = SIDE, .height = SIDE};
    double most = 0;
    for (int i = 0; i < count; i++)
        most = fmax(most, fmax(fabs(points[i].x), fabs(points[i].y)));
    chart.y_high = most > 0 ? 1.12 * most : 1;
    chart.y_low = -chart.y_high;
    chart.x_low = chart.y_low;
    chart.x_high = chart.y_high;
    return chart;
}

/* Names stand where a row begins, on the side that its arrow does not leave from, or lower where another name is already there. */
static void draw_names(DrawList *list, const Theme *theme, const Chart *chart, const Point *points, const char *const *labels, int rows)
{
    Point *taken = draw_room(list, (size_t)rows * sizeof *taken);
    for (int r = 0; taken && r < rows; r++) {
        double width = fmin(measure_text(labels[r], FACE_PLAIN, 11), 110);
        double x = chart_x(chart, points[r].x), y = chart_y(chart, points[r].y) + 4;
        bool left = points[rows + r].x > points[r].x;
        double from = left ? x - 8 - width : x + 8;
        for (int i = 0; i < r; i++)
            if (fabs(taken[i].y - y) < 13 && fabs(taken[i].x - from) < 60) {
                y = taken[i].y + 13.5; /* more than 13, whatever the rounding */
                i = -1;
            }
        taken[r] = (Point){from, y};
        if (y > chart->top + chart->height)
            continue; /* too crowded for names: the tips tell them */
        draw_text_within(list, from, y, 110, ALIGN_LEFT, 11, theme->ink, labels[r]);
    }
}

static void draw_points(DrawList *list, const Theme *theme, const Chart *chart, const Point *points, const char *const *labels, int rows)
{
    for (int r = 0; r < rows; r++) {
        double x1 = chart_x(chart, points[r].x), y1 = chart_y(chart, points[r].y);
        double x2 = chart_x(chart, points[rows + r].x), y2 = chart_y(chart, points[rows + r].y), length = hypot(x2 - x1, y2 - y1);
        if (length > 6) {
            draw_line(list, x1, y1, x2, y2, theme->line, 1.5);
            draw_arrow_head(list, x2 - 5 * (x2 - x1) / length, y2 - 5 * (y2 - y1) / length, x2 - x1, y2 - y1, 7, theme->line);
        }
        draw_rect(list, x1 - 4, y1 - 4, 8, 8, theme->paper)->radius = 4;
        draw_outline(list, x1 - 4, y1 - 4, 8, 8, theme->muted, 1.5)->radius = 4;
        Item *point = draw_rect(list, x2 - 4.5, y2 - 4.5, 9, 9, theme->forward);
        point->radius = 4.5;
        point->tip = labels ? labels[r] : NULL;
    }
}

static void draw_legend(DrawList *list, const Theme *theme, double x, double y, int last)
{
    draw_outline(list, x, y - 8, 8, 8, theme->muted, 1.5)->radius = 4;
    draw_text(list, x + 14, y, ALIGN_LEFT, SMALL_SIZE, theme->muted, "before training");
    draw_rect(list, x + 120, y - 8.5, 9, 9, theme->forward)->radius = 4.5;
    draw_text(list, x + 134, y, ALIGN_LEFT, SMALL_SIZE, theme->muted, draw_format(list, "after %d updates", last));
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Reference reference;
    const History *history = spec->history;
    if (!reference_parse(&spec->session->names, spec->name ? spec->name : "token_embedding", &reference, error))
        return false;
    page_begin(list, spec);
    Panel panel = panel_of_value(list, spec, spec->session, reference.value);
    int rows = panel.rows, cols = panel.cols, last = history->steps[history->step_count - 1];
    double *x = centred(list, history->numbers[0], history->numbers[history->step_count - 1], rows, cols);
    double *directions = draw_room(list, 3 * (size_t)cols * sizeof *directions);
    Point *points = draw_room(list, 2 * (size_t)rows * sizeof *points);
    if (!x || !directions || !points)
        return error_memory(error);
    component(x, 2 * rows, cols, NULL, directions, directions + 2 * cols);
    component(x, 2 * rows, cols, directions, directions + cols, directions + 2 * cols);
    for (int r = 0; r < 2 * rows; r++)
        points[r] = project(x + r * cols, cols, directions, directions + cols);
    Chart chart = chart_of(points, 2 * rows);
    chart_axes(list, spec->theme, &chart, "first component →", "second component ↑");
    draw_legend(list, spec->theme, chart.left, PAGE_TOP + 8, last);
    draw_points(list, spec->theme, &chart, points, panel.row_labels, rows);
    if (panel.row_labels)
        draw_names(list, spec->theme, &chart, points, panel.row_labels, rows);
    page_end(list, spec, chart.left + SIDE + 16, chart.top + SIDE + 34, draw_format(list, "The rows of %s", panel.name),
             "Projected on the two directions in which they vary most, before and after training together (PCA).",
             draw_format(list, "Scatter plot of the %d rows of %s on their first two principal components, before training and after %d updates.", rows,
                         panel.name, last));
    return true;
}

const Figure EMBEDDING_FIGURE = {
    .name = "embedding", .words = "[NAME]", .shows = "the rows of a matrix in two dimensions (PCA), before and after training",
    .needs = NEEDS_VALUE_OVER_RUN, .value = "token_embedding", .updates = 10, .draw = draw,
};
