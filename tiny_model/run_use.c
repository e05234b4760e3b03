/* A model that is used, not trained: going on with a text, and looking at what was kept for validation. Nothing
 * is dropped out, and nothing goes back. See run.h. */
#include "run.h"

#include "primitive.h"
#include "rules/rule.h"
#include "run_parts.h"

#include <string.h>

/* What is recorded of one token. */
typedef struct {
    Run *run;
    const Next *next;
    Drawing *drawing;
} Going;

/* All ids so far, for what asks which of them were there. */
static int history(Tape *tape, const Next *next)
{
    if (!sampling_looks_back(&next->how))
        return -1;
    double *ids = tape_room(tape, 1, next->count);
    for (int i = 0; ids && i < next->count; i++)
        ids[i] = next->tokens[i];
    return tape_leaf(tape, KIND_INPUT, "history", (Shape){1, next->count}, ids);
}

static void record_choice(Tape *tape, const Going *going, int logits)
{
    const Next *next = going->next;
    int all = softmax(tape, "softmax", "probabilities", logits);
    *going->drawing = sampling_record(tape, logits, history(tape, next), &next->how);
    going->drawing->softmax = all;
    sampling_draw(tape, going->drawing, next->number);
}

static const int *first_read(const Next *next)
{
    return next->tokens + next->count - next->window;
}

static void record_anew(Tape *tape, void *context)
{
    const Going *going = context;
    const Next *next = going->next;
    Scene scene = run_record_used(tape, going->run);
    tape_begin_phase(tape, PHASE_FORWARD);
    const Language *language = model_writes(scene.model);
    record_choice(tape, going, language->logits(&scene, first_read(next), next->window, next->cache));
    tape_end(tape);
}

static void record_one_more(Tape *tape, void *context)
{
    const Going *going = context;
    const Next *next = going->next;
    Scene scene = run_scene(going->run);
    scene.learning = false;
    tape_go_on(tape, 0);
    tape_begin_instance(tape, "token", ++next->cache->steps);
    const Language *language = model_writes(scene.model);
    record_choice(tape, going, language->next(&scene, first_read(next), going->drawing->token, next->cache));
    tape_end(tape);
    tape_end(tape);
}

bool run_next(Run *run, const Next *next, Drawing *drawing, Error *error)
{
    Going going = {run, next, drawing};
    Cache *cache = next->cache;
    bool goes_on = cache && cache->read > 0 && cache->read == next->window - 1;
    bool whole = run_is_whole(run, error) &&
                 tape_attempt(&run->tape, goes_on ? record_one_more : record_anew, &going, error);
    if (!whole && cache)
        cache->read = 0;
    return whole;
}

/* Examples of those that are kept apart, and the sum of their losses. */
typedef struct {
    Run *run;
    int first, count;     /* those that are recorded on one tape */
    double sum;
    long long targets;
} HeldOut;

static int losses_of(Scene *scene, int example, bool one_of_several)
{
    if (one_of_several)
        tape_begin_instance(scene->tape, "example", example);
    int losses = scene->model->system->held_out_losses(scene, example);
    if (one_of_several)
        tape_end(scene->tape);
    return losses;
}

static void record_held_out(Tape *tape, void *context)
{
    HeldOut *held = context;
    Scene scene = run_record_used(tape, held->run);
    tape_begin_phase(tape, PHASE_FORWARD);
    int *losses = tape_ints(tape, held->count, -1);
    for (int i = 0; i < held->count; i++)
        losses[i] = losses_of(&scene, held->first + i, held->count > 1);
    tape_end(tape);
    for (int i = 0; i < held->count; i++) {
        const double *loss = tape_numbers(tape, losses[i]);
        int targets = tape_value(tape, losses[i])->rows;
        for (int t = 0; t < targets; t++)
            held->sum += loss[t];
        held->targets += targets;
    }
}

/* One after the other; as many at once as a batch has where several can be computed side by side. */
bool run_validate(Run *run, double *loss, Error *error)
{
    const System *system = run->model->system;
    HeldOut held = {.run = run};
    int all = system->held_out ? system->held_out(run->model) : 0, batch = run->model->training.batch;
    int at_once = run_computes_later(run) && batch > 1 ? batch : 1;
    if (!run_is_whole(run, error))
        return false;
    for (; held.first < all; held.first += held.count) {
        held.count = all - held.first < at_once ? all - held.first : at_once;
        if (!run_attempt(run, record_held_out, &held, error))
            return false;
    }
    *loss = held.sum / (double)held.targets;
    return true;
}

/* An example, and where its probabilities are put. */
typedef struct {
    Run *run;
    int row;
    double *probabilities;
} Classifying;

static void record_class(Tape *tape, void *context)
{
    const Classifying *of = context;
    Scene scene = run_record_used(tape, of->run);
    tape_begin_phase(tape, PHASE_FORWARD);
    const Value *said = tape_value(tape, scene.model->system->classifier->record(&scene, of->row));
    tape_end(tape);
    memcpy(of->probabilities, said->data, cells_of(said) * sizeof *said->data);
}

bool run_classify(Run *run, int row, double *probabilities, Error *error)
{
    Classifying of = {run, row, probabilities};
    return run_is_whole(run, error) && tape_attempt(&run->tape, record_class, &of, error);
}

static void record_once(Tape *tape, void *context)
{
    Run *run = context;
    run_record_parameters(tape, run);
    Scene scene = run_scene(run);
    tape_begin_phase(tape, PHASE_FORWARD);
    run->model->system->forward(&scene);
    tape_end(tape);
}

bool run_list_parameters(const Model *model, Parameters *out, Error *error)
{
    Run run = {.model = model, .tape = {.frame = -1}};
    run.parameters.limit = SIZE_MAX / sizeof(double);
    run.tape.dry = true;
    bool whole = tape_attempt(&run.tape, record_once, &run, error);
    run.tape.dry = false;
    *out = run.parameters;
    run.parameters = (Parameters){0};
    if (!whole)
        parameters_free(out);
    run_free(&run);
    return whole;
}
