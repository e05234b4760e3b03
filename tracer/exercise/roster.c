/* Reading rosters; see roster.h. */
#include "roster.h"

#include "tracer/base/files.h"
#include "tracer/base/unicode.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_ROSTER_BYTES = 1 << 20, MOST_COLUMNS = 64 };

/* Columns that hold an id, the most telling first: Canvas has an "ID" of its own beside the login. */
static const char *const ID_COLUMNS[] = {"SIS Login ID", "id", "Username", "Anmeldename", "Login", "Login ID",
                                         "Kennung", "ID number", "ID-Nummer", "Matrikelnummer", "Student ID",
                                         "SIS User ID", "Email address", "E-Mail-Adresse", "Email", "E-Mail", NULL};
static const char *const NAME_COLUMNS[] = {"name", "Full name", "Student", "Student Name", "Vollständiger Name", NULL};
static const char *const FIRST_NAMES[] = {"First name", "Vorname", NULL};
static const char *const LAST_NAMES[] = {"Last name", "Surname", "Nachname", NULL};

/* Lines of Canvas that are no student's. */
static const char *const NO_STUDENTS[] = {"Points Possible", "Student, Test", NULL};

typedef struct {
    const char *path, *asked;
    char separator;
    int name, first, last;    /* columns, -1: none */
    Roster *out;
    char *name_end;           /* where the next name is put together */
    Error *error;
} Reading;

/* Cuts a line into fields, in place; quotes are taken off. */
static int cut_fields(char *line, char separator, char **fields)
{
    int count = 0;
    while (count < MOST_COLUMNS) {
        char *to = line;
        bool quoted = *line == '"';
        fields[count++] = to;
        line += quoted;
        while (*line && (quoted ? *line != '"' || line[1] == '"' : *line != separator)) {
            line += quoted && *line == '"';
            *to++ = *line++;
        }
        line += quoted && *line == '"';
        bool more = *line == separator;
        *to = '\0';
        if (!more)
            break;
        line++;
    }
    return count;
}

/* The one that stands most often in the first line, outside of quotes. */
static char separator_of(const char *line)
{
    static const char separators[] = ",;\t";
    int counts[3] = {0}, best = 0;
    bool quoted = false;
    for (; *line && *line != '\n'; line++) {
        const char *found = strchr(separators, *line);
        quoted ^= *line == '"';
        if (found && !quoted)
            counts[found - separators]++;
    }
    for (int i = 1; i < 3; i++)
        best = counts[i] > counts[best] ? i : best;
    return separators[best];
}

/* Ids become names of folders and files: nothing that leads elsewhere or looks like an option. */
static bool is_id(const char *id)
{
    size_t length = strlen(id);
    for (const char *c = id; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr(".-_@", *c))
            return false;
    return length > 0 && length < 64 && *id != '.' && *id != '-';
}

static int column_called(const Roster *roster, const char *name)
{
    for (int i = 0; i < roster->columns; i++)
        if (strcasecmp(roster->header[i], name) == 0)
            return i;
    return -1;
}

static int column_of(const Roster *roster, const char *const *names)
{
    int column = -1;
    for (; *names && column < 0; names++)
        column = column_called(roster, *names);
    return column;
}

/* The id's column where it was said which; a number counts from 1. */
static bool find_asked(Reading *to, int columns)
{
    char *end;
    long number = strtol(to->asked, &end, 10);
    int column = column_called(to->out, to->asked);
    if (column < 0 && *end == '\0' && number >= 1 && number <= columns)
        column = (int)number - 1;
    to->out->id_column = column;
    return column >= 0 || error_set(to->error, EXIT_USED_WRONGLY,
                                    "%s:1: no column is called \"%.60s\"; --id takes the name of one, or its number",
                                    to->path, to->asked);
}

/* Whether the first line is a header; finds the columns. */
static bool take_header(Reading *to, char **fields, int count, bool *is_header)
{
    Roster *out = to->out;
    out->header = fields;
    out->columns = count;
    to->name = column_of(out, NAME_COLUMNS);
    to->first = column_of(out, FIRST_NAMES);
    to->last = column_of(out, LAST_NAMES);
    int id = column_of(out, ID_COLUMNS);
    *is_header = id >= 0 || to->name >= 0 || to->first >= 0 || to->last >= 0;
    if (to->asked && column_called(out, to->asked) >= 0)
        *is_header = true;
    out->id_column = id < 0 ? 0 : id;
    if (!*is_header)
        out->columns = 0;
    return !to->asked || find_asked(to, count);
}

static bool is_one_of(const char *text, const char *const *list)
{
    text += strspn(text, " ");
    for (; *list; list++)
        if (strcasecmp(text, *list) == 0)
            return true;
    return false;
}

