/* figure velocities: a picture on its way from noise, and under each of its stages the velocity that the model says
 * there, red and blue around 0. */
#include "figure_page.h"
#include "picture_grid.h"
#include "value_panel.h"

#include "tiny_model/painting.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STAGES = 5, STEPS = 20, SIDE = 120, LEFT = 66, GAP = 8 };
static const int BEFORE[STAGES] = {0, 5, 10, 15, 19}; /* the solver steps that are shown */

typedef struct {
    int rows, cols, numbers;     /* of a picture; of a velocity, which is a row where codes are painted */
    double *pictures;            /* [STAGES x rows cols] */
    double *velocities;          /* [STAGES x numbers] */
    double rms[STAGES];          /* of a velocity */
    Scale scale;
} Way;

static bool has_classes(const Session *session)
{
    const Model *model = &session->model;
    return model->system->painter && model->system->painter->classes(model) > 0;
}

static bool class_of(const Spec *spec, int *class, Error *error)
{
    const Model *model = &spec->session->model;
    int classes = model->system->painter->classes(model);
    char *end;
    long asked = strtol(spec->name, &end, 10);
    *class = classes;
    if (strcmp(spec->name, "none") == 0)
        return true;
    if (classes == 0)
        return error_set(error, EXIT_USED_WRONGLY, "this model is told no classes; velocities none, not \"%.60s\"",
                         spec->name);
    if (end == spec->name || *end || asked < 0 || asked >= classes)
        return error_set(error, EXIT_USED_WRONGLY, "a class is from 0 to %d, or none, not \"%.60s\"", classes - 1,
                         spec->name);
    *class = (int)asked;
    return true;
}

static bool keep(Way *way, const Run *run, const int *states, Error *error)
{
    Names names;
    size_t cells = (size_t)way->rows * (size_t)way->cols, numbers = (size_t)way->numbers;
    if (!names_init(&names, &run->tape, error))
        return false;
    for (int s = 0; s < STAGES; s++) {
        char name[NUMBER_SIZE];
        snprintf(name, sizeof name, "euler%d.velocity", BEFORE[s]);
        double *velocity = way->velocities + (size_t)s * numbers;
        memcpy(way->pictures + (size_t)s * cells, tape_value(&run->tape, states[BEFORE[s]])->data,
               cells * sizeof(double));
        memcpy(velocity, tape_value(&run->tape, name_find(&names, name))->data, numbers * sizeof(double));
        for (size_t k = 0; k < numbers; k++)
            way->rms[s] += velocity[k] * velocity[k] / (double)numbers;
        way->rms[s] = sqrt(way->rms[s]);
    }
    way->scale = scale_of(way->velocities, STAGES * numbers, true);
    names_free(&names);
    return true;
}

static bool walk(const Spec *spec, DrawList *list, Way *way, Error *error)
{
    const Model *model = &spec->session->model;
    int class, states[STEPS + 1];
    if (!class_of(spec, &class, error))
        return false;
    way->numbers = model->system->painter->numbers(model, &way->rows, &way->cols);
    double *noise = draw_room(list, (size_t)way->numbers * sizeof *noise);
    way->pictures = draw_room(list, STAGES * (size_t)way->rows * (size_t)way->cols * sizeof(double));
    way->velocities = draw_room(list, STAGES * (size_t)way->numbers * sizeof(double));
    Run run;
    if (!noise || !way->pictures || !way->velocities)
        return error_memory(error);
    painting_noise(0, 0, noise, (size_t)way->numbers);
    if (!run_clone(&run, &spec->session->run, error))
        return false;
    Painting how = {.solver = SOLVER_EULER, .steps = STEPS, .count = 1, .guidance = 1, .noise = noise,
                    .classes = has_classes(spec->session) ? &class : NULL};
    bool whole = run_paint(&run, &how, states, error) && keep(way, &run, states, error);
    run_free(&run);
    return whole;
}

static void draw_words(const Spec *spec, DrawList *list, double top, double second)
{
    static const char *const words[2][2] = {{"picture", "so far"}, {"velocity", "there"}};
    for (int row = 0; row < 2; row++)
        for (int line = 0; line < 2; line++)
            draw_text(list, PAGE_MARGIN + LEFT - 8, (row ? second : top) + 14 + 14 * line, ALIGN_RIGHT, SMALL_SIZE,
                      spec->theme->muted, words[row][line]);
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Way way = {0};
    page_begin(list, spec);
    if (!walk(spec, list, &way, error))
        return false;
    if (spec->ranged)
        way.scale = (Scale){spec->low, spec->high, spec->low < 0};
    int cells = way.rows * way.cols;
    bool code = way.numbers != cells;
    int rows = code ? 1 : way.rows, cols = code ? way.numbers : way.cols;
    double top = PAGE_TOP + 16, second = top + (double)SIDE * way.rows / way.cols + GAP;
    double bottom = second + (double)SIDE * rows / cols, right = PAGE_MARGIN + LEFT + STAGES * (SIDE + GAP);
    draw_words(spec, list, top, second);
    for (int s = 0; s < STAGES; s++) {
        double x = PAGE_MARGIN + LEFT + (double)s * (SIDE + GAP);
        draw_text(list, x + SIDE / 2.0, top - 7, ALIGN_CENTER, TEXT_SIZE, spec->theme->ink,
                  draw_format(list, "t = %g", 1 - (double)BEFORE[s] / STEPS));
        picture_cells_draw(list, spec->theme, SIDE, way.pictures + s * cells, way.rows, way.cols, NULL,
                           (Point){x, top});
        picture_cells_draw(list, spec->theme, SIDE, way.velocities + s * way.numbers, rows, cols, &way.scale,
                           (Point){x, second});
    }
    double height = fmax(bottom - second, 76);
    right += 8 + draw_color_bar(list, spec->theme, way.scale, right + 8, second, height);
    const char *told = draw_format(
        list, "Every step takes the velocity off%s. Its size (rms) is %.3g at t = 1, %.3g at t = 0.5 and %.3g in the "
        "last step. One noise, %s, %d Euler steps.",
        code ? ", from the code that the picture is made of" : ": where it is positive the picture becomes darker",
        way.rms[0], way.rms[2], way.rms[STAGES - 1],
        strcmp(spec->name, "none") ? draw_format(list, "class %s", spec->name) : "nothing in particular", STEPS);
    page_end(list, spec, right, fmax(bottom, second + height), "Velocities on the way from noise", told,
             draw_format(list, "Five pictures from noise to picture, under each its velocity as a heatmap. %s", told));
    return true;
}

static bool fits(const Session *session, const char **why)
{
    *why = "this model paints nothing, so there is no velocity";
    return session->model.system->painter != NULL;
}

static bool usual(const Session *session, char *name, size_t size)
{
    snprintf(name, size, "%s", has_classes(session) ? "0" : "none");
    return true;
}

const Figure VELOCITIES_FIGURE = {
    .name = "velocities", .words = "[CLASS|none]",
    .shows = "a picture on its way from noise, and the velocity that the model says at each of five stages",
    .takes = TAKES_COLORS,
    .fits = fits, .usual = usual, .draw = draw,
};
