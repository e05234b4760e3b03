/* Parameters; see params.h. */
#include "params.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNED_CELLS = 8 };

static const char *kept_scope(Parameters *parameters, const char *scope)
{
    if (parameters->count && strcmp(parameters->list[parameters->count - 1].scope, scope) == 0)
        return parameters->list[parameters->count - 1].scope;
    char *copy = arena_alloc(&parameters->arena, strlen(scope) + 1);
    return copy ? strcpy(copy, scope) : NULL;
}

bool parameters_add(Parameters *parameters, Parameter parameter, Error *error)
{
    size_t cells = (size_t)parameter.rows * (size_t)parameter.cols;
    if (parameters->cells + cells > parameters->limit)
        return false;
    if (parameters->count == parameters->capacity) {
        int more = parameters->capacity ? 2 * parameters->capacity : 64;
        Parameter *moved = realloc(parameters->list, (size_t)more * sizeof *moved);
        if (!moved)
            return error_memory(error);
        parameters->list = moved;
        parameters->capacity = more;
    }
    parameter.scope = kept_scope(parameters, parameter.scope);
    if (!parameter.scope)
        return error_memory(error);
    parameter.offset = parameters->cells;
    parameters->cells += (cells + ALIGNED_CELLS - 1) / ALIGNED_CELLS * ALIGNED_CELLS;
    parameters->list[parameters->count++] = parameter;
    return true;
}

void parameters_free(Parameters *parameters)
{
    free(parameters->list);
    arena_free(&parameters->arena);
    *parameters = (Parameters){0};
}

size_t parameter_name(const Parameter *parameter, char *text, size_t size)
{
    return (size_t)snprintf(text, size, "%s%s%s", parameter->scope, *parameter->scope ? "." : "", parameter->local);
}

bool store_init(Store *store, size_t cells, Error *error)
{
    double *block = aligned_alloc(64, 6 * cells * sizeof *block);
    if (!block)
        return error_memory(error);
    memset(block, 0, 6 * cells * sizeof *block);
    *store = (Store){.values = {block, block + cells}, .m = {block + 2 * cells, block + 3 * cells},
                     .v = {block + 4 * cells, block + 5 * cells}};
    return true;
}

void store_free(Store *store)
{
    free(store->values[0]);
    *store = (Store){0};
}
