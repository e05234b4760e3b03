/* A variant: the numbers of one student. The model of the exercise is recorded from a seed made of
 * course, exercise, student and draw; given values are rounded to what is printed, and everything
 * behind them is computed from that, on the same tape. */
#ifndef TRACER_EXERCISE_VARIANT_H
#define TRACER_EXERCISE_VARIANT_H

#include "exercise.h"
#include "secret.h"
#include "tiny_model/run.h"

enum { MOST_WHOSE = 63 }; /* letters of a student or course that a sheet takes */

typedef struct {
    const char *course, *student;
    int draw;                  /* 0 is the first; a draw that does not lint is passed over */
    const Secret *secret;      /* of the course; NULL: anybody can draw these numbers */
} Whose;

/* About 200 ms on a machine that makes 5e9 operations of the primitives a second. Counted, not measured, so that
 * an answer is judged alike on every machine. */
static const double SEARCH_EFFORT = 1e9;

/* One asked cell. */
typedef struct {
    int line;                  /* of exercise->asked */
    int row, col, decimals;
} AskedCell;

typedef struct {
    const Exercise *exercise;
    Whose whose;
    char code[32];             /* on the sheet: exercise, seed, draw */
    Model model;
    Run run;                   /* the tape of the truth, or of the last mistake recorded */
    Given givens[MOST_GIVENS + 1];
    int given_count;
    AskedCell *cells;
    double *truth;             /* [cell_count] */
    int cell_count;
    int choice;                /* "name the bug": 1 .. mistake_count, the planted one */
    double effort;             /* operations that the search for slips may still take for its answers */
} Variant;

/*   errors  a value that the model does not have, out of memory */
bool variant_open(Variant *variant, const Exercise *exercise, Whose whose, Error *error);
void variant_close(Variant *variant);

/* Records again with a planted mistake (NULL: the truth) and reads the asked cells into
 * cells[cell_count]. False and *error if the mistake does not fit. */
bool variant_record(Variant *variant, const Mistake *mistake, double *cells, Error *error);

/* The same with one more given value: numbers of the student's own, rows x cols. */
bool variant_record_with(Variant *variant, const Given *own, double *cells, Error *error);

/* The latest value of that name on a tape, -1 if there is none. */
int tape_find(const Tape *tape, const char *name);

/* A number from course, exercise, student and draw, salted with the secret if there is one. */
uint64_t seed_of(const Exercise *exercise, Whose whose);

/* What the sheet's code says of them: a part of the seed; with a secret another number, from which no seed is found. */
unsigned code_of(const Exercise *exercise, Whose whose);

/* The parts of variant_open, for who has the given numbers from elsewhere: a model of that seed, not finished; the
 * tape without given values; once they are in variant->givens, the tape with them and the asked cells. */
bool variant_model(Variant *variant, uint64_t seed, Error *error);
bool variant_begin(Variant *variant, Error *error);
bool variant_end(Variant *variant, Error *error);

/* The distance of two numbers in units of the last asked decimal: 0 for equal infinities, inf
 * where one is nan or infinite; whole numbers are 1000 apart or equal. */
double units_apart(double a, double b, int decimals);

#endif
