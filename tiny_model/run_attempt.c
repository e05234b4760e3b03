/* A recording whose steps are computed later, if there is somebody for that. See run.h and tape_later.c. */
#include "run_parts.h"

bool run_is_plain(const Run *run)
{
    const Tape *tape = &run->tape;
    return !tape->mistake && tape->nudge_count == 0 && tape->given_count == 0;
}

bool run_computes_later(const Run *run)
{
    return run->computer.compute && run->model->system->numbers_later && run_is_plain(run);
}

bool run_attempt(Run *run, void (*record)(Tape *, void *), void *context, Error *error)
{
    if (run_computes_later(run))
        run->tape.computer = run->computer;
    bool whole = tape_attempt(&run->tape, record, context, error);
    run->tape.computer = (Computer){0};
    return whole;
}
