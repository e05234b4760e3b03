/* tracer screen: the screen that the stepper would show after some keys, as text. */
#include "stepping.h"

#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/stepper/keys.h"
#include "tracer/stepper/screen.h"

#include <string.h>

enum { MOST_ROWS = 200, MOST_COLS = 500 };

static bool parse_size(const char *text, int *rows, int *cols, Error *error)
{
    char width[8] = "";
    const char *cross = text ? strchr(text, 'x') : NULL;
    long number[2];
    if (!text) {
        *cols = 80;
        *rows = 24;
        return true;
    }
    if (cross && cross - text < (long)sizeof width)
        memcpy(width, text, (size_t)(cross - text));
    if (!cross || !parse_integer(width, 1, MOST_COLS, &number[0]) ||
        !parse_integer(cross + 1, 1, MOST_ROWS, &number[1]))
        return error_set(error, EXIT_USED_WRONGLY, "\"%.40s\" is no size; write COLUMNSxROWS from 1x1 to %dx%d", text,
                         MOST_COLS, MOST_ROWS);
    *cols = (int)number[0];
    *rows = (int)number[1];
    return true;
}

/* Before anything is recorded: a typing error in the keys shall not cost a training run. */
static bool check_keys(const char *keys, Error *error)
{
    int code;
    while ((code = key_parse(&keys)) > 0)
        continue;
    if (code < 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%.*s\" is no key; there are <Enter> <Tab> <Esc> <Backspace> <Space> <Up> <Down> <Left> "
                         "<Right> <Home> <End> <PageUp> <PageDown>",
                         (int)(strcspn(keys, ">") + 1), keys);
    return true;
}

static bool print_screen(const State *state, int rows, int cols, Error *error)
{
    Grid grid;
    Text text = {0};
    if (!stepper_grid(state, &grid, rows, cols))
        return error_memory(error);
    grid_text(&grid, &text);
    bool whole = (!text.failed && !grid.failed) || error_memory(error);
    grid_free(&grid);
    whole = whole && print_text(&text, error);
    text_free(&text);
    return whole && stdout_finish(error);
}

static int run(const Arguments *arguments, Error *error)
{
    int rows = 0, cols = 0, code;
    const char *keys = option_of(arguments, "--keys");
    Stepping stepping;
    keys = keys ? keys : "";
    if (!parse_size(option_of(arguments, "--size"), &rows, &cols, error) || !check_keys(keys, error))
        return error->code;
    /* For the widths of characters; the text that is printed is UTF-8 wherever it goes. */
    locale_prepare();
    if (!stepping_open(&stepping, arguments, option_of(arguments, "--ascii") != NULL, error))
        return error->code;
    while ((code = key_parse(&keys)) > 0)
        stepper_key(&stepping.stepper.state, code);
    print_screen(&stepping.stepper.state, rows, cols, error);
    stepping_close(&stepping);
    return error->code;
}

const Command SCREEN_COMMAND = {
    .name = "screen", .words = "", .summary = "prints the screen that the stepper would show after some keys",
    .details = "Keys are characters or <Enter> <Tab> <Up> <Down> <Left> <Right> <Esc> <Backspace> <Space> <Home> "
               "<End>\n"
               "<PageUp> <PageDown>. The size is columns x rows; without it 80x24.\n",
    .example = "screen --keys 'cn<Enter>' --size 120x40",
    .options = {{"--keys", "KEYS", "the keys, one after the other"},
                {"--size", "80x24", "columns and rows, 1x1 to 500x200"},
                STEPPING_OPTIONS},
    .run = run,
};
