/* The mouse; see click.h. */
#include "click.h"

#include "screen.h"

enum { WHEEL_ROWS = 3 };

/* What lies there on the screen of the state. */
static bool find_hit(State *state, int rows, int cols, int row, int col, Hit *out)
{
    Grid grid;
    bool whole = grid_init(&grid, rows, cols, state->view.settings.ascii);
    if (whole) {
        whole = grid_record_hits(&grid);
        stepper_draw(state, &grid);
        *out = grid_hit_at(&grid, row, col);
        grid_free(&grid);
    }
    if (!whole)
        state_complain(state, "out of memory");
    return whole;
}

/* As the keys do it: away from the tree its cursor is the position again. */
static void focus(State *state, Pane pane, int page)
{
    state->view.panes.focus = pane;
    if (pane != PANE_TREE)
        state->view.cursor.node = -1;
    if (pane == PANE_PANEL && page && page != state->view.panes.page) {
        state->view.panes.page = page;
        state->view.panes.line = 0;
    }
}

/* The term of the selected cell that reads a cell of an operand. */
static void choose_source(State *state, Hit hit)
{
    Explanation explanation = {0};
    Reference cell = {hit.c, hit.a, hit.b};
    if (!state_explain(&state->view, &explanation))
        state_complain(state, "out of memory");
    else if (term_choose(state, &explanation, cell))
        focus(state, PANE_CELL, 0);
    else
        state_say(state, "the selected cell does not read this one");
    explanation_free(&explanation);
}

static void select_hit(State *state, Hit hit)
{
    switch (hit.kind) {
    case HIT_PANE:
        focus(state, (Pane)hit.a, hit.b);
        break;
    case HIT_CELL:
        focus(state, PANE_OPERATION, 0);
        state->view.cursor.row = hit.a;
        state->view.cursor.col = hit.b;
        state->view.cursor.term = state->view.cursor.factor = state->view.panes.line = 0;
        break;
    case HIT_SOURCE:
        choose_source(state, hit);
        break;
    case HIT_NODE:
        focus(state, PANE_TREE, 0);
        state->view.cursor.node = hit.a;
        break;
    case HIT_TERM:
        focus(state, PANE_CELL, 0);
        state->view.cursor.term = hit.a;
        break;
    case HIT_LINE:
        focus(state, PANE_PANEL, hit.b);
        state->view.panes.line = hit.a;
        break;
    case HIT_CHOICE:
        state->view.prompt.choice = hit.a;
        break;
    case HIT_NOTHING: case HIT_KEY:
        break;
    }
}

/* The pane that what was hit lies in; PANE_ANY if in none. */
static Pane pane_of(Hit hit)
{
    switch (hit.kind) {
    case HIT_PANE: return (Pane)hit.a;
    case HIT_CELL: case HIT_SOURCE: return PANE_OPERATION;
    case HIT_NODE: return PANE_TREE;
    case HIT_TERM: return PANE_CELL;
    case HIT_LINE: return PANE_PANEL;
    case HIT_CHOICE: case HIT_NOTHING: case HIT_KEY: return PANE_ANY;
    }
    return PANE_ANY;
}

/* Over another pane than the one with the focus it takes the focus there first. */
static void turn_wheel(State *state, Hit hit, Click click)
{
    Pane pane = pane_of(hit);
    if (pane == PANE_ANY && hit.kind != HIT_CHOICE)
        return;
    if (pane != PANE_ANY && pane != state->view.panes.focus)
        focus(state, pane, hit.b * (pane == PANE_PANEL));
    /* Through the keys, so that the wheel moves what the arrows move and nothing else. */
    for (int i = 0; i < WHEEL_ROWS; i++)
        stepper_key(state, click == WHEEL_UP ? KEY_IS_UP : KEY_IS_DOWN);
}

void stepper_click(State *state, int rows, int cols, int row, int col, Click click)
{
    Hit hit;
    /* not while something is typed */
    bool listens = state->view.prompt.mode == MODE_WALK || state->view.prompt.mode == MODE_MENU;
    if (!listens || !find_hit(state, rows, cols, row, col, &hit))
        return;
    bool opens = hit.kind != HIT_NOTHING && hit.kind != HIT_PANE;
    if (hit.kind == HIT_KEY && (click == CLICK || click == CLICK_TWICE)) {
        stepper_key(state, hit.a);
    } else if (click == WHEEL_UP || click == WHEEL_DOWN) {
        turn_wheel(state, hit, click);
    } else if (click == CLICK_TWICE && opens) {
        stepper_key(state, KEY_IS_ENTER);
    } else {
        state->view.message.text[0] = '\0';
        state->view.message.complains = false;
        state->errand.tell = TELL_STEP;
        select_hit(state, hit);
    }
}
