/* Grading a class, inside: what the one who walks the folders (class_files.c) and the one who judges (class.c) tell
 * each other. */
#ifndef TRACER_EXERCISE_GRADING_H
#define TRACER_EXERCISE_GRADING_H

#include "class.h"

typedef struct {
    Class *class;
    int student;             /* whose files these are; -1: nobody's */
    Error *error;            /* what stops the run: memory */
} Grading;

/* class_files.c: grades what lies in the folder of the class, file by file. */
bool class_take_files(Grading *to);

/* class.c: judges one file of to->student; `why` is what was found wrong with it already. */
bool grade_entry(const Grading *to, int exercise, const SheetCode *code, const char *path, Error *why, Entry *entry);

/* class.c: what the teacher says of such an answer, and of its being late. */
void mark_as_said(const Grading *to, int exercise, Entry *entry);

#endif
