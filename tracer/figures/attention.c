/* figure attention: the weights of one head, or of all heads in a grid. */
#include "figure_page.h"
#include "value_panel.h"

#include "tiny_model/primitive.h"
#include "tracer/base/nearest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_CANDIDATES = 64, LEAST_BAR = 76 };

bool head_parse(const Session *session, const char *name, int *block, int *head, Error *error)
{
    const Model *model = &session->model;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT], candidates[MOST_CANDIDATES][64];
    int count = 0;
    *block = *head = 0;
    if (!name)
        return true;
    for (int b = 0; b < model->n_layers; b++)
        for (int h = 0; h < model->n_heads; h++) {
            char text[64], whole[64];
            snprintf(text, sizeof text, "block%d.head%d", b, h);
            snprintf(whole, sizeof whole, "block%d.attention.head%d", b, h);
            if (strcmp(name, text) == 0 || strcmp(name, whole) == 0) {
                *block = b;
                *head = h;
                return true;
            }
            if (count < MOST_CANDIDATES)
                nearest_offer(&nearest, name, strcpy(candidates[count++], text));
        }
    return error_set(error, EXIT_USED_WRONGLY, "no attention head is called \"%.60s\"; %s", name,
                     nearest_text(&nearest, answer, "write it as block0.head1"));
}

/* What each query looks at most, in words. */
static const char *strongest(DrawList *list, const Panel *panel)
{
    const char *told = "";
    for (int r = 0; r < panel->rows && r < 8 && !list->failed; r++) {
        int best = 0;
        char number[NUMBER_SIZE];
        for (int c = 1; c < panel->cols; c++)
            if (panel->data[r * panel->cols + c] > panel->data[r * panel->cols + best])
                best = c;
        told = draw_format(list, "%s%s \"%s\" looks most at \"%s\" (%s)", told, r ? "," : "", panel->row_labels[r], panel->col_labels[best],
                           number_text(number, panel->data[r * panel->cols + best], 2));
    }
    return told;
}

static const char *caption(DrawList *list, bool sums)
{
    return draw_format(list, "Each row is a query, and its weights over the keys %s to 1. Hatched: keys that come later, masked.",
                       sums ? "sum" : "do not always sum");
}

static bool draw_one(const Spec *spec, DrawList *list, Error *error)
{
    int block, head;
    if (!head_parse(spec->session, spec->name, &block, &head, error))
        return false;
    int value = value_named(spec->session, "block%d.attention.head%d.weights", block, head);
    Panel panel = panel_of_value(list, spec, spec->session, value);
    panel_measure(&panel, PAGE_MOST);
    panel_draw(list, spec->theme, &panel, PAGE_MARGIN, PAGE_TOP);
    double right = PAGE_MARGIN + panel.left + panel.cell * panel.cols, height = fmax(panel.cell * panel.rows, LEAST_BAR);
    right += 16 + draw_color_bar(list, spec->theme, panel.scale, right + 16, PAGE_TOP + panel.top, height - 1);
    page_end(list, spec, right, PAGE_TOP + panel.top + height, draw_format(list, "Attention of block %d, head %d", block, head),
             caption(list, rows_sum_to_one(panel.data, panel.rows, panel.cols)),
             draw_format(list, "Attention weights of block %d, head %d, %d tokens:%s. Keys after the query are masked.", block, head,
                         panel.rows, strongest(list, &panel)));
    return true;
}

static bool draw_all(const Spec *spec, DrawList *list)
{
    const Model *model = &spec->session->model;
    int heads = model->n_layers * model->n_heads;
    Panel *panels = draw_room(list, (size_t)heads * sizeof *panels);
    double right = PAGE_MARGIN, y = PAGE_TOP;
    bool sums = true;
    for (int block = 0; panels && block < model->n_layers; block++) {
        Panel *row = panels + block * model->n_heads;
        for (int head = 0; head < model->n_heads; head++) {
            row[head] = panel_of_value(list, spec, spec->session, value_named(spec->session, "block%d.attention.head%d.weights", block, head));
            row[head].bar = true;
            sums = sums && rows_sum_to_one(row[head].data, row[head].rows, row[head].cols);
            row[head].heading = draw_format(list, "block %d, head %d", block, head);
        }
        y = shelf_draw(list, spec->theme, row, NULL, model->n_heads, PAGE_MARGIN, y, &right) + 22;
    }
    double top = panels ? panels->top : 0, bar = panels ? fmax(panels->cell * panels->rows - 1, LEAST_BAR) : 0;
    right += 16 + draw_color_bar(list, spec->theme, (Scale){.low = 0, .high = 1}, right + 16, PAGE_TOP + top, bar);
    page_end(list, spec, right, fmax(y - 22, PAGE_TOP + top + bar), "Attention of all heads",
             caption(list, sums),
             draw_format(list, "Attention weights of %d heads in %d blocks, each a heatmap of %d by %d tokens.", heads, model->n_layers,
                         model->token_count, model->token_count));
    return true;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    page_begin(list, spec);
    return spec->name && strcmp(spec->name, "all") == 0 ? draw_all(spec, list) : draw_one(spec, list, error);
}

const Figure ATTENTION_FIGURE = {
    .name = "attention", .words = "[block0.head1|all]", .shows = "attention weights with tokens on both axes, one head or all",
    .example = "block0.head0", .draw = draw,
};
