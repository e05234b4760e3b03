/* What is kept: breakpoints with the next step that they stop at, watched cells, the edits of the
 * fork as a command line, marks, settings, the score, and the losses of the training steps seen. */
#include "hiding.h"
#include "notebook.h"
#include "panel_page.h"

#include <math.h>

static void add_breaks(const ViewState *state, Page *page)
{
    page_line(page, BOLD, "breakpoints%s", state->breaks.count ? "" : ": none; b sets one here, :break |x| > 5");
    for (int i = 0; i < state->breaks.count; i++) {
        const Condition *condition = &state->breaks.list[i];
        /* Where an invariant breaks is where the bug is. */
        if (state->hunt.going && condition->kind == CONDITION_INVARIANT) {
            page_line(page, 0, "%d  %s: in a hunt c tells where", i + 1, condition->text);
            continue;
        }
        /* Behind the position, else before it: a breakpoint that was passed shall say so and not be called nowhere. */
        int which, next = condition_find(condition, 1, &state->session->names, state->cursor.step, 1, &which);
        int previous = condition_find(condition, 1, &state->session->names, state->cursor.step, -1, &which);
        int to = condition_holds(condition, &state->session->names, state->cursor.step) ? state->cursor.step
                 : next >= 0                                                            ? next
                                                                                        : previous;
        if (to < 0)
            page_line(page, 0, "%d  %s: nowhere", i + 1, condition->text);
        else
            page_line(page, 0, "%d  %s: %s step %d", i + 1, condition->text,
                      to == state->cursor.step ? "here, at"
                      : to == next             ? "next at"
                                               : "last at",
                      to);
        if (to >= 0)
            page_leads(page, to, state->cursor.row, state->cursor.col);
    }
}

static void add_watches(const ViewState *state, Page *page)
{
    page_line(page, BOLD, "watched cells%s", state->watches.count ? "" : ": none; w watches the selected one");
    for (int i = 0; i < state->watches.count; i++) {
        char text[KEPT_NAME + 32], number[NUMBER_SIZE];
        Reference cell = kept_cell(state, &state->watches.list[i]);
        kept_text(&state->watches.list[i], text, sizeof text);
        if (cell.value < 0) {
            page_line(page, 0, "%d  %s: not on this tape", i + 1, text);
            continue;
        }
        const Value *value = tape_value(state_tape(state), cell.value);
        page_line(page, 0, "%d  %s = %s", i + 1, text,
                  cell_hidden(state, cell)
                      ? "?"
                      : number_signed(number, cell_of(value, cell.row, cell.col), state->settings.digits));
        if (value->producer >= 0)
            page_leads(page, value->producer, cell.row, cell.col);
    }
}

static void add_edits(const ViewState *state, Page *page)
{
    page_line(page, BOLD, "edits%s", state->fork.count ? "" : ": none; + and - nudge the selected cell, = sets it");
    Text command = {0};
    if (state->fork.count)
        edits_command(state, &command);
    if (command.failed)
        page->text.failed = true;
    else if (command.data)
        page_words(page, "the same:", command.data);
    text_free(&command);
}

static void add_losses(const ViewState *state, Page *page)
{
    const Lab *lab = state->lab;
    char number[NUMBER_SIZE];
    page_line(page, BOLD, "training steps seen (} goes on, { back)");
    /* Training steps that nobody went to are nan and have no line. */
    for (int step = 0; step < lab->loss_count; step++)
        if (!isnan(lab->losses[step]))
            page_line(page, step == state->session->run.training_step ? BOLD : 0, "%s%d  loss %s",
                      step == state->session->run.training_step ? "> " : "  ", step,
                      number_text(number, lab->losses[step], state->settings.digits));
}

static void add_marks(const ViewState *state, Page *page)
{
    page_line(page, BOLD, "marks (m and a letter sets one, ' and the letter goes there)");
    for (int i = 0; i < MOST_MARKS; i++) {
        const KeptCell *mark = &state->marks[i];
        char text[KEPT_NAME + 32];
        Reference cell = *mark->name ? kept_cell(state, mark) : (Reference){.value = -1};
        if (*mark->name)
            page_line(page, 0, "%c  %s", 'a' + i, kept_text(mark, text, sizeof text));
        if (cell.value >= 0 && tape_value(state_tape(state), cell.value)->producer >= 0)
            page_leads(page, tape_value(state_tape(state), cell.value)->producer, cell.row, cell.col);
    }
}

static void add_settings(const ViewState *state, Page *page)
{
    page_line(page, BOLD, "settings (:set NAME VALUE)");
    for (int i = 0; i < SETTING_COUNT; i++) {
        char word[NUMBER_SIZE];
        SETTINGS[i].write(&state->settings, word);
        page_line(page, 0, "%s %s: %s", SETTINGS[i].name, word, SETTINGS[i].values);
    }
}

/* What was guessed and hunted so far. */
static void add_score(const ViewState *state, Page *page)
{
    Text summary = {0};
    games_summary(state, &summary);
    if (summary.failed)
        page->text.failed = true;
    else if (summary.data)
        page_words(page, "score", summary.data);
    text_free(&summary);
}

void write_notebook(const ViewState *state, Page *page)
{
    add_score(state, page);
    add_breaks(state, page);
    add_watches(state, page);
    add_edits(state, page);
    add_marks(state, page);
    add_settings(state, page);
    add_losses(state, page);
}
