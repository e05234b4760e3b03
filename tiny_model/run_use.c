/* A model that is used, not trained: going on with a text, and looking at what was kept for validation. Nothing
 * is dropped out, and nothing goes back. See run.h. */
#include "run.h"

#include "rules/rule.h"
#include "run_parts.h"

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
    run_record_parameters(tape, next->run);
    Scene scene = run_scene(next->run);
    scene.learning = false;
    tape_begin_phase(tape, PHASE_FORWARD);
    int logits = next->run->model->system->language->logits(&scene, next->tokens, next->count);
    int all = softmax(tape, "softmax", "probabilities", logits);
    *next->drawing = sampling_record(tape, logits, next->how);
    next->drawing->softmax = all;
    sampling_draw(tape, next->drawing, next->number);
    tape_end(tape);
}

bool run_next(Run *run, const int *tokens, int count, const Sampling *how, double number, Drawing *drawing,
              Error *error)
{
    return run_is_whole(run, error) &&
           tape_attempt(&run->tape, record_next, &(Next){run, tokens, count, how, number, drawing}, error);
}

/* One example of those that are kept apart, and the sum of its losses. */
typedef struct {
    Run *run;
    int example;
    double sum;
    long long targets;
} HeldOut;

static void record_held_out(Tape *tape, void *context)
{
    HeldOut *held = context;
    run_record_parameters(tape, held->run);
    Scene scene = run_scene(held->run);
    scene.learning = false;
    tape_begin_phase(tape, PHASE_FORWARD);
    const Value *losses = tape_value(tape, held->run->model->system->held_out_losses(&scene, held->example));
    tape_end(tape);
    for (int i = 0; i < losses->rows; i++)
        held->sum += losses->data[i];
    held->targets += losses->rows;
}

bool run_validate(Run *run, double *loss, Error *error)
{
    const System *system = run->model->system;
    HeldOut held = {.run = run};
    int count = system->held_out ? system->held_out(run->model) : 0;
    if (!run_is_whole(run, error))
        return false;
    for (; held.example < count; held.example++)
        if (!tape_attempt(&run->tape, record_held_out, &held, error))
            return false;
    *loss = held.sum / (double)held.targets;
    return true;
}
