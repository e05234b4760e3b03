/* The stepper without a terminal: golden screens, random keys at every size, what a capital
 * undoes, numbers that read back, the copier on a terminal that nobody sees. */
#include "screens.h"

#include "tracer/stepper/click.h"
#include "tracer/stepper/keys.h"
#include "tracer/stepper/screen.h"
#include "tracer/stepper/terminal.h"
#include "tracer/views/view.h"

#include <curses.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A fixed stream of numbers from 0 to below - 1. */
static int pick_number(uint64_t *stream, int below)
{
    *stream = *stream * 6364136223846793005u + 1442695040888963407u;
    return (int)((*stream >> 33) % (uint64_t)below);
}

static int random_key(uint64_t *stream)
{
    static const char typed[] = "0123456789 blockheadscoresgrad[],.\"";
    int kind = pick_number(stream, 20);
    if (kind == 0)
        return typed[pick_number(stream, (int)sizeof typed - 1)];
    if (kind == 1)
        return 0x20 + pick_number(stream, 0x3000);
    int code = KEYS[pick_number(stream, KEY_COUNT)].code;
    return code == 'q' && pick_number(stream, 8) ? KEY_IS_DOWN : code;
}

/* Draws into the middle of a larger piece of memory and looks at what lies around it. */
static void expect_drawn_inside(const State *state, int rows, int cols)
{
    enum { GUARD = 512, MARK = 0x10abcd };
    size_t size = (size_t)rows * (size_t)cols;
    GridCell *cells = malloc((size + 2 * GUARD) * sizeof *cells);
    EXPECT(cells, "out of memory");
    for (size_t i = 0; i < size + 2 * GUARD; i++)
        cells[i] = (GridCell){i < GUARD || i >= GUARD + size ? MARK : ' ', PLAIN};
    Grid grid = {.rows = rows, .cols = cols, .cells = cells + GUARD, .ascii = state->view.settings.ascii, .cursor_row = -1, .cursor_col = -1};
    stepper_draw(state, &grid);
    bool whole = grid.cursor_row < rows && grid.cursor_col < cols;
    for (size_t i = 0; i < GUARD; i++)
        whole &= cells[i].point == MARK && cells[GUARD + size + i].point == MARK;
    for (size_t i = 0; i < size; i++)
        whole &= !state->view.settings.ascii || (cells[GUARD + i].point >= 0x20 && cells[GUARD + i].point < 0x7f);
    free(cells);
    EXPECT(whole, "step %d at %dx%d: something lies outside", state->view.cursor.step, cols, rows);
}

/* Commands that random letters would never come to. */
static const char *const TYPED[] = {
    "break |x| > 1", "break rule softmax", "break max(weights) > 0.3", "break inf", "delete", "delete 1", "watch embedding[1,1]",
    "watch loss[0,0]", "unwatch", "nudge embedding[1,1] 0.5", "nudge block0.attention.head0.W_Q[0,0]=2", "nudge logits[0,0] 1e300",
    "undo", "edits", "breaks", "mistake softmax.columns", "mistake norm.eps_outside_root", "mistake nonsense", "truth", "bug 3", "bug 11",
    "found", "predict on", "predict off", "guess 0.5", "guess +", "guess largest", "reveal", "training 7", "training 0", "compare 3", "compare 0", "compare off", "panel beside", "mark a",
    "jump a", "tour attention", "tour update", "tour off", "training 2", "compare 2", "set delta 0.5", "set delta 1e308", "set ascii on", "set ascii off", "set colours sequential", "set digits 2", "last", "first",
};

/* How many: RANDOM_KEYS in the environment, for a long run under the sanitizers. */
static int keys_to_press(void)
{
    const char *asked = getenv("RANDOM_KEYS");
    int keys = asked ? atoi(asked) : 20000;
    EXPECT(keys > 0, "RANDOM_KEYS is \"%s\", not a number of keys", asked);
    return keys;
}

static void random_keys(void **state)
{
    Stepper stepper;
    int keys = keys_to_press();
    uint64_t stream = (uint64_t)keys;
    open_stepper(&stepper, *state, false);
    for (int i = 0; i < keys; i++) {
        stepper_key(&stepper.state, random_key(&stream));
        if (i % 20 == 0)
            command(&stepper.state, TYPED[pick_number(&stream, (int)(sizeof TYPED / sizeof *TYPED))]);
        if (i % 10 == 0)
            stepper_click(&stepper.state, 1 + pick_number(&stream, 60), 1 + pick_number(&stream, 200), pick_number(&stream, 61) - 1,
                          pick_number(&stream, 201) - 1, (Click)pick_number(&stream, WHEEL_DOWN + 1));
        stepper.state.errand.quit = false;
        const State *at = &stepper.state;
        EXPECT(at->view.cursor.step >= 0 && at->view.cursor.step < state_tape(&at->view)->step_count, "step %d", at->view.cursor.step);
        if (i % 4 == 0)
            expect_drawn_inside(at, 1 + pick_number(&stream, 60), 1 + pick_number(&stream, 200));
    }
    stepper_close(&stepper);
}

