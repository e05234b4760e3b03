/* figure flow: the residual stream, who writes what into it, and the gradient on the way back.
 *
 *   stream + attention = stream,  stream + mlp = stream      one row a block, left to right
 *   the gradient of each panel stands below it               right to left */
#include "figure_page.h"
#include "value_panel.h"

#include "tiny_model/primitive.h"
#include "tracer/query/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    MOST_WRITERS = 8, MOST_STATIONS = 2 * MOST_WRITERS + 1, PANEL_WIDTH = 132, GAP = 44, ROW_GAP = 20, SIDE = 24,
    LABELLED = 16, LABEL_HEIGHT = 10, LABELS = 110, LEAST_WIDTH = 60,
    HIGHEST = 6000           /* of a page: behind it no block begins */
};

/* The root mean square of a value: what a typical cell is. */
static double typical(const Value *value)
{
    double sum = 0;
    for (size_t i = 0; i < cells_of(value); i++)
        sum += value->data[i] * value->data[i];
    return sqrt(sum / (double)cells_of(value));
}

/* One panel of a row: a value and how it is reached. */
typedef struct {
    int value;
    const char *heading;
    const char *sign;        /* before it, on the way forward; "" at the start */
} Station;

/* The part of the model that made a branch: the frame within the block, by what it writes. */
static const char *writer(DrawList *list, const Tape *tape, int block, int branch)
{
    if (tape_value(tape, branch)->producer < 0)
        return "input";
    int part = tape->steps[tape_value(tape, branch)->producer].frame;
    while (tape->frames[part].parent >= 0 && tape->frames[part].parent != block)
        part = tape->frames[part].parent;
    const char *name = tape->frames[part].name;
    return draw_format(list, "%s writes", strcmp(name, "mlp") == 0 ? "MLP" : name);
}

/* One block: its stream as it comes in, and each thing that is written into it. */
typedef struct {
    Station stations[MOST_STATIONS];
    int count;
    const char *where;       /* "block 1"; "sequence 0, block 1" in a batch */
} Row;

/* The i-th block; false behind the last. */
static bool row_of(const Tape *tape, DrawList *list, int i, Row *out)
{
    StreamStep steps[MOST_WRITERS];
    StreamBlock block;
    char where[PART_WORDS];
    int count = part_stream(tape, i, steps, MOST_WRITERS, &block);
    if (count == 0)
        return false;
    out->where = draw_format(list, "%s", part_words(tape->frames[block.frame].path, where, sizeof where));
    out->stations[0] = (Station){steps[0].before, "stream", ""};
    out->count = 1;
    for (int s = 0; s < count; s++) {
        out->stations[out->count++] =
            (Station){steps[s].branch, writer(list, tape, block.frame, steps[s].branch), steps[s].adds ? "+" : "→"};
        out->stations[out->count++] =
            (Station){s + 1 < count ? steps[s].after : block.last, "stream", steps[s].adds ? "=" : "→"};
    }
    return true;
}

/* One scale for all values and one for all gradients: equal colours are equal numbers. */
typedef struct {
    Scale of[2];             /* [is a gradient] */
    bool has_gradients;
} Scales;

/* Five panels, four signs between them and the labels at the left, on a page whose width was asked for. */
static double panel_width(const Spec *spec)
{
    double room = (spec->widest - SIDE - LABELS - 4 * GAP) / 5;
    return spec->widest > 0 ? fmax(LEAST_WIDTH, fmin(PANEL_WIDTH, room)) : PANEL_WIDTH;
}

static Panel station_panel(const Spec *spec, DrawList *list, const Station *station, const Scales *scales, bool first,
                           bool last, bool gradient)
{
    char number[NUMBER_SIZE];
    int value = gradient ? tape_value(spec->session->names.tape, station->value)->gradient : station->value;
    Panel panel = panel_of_value(list, spec, spec->session, value);
    panel.heading = station->heading;
    panel.note = draw_format(list, "%s %s", gradient ? "gradient, rms" : "rms",
                             number_text(number, typical(tape_value(spec->session->names.tape, value)), 3));
    if (!first)
        panel.row_labels = NULL, panel.row_title = NULL;
    panel.col_labels = NULL;
    panel_scale(&panel, spec, scales->of[gradient]);
    panel.own_bar = spec->color_bar && last;
    double widest = panel_width(spec);
    double least = panel.cols <= LABELLED ? LABEL_HEIGHT : 4; /* so that every token has its label */
    panel_measure_with(&panel, fmax(floor(widest / panel.cols), least), false);
    panel.width = fmax(panel.width, widest + panel.left);
    return panel;
}

/* One row of panels; x[] are the same for the row below it. Returns its height. */
static double draw_row(const Spec *spec, DrawList *list, const Row *row, const Scales *scales, bool gradient,
                       double y, double *right)
{
    const Theme *theme = spec->theme;
    Rgb color = gradient ? theme->backward : theme->forward;
    double x = PAGE_MARGIN + SIDE, height = 0;
    for (int i = 0; i < row->count; i++) {
        Panel panel = station_panel(spec, list, &row->stations[i], scales, i == 0, i == row->count - 1,
                                    gradient);
        if (i > 0) {
            draw_bold(list, x + GAP / 2.0, y + panel.top + panel.cell * panel.rows / 2 + 8, ALIGN_CENTER, 20, color,
                      gradient ? "←" : row->stations[i].sign);
            x += GAP;
        }
        panel_draw(list, theme, &panel, x, y);
        x += panel.width;
        height = fmax(height, panel.height);
    }
    const char *side = gradient ? "← backward" : "forward →";
    draw_line(list, PAGE_MARGIN + 16, y, PAGE_MARGIN + 16, y + height, color, 3)->dashed = gradient;
    if (measure_text(side, FACE_BOLD, 11) < height)
        draw_bold(list, PAGE_MARGIN + 10, y + height, ALIGN_LEFT, 11, color, gradient ? "backward" : "forward")
            ->upwards = true;
    *right = fmax(*right, x);
    return height;
}

