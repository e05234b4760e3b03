/* What a recording asks of its scene: parameters by name, random numbers, a batch; see system.h. */
#include "system.h"

#include <stdio.h>
#include <string.h>

static bool is_frozen(const Scene *scene, const char *name)
{
    const Texts *frozen = &scene->model->training.frozen;
    for (int i = 0; i < frozen->count; i++)
        if (name_is_under(name, frozen->list[i]))
            return true;
    return scene->frozen;
}

static int declare(Scene *scene, const char *name, Shape shape, ParameterClass class)
{
    Tape *tape = scene->tape;
    Parameters *parameters = scene->parameters;
    Parameter wanted = {.rows = shape.rows, .cols = shape.cols, .class = class, .stage = scene->stage,
                        .frozen = is_frozen(scene, name)};
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

int shared_parameter(Scene *scene, const char *name, Shape shape, ParameterClass class)
{
    return find_or_declare(scene, "", name, shape, class);
}

void scene_random(const Scene *scene, unsigned site, Random *random)
{
    random_seed_at(random, (uint64_t)scene->model->init.seed, (uint32_t)scene->training_step, site);
}

Batch scene_batch(const Scene *scene, int of, int usual)
{
    int count = scene->model->training.batch ? scene->model->training.batch : usual;
    return (Batch){.first = (int)((long long)scene->training_step * count % of), .count = count, .of = of};
}