static void every_size(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "by-hand", false);
    press(&stepper.state, ":block0.mlp.hidden.product[2,20]<Enter><Enter>");
    for (int rows = 1; rows <= 60; rows++)
        for (int cols = 1; cols <= 200; cols += rows < 14 || rows == 24 ? 1 : 13)
            expect_drawn_inside(&stepper.state, rows, cols);
    stepper_close(&stepper);
}

static void expect_undone(State *state, int key)
{
    Text before = screen_of(state, 30, 100);
    State was = *state;
    stepper_key(state, key);
    bool moved = state->view.cursor.step != was.view.cursor.step;
    stepper_key(state, key - 'a' + 'A');
    Text after = screen_of(state, 30, 100);
    bool same = before.length == after.length && memcmp(before.data, after.data, after.length) == 0;
    bool all = state->trail.count == was.trail.count && state->view.cursor.row == was.view.cursor.row && state->view.cursor.col == was.view.cursor.col &&
               state->view.cursor.node == was.view.cursor.node && state->view.folds.count == was.view.folds.count;
    EXPECT(!moved || (same && all), "step %d, %c and its capital: not the same again\n%s\n%s", was.view.cursor.step, key, before.data, after.data);
    text_free(&before);
    text_free(&after);
}

static void capitals_undo(void **state)
{
    static const char *const settings[] = {"", "<Right><Down><Enter>", "<Tab><Tab>k<Enter><Down>", "<Down><Down>nnss"};
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        state_init(&stepper.state, &stepper.lab, stepper.state.view.tutor);
        press(&stepper.state, settings[i]);
        for (int step = (int)i; step < stepper.session.run.tape.step_count; step += 5) {
            state_jump(&stepper.state, step);
            for (const char *key = "nsfc"; *key; key++)
                expect_undone(&stepper.state, *key);
        }
    }
    stepper_close(&stepper);
}

/* The number behind the last "= " of a row, as it was drawn; false if there is none. */
static bool number_drawn(const Grid *grid, int row, double *number, double *unit)
{
    char text[400] = "", *at = NULL;
    for (int col = 0; col < grid->cols && col < 399; col++)
        text[col] = (char)(grid->cells[row * grid->cols + col].point < 0x80 ? grid->cells[row * grid->cols + col].point : '?');
    for (char *equals = text; (equals = strstr(equals, "= ")); equals++)
        at = equals + 2;
    if (!at)
        return false;
    char *end;
    *number = strtod(at, &end);
    size_t mantissa = strcspn(at, "e ");
    const char *point = memchr(at, '.', mantissa);
    *unit = pow(10, point ? -(double)(mantissa - (size_t)(point - at) - 1) : 0);
    if (at[mantissa] == 'e')
        *unit *= pow(10, strtod(at + mantissa + 1, NULL));
    return end > at && (*end == ' ' || *end == '\0' || *end == ',');
}

static void numbers_read_back(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, true);
    State *at = &stepper.state;
    int drawn = 0;
    for (int step = 0; step < stepper.session.run.tape.step_count; step++) {
        state_jump(at, step);
        at->view.cursor.row = at->view.cursor.col = step % 5;
        Reference cell = state_cell(&at->view);
        Explanation explanation = {0};
        EXPECT(state_explain(&at->view, &explanation), "out of memory");
        Grid grid;
        EXPECT(grid_init(&grid, 3 + explanation.count, 300, true), "out of memory");
        cell_view(&at->view, &grid, grid_area(&grid));
        double number, unit, value = cell_of(state_output(&at->view), cell.row, cell.col);
        if (number_drawn(&grid, 1, &number, &unit) && isfinite(value)) {
            EXPECT(fabs(number - value) <= 0.5001 * unit, "step %d: %.10g is drawn as %g", step, value, number);
            drawn++;
        }
        for (int i = 0; i < explanation.count; i++) {
            double term = explanation.terms[i].contribution;
            EXPECT(!isfinite(term) || (number_drawn(&grid, 2 + i, &number, &unit) && fabs(number - term) <= 0.5001 * unit),
                   "step %d, term %d: %.10g is drawn as %g", step, i, term, number);
        }
        grid_free(&grid);
        explanation_free(&explanation);
    }
    EXPECT(drawn > 100, "only %d numbers were drawn", drawn);
    stepper_close(&stepper);
}

