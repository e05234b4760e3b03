/* The roster of a class: a table as spreadsheets and learning platforms export it, separated by commas, semicolons or
 * tabs, in UTF-8 or UTF-16. */
#ifndef TRACER_EXERCISE_ROSTER_H
#define TRACER_EXERCISE_ROSTER_H

#include "tiny_model/error.h"

enum { MOST_STUDENTS = 5000 };

typedef struct {
    char *id, *name;    /* id: letters, digits, ".-_@", so that it can be a file's name */
    char **cells;       /* [cell_count], the line as it was */
    int cell_count;
} Student;

typedef struct {
    Student *list;
    int count;
    char **header;      /* [columns]; columns is 0 where the first line is a student's already */
    int columns, id_column;
    int lines, blank, others; /* lines = header + blank + others + count; others: points possible, the test student */
    char *text, *names; /* what the list points into */
    char **cells;
} Roster;

/* The first line is a header if it names a column that is known, or the one of the id. The id's column is `id_column`
 * (its name or its number from 1), else the first known one ("id", "Username", "SIS Login ID" ...), else the first.
 *   memory  *out, freed by roster_free
 *   errors  no file, no such column, no student, an id that is none or stands twice; the line is named */
bool roster_read(const char *path, const char *id_column, Roster *out, Error *error);
void roster_free(Roster *roster);

/* The cell of a column, "" where the line is too short; NULL if no column is called so. Case does not count. */
const char *roster_cell(const Roster *roster, const Student *student, const char *column);

/* The student of that id, or of that name where only one has it; -1 if there is none. */
int roster_find(const Roster *roster, const char *id);

#endif
