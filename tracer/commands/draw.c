/* tracer draw: pictures from noise. */
#include "command.h"

#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/base/progress.h"
#include "tracer/figures/picture_grid.h"
#include "tracer/output/picture.h"
#include "tracer/query/why.h"
#include "tracer/session/paintings.h"

#include <stdlib.h>
#include <string.h>

enum { USUAL_ACROSS = 10, MOST_FRAMES = 9, MOST_SCALE = 64, COLUMNS_OF_A_TERMINAL = 79 };

/* What the command line wants beside the pictures. */
typedef struct {
    const char *file, *why;
    const PictureFormat *format;   /* of the file; NULL: there is none */
    bool json, strip;
    long scale, across;
    int frames;                    /* states of a picture that are shown */
    double *shown;                 /* [frames x count x rows cols], for a strip [count x frames x rows cols] */
    int digits;
} Drawn;

static bool drawn_of(const Arguments *arguments, Drawn *drawn, Error *error)
{
    *drawn = (Drawn){.file = option_of(arguments, "-o"), .why = option_of(arguments, "--why"),
                     .json = option_of(arguments, "--json") != NULL, .strip = option_of(arguments, "--strip") != NULL,
                     .digits = arguments->digits};
    if (drawn->file && !(drawn->format = picture_format(NULL, drawn->file, error)))
        return false;
    return option_number(arguments, "--scale", 1, MOST_SCALE, 1, &drawn->scale, error) &&
           option_number(arguments, "--columns", 1, MOST_PICTURES, 0, &drawn->across, error) &&
           (!drawn->file || file_writable(drawn->file, error));
}

/* Which of the steps + 1 states is the i-th that is shown; the last one always is. */
static int frame_at(const Drawn *drawn, const Paintings *pictures, int i)
{
    return drawn->frames == 1 ? pictures->how.steps : i * pictures->how.steps / (drawn->frames - 1);
}

static void keep(Drawn *drawn, const Paintings *pictures, const Run *run, int picture, const int *states)
{
    size_t cells = (size_t)pictures->rows * (size_t)pictures->cols;
    for (int f = 0; f < drawn->frames; f++) {
        size_t at = drawn->strip ? (size_t)picture * (size_t)drawn->frames + (size_t)f
                                 : (size_t)f * (size_t)pictures->how.count + (size_t)picture;
        memcpy(drawn->shown + at * cells, tape_value(&run->tape, states[frame_at(drawn, pictures, f)])->data,
               cells * sizeof *drawn->shown);
    }
}

static bool tell_json(const Paintings *pictures, int picture, const double *numbers, Error *error)
{
    Text line = {0};
    text_add(&line, "{\"picture\": %d, \"class\": ", picture);
    if (pictures->class_of)
        text_add(&line, "%d", pictures->class_of[picture]);
    else
        text_add(&line, "null");
    if (pictures->said) {
        text_add(&line, ", \"caption\": ");
        text_json_string(&line, pictures->said[picture]);
    }
    text_add(&line, ", \"rows\": %d, \"columns\": %d, \"x\": [", pictures->rows, pictures->cols);
    for (int k = 0; k < pictures->rows * pictures->cols; k++) {
        char number[NUMBER_SIZE];
        text_add(&line, "%s%s", k ? ", " : "", number_json(number, numbers[k]));
    }
    text_add(&line, "]}\n");
    bool whole = print_text(&line, error);
    text_free(&line);
    return whole;
}

/* The arithmetic of a cell on the tape of the picture that was painted last. */
static bool tell_why(Session *session, const Drawn *drawn, Error *error)
{
    Reference cell;
    Text text = {0};
    FormulaStyle style = {.digits = drawn->digits};
    bool whole = session_index(session, error) && reference_parse(&session->names, drawn->why, &cell, error) &&
                 why_text(&session->names, cell, 1, style, &text, error) && print_text(&text, error);
    text_free(&text);
    return whole;
}

