/* What fine-tuning trained, alone; see adapter.h. */
#include "adapter.h"

#include "safetensors.h"
#include "tensors.h"
#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"
#include "tracer/base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARK_SIZE = 17 };

static size_t cells_in(const Parameter *parameter)
{
    return (size_t)parameter->rows * (size_t)parameter->cols;
}

static const double *numbers_of(const Run *run, const Parameter *parameter)
{
    return run_used(run) + parameter->offset;
}

/* FNV-1a over the names and numbers of what is frozen: another model has another mark. */
static const char *mark_of(const Run *run, char out[MARK_SIZE])
{
    uint64_t hash = 14695981039346656037u;
    for (int i = 0; i < run->parameters.count; i++) {
        const Parameter *p = &run->parameters.list[i];
        const double *numbers = numbers_of(run, p);
        for (const char *c = p->name; p->frozen && *c; c++)
            hash = (hash ^ (unsigned char)*c) * 1099511628211u;
        for (size_t cell = 0; p->frozen && cell < cells_in(p); cell++) {
            uint64_t bits;
            memcpy(&bits, &numbers[cell], sizeof bits);
            for (int byte = 0; byte < 8; byte++)
                hash = (hash ^ (bits >> 8 * byte & 0xff)) * 1099511628211u;
        }
    }
    snprintf(out, MARK_SIZE, "%016" PRIx64, hash);
    return out;
}

static bool has_frozen(const Run *run, Error *error)
{
    for (int i = 0; i < run->parameters.count; i++)
        if (run->parameters.list[i].frozen)
            return true;
    return error_set(error, EXIT_USED_WRONGLY,
                     "all of this model is trained, so there is no adapter beside it; give it \"lora\" or \"train\" in "
                     "\"task\"");
}

static bool tensor_fits(const char *path, const NamedMatrix *tensor, const Parameter *p, Error *error)
{
    if (!tensor)
        return error_set(error, EXIT_USED_WRONGLY, "\"%s\" is an adapter of another model: it has no \"%s\"", path,
                         p->name);
    if (tensor->rows != p->rows || tensor->cols != p->cols)
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%s\" is an adapter of another model: its \"%s\" is %d x %d, here it is %d x %d", path,
                         p->name, tensor->rows, tensor->cols, p->rows, p->cols);
    for (size_t i = 0; i < cells_in(p); i++)
        if (!isfinite(tensor->data[i]))
            return error_set(error, EXIT_USED_WRONGLY, "\"%s\": \"%s\" has a number that is not finite", path, p->name);
    return true;
}

/* The mark of the weights that the file goes with; "" where it says none. */
static bool read_mark(const char *path, char out[MARK_SIZE], Error *error)
{
    Tensors tensors;
    *out = '\0';
    if (!tensors_open(&tensors, path, error))
        return false;
    json_t *told = tensors.metadata ? json_loads(tensors.metadata, 0, NULL) : NULL;
    const char *base = json_string_value(json_object_get(told, "base"));
    if (base)
        snprintf(out, MARK_SIZE, "%s", base);
    json_decref(told);
    tensors_close(&tensors);
    return true;
}

static bool all_fit(const char *path, const NamedMatrices *tensors, const Run *run, Error *error)
{
    char mark[MARK_SIZE], theirs[MARK_SIZE], shown[120];
    int trained = 0;
    for (int i = 0; i < run->parameters.count; i++) {
        const Parameter *p = &run->parameters.list[i];
        trained += !p->frozen;
        if (!p->frozen && !tensor_fits(path, named_matrix_find(tensors, p->name), p, error))
            return false;
    }
    for (int i = 0; i < tensors->count && tensors->count > trained; i++) {
        int p = 0;
        while (p < run->parameters.count && (run->parameters.list[p].frozen ||
                                             strcmp(run->parameters.list[p].name, tensors->list[i].name) != 0))
            p++;
        if (p == run->parameters.count)
            return error_set(error, EXIT_USED_WRONGLY,
                             "\"%s\" is an adapter of another model: \"%s\" is nothing that is trained here", path,
                             token_visible(shown, sizeof shown, tensors->list[i].name));
    }
    if (!read_mark(path, theirs, error))
        return false;
    if (*theirs && strcmp(theirs, mark_of(run, mark)) != 0)
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%s\" is an adapter of other weights than these; give those that it was trained on with "
                         "--weights",
                         path);
    return true;
}

