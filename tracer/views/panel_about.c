/* What the step is: the formula of its rule, the meaning of its primitive, its source line and
 * its cost. */
#include "panel_page.h"
#include "tiny_model/rules/rule.h"
#include "tracer/query/formula.h"

#include <stdio.h>

static void add_rule(const ViewState *state, Page *page)
{
    int frame;
    const Rule *rule = rule_around(state_tape(state), state->cursor.step, &frame);
    char text[200];
    if (!rule)
        return;
    snprintf(text, sizeof text, "%s, chapter %d", rule->name, rule->chapter);
    page_words(page, "rule     ", text);
    page_words(page, "forward  ", page->ascii ? rule->ascii_forward : rule->forward);
    page_words(page, "backward ", page->ascii ? rule->ascii_back : rule->back);
}

void write_about(const ViewState *state, Page *page)
{
    const Step *step = state_step(state);
    const Tape *tape = state_tape(state);
    char text[300];
    add_rule(state, page);
    snprintf(text, sizeof text, "%s: %s", step->primitive->name, step->primitive->meaning);
    page_words(page, "primitive", text);
    snprintf(text, sizeof text, "%s:%d", step->file, step->line);
    page_words(page, "source   ", text);
    snprintf(text, sizeof text, "%.0f operations on numbers, %.0f bytes", step_flops(tape, step),
             step_bytes(tape, step));
    page_words(page, "cost     ", text);
    Text formula = {0};
    step_formula(&state->session->names, state->cursor.step, true, page->ascii, &formula);
    if (!formula.failed)
        page_words(page, "in full  ", formula.data);
    page->text.failed |= formula.failed;
    text_free(&formula);
}
