/* figure guidance: one noise painted as every class, or after some captions, with more and more guidance, a row for
 * each strength. */
#include "figure_page.h"
#include "picture_grid.h"
#include "tracer/session/paintings.h"

#include "tiny_model/painting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STRENGTHS = 5, STEPS = 20, MOST_SHOWN = 16, MOST_TOLD = 10, LEFT = 58, GAP = 8, SIDE = 72, LINE = 14 };
static const double W[STRENGTHS] = {0, 1, 2, 4, 8};

typedef struct {
    int rows, cols;
    int classes;               /* or captions */
    const char *asked[MOST_SHOWN]; /* what each column shows, in words */
    Caption captions[MOST_SHOWN];
    bool told;                 /* in words */
    double *numbers;           /* [STRENGTHS x classes x rows cols] */
    double moved[STRENGTHS];   /* rms from the picture of w = 0, over all classes */
} Grid;

/* Some of all captions, from the first to the last. */
static bool take_captions(const Model *model, Arena *arena, Grid *grid, Error *error)
{
    const char *caption;
    if (!(grid->told = paintings_some_caption(model, 0, 1) != NULL))
        return true;
    for (int *i = &grid->classes; (caption = paintings_some_caption(model, *i, MOST_TOLD)); (*i)++) {
        grid->asked[*i] = caption;
        if (!model->system->painter->caption(model, caption, arena, &grid->captions[*i], error))
            return false;
    }
    return true;
}

static void take_classes(const Model *model, DrawList *list, Grid *grid)
{
    int classes = model->system->painter->classes(model);
    grid->classes = classes < MOST_SHOWN ? classes : MOST_SHOWN;
    for (int i = 0; i < grid->classes; i++)
        grid->asked[i] = draw_format(list, "%d", i);
}

static bool paint(const Spec *spec, DrawList *list, Grid *grid, Error *error)
{
    const Model *model = &spec->session->model;
    int numbers = model->system->painter->numbers(model, &grid->rows, &grid->cols), states[STEPS + 1];
    int cells = grid->rows * grid->cols;
    double *noise = draw_room(list, (size_t)numbers * sizeof *noise);
    grid->numbers = draw_room(list, (size_t)(STRENGTHS * grid->classes * cells) * sizeof *grid->numbers);
    Run run;
    if (!noise || !grid->numbers)
        return error_memory(error);
    painting_noise(0, 0, noise, (size_t)numbers);
    if (!run_clone(&run, &spec->session->run, error))
        return false;
    bool whole = true;
    for (int i = 0; i < STRENGTHS * grid->classes && whole; i++) {
        int class = i % grid->classes;
        Painting how = {.solver = SOLVER_EULER, .steps = STEPS, .count = 1, .classes = grid->told ? NULL : &class,
                        .captions = grid->told ? &grid->captions[class] : NULL,
                        .guidance = W[i / grid->classes], .noise = noise};
        whole = run_paint(&run, &how, states, error);
        for (int k = 0; k < cells && whole; k++) {
            double number = tape_value(&run.tape, states[STEPS])->data[k];
            double off = number - (i < grid->classes ? number : grid->numbers[class * cells + k]);
            grid->numbers[i * cells + k] = number;
            grid->moved[i / grid->classes] += off * off / (grid->classes * cells);
        }
    }
    for (int w = 0; w < STRENGTHS; w++)
        grid->moved[w] = sqrt(grid->moved[w]);
    run_free(&run);
    return whole;
}

static void draw_picture(const Spec *spec, DrawList *list, const Grid *grid, int i, double x, double y,
                         double pixel)
{
    for (int k = 0; k < grid->rows * grid->cols; k++) {
        double number = grid->numbers[i * grid->rows * grid->cols + k];
        unsigned char grey = (unsigned char)grey_of(number);
        draw_rect(list, x + k % grid->cols * pixel, y + (double)(k / grid->cols) * pixel, pixel, pixel,
                  (Rgb){grey, grey, grey})->tip =
            draw_format(list, "w = %g, %s%s, [%d,%d] = %.4g", W[i / grid->classes], grid->told ? "" : "class ",
                        grid->asked[i % grid->classes], k / grid->cols, k % grid->cols, number);
    }
    draw_outline(list, x, y, grid->cols * pixel, grid->rows * pixel, spec->theme->muted, 1);
}

