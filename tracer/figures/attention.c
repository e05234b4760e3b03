/* figure attention: the weights of one head, or of all heads in a grid. */
#include "figure_page.h"
#include "value_panel.h"

#include "tiny_model/primitive.h"
#include "tracer/base/nearest.h"
#include "tracer/query/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_CANDIDATES = 64, LEAST_BAR = 76 };

bool map_parse(const Session *session, const char *name, int *map, Error *error)
{
    const Tape *tape = session->names.tape;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    *map = part_map_find(tape, name);
    if (*map >= 0)
        return true;
    for (int i = 0, other; i < MOST_CANDIDATES && (other = part_map(tape, i)) >= 0; i++)
        nearest_offer(&nearest, name, part_map_path(tape, other));
    return error_set(error, EXIT_USED_WRONGLY, "no attention head is called \"%.60s\"; %s", name,
                     nearest_text(&nearest, answer, "tracer names '*.weights' lists them"));
}

/* What each query looks at most, in words. */
static const char *strongest(DrawList *list, const Panel *panel)
{
    const char *told = "";
    /* Eight queries in words; a longer list would be read by nobody. */
    for (int r = 0; r < panel->rows && r < 8 && !list->failed; r++) {
        int best = 0;
        char number[NUMBER_SIZE];
        for (int c = 1; c < panel->cols; c++)
            if (panel->data[r * panel->cols + c] > panel->data[r * panel->cols + best])
                best = c;
        told = draw_format(list, "%s%s \"%s\" looks most at \"%s\" (%s)", told, r ? "," : "", panel->row_labels[r],
                           panel->col_labels[best], number_text(number, panel->data[r * panel->cols + best], 2));
    }
    return told;
}

static const char *caption(DrawList *list, const Panel *panel)
{
    return draw_format(list, "Each row is a query, and its weights over the keys %s to 1.%s",
                       rows_sum_to_one(panel->data, panel->rows, panel->cols) ? "sum" : "do not always sum",
                       panel->causal ? " Hatched: keys that come later, masked." : "");
}

static bool draw_one(const Spec *spec, DrawList *list, Error *error)
{
    int value;
    char where[PART_WORDS];
    if (!map_parse(spec->session, spec->name, &value, error))
        return false;
    part_map_words(spec->session->names.tape, value, where, sizeof where);
    Panel panel = panel_of_value(list, spec, spec->session, value);
    panel_measure(&panel, PAGE_MOST);
    panel_draw(list, spec->theme, &panel, PAGE_MARGIN, PAGE_TOP);
    /* A bar that is as short as two tokens has no room for its ticks. */
    double right = PAGE_MARGIN + panel.left + panel.cell * panel.cols,
           height = fmax(panel.cell * panel.rows, LEAST_BAR);
    right += 16 + draw_color_bar(list, spec->theme, panel.scale, right + 16, PAGE_TOP + panel.top, height - 1);
    page_end(list, spec, right, PAGE_TOP + panel.top + height, draw_format(list, "Attention of %s", where),
             caption(list, &panel),
             draw_format(list, "Attention weights of %s, %d %ss:%s.%s", where, panel.rows,
                         row_axis(&spec->session->names, value)->name, strongest(list, &panel),
                         panel.causal ? " Keys after the query are masked." : ""));
    return true;
}

/* Maps whose frames lie in the same block stand in one row. */
static bool same_block(const Tape *tape, int map, int other)
{
    const char *a = part_map_path(tape, map), *b = part_map_path(tape, other);
    size_t length = strcspn(a, ".");
    return length == strcspn(b, ".") && strncmp(a, b, length) == 0;
}

static bool draw_all(const Spec *spec, DrawList *list)
{
    const Tape *tape = spec->session->names.tape;
    int maps = 0, rows = 0;
    while (part_map(tape, maps) >= 0)
        maps++;
    Panel *panels = draw_room(list, (size_t)maps * sizeof *panels);
    double right = PAGE_MARGIN, y = PAGE_TOP;
    const char *told = "";
    for (int first = 0, end; panels && first < maps; first = end, rows++) {
        for (end = first; end < maps && same_block(tape, part_map(tape, first), part_map(tape, end)); end++) {
            char where[PART_WORDS];
            int map = part_map(tape, end);
            panels[end] = panel_of_value(list, spec, spec->session, map);
            /* All weights are from 0 to 1, so that one bar does for all maps. */
            panels[end].bar = true;
            panels[end].heading = draw_format(list, "%s", part_map_words(tape, map, where, sizeof where));
            if (first == 0 || panels[end].causal == panels[0].causal)
                told = caption(list, &panels[end]);
        }
        y = shelf_draw(list, spec->theme, panels + first, NULL, end - first, PAGE_MARGIN, y, &right) + 22;
    }
    double top = panels ? panels->top : 0, bar = panels ? fmax(panels->cell * panels->rows - 1, LEAST_BAR) : 0;
    right += 16 + draw_color_bar(list, spec->theme, (Scale){.low = 0, .high = 1}, right + 16, PAGE_TOP + top, bar);
    page_end(list, spec, right, fmax(y - 22, PAGE_TOP + top + bar), "Attention of all heads", told,
             draw_format(list, "Attention weights of %d heads in %d blocks, each a heatmap of %d by %d %ss.", maps,
                         rows, panels ? panels->rows : 0, panels ? panels->cols : 0,
                         tape_rows(tape, part_map(tape, 0))->name));
    return true;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    page_begin(list, spec);
    return spec->name && strcmp(spec->name, "all") == 0 ? draw_all(spec, list) : draw_one(spec, list, error);
}

const Figure ATTENTION_FIGURE = {
    .name = "attention",
    .words = "[block0.head1|all]",
    .shows = "attention weights with tokens on both axes, one head or all",
    .fits = has_attention,
    .usual = usual_map,
    .draw = draw,
};
