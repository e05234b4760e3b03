/* Reading the weights that ship; see trained.h. They have one decimal, so that a number is a count of tenths. */
#include "trained.h"

#include "data/texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The line behind the next line break. */
static const char *next_line(const char *at)
{
    const char *end = strchr(at, '\n');
    return end ? end + 1 : at + strlen(at);
}

/* "-0.3" at *at, which goes on behind it. */
static double read_tenths(const char **at)
{
    while (**at == ' ' || **at == '\n')
        ++*at;
    bool negative = **at == '-';
    long tenths = 0;
    for (*at += negative; **at && **at != ' ' && **at != '\n'; ++*at)
        if (**at != '.')
            tenths = 10 * tenths + (**at - '0');
    return (double)(negative ? -tenths : tenths) / 10;
}

/* The numbers of a parameter; NULL where the text lacks it. */
static const char *find(const char *name, int rows, int cols)
{
    char wanted[300];
    size_t length = (size_t)snprintf(wanted, sizeof wanted, "%s %d %d\n", name, rows, cols);
    for (const char *line = INDUCTION; *line; line = next_line(line))
        if (strncmp(line, wanted, length) == 0)
            return line + length;
    return NULL;
}

bool trained_parameters(const Parameters *parameters, double *values, Error *error)
{
    for (int i = 0; i < parameters->count; i++) {
        const Parameter *p = &parameters->list[i];
        const char *at = find(p->name, p->rows, p->cols);
        if (!at)
            return error_set(error, EXIT_USED_WRONGLY,
                             "model: \"init\" has \"kind\" induction, whose weights have no \"%.100s\" of %d x %d; "
                             "leave the sizes as they are, or draw the weights",
                             p->name, p->rows, p->cols);
        for (size_t c = 0; c < (size_t)p->rows * (size_t)p->cols; c++)
            values[p->offset + c] = read_tenths(&at);
    }
    return true;
}