static bool paint_all(Session *session, const Paintings *pictures, Drawn *drawn, Error *error)
{
    int *states = malloc((size_t)(pictures->how.steps + 1) * sizeof *states);
    Progress progress = progress_begin("pictures");
    bool whole = states || error_memory(error);
    for (int i = 0; i < pictures->how.count && whole; i++) {
        whole = paintings_paint(&session->run, pictures, i, states, error);
        if (whole)
            keep(drawn, pictures, &session->run, i, states);
        if (whole && drawn->json) {
            progress_end(&progress);
            whole = tell_json(pictures, i, tape_value(&session->run.tape, states[pictures->how.steps])->data, error);
        }
        if (whole && drawn->why) {
            progress_end(&progress);
            whole = tell_why(session, drawn, error);
        }
        progress_show(&progress, i + 1, pictures->how.count);
    }
    progress_end(&progress);
    free(states);
    return whole;
}

static PictureGrid grid_of(const Drawn *drawn, const Paintings *pictures, int frame)
{
    size_t all = (size_t)pictures->how.count * (size_t)pictures->rows * (size_t)pictures->cols;
    if (drawn->strip)
        return (PictureGrid){drawn->shown, pictures->how.count * drawn->frames, pictures->rows, pictures->cols,
                             drawn->frames};
    int usual = pictures->how.count < USUAL_ACROSS ? pictures->how.count : USUAL_ACROSS;
    return (PictureGrid){drawn->shown + (size_t)frame * all, pictures->how.count, pictures->rows, pictures->cols,
                         drawn->across ? (int)drawn->across : usual};
}

static bool write_file(const Arguments *arguments, const Drawn *drawn, const Paintings *pictures, Error *error)
{
    DrawList lists[MOST_FRAMES] = {0};
    Text out = {0}, line = {0};
    int count = drawn->strip ? 1 : drawn->frames;
    text_add(&line, "tracer draw");
    session_command_line(&arguments->run, &line);
    for (int i = 0; i < count; i++) {
        PictureGrid grid = grid_of(drawn, pictures, i);
        picture_grid_draw(&grid, &lists[i]);
        lists[i].title = "pictures from noise";
        lists[i].description = draw_format(&lists[i], "%d pictures of %d x %d numbers, %d side by side, %ld pixels a "
                                           "number; black is -1, white is 1",
                                           grid.count, grid.rows, grid.cols, grid.across, drawn->scale);
    }
    PictureOptions options = {.scale = (double)drawn->scale, .dpi = 96, .command = line.data, .date = NO_DATE};
    bool whole = true;
    for (int i = 0; i < count; i++)
        whole = whole && (!lists[i].failed || error_memory(error));
    whole = whole && (!line.failed || error_memory(error)) &&
            drawn->format->write(lists, count, &options, &out, error) &&
            file_write(drawn->file, out.data, out.length, error);
    for (int i = 0; i < count; i++)
        draw_list_free(&lists[i]);
    text_free(&out);
    text_free(&line);
    return whole;
}

/* Two rows of numbers in a line of letters: the upper half of a cell is its ink, the lower half its ground. */
static void add_half_blocks(const PictureGrid *grid, int first, int count, Text *out)
{
    for (int row = 0; row < grid->rows; row += 2) {
        for (int p = first; p < first + count; p++)
            for (int col = 0; col < grid->cols; col++) {
                const double *number = grid->numbers + ((size_t)p * (size_t)grid->rows + (size_t)row) *
                                                           (size_t)grid->cols + (size_t)col;
                int top = grey_of(*number), below = row + 1 < grid->rows ? grey_of(number[grid->cols]) : 0;
                text_add(out, "\033[38;2;%d;%d;%dm\033[48;2;%d;%d;%dm\u2580", top, top, top, below, below, below);
            }
        text_add(out, "\033[0m\n");
    }
}

/* Without colours: as dark as letters go, two columns a number so that squares stay squares. */
static void add_letters(const PictureGrid *grid, int first, int count, Text *out)
{
    static const char shades[] = " .:-=+*#%@";
    for (int row = 0; row < grid->rows; row++) {
        for (int p = first; p < first + count; p++)
            for (int col = 0; col < grid->cols; col++) {
                double number = grid->numbers[((size_t)p * (size_t)grid->rows + (size_t)row) * (size_t)grid->cols +
                                              (size_t)col];
                char shade = shades[grey_of(number) * 9 / 255];
                text_add(out, "%c%c", shade, shade);
            }
        while (out->length && out->data[out->length - 1] == ' ')
            out->data[--out->length] = '\0';
        text_add(out, "\n");
    }
}

