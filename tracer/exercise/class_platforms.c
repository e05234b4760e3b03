/* Marks as learning platforms import them: only what somebody handed in, the roster's own columns in front; see
 * class.h. */
#include "class.h"

#include <stdio.h>
#include <string.h>

static double full_marks(const Class *graded)
{
    double sum = 0;
    for (int e = 0; e < graded->exercises->count; e++)
        if (class_was_asked(graded, e))
            sum += class_weight(graded, e);
    return sum;
}

static void add_marks(const Class *graded, int student, Text *out)
{
    for (int e = 0; e < graded->exercises->count; e++) {
        const Entry *entry = class_entry(graded, student, e);
        if (class_was_asked(graded, e))
            text_add(out, entry->present ? ",%g" : ",", entry->mark * class_weight(graded, e));
    }
    text_add(out, ",%g\n", class_total(graded, student));
}

static void add_heads(const Class *graded, Text *out)
{
    for (int e = 0; e < graded->exercises->count; e++)
        if (class_was_asked(graded, e)) {
            text_add(out, ",");
            csv_field(out, graded->exercises->list[e].id);
        }
    text_add(out, ",tracer total\n");
}

/* Moodle, Grades > Import > CSV: one column that says who it is, called as the roster calls it, and one for each grade
 * item; points as decimal fractions. */
void class_moodle_csv(const Class *graded, Text *out)
{
    const Roster *roster = graded->roster;
    csv_field(out, roster->columns ? roster->header[roster->id_column] : "Username");
    add_heads(graded, out);
    for (int s = 0; s < roster->count; s++) {
        csv_field(out, roster->list[s].id);
        add_marks(graded, s, out);
    }
}

/* Canvas, Grades > Import: its five columns, a line of points possible, a column for each assignment. */
void class_canvas_csv(const Class *graded, Text *out)
{
    static const char *const columns[] = {"Student", "ID", "SIS User ID", "SIS Login ID", "Section"};
    enum { COLUMNS = sizeof columns / sizeof *columns, NAME = 0, LOGIN = 3 };
    const Roster *roster = graded->roster;
    for (int c = 0; c < COLUMNS; c++)
        text_add(out, "%s%s", c ? "," : "", columns[c]);
    add_heads(graded, out);
    text_add(out, "    Points Possible,,,,");
    for (int e = 0; e < graded->exercises->count; e++)
        if (class_was_asked(graded, e))
            text_add(out, ",%g", class_weight(graded, e));
    text_add(out, ",%g\n", full_marks(graded));
    for (int s = 0; s < roster->count; s++) {
        const Student *student = &roster->list[s];
        bool canvas = roster_cell(roster, student, "SIS Login ID");
        for (int c = 0; c < COLUMNS; c++) {
            const char *cell = canvas ? roster_cell(roster, student, columns[c]) : NULL;
            text_add(out, c ? "," : "");
            csv_field(out, cell ? cell : c == NAME ? student->name : c == LOGIN ? student->id : "");
        }
        add_marks(graded, s, out);
    }
}