static void selection_without_colour(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    for (int step = 0; step < stepper.session.run.tape.step_count; step++) {
        Grid grid;
        state_jump(&stepper.state, step);
        stepper.state.view.cursor.row = step % 7;
        stepper.state.view.cursor.col = step % 11;
        EXPECT(stepper_grid(&stepper.state, &grid, 24, 80), "out of memory");
        EXPECT(grid.cursor_row >= 0 && grid.cursor_col > 0, "step %d: no cursor", step);
        const GridCell *cursor = &grid.cells[grid.cursor_row * 80 + grid.cursor_col];
        EXPECT(cursor[-1].point == '[' && (cursor->style.flags & REVERSE), "step %d: the selected cell has no bracket", step);
        grid_free(&grid);
    }
    stepper_close(&stepper);
}

static void heat_contrast(void **state)
{
    (void)state;
    for (int level = -HEAT_SIDE; level <= HEAT_SIDE; level++) {
        HeatColors colors = heat_colors(level);
        double light[2];
        for (int i = 0; i < 2; i++) {
            int rgb[3];
            double part[3];
            xterm_rgb(i ? colors.back : colors.fore, rgb);
            for (int j = 0; j < 3; j++)
                part[j] = rgb[j] <= 10 ? rgb[j] / 255.0 / 12.92 : pow((rgb[j] / 255.0 + 0.055) / 1.055, 2.4);
            light[i] = 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2] + 0.05;
        }
        double contrast = light[0] > light[1] ? light[0] / light[1] : light[1] / light[0];
        EXPECT(contrast >= 4.5, "level %d has a contrast of %.2f", level, contrast);
    }
    assert_int_equal(heat_level(-1, 1), -HEAT_SIDE);
    assert_int_equal(heat_level(1, 1), HEAT_SIDE);
    assert_int_equal(heat_level(NAN, 1), 0);
}

static void keys_are_told(void **state)
{
    (void)state;
    for (int i = 0; i < KEY_COUNT; i++) {
        char text[16];
        const char *script = key_text(KEYS[i].code, text);
        EXPECT(*KEYS[i].help && KEYS[i].run, "key %s says nothing", text);
        EXPECT(key_parse(&script) == KEYS[i].code && *script == '\0', "%s does not read back", text);
        for (int j = 0; j < i; j++) {
            bool panes = KEYS[i].pane == KEYS[j].pane || KEYS[i].pane == PANE_ANY || KEYS[j].pane == PANE_ANY;
            EXPECT(KEYS[i].code != KEYS[j].code || !panes, "%s has two meanings", text);
            EXPECT(!KEYS[i].command || !KEYS[j].command || strcmp(KEYS[i].command, KEYS[j].command) != 0, "two keys are called %s",
                   KEYS[i].command);
        }
    }
    for (const char *key = "nsfc"; *key; key++)
        for (int code = *key; code > 0; code = code >= 'a' ? code - 'a' + 'A' : 0) {
            bool there = false;
            for (int i = 0; i < KEY_COUNT; i++)
                there |= KEYS[i].code == code;
            EXPECT(there, "%c is missing", code);
        }
}

/* A curses terminal that writes to a file. */
typedef struct {
    FILE *file;
    SCREEN *screen;
    Palette palette;
    Shown shown;
} Terminal;

static void open_terminal(Terminal *terminal, int rows, int cols)
{
    *terminal = (Terminal){.file = tmpfile()};
    terminal->screen = terminal->file ? newterm("xterm-256color", terminal->file, terminal->file) : NULL;
    EXPECT(terminal->screen && resizeterm(rows, cols) == OK && shown_init(&terminal->shown, rows, cols), "no terminal on a file");
    terminal->palette = terminal_palette(true);
    EXPECT(terminal->palette == PALETTE_HEAT, "no heat map on xterm-256color");
    typeahead(-1);
}

static void close_terminal(Terminal *terminal)
{
    endwin();
    delscreen(terminal->screen);
    fclose(terminal->file);
    shown_free(&terminal->shown);
}

static long bytes_in(FILE *file)
{
    struct stat status;
    EXPECT(fstat(fileno(file), &status) == 0, "no file");
    return (long)status.st_size;
}

