/* Painting; see painting.h. Chapters 35 and 37.
 *
 *   euler  x <- x - dt v(x, t)
 *   rk4    x <- x - dt (k1 + 2 (k2 + k3) + k4) / 6,  k1 = v(x, t), k2 = v(x - dt/2 k1, t - dt/2),
 *          k3 = v(x - dt/2 k2, t - dt/2), k4 = v(x - dt k3, t - dt) */
#include "painting.h"

#include "record.h"
#include "rules/rule.h"
#include "run_parts.h"
#include "system.h"

#include <string.h>

typedef struct {
    Scene *scene;
    const Painter *painter;
    const Painting *how;
    int count;
    short examples;
    Conditioning told[2];          /* nothing in particular, and what is asked for; classes are said in every step */
} Brush;

typedef struct {
    Run *run;
    const Painting *how;
    int *states;
} PaintingOnTape;

void painting_noise(uint64_t seed, size_t first, double *out, size_t count)
{
    Random random;
    random_seed(&random, seed);
    for (size_t i = 0; i < first; i++)
        random_gauss(&random);
    for (size_t i = 0; i < count; i++)
        out[i] = random_gauss(&random);
}

static int time_leaf(const Brush *brush, double t)
{
    double *cells = tape_room(brush->scene->tape, brush->count, 1);
    for (int i = 0; cells && i < brush->count; i++)
        cells[i] = t;
    return tape_leaf(brush->scene->tape, KIND_INPUT, "t", (Shape){brush->count, 1, brush->examples}, cells);
}

static int classes_leaf(const Brush *brush, bool told)
{
    Scene *scene = brush->scene;
    int none = brush->painter->classes(scene->model), *ids = tape_ints(scene->tape, brush->count, none);
    if (none == 0)
        return -1;
    if (told && brush->how->classes)
        memcpy(ids, brush->how->classes, (size_t)brush->count * sizeof *ids);
    return brush->painter->classes_leaf(scene, ids, brush->count, brush->examples);
}

/* `velocity` of the open frame. */
static int asked(const Brush *brush, int x, double t, bool told)
{
    int time = time_leaf(brush, t);
    Conditioning all = brush->told[told];
    all.classes = classes_leaf(brush, told);
    return brush->painter->velocity(brush->scene, x, time, &all);
}

static int velocity(const Brush *brush, int x, double t)
{
    Tape *tape = brush->scene->tape;
    if (brush->how->guidance == 1)
        return asked(brush, x, t, true);
    int both[2];
    for (int told = 0; told < 2; told++) {
        tape_begin_instance(tape, told ? "conditional" : "unconditional", -1);
        both[told] = asked(brush, x, t, told);
        tape_end(tape);
    }
    return guided(tape, "velocity", both[0], both[1], brush->how->guidance);
}

/* Reads the captions once, before the steps: what is asked for, under guidance also what nothing in particular is. */
static void read_captions(Brush *brush)
{
    Tape *tape = brush->scene->tape;
    const Painting *how = brush->how;
    const Painter *painter = brush->painter;
    const Caption *silence = painter->silence ? painter->silence(brush->scene->model) : NULL;
    bool guided = how->guidance != 1;
    for (int asked = !guided; silence && asked < 2; asked++) {
        Conditioning *told = &brush->told[asked];
        int *which = tape_ints(tape, brush->count, 0), *rows = tape_ints(tape, brush->count, -1);
        bool said = asked && how->captions;
        for (int i = 0; said && i < brush->count; i++)
            which[i] = i;
        *told = (Conditioning){.captions = said ? how->captions : silence, .which = which, .rows = rows};
        if (guided)
            tape_begin_instance(tape, asked ? "conditional" : "unconditional", -1);
        painter->read(brush->scene, told, brush->count, rows);
        if (guided)
            tape_end(tape);
    }
}

static int euler_step(const Brush *brush, int step, int x, double t, double dt, int *picture)
{
    Tape *tape = brush->scene->tape;
    tape_begin_instance(tape, "euler", step);
    int next = moved(tape, "x", x, velocity(brush, x, t), -dt);
    *picture = brush->painter->picture(brush->scene, next);
    tape_end(tape);
    return next;
}

/* The i-th of the four velocities of a step, asked for where the one before leads. */
static int stage(const Brush *brush, int i, int x, int before, double t, double way)
{
    Tape *tape = brush->scene->tape;
    tape_begin_instance(tape, "k", i);
    int place = before < 0 ? x : moved(tape, "x", x, before, -way);
    int k = velocity(brush, place, t - way);
    tape_end(tape);
    return k;
}

