/* Whether it is true: what must hold in this frame, with its numbers, and the gradient check of a
 * cell with the V of its error over the step size. */
#include "hiding.h"
#include "panel_page.h"
#include "tracer/query/formula.h"
#include "tracer/query/invariants.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void add_marked(Page *page, const char *mark, bool holds, const char *says)
{
    int first = page->count;
    page_words(page, mark, says);
    for (int i = first; i < page->count; i++) {
        page->lines[i].heading = 0;
        page->lines[i].flags = holds ? 0 : BOLD | REVERSE;
    }
}

static void add_verdict(Page *page, bool holds, const char *says)
{
    add_marked(page, holds ? page->ascii ? "holds" : "✓ holds" : page->ascii ? "FAILS" : "✗ FAILS", holds, says);
}

static void add_invariants(const ViewState *state, Page *page)
{
    const Tape *tape = state_tape(state);
    Invariant found[MOST_INVARIANTS];
    int frame, count = 0;
    const Rule *rule = rule_around(tape, state->cursor.step, &frame);
    char text[300], number[NUMBER_SIZE], wanted[NUMBER_SIZE];
    if (rule && checks_hidden(state)) {
        snprintf(text, sizeof text, "in a hunt this is hidden; v looks, which counts as the %d steps of %s",
                 steps_to_check(state), tape->frames[frame].name);
        page_words(page, "", text);
        return;
    }
    if (rule)
        count = invariants_of_frame(tape, frame, found);
    for (int i = 0; i < count; i++) {
        snprintf(text, sizeof text, "%s: row %d comes to %s, wanted %s, off by %.1e", found[i].says, found[i].row,
                 number_text(number, found[i].number, state->settings.digits),
                 number_text(wanted, found[i].wanted, state->settings.digits), fabs(found[i].number - found[i].wanted));
        add_verdict(page, found[i].holds, text);
    }
    if (count == 0)
        page_words(page, "",
                   rule ? "no sums or zeros are known that this rule must keep"
                        : "outside of every rule: nothing must hold but the terms");
}

/* The selected cell is the sum of its terms, to the last bit. */
static void add_exactness(const ViewState *state, Page *page)
{
    Explanation e = {0};
    char text[200], number[NUMBER_SIZE];
    Reference cell = state_cell(state);
    double recorded = cell_of(state_output(state), cell.row, cell.col);
    /* In the order of the tape and not by size: in another order the sum has other bits. */
    page->text.failed |= !explain(state_tape(state), cell.value, cell.row, cell.col, &e);
    bool same = memcmp(&recorded, &e.total, sizeof recorded) == 0 || (isnan(recorded) && isnan(e.total));
    const char *given = name_given(&state->session->names, cell.value);
    if (given && !same) {
        snprintf(text, sizeof text, "%s: it stands in the place of what the terms make", given);
        page_words(page, "", text);
    } else {
        snprintf(text, sizeof text, "the terms make the cell to the last bit: %s", number_exact(number, e.total));
        add_verdict(page, same, text);
    }
    explanation_free(&e);
}

/* The V: one column a step size, one row for two decades of error. */
static void add_curve(Page *page, const ErrorCurve *curve)
{
    enum { ROWS = 7, DECADES = 2 };
    int wide = page->width >= 8 + 6 * CURVE_POINTS ? 6 : page->width >= 8 + 3 * CURVE_POINTS ? 3 : 2;
    for (int row = 0; row < ROWS; row++) {
        char line[8 * CURVE_POINTS] = "";
        for (int i = 0; i < CURVE_POINTS; i++) {
            /* An error of exactly 0 is at the foot of the V, below every row. */
            double decades = curve->relative[i] > 0 ? -log10(curve->relative[i]) : DECADES * ROWS;
            int at = !(decades > 0) ? 0 : (int)(decades / DECADES) >= ROWS ? ROWS - 1 : (int)(decades / DECADES);
            const char *point = at != row ? " " : i == curve->best ? "V" : "*";
            snprintf(line + strlen(line), sizeof line - strlen(line), "%s%*s", point, wide - 1, "");
        }
        page_line(page, 0, "1e-%02d %s %s", DECADES * row, page->ascii ? "|" : "│", line);
    }
    char axis[120] = "";
    int every = 6 / wide; /* a step size takes six columns */
    for (int i = 0; i < CURVE_POINTS; i += every)
        snprintf(axis + strlen(axis), sizeof axis - strlen(axis), "%-*.0e", wide * every, curve->h[i]);
    page_line(page, DIM, "h =    %s", axis);
}

