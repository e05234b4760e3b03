/* The verdict on an answer, in a fixed order: blank, correct, a mistake of the exercise's list, right from an earlier
 * sheet's own numbers, a single slip found by search, rounded too early, two slips, right from this sheet's own wrong
 * numbers, a generic sign, a broken invariant, unknown. */
#ifndef TRACER_EXERCISE_VERDICT_H
#define TRACER_EXERCISE_VERDICT_H

#include "answer.h"
#include "slice.h"
#include "tracer/base/text.h"

typedef enum {
    VERDICT_BLANK, VERDICT_CORRECT, VERDICT_NAMED, VERDICT_CONSISTENT, VERDICT_FOLLOWS, VERDICT_ROUNDED, VERDICT_SIGN,
    VERDICT_INVARIANT, VERDICT_UNKNOWN, VERDICT_REFUSED
} VerdictKind;

enum { MOST_SUSPECTS = 4 };

typedef struct {
    VerdictKind kind;
    const Mistake *suspects[MOST_SUSPECTS];
    int suspect_count;
    int wrong_cells;           /* beyond one unit of the truth */
    int telling_cells;         /* of the first suspect */
    bool within_sheet;         /* follow-through from numbers of this very sheet */
    bool half;                 /* and something is right that does not follow by itself */
    int root;                  /* and the asked line that they are of */
    char says[400];            /* what the student reads */
    char signature[120];       /* of a mistake that is on no list, without numbers of the student's own */
} Verdict;

static const double RIGHT_UNITS = 1.000001, LIKE_UNITS = 2.000001, EARLY_UNITS = 10.000001;
enum { TELLING_CELLS = 3 };

/* Judges the answer; the variant's tape is recorded again with every listed mistake. An answer to
 * the exercise that this one follows may be given as `before`, or NULL.
 *   errors  out of memory */
bool verdict_find(Variant *variant, const Answer *answer, const Given *before, Verdict *verdict, Error *error);

/* One word: "correct", "named", "blank" ... */
const char *verdict_name(VerdictKind kind);

/* 1, 0.5 or 0. */
double verdict_mark(const Verdict *verdict);

/* The matrix with a sign in every wrong cell: no number is shown unless `teacher`. */
void verdict_picture(const Variant *variant, const Answer *answer, bool teacher, Text *out);

/* signs.c: fills in says and kind if the answer stands to the truth in a plain way. */
bool sign_find(const Variant *variant, const Answer *answer, Verdict *verdict);

/* followed.c: fills in says and kind if all is right from the student's own wrong numbers: `before`, of an earlier
 * sheet, or NULL; those of an asked value of this one. `slice` is that of the truth; the variant is recorded again.
 *   errors  out of memory */
bool follow_before(Variant *variant, const Answer *answer, const Given *before, Verdict *verdict, Error *error);
bool follow_within(Variant *variant, const Answer *answer, const Slice *slice, Verdict *verdict, Error *error);

/* answer_invariants.c: the first rule of the exercise that the answer itself breaks. */
bool invariant_broken(const Variant *variant, const Answer *answer, Verdict *verdict);
bool invariant_known(const char *kind);

#endif
