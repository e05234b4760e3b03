/* Who reads the selected cell, and with which factor: in the order of the steps, or the largest
 * first. Enter goes to the reader. */
#include "panel_page.h"
#include "tracer/query/formula.h"
#include "tracer/query/uses.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_size(const void *a, const void *b)
{
    const Use *first = a, *second = b;
    double x = fabs(first->contribution), y = fabs(second->contribution);
    if (x != y)
        return x > y ? -1 : 1;
    if (first->step != second->step)
        return first->step < second->step ? -1 : 1;
    if (first->row != second->row)
        return first->row < second->row ? -1 : 1;
    return (first->col > second->col) - (first->col < second->col);
}

static void add_step(const ViewState *state, Page *page, int step)
{
    Text place = {0};
    text_add(&place, "step %d, ", step);
    step_place(state_tape(state), step, &place);
    text_add(&place, ": ");
    step_formula(&state->session->names, step, false, page->ascii, &place);
    if (place.failed)
        page->text.failed = true;
    else
        page_line(page, DIM, "%s", place.data);
    text_free(&place);
}

/* The name as short as it is in the frame of the reader or in the one that is shown. */
static const char *short_name(const ViewState *state, int step)
{
    const Tape *tape = state_tape(state);
    const Names *names = &state->session->names;
    int output = tape->steps[step].output;
    const char *there = name_within(names, output, tape->frames[tape->steps[step].frame].path);
    const char *here = name_within(names, output, tape->frames[state_step(state)->frame].path);
    return strlen(here) < strlen(there) ? here : there;
}

/* "scores[2,1]  times -0.40 gives +0.12 of +0.60" */
static void add_use(const ViewState *state, Page *page, const Use *use)
{
    const Tape *tape = state_tape(state);
    int output = tape->steps[use->step].output;
    char part[NUMBER_SIZE], whole[NUMBER_SIZE];
    Text how = {0};
    use_how(tape, use, state->settings.digits, page->ascii, &how);
    if (how.failed)
        page->text.failed = true;
    else
        page_line(page, 0, "%.200s[%d,%d]  %s gives %s of %s", short_name(state, use->step), use->row, use->col,
                  how.data, number_signed(part, use->contribution, state->settings.digits),
                  number_signed(whole, cell_of(tape_value(tape, output), use->row, use->col), state->settings.digits));
    page_leads(page, use->step, use->row, use->col);
    text_free(&how);
}

void write_uses(const ViewState *state, Page *page)
{
    Reference cell = state_asked(state);
    char name[400], words[600];
    Uses uses;
    int steps = 0;
    page->text.failed |= !uses_find(state_tape(state), cell, &uses);
    for (int i = 0; i < uses.count; i++)
        /* Uses stand in the order of the steps, so a new step is a new reader. */
        steps += i == 0 || uses.list[i].step != uses.list[i - 1].step;
    snprintf(words, sizeof words, "%.300s%s is read %d time%s by %d step%s%s",
             cell_text(&state->session->names, cell.value, cell.row, cell.col, name, sizeof name),
             cell.value == state_step(state)->output ? "" : ", the marked cell of the term,", uses.count,
             uses.count == 1 ? "" : "s", steps, steps == 1 ? "" : "s",
             uses.count < 2         ? ""
             : state->panes.by_size ? ", the largest first (o: in order)"
                                    : " (o: the largest first)");
    page_words(page, "", words);
    if (state->panes.by_size && uses.count)
        qsort(uses.list, (size_t)uses.count, sizeof *uses.list, by_size);
    for (int i = 0; i < uses.count; i++) {
        if (!state->panes.by_size && (i == 0 || uses.list[i].step != uses.list[i - 1].step))
            add_step(state, page, uses.list[i].step);
        add_use(state, page, &uses.list[i]);
    }
    uses_free(&uses);
}
