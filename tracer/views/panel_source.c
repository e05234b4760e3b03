/* The lines of the file that recorded the step, the recorded one marked. */
#include "panel_page.h"
#include "tracer/base/sources.h"

#include <string.h>

static const Source *source_of(const char *path)
{
    for (int i = 0; i < SOURCE_COUNT; i++)
        if (strcmp(SOURCES[i].path, path) == 0)
            return &SOURCES[i];
    return NULL;
}

void write_source(const ViewState *state, Page *page)
{
    enum { ALL_AROUND = 12 };
    const Step *step = state_step(state);
    const Source *source = source_of(step->file);
    page_line(page, BOLD, "%s:%d", step->file, step->line);
    if (!source) {
        page_words(page, "", "this file is not among those that the program carries");
        return;
    }
    bool told = page->width == 0; /* a listener wants the neighbourhood, not the file */
    int first = told ? step->line - ALL_AROUND : 1, last = told ? step->line + ALL_AROUND : source->count;
    for (int line = first > 1 ? first : 1; line <= last && line <= source->count; line++) {
        bool here = line == step->line;
        if (here)
            page->focus = page->count;
        page_line(page, here ? BOLD | UNDERLINE : 0, "%s%3d  %s", here ? page->ascii ? ">" : "▶" : " ", line,
                  source->lines[line - 1]);
    }
}
