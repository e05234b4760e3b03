/* The text panel: turning its pages, moving in them, following a line. */
#include "keys.h"

#include "places.h"

#include "tracer/views/panel_page.h"

#include <stdio.h>
#include <string.h>

/* NARROWEST: of a panel on any screen, where a page has the most lines. */
enum { PAGE_JUMP = 10, NARROWEST = 38 };

static void show(State *state, int page)
{
    state->page = page;
    state->line = 0;
    state->asked = TELL_PAGE;
    if (page == 0 && state->pane == PANE_PANEL)
        state->pane = PANE_OPERATION;
}

/* The ring: no page, then all of them. */
void panel_turn(State *state, int code)
{
    int count = PANEL_PAGE_COUNT + 1, line = state->line;
    show(state, (state->page + (code == 't' ? 1 : count - 1)) % count);
    state->line = line;
    if (state->page && state->pane == PANE_CELL) /* which a narrow screen shows in the place of the page */
        state_say(state, "the page %s; Tab goes to it", PANEL_PAGES[state->page - 1].name);
}

void ask_here(State *state)
{
    if (state->pane == PANE_PANEL)
        return;
    state->asks_term = state->pane == PANE_CELL;
    state->asked_at = present_place(state);
}

void uses_key(State *state, int code)
{
    (void)code;
    ask_here(state);
    panel_open(state, "uses");
    state->pane = PANE_PANEL;
}

void zoom_key(State *state, int code)
{
    static const char *const said[] = {
        [ZOOM_FULL] = "all digits", [ZOOM_TWO_DIGITS] = "two digits", [ZOOM_HEAT] = "heat only: the sign and tenths of the largest number",
    };
    state->zoom = (state->zoom + (code == 'z' ? 1 : ZOOMS - 1)) % ZOOMS;
    state_say(state, "%s", said[state->zoom]);
}

void order_key(State *state, int code)
{
    (void)code;
    state->by_size = !state->by_size;
    state->term = state->factor = state->line = 0;
    state->asked = state->pane == PANE_PANEL ? TELL_PAGE : TELL_STEP;
    state_say(state, state->by_size ? "the largest first" : "in the order in which they are added");
}

void copies_key(State *state, int code)
{
    (void)code;
    state->skip_copies = !state->skip_copies;
    state_say(state, state->skip_copies ? "following a term or a use goes through copies" : "following stops at copies");
}

bool command_panel(State *state, const char *words)
{
    char names[MESSAGE_SIZE] = "";
    if (!*words && state->page) {
        state->asked = TELL_PAGE;
        return true;
    }
    if (*words && panel_open(state, words)) {
        ask_here(state);
        state->pane = state->pane == PANE_CELL ? PANE_PANEL : state->pane;
        return true;
    }
    for (int i = 0; i < PANEL_PAGE_COUNT; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? ", " : "", PANEL_PAGES[i].name);
    state_complain(state, "write panel and the name of a page: %s", names);
    return true;
}

bool command_learn(State *state, const char *words)
{
    panel_open(state, "text");
    state->pane = PANE_PANEL;
    const Passage *passage = passage_here(state);
    if (passage)
        state_say(state, "tracer learn %d reads the chapter, %s", passage->chapter->number, passage->chapter->title);
    return *words == '\0';
}

bool panel_open(State *state, const char *name)
{
    for (int i = 0; i < PANEL_PAGE_COUNT; i++)
        if (strcmp(PANEL_PAGES[i].name, name) == 0) {
            show(state, i + 1);
            return true;
        }
    return false;
}

/* The page as long as it gets. False if there is none. */
static bool open_page(State *state, Page *page)
{
    *page = (Page){.ascii = state->ascii, .width = NARROWEST};
    if (state->page && page_make(state, state->page - 1, page))
        return true;
    if (state->page)
        state_complain(state, "out of memory");
    return false;
}

void panel_move(State *state, int code)
{
    Page page;
    bool up = code == KEY_IS_UP || code == 'k' || code == KEY_IS_PAGE_UP;
    int by = code == KEY_IS_PAGE_UP || code == KEY_IS_PAGE_DOWN ? PAGE_JUMP : 1;
    if (open_page(state, &page)) {
        int least = page.leading ? 0 : -page.count, most = page.leading ? page.leading - 1 : page.count;
        int line = state->line > most ? most : state->line;
        line += up ? -by : by;
        state->line = line < least ? least : line > most ? most : line;
        state->asked = TELL_LINE;
    }
    page_free(&page);
}

void panel_follow(State *state, int code)
{
    Page page;
    (void)code;
    if (open_page(state, &page)) {
        int chosen = page_chosen(state, &page);
        if (chosen < 0)
            state_say(state, "no line of this page leads to a step");
        else if (strcmp(PANEL_PAGES[state->page - 1].name, "uses") == 0)
            follow_use(state, page.lines[chosen].step, page.lines[chosen].row, page.lines[chosen].col);
        else
            follow_to(state, page.lines[chosen].step, page.lines[chosen].row, page.lines[chosen].col);
    }
    page_free(&page);
}
