/* Opening what was handed in; see handed_in.h. */
#include "handed_in.h"

#include "follow.h"
#include "lint.h"
#include "sheet_read.h"

#include <stdlib.h>

enum { MOST_DRAWN = 100000 };

bool handed_in_code(const char *path, SheetCode *code, Error *error)
{
    char *text;
    size_t size;
    if (!answer_bytes(path, &text, &size, error))
        return false;
    answer_code(text, code);
    free(text);
    return true;
}

const Exercise *handed_in_exercise(const Exercises *exercises, const char *path, const SheetCode *code, Error *error)
{
    for (int i = 0; i < exercises->count; i++)
        if (exercises->list[i].number == code->exercise)
            return &exercises->list[i];
    error_set(error, EXIT_USED_WRONGLY, "%s: the code on the sheet is of exercise %d, which is not here", path,
              code->exercise);
    return NULL;
}

/* Numbers alone do not say whose sheet they answer. */
static bool says_whose(const char *path, const Claim *claim, const SheetCode *code, Error *error)
{
    return claim->student || code->found || *code->student ||
           error_set(error, EXIT_USED_WRONGLY,
                     "%s: no line \"# code\" says whose numbers these answer; say it: --student ID [--course NAME]",
                     path);
}

static Whose claimed_whose(const Claim *claim, const SheetCode *code)
{
    /* What the teacher says comes before what the sheet says of itself. */
    return (Whose){.secret = claim->secret, .student = claim->student ? claim->student : code->student,
                   .course = claim->course ? claim->course : *code->course ? code->course : "demo",
                   .draw = code->found && code->draw >= 0 && code->draw < MOST_DRAWN ? code->draw : 0};
}

static bool read_answer(HandedIn *out, const Exercises *exercises, const char *path, const char *before, Error *error)
{
    bool found = false;
    if (!answer_read(path, &out->variant, &out->answer, error))
        return false;
    return !before || follow_read(exercises, &out->variant, before, &out->before, &found, error);
}

/* A sheet whose seed nobody knows here: right is what follows from the numbers that are printed on it, and nothing of
 * that is shown. */
static bool open_salted(HandedIn *out, const Exercise *exercise, const char *path, const Claim *claim, Whose whose,
                        Error *error)
{
    char *text;
    size_t size;
    if (claim->shows)
        return error_set(error, EXIT_USED_WRONGLY,
                         "%s: this sheet belongs to a course with a secret; without --secret FILE it is checked, but "
                         "no number is shown", path);
    if (claim->before || out->code.exercise != exercise->number)
        return error_set(error, EXIT_USED_WRONGLY,
                         claim->before ? "%s: --before needs the secret of the course: --secret FILE"
                                       : "%s: the code on the sheet is of another exercise", path);
    if (!answer_bytes(path, &text, &size, error))
        return false;
    bool whole = sheet_open(&out->variant, exercise, whose, text, error);
    free(text);
    if (whole && read_answer(out, NULL, path, NULL, error))
        return true;
    handed_in_close(out);
    return false;
}

bool handed_in_open(HandedIn *out, const Exercises *exercises, const Exercise *exercise, const char *path,
                    const Claim *claim, Error *error)
{
    *out = (HandedIn){0};
    if (!handed_in_code(path, &out->code, error))
        return false;
    const SheetCode *code = &out->code;
    if (!says_whose(path, claim, code, error))
        return false;
    Whose whose = claimed_whose(claim, code);
    if (code->mark == 's' && !claim->secret)
        return open_salted(out, exercise, path, claim, whose, error);
    if (code->found &&
        /* The code is of exercise, course and student: a sheet that was passed on is refused. */
        (code->exercise != exercise->number || code->seed != code_of(exercise, whose)))
        return error_set(error, EXIT_USED_WRONGLY,
                         "%s: the code on the sheet is not that of exercise %02d for \"%.60s\"", path, exercise->number,
                         whose.student);
    /* The sheet says which draw it was; without a code it is the one that would be handed out now. */
    if (!(code->found ? variant_open : lint_open)(&out->variant, exercise, whose, error))
        return false;
    if (read_answer(out, exercises, path, claim->before, error))
        return true;
    handed_in_close(out);
    return false;
}

void handed_in_close(HandedIn *handed)
{
    free((double *)handed->before.data);
    answer_free(&handed->answer);
    variant_close(&handed->variant);
    *handed = (HandedIn){0};
}
