/* The mouse without a terminal: what is clicked on is what is selected. Numbers are read off the
 * screen under the pointer, not asked of the code that knows what it drew. */
#include "screens.h"

#include "tracer/stepper/click.h"
#include "tracer/stepper/screen.h"
#include "tracer/views/folding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 40, COLS = 120 };

static char char_at(const Grid *grid, int row, int col)
{
    unsigned point = col >= 0 && col < grid->cols ? grid->cells[row * grid->cols + col].point : ' ';
    return point > 0x20 && point < 0x7f ? (char)point : ' ';
}

/* The number under a place of the screen, and what its last digit is worth; false if there is none. */
static bool number_under(const Grid *grid, int row, int col, double *number, double *unit)
{
    static const char part[] = "0123456789.e+-";
    char text[32] = "";
    int start = col, end = col;
    while (start > 0 && strchr(part, char_at(grid, row, start - 1)))
        start--;
    while (end < grid->cols && strchr(part, char_at(grid, row, end)))
        end++;
    if (!strchr(part, char_at(grid, row, col)) || end - start >= (int)sizeof text || !strchr("+-", char_at(grid, row, start)))
        return false;
    for (int i = start; i < end; i++)
        text[i - start] = char_at(grid, row, i);
    const char *point = strchr(text, '.'), *e = strchr(text, 'e');
    *number = strtod(text, NULL);
    *unit = point ? pow(10, -(double)((e ? e : text + strlen(text)) - point - 1)) : 1;
    *unit *= e ? pow(10, strtod(e + 1, NULL)) : 1;
    return true;
}

static Grid hits_of(const State *state)
{
    Grid grid;
    EXPECT(grid_init(&grid, ROWS, COLS, state->view.settings.ascii) && grid_record_hits(&grid), "out of memory");
    stepper_draw(state, &grid);
    return grid;
}

/* Every number of the operation: a click on it selects the cell, or the term, that holds it. */
static int click_all(State *state)
{
    Grid grid = hits_of(state);
    const State before = *state;
    int read = 0;
    for (int i = 0; i < ROWS * COLS; i++) {
        double number, unit, value;
        Hit hit = grid_hit_at(&grid, i / COLS, i % COLS);
        if ((hit.kind != HIT_CELL && hit.kind != HIT_SOURCE) || !number_under(&grid, i / COLS, i % COLS, &number, &unit))
            continue;
        *state = before;
        stepper_click(state, ROWS, COLS, i / COLS, i % COLS, CLICK);
        Explanation explanation = {0};
        EXPECT(state_explain(&state->view, &explanation), "out of memory");
        Reference cell = state_pointed(&state->view, &explanation);
        explanation_free(&explanation);
        if (hit.kind == HIT_SOURCE && state->view.panes.focus != PANE_CELL) /* the selected cell does not read it */
            continue;
        EXPECT(cell.value >= 0 && state->view.panes.focus == (hit.kind == HIT_CELL ? PANE_OPERATION : PANE_CELL), "step %d, %d,%d", state->view.cursor.step, i / COLS, i % COLS);
        value = cell_of(tape_value(state_tape(&state->view), cell.value), cell.row, cell.col);
        EXPECT(fabs(value - number) <= 0.5001 * unit, "step %d: %g is clicked on, %g is selected", state->view.cursor.step, number, value);
        read++;
    }
    *state = before;
    grid_free(&grid);
    return read;
}

static void numbers_are_selected(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    int read = 0;
    for (int step = 0; step < stepper.session.run.tape.step_count; step += 23) {
        state_jump(&stepper.state, step);
        stepper.state.view.cursor.row = step % 5;
        read += click_all(&stepper.state);
    }
    EXPECT(read > 500, "only %d numbers were clicked on", read);
    stepper_close(&stepper);
}

/* What a row says from a column on, as far as the same thing lies there: without the marks of what
 * is chosen. */
static void words_of(const Grid *grid, int row, int from, int width, char out[COLS + 1])
{
    int length = 0;
    for (int col = from; col < from + width && col < grid->cols; col++)
        if (char_at(grid, row, col) != ' ')
            out[length++] = char_at(grid, row, col);
    out[length] = '\0';
}

static int width_of(const Grid *grid, int row, int col, Hit hit)
{
    int width = 0;
    for (Hit at = hit; at.kind == hit.kind && at.a == hit.a; at = grid_hit_at(grid, row, col + width))
        width++;
    return width;
}

