/* The two rows at the bottom: where we are, and what the keys do. */
#include "key_help.h"
#include "map.h"
#include "notebook.h"
#include "step_over.h"
#include "view.h"

#include <stdio.h>
#include <string.h>

/* Columns of what the prompt tells at its right end. */
enum { COMPLETES = 24 };

/* "forward › block0 › attention › head0 › scores"; `left_out` frames below the phase become an
 * ellipsis. */
static void add_path(const Tape *tape, int frame, int left_out, bool ascii, Text *out)
{
    const Frame *of = &tape->frames[frame];
    bool shown = of->depth == 0 || of->depth > left_out;
    if (of->parent >= 0)
        add_path(tape, of->parent, left_out, ascii, out);
    if (of->depth == 0)
        text_add(out, "%s", of->name);
    else if (shown)
        text_add(out, ascii ? " > %s" : " › %s", of->name);
    else if (of->depth == 1)
        text_add(out, ascii ? " > ..." : " › …");
}

/* The path with as many frames as fit, the innermost first. */
static void put_path(const ViewState *state, Grid *grid, Area area, int col, int width)
{
    int frame = state_step(state)->frame, depth = state_tape(state)->frames[frame].depth;
    for (int left_out = 0;; left_out++) {
        Text path = {0};
        add_path(state_tape(state), frame, left_out, grid->ascii, &path);
        bool done = path.failed || text_width(path.data) <= width || left_out >= depth - 1;
        if (done && !path.failed)
            grid_put_cut(grid, area, 0, col, width, STYLE(REVERSE), path.data);
        grid->failed = grid->failed || path.failed;
        text_free(&path);
        if (done)
            return;
    }
}

void step_number(const ViewState *state, char *out, size_t size)
{
    if (state->hunt.going)
        snprintf(out, size, "step %d", state->cursor.step);
    else
        snprintf(out, size, "step %d of %d", state->cursor.step, state_tape(state)->step_count);
}

/* The loss, of a walk the part whose tape has none, or nothing where there is no loss at all. */
static void loss_or_part(const ViewState *state, char *out, size_t size)
{
    char number[NUMBER_SIZE];
    const Run *run = &state->session->run;
    out[0] = '\0';
    if (run->walk.count && run->loss < 0)
        snprintf(out, size, "part %d of %d", run->walk.part + 1, run->walk.count);
    else if (run->loss >= 0)
        snprintf(out, size, "loss %s", number_signed(number, run_loss(run), state->settings.digits));
}

void status_view(const ViewState *state, Grid *grid, Area area)
{
    char text[100];
    grid_fill(grid, area, STYLE(REVERSE), ' ');
    step_number(state, text, sizeof text);
    int col = grid_put(grid, area, 0, 0, STYLE(REVERSE | BOLD), text) + 2;
    loss_or_part(state, text, sizeof text);
    int right = area.cols - text_width(text), stop = break_at(state, state->cursor.step);
    if (stop >= 0 && right > col) { /* which breakpoint holds here */
        char condition[CONDITION_TEXT + 8];
        snprintf(condition, sizeof condition, "● %s", state->breaks.list[stop].text);
        int width = text_width(condition), half = (right - col) * 2 / 3;
        width = width < half ? width : half;
        grid_put_cut(grid, area, 0, right - 2 - width, width, STYLE(REVERSE | BOLD), condition);
        put_path(state, grid, area, col, right - 4 - width - col);
    } else {
        put_path(state, grid, area, col, right - 2 - col);
    }
    if (right > col)
        grid_put(grid, area, 0, right, STYLE(REVERSE), text);
}

/* "n N" for a key whose capital undoes it, "Enter" for a named one. */
static const char *shown_key(const ViewState *state, const Key *key, char out[16])
{
    if (key->code >= 'a' && key->code <= 'z' && key + 1 < state->keys + state->key_count &&
        key[1].code == key->code - 'a' + 'A') {
        snprintf(out, 16, "%c %c", key->code, key[1].code);
        return out;
    }
    char *text = key_text(key->code, out);
    if (*text != '<')
        return text;
    text[strlen(text) - 1] = '\0';
    return text + 1;
}

