/* A model that is too big for one tape, recorded part by part; see run.h. */
#include "run.h"

#include "primitive.h"
#include "run_parts.h"

#include <stdlib.h>
#include <string.h>

static const size_t LIMIT = (size_t)TAPE_LIMIT_MB << 20;

/* The prices of the routers that were walked past, as leaves of the part that has the loss. */
static RouterLosses known_prices(Tape *tape, const Walk *walk)
{
    RouterLosses known = {.count = walk->price_count};
    int **lists[] = {&known.balance, &known.z};
    for (int k = 0; k < 2 && known.count; k++) {
        *lists[k] = tape_ints(tape, known.count, -1);
        for (int i = 0; i < known.count; i++) {
            Price *price = &walk->prices[k][i];
            if (*price->name)
                (*lists[k])[i] = tape_leaf(tape, KIND_INPUT, price->name, (Shape){1, 1}, &price->number);
        }
    }
    return known;
}

static void record_part(Tape *tape, void *context)
{
    Run *run = context;
    Walk *walk = &run->walk;
    Stream *before = &walk->streams[walk->part];
    Scene scene = run_record_used(tape, run);
    run->loss = -1;
    tape_begin_phase(tape, PHASE_FORWARD);
    int stream = -1;
    if (walk->part > 0)
        stream = tape_leaf(tape, KIND_INPUT, before->name, (Shape){before->rows, before->cols}, before->numbers);
    if (walk->part + 1 == walk->count)
        scene.routers = known_prices(tape, walk);
    walk->left = run->model->system->parts->record(&scene, walk->part, stream, &run->loss);
    walk->routers = scene.routers;
    tape_end(tape);
}

static bool keep_prices(Run *run, Error *error)
{
    Walk *walk = &run->walk;
    const RouterLosses *of = &walk->routers;
    const int *ids[] = {of->balance, of->z};
    for (int k = 0; k < 2 && of->count; k++) {
        Price *longer = realloc(walk->prices[k], (size_t)(walk->price_count + of->count) * sizeof *longer);
        if (!longer)
            return error_memory(error);
        walk->prices[k] = longer;
        for (int i = 0; i < of->count; i++) {
            Price *price = &longer[walk->price_count + i];
            *price = (Price){.number = 0};
            if (ids[k][i] < 0)
                continue;
            price->number = tape_value(&run->tape, ids[k][i])->data[0];
            tape_name(&run->tape, ids[k][i], price->name, sizeof price->name);
        }
    }
    walk->price_count += of->count;
    return true;
}

/* Keeps what the part left behind for the next one. */
static bool keep_stream(Run *run, Error *error)
{
    Walk *walk = &run->walk;
    if (walk->part + 1 == walk->count || walk->streams[walk->part + 1].numbers)
        return true;
    const Value *left = tape_value(&run->tape, walk->left);
    Stream *next = &walk->streams[walk->part + 1];
    next->numbers = malloc(cells_of(left) * sizeof *next->numbers);
    if (!next->numbers)
        return error_memory(error);
    memcpy(next->numbers, left->data, cells_of(left) * sizeof *next->numbers);
    next->rows = left->rows;
    next->cols = left->cols;
    tape_name(&run->tape, walk->left, next->name, sizeof next->name);
    return keep_prices(run, error);
}

static bool enter_one(Run *run, int part, Error *error)
{
    parameters_free(&run->parameters);
    store_free(&run->store);
    run->tape.kept_axes = 0;
    run->parameters.limit = LIMIT / sizeof(double);
    run->walk.part = part;
    return run_declare(run, record_part, 1, error) && store_init_values(&run->store, run->parameters.cells, error) &&
           run_read_parameters(run, error) && tape_attempt(&run->tape, record_part, run, error) &&
           keep_stream(run, error);
}

bool run_enter(Run *run, int part, Error *error)
{
    int from = part;
    while (from > 0 && !run->walk.streams[from].numbers)
        from--;
    for (int at = from; at <= part; at++)
        if (!enter_one(run, at, error))
            return false;
    return true;
}

/* What only a whole training step can do is refused, not left out. */
static bool can_walk(const Model *model, const Mistake *mistake, Error *error)
{
    const struct {
        bool asked;
        const char *what;
    } wholes[] = {{mistake && !mistake_option(mistake), "a mistake planted"},
                  {model->training.batch > 1, "a \"batch\" of several examples"},
                  {model->training.frozen.count > 0 || model->selective, "what is \"frozen\""}};
    for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
        if (wholes[i].asked)
            return error_set(error, EXIT_USED_WRONGLY,
                             "%s takes a whole training step; this model is walked part by part, forward only, since "
                             "its tape would take more than " BEYOND_THE_LIMIT,
                             wholes[i].what);
    return true;
}

bool run_walk(Run *run, const Model *model, const Mistake *mistake, ParameterSource source, Error *error)
{
    *run = (Run){.model = model, .tape = {.frame = -1, .limit = LIMIT}, .source = source};
    if (!can_walk(model, mistake, error))
        return false;
    int count = model->system->parts->count(model);
    run->walk.streams = calloc((size_t)count, sizeof *run->walk.streams);
    if (!run->walk.streams)
        return error_memory(error);
    run->walk.count = count;
    if (run_enter(run, 0, error))
        return true;
    run_free(run);
    return false;
}
