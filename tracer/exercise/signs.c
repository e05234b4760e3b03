/* Generic signs: the answer is a plain change of the truth; see verdict.h. */
#include "verdict.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const double SIGN_UNITS = 2.000001;

static bool same(const Variant *variant, int i, double answer, double expected)
{
    return units_apart(answer, expected, variant->cells[i].decimals) <= SIGN_UNITS;
}

/* Cells that are large enough to show a factor. */
static bool tells(const Variant *variant, int i)
{
    return fabs(variant->truth[i]) * pow(10, variant->cells[i].decimals) > 5;
}

/* A factor shows in large numbers only: 0.00 is any multiple of itself, so enough cells have to tell. */
static bool times_factor(const Variant *variant, const Answer *answer, double factor)
{
    int telling = 0;
    for (int i = 0; i < variant->cell_count; i++) {
        if (!same(variant, i, answer->cells[i], factor * variant->truth[i]))
            return false;
        telling += tells(variant, i);
    }
    return telling >= TELLING_CELLS;
}

static bool says_factor(const Variant *variant, const Answer *answer, double factor, Verdict *verdict,
                        const char *format, ...) __attribute__((format(printf, 5, 6)));

/* If everything is `factor` times the truth, the verdict says so. */
static bool says_factor(const Variant *variant, const Answer *answer, double factor, Verdict *verdict,
                        const char *format, ...)
{
    /* A model in which the number is 1 cannot have been multiplied by it once too often. */
    if (!(fabs(factor - 1) > 0.01) || !times_factor(variant, answer, factor))
        return false;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(verdict->says, sizeof verdict->says, format, arguments);
    va_end(arguments);
    return true;
}

/* A number that stands in the model, or its root, multiplied or divided by once too often. */
static bool find_quantity(const Variant *variant, const Answer *answer, Verdict *verdict)
{
    Quantity quantities[MOST_QUANTITIES];
    int count = variant->model.system->quantities(&variant->model, quantities);
    for (int i = 0; i < count; i++) {
        const Quantity *q = &quantities[i];
        double number = q->number;
        const char *counted = q->meaning ? q->meaning : "";
        if (q->meaning
                ? says_factor(variant, answer, number, verdict, "a factor %s, %s, is too much", q->symbol, counted) ||
                      says_factor(variant, answer, 1 / number, verdict, "divided by %s once too often", counted)
                : says_factor(variant, answer, sqrt(number), verdict, "a factor sqrt(%s) is too much", q->symbol) ||
                      says_factor(variant, answer, 1 / sqrt(number), verdict, "a factor 1/sqrt(%s) is too much",
                                  q->symbol) ||
                      says_factor(variant, answer, number, verdict, "a factor %s is too much", q->symbol) ||
                      says_factor(variant, answer, 1 / number, verdict, "a factor 1/%s is too much", q->symbol))
            return true;
    }
    return false;
}

static bool find_factor(const Variant *variant, const Answer *answer, Verdict *verdict)
{
    static const struct {
        double factor;
        const char *says;
    } factors[] = {
        {-1, "the sign is turned everywhere"}, {2, "everything is twice as large as it should be"},
        {0.5, "everything is half as large as it should be"}, {10, "the decimal point is one place too far right"},
        {0.1, "the decimal point is one place too far left"}, {100, "the decimal point is two places too far right"},
        {0.01, "the decimal point is two places too far left"},
    };
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (says_factor(variant, answer, factors[i].factor, verdict, "%s", factors[i].says))
            return true;
    return find_quantity(variant, answer, verdict);
}

/* The first cell of an asked value and its shape, if all of it is asked. */
static bool whole_value(const Variant *variant, int line, int *first, int *rows, int *cols)
{
    int last = -1;
    *first = -1;
    for (int i = 0; i < variant->cell_count; i++)
        if (variant->cells[i].line == line) {
            *first = *first < 0 ? i : *first;
            last = i;
        }
    if (*first < 0 || variant->cells[*first].row || variant->cells[*first].col)
        return false;
    *rows = variant->cells[last].row + 1;
    *cols = variant->cells[last].col + 1;
    return *rows * *cols == last - *first + 1;
}

