/* A rule, step by step: its formula for this direction, then every step of its frame with the row
 * of the selected cell; with all rows where there is room. Enter on a stage goes there. */
#include "panel_page.h"
#include "tiny_model/rules/rule.h"
#include "tracer/query/formula.h"

#include <math.h>
#include <stdio.h>

enum { MOST_STAGES = 32, STAGE_INDENT = 4 };

/* The steps that belong together: those of the rule's frame, or, outside of all rules, those of the
 * frame that work on the same value: the update of one parameter. */
static int stages_of(const ViewState *state, int frame, int stages[MOST_STAGES])
{
    const Tape *tape = state_tape(state);
    const Step *here = state_step(state);
    const Frame *around = &tape->frames[frame >= 0 ? frame : here->frame];
    int base = state_output(state)->name.base, count = 0;
    for (int step = around->first; step <= around->last && count < MOST_STAGES; step++) {
        bool alike = frame >= 0 || base < 0 || step_output(tape, &tape->steps[step])->name.base == base;
        if (alike && (frame >= 0 || tape->steps[step].frame == here->frame))
            stages[count++] = step;
    }
    return count;
}

/* Adds the numbers of a row around the selected column, as many as fit, on their heat. */
static void add_numbers(const ViewState *state, Page *page, const Value *value, int row)
{
    enum { CELL = 9, TOLD = 12 };
    char line[400] = "", number[NUMBER_SIZE];
    int room = page->width ? (page->width - STAGE_INDENT - 2) / CELL : TOLD;
    int shown = room < 1 ? 1 : room < value->cols ? room : value->cols;
    int first = window_start(state_cell(state).col, shown, value->cols), start = STAGE_INDENT + 2 * (first > 0);
    double largest, norm;
    size_t used = (size_t)snprintf(line, sizeof line, "%*s%s", STAGE_INDENT, "",
                                   first > 0 ? page->ascii ? ".." : "… " : "");
    for (int c = first; c < first + shown && used < sizeof line - NUMBER_SIZE; c++) {
        double x = cell_of(value, row, c);
        const char *text = isinf(x) && x < 0
                               ? "."
                               : number_signed(number, x, state->settings.digits < 4 ? state->settings.digits : 4);
        used += (size_t)snprintf(line + used, sizeof line - used, "%*s ", page->width ? CELL - 1 : 1, text);
    }
    page_line(page, 0, "%s%s", line, first + shown < value->cols ? page->ascii ? ".." : "…" : "");
    value_size(value, &largest, &norm);
    for (int c = first; c < first + shown && page->width; c++) {
        double x = cell_of(value, row, c);
        if (!isinf(x))
            page_heat(page, start + (c - first) * CELL, CELL - 1,
                      (unsigned char)(1 + HEAT_SIDE + heat_level(state->settings.sequential ? fabs(x) : x, largest)));
    }
}

static void add_stage(const ViewState *state, Page *page, int id, bool all_rows)
{
    const Tape *tape = state_tape(state);
    const Value *output = step_output(tape, &tape->steps[id]);
    bool here = id == state->cursor.step;
    Reference cell = state_cell(state);
    int row = cell.row < output->rows ? cell.row : output->rows - 1;
    Text formula = {0};
    step_formula(&state->session->names, id, false, page->ascii, &formula);
    if (formula.failed)
        page->text.failed = true;
    else
        page_line(page, here ? BOLD : 0, "%s %s  [%d x %d]", here ? page->ascii ? ">" : "▶" : " ", formula.data,
                  output->rows, output->cols);
    text_free(&formula);
    if (here)
        page->focus = page->count - 1;
    page_leads(page, id, row, cell.col < output->cols ? cell.col : output->cols - 1);
    if (!all_rows)
        add_numbers(state, page, output, row);
    for (int r = 0; all_rows && r < output->rows; r++)
        add_numbers(state, page, output, r);
}

/* True if every row of every stage fits below one another. */
static bool all_fit(const ViewState *state, const Page *page, const int *stages, int count)
{
    const Tape *tape = state_tape(state);
    int rows = page->count;
    for (int i = 0; i < count; i++)
        rows += 1 + step_output(tape, &tape->steps[stages[i]])->rows;
    return rows <= page->room;
}

void write_stages(const ViewState *state, Page *page)
{
    int stages[MOST_STAGES], frame;
    const Tape *tape = state_tape(state);
    const Rule *rule = rule_around(tape, state->cursor.step, &frame);
    int count = stages_of(state, frame, stages);
    bool back = state_step(state)->phase == PHASE_BACKWARD;
    if (rule)
        page_words(page, back ? "backward" : "forward ",
                   back          ? page->ascii ? rule->ascii_back : rule->back
                   : page->ascii ? rule->ascii_forward
                                 : rule->forward);
    bool all = all_fit(state, page, stages, count);
    char row[40] = "", text[160];
    if (!all)
        snprintf(row, sizeof row, ", each with row %d of it", state_cell(state).row);
    snprintf(text, sizeof text, "%d step%s of %.60s%s", count, count == 1 ? "" : "s",
              tape->frames[frame >= 0 ? frame : state_step(state)->frame].name, row);
    page_words(page, "", text);
    for (int i = 0; i < count; i++)
        add_stage(state, page, stages[i], all);
}
