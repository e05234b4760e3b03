/* The terminal; see terminal.h. Signals that end the program are blocked except while it waits
 * for a key, so that none can come between looking and waiting. */
#include "terminal.h"

#include "click.h"
#include "keys.h"
#include "places.h"
#include "screen.h"
#include "settings_file.h"

#include "tracer/base/print.h"
#include "tracer/base/progress.h"

#include <curses.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/select.h>
#include <term.h>
#include <unistd.h>

enum { PAIR_NEGATIVE = 1, PAIR_POSITIVE = 2, CONTROL_L = 12, ESCAPE_MS = 25, MOST_FAILURES = 20, ALL_COLORS = 1 << 24 };

/* Seconds between the two halves of a double click. */
static const double DOUBLE_CLICK = 0.4;

/* A signal handler can be handed nothing else. */
static volatile sig_atomic_t ending_signal;

bool terminal_usable(void)
{
    int found;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || setupterm(NULL, STDOUT_FILENO, &found) != OK)
        return false;
    const char *move_cursor = tigetstr("cup");
    bool usable = move_cursor && move_cursor != (const char *)-1;
    del_curterm(cur_term);
    return usable;
}

/* True if colours above the first eight are red, green and blue and no longer numbers of a table. */
static bool has_direct_colors(void)
{
    const char *bits = tigetstr("RGB");
    return tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || (bits && bits != (const char *)-1);
}

/* One of the 256 colours of xterm as this terminal calls it. */
static int color_number(int color, bool direct)
{
    int rgb[3];
    if (!direct)
        return color;
    xterm_rgb(color, rgb);
    return rgb[0] << 16 | rgb[1] << 8 | rgb[2];
}

Palette terminal_palette(bool color)
{
    if (!color || !has_colors() || start_color() != OK || COLORS < 8)
        return PALETTE_NONE;
    use_default_colors();
    bool direct = has_direct_colors();
    if (COLORS < (direct ? ALL_COLORS : 256) || COLOR_PAIRS <= HEAT_LEVELS) {
        init_pair(PAIR_NEGATIVE, COLOR_WHITE, COLOR_BLUE);
        init_pair(PAIR_POSITIVE, COLOR_BLACK, COLOR_YELLOW);
        return PALETTE_CLASSES;
    }
    for (int level = -HEAT_SIDE; level <= HEAT_SIDE; level++) {
        HeatColors colors = heat_colors(level);
        init_extended_pair(1 + HEAT_SIDE + level, color_number(colors.fore, direct), color_number(colors.back, direct));
    }
    return PALETTE_HEAT;
}

static attr_t attributes_of(Style style, Palette palette, short *pair)
{
    attr_t attributes = WA_NORMAL;
    int level = style.heat - 1 - HEAT_SIDE;
    *pair = 0;
    if (style.heat && palette == PALETTE_HEAT)
        *pair = style.heat;
    if (style.heat && palette == PALETTE_CLASSES && level != 0) {
        *pair = level < 0 ? PAIR_NEGATIVE : PAIR_POSITIVE;
        attributes |= level < 0 ? WA_BOLD : WA_NORMAL;
    }
    if (style.flags & BOLD)
        attributes |= WA_BOLD;
    if (style.flags & DIM)
        attributes |= WA_DIM;
    if (style.flags & REVERSE)
        attributes |= WA_REVERSE;
    if (style.flags & UNDERLINE)
        attributes |= WA_UNDERLINE;
    return attributes;
}

static void copy_row(const Grid *grid, int row, Palette palette)
{
    for (int col = 0; col < grid->cols; col++) {
        const GridCell *cell = &grid->cells[(size_t)row * (size_t)grid->cols + (size_t)col];
        wchar_t text[2] = {(wchar_t)cell->point, 0};
        cchar_t character;
        short pair;
        attr_t attributes = attributes_of(cell->style, palette, &pair);
        if (cell->point && setcchar(&character, text, attributes, pair, NULL) == OK)
            mvadd_wch(row, col, &character);
    }
}

bool terminal_frame(const Grid *grid, Palette palette, Shown *shown)
{
    int rows = frame_rows(grid, shown);
    for (int i = 0; i < rows; i++) {
        if (frame_differs(grid, shown, shown->row))
            copy_row(grid, shown->row, palette);
        frame_sent(grid, shown);
    }
    curs_set(grid->cursor_row >= 0);
    if (grid->cursor_row >= 0)
        move(grid->cursor_row, grid->cursor_col);
    refresh();
    return rows == grid->rows;
}

static void on_end(int number)
{
    ending_signal = number;
}

/* A crash: the terminal comes first, then what failed, then the default end of the signal. */
static void on_crash(int number)
{
    endwin();
    const char *message = check_message();
    if (*message)
        complain(message);
    signal(number, SIG_DFL);
    raise(number);
}

