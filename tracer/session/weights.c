/* The parameters of a run, from a safetensors file and to one; see safetensors.h. */
#include "safetensors.h"

#include "tracer/base/text.h"
#include "weights_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool fits(const char *path, const NamedMatrix *tensor, const Parameter *parameter, const char *name,
                 Error *error)
{
    if (!tensor)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no tensor \"%s\", which this model needs", path, name);
    if (tensor->rows != parameter->rows || tensor->cols != parameter->cols)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\": \"%s\" is %d x %d, but the model's is %d x %d", path, name,
                         tensor->rows, tensor->cols, parameter->rows, parameter->cols);
    for (size_t i = 0; i < (size_t)tensor->rows * (size_t)tensor->cols; i++)
        if (!isfinite(tensor->data[i]))
            return error_set(error, EXIT_USED_WRONGLY, "\"%s\": \"%s\" has a number that is not finite, at [%d,%d]",
                             path, name, (int)(i / (size_t)tensor->cols), (int)(i % (size_t)tensor->cols));
    return true;
}

static int parameter_find(const Parameters *parameters, const char *wanted)
{
    char name[256];
    for (int i = 0; i < parameters->count; i++) {
        parameter_name(&parameters->list[i], name, sizeof name);
        if (strcmp(name, wanted) == 0)
            return i;
    }
    return -1;
}

/* What weights of the model before its fine-tuning cannot have: it is drawn, or copied from what they have. */
static bool may_be_missing(const Parameter *parameter)
{
    return parameter->fresh || parameter->begins_as;
}

/* What is new beside other weights is new as a whole: a file that has some of it has lost the rest. */
static bool new_ones_are_whole(const char *path, const NamedMatrices *tensors, const Run *run, Error *error)
{
    char name[256], lost[256] = "";
    int found = 0;
    for (int i = 0; i < run->parameters.count; i++) {
        const Parameter *of = &run->parameters.list[i];
        parameter_name(of, name, sizeof name);
        if (!of->fresh || of->begins_as)
            continue;
        if (named_matrix_find(tensors, name))
            found++;
        else if (!*lost)
            memcpy(lost, name, sizeof lost);
    }
    return !found || !*lost ||
           error_set(error, EXIT_USED_WRONGLY, "\"%s\" has no tensor \"%s\", but others that were trained with it",
                     path, lost);
}

/* Every parameter has its tensor and every tensor its parameter, but for what fine-tuning adds and leaves out. */
static bool all_fit(const char *path, const NamedMatrices *tensors, const Run *run, Error *error)
{
    const Parameters *parameters = &run->parameters;
    const System *system = run->model->system;
    char name[256], shown[120];
    for (int i = 0; i < tensors->count; i++)
        if (parameter_find(parameters, tensors->list[i].name) < 0 &&
            !(system->leaves_out && system->leaves_out(run->model, tensors->list[i].name)))
            return error_set(error, EXIT_USED_WRONGLY, "\"%s\" has a tensor \"%s\" that this model does not know", path,
                             token_visible(shown, sizeof shown, tensors->list[i].name));
    for (int i = 0; i < parameters->count; i++) {
        const NamedMatrix *tensor;
        parameter_name(&parameters->list[i], name, sizeof name);
        tensor = named_matrix_find(tensors, name);
        if ((tensor || !may_be_missing(&parameters->list[i])) &&
            !fits(path, tensor, &parameters->list[i], name, error))
            return false;
    }
    return new_ones_are_whole(path, tensors, run, error);
}

/* Those that the file lacks take the numbers of those that they begin as. */
static void copy_missing(const NamedMatrices *tensors, Run *run)
{
    for (int i = 0; i < run->parameters.count; i++) {
        const Parameter *p = &run->parameters.list[i];
        if (p->begins_as && !named_matrix_find(tensors, p->name))
            memcpy(run_parameter(run, i), run_parameter(run, p->begins_as - 1),
                   (size_t)p->rows * (size_t)p->cols * sizeof(double));
    }
}

bool weights_load(const char *path, Run *run, Error *error)
{
    NamedMatrices tensors;
    if (!named_matrices_read(path, &tensors, error))
        return false;
    /* All of it is looked at before a number is changed: a run with half of another's weights is no run. */
    bool whole = all_fit(path, &tensors, run, error);
    char name[256];
    for (int i = 0; whole && i < run->parameters.count; i++) {
        const Parameter *p = &run->parameters.list[i];
        parameter_name(p, name, sizeof name);
        const NamedMatrix *tensor = named_matrix_find(&tensors, name);
        if (tensor)
            memcpy(run_parameter(run, i), tensor->data, (size_t)p->rows * (size_t)p->cols * sizeof(double));
    }
    if (whole)
        copy_missing(&tensors, run);
    named_matrices_free(&tensors);
    return whole;
}

bool weights_load_parts(Run *run, Error *error)
{
    const ModelKey *key;
    for (int i = 0; (key = model_key(run->model->system, i)); i++) {
        const char *path = key->is_file ? *(const char *const *)model_member(run->model, key) : NULL;
        if (path && !(run_is_whole(run, error) && weights_load(path, run, error)))
            return false;
    }
    return true;
}

/* What would be refused on reading is not written. */
static bool can_be_read(const NamedMatrix *matrix, Error *error)
{
    for (long cell = 0; cell < (long)matrix->rows * matrix->cols; cell++)
        if (!isfinite(matrix->data[cell]))
            return error_set(error, EXIT_CHECK_SAID_NO, "nothing is saved: \"%.250s[%ld,%ld]\" is no finite number",
                             matrix->name, cell / matrix->cols, cell % matrix->cols);
    return true;
}

bool weights_save(const char *path, const Run *run, bool after, Error *error)
{
    int count = run->parameters.count;
    NamedMatrices tensors = {.list = calloc((size_t)count + 1, sizeof(NamedMatrix)), .count = count};
    char(*names)[256] = malloc(((size_t)count + 1) * sizeof *names);
    Text words = {0};
    weights_words_write(run->model, &words);
    tensors.metadata = words.data;
    bool whole = (tensors.list && names && !words.failed) || error_memory(error);
    const Store *store = &run->store;
    double *used = after ? (store->average[0] ? store->average : store->values)[1 - store->now] : run_used(run);
    for (int i = 0; whole && i < count; i++) {
        const Parameter *p = &run->parameters.list[i];
        parameter_name(p, names[i], sizeof names[i]);
        tensors.list[i] = (NamedMatrix){.name = names[i], .rows = p->rows, .cols = p->cols, .data = used + p->offset};
        whole = can_be_read(&tensors.list[i], error);
    }
    whole = whole && named_matrices_write(path, &tensors, error);
    text_free(&words);
    free(tensors.list);
    free(names);
    return whole;
}
