/* What can be typed behind `:` beside the names of keys, steps, values and cells. */
#include "panel_page.h"

#include "tracer/stepper/keys.h"

void write_commands(const State *state, Page *page)
{
    (void)state;
    page_line(page, DIM, "a step, a name, a cell, or the command of a key (? lists them) and how often; or");
    for (int i = 0; i < TYPED_COMMAND_COUNT; i++)
        page_words(page, ":", TYPED_COMMANDS[i].usage);
}
