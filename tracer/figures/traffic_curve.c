/* figure traffic: how many numbers attention moves, against the number of queries in a tile; both axes double from
 * line to line. The dashed line is attention that is whole. */
#include "figure_page.h"

#include "tracer/query/parts.h"
#include "tracer/query/tiles.h"
#include "tracer/query/traffic.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 460, HEIGHT = 260, LEFT = 74, MOST_POINTS = 24, MOST_ASKED = 1 << 20 };

typedef struct {
    int count;
    long long rows[MOST_POINTS];
    long long moved[MOST_POINTS];
    long long whole;
    double low, high;       /* log2 of what is shown */
} Curve;

static Curve curve_of(TrafficForm form)
{
    Curve curve = {.whole = traffic_whole(&form).all};
    long long least = curve.whole, most = curve.whole;
    for (long long rows = 1; curve.count < MOST_POINTS; rows *= 2) {
        form.rows = form.columns = rows < form.tokens ? rows : form.tokens;
        long long moved = traffic_tiled(&form).all;
        curve.rows[curve.count] = form.rows;
        curve.moved[curve.count++] = moved;
        least = moved < least ? moved : least;
        most = moved > most ? moved : most;
        if (rows >= form.tokens)
            break;
    }
    curve.low = floor(log2((double)least));
    curve.high = ceil(log2((double)most));
    return curve;
}

static double point_x(const Curve *curve, double left, int i)
{
    return left + (curve->count > 1 ? (double)i * WIDTH / (curve->count - 1) : 0);
}

static double point_y(const Curve *curve, double moved)
{
    return PAGE_TOP + 10 + HEIGHT * (curve->high - log2(moved)) / fmax(curve->high - curve->low, 1);
}

/* "2.1 M": a power of two for an axis. */
static const char *short_count(DrawList *list, double number)
{
    static const char *const units[] = {"", " k", " M", " G", " T", " P"};
    int unit = 0;
    for (; number >= 1000 && unit < 5; unit++)
        number /= 1000;
    return draw_format(list, "%.3g%s", number, units[unit]);
}

static void draw_axes(const Spec *spec, DrawList *list, const Curve *curve, double left)
{
    const Theme *theme = spec->theme;
    double bottom = point_y(curve, exp2(curve->low));
    int apart = (int)fmax(1, ceil((curve->high - curve->low) / 8));
    for (int power = (int)curve->low; power <= (int)curve->high; power += apart) {
        double y = point_y(curve, exp2(power));
        draw_line(list, left, y, left + WIDTH, y, theme->line, 1);
        draw_text(list, left - 6, y + 4, ALIGN_RIGHT, SMALL_SIZE, theme->ink, short_count(list, exp2(power)));
    }
    int every = (curve->count + 11) / 12;
    for (int i = 0; i < curve->count; i += every)
        draw_text(list, point_x(curve, left, i), bottom + 16, ALIGN_CENTER, SMALL_SIZE, theme->ink,
                  draw_format(list, "%lld", curve->rows[i]));
    draw_text(list, left + WIDTH / 2.0, bottom + 32, ALIGN_CENTER, SMALL_SIZE, theme->muted,
              "queries (and keys) in a tile →");
    draw_text(list, PAGE_MARGIN, PAGE_TOP + 2, ALIGN_LEFT, SMALL_SIZE, theme->muted, "numbers moved");
}

static void draw_curves(const Spec *spec, DrawList *list, const Curve *curve, double left)
{
    const Theme *theme = spec->theme;
    double y = point_y(curve, (double)curve->whole);
    Point points[MOST_POINTS];
    for (int i = 0; i < curve->count; i++)
        points[i] = (Point){point_x(curve, left, i), point_y(curve, (double)curve->moved[i])};
    draw_line(list, left, y, left + WIDTH, y, theme->backward, 2)->dashed = true;
    draw_bold(list, left + WIDTH, y - 6, ALIGN_RIGHT, SMALL_SIZE, theme->backward,
              draw_format(list, "whole: %lld", curve->whole));
    if (curve->count > 1)
        draw_lines(list, points, curve->count, theme->forward, 2);
    for (int i = 0; i < curve->count; i++)
        draw_rect(list, points[i].x - 3, points[i].y - 3, 6, 6, theme->forward)->tip =
            draw_format(list, "tiles of %lld: %lld", curve->rows[i], curve->moved[i]);
}

/* The first size with which tiles move less; 0: none does. */
static long long pays_from(const Curve *curve)
{
    for (int i = 0; i < curve->count; i++)
        if (curve->moved[i] < curve->whole)
            return curve->rows[i];
    return 0;
}

/* "1024x64": tokens and the width of a head, with a c behind it causal. */
static bool parse_form(const char *text, TrafficForm *form, Error *error)
{
    char *end, *rest;
    long tokens = strtol(text, &end, 10), width = *end == 'x' ? strtol(end + 1, &rest, 10) : 0;
    bool causal = width > 0 && *rest == 'c';
    if (tokens < 1 || tokens > MOST_ASKED || width < 1 || width > MOST_ASKED || rest[causal])
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%.40s\" is no size; write tokens x width of a head as in 1024x64, or 1024x64c with a mask",
                         text);
    *form = (TrafficForm){.tokens = tokens, .width = width, .causal = causal};
    return true;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    TrafficForm form;
    if (!parse_form(spec->name, &form, error))
        return false;
    page_begin(list, spec);
    Curve curve = curve_of(form);
    double left = PAGE_MARGIN + LEFT, bottom = point_y(&curve, exp2(curve.low));
    draw_axes(spec, list, &curve, left);
    draw_curves(spec, list, &curve, left);
    long long from = pays_from(&curve);
    const char *pays = from ? draw_format(list, "Tiles move less from %lld queries a tile on", from)
                            : "Tiles move more whatever their size, of so short a text";
    const char *told =
        draw_format(list, "%lld tokens, a head %lld wide%s: whole 4 N² + 4 N d = %lld numbers, in tiles K and V once "
                          "for every block of queries. %s; for long texts the factor is 2 B / d.",
                    form.tokens, form.width, form.causal ? ", causal" : "", curve.whole, pays);
    page_end(list, spec, left + WIDTH + 12, bottom + 36, "What attention moves, by the size of its tiles", told,
             draw_format(list, "Line chart. %s", told));
    return true;
}

/* That of the first head. */
static bool usual(const Session *session, char *name, size_t size)
{
    const Tape *tape = session->names.tape;
    TiledHead head;
    if (tiled_head(tape, 0, &head)) {
        snprintf(name, size, "%dx%d%s", head.queries, head.width, head.window ? "c" : "");
        return true;
    }
    for (int call = 0; call < tape->call_count; call++)
        if (tape->calls[call].rule == &SCORES) {
            const Value *q = tape_value(tape, tape->calls[call].inputs[0]);
            snprintf(name, size, "%dx%d", q->rows, q->cols);
            return true;
        }
    return false;
}

static bool fits(const Session *session, const char **why)
{
    char name[40];
    *why = "there is no attention in this model";
    return usual(session, name, sizeof name);
}

const Figure TRAFFIC_FIGURE = {
    .name = "traffic", .words = "[1024x64|1024x64c]",
    .shows = "numbers that attention moves, whole and in tiles, by the size of the tiles; tokens x width, c: causal",
    .fits = fits, .usual = usual, .draw = draw,
};
