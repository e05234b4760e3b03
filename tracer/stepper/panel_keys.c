/* The text panel: turning its pages, moving in them, following a line. */
#include "keys.h"
#include "places.h"

#include "tracer/views/map.h"
#include "tracer/views/panel_page.h"

#include <stdio.h>
#include <string.h>

/* NARROWEST: of a panel on any screen, where a page has the most lines. */
enum { PAGE_JUMP = 10, NARROWEST = 38 };

static void show(State *state, int page)
{
    state->view.panes.page = page;
    state->view.panes.line = 0;
    state->errand.tell = TELL_PAGE;
    if (page == 0 && state->view.panes.focus == PANE_PANEL)
        state->view.panes.focus = PANE_OPERATION;
}

/* The ring: no page, then all that fit the run. */
void panel_turn(State *state, int code)
{
    int count = PANEL_PAGE_COUNT + 1, line = state->view.panes.line, page = state->view.panes.page;
    const char *why;
    do
        page = (page + (code == 't' ? 1 : count - 1)) % count;
    while (page > 0 && !page_fits(&state->view, page - 1, &why));
    show(state, page);
    state->view.panes.line = line;
    /* which a narrow screen shows in the place of the page */
    if (state->view.panes.page && state->view.panes.focus == PANE_CELL)
        state_say(state, "the page %s; Tab goes to it", PANEL_PAGES[state->view.panes.page - 1].name);
}

void ask_here(State *state)
{
    /* From a page that was asked for on a term the question stays about that term. */
    if (state->view.panes.focus == PANE_PANEL)
        return;
    state->view.questions.asks_term = state->view.panes.focus == PANE_CELL;
    state->view.questions.asked_at = present_place(&state->view);
}

void uses_key(State *state, int code)
{
    (void)code;
    ask_here(state);
    panel_open(state, "uses");
    state->view.panes.focus = PANE_PANEL;
}

void row_key(State *state, int code)
{
    (void)code;
    if (command_panel(state, "follow") && !state->view.message.complains)
        state->view.panes.focus = PANE_PANEL;
}

void zoom_key(State *state, int code)
{
    static const char *const said[] = {
        [ZOOM_FULL] = "all digits",
        [ZOOM_TWO_DIGITS] = "two digits",
        [ZOOM_HEAT] = "heat only: the sign and tenths of the largest number",
        [ZOOM_SHADE] = "shades of the whole; the marked row and column as numbers",
        [ZOOM_PICTURE] = "rows of pixels as the pictures that they are; all else as shades",
    };
    Zoom zoom = state->view.panes.zoom;
    if (code == KEY_IS_ZI)
        zoom = ZOOM_PICTURE;
    else
        zoom = zoom == ZOOM_PICTURE ? ZOOM_FULL : (zoom + (code == 'z' ? 1 : ZOOM_PICTURE - 1)) % ZOOM_PICTURE;
    state->view.panes.zoom = zoom;
    state_say(state, "%s", said[state->view.panes.zoom]);
}

void order_key(State *state, int code)
{
    (void)code;
    state->view.panes.by_size = !state->view.panes.by_size;
    state->view.cursor.term = state->view.cursor.factor = state->view.panes.line = 0;
    state->errand.tell = state->view.panes.focus == PANE_PANEL ? TELL_PAGE : TELL_STEP;
    state_say(state, state->view.panes.by_size ? "the largest first" : "in the order in which they are added");
}

void copies_key(State *state, int code)
{
    (void)code;
    state->view.questions.skip_copies = !state->view.questions.skip_copies;
    state_say(state, state->view.questions.skip_copies ? "following a term or a use goes through copies"
                                                       : "following stops at copies");
}

/* The index of a page, or -1. */
static int page_called(const char *name)
{
    for (int i = 0; i < PANEL_PAGE_COUNT; i++)
        if (strcmp(PANEL_PAGES[i].name, name) == 0)
            return i;
    return -1;
}

bool command_panel(State *state, const char *words)
{
    char names[MESSAGE_SIZE] = "";
    if (!*words && state->view.panes.page) {
        state->errand.tell = TELL_PAGE;
        return true;
    }
    const char *why = NULL;
    int page = page_called(words);
    if (page >= 0 && !page_fits(&state->view, page, &why)) {
        state_complain(state, "%s", why);
        return true;
    }
    if (*words && panel_open(state, words)) {
        ask_here(state);
        state->view.panes.focus = state->view.panes.focus == PANE_CELL ? PANE_PANEL : state->view.panes.focus;
        return true;
    }
    for (int i = 0; i < PANEL_PAGE_COUNT; i++)
        if (page_fits(&state->view, i, &why))
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? ", " : "", PANEL_PAGES[i].name);
    state_complain(state, "write panel and the name of a page: %s", names);
    return true;
}

bool command_learn(State *state, const char *words)
{
    panel_open(state, "text");
    state->view.panes.focus = PANE_PANEL;
    Lesson lesson = lesson_here(&state->view);
    if (lesson.title)
        state_say(state, "tracer learn %d reads the chapter, %s", lesson.chapter, lesson.title);
    return *words == '\0';
}

bool panel_open(State *state, const char *name)
{
    int page = page_called(name);
    if (page >= 0)
        show(state, page + 1);
    return page >= 0;
}

/* The page as long as it gets. False if there is none. */
static bool open_page(State *state, Page *page)
{
    /* Keys know no screen, and a page has the most lines where it is narrowest: no line is out of reach on
     * a wide one. */
    *page = (Page){.ascii = state->view.settings.ascii, .width = NARROWEST};
    if (state->view.panes.page && page_make(&state->view, state->view.panes.page - 1, page))
        return true;
    if (state->view.panes.page)
        state_complain(state, "out of memory");
    return false;
}

void panel_move(State *state, int code)
{
    Page page;
    bool up = code == KEY_IS_UP || code == 'k' || code == KEY_IS_PAGE_UP;
    int by = code == KEY_IS_PAGE_UP || code == KEY_IS_PAGE_DOWN ? PAGE_JUMP : 1;
    if (open_page(state, &page)) {
        /* A page that leads nowhere is scrolled, in both directions from the line that it begins with. */
        int least = page.leading ? 0 : -page.count, most = page.leading ? page.leading - 1 : page.count;
        int line = state->view.panes.line > most ? most : state->view.panes.line;
        line += up ? -by : by;
        state->view.panes.line = line < least ? least : line > most ? most : line;
        state->errand.tell = TELL_LINE;
    }
    page_free(&page);
}

void panel_follow(State *state, int code)
{
    Page page;
    (void)code;
    if (map_shown(&state->view)) {
        map_enter(state);
        return;
    }
    if (open_page(state, &page)) {
        int chosen = page_chosen(&state->view, &page);
        if (chosen < 0)
            state_say(state, "no line of this page leads to a step");
        /* A reader that only copies says little: uses are followed through copies where that is asked for. */
        else if (strcmp(PANEL_PAGES[state->view.panes.page - 1].name, "uses") == 0)
            follow_use(state, page.lines[chosen].step, page.lines[chosen].row, page.lines[chosen].col);
        else
            follow_to(state, page.lines[chosen].step, page.lines[chosen].row, page.lines[chosen].col);
    }
    page_free(&page);
}
