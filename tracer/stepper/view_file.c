/* The view as a file: the step as a picture, or the screen as text. The one part of the stepper
 * that draws figures; see places.h. */
#include "places.h"
#include "screen.h"
#include "tracer/base/files.h"
#include "tracer/output/render.h"

#include <string.h>

static bool is_text(const char *file)
{
    size_t length = strlen(file);
    return length > 4 && strcmp(file + length - 4, ".txt") == 0;
}

static bool add_screen(const State *state, int rows, int cols, Text *out, Error *error)
{
    Grid grid;
    if (!stepper_grid(state, &grid, rows, cols))
        return error_memory(error);
    grid_text(&grid, out);
    grid_free(&grid);
    return !out->failed || error_memory(error);
}

/* The step with the selected cell taken apart. */
static bool add_picture(const State *state, const char *file, Text *out, Error *error)
{
    char cell[400];
    Reference at = state_cell(&state->view);
    Rendering rendering = rendering_default();
    rendering.figure = figure_find("step", error);
    rendering.format = picture_format(NULL, file, error);
    rendering.spec.name = cell_text(&state->view.session->names, at.value, at.row, at.col, cell, sizeof cell);
    return rendering.figure && rendering.format && render(state->view.session, &rendering, out, error);
}

void view_write(State *state, int rows, int cols)
{
    Text out = {0};
    Error error = {0};
    char file[INPUT_SIZE];
    if (!*state->errand.write_to)
        return;
    memcpy(file, state->errand.write_to, sizeof file);
    memset(state->errand.write_to, 0, sizeof state->errand.write_to);
    state->view.message.text[0] = '\0';
    bool whole = is_text(file) ? add_screen(state, rows, cols, &out, &error) : add_picture(state, file, &out, &error);
    if (whole && file_write(file, out.data ? out.data : "", out.length, &error))
        state_say(state, "written: %.150s", file);
    else
        state_complain(state, "%s", error.text);
    text_free(&out);
}
