/* Numbers in pictures; see cell_number.h. */
#include "cell_number.h"

#include "figure.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { JOINED_DIGITS = 3, POWER_DIGITS = 2 };
static const double LARGEST_PLAIN = 1e6;

/* So that the largest number has one digit before the point. */
static NumberFormat with_power(NumberFormat format, int digits)
{
    format.power = (int)floor(log10(format.most) + 1e-9);
    format.digits = digits;
    return format;
}

NumberFormat number_format(const double *numbers, size_t count, int digits, bool sign)
{
    static const struct {
        double least;
        int digits;
    } table[] = {{999.5, 0}, {99.95, 1}, {0.0995, 2}, {0.00995, 3}, {0.000995, 4}};
    NumberFormat format = {.digits = digits, .sign = sign, .whole = true};
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(numbers[i]))
            continue;
        format.most = fmax(format.most, fabs(numbers[i]));
        format.whole = format.whole && numbers[i] == floor(numbers[i]);
    }
    bool asked = digits != AUTO_DIGITS, large = format.most >= LARGEST_PLAIN;
    format.whole = format.whole && format.most > 0 && !large && !asked;
    format.digits = asked ? digits : format.whole ? 0 : POWER_DIGITS;
    if (format.whole || format.most == 0)
        return format;
    /* With so few decimals not even the largest number would be seen. */
    if (large || (asked && format.most < 0.5 * pow(10, -digits)))
        return with_power(format, format.digits);
    for (size_t i = 0; i < sizeof table / sizeof *table && !asked; i++)
        if (format.most >= table[i].least) {
            format.digits = table[i].digits;
            return format;
        }
    return asked ? format : with_power(format, POWER_DIGITS);
}

void number_formats_join(NumberFormat *const *formats, int count, int asked)
{
    int digits = 0;
    if (asked != AUTO_DIGITS)
        return;
    for (int i = 0; i < count; i++)
        if (!formats[i]->whole && formats[i]->most > 0 && formats[i]->digits <= JOINED_DIGITS)
            digits = formats[i]->digits > digits ? formats[i]->digits : digits;
    for (int i = 0; i < count; i++) {
        NumberFormat *format = formats[i];
        if (format->whole)
            continue;
        if (format->digits > JOINED_DIGITS)
            *format = with_power(*format, digits);
        format->digits = format->power && digits == 0 ? POWER_DIGITS : digits;
    }
}

char *cell_number(char out[NUMBER_SIZE], double number, NumberFormat format)
{
    char plain[NUMBER_SIZE - 4];
    const char *sign = number < 0 ? "−" : format.sign && number > 0 ? "+" : "";
    if (!isfinite(number)) {
        snprintf(out, NUMBER_SIZE, "%s%s", isnan(number) ? "" : sign, isnan(number) ? "nan" : "inf");
        return out;
    }
    snprintf(plain, sizeof plain, "%.*f", format.digits, fabs(number) / pow(10, format.power));
    snprintf(out, NUMBER_SIZE, "%s%s", sign, plain);
    return out;
}

char *power_text(char out[NUMBER_SIZE], int power)
{
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char digits[NUMBER_SIZE];
    snprintf(out, NUMBER_SIZE, "%s", power == 0 ? "" : power < 0 ? " × 10⁻" : " × 10");
    snprintf(digits, sizeof digits, "%d", power < 0 ? -power : power);
    for (const char *d = digits; power != 0 && *d; d++)
        strcat(out, raised[*d - '0']);
    return out;
}

/* A hyphen in front of a number that nothing but a blank, a bracket or a sign stands before; one between blanks; the
 * sign of an exponent. */
static bool is_minus(const char *text, size_t at)
{
    char before = at ? text[at - 1] : ' ', after = text[at + 1];
    bool number = isdigit((unsigned char)after) || (after == '.' && isdigit((unsigned char)text[at + 2])) ||
                  strncmp(text + at + 1, "inf", 3) == 0;
    if (before == ' ' && after == ' ')
        return true;
    if (number && before == 'e' && at > 1 && isdigit((unsigned char)text[at - 2]))
        return true;
    return number && strchr(" ([{=,:;+*/|^", before) != NULL;
}

char *real_minus(char *out, size_t size, const char *text)
{
    size_t used = 0;
    for (size_t at = 0; text[at] && used + 4 < size; at++) {
        if (text[at] == '-' && is_minus(text, at)) {
            memcpy(out + used, "−", 3);
            used += 3;
        } else {
            out[used++] = text[at];
        }
    }
    out[used] = '\0';
    return out;
}
