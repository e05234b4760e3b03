/* Models that a test writes itself. */
#ifndef TESTS_UNIT_MODEL_TEXTS_H
#define TESTS_UNIT_MODEL_TEXTS_H

#include "support.h"

#include <string.h>
#include <unistd.h>

/* A session of the model that a JSON text describes, with the training step recorded. */
static inline void open_text(Session *session, const char *json)
{
    Error error = {0};
    char path[PATH_SIZE];
    temporary_file(path, json, strlen(json));
    RunOptions options = {.model = path};
    bool whole = session_open(session, &options, &error);
    unlink(path);
    EXPECT(whole, "%s: %s", json, error.text);
    session->options = (RunOptions){0};
}

/* The numbers of a parameter that is called so. */
static inline double *parameter_called(Session *session, const char *name)
{
    Run *run = &session->run;
    for (int i = 0; i < run->parameters.count; i++)
        if (strcmp(run->parameters.list[i].name, name) == 0)
            return run_parameter(run, i);
    fail_test(__FILE__, __LINE__, "no parameter %s", name);
}

#endif
