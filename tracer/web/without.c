/* What a page in a browser has not, in the place of the files that need it: a terminal, a pager, fonts, processes. Only
 * compiled for the page. */
#include "tracer/base/pager.h"
#include "tracer/base/png_file.h"
#include "tracer/exercise/confined.h"
#include "tracer/output/picture.h"
#include "tracer/stepper/lines.h"
#include "tracer/stepper/terminal.h"

static bool no_terminal(Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY, "a page has no terminal");
}

bool terminal_usable(void)
{
    return false;
}

bool terminal_run(State *state, bool color, Error *error)
{
    (void)state, (void)color;
    return no_terminal(error);
}

Watch *terminal_watch(bool color, Error *error)
{
    (void)color;
    no_terminal(error);
    return NULL;
}

bool terminal_watch_grid(Grid *grid, bool ascii)
{
    (void)grid, (void)ascii;
    return false;
}

int terminal_watch_show(Watch *watch, const Grid *grid, bool wait)
{
    (void)watch, (void)grid, (void)wait;
    return 0;
}

void terminal_watch_close(Watch *watch)
{
    (void)watch;
}

/* Nothing is read line by line. */
Lines *lines_open(const State *state, bool asks, bool edits)
{
    (void)state, (void)asks, (void)edits;
    return NULL;
}

void lines_close(Lines *lines)
{
    (void)lines;
}

const char *lines_next(Lines *lines)
{
    (void)lines;
    return NULL;
}

Pager pager_start(void)
{
    return (Pager){0};
}

bool pager_finish(Pager *pager)
{
    (void)pager;
    return false;
}

bool png_file_read(const char *path, int most, GreyPicture *out, Error *error)
{
    (void)most;
    *out = (GreyPicture){0};
    return error_set(error, EXIT_USED_WRONGLY, "a page reads no PNG, so not \"%s\"", path);
}

static bool only_svg(Error *error)
{
    return error_set(error, EXIT_USED_WRONGLY, "a page writes pictures as svg, and the screen as txt");
}

bool png_picture(const DrawList *lists, int count, const PictureOptions *options, Text *out, Error *error)
{
    (void)lists, (void)count, (void)options, (void)out;
    return only_svg(error);
}

bool pdf_picture(const DrawList *lists, int count, const PictureOptions *options, Text *out, Error *error)
{
    (void)lists, (void)count, (void)options, (void)out;
    return only_svg(error);
}

/* Whoever shows an svg has the letters, or not. */
bool picture_spell(const char *text, Text *out)
{
    text_add(out, "%s", text);
    return false;
}

bool confined_open(Confined *out, const char *path, Error *error)
{
    (void)out;
    return error_set(error, EXIT_USED_WRONGLY, "%s: a page runs no program", path);
}

void confined_close(Confined *confined)
{
    (void)confined;
}

bool confined_run(const Confined *confined, const Text *input, Ran *ran, Error *error)
{
    (void)confined, (void)input, (void)ran;
    return error_set(error, EXIT_USED_WRONGLY, "a page runs no program");
}

void force_say(unsigned force, Text *out)
{
    (void)force, (void)out;
}
