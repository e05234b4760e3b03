/* figure flow: the residual stream, who writes what into it, and the gradient on the way back.
 *
 *   stream + attention = stream,  stream + mlp = stream      one row a block, left to right
 *   the gradient of each panel stands below it               right to left */
#include "figure_page.h"
#include "value_panel.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { STATIONS = 5, PANEL_WIDTH = 132, GAP = 44, ROW_GAP = 20, SIDE = 24, LABELLED = 16, LABEL_HEIGHT = 10 };

/* The root mean square of a value: what a typical cell is. */
static double typical(const Value *value)
{
    double sum = 0;
    for (size_t i = 0; i < cells_of(value); i++)
        sum += value->data[i] * value->data[i];
    return sqrt(sum / (double)cells_of(value));
}

static int station_value(const Spec *spec, int block, int station, bool gradient)
{
    static const char *const names[STATIONS] = {"", "attention.output", "attention.residual", "mlp.output", "output"};
    const char *end = gradient ? ".grad" : "";
    if (station > 0)
        return value_named(spec->session, "block%d.%s%s", block, names[station], end);
    return block ? value_named(spec->session, "block%d.output%s", block - 1, end) : value_named(spec->session, "embedding%s", end);
}

static Panel station_panel(const Spec *spec, DrawList *list, int block, int station, bool gradient)
{
    static const char *const headings[STATIONS] = {"stream", "attention writes", "stream", "MLP writes", "stream"};
    char number[NUMBER_SIZE];
    int value = station_value(spec, block, station, gradient);
    Panel panel = panel_of_value(list, spec, spec->session, value);
    panel.heading = headings[station];
    panel.note = draw_format(list, "%s %s", gradient ? "gradient, rms" : "rms",
                             number_text(number, typical(tape_value(spec->session->names.tape, value)), 3));
    if (station > 0)
        panel.row_labels = NULL, panel.row_title = NULL;
    panel.col_labels = NULL;
    double least = panel.cols <= LABELLED ? LABEL_HEIGHT : 4; /* so that every token has its label */
    panel_measure_with(&panel, fmax(floor((double)PANEL_WIDTH / panel.cols), least), false);
    panel.width = fmax(panel.width, PANEL_WIDTH + panel.left);
    return panel;
}

static const char *sign_of(const Spec *spec, int station, bool gradient)
{
    static const char *const forward[STATIONS] = {"", "+", "=", "+", "="};
    const Model *model = &spec->session->model;
    bool skips = station == 1 || station == 2 ? model->residual_attention : model->residual_mlp;
    return gradient ? "←" : skips || station == 0 ? forward[station] : "→";
}

/* One row of panels; x[] are the same for the row below it. Returns its height. */
static double draw_row(const Spec *spec, DrawList *list, int block, bool gradient, double y, double *right)
{
    const Theme *theme = spec->theme;
    Rgb color = gradient ? theme->backward : theme->forward;
    double x = PAGE_MARGIN + SIDE, height = 0;
    for (int i = 0; i < STATIONS; i++) {
        Panel panel = station_panel(spec, list, block, i, gradient);
        if (i > 0) {
            draw_bold(list, x + GAP / 2.0, y + panel.top + panel.cell * panel.rows / 2 + 8, ALIGN_CENTER, 20, color, sign_of(spec, i, gradient));
            x += GAP;
        }
        panel_draw(list, theme, &panel, x, y);
        x += panel.width;
        height = fmax(height, panel.height);
    }
    const char *side = gradient ? "← backward" : "forward →";
    draw_line(list, PAGE_MARGIN + 16, y, PAGE_MARGIN + 16, y + height, color, 3)->dashed = gradient;
    if (measure_text(side, FACE_BOLD, 11) < height)
        draw_bold(list, PAGE_MARGIN + 10, y + height, ALIGN_LEFT, 11, color, gradient ? "backward" : "forward")->upwards = true;
    *right = fmax(*right, x);
    return height;
}

/* "0.12 straight along the stream, 0.08 through block0.attention.norm": the routes of a gradient. */
static const char *routes(const Spec *spec, DrawList *list, int block)
{
    const Names *names = &spec->session->names;
    char start[64], number[NUMBER_SIZE];
    const char *told = "";
    int found = 0;
    if (block)
        snprintf(start, sizeof start, "block%d.output.grad.from.", block - 1);
    else
        snprintf(start, sizeof start, "embedding.grad.from.");
    for (int id = 0; id < names->count; id++) {
        const char *name = name_of(names, id);
        if (strncmp(name, start, strlen(start)) != 0)
            continue;
        told = draw_format(list, "%s%s %s by way of %s", told, found++ ? "," : "", number_text(number, typical(tape_value(names->tape, id)), 3),
                           name + strlen(start));
    }
    return found ? draw_format(list, "The gradient of the stream before block %d is a sum (rms):%s.", block, told)
                 : draw_format(list, "The gradient of the stream before block %d comes by one route.", block);
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    double y = PAGE_TOP, right = PAGE_MARGIN;
    int blocks = spec->session->model.n_layers;
    if (spec->name)
        return error_set(error, EXIT_USED_WRONGLY, "the figure flow takes no name");
    page_begin(list, spec);
    const char *told = "";
    for (int block = 0; block < blocks; block++) {
        if (blocks > 1) {
            draw_bold(list, PAGE_MARGIN, y + 12, ALIGN_LEFT, 13, spec->theme->ink, draw_format(list, "block %d", block));
            y += 24;
        }
        y += draw_row(spec, list, block, false, y, &right) + ROW_GAP;
        y += draw_row(spec, list, block, true, y, &right) + ROW_GAP;
        told = draw_format(list, "%s%s%s", told, block ? " " : "", routes(spec, list, block));
        y = draw_paragraph(list, PAGE_MARGIN, y, right - PAGE_MARGIN, TEXT_SIZE, spec->theme->ink, routes(spec, list, block));
    }
    page_end(list, spec, right, y - TEXT_SIZE, "The residual stream: who writes what into it",
             "Rows are tokens, columns features; orange is positive, blue negative, each panel in its own scale. rms: the size of a typical cell.",
             draw_format(list, "Heatmaps of the residual stream through %d block%s with what attention and the MLP add to it, and the gradient of each. %s",
                         blocks, blocks == 1 ? "" : "s", told));
    return true;
}

const Figure FLOW_FIGURE = {
    .name = "flow", .words = "", .shows = "the residual stream: what each sublayer adds, and how much gradient each route carries", .draw = draw,
};