static int rk4_step(const Brush *brush, int step, int x, double t, double dt, int *picture)
{
    Tape *tape = brush->scene->tape;
    tape_begin_instance(tape, "rk4_", step);
    int k1 = stage(brush, 1, x, -1, t, 0), k2 = stage(brush, 2, x, k1, t, dt / 2);
    int k3 = stage(brush, 3, x, k2, t, dt / 2), k4 = stage(brush, 4, x, k3, t, dt);
    int middle = residual(tape, "middle", k2, k3), ends = residual(tape, "ends", k1, k4);
    int mean = scaled(tape, "velocity", moved(tape, "six_times", ends, middle, 2), 6);
    int next = moved(tape, "x", x, mean, -dt);
    *picture = brush->painter->picture(brush->scene, next);
    tape_end(tape);
    return next;
}

void painting_record(Scene *scene, const Painting *how, int x, short examples, int *states)
{
    Brush brush = {.scene = scene, .painter = scene->model->system->painter, .how = how, .count = how->count,
                   .examples = examples};
    double dt = 1.0 / how->steps;
    if (how->told)
        brush.told[1] = *how->told;
    else
        read_captions(&brush);
    states[0] = brush.painter->picture(scene, x);
    for (int step = 0; step < how->steps; step++) {
        double t = (double)(how->steps - step) / how->steps;
        x = (how->solver == SOLVER_RK4 ? rk4_step : euler_step)(&brush, step, x, t, dt, &states[step + 1]);
    }
}

static int noise_leaf(Scene *scene, const Painting *how, short examples)
{
    int rows, cols, numbers = scene->model->system->painter->numbers(scene->model, &rows, &cols);
    Tape *tape = scene->tape;
    double *cells = tape_room(tape, how->count, numbers);
    if (cells)
        memcpy(cells, how->noise, (size_t)how->count * (size_t)numbers * sizeof *cells);
    bool code = numbers != rows * cols;
    short axis = tape_axis(tape, (Axis){code ? "code" : "pixel", numbers, NULL, false});
    return tape_leaf(tape, KIND_INPUT, "x_1", (Shape){how->count, numbers, examples, axis}, cells);
}

static void record(Tape *tape, void *context)
{
    const PaintingOnTape *of = context;
    Scene scene = run_record_used(tape, of->run);
    tape_begin_phase(tape, PHASE_FORWARD);
    short examples = tape_axis(tape, (Axis){"example", of->how->count, NULL, false});
    painting_record(&scene, of->how, noise_leaf(&scene, of->how, examples), examples, of->states);
    tape_end(tape);
    tape_compute(tape);
}

bool run_paint(Run *run, const Painting *painting, int *states, Error *error)
{
    CHECK(run->model->system->painter && painting->steps > 0 && painting->count > 0, "a painting of nothing");
    PaintingOnTape of = {run, painting, states};
    run->loss = -1;
    return run_is_whole(run, error) && run_attempt(run, record, &of, error);
}

/* Codes that become pictures. */
typedef struct {
    Run *run;
    const double *codes;
    int count;
    int *picture;
} DecodingOnTape;

static void record_decoding(Tape *tape, void *context)
{
    const DecodingOnTape *of = context;
    int rows, cols;
    Scene scene = run_record_used(tape, of->run);
    const Coder *coder = scene.model->system->coder;
    tape_begin_phase(tape, PHASE_FORWARD);
    int k = coder->numbers(scene.model, &rows, &cols);
    double *cells = tape_room(tape, of->count, k);
    if (cells)
        memcpy(cells, of->codes, (size_t)of->count * (size_t)k * sizeof *cells);
    short examples = tape_axis(tape, (Axis){"example", of->count, NULL, false});
    short codes = tape_axis(tape, (Axis){"code", k, NULL, false});
    *of->picture =
        coder->picture(&scene, tape_leaf(tape, KIND_INPUT, "z", (Shape){of->count, k, examples, codes}, cells));
    tape_end(tape);
    tape_compute(tape);
}

bool run_decode(Run *run, const double *codes, int count, int *picture, Error *error)
{
    CHECK(run->model->system->coder && count > 0, "a decoding of nothing");
    DecodingOnTape of = {run, codes, count, picture};
    run->loss = -1;
    return run_is_whole(run, error) && run_attempt(run, record_decoding, &of, error);
}
