/* Finding exercises, and what they declare about their mistakes; see exercise.h. */
#include "exercise.h"

#include "tracer/base/nearest.h"
#include "tracer/base/text.h"

#include <string.h>

const Exercise *exercise_find(const Exercises *exercises, const char *word, Error *error)
{
    long number = 0;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    parse_integer(word, 0, 99, &number);
    for (int i = 0; i < exercises->count; i++) {
        const Exercise *exercise = &exercises->list[i];
        if (number == exercise->number || strcmp(word, exercise->id) == 0 || strcmp(word, exercise->id + 3) == 0)
            return exercise;
        nearest_offer(&nearest, word, exercise->id + 3);
    }
    error_set(error, EXIT_USED_WRONGLY, "no exercise is called \"%.60s\"; %s", word,
              nearest_text(&nearest, answer, "tracer exercise list shows them"));
    return NULL;
}

bool exercise_few(const Exercise *exercise, const Mistake *mistake)
{
    for (int i = 0; i < exercise->equals_count; i++)
        if (strcmp(exercise->equals[i].one, mistake->id) == 0 && strcmp(exercise->equals[i].other, "few") == 0)
            return true;
    return false;
}

bool exercise_equals(const Exercise *exercise, const Mistake *a, const Mistake *b)
{
    const char *one = a ? a->id : "truth", *other = b ? b->id : "truth";
    for (int i = 0; i < exercise->equals_count; i++) {
        const Equals *equals = &exercise->equals[i];
        if ((strcmp(equals->one, one) == 0 && strcmp(equals->other, other) == 0) ||
            (strcmp(equals->one, other) == 0 && strcmp(equals->other, one) == 0))
            return true;
    }
    return strcmp(one, other) == 0;
}
