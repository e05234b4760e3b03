/* The roster of a class: a CSV file with a header; the first column is the student's id, a column
 * "name" is shown beside it. */
#ifndef TRACER_EXERCISE_ROSTER_H
#define TRACER_EXERCISE_ROSTER_H

#include "tiny_model/error.h"

enum { MOST_STUDENTS = 5000 };

typedef struct {
    char *id, *name;    /* id: letters, digits, ".-_@", so that it can be a file's name */
} Student;

typedef struct {
    Student *list;
    int count;
    char *text;         /* what the list points into */
} Roster;

/*   memory  *out, freed by roster_free
 *   errors  no file, no header, an id that is none or stands twice; the line is named */
bool roster_read(const char *path, Roster *out, Error *error);
void roster_free(Roster *roster);

#endif
