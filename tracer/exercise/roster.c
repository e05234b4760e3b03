/* Reading rosters; see roster.h. */
#include "roster.h"

#include "tracer/base/files.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROSTER_BYTES = 1 << 20, MOST_COLUMNS = 64 };

/* Cuts a line of CSV into fields, in place; quotes are taken off. */
static int cut_fields(char *line, char **fields)
{
    int count = 0;
    while (count < MOST_COLUMNS) {
        char *to = line;
        bool quoted = *line == '"';
        fields[count++] = to;
        line += quoted;
        while (*line && (quoted ? *line != '"' || line[1] == '"' : *line != ',')) {
            line += quoted && *line == '"';
            *to++ = *line++;
        }
        line += quoted && *line == '"';
        bool more = *line == ',';
        *to = '\0';
        if (!more)
            break;
        line++;
    }
    return count;
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

static int column_called(char *const *fields, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(fields[i], name) == 0)
            return i;
    return -1;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const Student *)a)->id, ((const Student *)b)->id);
}

static bool take_lines(const char *path, Roster *out, Error *error)
{
    char *fields[MOST_COLUMNS], *line = out->text, *next;
    int name_column = -1, number = 0;
    for (; line && *line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        line[strcspn(line, "\r")] = '\0';
        int count = cut_fields(line, fields);
        if (++number == 1) {
            name_column = column_called(fields, count, "name");
            continue;
        }
        if (count == 1 && !*fields[0])
            continue;
        if (!is_id(fields[0]))
            return error_set(error, EXIT_USED_WRONGLY, "%s:%d: \"%.60s\" is no id; use letters, digits and . - _ @",
                             path, number, fields[0]);
        if (out->count == MOST_STUDENTS)
            return error_set(error, EXIT_USED_WRONGLY, "%s:%d: more than %d students", path, number, MOST_STUDENTS);
        out->list[out->count++] = (Student){fields[0],
                                            name_column > 0 && name_column < count ? fields[name_column] : fields[0]};
    }
    return out->count > 0 || error_set(error, EXIT_USED_WRONGLY,
                                       "%s: no student; the first line is a header, the first column the id", path);
}

bool roster_read(const char *path, Roster *out, Error *error)
{
    size_t size;
    *out = (Roster){0};
    if (!file_read(path, MOST_ROSTER_BYTES, &out->text, &size, error))
        return false;
    out->list = calloc(MOST_STUDENTS, sizeof *out->list);
    bool whole = out->list ? take_lines(path, out, error) : error_memory(error);
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

void roster_free(Roster *roster)
{
    free(roster->list);
    free(roster->text);
    *roster = (Roster){0};
}
