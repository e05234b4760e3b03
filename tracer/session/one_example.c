/* --example N; see one_example.h. */
#include "one_example.h"

#include "tiny_model/systems/nufo.h"

#include <math.h>
#include <stdlib.h>

bool example_check(const Model *model, const char *said, Error *error)
{
    char *end;
    long example = strtol(said, &end, 10);
    if (!model->system->classifier || !model->data.examples)
        return error_set(error, EXIT_USED_WRONGLY, "--example is for models that learn from \"examples\" of texts");
    return (!*end && end != said && example >= 0 && example < model->data.example_count) ||
           error_set(error, EXIT_USED_WRONGLY, "--example needs a whole number from 0 to %d, not \"%.60s\"",
                     model->data.example_count - 1, said);
}

bool example_choose(Model *model, const char *said, Error *error)
{
    bool made = model->system == &NUFO && !model->data.examples;
    if (!made && !example_check(model, said, error))
        return false;
    model->data.only = (int)(strtol(said, NULL, 10) % MOST_EXAMPLES) + 1;
    model->training.batch = model->training.accumulate = 1;
    model->training.shuffle = INFINITY;
    /* A table is standardised by those who are learned from, and not by more of them because one is looked at. */
    if (model->system != &NUFO && model->system != &TABULAR)
        model->training.validation = model->training.test = 0;
    return true;
}
