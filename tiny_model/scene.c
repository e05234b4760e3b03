/* What a recording asks of its scene: parameters by name, random numbers, a batch; see system.h. */
#include "system.h"

#include "primitive.h"
#include "rules/rule.h"
#include "run_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is_frozen(const Scene *scene, const char *name)
{
    const Texts *frozen = &scene->model->training.frozen;
    for (int i = 0; i < frozen->count; i++)
        if (name_is_under(name, frozen->list[i]))
            return true;
    if (scene->trained || scene->frozen)
        return scene->frozen;
    const Model *model = scene->model;
    for (int i = 0; model->selective && i < model->trained.count; i++)
        if (name_is_under(name, model->trained.list[i]))
            return false;
    return model->selective;
}

/* What a parameter of a copied part is called where it is copied from: "reference.head.W" is head.W. */
static int original(Scene *scene, const char *name)
{
    const char *dot = strchr(name, '.');
    CHECK(dot, "%s is copied from nowhere", name);
    int found = parameters_find(scene->parameters, "", dot + 1);
    CHECK(found >= 0, "%s begins as a parameter that is not there", name);
    return found;
}

static int declare(Scene *scene, const char *name, Shape shape, ParameterClass class)
{
    Tape *tape = scene->tape;
    Parameters *parameters = scene->parameters;
    Parameter wanted = {.rows = shape.rows, .cols = shape.cols, .class = class, .stage = scene->stage,
                        .frozen = is_frozen(scene, name)};
    wanted.fresh = scene->fresh || class == PARAMETER_ADAPTER || class == PARAMETER_ADAPTER_ZERO;
    if (scene->copied)
        wanted.begins_as = 1 + original(scene, name);
    if (shape.row_axis)
        wanted.row_axis = tape->axes[shape.row_axis];
    if (shape.col_axis)
        wanted.col_axis = tape->axes[shape.col_axis];
    if (!parameters_add(parameters, name, wanted, tape->error))
        tape_give_up(tape);
    Parameter *added = &parameters->list[parameters->count - 1];
    added->value = tape_parameter(tape, added->scope, added->local, shape, NULL);
    tape->values[added->value].frozen = added->frozen;
    return added->value;
}

static int find_or_declare(Scene *scene, const char *scope, const char *name, Shape shape, ParameterClass class)
{
    int found = parameters_find(scene->parameters, scope, name);
    if (found < 0) {
        char whole[512];
        snprintf(whole, sizeof whole, "%s%s%s", scope, *scope ? "." : "", name);
        CHECK(scene->declaring, "the parameter %s was not asked for on the dry pass", whole);
        return declare(scene, whole, shape, class);
    }
    const Parameter *known = &scene->parameters->list[found];
    CHECK(known->rows == shape.rows && known->cols == shape.cols, "the parameter %s is %d x %d, not %d x %d",
          known->name, known->rows, known->cols, shape.rows, shape.cols);
    return known->value;
}

int parameter(Scene *scene, const char *name, Shape shape, ParameterClass class)
{
    const Tape *tape = scene->tape;
    return find_or_declare(scene, tape->frame < 0 ? "" : tape->frames[tape->frame].home, name, shape, class);
}

static int parameter_with(Scene *scene, const char *name, Shape shape, ParameterClass class, double begin)
{
    int before = scene->parameters->count, id = parameter(scene, name, shape, class);
    if (scene->parameters->count > before)
        scene->parameters->list[before].begin = begin;
    return id;
}

int parameter_of(Scene *scene, const char *name, Shape shape, double begin)
{
    return parameter_with(scene, name, shape, PARAMETER_CONSTANT, begin);
}

int parameter_spread(Scene *scene, const char *name, Shape shape, double deviation)
{
    return parameter_with(scene, name, shape, PARAMETER_SPREAD, deviation);
}

void parameter_limit(Scene *scene, int value, double most)
{
    for (int p = 0; p < scene->parameters->count; p++)
        if (scene->parameters->list[p].value == value) {
            scene->parameters->list[p].limited = isfinite(most);
            scene->parameters->list[p].most = most;
        }
}

