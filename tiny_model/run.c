/* A run; see run.h. */
#include "run.h"

#include "backward.h"
#include "init.h"
#include "kinks.h"
#include "optimizer/optimizer.h"
#include "primitive.h"
#include "run_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t LIMIT = (size_t)TAPE_LIMIT_MB << 20;

Scene run_scene(Run *run)
{
    return (Scene){.tape = &run->tape, .model = run->model, .parameters = &run->parameters,
                   .training_step = run->training_step, .declaring = run->tape.dry, .learning = true};
}

static short axis_of(Tape *tape, const Axis *axis)
{
    return axis->name ? tape_axis(tape, *axis) : AXIS_NONE;
}

/* The axes of parameters have the same ids in every recording. */
static void keep_axes(Tape *tape, Parameters *parameters)
{
    for (int i = 0; i < parameters->count; i++) {
        Parameter *p = &parameters->list[i];
        p->row_axis_id = axis_of(tape, &p->row_axis);
        p->col_axis_id = axis_of(tape, &p->col_axis);
    }
    tape->kept_axes = tape->axis_count;
}

/* Before the first update the average is the parameters themselves. */
static bool is_averaged(const Run *run)
{
    return run->store.average[0] && run->training_step > 0;
}

double *run_used(const Run *run)
{
    return (is_averaged(run) ? run->store.average : run->store.values)[run->store.now];
}

double *run_state(const Run *run, int part)
{
    const Store *store = &run->store;
    double *const *const parts[] = {store->values, store->m, store->v, store->average};
    return part < 4 ? parts[part][store->now] : NULL;
}

int run_buffers(const Model *model)
{
    return STORE_BUFFERS + (model->training.average > 0 ? AVERAGE_BUFFERS : 0);
}

/* numbers: of all parameters, NULL on a dry tape. */
static void record_parameters(Tape *tape, Run *run, double *numbers)
{
    tape_rewind(tape);
    run->parameters.next = 0;
    if (!tape->kept_axes && !tape->dry)
        keep_axes(tape, &run->parameters);
    for (int i = 0; i < run->parameters.count; i++) {
        Parameter *p = &run->parameters.list[i];
        Shape shape = {p->rows, p->cols, p->row_axis_id, p->col_axis_id};
        p->value = tape_parameter(tape, p->scope, p->local, shape, numbers ? numbers + p->offset : NULL);
        tape->values[p->value].frozen = p->frozen;
    }
}

void run_record_parameters(Tape *tape, Run *run)
{
    record_parameters(tape, run, run->store.values[run->store.now]);
}

Scene run_record_used(Tape *tape, Run *run)
{
    record_parameters(tape, run, run_used(run));
    Scene scene = run_scene(run);
    scene.learning = false;
    return scene;
}

void run_record_forward(Tape *tape, void *context)
{
    Run *run = context;
    run_record_parameters(tape, run);
    Scene scene = run_scene(run);
    run->inside = NULL;
    scene.inside = &run->inside;
    tape_begin_phase(tape, PHASE_FORWARD);
    run->loss = run->model->system->forward(&scene);
    tape_end(tape);
}

static void record_backward(Tape *tape, void *context)
{
    const Run *run = context;
    run_record_forward(tape, context);
    if (run->loss >= 0)
        backward(tape, run->loss, NULL, 0);
}

static void record_all(Tape *tape, void *context)
{
    Run *run = context;
    record_backward(tape, context);
    run->repeat.whole = tape_extent(tape);
    if (run->loss >= 0)
        optimizer_record(tape, run->model, &run->parameters, &run->store, run->training_step);
    tape_compute(tape);
}

/* The largest value of a tape that became too big. */
static bool tell_largest(const Tape *tape, Error *error)
{
    char name[200];
    int largest = 0;
    for (int id = 1; id < tape->value_count; id++)
        if (cells_of(&tape->values[id]) > cells_of(&tape->values[largest]))
            largest = id;
    tape_name(tape, largest, name, sizeof name);
    return error_set(error, EXIT_USED_WRONGLY,
                     "model: a training step takes more than " BEYOND_THE_LIMIT "; its largest value is \"%s\" "
                     "[%d x %d]; make the model smaller",
                     name, tape->values[largest].rows, tape->values[largest].cols);
}

bool run_declare(Run *run, void (*record)(Tape *, void *), int buffers, Error *error)
{
    Error why = {0};
    run->tape.dry = true;
    bool fits = tape_attempt(&run->tape, record, run, &why);
    run->tape.dry = false;
    run->takes = tape_memory(&run->tape) + (size_t)buffers * run->parameters.cells * sizeof(double);
    if (fits && run->takes <= LIMIT)
        return true;
    bool tape_is = fits || run->tape.bytes > run->tape.limit;
    run->too_big = tape_is || run->parameters.too_many;
    return tape_is ? tell_largest(&run->tape, error) : error_set(error, why.code, "%s", why.text);
}

bool run_read_parameters(Run *run, Error *error)
{
    for (int i = 0; i < run->parameters.count; i++)
        if (!run->source.read(run->source.context, &run->parameters.list[i], run_parameter(run, i), error))
            return false;
    return true;
}

