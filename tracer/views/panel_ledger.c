/* The loss ledger: what each parameter's gradient promised of its update, sum of g times the step,
 * beside what the loss really did. Made by `v`. Enter goes to the parameter's update. */
#include "panel_page.h"

#include <math.h>
#include <stdio.h>

static void add_parameter(const ViewState *state, Page *page, const LedgerLine *line, double size)
{
    enum { BAR = 12 };
    const Tape *tape = state_tape(state);
    char number[NUMBER_SIZE], bar[4 * BAR + 4];
    const char *name = name_of(&state->session->names, line->parameter);
    int gradient = tape_value(tape, line->parameter)->gradient;
    /* Bars are relative to the largest promise, which is the first line. */
    double share = size > 0 ? fabs(line->promised) / size : 0;
    int pad = page->width ? BAR - text_width(share_bar(share, BAR, page->ascii, bar, sizeof bar)) : 0;
    page_line(page, 0, "%11s  %s%*s %s", number_signed(number, line->promised, state->settings.digits),
              page->width ? bar : "", pad, "", name);
    if (gradient >= 0)
        page_leads(page, tape_value(tape, gradient)->producer, 0, 0);
}

void write_ledger(const ViewState *state, Page *page)
{
    const Checks *checks = &state->checks;
    char text[300], before[NUMBER_SIZE], after[NUMBER_SIZE], actual[NUMBER_SIZE], promised[NUMBER_SIZE];
    if (!stamp_is_of(&checks->ledger_of, state->session)) {
        page_words(page, "",
                   "v makes it: for every parameter the sum of gradient times step, "
                   "and what the loss really does with the update");
        return;
    }
    snprintf(text, sizeof text, "the update takes the loss from %s to %s, by %s; the gradient promised %s",
             number_text(before, checks->before, state->settings.digits),
             number_text(after, checks->after, state->settings.digits),
             number_signed(actual, checks->after - checks->before, state->settings.digits),
             number_signed(promised, checks->promised, state->settings.digits));
    page_words(page, "", text);
    for (int i = 0; i < checks->line_count; i++)
        add_parameter(state, page, &checks->lines[i], fabs(checks->lines[0].promised));
    if (checks->line_count < checks->parameter_count)
        page_line(page, DIM, "and %d parameters that promised less", checks->parameter_count - checks->line_count);
}
