/* An exercise: a folder of text that says what is given, what is asked, which planted mistakes are
 * to be recognised, and what to hint. No number stands in it; numbers come from the recorder. */
#ifndef TRACER_EXERCISE_EXERCISE_H
#define TRACER_EXERCISE_EXERCISE_H

#include "tiny_model/mistakes.h"
#include "tiny_model/system.h"

enum { MOST_GIVENS = 24, MOST_ASKED = 12, MOST_NAMED = 128, MOST_EQUALS = 8, MOST_INVARIANTS = 4, WRITTEN_HINTS = 3,
       MOST_OWN = 12 };

typedef enum { DRAWN_NOT, DRAWN_ANY, DRAWN_POSITIVE } Drawn;

typedef struct {
    const char *name;      /* of a value on the tape */
    int decimals;          /* printed, at most; 2 unless the line says more */
    Drawn drawn;           /* numbers of one decimal from the seed instead of those of the run */
} GivenLine;

typedef struct {
    const char *name;
    int row, col;          /* -1: all */
    int decimals;          /* 0: whole numbers, compared exactly */
} AskedLine;

/* A mistake that shows in fewer than three cells, and two mistakes (or a mistake and the truth) that no numbers can
 * tell apart. */
typedef struct {
    const char *one, *other; /* ids; other may be "truth", and "few" for the former */
    const char *reason;
} Equals;

typedef struct {
    const char *kind, *name; /* "rows_sum_to_1", value */
} InvariantLine;

typedef struct {
    int number;
    char id[64];             /* "07-softmax", the folder */
    const char *title, *formula, *task, *extra;
    /* the folder of an earlier exercise: its seed is used, and what it asks is given here; or NULL */
    const char *follows;
    int chapter, words, training_step;
    Phase phase;             /* the last one that is recorded */
    bool choice;             /* "name the bug": the answer is a number of the list of mistakes */
    GivenLine givens[MOST_GIVENS];
    AskedLine asked[MOST_ASKED];
    const Mistake *mistakes[MOST_NAMED];
    Mistake own[MOST_OWN];   /* those of them that are written in the exercise itself */
    int own_count;
    Equals equals[MOST_EQUALS];
    InvariantLine invariants[MOST_INVARIANTS];
    const char *hints[WRITTEN_HINTS];
    int given_count, asked_count, mistake_count, equals_count, invariant_count;
    Model model;             /* all keys set, not finished */
    char *text;              /* what the pointers above point into */
} Exercise;

typedef struct {
    Exercise *list;
    int count;
} Exercises;

/* Reads all folders NN-name below `folder`, in the order of their numbers.
 *   memory  *out, freed by exercises_free
 *   errors  no folder, a line that means nothing; file and line are named */
bool exercises_read(const char *folder, Exercises *out, Error *error);
void exercises_free(Exercises *exercises);

/* By "07", "7", "softmax" or "07-softmax"; NULL and *error with the nearest if there is none. */
const Exercise *exercise_find(const Exercises *exercises, const char *word, Error *error);

/* True if the mistake is declared to show in few cells only. */
bool exercise_few(const Exercise *exercise, const Mistake *mistake);

/* True if the two mistakes stand in one declared class; NULL is the truth. */
bool exercise_equals(const Exercise *exercise, const Mistake *a, const Mistake *b);

#endif
