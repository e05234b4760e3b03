/* The two rows at the bottom: where we are, and what the keys do. */
#include "view.h"

#include "tracer/stepper/keys.h"

#include <stdio.h>
#include <string.h>

/* "forward › block0 › attention › head0 › scores". */
static void add_path(const Tape *tape, int frame, bool ascii, Text *out)
{
    if (tape->frames[frame].parent >= 0) {
        add_path(tape, tape->frames[frame].parent, ascii, out);
        text_add(out, ascii ? " > " : " › ");
    }
    text_add(out, "%s", tape->frames[frame].name);
}

void status_view(const State *state, Grid *grid, Area area)
{
    char text[100], number[NUMBER_SIZE];
    Text path = {0};
    grid_fill(grid, area, STYLE(REVERSE), ' ');
    snprintf(text, sizeof text, "step %d of %d", state->step, state_tape(state)->step_count);
    int col = grid_put(grid, area, 0, 0, STYLE(REVERSE | BOLD), text) + 2;
    snprintf(text, sizeof text, "loss %s", number_signed(number, run_loss(&state->session->run), state->digits));
    int right = area.cols - text_width(text);
    add_path(state_tape(state), state_step(state)->frame, grid->ascii, &path);
    if (path.data && !path.failed)
        grid_put_cut(grid, area, 0, col, right - 2 - col, STYLE(REVERSE), path.data);
    if (right > col)
        grid_put(grid, area, 0, right, STYLE(REVERSE), text);
    text_free(&path);
}

/* "n N" for a key whose capital undoes it, "Enter" for a named one. */
static const char *shown_key(const Key *key, char out[16])
{
    if (key->code >= 'a' && key->code <= 'z' && key + 1 < KEYS + KEY_COUNT && key[1].code == key->code - 'a' + 'A') {
        snprintf(out, 16, "%c %c", key->code, key[1].code);
        return out;
    }
    char *text = key_text(key->code, out);
    if (*text != '<')
        return text;
    text[strlen(text) - 1] = '\0';
    return text + 1;
}

static void put_keys(const State *state, Grid *grid, Area area)
{
    int col = grid_put(grid, area, 0, 0, PLAIN, "? keys");
    for (int i = 0; i < KEY_COUNT; i++) {
        const Key *key = &KEYS[i];
        if (!key->hint || (key->pane != PANE_ANY && key->pane != state->pane))
            continue;
        char text[16];
        const char *shown = shown_key(key, text);
        if (col + 3 + text_width(shown) + text_width(key->hint) > area.cols)
            continue;
        col = grid_put(grid, area, 0, col + 2, STYLE(BOLD), shown) + 1;
        col = grid_put(grid, area, 0, col, PLAIN, key->hint);
    }
}

void hint_view(const State *state, Grid *grid, Area area)
{
    static const char *const prompts[] = {
        [MODE_SEARCH] = "? search for a name: /", [MODE_COMMAND] = "? command: :", [MODE_MENU] = "? ",
    };
    if (state->mode != MODE_WALK) {
        int col = grid_put(grid, area, 0, 0, STYLE(BOLD), prompts[state->mode]);
        int width = text_width(state->input), room = area.cols - col - 1;
        const char *shown = state->input;
        for (; width > room && *shown; width = text_width(shown)) /* the end of what is typed stays in sight */
            shown++;
        col = grid_put(grid, area, 0, col, PLAIN, shown);
        grid_cursor(grid, area, 0, col < area.cols ? col : area.cols - 1);
    } else if (state->message[0]) {
        int col = grid_put(grid, area, 0, 0, PLAIN, "? ");
        grid_put_cut(grid, area, 0, col, area.cols - col, STYLE(state->complains ? BOLD | REVERSE : BOLD), state->message);
    } else {
        put_keys(state, grid, area);
    }
}