static bool show(const Arguments *arguments, const Drawn *drawn, const Paintings *pictures, Error *error)
{
    PictureGrid grid = grid_of(drawn, pictures, drawn->strip ? 0 : drawn->frames - 1);
    bool colors = color_wanted(arguments);
    int wide = grid.cols * (colors ? 1 : 2), fit = wide < COLUMNS_OF_A_TERMINAL ? COLUMNS_OF_A_TERMINAL / wide : 1;
    int across = drawn->strip && drawn->frames <= fit ? drawn->frames : grid.across < fit ? grid.across : fit;
    Text out = {0};
    for (int first = 0; first < grid.count; first += across) {
        int count = grid.count - first < across ? grid.count - first : across;
        (colors ? add_half_blocks : add_letters)(&grid, first, count, &out);
    }
    bool whole = colors ? print_bytes(&out, error) : print_text(&out, error);
    text_free(&out);
    return whole;
}

static bool draw(const Arguments *arguments, Session *session, const Paintings *pictures, Drawn *drawn, Error *error)
{
    bool many = drawn->strip || (drawn->format && drawn->format->animated);
    drawn->frames = !many ? 1 : pictures->how.steps < MOST_FRAMES ? pictures->how.steps + 1 : MOST_FRAMES;
    size_t cells = (size_t)pictures->rows * (size_t)pictures->cols * (size_t)pictures->how.count;
    drawn->shown = malloc(cells * (size_t)drawn->frames * sizeof *drawn->shown);
    bool whole = drawn->shown ? paint_all(session, pictures, drawn, error) : error_memory(error);
    if (whole && drawn->file)
        whole = write_file(arguments, drawn, pictures, error);
    else if (whole && !drawn->json && !drawn->why)
        whole = show(arguments, drawn, pictures, error);
    free(drawn->shown);
    return whole;
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    Drawn drawn;
    if (!drawn_of(arguments, &drawn, error) || !session_open(&session, &arguments->run, error))
        return error->code;
    Paintings pictures;
    if (paintings_of(arguments, &session.model, &pictures, error))
        draw(arguments, &session, &pictures, &drawn, error);
    paintings_end(&pictures);
    session_close(&session);
    return error->code;
}

const Command DRAW_COMMAND = {
    .name = "draw", .words = "", .summary = "pictures from noise, by a model of flow matching",
    .details = "Each picture begins as noise at t = 1 and goes back along the velocities that the model says, to\n"
               "t = 0: x - dt velocity. Its steps are the frames euler0, euler1 ... (rk4_0 ...) of one tape, with\n"
               "velocity and x; with --guidance a velocity is asked for twice, in euler0.conditional and\n"
               "euler0.unconditional. --draw 'OPTIONS' with any other command shows that tape:\n"
               "tracer step --model flow --draw '--steps 4'.\n\n"
               "Without -o the pictures are shown in the terminal. In a file they stand side by side without a gap,\n"
               "ten in a row: a pixel a number (--scale makes it more), black for -1 and white for 1. An apng\n"
               "shows the way from noise to picture, --strip puts it into one row. --json prints one object a line\n"
               "with the numbers of a picture, row by row.\n"
               "--why explains a cell of each: euler3.x[0,7], euler0.velocity[0,2].\n",
    .example = "draw --model flow --steps 4 -n 2 --digits 2",
    .options = {{"-o", "FILE.png|apng|svg|pdf|txt", "write them there"},
                PICTURE_OPTIONS,
                {"--strip", NULL, "each in up to nine stages from noise to picture"},
                {"--columns", "N", "pictures side by side (10)"},
                {"--scale", "K", "pixels across a number (1)"},
                {"--why", "'NAME[r,c]'", "the arithmetic of a cell, for each picture"},
                {"--json", NULL, "one object a line"}},
    .learns = true,
    .run = run,
};
