/* Lines of tables; see pipes.h. */
#include "pipes.h"

#include <string.h>

static char *trimmed(char *cell)
{
    cell += strspn(cell, " ");
    char *end = cell + strlen(cell);
    while (end > cell && end[-1] == ' ')
        *--end = '\0';
    return cell;
}

int pipes_split(char *line, char **cells)
{
    int count = 0;
    char *at = trimmed(line);
    at += *at == '|';
    while (*at && count < MOST_TABLE_COLUMNS) {
        char *bar = strchr(at, '|');
        if (bar)
            *bar = '\0';
        cells[count++] = trimmed(at);
        at = bar ? bar + 1 : at + strlen(at);
    }
    return count;
}

bool pipes_is_rule(const char *cell)
{
    return strchr(cell, '-') && cell[strspn(cell, "-:")] == '\0';
}

bool pipes_is_right(const char *cell)
{
    size_t length = strlen(cell);
    return pipes_is_rule(cell) && cell[length - 1] == ':';
}
