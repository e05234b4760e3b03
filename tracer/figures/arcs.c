/* figure arcs: queries and keys in two columns, joined by curves as strong as the weight; of one head or several. */
#include "figure_page.h"
#include "value_panel.h"

#include "tracer/query/parts.h"

#include <math.h>
#include <stdio.h>

enum { LABEL_MOST = 190, FAINTEST = 100, HEADING = 20, GAP = 36, LEAST_SPAN = 60, NAME_ROOM = 500 };

/* Sizes of one head's columns: large by itself, small beside others. */
typedef struct {
    double line, span, text, names, numbers;
} Sizes;

typedef struct {
    const Spec *spec;
    DrawList *list;
    Sizes sizes;
    int from;                    /* the one query whose lines are drawn; ALL: every one */
} Arcs;

static double line_y(const Arcs *arcs, double top, int i)
{
    return top + 26 + (i + 0.5) * arcs->sizes.line;
}

/* Weak ones first, so that strong ones lie on top. */
static void draw_curves(const Arcs *arcs, const Panel *panel, double left, double right, double top)
{
    char number[NUMBER_SIZE];
    const Theme *theme = arcs->spec->theme;
    double bend = arcs->sizes.span * 0.45;
    for (int level = 0; level < FAINTEST; level++)
        for (int q = 0; q < panel->rows; q++)
            for (int k = 0; k < panel->cols; k++) {
                double weight = panel->data[q * panel->cols + k];
                /* Below a hundredth a line is a grey haze; nan has none either. */
                if (!(weight * FAINTEST >= 1) || (int)fmin(weight * FAINTEST, FAINTEST - 1) != level)
                    continue;
                if (arcs->from != ALL && arcs->from != q)
                    continue;
                double y1 = line_y(arcs, top, q), y2 = line_y(arcs, top, k);
                const Point points[4] = {{left, y1}, {left + bend, y1}, {right - bend, y2}, {right, y2}};
                Rgb color = color_mix(theme->paper, theme->forward, 0.25 + 0.75 * fmin(weight, 1));
                draw_curve(arcs->list, points, color, 0.8 + 0.26 * arcs->sizes.line * fmin(weight, 1))
                    ->tip = draw_format(arcs->list, "%s looks at %s: %s", panel->row_labels[q], panel->col_labels[k],
                                        number_exact(number, weight));
            }
}

/* The tokens; of a single query the weights stand behind the keys. */
static void draw_columns(const Arcs *arcs, const Panel *panel, double left, double right, double top)
{
    const Theme *theme = arcs->spec->theme;
    double size = arcs->sizes.text, names = arcs->sizes.names;
    char text[NUMBER_SIZE];
    NumberFormat format = {.digits = arcs->spec->digits == AUTO_DIGITS ? 2 : arcs->spec->digits};
    for (int q = 0; q < panel->rows; q++)
        draw_text_within(arcs->list, left - 8, line_y(arcs, top, q) + 0.36 * size, LABEL_MOST, ALIGN_RIGHT, size,
                         arcs->from == ALL || arcs->from == q ? theme->ink : theme->muted, panel->row_labels[q]);
    for (int k = 0; k < panel->cols; k++) {
        double y = line_y(arcs, top, k) + 0.36 * size;
        draw_text_within(arcs->list, right + 8, y, LABEL_MOST, ALIGN_LEFT, size, theme->ink, panel->col_labels[k]);
        if (arcs->from != ALL)
            draw_text(arcs->list, right + 8 + names + arcs->sizes.numbers, y, ALIGN_RIGHT, size - 2, theme->muted,
                      cell_number(text, panel->data[arcs->from * panel->cols + k], format));
    }
}

static double head_width(const Arcs *arcs)
{
    return 2 * (arcs->sizes.names + 10) + arcs->sizes.span + arcs->sizes.numbers;
}

/* One head from (x, top) on. */
static void draw_head(const Arcs *arcs, const Panel *panel, double x, double top)
{
    const Theme *theme = arcs->spec->theme;
    double left = x + arcs->sizes.names + 10, right = left + arcs->sizes.span;
    if (panel->heading)
        draw_bold(arcs->list, x, top - 8, ALIGN_LEFT, TEXT_SIZE, theme->ink, panel->heading);
    draw_text(arcs->list, left - 10, top + 12, ALIGN_RIGHT, TEXT_SIZE, theme->muted, "query");
    draw_text(arcs->list, right + 10, top + 12, ALIGN_LEFT, TEXT_SIZE, theme->muted, "key");
    draw_text(arcs->list, (left + right) / 2, top + 12, ALIGN_CENTER, TEXT_SIZE, theme->muted, "looks at →");
    draw_curves(arcs, panel, left, right, top);
    draw_columns(arcs, panel, left, right, top);
}