/* Is line's answer the truth with rows or columns rearranged? */
static bool transposed(const Variant *variant, const Answer *answer, int first, int rows, int cols)
{
    if (rows != cols || rows < 2)
        return false;
    for (int i = 0; i < rows * cols; i++)
        if (!same(variant, first + i, answer->cells[first + i], variant->truth[first + i % cols * cols + i / cols]))
            return false;
    return true;
}

/* Whether a row of the answer has the numbers of another row of the truth. */
static bool row_is(const Variant *variant, const Answer *answer, int first, int cols, int row, int other)
{
    for (int c = 0; c < cols; c++)
        if (!same(variant, first + row * cols + c, answer->cells[first + row * cols + c],
                  variant->truth[first + other * cols + c]))
            return false;
    return true;
}

/* Each row of the truth is used once, or a row that was copied down would be an order. */
static bool rows_permuted(const Variant *variant, const Answer *answer, int first, int rows, int cols)
{
    unsigned used = 0;
    if (rows < 2 || rows > 30 || cols < 2)
        return false;
    for (int r = 0; r < rows; r++) {
        int other = 0;
        while (other < rows && ((used >> other & 1) || !row_is(variant, answer, first, cols, r, other)))
            other++;
        if (other == rows)
            return false;
        used |= 1u << other;
    }
    return true;
}

/* With two heads the halves of the columns are theirs. */
static bool halves_swapped(const Variant *variant, const Answer *answer, int first, int rows, int cols)
{
    if (cols % 2 || cols < 2)
        return false;
    for (int i = 0; i < rows * cols; i++) {
        int other = i / cols * cols + (i % cols + cols / 2) % cols;
        if (!same(variant, first + i, answer->cells[first + i], variant->truth[first + other]))
            return false;
    }
    return true;
}

static bool find_arrangement(const Variant *variant, const Answer *answer, Verdict *verdict)
{
    static const struct {
        bool (*is)(const Variant *, const Answer *, int first, int rows, int cols);
        const char *says;
    } kinds[] = {{transposed, "is transposed"}, {rows_permuted, "has its rows in another order"},
                 {halves_swapped, "has its two halves of columns swapped, as swapped heads would"}};
    for (int line = 0; line < variant->exercise->asked_count; line++) {
        int first, rows, cols;
        if (!whole_value(variant, line, &first, &rows, &cols) || rows * cols < TELLING_CELLS)
            continue;
        if (rows_permuted(variant, answer, first, rows, cols) && row_is(variant, answer, first, rows * cols, 0, 0))
            continue; /* this one is right */
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
            if (kinds[i].is(variant, answer, first, rows, cols)) {
                snprintf(verdict->says, sizeof verdict->says, "your %.100s %s", variant->exercise->asked[line].name,
                         kinds[i].says);
                return true;
            }
    }
    return false;
}

/* One cell that is off is a slip of the pen and not an idea: it says where and not what. */
static bool find_one_bad_cell(const Variant *variant, const Answer *answer, Verdict *verdict)
{
    if (verdict->wrong_cells != 1 || variant->cell_count < TELLING_CELLS)
        return false;
    for (int i = 0; i < variant->cell_count; i++)
        if (!(units_apart(answer->cells[i], variant->truth[i], variant->cells[i].decimals) <= RIGHT_UNITS))
            snprintf(verdict->says, sizeof verdict->says, "all cells but one are right: look at %.100s[%d,%d] again",
                     variant->exercise->asked[variant->cells[i].line].name, variant->cells[i].row,
                     variant->cells[i].col);
    return true;
}

bool sign_find(const Variant *variant, const Answer *answer, Verdict *verdict)
{
    bool found = find_one_bad_cell(variant, answer, verdict) || find_factor(variant, answer, verdict) ||
                 find_arrangement(variant, answer, verdict);
    verdict->kind = found ? VERDICT_SIGN : verdict->kind;
    return found;
}