/* What a key does here: n says which frame it will step over. */
static void hint_of(const ViewState *state, const Key *key, char out[64])
{
    bool walks = key->code == 'n' && (map_shown(state) || state->tour);
    int frame = key->code == 'n' && !walks ? frame_stepped_over(state) : -1;
    if (walks)
        snprintf(out, 64, map_shown(state) ? "walk" : "station");
    else
        snprintf(out, 64, "%s%s%.40s", key->hint, frame >= 0 ? " " : "",
             frame >= 0 ? state_tape(state)->frames[frame].name : "");
}

static void put_keys(const ViewState *state, Grid *grid, Area area)
{
    enum { QUIT = 8 }; /* "  q quit": whoever is lost needs it most */
    int col = grid_put(grid, area, 0, 0, PLAIN, "? keys"), room = area.cols - QUIT;
    grid_hit(grid, area_inside(area, 0, 0, 1, col), (Hit){HIT_KEY, '?', 0, 0});
    for (int i = 0; i < state->key_count; i++) {
        const Key *key = &state->keys[i];
        if (!key->hint || (key->pane != PANE_ANY && key->pane != state->panes.focus))
            continue;
        char text[16], hint[64];
        const char *shown = shown_key(state, key, text);
        hint_of(state, key, hint);
        if (key->code == 'q')
            room = area.cols;
        if (col + 3 + text_width(shown) + text_width(hint) > room)
            continue;
        int start = col + 2;
        col = grid_put(grid, area, 0, start, STYLE(BOLD), shown) + 1;
        col = grid_put(grid, area, 0, col, PLAIN, hint);
        grid_hit(grid, area_inside(area, 0, start, 1, col - start), (Hit){HIT_KEY, key->code, 0, 0});
    }
}

int hint_rows(const ViewState *state, int cols)
{
    enum { MOST = 3, MARK = 2 };
    if (state->prompt.mode != MODE_WALK)
        return 1;
    int room = cols - MARK, width = text_width(state->message.text), rows = room > 0 ? (width + room - 1) / room : 1;
    if (rows > 1) /* words do not fill their rows */
        rows = (width + rows * 12 + room - 1) / room;
    return rows < 1 ? 1 : rows > MOST ? MOST : rows;
}

void hint_view(const ViewState *state, Grid *grid, Area area)
{
    static const char *const prompts[] = {
        [MODE_SEARCH] = "? search for a name: /", [MODE_COMMAND] = "? command: :", [MODE_MENU] = "? ",
        [MODE_LETTER] = "? a letter from a to z: ",
    };
    if (state->prompt.mode != MODE_WALK) {
        int col = grid_put(grid, area, 0, 0, STYLE(BOLD), prompts[state->prompt.mode]);
        int width = text_width(state->prompt.input), room = area.cols - col - 1;
        const char *shown = state->prompt.input;
        for (; width > room && *shown; width = text_width(shown)) /* the end of what is typed stays in sight */
            shown++;
        col = grid_put(grid, area, 0, col, PLAIN, shown);
        grid_cursor(grid, area, 0, col < area.cols ? col : area.cols - 1);
        if (state->prompt.mode == MODE_COMMAND && area.cols - col > COMPLETES + 2)
            grid_put(grid, area, 0, area.cols - COMPLETES, STYLE(DIM), "Tab completes, Up: again");
    } else if (state->message.text[0]) {
        Style style = STYLE(state->message.complains ? BOLD | REVERSE : BOLD);
        int col = 2;
        Area text = area_inside(area, 0, col, area.rows, area.cols - col);
        grid_fill(grid, area, PLAIN, ' ');
        grid_put(grid, area, 0, 0, PLAIN, "? ");
        if (area.rows > 1) {
            grid_fill(grid, text, style, ' ');
            grid_put_wrapped(grid, text, 0, style, state->message.text);
        } else
            grid_put_cut(grid, text, 0, 0, text.cols, style, state->message.text);
    } else if (state->settings.no_hints) {
        grid_put(grid, area, 0, 0, PLAIN, "? keys");
    } else {
        put_keys(state, grid, area);
    }
}
