/* figure guidance: one noise painted as every class with more and more guidance, a row for each strength. */
#include "figure_page.h"
#include "picture_grid.h"

#include "tiny_model/painting.h"

#include <math.h>
#include <stdlib.h>

enum { STRENGTHS = 5, STEPS = 20, MOST_SHOWN = 16, LEFT = 58, GAP = 8, SIDE = 72 };
static const double W[STRENGTHS] = {0, 1, 2, 4, 8};

typedef struct {
    int rows, cols, classes;
    double *numbers;           /* [STRENGTHS x classes x rows cols] */
    double moved[STRENGTHS];   /* rms from the picture of w = 0, over all classes */
} Grid;

static bool paint(const Spec *spec, DrawList *list, Grid *grid, Error *error)
{
    const Model *model = &spec->session->model;
    int numbers = model->system->painter->numbers(model, &grid->rows, &grid->cols), states[STEPS + 1];
    int cells = grid->rows * grid->cols, shown = model->system->painter->classes(model);
    grid->classes = shown < MOST_SHOWN ? shown : MOST_SHOWN;
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
        Painting how = {.solver = SOLVER_EULER, .steps = STEPS, .count = 1, .classes = &class,
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
            draw_format(list, "w = %g, class %d, [%d,%d] = %.4g", W[i / grid->classes], i % grid->classes,
                        k / grid->cols, k % grid->cols, number);
    }
    draw_outline(list, x, y, grid->cols * pixel, grid->rows * pixel, spec->theme->muted, 1);
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Grid grid = {0};
    page_begin(list, spec);
    if (!paint(spec, list, &grid, error))
        return false;
    int longest = grid.rows > grid.cols ? grid.rows : grid.cols;
    double side = fmin(SIDE, (page_width(spec) - LEFT) / grid.classes - GAP), pixel = floor(side / longest);
    pixel = pixel < 1 ? 1 : pixel;
    double across = pixel * grid.cols + GAP, down = pixel * grid.rows + GAP, top = PAGE_TOP + 14;
    for (int w = 0; w < STRENGTHS; w++)
        draw_text(list, PAGE_MARGIN + LEFT - 8, top + w * down + pixel * grid.rows / 2 + 4, ALIGN_RIGHT, TEXT_SIZE,
                  spec->theme->ink, draw_format(list, "w = %g", W[w]));
    for (int class = 0; class < grid.classes; class++)
        draw_text(list, PAGE_MARGIN + LEFT + class * across + pixel * grid.cols / 2, top - 6, ALIGN_CENTER, TEXT_SIZE,
                  spec->theme->ink, draw_format(list, "%d", class));
    for (int i = 0; i < STRENGTHS * grid.classes; i++)
        draw_picture(spec, list, &grid, i, PAGE_MARGIN + LEFT + i % grid.classes * across,
                     top + (double)(i / grid.classes) * down, pixel);
    const char *told = draw_format(
        list, "One noise, painted as each of %d classes with v_u + w (v_c - v_u) in %d Euler steps. With w = 0 the "
        "class is not heard and all are the same picture. From that one the others are off by (rms) %.2g with w = 1, "
        "%.2g with 2, %.2g with 4, %.2g with 8.", grid.classes, STEPS, grid.moved[1], grid.moved[2], grid.moved[3],
        grid.moved[4]);
    page_end(list, spec, PAGE_MARGIN + LEFT + grid.classes * across, top + STRENGTHS * down, "Guidance by class", told,
             draw_format(list, "Grid of pictures, a column for each class, a row for each strength. %s", told));
    return true;
}

static bool fits(const Session *session, const char **why)
{
    const Model *model = &session->model;
    *why = "this model is told no classes that it could paint";
    return model->system->painter && model->system->painter->classes(model) > 0;
}

const Figure GUIDANCE_FIGURE = {
    .name = "guidance", .words = "",
    .shows = "one noise painted as every class, with guidance 0, 1, 2, 4 and 8",
    .fits = fits, .draw = draw,
};
