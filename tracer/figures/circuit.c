/* figure circuit: two heads that are one circuit. The map of the head that looks behind an earlier one of the same
 * token, beside that of the head of a block before it that looks at the token before; and the path of one query:
 *
 *   query i looks at key j (right), and what stands at j was written by its own query there, looking at k (left) */
#include "figure_page.h"
#include "value_panel.h"

#include "tracer/query/looking.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { APART = 64, DOT = 7 };

/* The head before `of` that looks most at the token before; -1: there is none in a block before. */
static int head_before(const Looking *looking, int of)
{
    int best = -1;
    const char *block = strchr(looking->inside->heads[of].name, '.');
    size_t same = block ? (size_t)(block - looking->inside->heads[of].name) : 0;
    for (int h = 0; h < of; h++) {
        const HeadLook *head = &looking->inside->heads[h];
        bool beside = strncmp(head->name, looking->inside->heads[of].name, same + 1) == 0;
        if (!beside && head->score[SCORE_PREVIOUS] >= 0 &&
            (best < 0 || look_at(looking, head->score[SCORE_PREVIOUS], 0, 0) >
                             look_at(looking, looking->inside->heads[best].score[SCORE_PREVIOUS], 0, 0)))
            best = h;
    }
    return best;
}

static bool find(const Session *session, Looking *looking, int *early, int *late)
{
    Error error = {0};
    if (!session->run.inside || !looking_begin(session, looking, &error))
        return false;
    *late = best_head(looking, SCORE_INDUCTION);
    *early = *late < 0 ? -1 : head_before(looking, *late);
    return *early >= 0;
}

static bool fits(const Session *session, const char **why)
{
    Looking looking;
    int early, late;
    *why = "a run with --inside, two blocks of heads, and a text in which a token comes back, as --model induction is";
    return find(session, &looking, &early, &late);
}

static Panel panel_of_head(const Spec *spec, DrawList *list, const Looking *looking, int head, int row, int col)
{
    char name[120];
    Panel panel = panel_of_value(list, spec, spec->session, looking->inside->heads[head].weights);
    panel.heading = draw_format(list, "%s", short_part(looking->inside->heads[head].name, name, sizeof name));
    panel_scale(&panel, spec, (Scale){0, 1, false});
    panel.marks[panel.mark_count++] = (Mark){.row = row, .col = 0, .rows = 1, .cols = panel.cols};
    panel.marks[panel.mark_count++] = (Mark){.row = row, .col = col, .rows = 1, .cols = 1, .strong = true};
    return panel;
}

static Point cell_of_panel(const Panel *panel, double x, int row, int col)
{
    return (Point){x + panel->left + panel->cell * (col + 0.5), PAGE_TOP + panel->top + panel->cell * (row + 0.5)};
}

/* From the key of the late head, a column, to the query of the early one, a row, and on to what that one looks at. */
static void draw_path(const Spec *spec, DrawList *list, Point from, Point to)
{
    Rgb color = spec->theme->mark;
    double bend = fmax(40, fabs(from.x - to.x) / 2.5);
    Point points[4] = {from, {from.x - bend, from.y}, {to.x + bend, to.y}, to};
    draw_curve(list, points, color, 2);
    draw_arrow_head(list, to.x, to.y, -1, 0, 9, color);
    draw_rect(list, from.x - DOT / 2.0, from.y - DOT / 2.0, DOT, DOT, color)->radius = DOT / 2.0;
}

static const char *told(DrawList *list, const Looking *looking, int early, int late, int query, int key, int before)
{
    char a[TOLD_SIZE], b[TOLD_SIZE], c[TOLD_SIZE], d[TOLD_SIZE], right[120], left[120];
    char one[NUMBER_SIZE], two[NUMBER_SIZE];
    const Inside *inside = looking->inside;
    return draw_format(
        list, "%s at position %d: %s looks at %s at %d (%s), and %s has written there what it looks at: %s at %d (%s). "
        "The model says %s.",
        token_at(looking, query, a), query, short_part(inside->heads[late].name, right, sizeof right),
        token_at(looking, key, b), key, number_text(one, look_at(looking, inside->heads[late].weights, query, key), 2),
        short_part(inside->heads[early].name, left, sizeof left), token_at(looking, before, c), before,
        number_text(two, look_at(looking, inside->heads[early].weights, key, before), 2),
        token_of(looking, likeliest(looking, inside->logits, query), d));
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Looking looking;
    int early, late;
    if (!find(spec->session, &looking, &early, &late))
        return error_set(error, EXIT_USED_WRONGLY, "there are no two heads of which one could read the other");
    int query = looking_position(&looking, spec->name, error);
    if (query < 0)
        return false;
    const Inside *inside = looking.inside;
    int key = likeliest(&looking, inside->heads[late].weights, query),
        before = likeliest(&looking, inside->heads[early].weights, key);
    page_begin(list, spec);
    Panel left = panel_of_head(spec, list, &looking, early, key, before),
          right = panel_of_head(spec, list, &looking, late, query, key);
    double half = (page_width(spec) - APART) / 2;
    panel_measure(&left, half);
    panel_measure(&right, half);
    double cell = fmin(left.cell, right.cell);
    bool numbers = left.number_size > 0 && right.number_size > 0;
    panel_measure_with(&left, cell, numbers);
    panel_measure_with(&right, cell, numbers);
    double x = PAGE_MARGIN + left.width + APART;
    panel_draw(list, spec->theme, &left, PAGE_MARGIN, PAGE_TOP);
    panel_draw(list, spec->theme, &right, x, PAGE_TOP);
    Point from = cell_of_panel(&right, x, query, key), to = cell_of_panel(&left, PAGE_MARGIN, key, before);
    to.x += cell / 2;
    draw_path(spec, list, from, to);
    page_end(list, spec, x + right.width, PAGE_TOP + fmax(left.height, right.height), "Two heads, one circuit",
             told(list, &looking, early, late, query, key, before), NULL);
    return true;
}

/* The last place of the text. */
static bool usual(const Session *session, char *name, size_t size)
{
    Looking looking;
    int early, late;
    if (!find(session, &looking, &early, &late))
        return false;
    snprintf(name, size, "%d", looking.tokens - 1);
    return true;
}

const Figure CIRCUIT_FIGURE = {
    .name = "circuit",
    .words = "[POSITION|TOKEN]",
    .shows = "two heads that are one circuit: both maps, and the path of a query through them",
    .takes = TAKES_CELLS | TAKES_COLORS,
    .fits = fits,
    .usual = usual,
    .draw = draw,
};
