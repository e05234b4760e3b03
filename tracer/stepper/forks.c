/* What if: nudged cells; see kept.h. */
#include "runs.h"
#include "tracer/session/short_names.h"
#include "tracer/views/panel_page.h"

#include <stdio.h>
#include <string.h>

static bool same_cell(const KeptCell *a, const KeptCell *b)
{
    return a->row == b->row && a->col == b->col && strcmp(a->name, b->name) == 0;
}

/* Adds an edit; a second step on the same cell makes the first one longer. */
static void add_edit(State *state, const KeptEdit *edit)
{
    KeptEdit edits[MOST_EDITS_KEPT];
    int count = state->view.fork.count;
    if (state->view.hunt.going) {
        state_complain(state, "a bug is hunted; :found or :truth ends that");
        return;
    }
    memcpy(edits, state->view.fork.edits, sizeof edits);
    /* On a copy: the state keeps its edits if the run cannot be recorded with these. */
    KeptEdit *last = count ? &edits[count - 1] : NULL;
    if (last && !last->absolute && !edit->absolute && same_cell(&last->cell, &edit->cell)) {
        last->amount += edit->amount;
        /* + and - undo each other, and an edit by 0 would be a fork that differs in nothing. */
        count -= last->amount == 0;
    } else if (count == MOST_EDITS_KEPT) {
        state_complain(state, "there are %d edits; d drops the last", MOST_EDITS_KEPT);
        return;
    } else {
        edits[count++] = *edit;
    }
    if (!stage(state, &(Staging){.training_step = training_step(&state->view), .edits = edits, .edit_count = count}))
        return;
    memset(&edits[count], 0, (size_t)(MOST_EDITS_KEPT - count) * sizeof *edits);
    memcpy(state->view.fork.edits, edits, sizeof edits);
    state->view.fork.count = count;
    state->view.fork.dropped = 0;
    Spot spot = spot_of(state);
    side_show(state, OTHER, &spot);
}

static void edit_cell(State *state, Reference cell, bool absolute, double amount)
{
    KeptEdit edit = {.absolute = absolute, .amount = amount};
    if (keep_cell(state, cell, &edit.cell))
        add_edit(state, &edit);
}

/* The cell that a key edits: a gradient is asked about for the sake of what it is the gradient of, so
 * on W.grad[r,c] that is W[r,c], and `instead`; `text` is its name. */
static bool edited_cell(State *state, Reference *out, bool *instead, char text[INPUT_SIZE])
{
    if (!pointed_cell(state, out))
        return false;
    int subject = subject_of(state_tape(&state->view), out->value);
    *instead = subject >= 0 && subject != out->value;
    out->value = subject >= 0 ? subject : out->value;
    cell_text(&state->view.session->names, out->value, out->row, out->col, text, INPUT_SIZE);
    return true;
}

static void edit_by_key(State *state, bool absolute, double amount)
{
    Reference cell;
    bool instead;
    char text[INPUT_SIZE];
    if (!edited_cell(state, &cell, &instead, text))
        return;
    int output = state_step(&state->view)->output;
    edit_cell(state, cell, absolute, amount);
    if (instead && !state->view.message.complains)
        state_say(state, "edited %.100s, whose gradient was pointed at", text);
    else if (cell.value != output && !state->view.message.complains)
        state_say(state, "edited %.100s, the marked cell of the term", text);
}

void nudge_key(State *state, int code)
{
    edit_by_key(state, false, code == '-' ? -state->view.settings.delta : state->view.settings.delta);
}

/* Opens the command line with the cell's name already typed. */
void set_key(State *state, int code)
{
    (void)code;
    Reference cell;
    bool instead;
    char text[INPUT_SIZE];
    if (!edited_cell(state, &cell, &instead, text))
        return;
    if (strlen(text) + 24 > sizeof state->view.prompt.input) {
        state_complain(state, "the name of this cell is too long to be typed; + and - nudge it");
        return;
    }
    open_command(state, ':');
    snprintf(state->view.prompt.input, sizeof state->view.prompt.input, "nudge %.100s=", text);
}

bool command_set_cell(State *state, const char *words)
{
    double amount;
    if (!*words)
        set_key(state, '=');
    else if (!parse_number(words, &amount))
        state_complain(state, "\"%.60s\" is no finite number", words);
    else
        edit_by_key(state, true, amount);
    return true;
}

bool command_nudge(State *state, const char *words)
{
    char name[INPUT_SIZE];
    Error error = {0};
    Reference cell;
    double amount;
    snprintf(name, sizeof name, "%s", words);
    char *bracket = strrchr(name, ']'), *number = bracket ? bracket + strcspn(bracket, "= ") : name + strlen(name);
    bool absolute = bracket && strchr(number, '=');
    if (!*number)
        return false;
    char *digits = number + strspn(number, "= ");
    if (!parse_number(digits, &amount)) {
        state_complain(state, "\"%.60s\" is no finite number", digits);
        return true;
    }
    *number = '\0';
    const Names *names = &state->view.session->names;
    if (!reference_parse_cell_near(names, name, state_step(&state->view)->frame, &cell, &error)) {
        state_complain(state, "%s", error.text);
        return true;
    }
    char said[MESSAGE_SIZE];
    short_name_said(names, cell, said, sizeof said); /* of the names as they are before the run is made anew */
    edit_cell(state, cell, absolute, amount);
    if (*said && !state->view.message.complains)
        state_say(state, "%s", said);
    return true;
}

void drop_key(State *state, int code)
{
    bool back = code == 'D';
    if (back ? state->view.fork.dropped == 0 : state->view.fork.count == 0) {
        state_say(state, back ? "no edit was dropped" : "there is no edit to drop; + and - nudge a cell");
        return;
    }
    /* Dropped edits stay behind the count, so D only has to count up again. */
    int by = back ? 1 : -1;
    if (!stage(state, &(Staging){.training_step = training_step(&state->view), .edits = state->view.fork.edits,
                                 .edit_count = state->view.fork.count + by}))
        return;
    state->view.fork.count += by;
    state->view.fork.dropped -= by;
    if (back) {
        Spot spot = spot_of(state);
        side_show(state, OTHER, &spot);
    }
}

