/* What is not to be told yet; see hiding.h. */
#include "hiding.h"

#include "own_answer.h"
#include "panel_page.h"

#include <stdio.h>

/* In a hunt every star and every difference would lead to the planted mistake. */
bool beside_shown(const ViewState *state)
{
    return state->lab->beside.take && !state->hunt.going;
}

const char *facing_refused(const ViewState *state)
{
    if (state->hunt.going)
        return "the truth is hidden while a bug is hunted; :truth gives up";
    if (state->mine && !state->mine->shown)
        return "both side by side would tell what is still to be found";
    return result_hidden(state) ? "both side by side would tell the result, which is still to be guessed" : NULL;
}

bool cell_hidden(const ViewState *state, Reference cell)
{
    /* Once guessed the result of this step is shown, until the learner goes on. */
    bool predicted = state->guessing.going && cell.value == state_step(state)->output &&
                     state->guessing.revealed != state->cursor.step;
    return predicted || mine_hides(state, cell.value, cell.row, cell.col);
}

bool result_hidden(const ViewState *state)
{
    return cell_hidden(state, state_cell(state));
}

/* A student's own answer comes before the game: it is what has to be worked out again. */
const char *hidden_text(const ViewState *state, char *out, size_t size)
{
    Reference cell = state_cell(state);
    if (mine_hides(state, cell.value, cell.row, cell.col))
        return mine_hidden_text(state, out, size);
    snprintf(out, size,
             "The result is hidden. Guess the selected cell: i, then a number (to a tenth of it), its sign + or -, "
             "or largest. :reveal shows it.");
    return out;
}

/* The frame whose rule must keep something at this step; -1: none. */
int checked_frame(const ViewState *state)
{
    int frame;
    rule_around(state_tape(state), state->cursor.step, &frame);
    return frame;
}

bool checks_hidden(const ViewState *state)
{
    return frame_checks_hidden(state, checked_frame(state));
}

/* One frame's checks are shown at a time, those that were paid for. */
bool frame_checks_hidden(const ViewState *state, int frame)
{
    return state->hunt.going && state->hunt.checked != frame + 1;
}

int steps_to_check(const ViewState *state)
{
    int frame = checked_frame(state);
    const Frame *of = frame < 0 ? NULL : &state_tape(state)->frames[frame];
    return of ? of->last - of->first + 1 : 1;
}

void games_summary(const ViewState *state, Text *out)
{
    if (state->guessing.guesses)
        text_add(out, "guesses: %d of %d right\n", state->guessing.right, state->guessing.guesses);
    if (state->hunt.hunts)
        text_add(out, "bugs: %d of %d found, %d step%s looked at, %d wrong guess%s\n", state->hunt.found,
                 state->hunt.hunts, state->hunt.looked, state->hunt.looked == 1 ? "" : "s", state->hunt.accused,
                 state->hunt.accused == 1 ? "" : "es");
}