/* Signals and what they had before, to be put back. */
static const struct {
    int number;
    void (*handler)(int);
} HANDLED[] = {
    {SIGINT, on_end}, {SIGTERM, on_end}, {SIGHUP, on_end}, {SIGQUIT, on_end}, {SIGSEGV, on_crash}, {SIGABRT, on_crash},
    {SIGBUS, on_crash}, {SIGFPE, on_crash}, {SIGILL, on_crash},
};
enum { HANDLED_COUNT = sizeof HANDLED / sizeof *HANDLED };

/* Installs the handlers and blocks the signals that end; *before is the mask to wait with. */
static void catch_signals(struct sigaction old[HANDLED_COUNT], sigset_t *before)
{
    sigset_t blocked;
    sigemptyset(&blocked);
    for (int i = 0; i < HANDLED_COUNT; i++) {
        struct sigaction action = {.sa_handler = HANDLED[i].handler};
        sigemptyset(&action.sa_mask);
        if (HANDLED[i].handler == on_crash)
            action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
        sigaction(HANDLED[i].number, &action, &old[i]);
        if (HANDLED[i].handler == on_end)
            sigaddset(&blocked, HANDLED[i].number);
    }
    sigprocmask(SIG_BLOCK, &blocked, before);
}

static void release_signals(const struct sigaction old[HANDLED_COUNT], const sigset_t *before)
{
    for (int i = 0; i < HANDLED_COUNT; i++)
        sigaction(HANDLED[i].number, &old[i], NULL);
    sigprocmask(SIG_SETMASK, before, NULL);
}

/* Our code of a key that curses read. */
static int code_of(wint_t read, bool function_key)
{
    static const struct {
        int function_key;
        wint_t read;
        int code;
    } codes[] = {
        {1, KEY_UP, KEY_IS_UP}, {1, KEY_DOWN, KEY_IS_DOWN}, {1, KEY_LEFT, KEY_IS_LEFT}, {1, KEY_RIGHT, KEY_IS_RIGHT},
        {1, KEY_HOME, KEY_IS_HOME}, {1, KEY_END, KEY_IS_END}, {1, KEY_PPAGE, KEY_IS_PAGE_UP},
        {1, KEY_NPAGE, KEY_IS_PAGE_DOWN}, {1, KEY_ENTER, KEY_IS_ENTER}, {1, KEY_BACKSPACE, KEY_IS_BACKSPACE},
        {0, '\r', KEY_IS_ENTER}, {0, '\n', KEY_IS_ENTER}, {0, '\t', KEY_IS_TAB}, {0, 27, KEY_IS_ESCAPE},
        {0, 8, KEY_IS_BACKSPACE}, {0, 127, KEY_IS_BACKSPACE},
    };
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].function_key == function_key && codes[i].read == read)
            return codes[i].code;
    return function_key || read < 0x20 ? 0 : (int)read;
}

/* Waits until there is something to read or a signal came; false if the terminal is gone. */
static bool wait_for_input(const sigset_t *mask)
{
    fd_set input;
    FD_ZERO(&input);
    FD_SET(STDIN_FILENO, &input);
    return pselect(STDIN_FILENO + 1, &input, NULL, NULL, NULL, mask) >= 0 || errno == EINTR;
}

/* The last click, to know a double click by. */
typedef struct {
    int row, col;
    double when;
} Clicked;

/* curses would wait after each click whether a second one comes; so it tells of presses, and two in
 * the same place within the time make a double click. */
static void apply_mouse(State *state, Clicked *last)
{
    MEVENT event;
    if (getmouse(&event) != OK)
        return;
    Clicked now = {event.y, event.x, seconds_now()};
    bool twice = last->row == now.row && last->col == now.col && now.when - last->when <= DOUBLE_CLICK;
    if (event.bstate & (BUTTON4_PRESSED | BUTTON5_PRESSED)) {
        stepper_click(state, LINES, COLS, now.row, now.col, event.bstate & BUTTON4_PRESSED ? WHEEL_UP : WHEEL_DOWN);
    } else if (event.bstate & BUTTON1_PRESSED) {
        stepper_click(state, LINES, COLS, now.row, now.col, twice ? CLICK_TWICE : CLICK);
        *last = twice ? (Clicked){.row = -1} : now;
    }
}

/* As :set mouse says. */
static void ask_for_mouse(const State *state, bool *asked)
{
    if (state->view.settings.mouse != *asked)
        mousemask(state->view.settings.mouse ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0, NULL);
    *asked = state->view.settings.mouse;
}

static bool input_waits(void)
{
    fd_set input;
    FD_ZERO(&input);
    FD_SET(STDIN_FILENO, &input);
    return select(STDIN_FILENO + 1, &input, NULL, NULL, &(struct timeval){0}) > 0;
}

/* What is remembered from one round to the next. */
typedef struct {
    Palette palette;
    Shown shown;
    sigset_t mask;      /* to wait with */
    int failures;
    Clicked clicked;
    bool mouse;         /* was asked for */
} Rounds;