/* What is on the terminal is read back from it, character by character. */
static void expect_on_terminal(const Grid *grid, int step)
{
    for (int i = 0; i < grid->rows * grid->cols; i++) {
        cchar_t read;
        wchar_t text[CCHARW_MAX + 1] = {0};
        attr_t attributes;
        short pair;
        if (!grid->cells[i].point) /* the right half of the character before */
            continue;
        EXPECT(mvin_wch(i / grid->cols, i % grid->cols, &read) == OK && getcchar(&read, text, &attributes, &pair, NULL) == OK, "cell %d", i);
        EXPECT((unsigned)text[0] == grid->cells[i].point && pair == grid->cells[i].style.heat, "step %d, cell %d differs", step, i);
    }
}

/* All of it arrives, in frames of a bounded size; returns how many it took. */
static int send_all(const State *state, Terminal *terminal)
{
    Grid grid;
    int frames = 0;
    EXPECT(stepper_grid(state, &grid, terminal->shown.grid.rows, terminal->shown.grid.cols), "out of memory");
    for (bool all = false; !all; frames++) {
        long before = bytes_in(terminal->file);
        all = terminal_frame(&grid, terminal->palette, &terminal->shown);
        long sent = bytes_in(terminal->file) - before;
        EXPECT(sent <= FRAME_BYTES && frames <= grid.rows, "step %d, frame %d: %ld bytes", state->view.cursor.step, frames, sent);
    }
    expect_on_terminal(&grid, state->view.cursor.step);
    grid_free(&grid);
    return frames;
}

static void frames(void **state)
{
    static const int sizes[][2] = {{24, 80}, {40, 120}, {50, 200}, {12, 40}};
    Stepper stepper;
    int most = 0;
    open_stepper(&stepper, *state, false);
    for (int size = 0; size < 4; size++) {
        Terminal terminal;
        uint64_t stream = 1;
        open_terminal(&terminal, sizes[size][0], sizes[size][1]);
        /* of the run that is shown: keys make forks, and one that is not clipped has fewer steps */
        for (int step = 0; step < state_tape(&stepper.state.view)->step_count; step += 17) {
            state_jump(&stepper.state, step);
            for (int key = 0; key < 3; key++) {
                int count = send_all(&stepper.state, &terminal);
                most = count > most ? count : most;
                stepper_key(&stepper.state, random_key(&stream));
                stepper.state.errand.quit = false;
            }
        }
        close_terminal(&terminal);
    }
    EXPECT(most > 1, "no screen took more than a frame");
    stepper_close(&stepper);
}

/* A key that comes between two frames: what was not sent is sent first. */
static void frames_go_on(void **state)
{
    (void)state;
    Stepper stepper;
    Terminal terminal;
    Grid grid;
    open_stepper(&stepper, "by-hand", false);
    open_terminal(&terminal, 50, 200);
    press(&stepper.state, ":block0.mlp.hidden<Enter>");
    EXPECT(stepper_grid(&stepper.state, &grid, 50, 200) && !terminal_frame(&grid, terminal.palette, &terminal.shown), "one frame is enough");
    int row = terminal.shown.row;
    grid_free(&grid);
    press(&stepper.state, "n");
    EXPECT(row > 0 && stepper_grid(&stepper.state, &grid, 50, 200), "nothing was sent");
    terminal_frame(&grid, terminal.palette, &terminal.shown);
    EXPECT(!frame_differs(&grid, &terminal.shown, row) && frame_differs(&grid, &terminal.shown, 0), "row %d was not the first", row);
    grid_free(&grid);
    send_all(&stepper.state, &terminal);
    close_terminal(&terminal);
    stepper_close(&stepper);
}

int test_stepper(void)
{
    TestList list = {0};
    static const char *const models[] = {"tiny", "by-hand", "golden/screens/wide.json"};
    tests_add_screens(&list);
    for (int i = 0; i < 3; i++) {
        tests_add(&list, random_keys, models[i], "random keys, %s", models[i]);
        tests_add(&list, capitals_undo, models[i], "a capital undoes its letter, %s", models[i]);
        tests_add(&list, numbers_read_back, models[i], "numbers read back, %s", models[i]);
        tests_add(&list, selection_without_colour, models[i], "the selection is seen without colour, %s", models[i]);
        tests_add(&list, frames, models[i], "frames of at most 4 KB, %s", models[i]);
    }
    tests_add(&list, frames_go_on, NULL, "a key between two frames");
    tests_add(&list, every_size, NULL, "every size");
    tests_add(&list, heat_contrast, NULL, "contrast of the heat map");
    tests_add(&list, keys_are_told, NULL, "every key is told once");
    return tests_run(&list, "stepper");
}
