/* figure plane: pairs of words in the plane, an arrow from one to the other of each: where arrows are parallel, pairs
 * differ in the same way. Over a training: the same axes, those of its end. Chapter 33. */
#include "chart.h"
#include "figure_page.h"
#include "flat.h"
#include "word_rows.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <string.h>

enum { SIDE = 330, GAP = 70, EVENLY = 31, HIGHER = 40, MOST_PANELS = 4, MOST_PLANE_WORDS = 40 };

typedef struct {
    const Spec *spec;
    DrawList *list;
    const int *rows;
    int count, cols;
    Point *points;           /* [kept steps x count] */
    Chart chart;             /* of the first panel */
    double share;            /* of what varies in the end that the plane shows */
} Plane;

/* Unit rows of the words at one time, without their mean. */
static void take_rows(const Plane *plane, const double *numbers, double *out)
{
    int cols = plane->cols;
    for (int i = 0; i < plane->count; i++) {
        const double *row = numbers + (size_t)plane->rows[i] * (size_t)cols;
        double squared = 0;
        for (int c = 0; c < cols; c++)
            squared += row[c] * row[c];
        for (int c = 0; c < cols; c++)
            out[i * cols + c] = squared > 0 ? row[c] / sqrt(squared) : 0;
    }
    for (int c = 0; c < cols; c++) {
        double mean = 0;
        for (int i = 0; i < plane->count; i++)
            mean += out[i * cols + c] / plane->count;
        for (int i = 0; i < plane->count; i++)
            out[i * cols + c] -= mean;
    }
}

static bool place_all(Plane *plane, Error *error)
{
    const History *history = plane->spec->history;
    size_t cells = (size_t)plane->count * (size_t)plane->cols;
    double *x = draw_room(plane->list, cells * sizeof *x), whole = 0, seen = 0;
    double *directions = draw_room(plane->list, 3 * (size_t)plane->cols * sizeof *directions);
    plane->points = draw_room(plane->list, (size_t)(history->step_count * plane->count) * sizeof *plane->points);
    if (!x || !directions || !plane->points)
        return error_memory(error);
    take_rows(plane, history->numbers[history->step_count - 1], x);
    flat_directions(x, plane->count, plane->cols, directions);
    for (size_t i = 0; i < cells; i++)
        whole += x[i] * x[i];
    for (int step = 0; step < history->step_count; step++) {
        take_rows(plane, history->numbers[step], x);
        for (int i = 0; i < plane->count; i++)
            plane->points[step * plane->count + i] = flat_point(x + i * plane->cols, plane->cols, directions);
    }
    for (int i = 0; i < plane->count; i++) {
        Point p = plane->points[(history->step_count - 1) * plane->count + i];
        seen += p.x * p.x + p.y * p.y;
    }
    plane->share = whole > 0 ? seen / whole : 0;
    return true;
}

/* All times in one scale, the same both ways. */
static void make_chart(Plane *plane)
{
    double most = 1e-9;
    for (int i = 0; i < plane->spec->history->step_count * plane->count; i++)
        most = fmax(most, fmax(fabs(plane->points[i].x), fabs(plane->points[i].y)));
    most *= 1.15;
    plane->chart = (Chart){.left = PAGE_MARGIN + 50, .top = PAGE_TOP + 36, .width = SIDE, .height = SIDE,
                           .x_low = -most, .x_high = most, .y_low = -most, .y_high = most};
}

static void draw_arrow(DrawList *list, const Chart *chart, Point from, Point to, Rgb color)
{
    double x1 = chart_x(chart, from.x), y1 = chart_y(chart, from.y), x2 = chart_x(chart, to.x),
           y2 = chart_y(chart, to.y), length = hypot(x2 - x1, y2 - y1);
    if (length < 14)
        return;
    double dx = (x2 - x1) / length, dy = (y2 - y1) / length;
    draw_line(list, x1 + 5 * dx, y1 + 5 * dy, x2 - 6 * dx, y2 - 6 * dy, color, 2);
    draw_arrow_head(list, x2 - 5 * dx, y2 - 5 * dy, dx, dy, 8, color);
}

typedef struct {
    double left, top, right, bottom;
} Place;

