/* Ids that were typed in the place of a text; see data_file.h. */
#include "data_file.h"

#include "tiny_model/system.h"

#include <stdio.h>
#include <string.h>

bool token_ids_parse(const char *text, Arena *arena, int **ids, int *count, Error *error)
{
    *count = 1;
    for (const char *c = text; *c; c++)
        *count += *c == ',';
    /* Before room is asked for: the number of commas is what a stranger wrote. */
    *ids = *count <= MOST_TOKENS ? arena_alloc(arena, (size_t)*count * sizeof **ids) : NULL;
    if (*count > MOST_TOKENS)
        return error_set(error, EXIT_USED_WRONGLY, "--tokens has more than %d ids", MOST_TOKENS);
    if (!*ids)
        return error_memory(error);
    for (int i = 0; i < *count; i++) {
        char word[24];
        size_t length = strcspn(text, ",");
        long id;
        snprintf(word, sizeof word, "%.*s", length < 23 ? (int)length : 23, text);
        if (length >= sizeof word || !parse_integer(word, 0, MOST_VOCABULARY, &id))
            return error_set(error, EXIT_USED_WRONGLY, "--tokens takes ids with commas between them, not \"%.60s\"",
                             word);
        (*ids)[i] = (int)id;
        text += length + (text[length] == ',');
    }
    return true;
}

bool data_of_ids(const char *text, Model *model, Error *error)
{
    int *ids, count;
    if (!data_field_key(model->system, "tokens"))
        return error_set(error, EXIT_USED_WRONGLY,
                         "--tokens are for models that read a text; the system \"%s\" does not", model->system->name);
    if (!token_ids_parse(text, &model->arena, &ids, &count, error))
        return false;
    /* The ids count in the vocabulary of the texts that they take the place of. */
    if (model->system->read_texts && !model->system->read_texts(model, error))
        return false;
    Example *example = arena_alloc(&model->arena, sizeof *example);
    Field *field = arena_alloc(&model->arena, sizeof *field);
    double *numbers = arena_alloc(&model->arena, (size_t)count * sizeof *numbers);
    if (!example || !field || !numbers)
        return error_memory(error);
    for (int i = 0; i < count; i++)
        numbers[i] = ids[i];
    *field = (Field){.key = "tokens", .numbers = numbers, .count = count};
    *example = (Example){field, 1};
    model->data = (Data){.examples = example, .example_count = 1};
    model->training.batch = 0;
    model->training.loader = LOADER_ROWS;
    model->training.validation = 0;
    return true;
}

