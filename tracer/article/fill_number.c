/* Numbers of an article: a cell, the difference or the ratio of two, in a format or in percent. */
#include "fill_reference.h"

#include "tiny_model/primitive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* %.4f, %+.2e, %g, %.1f%%: what printf takes for one double, and nothing else. */
static bool is_format(const char *format)
{
    /* Whatever printf would read beyond one double is a hole in the program. */
    format += *format == '%' ? 1 : strlen(format);
    format += strspn(format, "+ ") > 0;
    if (*format == '.') {
        size_t digits = strspn(format + 1, "0123456789");
        if (digits < 1 || digits > 2 || strtol(format + 1, NULL, 10) > 17)
            return false;
        format += 1 + digits;
    }
    return *format && strchr("feg", *format) && format[1] == '\0';
}

static bool cell_named(const Filling *filling, const char *name, double *number, Error *error)
{
    Reference cell;
    if (!reference_parse(&filling->session.names, name, &cell, error))
        return false;
    Slice slice = slice_of(&filling->session.names, cell);
    if (slice.rows != 1 || slice.cols != 1)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" is %d x %d; say which cell, or {{table %.200s}}", name,
                         slice.rows, slice.cols, name);
    *number = slice_number(&slice, 0, 0);
    return true;
}

/* " - " or " / " between two cells, not within an index; NULL if there is none. */
static char *find_sign(char *text)
{
    int depth = 0;
    for (char *c = text; *c; c++) {
        depth += (*c == '[') - (*c == ']');
        if (depth == 0 && (text_begins(c, " - ") || text_begins(c, " / ")))
            return c;
    }
    return NULL;
}

static bool number_of(const Filling *filling, char *text, double *number, Error *error)
{
    char *sign = find_sign(text);
    double second;
    if (!sign)
        return cell_named(filling, text, number, error);
    *sign = '\0';
    if (!cell_named(filling, text, number, error) || !cell_named(filling, sign + strlen(" - "), &second, error))
        return false;
    *number = sign[1] == '-' ? *number - second : *number / second;
    return true;
}

bool fill_number(Filling *filling, const char *text, Text *out, bool *stale, Error *error)
{
    char name[MOST_REFERENCE], format[80] = "", number[400];
    const char *percent_sign = "%%";
    double value;
    (void)stale;
    const char *behind = strstr(text, " %");
    snprintf(name, sizeof name, "%.*s", behind ? (int)(behind - text) : (int)strlen(text), text);
    if (behind)
        snprintf(format, sizeof format, "%s", behind + 1);
    bool percent = strlen(format) > 3 && text_ends(format, percent_sign);
    if (percent)
        format[strlen(format) - strlen(percent_sign)] = '\0';
    if (behind && !is_format(format))
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%.60s\" is no format of a number; write %%.4f, %%e, %%g, or %%.1f%%%% for percent",
                         behind + 1);
    if (!need_session(filling, error) || !number_of(filling, name, &value, error))
        return false;
    value *= percent ? 100 : 1;
    if (behind)
        snprintf(number, sizeof number, format, value);
    else
        number_text(number, value, filling->digits);
    form_number(filling->form, number, percent, filling->in_math, out);
    return !out->failed || error_memory(error);
}
