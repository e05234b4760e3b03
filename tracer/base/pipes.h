/* Tables written with | in Markdown, which CommonMark does not know. */
#ifndef TRACER_BASE_PIPES_H
#define TRACER_BASE_PIPES_H

#include <stdbool.h>

enum { MOST_TABLE_COLUMNS = 24 };

/* Cuts a line "| a | b |" into its cells, in place, without blanks at their ends. Returns how many. */
int pipes_split(char *line, char **cells);

/* Whether the cell belongs to the line below the titles: "---", "---:", ":--". */
bool pipes_is_rule(const char *cell);

/* Whether it says that its column stands to the right. */
bool pipes_is_right(const char *cell);

#endif
