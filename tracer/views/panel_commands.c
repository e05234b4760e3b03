/* What can be typed behind `:` beside the names of keys, steps, values and cells. */
#include "key_help.h"
#include "panel_page.h"

void write_commands(const ViewState *state, Page *page)
{
    page_line(page, DIM, "a step, a name, a cell, or the command of a key (? lists them) and how often; or");
    for (int i = 0; i < state->typed_count; i++)
        page_words(page, ":", state->typed[i].usage);
}