/* Rows of the tree, terms, lines of a page: what was clicked on is what the cursor stands on. */
static void rows_are_selected(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    State *at = &stepper.state;
    command(at, "block0.attention.head0.scores[2,1]");
    command(at, "panel uses");
    const State before = *at;
    Grid grid = hits_of(at);
    int kinds[HIT_KEY + 1] = {0};
    for (int i = 0; i < ROWS * COLS; i++) {
        Hit hit = grid_hit_at(&grid, i / COLS, i % COLS), left = grid_hit_at(&grid, i / COLS, i % COLS - 1);
        if (left.kind == hit.kind && left.a == hit.a) /* each thing once, from where it begins */
            continue;
        *at = before;
        stepper_click(at, ROWS, COLS, i / COLS, i % COLS, CLICK);
        kinds[hit.kind]++;
        Pane pane = hit.kind == HIT_NODE ? PANE_TREE : hit.kind == HIT_TERM ? PANE_CELL : hit.kind == HIT_LINE ? PANE_PANEL : PANE_ANY;
        if (pane == PANE_ANY)
            continue;
        Grid after = hits_of(at);
        char wanted[COLS + 1], chosen[COLS + 1];
        int width = width_of(&grid, i / COLS, i % COLS, hit);
        words_of(&grid, i / COLS, i % COLS, width, wanted);
        words_of(&after, after.cursor_row, i % COLS, width, chosen);
        EXPECT(at->view.panes.focus == pane && strcmp(wanted, chosen) == 0, "row %d: \"%s\" is clicked on, \"%s\" is chosen", i / COLS, wanted, chosen);
        grid_free(&after);
    }
    EXPECT(kinds[HIT_NODE] > 20 && kinds[HIT_TERM] > 2 && kinds[HIT_LINE] > 1 && kinds[HIT_KEY] > 5, "%d rows, %d terms, %d lines, %d keys",
           kinds[HIT_NODE], kinds[HIT_TERM], kinds[HIT_LINE], kinds[HIT_KEY]);
    grid_free(&grid);
    stepper_close(&stepper);
}

/* The first place on the screen with such a hit. */
static void find_place(const State *state, HitKind kind, int a, int *row, int *col)
{
    Grid grid = hits_of(state);
    bool found = false;
    for (int i = 0; i < ROWS * COLS && !found; i++) {
        Hit hit = grid_hit_at(&grid, i / COLS, i % COLS);
        found = hit.kind == kind && (a < 0 || hit.a == a);
        *row = i / COLS;
        *col = i % COLS;
    }
    grid_free(&grid);
    EXPECT(found, "nothing of kind %d", (int)kind);
}

static void clicks_open(void **state)
{
    (void)state;
    Stepper stepper;
    int row, col;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    command(at, "block0.attention.head0.scores[2,1]");
    int scores = at->view.cursor.step;
    find_place(at, HIT_CELL, -1, &row, &col);
    stepper_click(at, ROWS, COLS, row, col, CLICK);
    stepper_click(at, ROWS, COLS, row, col, CLICK_TWICE);
    EXPECT(at->view.panes.focus == PANE_CELL, "a double click asks why");
    find_place(at, HIT_TERM, 1, &row, &col);
    stepper_click(at, ROWS, COLS, row, col, CLICK);
    stepper_click(at, ROWS, COLS, row, col, CLICK_TWICE);
    EXPECT(at->view.cursor.step != scores && at->view.questions.count == 1, "on a term it follows");
    find_place(at, HIT_KEY, 's', &row, &col);
    int from = at->view.cursor.step;
    stepper_click(at, ROWS, COLS, row, col, CLICK);
    stepper_click(at, ROWS, COLS, row, col, CLICK_TWICE);
    EXPECT(at->view.cursor.step == from + 2, "a hint is a key, each time");
    find_place(at, HIT_NODE, -1, &row, &col);
    stepper_click(at, ROWS, COLS, row, col, WHEEL_DOWN);
    EXPECT(at->view.panes.focus == PANE_TREE && at->view.cursor.step == from + 2, "the wheel is for the pane under it");
    int node = tree_cursor(&at->view);
    stepper_click(at, ROWS, COLS, row, col, WHEEL_UP);
    EXPECT(tree_cursor(&at->view) < node, "and goes both ways");
    press(at, "?");
    find_place(at, HIT_CHOICE, 1, &row, &col);
    stepper_click(at, ROWS, COLS, row, col, CLICK);
    EXPECT(at->view.prompt.choice == 1 && at->view.prompt.mode == MODE_MENU, "the menu is chosen from");
    stepper_click(at, ROWS, COLS, ROWS - 1, COLS - 1, CLICK);
    EXPECT(at->view.prompt.mode == MODE_MENU, "beside it nothing happens");
    press(at, "<Esc>:");
    State before = *at;
    for (int i = 0; i < ROWS * COLS; i += 17)
        stepper_click(at, ROWS, COLS, i / COLS, i % COLS, CLICK);
    EXPECT(memcmp(&before, at, sizeof before) == 0, "nothing is clicked on while something is typed");
    press(at, "<Esc>");
    command(at, "set mouse on");
    EXPECT(at->view.settings.mouse && at->settings_file.changed, "a setting");
    expect_refused(at, "set mouse left", "left");
    stepper_close(&stepper);
}

int test_stepper_click(void)
{
    TestList list = {0};
    static const char *const models[] = {"tiny", "by-hand", "golden/screens/wide.json"};
    for (int i = 0; i < 3; i++) {
        tests_add(&list, numbers_are_selected, models[i], "a click selects the number under it, %s", models[i]);
        if (i < 2)
            tests_add(&list, rows_are_selected, models[i], "a click selects the row under it, %s", models[i]);
    }
    tests_add(&list, clicks_open, NULL, "double clicks, hints, wheel, menu");
    return tests_run(&list, "stepper_click");
}
