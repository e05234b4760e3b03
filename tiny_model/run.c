/* A run; see run.h. */
#include "run.h"

#include "backward.h"
#include "init.h"
#include "optimizer/optimizer.h"
#include "primitive.h"
#include "rules/rule.h"

#include <math.h>
#include <string.h>

static const size_t LIMIT = (size_t)TAPE_LIMIT_MB << 20;

static Scene scene_of(Run *run)
{
    return (Scene){.tape = &run->tape, .model = run->model, .parameters = &run->parameters,
                   .training_step = run->training_step, .declaring = run->tape.dry, .learning = true};
}

static int axis_of(Tape *tape, const Axis *axis)
{
    return axis->name ? tape_axis(tape, *axis) : AXIS_NONE;
}

static void record_parameters(Tape *tape, Run *run)
{
    tape_rewind(tape);
    run->parameters.next = 0;
    for (int i = 0; i < run->parameters.count; i++) {
        Parameter *p = &run->parameters.list[i];
        Shape shape = {p->rows, p->cols, axis_of(tape, &p->row_axis), axis_of(tape, &p->col_axis)};
        p->value = tape_parameter(tape, p->scope, p->local, shape, run_parameter(run, i));
        tape->values[p->value].frozen = p->frozen;
    }
}

static void record_forward(Tape *tape, void *context)
{
    Run *run = context;
    record_parameters(tape, run);
    Scene scene = scene_of(run);
    tape_begin_phase(tape, PHASE_FORWARD);
    run->loss = run->model->system->forward(&scene);
    tape_end(tape);
}

static void record_backward(Tape *tape, void *context)
{
    const Run *run = context;
    record_forward(tape, context);
    if (run->loss >= 0)
        backward(tape, run->loss, NULL, 0);
}

static void record_all(Tape *tape, void *context)
{
    Run *run = context;
    record_backward(tape, context);
    if (run->loss >= 0)
        optimizer_record(tape, run->model, &run->parameters, &run->store, run->training_step);
}

/* The largest value of a tape that became too big. */
static bool too_big(const Tape *tape, Error *error)
{
    char name[200];
    int largest = 0;
    for (int id = 1; id < tape->value_count; id++)
        if (cells_of(&tape->values[id]) > cells_of(&tape->values[largest]))
            largest = id;
    tape_name(tape, largest, name, sizeof name);
    return error_set(error, EXIT_USED_WRONGLY, "model: the tape takes more than 1 GB; its largest value is \"%s\" [%d x %d]; "
                     "make the model smaller", name, tape->values[largest].rows, tape->values[largest].cols);
}

/* Records once without numbers: this declares the parameters, finds a name that stands twice, and shapes
 * alone tell how much memory a training step takes. */
static bool declare(Run *run, Error *error)
{
    Error why = {0};
    run->tape.dry = true;
    bool fits = tape_attempt(&run->tape, record_all, run, &why);
    run->tape.dry = false;
    if (fits)
        return true;
    return run->tape.bytes > run->tape.limit ? too_big(&run->tape, error) : error_set(error, why.code, "%s", why.text);
}

/* Every name that shall be frozen is one of a parameter, or the beginning of one. */
static bool frozen_are_there(const Run *run, Error *error)
{
    const Texts *frozen = &run->model->training.frozen;
    for (int i = 0; i < frozen->count; i++) {
        int p = 0;
        while (p < run->parameters.count && !name_is_under(run->parameters.list[p].name, frozen->list[i]))
            p++;
        if (p == run->parameters.count)
            return error_set(error, EXIT_USED_WRONGLY, "model: \"frozen\" in \"training\" has \"%.100s\", but no parameter is called so or "
                             "begins so", frozen->list[i]);
    }
    return true;
}

bool run_prepare(Run *run, const Model *model, const Mistake *mistake, Error *error)
{
    *run = (Run){.model = model, .tape = {.frame = -1, .limit = LIMIT, .mistake = mistake}};
    run->parameters.limit = LIMIT / sizeof(double) / 4; /* a gradient, m, v and next for each */
    bool whole = declare(run, error) && frozen_are_there(run, error) && store_init(&run->store, run->parameters.cells, error);
    if (whole && mistake && !mistake_option(mistake) && run->tape.mistake_hits == 0)
        whole = error_set(error, EXIT_USED_WRONGLY, "mistake \"%s\" changes nothing in this model; try another model",
                          mistake->id);
    if (!whole)
        run_free(run);
    return whole;
}

bool run_init(Run *run, const Model *model, const Mistake *mistake, Error *error)
{
    bool whole = run_prepare(run, model, mistake, error);
    if (whole)
        init_parameters(&run->parameters, &model->init, run->store.values[0]);
    return whole;
}

void run_free(Run *run)
{
    tape_free(&run->tape);
    parameters_free(&run->parameters);
    store_free(&run->store);
}

bool run_clone(Run *clone, const Run *of, Error *error)
{
    if (!run_prepare(clone, of->model, of->tape.mistake, error))
        return false;
    memcpy(clone->store.values[0], of->store.values[0], 6 * of->parameters.cells * sizeof(double));
    clone->store.now = of->store.now;
    clone->training_step = of->training_step;
    clone->tape.givens = of->tape.givens;
    clone->tape.given_count = of->tape.given_count;
    return true;
}

bool run_record(Run *run, Error *error)
{
    return tape_attempt(&run->tape, record_all, run, error);
}

bool run_forward(Run *run, Error *error)
{
    return tape_attempt(&run->tape, record_forward, run, error);
}

bool run_record_through(Run *run, Phase last, Error *error)
{
    static void (*const records[])(Tape *, void *) = {record_forward, record_backward, record_all};
    return tape_attempt(&run->tape, records[last], run, error);
}

/* Tokens that are given and how the next one is chosen. */
typedef struct {
    Run *run;
    const int *tokens;
    int count;
    const Sampling *how;
    double number;
    Drawing *drawing;
} Next;

static void record_next(Tape *tape, void *context)
{
    Next *next = context;
    record_parameters(tape, next->run);
    Scene scene = scene_of(next->run);
    scene.learning = false;
    tape_begin_phase(tape, PHASE_FORWARD);
    int logits = next->run->model->system->language->logits(&scene, next->tokens, next->count);
    int all = softmax(tape, "softmax", "probabilities", logits);
    *next->drawing = sampling_record(tape, logits, next->how);
    next->drawing->softmax = all;
    sampling_draw(tape, next->drawing, next->number);
    tape_end(tape);
}

bool run_next(Run *run, const int *tokens, int count, const Sampling *how, double number, Drawing *drawing, Error *error)
{
    return tape_attempt(&run->tape, record_next, &(Next){run, tokens, count, how, number, drawing}, error);
}

void run_advance(Run *run)
{
    run->store.now = 1 - run->store.now;
    run->training_step++;
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

double *run_parameter(Run *run, int parameter)
{
    double *values = run->store.values[run->store.now];
    return values ? values + run->parameters.list[parameter].offset : NULL;
}
