/* Cursors: the selected cell, the tree, the terms of the cell, and the way back from a `why`. */
#include "keys.h"
#include "tracer/query/uses.h"
#include "tracer/views/folding.h"
#include "tracer/views/map.h"

enum { PAGE = 10 };

/* The index that a movement key leads to, from 0 to count - 1. */
static int moved(int index, int count, int by)
{
    int to = index + by;
    return to < 0 ? 0 : to >= count ? count - 1 : to;
}

typedef struct {
    int rows, cols;
} Movement;

/* What a key moves by; far stands for "to the end". */
static Movement movement(int code, int far)
{
    switch (code) {
    case KEY_IS_UP: case 'k': return (Movement){-1, 0};
    case KEY_IS_DOWN: case 'j': return (Movement){1, 0};
    case KEY_IS_LEFT: case 'h': return (Movement){0, -1};
    case KEY_IS_RIGHT: case 'l': return (Movement){0, 1};
    case KEY_IS_PAGE_UP: return (Movement){-PAGE, 0};
    case KEY_IS_PAGE_DOWN: return (Movement){PAGE, 0};
    case KEY_IS_HOME: return (Movement){0, -far};
    case KEY_IS_END: return (Movement){0, far};
    default: return (Movement){0, 0};
    }
}

void cell_move(State *state, int code)
{
    const Value *output = state_output(&state->view);
    Reference cell = state_cell(&state->view);
    Movement by = movement(code, output->cols);
    state->view.cursor.row = moved(cell.row, output->rows, by.rows);
    state->view.cursor.col = moved(cell.col, output->cols, by.cols);
    state->view.cursor.term = state->view.cursor.factor = state->view.panes.line = 0;
}

/* Left folds the frame at the cursor or goes to the frame around it, right opens it. */
static void tree_sideways(State *state, int node, bool open)
{
    const Node *at = &state->view.outline->nodes[node];
    bool is_open = at->frame >= 0 && frame_open(&state->view, at->frame);
    if (at->frame >= 0 && is_open != open) {
        frame_toggle(state, at->frame);
        state->view.cursor.node = node;
    } else if (!open && at->parent >= 0) {
        state->view.cursor.node = at->parent;
    }
}

void tree_move(State *state, int code)
{
    int node = tree_cursor(&state->view), last = visible_node(&state->view, state->view.outline->count - 1);
    Movement by = movement(code, 1);
    if (code == KEY_IS_HOME || code == KEY_IS_END) {
        state->view.cursor.node = code == KEY_IS_HOME ? 0 : last;
        return;
    }
    if (by.cols) {
        tree_sideways(state, node, by.cols > 0);
        return;
    }
    for (; by.rows != 0; by.rows += by.rows < 0 ? 1 : -1) {
        int next = by.rows < 0 ? previous_visible(&state->view, node) : next_visible(&state->view, node);
        node = next < 0 ? node : next;
    }
    state->view.cursor.node = node;
}

void tree_enter(State *state, int code)
{
    (void)code;
    int node = tree_cursor(&state->view);
    const Node *at = &state->view.outline->nodes[node];
    if (at->step >= 0) {
        state_jump(state, at->step);
        state->view.panes.focus = PANE_OPERATION;
        return;
    }
    frame_toggle(state, at->frame);
    state->view.cursor.node = node;
}

void term_move(State *state, int code)
{
    Explanation explanation = {0};
    if (!state_explain(&state->view, &explanation)) {
        state_complain(state, "out of memory");
    } else if (explanation.count) {
        Movement by = movement(code, TERM_CELLS);
        const Term *term = state_term(&state->view, &explanation);
        int factor = state_factor(&state->view, term);
        state->view.cursor.term = moved((int)(term - explanation.terms), explanation.count, by.rows);
        state->view.cursor.factor = moved(factor, explanation.terms[state->view.cursor.term].cell_count, by.cols);
    }
    explanation_free(&explanation);
}

bool term_choose(State *state, const Explanation *explanation, Reference cell)
{
    for (int i = 0; i < explanation->count; i++)
        for (int j = 0; j < explanation->terms[i].cell_count; j++) {
            const Cell *read = &explanation->terms[i].cells[j];
            if (read->value == cell.value && read->row == cell.row && read->col == cell.col) {
                state->view.cursor.term = i;
                state->view.cursor.factor = j;
                return true;
            }
        }
    return false;
}

void pane_next(State *state, int code)
{
    (void)code;
    state->view.panes.focus = (state->view.panes.focus + 1) % PANE_ANY;
    if (state->view.panes.focus == PANE_PANEL && !state->view.panes.page)
        state->view.panes.focus = PANE_TREE;
    if (state->view.panes.focus != PANE_TREE)
        state->view.cursor.node = -1;
}

void why_enter(State *state, int code)
{
    (void)code;
    state->view.panes.focus = PANE_CELL;
    state->view.cursor.term = state->view.cursor.factor = 0;
}

/* With the line of the page, which Backspace gives back too. */
static Place here(const State *state)
{
    Reference cell = state_cell(&state->view);
    return (Place){state->view.cursor.step, cell.row, cell.col, state->view.cursor.term, state->view.cursor.factor,
                   state->view.panes.line};
}