bool run_prepare(Run *run, const Model *model, const Mistake *mistake, Error *error)
{
    *run = (Run){.model = model, .tape = {.frame = -1, .limit = LIMIT, .mistake = mistake}};
    run->parameters.limit = LIMIT / sizeof(double) / (size_t)run_buffers(model);
    bool whole = run_declare(run, record_all, run_buffers(model), error) && run_names_are_there(run, error) &&
                 store_init(&run->store, run->parameters.cells, model->training.average > 0, error);
    if (whole && mistake && !mistake_option(mistake) && run->tape.mistake_hits == 0)
        whole = error_set(error, EXIT_USED_WRONGLY, "mistake \"%s\" changes nothing in this model; try another model",
                          mistake->id);
    if (!whole)
        run_free(run);
    return whole;
}

bool run_init_from(Run *run, const Model *model, const Mistake *mistake, ParameterSource source, Error *error)
{
    Error why = {0};
    if (!run_prepare(run, model, mistake, &why))
        return run->too_big && model->system->parts ? run_walk(run, model, mistake, source, error)
                                                    : error_set(error, why.code, "%s", why.text);
    run->source = source;
    if (run_read_parameters(run, error))
        return true;
    run_free(run);
    return false;
}

bool run_init(Run *run, const Model *model, const Mistake *mistake, Error *error)
{
    if (!run_prepare(run, model, mistake, error))
        return false;
    if (init_parameters(&run->parameters, &model->init, run->store.values[0], error) && kinks_draw_again(run, error))
        return true;
    run_free(run);
    return false;
}

void run_free(Run *run)
{
    for (int i = 0; i < run->walk.count; i++)
        free(run->walk.streams[i].numbers);
    free(run->walk.streams);
    free(run->walk.prices[0]);
    free(run->walk.prices[1]);
    run->walk = (Walk){0};
    tape_free(&run->tape);
    parameters_free(&run->parameters);
    store_free(&run->store);
    repeat_free(&run->repeat);
}

bool run_is_whole(const Run *run, Error *error)
{
    return run->walk.count == 0 ||
           error_set(error, EXIT_USED_WRONGLY,
                     "this model is walked part by part, forward only: a whole training step of it would take "
                     "more than " BEYOND_THE_LIMIT);
}

bool run_clone(Run *clone, const Run *of, Error *error)
{
    if (!run_is_whole(of, error))
        return false;
    if (!run_prepare(clone, of->model, of->tape.mistake, error))
        return false;
    memcpy(clone->store.values[0], of->store.values[0],
           (size_t)run_buffers(of->model) * of->parameters.cells * sizeof(double));
    clone->store.now = of->store.now;
    clone->training_step = of->training_step;
    clone->tape.givens = of->tape.givens;
    clone->tape.given_count = of->tape.given_count;
    return true;
}

bool run_record(Run *run, Error *error)
{
    if (!run_is_whole(run, error) || !run_attempt(run, record_all, run, error))
        return false;
    run->repeat.recording = run->tape.recordings;
    return true;
}

bool run_forward(Run *run, Error *error)
{
    if (!run_is_whole(run, error))
        return false;
    return tape_attempt(&run->tape, run_record_forward, run, error);
}

bool run_record_through(Run *run, Phase last, Error *error)
{
    if (!run_is_whole(run, error))
        return false;
    static void (*const records[])(Tape *, void *) = {run_record_forward, record_backward, record_all};
    return tape_attempt(&run->tape, records[last], run, error);
}

void run_advance(Run *run)
{
    run->store.now = 1 - run->store.now;
    run->training_step++;
}

bool run_pass(Run *run, Updated *updated)
{
    const System *system = run->model->system;
    if (!run_is_plain(run) || run->walk.count > 0)
        return false;
    if (system->update && !run->store.average[0] &&
        system->update(run->model, &run->parameters, run->store.values[run->store.now], run->training_step, updated)) {
        run->training_step++;
        return true;
    }
    if (!system->numbers_later || !run_repeat(run, updated))
        return false;
    run_advance(run);
    return true;
}

bool run_reach(Run *run, int step, bool (*each)(void *context, const Run *run), void *context, Error *error)
{
    while (run->training_step < step) {
        Updated updated;
        if (!run_pass(run, &updated)) {
            if (!run_record(run, error))
                return false;
            run_advance(run);
        }
        if (each && !each(context, run))
            return true;
    }
    return true;
}

bool run_to(Run *run, int step, bool (*each)(void *context, const Run *run), void *context, Error *error)
{
    for (;;) {
        if (!run_record(run, error))
            return false;
        if (each && !each(context, run))
            return true;
        if (run->training_step >= step)
            return true;
        run_advance(run);
    }
}

double run_loss(const Run *run)
{
    return run->loss >= 0 ? run->tape.values[run->loss].data[0] : NAN;
}

double run_gradient_norm(const Run *run)
{
    const Tape *tape = &run->tape;
    for (int id = tape->value_count - 1; id >= 0; id--) {
        const Name *name = &tape->values[id].name;
        if (name->base < 0 && !*name->scope && strcmp(name->local, "gradient_norm") == 0)
            return tape->values[id].data[0];
    }
    return NAN;
}

double run_change_norm(const Run *run)
{
    const double *now = run->store.values[run->store.now], *next = run->store.values[1 - run->store.now];
    double sum = 0;
    for (size_t i = 0; i < run->parameters.cells; i++)
        sum += (next[i] - now[i]) * (next[i] - now[i]);
    return sqrt(sum);
}

double *run_parameter(Run *run, int parameter)
{
    double *values = run->store.values[run->store.now];
    return values ? values + run->parameters.list[parameter].offset : NULL;
}
