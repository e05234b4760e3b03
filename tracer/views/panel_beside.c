/* The value at the cursor in both runs: what changed most, the largest change first. Enter on a
 * line goes to the cell, where a step made it. */
#include "facing.h"
#include "hiding.h"
#include "panel_page.h"
#include "tracer/session/names.h"

#include <math.h>
#include <stdio.h>

enum { MOST_CHANGED = 24 };

typedef struct {
    size_t at;
    double by;
} Changed;

/* How much cell i changed; a number that became none changed without end. */
static double change_at(const Facing *facing, size_t i)
{
    double before = facing->values[0]->data[i], after = facing->values[1]->data[i];
    if (before == after || (isnan(before) && isnan(after)))
        return 0;
    return isnan(after - before) ? INFINITY : after - before;
}

/* The largest changes in their order, the earlier of equal ones first; how many there are. */
static int largest_changes(const Facing *facing, Changed out[MOST_CHANGED])
{
    int count = 0;
    for (size_t i = 0; i < cells_of(facing->values[0]); i++) {
        Changed change = {i, change_at(facing, i)};
        if (change.by == 0 || (count == MOST_CHANGED && fabs(change.by) <= fabs(out[count - 1].by)))
            continue;
        int place = count < MOST_CHANGED ? count++ : count - 1;
        for (; place > 0 && fabs(out[place - 1].by) < fabs(change.by); place--)
            out[place] = out[place - 1];
        out[place] = change;
    }
    return count;
}

/* "[3,2] +0.0383 +0.4677: +0.4294 ████ (the, saw)" */
static void add_change(const ViewState *state, Page *page, const Facing *facing, const Changed *change, double most)
{
    const Names *names = &state->session->names;
    int value = facing->cell.value, cols = facing->values[0]->cols;
    int row = (int)(change->at / (size_t)cols), col = (int)(change->at % (size_t)cols);
    char cell[40], labels[120] = "", text[2][64], before[NUMBER_SIZE], after[NUMBER_SIZE], by[NUMBER_SIZE], bar[40];
    const char *r = axis_label(names, row_axis(names, value), row), *c = axis_label(names, col_axis(names, value), col);
    if (r || c)
        snprintf(labels, sizeof labels, " (%s%s%s)", r ? token_visible(text[0], sizeof text[0], r) : "",
                 r && c ? ", " : "", c ? token_visible(text[1], sizeof text[1], c) : "");
    snprintf(cell, sizeof cell, "[%d,%d]", row, col);
    int width = page->width ? 8 : 0;
    page_line(page, row == facing->cell.row && col == facing->cell.col ? BOLD : 0, "%-*s %*s %*s: %*s %s%s",
              width ? 6 : 0, cell, width,
              number_signed(before, facing->values[0]->data[change->at], state->settings.digits), width,
              number_signed(after, facing->values[1]->data[change->at], state->settings.digits), width,
              number_signed(by, change->by, state->settings.digits),
              width ? share_bar(fabs(change->by) / most, 8, page->ascii, bar, sizeof bar) : "", labels);
    page_leads(page, tape_value(state_tape(state), value)->producer, row, col);
}

void write_beside(const ViewState *state, Page *page)
{
    Explanation explanation = {0};
    Changed changes[MOST_CHANGED];
    char text[600];
    if (!beside_shown(state)) {
        page_words(page, "",
                   "there is one run; :compare 20 puts another training step beside it, + and - a fork, "
                   ":mistake ID a mistake");
        return;
    }
    if (facing_refused(state)) {
        page_words(page, "", facing_refused(state));
        return;
    }
    page->text.failed |= !state_explain(state, &explanation);
    Facing facing = facing_of(state, &explanation);
    explanation_free(&explanation);
    if (!facing.values[0]) {
        page_words(page, "", "the other run has no value of this name and shape");
        return;
    }
    int count = largest_changes(&facing, changes);
    snprintf(text, sizeof text, "%.300s, %s to %s: %s", name_of(&state->session->names, facing.cell.value),
             facing.called[0], facing.called[1], count ? "the largest changes first" : "nothing changed");
    page_words(page, "", text);
    for (int i = 0; i < count; i++)
        add_change(state, page, &facing, &changes[i], fabs(changes[0].by));
}