/* From a blank screen, where its size changed or it was asked for. */
static bool start_over(Shown *shown)
{
    clear();
    return shown_init(shown, LINES, COLS);
}

/* Frame by frame, unless a key comes before the last. */
static bool show(const State *state, Rounds *rounds, Error *error)
{
    Grid grid;
    const Grid *shown = &rounds->shown.grid;
    if ((shown->rows != LINES || shown->cols != COLS) && !start_over(&rounds->shown))
        return error_memory(error);
    if (!stepper_grid(state, &grid, LINES, COLS))
        return error_memory(error);
    while (!terminal_frame(&grid, rounds->palette, &rounds->shown) && !input_waits())
        ;
    grid_free(&grid);
    return true;
}

/* Draws, waits, and applies every key that has come; false once there is nothing to go on with. */
static bool one_round(State *state, Rounds *rounds, Error *error)
{
    ask_for_mouse(state, &rounds->mouse);
    if (!show(state, rounds, error))
        return false;
    bool alive = wait_for_input(&rounds->mask);
    wint_t read;
    int kind = ERR;
    while (!ending_signal && !state->errand.quit && (kind = get_wch(&read)) != ERR) {
        rounds->failures = 0;
        if (kind == OK && read == CONTROL_L && !start_over(&rounds->shown))
            return error_memory(error);
        int code = code_of(read, kind == KEY_CODE_YES);
        if (kind == KEY_CODE_YES && read == KEY_MOUSE)
            apply_mouse(state, &rounds->clicked);
        else if (code)
            stepper_key(state, code);
        settings_save(state);
        view_write(state, LINES, COLS);
    }
    if (!alive || (++rounds->failures > MOST_FAILURES && !ending_signal))
        return error_set(error, EXIT_INPUT_OUTPUT, "cannot read from the terminal");
    return true;
}

/* The signal that ended us is raised again, so that who called us sees how we died. */
static void die_by(int number)
{
    signal(number, SIG_DFL);
    raise(number);
}

/* Opens the screen, with every key told at once and unseen. */
static SCREEN *screen_open(struct sigaction old[HANDLED_COUNT], Rounds *rounds, bool color, Error *error)
{
    SCREEN *screen = newterm(NULL, stdout, stdin);
    if (!screen)
        error_set(error, EXIT_INPUT_OUTPUT, "cannot open the terminal; step --plain needs none");
    if (!screen)
        return NULL;
    ending_signal = 0;
    catch_signals(old, &rounds->mask);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    typeahead(-1); /* frames look at the keyboard themselves */
    set_escdelay(ESCAPE_MS);
    mouseinterval(0);
    rounds->palette = terminal_palette(color);
    return screen;
}

static void screen_close(const struct sigaction old[HANDLED_COUNT], const Rounds *rounds)
{
    move(LINES - 1, 0); /* where there is no second screen, the shell goes on in an empty row */
    clrtoeol();
    refresh();
    endwin();
    release_signals(old, &rounds->mask);
}

struct Watch {
    struct sigaction old[HANDLED_COUNT];
    Rounds rounds;
    SCREEN *screen;
};

Watch *terminal_watch(bool color, Error *error)
{
    Watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        error_memory(error);
    else if ((watch->screen = screen_open(watch->old, &watch->rounds, color, error)))
        return watch;
    free(watch);
    return NULL;
}

bool terminal_watch_grid(Grid *grid, bool ascii)
{
    return grid_init(grid, LINES, COLS, ascii);
}

int terminal_watch_show(Watch *watch, const Grid *grid, bool wait)
{
    Rounds *rounds = &watch->rounds;
    const Grid *shown = &rounds->shown.grid;
    wint_t read;
    if ((shown->rows != LINES || shown->cols != COLS) && !start_over(&rounds->shown))
        return 0;
    while (grid->rows == LINES && grid->cols == COLS && !terminal_frame(grid, rounds->palette, &rounds->shown))
        ;
    int kind = wait && !wait_for_input(&rounds->mask) ? ERR : get_wch(&read);
    return wait && ending_signal ? KEY_IS_ESCAPE
           : kind == ERR         ? 0 : code_of(read, kind == KEY_CODE_YES);
}

void terminal_watch_close(Watch *watch)
{
    screen_close(watch->old, &watch->rounds);
    delscreen(watch->screen);
    shown_free(&watch->rounds.shown);
    free(watch);
}

bool terminal_run(State *state, bool color, Error *error)
{
    struct sigaction old[HANDLED_COUNT];
    Rounds rounds = {.clicked = {.row = -1}};
    SCREEN *screen = screen_open(old, &rounds, color, error);
    if (!screen)
        return false;
    bool going = true;
    while (going && !state->errand.quit && !ending_signal)
        going = one_round(state, &rounds, error);
    screen_close(old, &rounds);
    if (ending_signal)
        die_by(ending_signal);
    delscreen(screen);
    shown_free(&rounds.shown);
    return going;
}