/* "0.12 straight along the stream, 0.08 through block0.attention.norm": the routes of a gradient. */
static const char *routes(const Spec *spec, DrawList *list, const Row *row)
{
    int stream = row->stations[0].value;
    const Names *names = &spec->session->names;
    char number[NUMBER_SIZE];
    const char *told = "", *start = draw_format(list, "%s.grad.from.", name_of(names, stream));
    int found = 0;
    for (int id = 0; id < names->count; id++) {
        const char *name = name_of(names, id);
        if (strncmp(name, start, strlen(start)) != 0)
            continue;
        told = draw_format(list, "%s%s %s by way of %s", told, found++ ? "," : "",
                           number_text(number, typical(tape_value(names->tape, id)), 3), name + strlen(start));
    }
    return found ? draw_format(list, "The gradient of the stream before %s is a sum (rms):%s.", row->where, told)
                 : draw_format(list, "The gradient of the stream before %s comes by one route.", row->where);
}

/* A frozen part has none, and a tape of the forward phase alone. */
static bool has_gradients(const Tape *tape, const Row *row)
{
    for (int i = 0; i < row->count; i++)
        if (tape_value(tape, row->stations[i].value)->gradient < 0)
            return false;
    return true;
}

/* What is 0 everywhere has any scale. */
static void join_scale(Scale *scale, const Value *value)
{
    if (typical(value) > 0)
        *scale = scale_join(*scale, scale_of(value->data, cells_of(value), true));
}

static void join_scales(const Tape *tape, const Row *row, Scales *scales)
{
    for (int i = 0; i < row->count; i++) {
        const Value *value = tape_value(tape, row->stations[i].value);
        join_scale(&scales->of[0], value);
        if (value->gradient < 0)
            continue;
        join_scale(&scales->of[1], tape_value(tape, value->gradient));
        scales->has_gradients = true;
    }
}

/* What the strongest colours mean. */
static const char *scales_told(const Spec *spec, DrawList *list, const Scales *scales)
{
    char low[NUMBER_SIZE], high[NUMBER_SIZE];
    if (spec->ranged)
        return "All panels share one color scale.";
    number_text(high, scales->of[0].high, 2);
    if (!scales->has_gradients)
        return draw_format(list, "All panels share one color scale, ±%s.", high);
    return draw_format(list, "All values share one color scale, ±%s, all gradients another, ±%s.", high,
                       number_text(low, scales->of[1].high, 2));
}

static bool has_stream(const Session *session, const char **why)
{
    StreamStep step;
    StreamBlock block;
    *why = "there is no stream that parts of this model write into";
    return part_stream(session->names.tape, 0, &step, 1, &block) > 0;
}

/* Of a large batch there are more than fit a page. */
static const char *left_out(DrawList *list, int shown, int blocks)
{
    return shown == blocks ? ""
                           : draw_format(list, " These are the first %d of %d blocks of the batch; --example takes one "
                                         "of its examples.",
                                         shown, blocks);
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    double y = PAGE_TOP, right = PAGE_MARGIN;
    const Tape *tape = spec->session->names.tape;
    Row row;
    int blocks = 0, shown = 0, stream = 0;
    Scales scales = {{{.diverging = true}, {.diverging = true}}, false};
    for (; row_of(tape, list, blocks, &row); blocks++)
        join_scales(tape, &row, &scales);
    (void)error;
    page_begin(list, spec);
    const char *told = "";
    for (; y < HIGHEST && row_of(tape, list, shown, &row); shown++) {
        stream = row.stations[0].value;
        if (blocks > 1) {
            draw_bold(list, PAGE_MARGIN, y + 12, ALIGN_LEFT, 13, spec->theme->ink, row.where);
            y += 24;
        }
        y += draw_row(spec, list, &row, &scales, false, y, &right) + ROW_GAP;
        if (!has_gradients(tape, &row))
            continue;
        y += draw_row(spec, list, &row, &scales, true, y, &right) + ROW_GAP;
        const char *by = routes(spec, list, &row);
        told = draw_format(list, "%s%s%s", told, shown ? " " : "", by);
        y = draw_paragraph(list, PAGE_MARGIN, y, right - PAGE_MARGIN, TEXT_SIZE, spec->theme->ink, by);
    }
    page_end(list, spec, right, y - TEXT_SIZE, "The residual stream: who writes what into it",
             draw_format(list, "Rows are %ss, columns %ss. %s rms: the size of a typical cell.%s",
                         tape_rows(tape, stream)->name, tape_cols(tape, stream)->name,
                         scales_told(spec, list, &scales), left_out(list, shown, blocks)),
             draw_format(list, "Heatmaps of the residual stream through %d block%s with what each part adds to it, and "
                         "the gradient of each. %s",
                         shown, shown == 1 ? "" : "s", told));
    return true;
}

const Figure FLOW_FIGURE = {
    .name = "flow", .words = "",
    .shows = "the residual stream: what each sublayer adds, and how much gradient each route carries",
    .takes = TAKES_CELLS | TAKES_COLORS, .fits = has_stream, .draw = draw,
};
