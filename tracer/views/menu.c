/* The menu of all keys, made from their table, filtered by what is typed. Under the list the help of
 * the chosen key stands whole: beside the key it is cut. */
#include "key_help.h"
#include "view.h"

enum { MENU_WIDTH = 100 };

static void put_key(Grid *grid, Area row, const Key *key, bool chosen)
{
    char text[16];
    grid_fill(grid, row, STYLE(chosen ? REVERSE : 0), ' ');
    Style style = STYLE(chosen ? REVERSE : 0);
    grid_put(grid, row, 0, 0, style, chosen ? "▸" : " ");
    grid_put(grid, row, 0, 2, STYLE(style.flags | BOLD), key_text(key->code, text));
    grid_put_cut(grid, row, 0, 14, 17, style, key->command);
    int col = row.cols >= 60 ? 32 : 14;
    grid_put_cut(grid, row, 0, col, row.cols - col, style, key->help);
}

/* Rows that the longest help takes. */
static int rows_of_help(int width)
{
    return width >= 80 ? 2 : width >= 60 ? 3 : 4;
}

void menu_view(const ViewState *state, Grid *grid, Area area)
{
    int width = area.cols < MENU_WIDTH ? area.cols : MENU_WIDTH, count = menu_count(state);
    int below = rows_of_help(width), most = area.rows - 1 - below, rows = count < most ? count : most;
    Area box = area_inside(area, 0, (area.cols - width) / 2, 1 + rows + below + (rows < most), width);
    Area help = area_inside(box, 1 + rows, 2, below, width - 2);
    grid_fill(grid, box, PLAIN, ' ');
    grid_put_cut(grid, box, 0, 0, width, STYLE(BOLD | REVERSE),
                 "keys: type to filter, Up and Down choose, Enter does it, Esc closes");
    grid_mark(grid, area_inside(box, 0, 0, 1, width), REVERSE);
    int first = window_start(state->prompt.choice, rows, count);
    grid_hit(grid, area, (Hit){.kind = HIT_NOTHING});
    for (int i = 0; i < rows; i++) {
        Area row = area_inside(box, 1 + i, 0, 1, width);
        grid_hit(grid, row, (Hit){HIT_CHOICE, first + i, 0, 0});
        put_key(grid, row, menu_key(state, first + i), first + i == state->prompt.choice);
    }
    grid_put_wrapped(grid, help, 0, STYLE(BOLD),
                     count ? menu_key(state, state->prompt.choice)->help
                           : "no key has this in its help; Backspace takes a character back; "
                             ":panel commands lists what can be typed");
}
