/* What the tests of looking inside share: a run with it, and the models of golden/reference/inside. */
#ifndef TESTS_UNIT_INSIDE_GOLDEN_H
#define TESTS_UNIT_INSIDE_GOLDEN_H

#include "generation_golden.h"
#include "tracer/query/looking.h"

#define FOLDER "golden/reference/inside/"

static inline Looking open_inside(Session *session, RunOptions options)
{
    Error error = {0};
    Looking looking;
    options.inside = true;
    EXPECT(session_open(session, &options, &error), "%s", error.text);
    EXPECT(looking_begin(session, &looking, &error), "%s", error.text);
    return looking;
}

#endif
