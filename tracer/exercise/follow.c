/* The student's own numbers of an earlier exercise; see follow.h. */
#include "follow.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const Exercise *followed(const Exercises *exercises, const Exercise *exercise)
{
    for (int i = 0; exercise->follows && i < exercises->count; i++)
        if (strcmp(exercises->list[i].id, exercise->follows) == 0)
            return &exercises->list[i];
    return NULL;
}

static bool is_given(const Variant *variant, const char *name)
{
    for (int i = 0; i < variant->given_count; i++)
        if (strcmp(variant->givens[i].name, name) == 0)
            return true;
    return false;
}

/* The first cell of a value that is asked whole and given in the later exercise; -1 if there is none. */
static int first_cell(const Variant *earlier, const Variant *later, const Value **value)
{
    for (int i = 0; i < earlier->cell_count; i++) {
        const AskedLine *line = &earlier->exercise->asked[earlier->cells[i].line];
        if (line->row >= 0 || line->col >= 0 || !is_given(later, line->name))
            continue;
        *value = tape_value(&earlier->run.tape, tape_find(&earlier->run.tape, line->name));
        return i;
    }
    return -1;
}

static bool all_numbers(const double *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (isnan(cells[i]))
            return false;
    return true;
}

static bool take_value(const Variant *earlier, const Variant *later, const Answer *answer, Given *own, bool *found,
                       Error *error)
{
    const Value *value = NULL;
    int first = first_cell(earlier, later, &value);
    /* With a hole in it there is nothing to go on from. */
    if (first < 0 || !all_numbers(answer->cells + first, cells_of(value)))
        return true;
    double *data = malloc(cells_of(value) * sizeof *data);
    if (!data)
        return error_memory(error);
    memcpy(data, answer->cells + first, cells_of(value) * sizeof *data);
    *own = (Given){.name = earlier->exercise->asked[earlier->cells[first].line].name, .rows = value->rows,
                   .cols = value->cols, .data = data};
    *found = true;
    return true;
}

bool follow_read(const Exercises *exercises, const Variant *variant, const char *path, Given *own, bool *found,
                 Error *error)
{
    const Exercise *exercise = followed(exercises, variant->exercise);
    Variant earlier;
    Answer answer;
    Error unread = {0};
    *found = false;
    /* What cannot be opened or read is no help to the student, and no reason to refuse the answer. */
    if (!exercise || !variant_open(&earlier, exercise, variant->whose, &unread))
        return unread.code != EXIT_INPUT_OUTPUT || error_memory(error);
    bool whole = true;
    if (answer_read(path, &earlier, &answer, &unread)) {
        whole = take_value(&earlier, variant, &answer, own, found, error);
        answer_free(&answer);
    } else if (error_is_memory(&unread)) {
        whole = error_memory(error);
    }
    variant_close(&earlier);
    return whole;
}