static Sizes sizes_of(const Panel *panels, int count, bool numbers, double widest_page)
{
    Sizes sizes = count == 1 ? (Sizes){.line = 34, .span = 240, .text = 14}
                             : (Sizes){.line = 20, .span = 120, .text = 11};
    double widest = 40;
    for (int i = 0; i < count; i++) {
        for (int r = 0; r < panels[i].rows; r++)
            widest = fmax(widest, measure_text(panels[i].row_labels[r], FACE_PLAIN, sizes.text));
        for (int c = 0; c < panels[i].cols; c++)
            widest = fmax(widest, measure_text(panels[i].col_labels[c], FACE_PLAIN, sizes.text));
    }
    sizes.names = ceil(fmin(widest, LABEL_MOST));
    sizes.numbers = numbers ? measure_text(" 0.000000", FACE_PLAIN, sizes.text) : 0;
    sizes.span = fmax(LEAST_SPAN, fmin(sizes.span, widest_page - 2 * (sizes.names + 10) - sizes.numbers));
    return sizes;
}

/* All heads, those of a block in a row as far as there is room. Returns the bottom. */
static double draw_heads(const Arcs *arcs, const Panel *panels, int count, double *right)
{
    double width = ceil(head_width(arcs)) + GAP, x = PAGE_MARGIN, y = PAGE_TOP + (count > 1 ? HEADING : 0), tallest = 0;
    int fit = (int)fmax(1, floor((page_width(arcs->spec) + GAP) / width)), column = 0;
    int across = arcs->spec->across ? arcs->spec->across : fit;
    for (int i = 0; i < count; i++) {
        if (column == across || (column > 0 && panels[i].new_row)) {
            x = PAGE_MARGIN;
            y += tallest + HEADING + 14;
            column = 0;
            tallest = 0;
        }
        draw_head(arcs, &panels[i], x, y);
        tallest = fmax(tallest, 26 + fmax(panels[i].rows, panels[i].cols) * arcs->sizes.line);
        *right = fmax(*right, x + width - GAP);
        x += width;
        column++;
    }
    return y + tallest;
}

bool query_parse(const Spec *spec, int map, int *query, Error *error)
{
    Reference reference;
    char name[NAME_ROOM];
    *query = ALL;
    if (!spec->query)
        return true;
    snprintf(name, sizeof name, "%s[%.200s,:]", name_of(&spec->session->names, map), spec->query);
    if (!reference_parse(&spec->session->names, name, &reference, error))
        return false;
    *query = reference.row;
    return true;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    const int *maps;
    char where[PART_WORDS];
    const Tape *tape = spec->session->names.tape;
    int count = maps_parse(spec->session, list, spec->name, &maps, error), from;
    if (count == 0 || !query_parse(spec, maps[0], &from, error))
        return false;
    page_begin(list, spec);
    Panel *panels = draw_room(list, (size_t)count * sizeof *panels);
    if (!panels)
        return error_memory(error);
    bool sum = true;
    for (int i = 0; i < count; i++) {
        panels[i] = panel_of_value(list, spec, spec->session, maps[i]);
        panels[i].new_row = i > 0 && !maps_together(tape, maps[i - 1], maps[i]);
        if (count > 1)
            panels[i].heading = draw_format(list, "%s", part_map_words(tape, maps[i], where, sizeof where));
        sum = sum && rows_sum_to_one(panels[i].data, panels[i].rows, panels[i].cols);
        /* Heads of other sequences may be shorter. */
        from = from < panels[i].rows ? from : ALL;
    }
    Arcs arcs = {spec, list, sizes_of(panels, count, from != ALL, page_width(spec)), from};
    double right = PAGE_MARGIN, bottom = draw_heads(&arcs, panels, count, &right);
    part_map_words(tape, maps[0], where, sizeof where);
    const char *who = from == ALL ? "" : draw_format(list, "%s in ", panels[0].row_labels[from]);
    const char *place = count == 1 ? where : draw_format(list, "%d heads", count);
    page_end(list, spec, right, bottom,
             draw_format(list, "Where %s%s look%s", who, place, from == ALL && count > 1 ? "" : "s"),
             draw_format(list,
                         "The width of a line is the weight; the lines that leave a query %s to 1. "
                         "Weights below 0.01 are left out.", sum ? "sum" : "do not always sum"),
             draw_format(list,
                         "Attention of %s: %d queries at the left joined to the keys at the right by lines as wide as "
                         "the weight%s.",
                         place, panels[0].rows,
                         from == ALL ? "" : draw_format(list, "; only those of %s", panels[0].row_labels[from])));
    return true;
}

const Figure ARCS_FIGURE = {
    .name = "arcs",
    .words = "[block0.head1|block0|all]",
    .shows = "queries and keys in two columns, joined by lines as wide as the weight; --row TOKEN: its lines only",
    .takes = TAKES_QUERY | TAKES_ACROSS,
    .fits = has_attention,
    .usual = usual_map,
    .draw = draw,
};
