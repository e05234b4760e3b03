/* What people write for a number; see answer_words.h. */
#include "answer_words.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool one_number(const char *word, double *number)
{
    char *end;
    /* As Python, NumPy and people write the masked cells. */
    static const char *const infinities[] = {"inf", "+inf", "-inf", "infinity", "-infinity", "∞", "-∞"};
    for (size_t i = 0; i < sizeof infinities / sizeof *infinities; i++)
        if (strcasecmp(word, infinities[i]) == 0) {
            *number = *word == '-' ? -INFINITY : INFINITY;
            return true;
        }
    const char *digits = word + (*word == '-' || *word == '+');
    if (!isdigit((unsigned char)*digits) && *digits != '.')
        return false;
    if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
        return false;
    *number = strtod(word, &end);
    return end != word && *end == '\0' && isfinite(*number);
}

bool word_number(const char *word, double *number)
{
    char copy[LONGEST_WORD];
    double below;
    snprintf(copy, sizeof copy, "%s", word);
    char *slash = strchr(copy, '/');
    if (!slash)
        return one_number(copy, number);
    *slash = '\0';
    if (!one_number(copy, number) || !one_number(slash + 1, &below) || below == 0)
        return false;
    *number /= below;
    return true;
}

bool word_begins_a_number(const char *word)
{
    word += *word == '-' || *word == '+';
    return isdigit((unsigned char)*word) || *word == '.';
}

int word_decimals(const char *word)
{
    const char *point = strchr(word, '.');
    return point ? (int)strspn(point + 1, "0123456789") : 0;
}

/* What people type beside a number and what stands for a sign of ASCII; "" is blanks. */
static const struct {
    const char *typed, *means;
} SIGNS[] = {
    {"\xe2\x88\x92", "-"}, {"\xe2\x80\x93", "-"}, {"\xef\xb9\xa3", "-"},               /* minus, dash, small hyphen */
    {"\xc2\xa0", ""},      {"\xe2\x80\xaf", ""},  {"\xe3\x80\x80", ""},                /* blanks of other widths */
    {"\xe2\x89\x88", ""},  {"\xe2\x89\x83", ""},                                       /* about */
    {"\xe2\x80\x9c", "\""}, {"\xe2\x80\x9d", "\""}, {"\xe2\x80\x9e", "\""},            /* quotes of word processors */
};

static void replace(char *line, const char *typed, const char *means)
{
    size_t length = strlen(typed), left = strlen(means);
    for (char *at; (at = strstr(line, typed));) {
        *at = left ? *means : ' ';
        memmove(at + 1, at + length, strlen(at + length) + 1);
    }
}

/* "0,086" in quotes is one field of a table: its comma can only be a decimal one. */
static void points_in_quotes(char *line)
{
    for (char *from = strchr(line, '"'), *to; from && (to = strchr(from + 1, '"')); from = strchr(to + 1, '"')) {
        size_t length = (size_t)(to - from - 1);
        char *comma = memchr(from + 1, ',', length);
        bool alone = strspn(from + 1, " 0123456789,+-eE") == length && comma &&
                     !memchr(comma + 1, ',', (size_t)(to - comma - 1));
        if (alone && isdigit((unsigned char)comma[-1]) && isdigit((unsigned char)comma[1]))
            *comma = '.';
    }
}

void line_tidy(char *line)
{
    line[strcspn(line, "#\r")] = '\0';
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        replace(line, SIGNS[i].typed, SIGNS[i].means);
    points_in_quotes(line);
    for (char *c = line; *c; c++)
        if (strchr("[](){}|\"'~=*`$", *c))
            *c = ' ';
}

void line_without_label(char *line)
{
    char *colon = strrchr(line, ':');
    if (colon)
        memset(line, ' ', (size_t)(colon + 1 - line));
}

Comma line_comma(const char *line)
{
    int tight = 0, chained = 0;
    bool point = strchr(line, '.'), loose = false;
    int in_word = 0;
    for (const char *c = line; *c; c++) {
        bool blank = *c == ' ' || *c == '\t' || *c == ';';
        in_word = blank ? 0 : in_word;
        if (*c != ',')
            continue;
        if (c > line && isdigit((unsigned char)c[-1]) && isdigit((unsigned char)c[1])) {
            tight++;
            chained += ++in_word > 1;
        } else {
            loose = true;
        }
    }
    /* "1,2,3" is a list, "1,5 2,5" may be two numbers with decimal commas: a ; or a point on the line decides, or how
     * many numbers the sheet asks for. */
    if (!tight || chained || point || (loose && !strchr(line, ';')))
        return COMMA_SEPARATES;
    return strchr(line, ';') ? COMMA_IS_POINT : COMMA_UNCLEAR;
}
