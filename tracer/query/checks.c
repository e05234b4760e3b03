/* Which run a check is about; see checks.h. */
#include "checks.h"

#include "tiny_model/primitive.h"

Stamp stamp_of(const Session *session)
{
    return (Stamp){session->run.training_step, session->run.tape.value_count, run_loss(&session->run)};
}

bool stamp_is_of(const Stamp *stamp, const Session *session)
{
    Stamp now = stamp_of(session);
    return stamp->values == now.values && stamp->training_step == now.training_step && stamp->loss == now.loss;
}

double forward_flops(const Tape *tape)
{
    double flops = 0;
    for (int step = 0; step < tape->step_count && tape->steps[step].phase == PHASE_FORWARD; step++)
        flops += step_flops(tape, &tape->steps[step]);
    return flops;
}
