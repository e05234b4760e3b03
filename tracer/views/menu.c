/* The menu over the middle of the area: keys to begin with, or all that can be pressed and typed, filtered by what is
 * typed. Under the list the help of the chosen line stands whole: beside the key it ends where there is a stop. */
#include "key_help.h"
#include "view.h"

#include <stdio.h>
#include <string.h>

enum { MENU_WIDTH = 100, LEAST_HELP = 20 };

/* The help as far as there is room, up to a comma or a stop where it has to be cut. */
static void put_help(Grid *grid, Area row, int col, Style style, const char *help)
{
    char shown[200];
    int room = row.cols - col - 1;
    snprintf(shown, sizeof shown, "%s", help);
    while (text_width(shown) > room) {
        size_t length = strlen(shown), at = length;
        while (at > 0 && !strchr(",;:(", shown[at - 1]))
            at--;
        at -= at > 0;
        if (at < LEAST_HELP) { /* no stop: cut between words */
            grid_put_cut(grid, row, 0, col, room, style, shown);
            return;
        }
        shown[at] = '\0';
        while (at > 0 && shown[at - 1] == ' ')
            shown[--at] = '\0';
    }
    grid_put(grid, row, 0, col, style, shown);
}

static void put_item(Grid *grid, Area row, const MenuItem *item, bool chosen)
{
    Style style = STYLE(chosen ? REVERSE : 0);
    bool name = *item->name && row.cols >= 60;
    grid_fill(grid, row, style, ' ');
    grid_put(grid, row, 0, 0, style, chosen ? "▸" : " ");
    grid_put(grid, row, 0, 2, STYLE(style.flags | BOLD), item->key);
    if (*item->name)
        grid_put_cut(grid, row, 0, 14, name ? 17 : row.cols - 15, style, item->name);
    if (name)
        put_help(grid, row, 32, style, item->help);
    else if (!*item->name)
        grid_put_cut(grid, row, 0, 14, row.cols - 15, style, item->help);
}

/* Rows that the longest help takes. */
static int rows_of_help(int width)
{
    return width >= 80 ? 2 : width >= 60 ? 3 : 4;
}

static const char *title_of(const ViewState *state, int width)
{
    bool beginning = !*state->prompt.input && !state->prompt.all;
    if (*state->prompt.asked)
        return width < 60 ? "several names end so"
                          : "several names end so: Up and Down choose, Enter goes there, Esc closes";
    if (beginning)
        return width < 60 ? "ten keys; ? all of them"
                          : "ten keys to begin with; ? lists all; or type what you look for";
    return width < 60 ? "type to filter, Enter does it"
                      : "type to filter, Up and Down choose, Enter does it, Esc closes";
}

void menu_view(const ViewState *state, Grid *grid, Area area)
{
    int width = area.cols < MENU_WIDTH ? area.cols : MENU_WIDTH, count = menu_count(state);
    int below = rows_of_help(width), most = area.rows - 2 - below, rows = count < most ? count : most;
    Area box = area_inside(area, 0, (area.cols - width) / 2, 2 + rows + below, width);
    Area help = area_inside(box, 1 + rows, 2, below, width - 3);
    bool framed = width + 2 <= area.cols;
    MenuItem item;
    grid_fill(grid, box, PLAIN, ' ');
    grid_put_cut(grid, box, 0, 0, width, STYLE(BOLD | REVERSE), title_of(state, width));
    grid_fill(grid, area_inside(box, 1 + rows + below, 0, 1, width), STYLE(DIM), 0x2500);
    grid_mark(grid, area_inside(box, 0, 0, 1, width), REVERSE);
    int first = window_start(state->prompt.choice, rows, count);
    grid_hit(grid, area, (Hit){.kind = HIT_NOTHING});
    for (int i = 0; i < rows && menu_item(state, first + i, &item); i++) {
        Area row = area_inside(box, 1 + i, 0, 1, width);
        grid_hit(grid, row, (Hit){HIT_CHOICE, first + i, 0, 0});
        put_item(grid, row, &item, first + i == state->prompt.choice);
    }
    for (int side = 0; side < 2 && framed; side++)
        grid_fill(grid, area_inside(area, box.row - area.row, box.col - area.col + (side ? width : -1), box.rows, 1),
                  STYLE(DIM), 0x2502);
    grid_put_wrapped(grid, help, 0, STYLE(BOLD),
                     menu_item(state, state->prompt.choice, &item)
                         ? item.help
                         : "nothing has this in its name or help; Backspace takes a character back; "
                           ":panel commands lists what can be typed");
}
