/* Find the bug, and predict first; see games.h. */
#include "games.h"

#include "kept.h"
#include "mine.h"

#include "tracer/views/panel_page.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SEED = 1000000 };
static const double GUESS_SHARE = 0.1, GUESS_LEAST = 0.005;

bool beside_shown(const State *state)
{
    return state->lab->beside.take && !state->hunting;
}

const char *facing_refused(const State *state)
{
    return state->hunting                           ? "the truth is hidden while a bug is hunted; :truth gives up"
           : state->mine && !state->mine->shown     ? "both side by side would tell what is still to be found"
           : result_hidden(state)                   ? "both side by side would tell the result, which is still to be guessed"
                                                    : NULL;
}

bool cell_hidden(const State *state, Reference cell)
{
    bool predicted = state->predicting && cell.value == state_step(state)->output && state->revealed != state->step;
    return predicted || mine_hides(state, cell.value, cell.row, cell.col);
}

bool result_hidden(const State *state)
{
    return cell_hidden(state, state_cell(state));
}

const char *hidden_text(const State *state, char *out, size_t size)
{
    Reference cell = state_cell(state);
    if (mine_hides(state, cell.value, cell.row, cell.col))
        return mine_hidden_text(state, out, size);
    snprintf(out, size, "The result is hidden. Guess the selected cell: i, then a number (to a tenth of it), its sign + or -, or largest. "
                        ":reveal shows it.");
    return out;
}

/* The frame whose rule must keep something at this step; -1: none. */
static int checked_frame(const State *state)
{
    int frame;
    rule_around(state_tape(state), state->step, &frame);
    return frame;
}

bool checks_hidden(const State *state)
{
    return frame_checks_hidden(state, checked_frame(state));
}

bool frame_checks_hidden(const State *state, int frame)
{
    return state->hunting && state->checked != frame + 1;
}

int steps_to_check(const State *state)
{
    int frame = checked_frame(state);
    const Frame *of = frame < 0 ? NULL : &state_tape(state)->frames[frame];
    return of ? of->last - of->first + 1 : 1;
}

void games_check(State *state)
{
    if (!checks_hidden(state))
        return;
    state->looked += steps_to_check(state);
    state->checked = checked_frame(state) + 1;
}

void games_passed(State *state, int from)
{
    bool checks = false;
    for (int i = 0; i < state->break_count; i++)
        checks |= state->breaks[i].kind == CONDITION_INVARIANT;
    int steps = abs(state->step - from);
    if (state->hunting && checks && steps > 1)
        state->looked += steps - 1; /* the last one is counted with the key */
}

void games_count(State *state, int from)
{
    bool moved = state->step != from;
    state->looked += moved && state->hunting;
    if (moved)
        state->revealed = -1;
}

/* The mistakes in their order, from one on that the seed settles. */
static const Mistake *drawn(long seed, int i)
{
    uint64_t mixed = ((uint64_t)seed + 1) * 0x9e3779b97f4a7c15u;
    int start = (int)((mixed >> 33) % (uint64_t)mistake_total());
    return mistake_at((start + i) % mistake_total());
}

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
    long seed = state->hunts + 1;
    if (*words && !parse_integer(words, 0, MOST_SEED, &seed))
        return false;
    for (int i = 0; i < mistake_total(); i++) {
        const Mistake *mistake = drawn(seed, i);
        if (mistake_option(mistake) || !plant(state, mistake) || !can_be_hunted(state, mistake))
            continue;
        state->hunting = true;
        state->checked = 0;
        state->hunts++;
        state->looked_before = state->looked;
        state->message[0] = '\0';
        state->complains = false;
        state_jump(state, 0);
        state_say(state, "bug %ld is planted: somewhere a step is wrong. :found says it is this one, :truth gives up", seed);
        return true;
    }
    state_complain(state, "no mistake fits this model");
    return true;
}

/* The mistake's hand is on the step, or on what it put before it. */
static bool is_wrong(const State *state)
{
    return mistake_touches(state_tape(state), state->mistake, state->step) ||
           strcmp(state_step(state)->label, MISTAKE_PART) == 0;
}

bool command_found(State *state, const char *words)
{
    if (*words)
        return false;
    if (!state->hunting) {
        state_complain(state, "no bug is hunted; :bug plants one");
        return true;
    }
    if (!is_wrong(state)) {
        state->accused++;
        state_say(state, "no, this step is as it should be; %d looked at so far", state->looked - state->looked_before);
        return true;
    }
    state->hunting = false;
    state->hunts_found++;
    state_say(state, "found, after %d step%s: %s, %s", state->looked - state->looked_before, state->looked - state->looked_before == 1 ? "" : "s", state->mistake->id,
              state->mistake->message);
    return true;
}

bool command_predict(State *state, const char *words)
{
    bool on = strcmp(words, "on") == 0;
    if (!on && strcmp(words, "off") != 0)
        return false;
    state->predicting = on;
    state->revealed = -1;
    state_say(state, on ? "results are hidden until guessed: i, then a number, a sign, or largest" : "results are shown");
    return true;
}

void guess_key(State *state, int code)
{
    (void)code;
    if (!result_hidden(state)) {
        state_say(state, "nothing is hidden here; :predict on hides results until they are guessed");
        return;
    }
    open_command(state, ':');
    snprintf(state->input, sizeof state->input, "guess ");
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
    Reference cell = state_cell(state);
    const Value *value = state_output(state);
    double number = cell_of(value, cell.row, cell.col);
    char text[NUMBER_SIZE];
    bool right;
    if (!result_hidden(state)) {
        state_complain(state, "nothing is hidden here; :predict on hides results until they are guessed");
        return true;
    }
    if (mine_hides(state, cell.value, cell.row, cell.col)) {
        double guess;
        bool is_number = parse_number(words, &guess);
        if (is_number)
            mine_guess(state, guess);
        return is_number;
    }
    if (!judge(value, number, words, &right))
        return false;
    state->revealed = state->step;
    state->guesses++;
    state->guesses_right += right;
    state_say(state, "%s: %s%s; %d of %d right", right ? "right" : "no", number_signed(text, number, state->digits),
              strcmp(words, "largest") != 0 ? "" : right ? " is the largest" : " is not the largest", state->guesses_right, state->guesses);
    return true;
}

bool command_reveal(State *state, const char *words)
{
    if (*words)
        return false;
    state->revealed = state->step;
    return true;
}

void games_summary(const State *state, Text *out)
{
    if (state->guesses)
        text_add(out, "guesses: %d of %d right\n", state->guesses_right, state->guesses);
    if (state->hunts)
        text_add(out, "bugs: %d of %d found, %d step%s looked at, %d wrong guess%s\n", state->hunts_found, state->hunts, state->looked,
                 state->looked == 1 ? "" : "s", state->accused, state->accused == 1 ? "" : "es");
}
