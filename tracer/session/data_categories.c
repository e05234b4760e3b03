/* What the categories of a csv are called; see data_parts.h. */
#include "data_parts.h"

#include <stdlib.h>
#include <string.h>

int categories_find(Categories *categories, Model *model, int column, const char *cell)
{
    int *count = &categories->counts[column];
    for (int i = 0; i < *count; i++)
        if (strcmp(categories->values[column][i], cell) == 0)
            return i;
    const char **more = realloc(categories->values[column], (size_t)(*count + 1) * sizeof *more);
    if (!more)
        return -1;
    categories->values[column] = more;
    more[*count] = model_text(model, cell);
    return more[*count] ? (*count)++ : -1;
}

int categories_known(const Texts *categories, const char *cell)
{
    for (int i = 0; i < categories->count; i++)
        if (strcmp(categories->list[i], cell) == 0)
            return i;
    return -1;
}

bool categories_keep(const Categories *categories, Model *model, Error *error)
{
    for (int c = 0; c < MOST_CATEGORY_COLUMNS; c++) {
        size_t bytes = (size_t)categories->counts[c] * sizeof(char *);
        const char **kept = arena_alloc(&model->arena, bytes + 1);
        if (!kept)
            return error_memory(error);
        if (bytes)
            memcpy(kept, categories->values[c], bytes);
        model->data.categories[c] = (Texts){kept, categories->counts[c]};
    }
    return true;
}

void categories_free(Categories *categories)
{
    for (int c = 0; c < MOST_CATEGORY_COLUMNS; c++)
        free(categories->values[c]);
    *categories = (Categories){0};
}
