/* An answer as it was handed in: the numbers that it is about, and those that it gives. */
#ifndef TRACER_EXERCISE_HANDED_IN_H
#define TRACER_EXERCISE_HANDED_IN_H

#include "verdict.h"

/* What was said of a file beside what stands in it; NULL where nothing was. */
typedef struct {
    const char *student, *course;
    const char *before;         /* an answer to the exercise that this one follows */
    const Secret *secret;       /* of the course */
    bool shows;                 /* right numbers will be shown: not without the secret, where the sheet has one */
} Claim;

typedef struct {
    SheetCode code;             /* what the variant's `whose` may point into: never moved */
    Variant variant;
    Answer answer;
    Given before;               /* name is NULL: there is nothing of before */
} HandedIn;

/* What a file says about itself; code->found is false where it is no worksheet.
 *   errors  a file that cannot be read */
bool handed_in_code(const char *path, SheetCode *code, Error *error);

/* The exercise that a code names; NULL and *error if there is none of that number. */
const Exercise *handed_in_exercise(const Exercises *exercises, const char *path, const SheetCode *code, Error *error);

/* Opens the numbers of the worksheet that the file answers: whose they are is what was claimed,
 * else what the sheet says (of the course demo where nobody says which); and reads the answer.
 *   memory  *out, freed by handed_in_close
 *   errors  a file that cannot be read or is no answer, the sheet of another exercise or student,
 *           numbers of which nobody says whose they are */
bool handed_in_open(HandedIn *out, const Exercises *exercises, const Exercise *exercise, const char *path,
                    const Claim *claim, Error *error);
void handed_in_close(HandedIn *handed);

#endif