static int words_in(const char *text)
{
    int count = 1;
    for (; *text; text++)
        count += *text == ' ';
    return count;
}

/* A word a line, the last of them just above the pictures. */
static void draw_asked(const Spec *spec, DrawList *list, const Grid *grid, double across, double wide, double top)
{
    for (int i = 0; i < grid->classes; i++) {
        int lines = words_in(grid->asked[i]);
        const char *word = grid->asked[i];
        for (int line = lines - 1; line >= 0; line--) {
            int length = (int)strcspn(word, " ");
            draw_text(list, PAGE_MARGIN + LEFT + i * across + wide / 2, top - 6 - line * LINE, ALIGN_CENTER, TEXT_SIZE,
                      spec->theme->ink, draw_format(list, "%.*s", length, word));
            word += length + (word[length] == ' ');
        }
    }
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Grid grid = {0};
    Arena arena = {0};
    const Model *model = &spec->session->model;
    page_begin(list, spec);
    if (!paintings_some_caption(model, 0, 1))
        take_classes(model, list, &grid);
    bool whole = take_captions(model, &arena, &grid, error) && paint(spec, list, &grid, error);
    arena_free(&arena);
    if (!whole)
        return false;
    int longest = grid.rows > grid.cols ? grid.rows : grid.cols;
    double side = fmin(SIDE, (page_width(spec) - LEFT) / grid.classes - GAP), pixel = floor(side / longest);
    pixel = pixel < 1 ? 1 : pixel;
    double across = pixel * grid.cols + GAP, down = pixel * grid.rows + GAP, top = PAGE_TOP + LINE;
    int lines = 1;
    for (int i = 0; i < grid.classes; i++)
        lines = words_in(grid.asked[i]) > lines ? words_in(grid.asked[i]) : lines;
    top += (lines - 1) * LINE;
    for (int w = 0; w < STRENGTHS; w++)
        draw_text(list, PAGE_MARGIN + LEFT - 8, top + w * down + pixel * grid.rows / 2 + 4, ALIGN_RIGHT, TEXT_SIZE,
                  spec->theme->ink, draw_format(list, "w = %g", W[w]));
    draw_asked(spec, list, &grid, across, pixel * grid.cols, top);
    for (int i = 0; i < STRENGTHS * grid.classes; i++)
        draw_picture(spec, list, &grid, i, PAGE_MARGIN + LEFT + i % grid.classes * across,
                     top + (double)(i / grid.classes) * down, pixel);
    const char *told = draw_format(
        list, "One noise, painted %s with v_u + w (v_c - v_u) in %d Euler steps. With w = 0 the "
        "%s is not heard and all are the same picture. From that one the others are off by (rms) %.2g with w = 1, "
        "%.2g with 2, %.2g with 4, %.2g with 8.",
        grid.told ? "after each caption" : draw_format(list, "as each of %d classes", grid.classes), STEPS,
        grid.told ? "caption" : "class", grid.moved[1], grid.moved[2], grid.moved[3],
        grid.moved[4]);
    page_end(list, spec, PAGE_MARGIN + LEFT + grid.classes * across, top + STRENGTHS * down,
             grid.told ? "Guidance by caption" : "Guidance by class", told,
             draw_format(list, "Grid of pictures, a column for each %s, a row for each strength. %s",
                         grid.told ? "caption" : "class", told));
    return true;
}

static bool fits(const Session *session, const char **why)
{
    const Model *model = &session->model;
    *why = "this model is told neither classes nor captions that it could paint";
    return model->system->painter &&
           (model->system->painter->classes(model) > 0 || paintings_some_caption(model, 0, 1));
}

const Figure GUIDANCE_FIGURE = {
    .name = "guidance", .words = "",
    .shows = "one noise painted as every class, or after captions, with guidance 0, 1, 2, 4 and 8",
    .fits = fits, .draw = draw,
};