/* Where a name may stand beside its point, tried in this order; the first is away from the middle. */
static Place place_at(const Chart *chart, Point at, double width, int i)
{
    enum { HIGH = 13 };
    double x = chart_x(chart, at.x), y = chart_y(chart, at.y), side = at.x < 0 ? -1 : 1, down = at.y < 0 ? 1 : -1;
    const double right[] = {side, side, 0, -side, 0, -side, side, -side}, below[] = {0.7 * down, 0, down, 0.7 * down,
                                                                                   -down, 0, 2 * down, 2 * down};
    double middle = x + right[i] * (width / 2 + 9), line = y + below[i] * (HIGH + (right[i] == 0 ? 3 : 0));
    return (Place){middle - width / 2, line - HIGH / 2.0, middle + width / 2, line + HIGH / 2.0};
}

static bool is_free(const Chart *chart, const Place *place, const Place *taken, int count)
{
    bool inside = place->left > chart->left && place->right < chart->left + chart->width + 30 &&
                  place->top > chart->top && place->bottom < chart->top + chart->height;
    for (int i = 0; i < count && inside; i++)
        inside = place->right < taken[i].left || taken[i].right < place->left || place->bottom <= taken[i].top ||
                 taken[i].bottom <= place->top;
    return inside;
}

static void draw_name(DrawList *list, const Theme *theme, const Chart *chart, Point at, const char *word,
                      Place *taken, int *count)
{
    enum { PLACES = 8 };
    double width = fmin(measure_text(word, FACE_PLAIN, TEXT_SIZE), 110);
    Place place = place_at(chart, at, width, 0);
    for (int i = 0; i < PLACES && !is_free(chart, &place, taken, *count); i++)
        place = place_at(chart, at, width, i);
    taken[(*count)++] = place;
    draw_text_within(list, place.left, place.bottom - 3, 110, ALIGN_LEFT, TEXT_SIZE, theme->ink, word);
}

static void draw_panel(const Plane *plane, int step, double left, double top)
{
    DrawList *list = plane->list;
    const Theme *theme = plane->spec->theme;
    const Names *names = &plane->spec->session->names;
    const Axis *axis = row_axis(names, word_table(plane->spec->session));
    const Point *points = plane->points + step * plane->count;
    Place taken[2 * MOST_PLANE_WORDS];
    int names_taken = 0;
    Chart chart = plane->chart;
    chart.left = left, chart.top = top;
    for (int i = 0; i < plane->count; i++, names_taken++) /* no name stands on a point */
        taken[i] = (Place){chart_x(&chart, points[i].x) - 4, chart_y(&chart, points[i].y) - 4,
                           chart_x(&chart, points[i].x) + 4, chart_y(&chart, points[i].y) + 4};
    int updates = plane->spec->history->steps[step];
    chart_axes(list, theme, &chart, "first component →", "second component ↑");
    draw_bold(list, left - 50, top - 26, ALIGN_LEFT, TEXT_SIZE, theme->ink,
              updates == 0 ? "before training"
                           : draw_format(list, "after %d update%s", updates, updates == 1 ? "" : "s"));
    for (int i = 0; i + 3 < plane->count; i += 2)
        for (int side = 0; side < 2; side++) {
            Point a = points[i + side], b = points[i + 2 + side];
            draw_line(list, chart_x(&chart, a.x), chart_y(&chart, a.y), chart_x(&chart, b.x), chart_y(&chart, b.y),
                      theme->line, 1)->dashed = true;
        }
    for (int i = 0; i + 1 < plane->count; i += 2)
        draw_arrow(list, &chart, points[i], points[i + 1], theme->forward);
    for (int i = 0; i < plane->count; i++) {
        const char *word = axis_label(names, axis, plane->rows[i]);
        Item *point = draw_rect(list, chart_x(&chart, points[i].x) - 4, chart_y(&chart, points[i].y) - 4, 8, 8,
                                i % 2 ? theme->backward : theme->update);
        point->radius = 4;
        point->tip = word;
        draw_name(list, theme, &chart, points[i], word, taken, &names_taken);
    }
}

