/* Checks on request: `v`, `:gradcheck NAME`; see keys.h. */
#include "games.h"
#include "kept.h"
#include "tracer/query/checks.h"
#include "tracer/views/panel_page.h"

#include <string.h>

/* The loss of a worksheet does not follow from its numbers alone: some of them were imposed. */
static bool refused_on_sheet(State *state)
{
    if (state->view.session->sheet)
        state_complain(state, "not on a worksheet: its printed numbers stand in the way of the loss; "
                              "step without --mine checks");
    return state->view.session->sheet;
}

/* The runs of a check move one cell of their own: an activation that was edited is as it was in them. */
static bool refused_on_fork(State *state)
{
    bool edited = false;
    for (int i = 0; state->view.side == OTHER && i < state->view.fork.count; i++) {
        Reference cell = kept_cell(&state->view, &state->view.fork.edits[i].cell);
        edited |= cell.value >= 0 && tape_value(state_tape(&state->view), cell.value)->kind != KIND_PARAMETER;
    }
    if (edited)
        state_complain(state, "not while an activation is edited, the check would run without the edit; "
                              "x shows the original, d drops");
    return edited;
}

static void check_cell(State *state)
{
    Error error = {0};
    ErrorCurve curve;
    /* Before the page opens and the focus moves: the check is about what the focus is on now. */
    ask_here(state);
    Reference cell = state_asked(&state->view);
    cell.value = page_subject(&state->view);
    games_check(state);
    panel_open(state, "truth");
    if (state->view.questions.asks_term) /* where there is room for one of them, the page is seen and not the term */
        state->view.panes.focus = PANE_PANEL;
    if (cell.value < 0)
        state_complain(state, "the selected cell has no gradient to check");
    else if (!error_curve(state->view.session, cell, &curve, &error))
        state_complain(state, "%s", error.text);
    else {
        /* Kept with a stamp of the run: pages draw it at every key and must not make it again. */
        state->view.checks.curve = curve;
        state->view.checks.cell = cell;
        state->view.checks.curve_of = stamp_of(state->view.session);
    }
}

static void make_ledger(State *state)
{
    Error error = {0};
    Ledger ledger;
    Checks *checks = &state->view.checks;
    panel_open(state, "ledger");
    if (!ledger_make(state->view.session, &ledger, &error)) {
        state_complain(state, "%s", error.text);
        return;
    }
    checks->parameter_count = ledger.count;
    checks->line_count = ledger.count < LEDGER_KEPT ? ledger.count : LEDGER_KEPT;
    memcpy(checks->lines, ledger.lines, (size_t)checks->line_count * sizeof *checks->lines);
    checks->promised = ledger.promised;
    checks->before = ledger.before;
    checks->after = ledger.after;
    checks->ledger_of = stamp_of(state->view.session);
    ledger_free(&ledger);
}

static void take_parts(State *state)
{
    Error error = {0};
    Checks *checks = &state->view.checks;
    panel_open(state, "ablate");
    if (parts_taken(state->view.session, &checks->taken, &error))
        checks->taken_of = stamp_of(state->view.session);
    else
        state_complain(state, "%s", error.text);
}

bool command_patch(State *state, const char *words)
{
    Error error = {0};
    Checks *checks = &state->view.checks;
    if (!*words)
        return false;
    if (refused_on_sheet(state) || refused_on_fork(state))
        return true;
    if (!parts_patched(state->view.session, words, &checks->patched, &error)) {
        state_complain(state, "%s", error.text);
        return true;
    }
    checks->patched_of = stamp_of(state->view.session);
    panel_open(state, "patch");
    state->view.panes.focus = PANE_PANEL;
    return true;
}

static bool shows_page(const State *state, const char *name)
{
    return state->view.panes.page && strcmp(PANEL_PAGES[state->view.panes.page - 1].name, name) == 0;
}

void verify_key(State *state, int code)
{
    (void)code;
    if (refused_on_sheet(state) || refused_on_fork(state))
        return;
    if (shows_page(state, "ledger"))
        make_ledger(state);
    else if (shows_page(state, "ablate"))
        take_parts(state);
    else
        check_cell(state);
}

static void check_value(State *state, Reference asked)
{
    const Session *session = state->view.session;
    const Value *of = tape_value(&session->run.tape, asked.value);
    const char *name = name_of(&session->names, asked.value);
    /* Central differences take two forward runs a cell. */
    double runs = 2.0 * (asked.row == ALL ? of->rows : 1) * (asked.col == ALL ? of->cols : 1);
    if (of->gradient < 0 || (of->kind != KIND_PARAMETER && of->kind != KIND_ACTIVATION)) {
        state_complain(state, "\"%.100s\" has no gradient to check", name);
        return;
    }
    if (runs * forward_flops(&session->run.tape) > PATIENCE) {
        state_complain(state, "that takes %.0f forward runs; v checks one cell, tracer gradcheck %.80s all", runs,
                       name);
        return;
    }
    Run scratch;
    Error error = {0};
    Gradcheck verdict = {0};
    games_check(state);
    bool whole = run_clone(&scratch, &session->run, &error);
    if (whole) {
        whole = gradcheck_value(&session->run, &scratch, asked.value, asked.row, asked.col, &verdict, &error);
        run_free(&scratch);
    }
    if (!whole) {
        state_complain(state, "%s", error.text);
        return;
    }
    state->view.checks.verdict = verdict;
    state->view.checks.checked = asked;
    state->view.checks.value_of = stamp_of(session);
    panel_open(state, "truth");
}

bool command_gradcheck(State *state, const char *words)
{
    Error error = {0};
    Reference reference = {page_subject(&state->view), ALL, ALL};
    int near = state_step(&state->view)->frame;
    if (*words && !reference_parse_near(&state->view.session->names, words, near, &reference, &error))
        state_complain(state, "%s", error.text);
    else if (refused_on_sheet(state) || refused_on_fork(state))
        return true;
    else if (reference.value < 0)
        state_complain(state, "the selected cell has no gradient; write gradcheck and a name");
    else
        check_value(state, reference);
    return true;
}
