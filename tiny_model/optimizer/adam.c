/* AdamW and Adam, for one parameter p with gradient g at training step t = 1, 2 ... Chapter 17.
 *
 *   m = beta1 m + (1 - beta1) g             v = beta2 v + (1 - beta2) g^2
 *   m_hat = m / (1 - beta1^t)               v_hat = v / (1 - beta2^t)
 *   p' = p (1 - lr weight_decay) - lr m_hat / (sqrt(v_hat) + eps)
 *
 * Adam adds weight_decay p to g instead, and keeps p whole. */
#include "../elementary/elementary.h"
#include "../record.h"
#include "optimizer.h"

#include <math.h>

static int record(const Update *update, int gradient, double keep)
{
    Tape *tape = update->tape;
    const Optimizer *o = update->optimizer;
    int p = update->parameter, t = update->training_step + 1;
    int m_before = tape_leaf_of(tape, p, "m_before", update->m_before);
    int v_before = tape_leaf_of(tape, p, "v_before", update->v_before);
    int m = moving_average(tape, DERIVED_AT(p, "m", update->m), m_before, gradient, o->beta1);
    int v = moving_average_of_squares(tape, DERIVED_AT(p, "v", update->v), v_before, gradient, o->beta2);
    int m_hat = divide_by(tape, DERIVED(p, "m_hat"), m, 1 - pow_of(o->beta1, t));
    int v_hat = divide_by(tape, DERIVED(p, "v_hat"), v, 1 - pow_of(o->beta2, t));
    int denominator = root_plus(tape, DERIVED(p, "denominator"), v_hat, o->eps);
    int direction = divide(tape, DERIVED(p, "direction"), m_hat, denominator);
    return take_step(update, direction, keep);
}

int adamw_record(const Update *update)
{
    return record(update, update->gradient, 1 - update->optimizer->lr * update->optimizer->weight_decay);
}

int adam_record(const Update *update)
{
    return record(update, decayed_gradient(update), 1);
}