int shared_parameter(Scene *scene, const char *name, Shape shape, ParameterClass class)
{
    return find_or_declare(scene, "", name, shape, class);
}

void scene_random(const Scene *scene, unsigned site, Random *random)
{
    random_seed_at(random, (uint64_t)scene->model->init.seed, (uint32_t)scene->training_step, site);
}

int scene_mask(Scene *scene, const char *name, Shape shape, double p)
{
    double *mask = tape_room(scene->tape, shape.rows, shape.cols);
    Random random;
    scene_random(scene, ++scene->sites, &random);
    for (size_t i = 0; mask && i < (size_t)shape.rows * (size_t)shape.cols; i++)
        mask[i] = random_uniform(&random) >= p;
    return tape_leaf(scene->tape, KIND_INPUT, name, shape, mask);
}

int scene_dropout(Scene *scene, const char *name, int x, double p)
{
    Tape *tape = scene->tape;
    if (p == 0 || !scene->learning)
        return x;
    Value of = *tape_value(tape, x);
    tape_begin(tape, name, -1, &DROPOUT);
    int leaf = scene_mask(scene, "mask", (Shape){of.rows, of.cols, of.row_axis, of.col_axis}, p);
    return dropout(tape, name, x, leaf, p);
}

/* Rows from place `first` on of epochs that are each a shuffled list. */
static void shuffled_rows(const Scene *scene, long long first, int count, int of, int *rows)
{
    int *order = tape_ints(scene->tape, of, 0);
    long long known = -1;
    Random random;
    for (int i = 0; i < count; i++) {
        long long epoch = (first + i) / of;
        if (epoch != known) {
            for (int row = 0; row < of; row++)
                order[row] = row;
            random_seed(&random, (uint64_t)scene->model->training.shuffle + ((uint64_t)epoch << 32));
            random_shuffle(&random, order, of);
            known = epoch;
        }
        rows[i] = order[(first + i) % of];
    }
}

static void drawn_rows(const Scene *scene, int count, int of, int *rows)
{
    const Model *model = scene->model;
    double seed = isfinite(model->training.shuffle) ? model->training.shuffle : model->init.seed;
    Random random;
    random_seed(&random, (uint64_t)seed + ((uint64_t)scene->training_step << 32));
    for (int i = 0; i < count; i++)
        rows[i] = (int)random_below(&random, (uint32_t)of);
}

Batch scene_batch(const Scene *scene, int of, int usual)
{
    const Training *training = &scene->model->training;
    int count = training->batch ? training->batch : usual;
    count *= training->accumulate > 1 ? training->accumulate : 1;
    long long first = (long long)scene->training_step * count;
    Batch batch = {.first = (int)(first % of), .count = count, .of = of};
    if (training->loader != LOADER_RANDOM && !(training->shuffle < INFINITY))
        return batch;
    int *rows = tape_ints(scene->tape, count, 0);
    if (training->loader == LOADER_RANDOM)
        drawn_rows(scene, count, of, rows);
    else
        shuffled_rows(scene, first, count, of, rows);
    batch.rows = rows;
    return batch;
}

/* Every name of a list is one of a parameter, or the beginning of one. */
static bool are_there(const Run *run, const Texts *names, const char *key, Error *error)
{
    for (int i = 0; i < names->count; i++) {
        int p = 0;
        while (p < run->parameters.count && !name_is_under(run->parameters.list[p].name, names->list[i]))
            p++;
        if (p == run->parameters.count)
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: %s has \"%.100s\", but no parameter is called so or begins so", key,
                             names->list[i]);
    }
    return true;
}

bool run_names_are_there(const Run *run, Error *error)
{
    const Model *model = run->model;
    return are_there(run, &model->training.frozen, "\"frozen\" in \"training\"", error) &&
           (!model->system->named_parts ||
            are_there(run, model->system->named_parts(model), "\"train\" in \"task\"", error));
}
