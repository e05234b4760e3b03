/* Find the bug, and predict first; see games.h. */
#include "games.h"

#include "kept.h"
#include "mine.h"

#include "tracer/views/hiding.h"
#include "tracer/views/panel_page.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SEED = 1000000 };
/* A tenth is what can be reckoned in the head; around 0, where a tenth is nothing, the second of these. */
static const double GUESS_SHARE = 0.1, GUESS_LEAST = 0.005;

void games_check(State *state)
{
    if (!checks_hidden(&state->view))
        return;
    state->view.hunt.looked += steps_to_check(&state->view);
    state->view.hunt.checked = checked_frame(&state->view) + 1;
}

void games_passed(State *state, int from)
{
    bool checks = false;
    for (int i = 0; i < state->view.breaks.count; i++)
        checks |= state->view.breaks.list[i].kind == CONDITION_INVARIANT;
    int steps = abs(state->view.cursor.step - from);
    if (state->view.hunt.going && checks && steps > 1)
        state->view.hunt.looked += steps - 1; /* the last one is counted with the key */
}

void games_count(State *state, int from)
{
    bool moved = state->view.cursor.step != from;
    state->view.hunt.looked += moved && state->view.hunt.going;
    if (moved)
        state->view.guessing.revealed = -1;
}

/* The mistakes in their order, from one on that the seed settles. */
static const Mistake *drawn(const System *system, long seed, int i)
{
    /* Neighbouring seeds shall not draw neighbouring mistakes: the golden ratio spreads them, as in splitmix. */
    uint64_t mixed = ((uint64_t)seed + 1) * 0x9e3779b97f4a7c15u;
    int count = mistake_count_of(system), start = (int)((mixed >> 33) % (uint64_t)count);
    return mistake_of(system, (start + i) % count);
}

/* A mistake that is a choice of the model touches no step, so that none could be accused; one that
 * changes nothing has no place to be found. */
static bool can_be_hunted(const State *state, const Mistake *mistake)
{
    if (mistake_option(mistake) || lab_first_apart(state->lab, OTHER) < 0)
        return false;
    const Tape *tape = &lab_session(state->lab, OTHER)->run.tape;
    for (int step = 0; step < tape->step_count; step++)
        if (mistake_touches(tape, mistake, step))
            return true;
    return false;
}

bool command_bug(State *state, const char *words)
{
    long seed = state->view.hunt.hunts + 1;
    if (*words && !parse_integer(words, 0, MOST_SEED, &seed))
        return false;
    const System *system = state->view.session->model.system;
    for (int i = 0; i < mistake_count_of(system); i++) {
        const Mistake *mistake = drawn(system, seed, i);
        if (mistake_option(mistake) || !plant(state, mistake) || !can_be_hunted(state, mistake))
            continue;
        state->view.hunt.going = true;
        state->view.hunt.checked = 0;
        state->view.hunt.hunts++;
        state->view.hunt.looked_before = state->view.hunt.looked;
        state->view.message.text[0] = '\0';
        state->view.message.complains = false;
        state_jump(state, 0);
        state_say(state, "bug %ld is planted: somewhere a step is wrong. :found says it is this one, :truth gives up",
                  seed);
        return true;
    }
    state_complain(state, "no mistake fits this model");
    return true;
}

/* The mistake's hand is on the step, or on what it put before it. */
static bool is_wrong(const State *state)
{
    return mistake_touches(state_tape(&state->view), state->view.fork.mistake, state->view.cursor.step) ||
           strcmp(state_step(&state->view)->label, MISTAKE_PART) == 0;
}

bool command_found(State *state, const char *words)
{
    if (*words)
        return false;
    if (!state->view.hunt.going) {
        state_complain(state, "no bug is hunted; :bug plants one");
        return true;
    }
    if (!is_wrong(state)) {
        state->view.hunt.accused++;
        state_say(state, "no, this step is as it should be; %d looked at so far",
                  state->view.hunt.looked - state->view.hunt.looked_before);
        return true;
    }
    state->view.hunt.going = false;
    state->view.hunt.found++;
    state_say(state, "found, after %d step%s: %s, %s", state->view.hunt.looked - state->view.hunt.looked_before,
              state->view.hunt.looked - state->view.hunt.looked_before == 1 ? "" : "s", state->view.fork.mistake->id,
              state->view.fork.mistake->message);
    return true;
}

bool command_predict(State *state, const char *words)
{
    bool on = strcmp(words, "on") == 0;
    if (!on && strcmp(words, "off") != 0)
        return false;
    state->view.guessing.going = on;
    state->view.guessing.revealed = -1;
    state_say(state,
              on ? "results are hidden until guessed: i, then a number, a sign, or largest" : "results are shown");
    return true;
}

void guess_key(State *state, int code)
{
    (void)code;
    if (!result_hidden(&state->view)) {
        state_say(state, "nothing is hidden here; :predict on hides results until they are guessed");
        return;
    }
    open_command(state, ':');
    snprintf(state->view.prompt.input, sizeof state->view.prompt.input, "guess ");
}

static bool is_largest(const Value *value, double number)
{
    for (size_t i = 0; i < cells_of(value); i++)
        if (isfinite(value->data[i]) && fabs(value->data[i]) > fabs(number))
            return false;
    return isfinite(number);
}

/* True if the words are a guess, and whether it is right in *right. */
static bool judge(const Value *value, double number, const char *words, bool *right)
{
    double guess;
    if (strcmp(words, "+") == 0 || strcmp(words, "-") == 0)
        *right = *words == '+' ? number > 0 : number < 0;
    else if (strcmp(words, "largest") == 0)
        *right = is_largest(value, number);
    else if (parse_number(words, &guess))
        *right = fabs(guess - number) <= fmax(GUESS_SHARE * fabs(number), GUESS_LEAST);
    else
        return false;
    return true;
}

bool command_guess(State *state, const char *words)
{
    Reference cell = state_cell(&state->view);
    const Value *value = state_output(&state->view);
    double number = cell_of(value, cell.row, cell.col);
    char text[NUMBER_SIZE];
    bool right;
    if (!result_hidden(&state->view)) {
        state_complain(state, "nothing is hidden here; :predict on hides results until they are guessed");
        return true;
    }
    /* On a worksheet a guess is judged to the sheet's last decimal, not to a tenth. */
    if (mine_hides(&state->view, cell.value, cell.row, cell.col)) {
        double guess;
        bool is_number = parse_number(words, &guess);
        if (is_number)
            mine_guess(state, guess);
        return is_number;
    }
    if (!judge(value, number, words, &right))
        return false;
    state->view.guessing.revealed = state->view.cursor.step;
    state->view.guessing.guesses++;
    state->view.guessing.right += right;
    state_say(state, "%s: %s%s; %d of %d right", right ? "right" : "no",
              number_signed(text, number, state->view.settings.digits),
              strcmp(words, "largest") != 0 ? ""
              : right                       ? " is the largest"
                                            : " is not the largest",
              state->view.guessing.right, state->view.guessing.guesses);
    return true;
}

bool command_reveal(State *state, const char *words)
{
    if (*words)
        return false;
    state->view.guessing.revealed = state->view.cursor.step;
    return true;
}