static char *field_of(const Student *student, int column)
{
    return column >= 0 && column < student->cell_count ? student->cells[column] : NULL;
}

/* The name as it is, or put together of two columns. */
static void take_name(Reading *to, Student *student)
{
    const char *name = field_of(student, to->name), *first = field_of(student, to->first),
               *last = field_of(student, to->last);
    student->name = name ? (char *)name : student->id;
    if (name || (!first && !last))
        return;
    student->name = to->name_end;
    to->name_end += sprintf(to->name_end, "%s%s%s", first ? first : "", first && last ? " " : "", last ? last : "") + 1;
}

static bool take_student(Reading *to, char **fields, int count)
{
    Roster *out = to->out;
    Student student = {.cells = fields, .cell_count = count};
    const char *id = field_of(&student, out->id_column);
    if (!id || !is_id(id))
        return error_set(to->error, EXIT_USED_WRONGLY,
                         "%s:%d: \"%.60s\" is no id; use letters, digits and . - _ @, or say --id COLUMN", to->path,
                         out->lines, id ? id : "");
    if (out->count == MOST_STUDENTS)
        return error_set(to->error, EXIT_USED_WRONGLY, "%s:%d: more than %d students", to->path, out->lines,
                         MOST_STUDENTS);
    student.id = (char *)id;
    take_name(to, &student);
    out->list[out->count++] = student;
    return true;
}

static bool take_lines(Reading *to)
{
    Roster *out = to->out;
    char **fields = out->cells;
    to->separator = separator_of(out->text);
    for (char *line = out->text, *next; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        line[strcspn(line, "\r")] = '\0';
        int count = cut_fields(line, to->separator, fields);
        bool header = false;
        if (++out->lines == 1 && !take_header(to, fields, count, &header))
            return false;
        bool blank = true;
        for (int i = 0; i < count; i++)
            blank = blank && fields[i][strspn(fields[i], " ")] == '\0';
        if (blank)
            out->blank++;
        else if (!header && is_one_of(fields[0], NO_STUDENTS))
            out->others++;
        else if (!header && !take_student(to, fields, count))
            return false;
        fields += count;
    }
    return out->count > 0 ||
           error_set(to->error, EXIT_USED_WRONGLY,
                     "%s: no student; a line for each, the id in the first column or --id", to->path);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const Student *)a)->id, ((const Student *)b)->id);
}

bool roster_read(const char *path, const char *id_column, Roster *out, Error *error)
{
    size_t size;
    *out = (Roster){0};
    if (!file_read(path, MOST_ROSTER_BYTES, &out->text, &size, error))
        return false;
    bool whole = (text_to_utf8(&out->text, &size) && !memchr(out->text, '\0', size)) ||
                 error_set(error, EXIT_USED_WRONGLY, "%s: no text; export the roster as CSV", path);
    /* Every field has a separator or the end of a line behind it; a name put together has two blanks at most. */
    out->list = calloc(MOST_STUDENTS, sizeof *out->list);
    out->cells = calloc(size + 2, sizeof *out->cells);
    out->names = malloc(2 * size + 16);
    Reading to = {.path = path, .asked = id_column, .out = out, .name_end = out->names, .error = error};
    whole = whole && ((out->list && out->cells && out->names) || error_memory(error)) && take_lines(&to);
    if (whole)
        qsort(out->list, (size_t)out->count, sizeof *out->list, by_id);
    /* Sorted, so that equal ids are neighbours, and the report does not depend on the order of the file. */
    for (int i = 1; whole && i < out->count; i++)
        if (strcmp(out->list[i - 1].id, out->list[i].id) == 0)
            whole = error_set(error, EXIT_USED_WRONGLY, "%s: the id \"%.60s\" stands twice", path, out->list[i].id);
    if (!whole)
        roster_free(out);
    return whole;
}

const char *roster_cell(const Roster *roster, const Student *student, const char *column)
{
    int found = column_called(roster, column);
    const char *cell = field_of(student, found);
    return found < 0 ? NULL : cell ? cell : "";
}

int roster_find(const Roster *roster, const char *id)
{
    int named = -1, count = 0;
    for (int i = 0; i < roster->count; i++) {
        if (strcmp(roster->list[i].id, id) == 0)
            return i;
        if (strcmp(roster->list[i].name, id) == 0) {
            named = i;
            count++;
        }
    }
    return count == 1 ? named : -1;
}

void roster_free(Roster *roster)
{
    free(roster->list);
    free(roster->cells);
    free(roster->names);
    free(roster->text);
    *roster = (Roster){0};
}
