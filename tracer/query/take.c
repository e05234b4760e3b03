/* One more recording of a session's run; see take.h. */
#include "take.h"

#include <stdlib.h>
#include <string.h>

void take_free(Take *take)
{
    if (!take)
        return;
    outline_free(&take->outline);
    names_free(&take->session.names);
    run_free(&take->session.run);
    free(take->settings);
    free(take);
}

/* On the heap and never moved: session, run and outline point to each other. */
Take *take_new(const Session *of, const Mistake *mistake, Error *error)
{
    if (!mistake_may_be_in(of->model.system, mistake, error))
        return NULL;
    Take *take = calloc(1, sizeof *take);
    if (!take) {
        error_memory(error);
        return NULL;
    }
    Session *session = &take->session;
    session->options = of->options;
    /* Shares the model's memory with the session that the lab was made for, and must not free it. */
    session->model = of->model;
    take->settings = malloc(of->model.system->size);
    if (!take->settings) {
        free(take);
        error_memory(error);
        return NULL;
    }
    session->model.settings = memcpy(take->settings, of->model.settings, of->model.system->size);
    session->mistake = mistake ? mistake : of->mistake;
    session->sheet = of->sheet;
    if (mistake && mistake_option(mistake))
        mistake_option(mistake)(&session->model);
    if (run_prepare(&session->run, &session->model, session->mistake, error)) {
        /* The numbers that a worksheet imposes hold for every recording of its run. */
        session->run.tape.givens = of->run.tape.givens;
        session->run.tape.given_count = of->run.tape.given_count;
        return take;
    }
    free(take->settings);
    free(take);
    return NULL;
}

bool take_index(Take *take, Error *error)
{
    return session_index(&take->session, error) && outline_init(&take->outline, &take->session.run.tape, error);
}

void take_copy_start(Run *run, const Run *of)
{
    for (int i = 0; run_state(of, i); i++)
        memcpy(run_state(run, i), run_state(of, i), of->parameters.cells * sizeof(double));
    run->training_step = of->training_step;
}
