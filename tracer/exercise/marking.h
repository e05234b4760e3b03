/* What a teacher says of the marks: which exercises count how much, who was late, what an answer of a kind that has no
 * name in the table is called in this class. */
#ifndef TRACER_EXERCISE_MARKING_H
#define TRACER_EXERCISE_MARKING_H

#include "exercise.h"

enum { MOST_NUMBER = 100, SIGNATURE_CODE = 16 };

/* A name for answers of one signature. */
typedef struct {
    char code[SIGNATURE_CODE];
    char *text;
    double mark;
} NamedGroup;

typedef struct {
    char student[64];
    int exercise, days;      /* exercise -1: all */
} Late;

typedef struct {
    double weights[MOST_NUMBER];
    double late_cost;        /* of a mark, for each day */
    Late *late;
    NamedGroup *named;
    int late_count, named_count;
    char *text;              /* what the names point into */
} Marking;

/* Every text may be NULL.
 *   weights  "07=2,21=0.5"; 1 where nothing is said
 *   late     a file of lines STUDENT,EXERCISE,DAYS; EXERCISE may be "all"
 *   names    a file of lines: name CODE "text" MARK; class.txt prints the codes
 *   memory   *out, freed by marking_free
 *   errors   a line that means nothing is named */
typedef struct {
    const char *weights, *late, *names;
    double late_cost;
} MarkingFiles;
bool marking_read(Marking *out, const MarkingFiles *files, Error *error);
void marking_free(Marking *marking);

/* How many days late an exercise was. */
int marking_days(const Marking *marking, const char *student, int exercise);

/* The index of the name that a signature has in this class, -1 if it has none. */
int marking_name(const Marking *marking, const Exercise *exercise, const char *signature);

/* Short enough to be copied into the file of names: "05:3fa2c1". */
void signature_code(const Exercise *exercise, const char *signature, char code[SIGNATURE_CODE]);

/* The exercises that are named in "07,08,softmax": copies that share everything with `all`; the list is freed by the
 * caller. NULL means all of them. */
bool exercises_only(const Exercises *all, const char *words, Exercises *out, Error *error);

#endif
