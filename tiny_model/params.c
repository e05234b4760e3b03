/* Parameters; see params.h. */
#include "params.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNED_CELLS = 8 };

/* Keeps the name and where its last dot cuts it. */
static bool keep_name(Parameters *parameters, Parameter *parameter, const char *name)
{
    size_t size = strlen(name) + 1;
    char *whole = arena_alloc(&parameters->arena, size), *scope = arena_alloc(&parameters->arena, size);
    if (!whole || !scope)
        return false;
    memcpy(whole, name, size);
    memcpy(scope, name, size);
    char *dot = strrchr(scope, '.');
    parameter->name = whole;
    parameter->local = dot ? whole + (dot - scope) + 1 : whole;
    *(dot ? dot : scope) = '\0';
    parameter->scope = scope;
    return true;
}

bool parameters_add(Parameters *parameters, const char *name, Parameter parameter, Error *error)
{
    size_t cells = (size_t)parameter.rows * (size_t)parameter.cols;
    parameters->too_many = parameters->cells + cells > parameters->limit;
    if (parameters->too_many)
        return error_set(error, EXIT_USED_WRONGLY,
                         "model: the parameter \"%s\" [%d x %d] makes a tape of more than " BEYOND_THE_LIMIT "; "
                         "make the model smaller",
                         name, parameter.rows, parameter.cols);
    if (parameters->count == parameters->capacity) {
        int more = parameters->capacity ? 2 * parameters->capacity : 64;
        Parameter *moved = realloc(parameters->list, (size_t)more * sizeof *moved);
        if (!moved)
            return error_memory(error);
        parameters->list = moved;
        parameters->capacity = more;
    }
    if (!keep_name(parameters, &parameter, name))
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

static bool is_called(const Parameter *parameter, const char *scope, size_t length, const char *name)
{
    const char *whole = parameter->name;
    if (length == 0)
        return strcmp(whole, name) == 0;
    return strncmp(whole, scope, length) == 0 && whole[length] == '.' && strcmp(whole + length + 1, name) == 0;
}

int parameters_find(Parameters *parameters, const char *scope, const char *name)
{
    size_t length = strlen(scope);
    int count = parameters->count;
    for (int i = 0; i < count; i++) {
        int at = parameters->next + i < count ? parameters->next + i : parameters->next + i - count;
        if (is_called(&parameters->list[at], scope, length, name)) {
            parameters->next = at + 1 < count ? at + 1 : 0;
            return at;
        }
    }
    return -1;
}

bool name_is_under(const char *name, const char *whole)
{
    size_t length = strlen(whole);
    return strncmp(name, whole, length) == 0 && (name[length] == '\0' || name[length] == '.');
}

size_t parameter_name(const Parameter *parameter, char *text, size_t size)
{
    return (size_t)snprintf(text, size, "%s", parameter->name);
}

bool store_init(Store *store, size_t cells, bool averaged, Error *error)
{
    size_t count = (STORE_BUFFERS + (averaged ? AVERAGE_BUFFERS : 0)) * cells;
    double *block = aligned_alloc(64, count * sizeof *block + 64);
    if (!block)
        return error_memory(error);
    memset(block, 0, count * sizeof *block);
    *store = (Store){.values = {block, block + cells}, .m = {block + 2 * cells, block + 3 * cells},
                     .v = {block + 4 * cells, block + 5 * cells}};
    for (int i = 0; i < AVERAGE_BUFFERS && averaged; i++)
        store->average[i] = block + (STORE_BUFFERS + (size_t)i) * cells;
    return true;
}

bool store_init_values(Store *store, size_t cells, Error *error)
{
    double *block = aligned_alloc(64, cells * sizeof *block + 64);
    *store = (Store){.values = {block, NULL}};
    return block || error_memory(error);
}

void store_free(Store *store)
{
    free(store->values[0]);
    *store = (Store){0};
}
