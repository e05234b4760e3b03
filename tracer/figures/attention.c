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

static const char *caption(const Spec *spec, DrawList *list, const Panel *panel)
{
    const Value *of = tape_value(spec->session->names.tape, panel->value);
    return draw_format(list, "Each row is a query, and its weights over %s keys %s to 1.%s",
                       panel->cols == of->cols ? "the" : draw_format(list, "all %d", of->cols),
                       rows_sum_to_one(of->data, of->rows, of->cols) ? "sum" : "do not always sum",
                       panel->causal ? " Hatched: keys that come later, masked." : "");
}

static bool draw_one(const Spec *spec, DrawList *list, int value, Error *error)
{
    char where[PART_WORDS];
    part_map_words(spec->session->names.tape, value, where, sizeof where);
    if (!slice_fits(spec, value, error))
        return false;
    Panel panel = panel_of_value(list, spec, spec->session, value);
    panel_measure_alone(&panel, spec, 16 + color_bar_width(panel.scale, 0));
    panel_draw(list, spec->theme, &panel, PAGE_MARGIN, PAGE_TOP);
    /* A bar that is as short as two tokens has no room for its ticks. */
    double right = PAGE_MARGIN + panel.left + panel.cell * panel.cols,
           height = fmax(panel.cell * panel.rows, LEAST_BAR);
    right += 16 + draw_color_bar(list, spec->theme, panel.scale, right + 16, PAGE_TOP + panel.top, height - 1);
    page_end(list, spec, right, PAGE_TOP + panel.top + height, draw_format(list, "Attention of %s", where),
             caption(spec, list, &panel),
             draw_format(list, "Attention weights of %s, %d %ss:%s.%s", where, panel.rows,
                         row_axis(&spec->session->names, value)->name, strongest(list, &panel),
                         panel.causal ? " Keys after the query are masked." : ""));
    return true;
}

/* Does the map's path lie below the name: "block0.head1" below "block0"? */
static bool below(const char *path, const char *name)
{
    size_t length = strlen(name);
    return strncmp(path, name, length) == 0 && path[length] == '.';
}

int maps_parse(const Session *session, DrawList *list, const char *name, const int **maps, Error *error)
{
    const Tape *tape = session->names.tape;
    int count = 0, all = 0, one = part_map_find(tape, name);
    while (part_map(tape, all) >= 0)
        all++;
    int *found = draw_room(list, ((size_t)all + 1) * sizeof *found);
    if (!found)
        return error_memory(error), 0;
    for (int i = 0; i < all && one < 0; i++)
        if (strcmp(name, "all") == 0 || below(part_map_path(tape, part_map(tape, i)), name))
            found[count++] = part_map(tape, i);
    if (one >= 0)
        found[count++] = one;
    *maps = found;
    return count > 0 || map_parse(session, name, &one, error) ? count : 0;
}

bool maps_together(const Tape *tape, int a, int b)
{
    const char *path = part_map_path(tape, a), *other = part_map_path(tape, b);
    /* The block is all but the last two parts, "attention.head1"; in a batch it has a sequence before it. */
    size_t length = strlen(path);
    for (int parts = 0; parts < 2 && length > 0; parts++)
        while (length > 0 && path[--length] != '.')
            continue;
    return strncmp(path, other, length) == 0 && (other[length] == '.' || length == 0);
}

/* The maps of a block in a row; queries beside the first of them only: the others have the same. */
static const char *set_panels(const Spec *spec, DrawList *list, Panel *panels, const int *maps, int count, int *rows)
{
    const Tape *tape = spec->session->names.tape;
    const char *told = "";
    for (int i = 0; i < count; i++) {
        char where[PART_WORDS];
        bool first = i == 0 || !maps_together(tape, maps[i - 1], maps[i]);
        panels[i] = panel_of_value(list, spec, spec->session, maps[i]);
        /* All weights are from 0 to 1, so that one bar does for all maps. */
        panels[i].bar = true;
        panels[i].new_row = spec->across == 0 && first;
        panels[i].heading = draw_format(list, "%s", part_map_words(tape, maps[i], where, sizeof where));
        if (!first && (spec->across == 0 || i % spec->across > 0))
            panels[i].row_labels = NULL, panels[i].row_title = NULL;
        if (i == 0 || panels[i].causal == panels[0].causal)
            told = caption(spec, list, &panels[i]);
        *rows += first;
    }
    return told;
}

static bool draw_all(const Spec *spec, DrawList *list, const int *maps, int count, Error *error)
{
    const Tape *tape = spec->session->names.tape;
    Panel *panels = draw_room(list, (size_t)count * sizeof *panels);
    double right = PAGE_MARGIN;
    char where[PART_WORDS];
    int rows = 0;
    if (!panels)
        return error_memory(error);
    const char *told = set_panels(spec, list, panels, maps, count, &rows);
    Spec narrower = *spec;
    if (spec->widest > 0)
        narrower.widest = fmax(spec->widest - 16 - color_bar_width(panels->scale, 0), 1);
    double y = shelf_draw(list, &narrower, panels, NULL, count, PAGE_MARGIN, PAGE_TOP, &right);
    double top = panels->top, bar = fmax(panels->cell * panels->rows - 1, LEAST_BAR);
    right += 16 + draw_color_bar(list, spec->theme, panels->scale, right + 16, PAGE_TOP + top, bar);
    bool all = strcmp(spec->name, "all") == 0;
    page_end(list, spec, right, fmax(y, PAGE_TOP + top + bar),
             all ? "Attention of all heads"
                 : draw_format(list, "Attention of the heads of %s", part_words(spec->name, where, sizeof where)), told,
             draw_format(list, "Attention weights of %d heads in %d block%s, each a heatmap of %d by %d %ss.", count,
                         rows, rows == 1 ? "" : "s", panels->rows, panels->cols, tape_rows(tape, maps[0])->name));
    return true;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    const int *maps;
    int count = maps_parse(spec->session, list, spec->name, &maps, error);
    page_begin(list, spec);
    return count > 0 && (count > 1 || strcmp(spec->name, "all") == 0 ? draw_all(spec, list, maps, count, error)
                                                                     : draw_one(spec, list, maps[0], error));
}

const Figure ATTENTION_FIGURE = {
    .name = "attention",
    .words = "[block0.head1|block0|all]",
    .shows = "attention weights with tokens on both axes, one head, a block or all",
    .takes = TAKES_CELLS | TAKES_COLORS | TAKES_ACROSS | TAKES_ROWS | TAKES_COLUMNS,
    .fits = has_attention,
    .usual = usual_map,
    .draw = draw,
};
