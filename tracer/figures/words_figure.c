/* figure words: a picture on its way from noise to what a caption says, and for every word how much each patch looks at
 * it, the mean over the heads of all blocks. */
#include "figure_page.h"
#include "picture_grid.h"
#include "value_panel.h"

#include "tiny_model/painting.h"
#include "tracer/query/parts.h"
#include "tracer/session/paintings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { STAGES = 5, STEPS = 20, SIDE = 84, LEFT = 58, GAP = 8, BETWEEN = 26, MOST_TOKENS_SHOWN = 10, NAME_ROOM = 32 };
static const int BEFORE[STAGES] = {0, 5, 10, 15, 19}; /* the solver steps that are shown */

typedef struct {
    int rows, cols, side;                  /* of a picture; patches in a row of it */
    int patches, words, left_out;          /* words that are shown, and those for which there is no room */
    const char *labels[MOST_TOKENS_SHOWN];
    double *pictures;                      /* [STAGES x rows cols] */
    double *looks;                         /* [STAGES x words x patches] */
    double share[MOST_TOKENS_SHOWN];       /* mean over stages and patches */
} Looks;

/* Adds the weights of one head to those of a stage. */
static void add_head(Looks *looks, int stage, const Value *weights)
{
    for (int w = 0; w < looks->words; w++)
        for (int p = 0; p < looks->patches; p++)
            looks->looks[(stage * looks->words + w) * looks->patches + p] += weights->data[p * weights->cols + w];
}

/* The stage that a map of attention belongs to, if it is one of patches to words; else -1. */
static int stage_of(const Tape *tape, int map)
{
    const Value *weights = tape_value(tape, map);
    const char *path = part_map_path(tape, map);
    for (int s = 0; s < STAGES && weights->row_axis != weights->col_axis; s++) {
        char step[NAME_ROOM];
        int length = snprintf(step, sizeof step, "euler%d.", BEFORE[s]);
        if (strncmp(path, step, (size_t)length) == 0)
            return s;
    }
    return -1;
}

/* The words of the caption, those that are no padding. */
static void take_words(Looks *looks, DrawList *list, const Tape *tape, const Value *weights)
{
    const Axis *axis = &tape->axes[weights->col_axis];
    looks->patches = weights->rows;
    looks->side = (int)lround(sqrt((double)looks->patches * looks->cols / looks->rows));
    for (int w = 0; w < weights->cols && (w == 0 || weights->data[w] > 0); w++)
        if (looks->words < MOST_TOKENS_SHOWN)
            looks->labels[looks->words++] = draw_format(list, "%s", axis->labels[w]);
        else
            looks->left_out++;
}

static bool looks_room(Looks *looks, DrawList *list)
{
    size_t all = (size_t)STAGES * (size_t)looks->words * (size_t)looks->patches;
    looks->looks = draw_room(list, all * sizeof(double));
    for (size_t i = 0; looks->looks && i < all; i++)
        looks->looks[i] = 0;
    return looks->looks != NULL;
}

static bool keep(Looks *looks, DrawList *list, const Tape *tape, const int *states, Error *error)
{
    size_t cells = (size_t)looks->rows * (size_t)looks->cols;
    int heads[STAGES] = {0};
    for (int i = 0, map; (map = part_map(tape, i)) >= 0; i++) {
        int stage = stage_of(tape, map);
        if (stage < 0)
            continue;
        if (!looks->looks) {
            take_words(looks, list, tape, tape_value(tape, map));
            if (!looks_room(looks, list))
                return error_memory(error);
        }
        add_head(looks, stage, tape_value(tape, map));
        heads[stage]++;
    }
    for (int s = 0; s < STAGES; s++) {
        memcpy(looks->pictures + (size_t)s * cells, tape_value(tape, states[BEFORE[s]])->data, cells * sizeof(double));
        for (int i = 0; i < looks->words * looks->patches; i++) {
            double *look = &looks->looks[s * looks->words * looks->patches + i];
            *look /= heads[s];
            looks->share[i / looks->patches] += *look / (STAGES * looks->patches);
        }
    }
    return true;
}

