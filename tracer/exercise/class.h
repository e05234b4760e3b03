/* A class, graded: every answer of every student on the roster, judged one after another. */
#ifndef TRACER_EXERCISE_CLASS_H
#define TRACER_EXERCISE_CLASS_H

#include "marking.h"
#include "roster.h"
#include "verdict.h"

typedef struct {
    bool present;
    char file[160];          /* within the folder of submissions */
    Verdict verdict;
    double mark;
    uint64_t print;          /* of the numbers handed in; 0: too few to compare */
    int filed;               /* the line of Class.files */
    int named, late;         /* the name that the teacher gave it, from 1; days */
} Entry;

/* In which list a file ends: exactly one. */
typedef enum {
    FILED_GRADED, FILED_REFUSED, FILED_REPLACED, FILED_NO_ANSWER, FILED_UNKNOWN_STUDENT, FILED_KINDS
} Filed;

typedef struct {
    Filed filed;
    int student, exercise;   /* -1: nobody's, none */
    char path[300], why[160];
} ClassFile;

typedef struct {
    const char *course, *folder;
    const Exercises *exercises;
    const Roster *roster;
    Entry *entries;          /* [student][exercise] */
    ClassFile *files;        /* [file_count] every file that lies in the folder */
    int file_count, file_room;
    bool run_programs;
    const Secret *secret;    /* of the course, or NULL */
    const Marking *marking;  /* or NULL: every exercise counts 1, nobody was late, no group has a name */
    unsigned force, lacking; /* what held programs back (confined.h), and what once did not; force 0: none was run */
    double searched;         /* operations that the search for slips has taken so far */
} Class;

/* Reads every file in folder/, folder/ID/ or a folder of Moodle, and puts each into one list. The exercise is what the
 * sheet says, else the number or the name of one in the file's name. A file that cannot be read spoils its own entry
 * only.
 *   memory  *out, freed by class_free
 *   errors  no such folder, out of memory, an exercise that does not lint */
bool class_grade(Class *out, Error *error);
void class_free(Class *graded);

static inline Entry *class_entry(const Class *graded, int student, int exercise)
{
    return &graded->entries[(size_t)student * (size_t)graded->exercises->count + (size_t)exercise];
}

/* What an exercise counts, and whether anybody handed it in: what nobody has was not asked for. */
double class_weight(const Class *graded, int exercise);
bool class_was_asked(const Class *graded, int exercise);

/* Sum of the marks of a student, each as much as it counts. */
double class_total(const Class *graded, int student);

/* The most frequent mistakes of an exercise: fills counts[mistake_count]. */
void class_count_mistakes(const Class *graded, int exercise, int *counts);

/* How many files ended in a list, and what it is called. */
int class_filed(const Class *graded, Filed filed);
const char *filed_name(Filed filed);

/* class_tables.c, class_machines.c, class_page.c: each adds one file's content. */
void class_grades_csv(const Class *graded, Text *out);
void class_files_csv(const Class *graded, Text *out);
void class_items_csv(const Class *graded, Text *out);
void class_moodle_csv(const Class *graded, Text *out);
void class_canvas_csv(const Class *graded, Text *out);
void class_gradescope(const Class *graded, int student, Text *out);
void class_junit(const Class *graded, Text *out);
void class_tap(const Class *graded, Text *out);
void class_page(const Class *graded, Text *out);

/* class_picture.c: students x exercises as PNG. */
bool class_picture(const Class *graded, Text *out, Error *error);

/* What differs from the grades.csv of an earlier run: one line for each mark. */
void class_changes(const Class *graded, const char *old_grades, Text *out);

/* A field of CSV, in quotes where it needs them; a formula of a spreadsheet is made harmless. */
void csv_field(Text *out, const char *text);

#endif
