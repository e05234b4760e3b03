/* The menu of all keys, made from their table, filtered by what is typed. */
#include "view.h"

#include "tracer/stepper/keys.h"

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

void menu_view(const State *state, Grid *grid, Area area)
{
    int width = area.cols < MENU_WIDTH ? area.cols : MENU_WIDTH, count = menu_count(state);
    int rows = count + 1 < area.rows ? count : area.rows - 1;
    Area box = area_inside(area, 0, (area.cols - width) / 2, rows + 1 + (rows + 1 < area.rows), width);
    grid_fill(grid, box, PLAIN, ' ');
    grid_put_cut(grid, box, 0, 0, width, STYLE(BOLD | REVERSE), "keys: type to filter, Up and Down choose, Enter does it, Esc closes");
    grid_mark(grid, area_inside(box, 0, 0, 1, width), REVERSE);
    int first = window_start(state->choice, rows, count);
    grid_hit(grid, area, (Hit){.kind = HIT_NOTHING});
    for (int i = 0; i < rows; i++) {
        Area row = area_inside(box, 1 + i, 0, 1, width);
        grid_hit(grid, row, (Hit){HIT_CHOICE, first + i, 0, 0});
        put_key(grid, row, menu_key(state, first + i), first + i == state->choice);
    }
    if (count == 0)
        grid_put_cut(grid, box, 1, 2, width - 2, PLAIN, "no key has this in its help; Backspace takes a character back");
}