static bool walk(const Spec *spec, DrawList *list, Looks *looks, Error *error)
{
    const Model *model = &spec->session->model;
    const Painter *painter = model->system->painter;
    int states[STEPS + 1], numbers = painter->numbers(model, &looks->rows, &looks->cols);
    double *noise = draw_room(list, (size_t)numbers * sizeof *noise);
    Arena arena = {0};
    Caption caption;
    Run run;
    looks->pictures = draw_room(list, STAGES * (size_t)looks->rows * (size_t)looks->cols * sizeof(double));
    if (!noise || !looks->pictures)
        return error_memory(error);
    painting_noise(0, 0, noise, (size_t)numbers);
    bool whole = painter->caption(model, spec->name, &arena, &caption, error);
    if (whole && (whole = run_clone(&run, &spec->session->run, error))) {
        Painting how = {.solver = SOLVER_EULER, .steps = STEPS, .count = 1, .guidance = 1, .noise = noise,
                        .captions = &caption};
        whole = run_paint(&run, &how, states, error) && keep(looks, list, &run.tape, states, error);
        run_free(&run);
    }
    arena_free(&arena);
    return whole;
}

/* A column for the picture and one for each word, a row for each stage; returns where it ends below. */
static double draw_stages(const Spec *spec, DrawList *list, const Looks *looks, const Scale *scale, double left,
                          double top)
{
    double high = (double)SIDE * looks->rows / looks->cols, down = high + GAP;
    int side = looks->side, cells = looks->rows * looks->cols;
    for (int s = 0; s < STAGES; s++) {
        double y = top + s * down;
        draw_text(list, left - 8, y + high / 2 + 4, ALIGN_RIGHT, TEXT_SIZE, spec->theme->ink,
                  draw_format(list, "t = %g", 1 - (double)BEFORE[s] / STEPS));
        picture_cells_draw(list, spec->theme, SIDE, looks->pictures + (size_t)s * (size_t)cells, looks->rows,
                           looks->cols, NULL, (Point){left, y});
        for (int w = 0; w < looks->words; w++)
            picture_cells_draw(list, spec->theme, SIDE, looks->looks + (s * looks->words + w) * looks->patches,
                               looks->patches / side, side, scale,
                               (Point){left + SIDE + BETWEEN + (double)w * (SIDE + GAP), y});
    }
    return top + STAGES * down - GAP;
}

static const char *told_shares(DrawList *list, const Looks *looks)
{
    const char *told = "";
    for (int w = 0; w < looks->words; w++)
        told = draw_format(list, "%s%s %.2f on \"%s\"", told, w ? "," : "", looks->share[w], looks->labels[w]);
    return told;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Looks looks = {0};
    page_begin(list, spec);
    if (!walk(spec, list, &looks, error))
        return false;
    Scale scale = spec->ranged ? (Scale){spec->low, spec->high, spec->low < 0} : (Scale){0, 1, false};
    double left = PAGE_MARGIN + LEFT, first = left + SIDE + BETWEEN, top = PAGE_TOP + 16;
    double right = first + looks.words * (SIDE + GAP);
    draw_text(list, left + SIDE / 2.0, top - 7, ALIGN_CENTER, TEXT_SIZE, spec->theme->ink, "picture");
    for (int w = 0; w < looks.words; w++)
        draw_text(list, first + w * (SIDE + GAP) + SIDE / 2.0, top - 7, ALIGN_CENTER, TEXT_SIZE, spec->theme->ink,
                  looks.labels[w]);
    double bottom = draw_stages(spec, list, &looks, &scale, left, top);
    right += 8 + draw_color_bar(list, spec->theme, scale, right + 8, top, bottom - top);
    const char *told = draw_format(
        list, "How much every patch looks at each word of \"%s\", the mean over heads and blocks; the weights of a "
        "patch add up to 1%s. Over all patches and stages:%s. One noise, %d Euler steps.", spec->name,
        looks.left_out ? draw_format(list, " with those of %d more words", looks.left_out) : "",
        told_shares(list, &looks), STEPS);
    page_end(list, spec, right, bottom, "What the patches read", told,
             draw_format(list, "Five pictures from noise to picture, beside each a map of patches for every word. %s",
                         told));
    return true;
}

static bool fits(const Session *session, const char **why)
{
    *why = "this model is told nothing in words";
    return paintings_some_caption(&session->model, 0, 1) != NULL;
}

static bool usual(const Session *session, char *name, size_t size)
{
    const char *caption = paintings_some_caption(&session->model, 0, 1);
    return caption && snprintf(name, size, "%s", caption) < (int)size;
}

const Figure WORDS_FIGURE = {
    .name = "words", .words = "[CAPTION]",
    .shows = "a picture on its way from noise to what a caption says, and which patch looks at which word",
    .takes = TAKES_COLORS,
    .fits = fits, .usual = usual, .draw = draw,
};