/* The cosines of the other arrows with the first, in all dimensions, in the end. */
static const char *told(const Plane *plane)
{
    char number[NUMBER_SIZE];
    DrawList *list = plane->list;
    const History *history = plane->spec->history;
    double *x = draw_room(list, (size_t)plane->count * (size_t)plane->cols * sizeof *x);
    if (!x)
        return "";
    take_rows(plane, history->numbers[history->step_count - 1], x);
    for (int i = 0; i + 1 < plane->count; i += 2)
        for (int c = 0; c < plane->cols; c++)
            x[i * plane->cols + c] = x[(i + 1) * plane->cols + c] - x[i * plane->cols + c];
    const char *cosines = "";
    for (int i = 2; i + 1 < plane->count; i += 2)
        cosines = draw_format(list, "%s%s%s", cosines, i > 2 ? ", " : "",
                              number_text(number, row_cosine(x, x + i * plane->cols, plane->cols), 2));
    const char *pairs = *cosines ? draw_format(list, " In all %d dimensions the cosine%s of the first arrow with the "
                                               "other%s: %s.", plane->cols, plane->count > 4 + 1 ? "s" : "",
                                               plane->count > 4 + 1 ? "s" : "", cosines) : "";
    return draw_format(list, "Unit vectors, projected on the two directions in which these words vary most in the "
                             "end: %.0f %% of all that they vary.%s", 100 * plane->share, pairs);
}

static int panels_of(const Plane *plane, int *steps)
{
    int count = plane->spec->history->step_count, shown = count <= 6 ? count : MOST_PANELS;
    if (plane->spec->frame != ALL_FRAMES) {
        steps[0] = plane->spec->frame;
        return 1;
    }
    for (int i = 0; i < shown; i++)
        steps[i] = shown > 1 ? (count - 1) * i / (shown - 1) : count - 1;
    return shown;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Plane plane = {.spec = spec, .list = list};
    int steps[6];
    page_begin(list, spec);
    plane.count = word_rows(spec, list, &plane.rows, error);
    if (error->code)
        return false;
    if (plane.count < 2 || plane.count % 2 || plane.count > MOST_PLANE_WORDS)
        return error_set(error, EXIT_USED_WRONGLY,
                         "plane takes pairs of words, \"man woman king queen\", not %d word%s", plane.count,
                         plane.count == 1 ? "" : "s");
    plane.cols = tape_value(spec->session->names.tape, word_table(spec->session))->cols;
    if (!place_all(&plane, error))
        return false;
    make_chart(&plane);
    int shown = panels_of(&plane, steps);
    double apart = SIDE + GAP;
    int fit = (int)((page_width(spec) + GAP - 50) / apart), across = spec->across ? spec->across : shown == 4 ? 2 : 3;
    across = across > fit ? fit : across;
    across = across < 1 ? 1 : across > shown ? shown : across;
    for (int i = 0; i < shown; i++)
        draw_panel(&plane, steps[i], plane.chart.left + i % across * apart,
                   plane.chart.top + i / across * (SIDE + GAP + HIGHER));
    int high = (shown + across - 1) / across;
    const char *words = told(&plane);
    page_end(list, spec, plane.chart.left + across * apart - GAP + 14,
             plane.chart.top + (high - 1) * (SIDE + GAP + HIGHER) + SIDE + 34,
             draw_format(list, "%s in the plane", spec->name), words,
             draw_format(list, "Points in the plane with an arrow in each pair of %s, at %d time%s. %s", spec->name,
                         shown, shown == 1 ? "" : "s", words));
    return true;
}

static bool usual(const Session *session, char *name, size_t size)
{
    static const char *const lists[] = {"man woman king queen boy girl prince princess", NULL};
    return usual_words(session, lists, 4, name, size);
}

const Figure PLANE_FIGURE = {
    .name = "plane", .words = "[\"MAN WOMAN KING QUEEN\"]",
    .shows = "pairs of words in the plane, an arrow a pair, over a training; it moves as .apng",
    .needs = NEEDS_VALUE_OVER_RUN, .takes = TAKES_ACROSS, .evenly = EVENLY,
    .fits = has_words, .usual = usual, .watched = watched_words, .draw = draw,
};
