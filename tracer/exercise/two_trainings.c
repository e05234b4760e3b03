/* A mistake beside the truth; see two_trainings.h. */
#include "two_trainings.h"

#include "tiny_model/run.h"

#include <math.h>
#include <string.h>

typedef struct {
    double losses[BESIDE_STEPS + 1];
} Curve;

static bool keep_loss(void *context, const Run *run)
{
    Curve *curve = context;
    curve->losses[run->training_step] = run_loss(run);
    return true;
}

/* Trains the exercise's model as it stands in its file. */
static bool train(const Exercise *exercise, const Mistake *mistake, Curve *curve, Error *error)
{
    Model model;
    Run run;
    if (!mistake_may_be_in(exercise->model.system, mistake, error) || !model_copy(&model, &exercise->model, error))
        return false;
    if (mistake_option(mistake))
        mistake_option(mistake)(&model);
    bool whole = model_finish(&model, error) && run_init(&run, &model, mistake, error);
    if (whole) {
        whole = run_to(&run, BESIDE_STEPS, keep_loss, curve, error);
        run_free(&run);
    }
    model_free(&model);
    return whole;
}

static void add_judgement(const Curve *truth, const Curve *wrong, Text *out)
{
    double right = truth->losses[BESIDE_STEPS], other = wrong->losses[BESIDE_STEPS], start = wrong->losses[0];
    if (!isfinite(other))
        text_add(out, "with the mistake the loss is no number any more\n");
    else if (fabs(other - right) < 0.01)
        text_add(out,
                 "the loss hardly tells the two apart: a falling loss does not prove that the gradients are right\n");
    else if (other < start)
        text_add(out, "with the mistake the loss falls too: only a look at the numbers finds it\n");
    else
        text_add(out, "with the mistake the loss does not fall\n");
}

bool beside_write(const Exercise *exercise, const Mistake *mistake, Text *out, Error *error)
{
    Curve truth = {{0}}, wrong = {{0}};
    char one[NUMBER_SIZE], other[NUMBER_SIZE];
    if (!train(exercise, NULL, &truth, error) || !train(exercise, mistake, &wrong, error))
        return false;
    text_add(out, "%s: %s\n\nupdates   loss   with the mistake\n", mistake->id, mistake->message);
    for (int step = 0; step <= BESIDE_STEPS; step += step < 4 ? 1 : 4)
        text_add(out, "%5d  %8s  %8s\n", step, number_text(one, truth.losses[step], 4),
                 number_text(other, wrong.losses[step], 4));
    add_judgement(&truth, &wrong, out);
    return !out->failed || error_memory(error);
}