/* What a listener hears of the V. */
static void add_points(const ViewState *state, Page *page, const ErrorCurve *curve)
{
    char number[NUMBER_SIZE];
    for (int i = 0; i < CURVE_POINTS; i++)
        page_line(page, 0, "step size %.0e: numerical %s, relative error %.1e", curve->h[i],
                  number_signed(number, curve->numerical[i], state->settings.digits), curve->relative[i]);
}

/* True if it was the selected cell whose gradient was checked, on this run. */
static bool checked_here(const ViewState *state)
{
    const Checks *checks = &state->checks;
    Reference cell = state_asked(state);
    return stamp_is_of(&checks->curve_of, state->session) && checks->cell.value == page_subject(state) &&
           checks->cell.row == cell.row && checks->cell.col == cell.col;
}

static void add_cell_check(const ViewState *state, Page *page)
{
    const Checks *checks = &state->checks;
    const ErrorCurve *curve = &checks->curve;
    const char *path = state_tape(state)->frames[state_step(state)->frame].path;
    const Slope *slope = &curve->slope;
    int digits = state->settings.digits;
    char text[500], recorded[NUMBER_SIZE], numerical[NUMBER_SIZE], right[NUMBER_SIZE];
    snprintf(text, sizeof text, "gradient of %.160s[%d,%d] %s, by differences %s, relative error %.1e",
             name_within(&state->session->names, checks->cell.value, path), checks->cell.row, checks->cell.col,
             number_signed(recorded, slope->recorded, digits), number_signed(numerical, slope->numerical, digits),
             slope->relative);
    if (slope->verdict == SLOPE_AT_KINK)
        snprintf(text + strlen(text), sizeof text - strlen(text), "; at a kink: slope %s to the left, %s to the right",
                 number_signed(numerical, slope->left, digits), number_signed(right, slope->right, digits));
    if (slope->verdict == SLOPE_AT_KINK || slope->verdict == SLOPE_UNSURE)
        add_marked(page, "cannot be judged", true, text);
    else
        add_verdict(page, slope->verdict == SLOPE_HOLDS, text);
    if (page->width)
        add_curve(page, curve);
    else
        add_points(state, page, curve);
    page_words(page, "",
               "large h: the loss is no straight line; small h: digits cancel; between them the V has its foot");
}

static void add_value_check(const ViewState *state, Page *page)
{
    const Checks *checks = &state->checks;
    const Gradcheck *verdict = &checks->verdict;
    char text[400], name[240];
    if (!stamp_is_of(&checks->value_of, state->session)) {
        page_words(page, "", ":gradcheck NAME checks every cell of a value");
        return;
    }
    snprintf(text, sizeof text, "gradient of %s: %d cell%s, worst [%d,%d] with a relative error of %.1e",
             reference_text(&state->session->names, checks->checked, name, sizeof name), verdict->cells,
             verdict->cells == 1 ? "" : "s", verdict->worst_row, verdict->worst_col, verdict->max_rel);
    if (gradcheck_judged(verdict) < verdict->cells)
        snprintf(text + strlen(text), sizeof text - strlen(text), "; %d cannot be judged",
                 verdict->cells - gradcheck_judged(verdict));
    if (gradcheck_judged(verdict) == 0)
        add_marked(page, "cannot be judged", true, text);
    else
        add_verdict(page, verdict->ok, text);
}

void write_truth(const ViewState *state, Page *page)
{
    bool checked = checked_here(state);
    if (checked)
        add_cell_check(state, page);
    add_invariants(state, page);
    add_exactness(state, page);
    if (!checked)
        page_words(page, "",
                   page_subject(state) < 0
                       ? "this cell has no gradient to check"
                       : "v checks the gradient of this cell: the loss, some 30 times, with the cell moved by h");
    add_value_check(state, page);
}
