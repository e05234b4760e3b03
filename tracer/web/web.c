/* The stepper behind a page; see web.h. */
#include "web.h"

#include "tiny_model/tokenizer/tokenizer.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/stepper/click.h"
#include "tracer/stepper/places.h"
#include "tracer/stepper/screen.h"
#include "tracer/stepper/settings_file.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_WEB_WORDS = 64, WORD_END = 0x1f, RUN_END = 0x1e };

Web *web_new(void)
{
    /* Only the widths of characters ask the locale. */
    locale_prepare();
    return calloc(1, sizeof(Web));
}

static void close_stepping(Stepping *stepping)
{
    if (stepping)
        stepping_close(stepping);
    free(stepping);
}

void web_free(Web *web)
{
    close_stepping(web->stepping);
    free(web->words);
    text_free(&web->out);
    free(web);
}

Text *web_begin(Web *web)
{
    text_free(&web->out);
    return &web->out;
}

const char *web_end(Web *web)
{
    return web->out.failed || !web->out.data ? "" : web->out.data;
}

const char *web_error(const Web *web)
{
    return web->error.code ? web->error.text : "";
}

/* Cuts a copy of the words at their ends; returns how many there are, -1 and *error if that cannot be. */
static int cut_words(const char *words, char **copy, char *list[MOST_WEB_WORDS], Error *error)
{
    int count = 0;
    *copy = strdup(words);
    if (!*copy) {
        error_memory(error);
        return -1;
    }
    for (char *at = *copy, *end; (end = strchr(at, WORD_END)); at = end + 1) {
        if (count == MOST_WEB_WORDS) {
            error_set(error, EXIT_USED_WRONGLY, "more than %d words", MOST_WEB_WORDS);
            return -1;
        }
        *end = '\0';
        list[count++] = at;
    }
    return count;
}

static State *state_of(const Web *web)
{
    return &web->stepping->stepper.state;
}

/* The settings of before, unless there is more to say. */
static void begin(Web *web)
{
    State *state = state_of(web);
    char said[MESSAGE_SIZE];
    memcpy(said, state->view.message.text, sizeof said);
    settings_load(state);
    if (*said)
        state_say(state, "%s", said);
}

int web_open(Web *web, const char *words)
{
    extern const Command STEP_COMMAND;
    char *copy = NULL, *list[MOST_WEB_WORDS];
    Arguments *arguments = malloc(sizeof *arguments);
    Stepping *stepping = malloc(sizeof *stepping);
    web->error = (Error){0};
    int count = arguments && stepping ? cut_words(words, &copy, list, &web->error) : -1;
    bool whole = count >= 0 && arguments_take(&STEP_COMMAND, -1, count, list, arguments, &web->error) &&
                 stepping_open(stepping, arguments, option_of(arguments, "--ascii") != NULL, &web->error);
    if (!arguments || !stepping)
        error_memory(&web->error);
    if (whole) {
        close_stepping(web->stepping);
        free(web->words);
        web->stepping = stepping;
        web->words = copy;
        web->arguments = *arguments;
        begin(web);
    } else {
        free(stepping);
        free(copy);
    }
    free(arguments);
    return whole;
}

int web_command(Web *web, const char *words)
{
    char *copy = NULL, *list[MOST_WEB_WORDS];
    Arguments *arguments = malloc(sizeof *arguments);
    web->error = (Error){0};
    int count = arguments ? cut_words(words, &copy, list, &web->error) : -1;
    int code = EXIT_INPUT_OUTPUT;
    if (!arguments)
        error_memory(&web->error);
    if (count >= 0 && arguments_parse(count, list, arguments, &web->error)) {
        code = arguments->command->run(arguments, &web->error);
        stdout_finish(&web->error);
    }
    free(arguments);
    free(copy);
    return web->error.code ? web->error.code : code;
}

/* A page is closed by its reader alone; the file that was asked for is written. */
static int finish(Web *web, int step, bool walks, int rows, int cols)
{
    State *state = state_of(web);
    bool jumped = state->view.cursor.step != step && !walks;
    if (state->errand.quit)
        state_say(state, "nothing is left open: close the page, or go on");
    state->errand.quit = false;
    settings_save(state);
    memcpy(web->written, state->errand.write_to, sizeof web->written);
    view_write(state, rows, cols);
    if (state->view.message.complains)
        web->written[0] = '\0';
    return (jumped ? WEB_JUMPED : 0) | (*web->written ? WEB_WROTE : 0);
}

int web_key(Web *web, int code, int rows, int cols)
{
    int step = state_of(web)->view.cursor.step;
    bool walks = code > 0 && code < 0x80 && strchr("nNsSfFcC ", code);
    stepper_key(state_of(web), code);
    return finish(web, step, walks, rows, cols);
}

int web_click(Web *web, int row, int col, int click, int rows, int cols)
{
    int step = state_of(web)->view.cursor.step;
    if (click < CLICK || click > WHEEL_DOWN)
        return 0;
    stepper_click(state_of(web), rows, cols, row, col, (Click)click);
    return finish(web, step, false, rows, cols);
}

const char *web_written(const Web *web)
{
    return web->written;
}

static bool same_run(const GridCell *a, const GridCell *b)
{
    return a->style.flags == b->style.flags && a->style.heat == b->style.heat;
}

static void add_row(const GridCell *cells, int cols, Text *out)
{
    for (int col = 0; col < cols;) {
        bool wide = col + 1 < cols && cells[col + 1].point == 0;
        int end = col + 1 + wide;
        while (!wide && end < cols && same_run(&cells[col], &cells[end]) && !(end + 1 < cols && !cells[end + 1].point))
            end++;
        text_add(out, "%d%c%d%c", cells[col].style.flags | (wide ? WEB_WIDE : 0), WORD_END, cells[col].style.heat,
                 WORD_END);
        for (; col < end; col++) {
            char bytes[4];
            if (cells[col].point)
                text_put(out, bytes, (size_t)utf8_encode(cells[col].point, bytes));
        }
        text_add(out, "%c", RUN_END);
    }
    text_add(out, "\n");
}

const char *web_grid(Web *web, int rows, int cols)
{
    Grid grid;
    Text *out = web_begin(web);
    if (rows < 1 || cols < 1 || !stepper_grid(state_of(web), &grid, rows, cols))
        return "";
    text_add(out, "%d %d\n", grid.cursor_row, grid.cursor_col);
    for (int row = 0; row < rows; row++)
        add_row(&grid.cells[(size_t)row * (size_t)cols], cols, out);
    grid_free(&grid);
    return web_end(web);
}

static void add_color(int color, Text *out)
{
    int rgb[3];
    xterm_rgb(color, rgb);
    text_add(out, "#%02x%02x%02x", (unsigned)rgb[0], (unsigned)rgb[1], (unsigned)rgb[2]);
}

const char *web_palette(Web *web)
{
    Text *out = web_begin(web);
    for (int level = -HEAT_SIDE; level <= HEAT_SIDE; level++) {
        HeatColors colors = heat_colors(level);
        add_color(colors.fore, out);
        text_add(out, " ");
        add_color(colors.back, out);
        text_add(out, "\n");
    }
    return web_end(web);
}