/* The root stays; of a long way the oldest question after it is forgotten. */
static void push_why(State *state)
{
    if (state->view.questions.count == WHY_DEPTH) {
        for (int i = 2; i < WHY_DEPTH; i++)
            state->view.questions.why[i - 1] = state->view.questions.why[i];
        state->view.questions.count--;
    }
    state->view.questions.why[state->view.questions.count++] = here(state);
}

void follow_to(State *state, int step, int row, int col)
{
    push_why(state);
    state_jump(state, step);
    state->view.cursor.row = row;
    state->view.cursor.col = col;
    state->view.cursor.term = state->view.cursor.factor = state->view.panes.line = 0;
}

/* Where a cell was copied from, through as many copies as there are; a leaf is one's end. */
static Cell original(const Tape *tape, Cell cell)
{
    Explanation explanation = {0};
    for (;;) {
        int producer = tape_value(tape, cell.value)->producer;
        if (producer < 0 || tape->steps[producer].primitive->combine != COMBINE_COPY ||
            !explain(tape, cell.value, cell.row, cell.col, &explanation) || explanation.count != 1)
            break;
        Cell from = explanation.terms[0].cells[0];
        if (explanation.terms[0].cell_count != 1 || from.value < 0 || tape_value(tape, from.value)->producer < 0)
            break;
        cell = from;
    }
    explanation_free(&explanation);
    return cell;
}

void follow_use(State *state, int step, int row, int col)
{
    const Tape *tape = state_tape(&state->view);
    Uses uses = {0};
    bool whole = true;
    while (state->view.questions.skip_copies && whole && tape->steps[step].primitive->combine == COMBINE_COPY) {
        whole = uses_find(tape, (Reference){tape->steps[step].output, row, col}, &uses);
        bool one = whole && uses.count == 1;
        if (one) {
            step = uses.list[0].step;
            row = uses.list[0].row;
            col = uses.list[0].col;
        }
        uses_free(&uses);
        if (!one)
            break;
    }
    if (whole)
        follow_to(state, step, row, col);
    else
        state_complain(state, "out of memory");
}

/* What no step made is where the way back ends; it says so instead of going nowhere. */
static void follow(State *state, Cell cell)
{
    if (cell.value >= 0 && state->view.questions.skip_copies)
        cell = original(state_tape(&state->view), cell);
    if (cell.value < 0) {
        state_say(state, "a constant of the step: it comes from no cell");
        return;
    }
    const Value *value = tape_value(state_tape(&state->view), cell.value);
    if (value->producer < 0) {
        state_say(state, "%.120s is %s: no step made it", name_of(&state->view.session->names, cell.value),
                  value->kind == KIND_PARAMETER ? "a parameter" : "an input");
        return;
    }
    follow_to(state, value->producer, cell.row, cell.col);
}

void why_follow(State *state, int code)
{
    (void)code;
    Explanation explanation = {0};
    bool whole = state_explain(&state->view, &explanation);
    const Term *term = state_term(&state->view, &explanation);
    if (!whole)
        state_complain(state, "out of memory");
    else if (!term || term->cell_count == 0)
        state_say(state, "this cell has no terms");
    else
        follow(state, term->cells[state_factor(&state->view, term)]);
    explanation_free(&explanation);
}

void why_return(State *state, int code)
{
    (void)code;
    if (state->view.questions.count == 0) {
        state_say(state, "no question to return to; Enter asks why");
        return;
    }
    Place place = state->view.questions.why[--state->view.questions.count];
    state->view.questions.why[state->view.questions.count] = (Place){0};
    state_jump(state, place.step);
    state->view.cursor.row = place.row;
    state->view.cursor.col = place.col;
    state->view.cursor.term = place.term;
    state->view.cursor.factor = place.factor;
    state->view.panes.line = place.line;
}

/* Esc closes and never leaves: who presses it once too often would lose the place. The map is a screen and no pane:
 * q leaves from it. */
void close_pane(State *state, int code)
{
    if (map_shown(&state->view)) {
        state->errand.quit = code == 'q';
        map_close(state);
        return;
    }
    if (state->view.tour && !state->view.panes.page && state->view.panes.focus != PANE_CELL) {
        command_tour(state, "off");
        return;
    }
    if (state->view.panes.page && state->view.panes.focus != PANE_CELL) {
        state->view.panes.page = state->view.panes.line = 0;
        state->view.panes.focus = state->view.panes.focus == PANE_PANEL ? PANE_OPERATION : state->view.panes.focus;
        return;
    }
    if (state->view.panes.focus != PANE_CELL && state->view.questions.count == 0 && state->view.panes.facing) {
        state->view.panes.facing = false;
        return;
    }
    if (state->view.panes.focus != PANE_CELL && state->view.questions.count == 0) {
        state->errand.quit = code == 'q';
        if (code != 'q')
            state_say(state, "nothing is open here; q leaves");
        return;
    }
    state->view.panes.focus = PANE_OPERATION;
    for (; state->view.questions.count > 0; state->view.questions.count--)
        state->view.questions.why[state->view.questions.count - 1] = (Place){0};
}
