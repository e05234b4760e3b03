/* Dates and amounts of payments as people and their spreadsheets write them; see data_parts.h. What could be read in
 * two ways is not read. */
#include "data_parts.h"

#include "tracer/base/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* A whole number of `least` to `most` digits; behind it, or NULL. */
static const char *digits(const char *at, int least, int most, int *out)
{
    int count = 0;
    for (*out = 0; at && count < most && isdigit((unsigned char)at[count]); count++)
        *out = 10 * *out + (at[count] - '0');
    return at && count >= least ? at + count : NULL;
}

static const char *sign(const char *at, char wanted)
{
    return at && *at == wanted ? at + 1 : NULL;
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* 0 is Monday. Sakamoto's method. */
static int weekday(int year, int month, int day)
{
    static const int offsets[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    year -= month < 3;
    return (year + year / 4 - year / 100 + year / 400 + offsets[month - 1] + day + 6) % 7;
}

/* The hour and the minute; seconds and a zone may follow. */
static const char *clock_time(const char *at, PaymentDate *out)
{
    at = digits(sign(digits(at, 1, 2, &out->hour), ':'), 2, 2, &out->minute);
    bool ends = at && (*at == '\0' || *at == ':' || *at == 'Z' || *at == '+' || *at == '-');
    return ends && out->hour < 24 && out->minute < 60 ? at : NULL;
}

bool payment_date(const char *cell, PaymentDate *out)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    *out = (PaymentDate){.hour = -1};
    const char *at = digits(sign(digits(sign(digits(cell, 4, 4, &out->year), '-'), 2, 2, &out->month), '-'), 2, 2,
                            &out->day);
    if (!at)
        at = digits(sign(digits(sign(digits(cell, 1, 2, &out->day), '.'), 1, 2, &out->month), '.'), 4, 4, &out->year);
    if (!at || out->year < 1 || out->month < 1 || out->month > 12 || out->day < 1 ||
        out->day > days[out->month - 1] + (out->month == 2 && is_leap(out->year)))
        return false;
    out->weekday = weekday(out->year, out->month, out->day);
    return *at == '\0' || ((*at == ' ' || *at == 'T') && clock_time(at + 1, out));
}

long payment_minute(const PaymentDate *date)
{
    enum { MONTHS = 12, DAYS = 31, HOURS = 24, MINUTES = 60 };
    long day = ((long)date->year * MONTHS + date->month) * DAYS + date->day;
    return (day * HOURS + (date->hour < 0 ? 0 : date->hour)) * MINUTES + date->minute;
}

/* What marks the decimals: the last mark of two kinds, or the only one; '\0': no mark does. *either: nobody can say,
 * 1.234 may be a little more than one and a little more than a thousand. */
static char decimal_mark(const char *number, bool *either)
{
    const char *last = strpbrk(number, ".,"), *first = last, *next;
    int marks = 0;
    for (next = first; next; next = strpbrk(next + 1, ".,"), marks++)
        last = next;
    bool two_kinds = first && strchr(number, '.') && strchr(number, ','), leads = first && first - number <= 3;
    *either = marks == 1 && leads && *number != '0' && first != number && strlen(first + 1) == 3;
    return !first || (marks > 1 && !two_kinds) ? '\0' : *last;
}

/* Whether the marks that are left out part a number into thousands. */
static bool are_thousands(const char *number, char mark)
{
    int group = 0;
    bool grouped = false;
    for (; *number && *number != mark; number++) {
        bool is_mark = *number == '.' || *number == ',' || *number == '\'';
        if (is_mark && (grouped ? group != 3 : group < 1 || group > 3))
            return false;
        grouped |= is_mark;
        group = is_mark ? 0 : group + 1;
    }
    return (!grouped || group == 3) && !strpbrk(*number ? number + 1 : number, ".,'");
}

AmountRead payment_amount(const char *cell, double *amount)
{
    enum { LONGEST = 60 };
    char plain[LONGEST + 2];
    bool either, negative = *cell == '-';
    const char *number = cell + (*cell == '-' || *cell == '+');
    size_t length = 0;
    char mark = decimal_mark(number, &either);
    if (either)
        return AMOUNT_EITHER;
    size_t whole = strlen(number);
    if (whole > LONGEST || !isdigit((unsigned char)*number) || strspn(number, "0123456789.,'") != whole ||
        !are_thousands(number, mark))
        return AMOUNT_NONE;
    for (const char *at = number; *at; at++)
        if (isdigit((unsigned char)*at) || *at == mark)
            plain[length++] = *at == mark ? '.' : *at;
    plain[length] = '\0';
    if (!parse_number(plain, amount) || !isfinite(*amount))
        return AMOUNT_NONE;
    *amount = negative ? -*amount : *amount;
    return AMOUNT_READ;
}
