/* The update phase; see optimizer.h. */
#include "optimizer.h"

#include "../record.h"

#include <math.h>
#include <string.h>

/* The parameters that have a gradient, and those gradients, clipped if the norm asks for it. */
static int clipped_gradients(Tape *tape, const Optimizer *optimizer, int *gradients, int parameter_count)
{
    int *present = tape_ints(tape, parameter_count, -1);
    int count = 0;
    for (int p = 0; p < parameter_count; p++)
        if (gradients[p] >= 0)
            present[count++] = gradients[p];
    if (count == 0)
        return 0;
    int norm = gradient_norm_record(tape, present, count);
    int factor = clipping_factor_record(tape, norm, optimizer->clip_norm);
    if (factor < 0)
        return count;
    tape_begin(tape, "clipped", -1, NULL);
    Kind kind = tape->kind;
    tape->kind = KIND_GRADIENT;
    for (int p = 0; p < parameter_count; p++)
        if (gradients[p] >= 0)
            gradients[p] = scale_by(tape, DERIVED(gradients[p], "clipped"), gradients[p], factor);
    tape->kind = kind;
    tape_end(tape);
    return count;
}

/* NULL on a dry tape, when there is no store yet. */
static double *cells_at(double *block, const Parameter *parameter)
{
    return block ? block + parameter->offset : NULL;
}

/* Biases, gammas and betas do not decay where only matrices shall. */
static bool decays(const Optimizer *optimizer, const Parameter *parameter)
{
    ParameterClass class = parameter->class;
    return optimizer->decay == DECAY_ALL || (class != PARAMETER_BIAS && class != PARAMETER_GAMMA &&
                                             class != PARAMETER_BETA && class != PARAMETER_CONSTANT);
}

/* average = d average_before + (1 - d) next. In training step 0 the average before is the parameter itself. */
static void record_average(Tape *tape, const Store *store, const Parameter *parameter, int next, double decay,
                           int training_step)
{
    int p = parameter->value, before = p;
    if (training_step > 0)
        before = tape_leaf_of(tape, p, "average_before", cells_at(store->average[store->now], parameter));
    const Label *label = DERIVED_AT(p, "average", cells_at(store->average[1 - store->now], parameter));
    moving_average(tape, label, before, next, decay);
}

/* optimizer: as it holds in this training step. */
static void record_one(Tape *tape, const Model *model, const Optimizer *optimizer, const Store *store,
                       const Parameter *parameter, int gradient, int training_step)
{
    static int (*const rules[])(const Update *) = {sgd_record, adam_record, adamw_record};
    int before = store->now, after = 1 - store->now;
    Optimizer own = *optimizer;
    if (!decays(optimizer, parameter))
        own.weight_decay = 0;
    Update update = {
        .tape = tape, .optimizer = &own, .parameter = parameter->value, .gradient = gradient,
        .m_before = cells_at(store->m[before], parameter), .v_before = cells_at(store->v[before], parameter),
        .m = cells_at(store->m[after], parameter), .v = cells_at(store->v[after], parameter),
        .next = cells_at(store->values[after], parameter), .training_step = training_step,
        .most = parameter->limited ? parameter->most : INFINITY,
    };
    tape_begin_for(tape, parameter->value);
    int next = rules[optimizer->kind](&update);
    if (model->training.average > 0)
        record_average(tape, store, parameter, next, average_decay(model, training_step), training_step);
    tape_end(tape);
}

/* What has no gradient goes on as it is, and is its own average. */
static void keep(const Store *store, const Parameter *parameter)
{
    size_t bytes = (size_t)parameter->rows * (size_t)parameter->cols * sizeof(double);
    double *const *const buffers[] = {store->values, store->m, store->v};
    int now = store->now;
    for (int i = 0; i < 3 && buffers[i][0]; i++)
        memcpy(buffers[i][1 - now] + parameter->offset, buffers[i][now] + parameter->offset, bytes);
    if (store->average[0])
        memcpy(store->average[1 - now] + parameter->offset, store->values[now] + parameter->offset, bytes);
}

void optimizer_record(Tape *tape, const Model *model, const Parameters *parameters, const Store *store,
                      int training_step)
{
    Optimizer optimizer = model->optimizer;
    optimizer.lr = learning_rate(model, training_step);
    tape_begin_phase(tape, PHASE_UPDATE);
    int *gradients = tape_ints(tape, parameters->count, -1);
    for (int p = 0; p < parameters->count; p++)
        gradients[p] = tape_value(tape, parameters->list[p].value)->gradient;
    clipped_gradients(tape, &optimizer, gradients, parameters->count);
    for (int p = 0; p < parameters->count; p++)
        if (gradients[p] < 0)
            keep(store, &parameters->list[p]);
        else
            record_one(tape, model, &optimizer, store, &parameters->list[p], gradients[p], training_step);
    tape_end(tape);
}

int decayed_gradient(const Update *update)
{
    if (update->optimizer->weight_decay == 0)
        return update->gradient;
    Tape *tape = update->tape;
    int decay = scale(tape, DERIVED(update->parameter, "decay"), update->parameter, update->optimizer->weight_decay);
    return add(tape, DERIVED(update->parameter, "grad.decayed"), update->gradient, decay);
}

int take_step(const Update *update, int direction, double keep)
{
    Tape *tape = update->tape;
    int p = update->parameter;
    double rate = update->optimizer->lr;
    const Label *next = DERIVED_AT(p, "next", update->next);
    if (!isfinite(update->most))
        return decayed_step(tape, next, p, direction, keep, rate);
    const Value *of = tape_value(tape, p);
    int whole = decayed_step(tape, DERIVED(p, "next.uncut"), p, direction, keep, rate);
    int most = fill(tape, DERIVED(p, "most"), update->most, of->rows, of->cols);
    int limits = fill(tape, DERIVED(p, "limits"), update->most, of->rows, 1);
    return choose(tape, next, at_least(tape, DERIVED(p, "beyond"), whole, limits), most, whole);
}