bool adapter_load(const char *path, Run *run, Error *error)
{
    NamedMatrices tensors;
    if (!has_frozen(run, error) || !named_matrices_read(path, &tensors, error))
        return false;
    bool whole = all_fit(path, &tensors, run, error);
    for (int i = 0; whole && i < run->parameters.count; i++) {
        const Parameter *p = &run->parameters.list[i];
        if (!p->frozen)
            memcpy(run_parameter(run, i), named_matrix_find(&tensors, p->name)->data, cells_in(p) * sizeof(double));
    }
    named_matrices_free(&tensors);
    return whole;
}

bool adapter_save(const char *path, const Run *run, Error *error)
{
    char mark[MARK_SIZE], metadata[40];
    if (!has_frozen(run, error))
        return false;
    snprintf(metadata, sizeof metadata, "{\"base\":\"%s\"}", mark_of(run, mark));
    NamedMatrices tensors = {.list = calloc((size_t)run->parameters.count, sizeof(NamedMatrix)), .metadata = metadata};
    if (!tensors.list)
        return error_memory(error);
    for (int i = 0; i < run->parameters.count; i++) {
        const Parameter *p = &run->parameters.list[i];
        if (!p->frozen)
            tensors.list[tensors.count++] = (NamedMatrix){(char *)p->name, p->rows, p->cols,
                                                          (double *)numbers_of(run, p)};
    }
    bool whole = named_matrices_write(path, &tensors, error);
    free(tensors.list);
    return whole;
}

/* The call in which a parameter is what its adapter stands beside, or NULL. */
static const Call *adapted(const Tape *tape, int parameter)
{
    for (int i = 0; i < tape->call_count; i++)
        if (tape->calls[i].rule == &LORA && tape->calls[i].inputs[LORA_W] == parameter)
            return &tape->calls[i];
    return NULL;
}

/* W + s A B, each sum over the rank from the left. */
static void merge(const Tape *tape, const Call *call, double *out)
{
    const Value *w = tape_value(tape, call->inputs[LORA_W]), *a = tape_value(tape, call->inputs[LORA_A]),
                *b = tape_value(tape, call->inputs[LORA_B]);
    for (int row = 0; row < w->rows; row++)
        for (int col = 0; col < w->cols; col++) {
            double sum = 0;
            for (int k = 0; k < a->cols; k++)
                sum += cell_of(a, row, k) * cell_of(b, k, col);
            out[(size_t)row * (size_t)w->cols + (size_t)col] = cell_of(w, row, col) +
                                                               call->attributes.constants[0] * sum;
        }
}

static bool is_adapter(const Parameter *p)
{
    return p->class == PARAMETER_ADAPTER || p->class == PARAMETER_ADAPTER_ZERO;
}

bool adapter_merge(const char *path, const Run *run, Error *error)
{
    const Parameters *parameters = &run->parameters;
    int merged = 0;
    NamedMatrices tensors = {.list = calloc((size_t)parameters->count + 1, sizeof(NamedMatrix))};
    double *room = malloc(parameters->cells * sizeof *room + 1);
    bool whole = (tensors.list && room) || error_memory(error);
    for (int i = 0; whole && i < parameters->count; i++) {
        const Parameter *p = &parameters->list[i];
        const Call *call = adapted(&run->tape, i);
        if (is_adapter(p))
            continue;
        if (call)
            merge(&run->tape, call, room + p->offset);
        merged += call != NULL;
        tensors.list[tensors.count++] = (NamedMatrix){(char *)p->name, p->rows, p->cols,
                                                      call ? room + p->offset : (double *)numbers_of(run, p)};
    }
    if (whole && merged == 0)
        whole = error_set(error, EXIT_USED_WRONGLY,
                          "there is nothing to merge: the model has no adapters; \"lora\" in a model file adds them");
    whole = whole && named_matrices_write(path, &tensors, error);
    free(tensors.list);
    free(room);
    return whole;
}
