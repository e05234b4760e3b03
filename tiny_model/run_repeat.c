/* A training step like the recorded one: the forward phase is recorded over what stands on the tape, which finds the
 * numbers of its leaves, the steps are run again, and the update is recorded behind them as always. See run_pass. */
#include "run_parts.h"

#include "optimizer/optimizer.h"

#include <math.h>

/* Whether the forward phase went as far as it did when it was recorded. */
static bool all_of_forward(const Tape *tape, const Extent *whole)
{
    return tape->call_count == whole->calls && tape->step_count < whole->steps && tape->value_count < whole->values &&
           tape->steps[tape->step_count].phase == PHASE_BACKWARD &&
           tape->values[tape->value_count].producer == tape->step_count;
}

static void repeat(Tape *tape, void *context)
{
    Run *run = context;
    Repeat *of = &run->repeat;
    int threads = tape->computer.repeat ? tape->computer.threads : 1;
    tape_over(tape, &of->whole, run_record_forward, run);
    bool ready = all_of_forward(tape, &of->whole) &&
                 (of->planned == of->recording ? of->threads == threads : repeat_plan(of, tape, run->loss, threads));
    if (!ready)
        tape_give_up(tape);
    tape_reach(tape, &of->whole);
    repeat_steps(of, tape);
    optimizer_record(tape, run->model, &run->parameters, &run->store, run->training_step);
    tape_compute(tape);
}

static void exchange(Arena *one, Arena *other)
{
    Arena kept = *one;
    *one = *other;
    *other = kept;
}

bool run_repeat(Run *run, Updated *updated)
{
    Repeat *of = &run->repeat;
    Error unsaid = {0};
    if (of->recording == 0 || of->recording != run->tape.recordings || run->loss < 0)
        return false;
    exchange(&run->tape.arena, &of->arena);
    bool whole = run_attempt(run, repeat, run, &unsaid);
    exchange(&run->tape.arena, &of->arena);
    if (whole)
        *updated = (Updated){run_loss(run), run_gradient_norm(run), run_change_norm(run)};
    if (whole && isfinite(updated->loss) && isfinite(updated->gradient_norm))
        return true;
    of->recording = 0;
    return false;
}
