/* Numbers of pictures: cells, formats that agree, real minus signs. */
#include "support.h"

#include "tracer/figures/cell_number.h"
#include "tracer/figures/figure.h"

#include <math.h>

static void numbers_in_cells(void **state)
{
    (void)state;
    static const struct {
        double number;
        NumberFormat format;
        const char *text;
    } cases[] = {{0.5, {.digits = 2, .sign = true}, "+0.50"}, {0.5, {.digits = 2}, "0.50"},
                 {-0.004, {.digits = 2, .sign = true}, "\xe2\x88\x92" "0.00"}, {0.004, {.digits = 2, .sign = true}, "+0.00"},
                 {0, {.digits = 2, .sign = true}, "0.00"}, {-0.0, {.digits = 2, .sign = true}, "0.00"},
                 {-3e-5, {.digits = 1, .power = -5, .sign = true}, "\xe2\x88\x92" "3.0"}, {1e12, {.digits = 2, .power = 12}, "1.00"},
                 {NAN, {.digits = 2, .sign = true}, "nan"}, {INFINITY, {.sign = true}, "+inf"}, {-INFINITY, {.sign = true}, "\xe2\x88\x92inf"},
                 {12345.6, {.sign = true}, "+12346"}};
    char out[NUMBER_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(cell_number(out, cases[i].number, cases[i].format), cases[i].text);
    assert_string_equal(power_text(out, -15), " \xc3\x97 10\xe2\x81\xbb\xc2\xb9\xe2\x81\xb5");
    assert_string_equal(power_text(out, 0), "");
}

/* Decimals: two digits of the largest number, and a power where four would not do. */
static void formats_fit_the_numbers(void **state)
{
    (void)state;
    static const struct {
        double numbers[2];
        int asked, digits, power;
    } cases[] = {{{0.5, -0.001}, AUTO_DIGITS, 2, 0}, {{0.05, 0}, AUTO_DIGITS, 3, 0}, {{0.005, 0}, AUTO_DIGITS, 4, 0},
                 {{5e-5, -4e-5}, AUTO_DIGITS, 2, -5}, {{123.4, 0.5}, AUTO_DIGITS, 1, 0}, {{3, -4}, AUTO_DIGITS, 0, 0},
                 {{2e7, 1}, AUTO_DIGITS, 2, 7}, {{0.5, 0.25}, 3, 3, 0}, {{3e-5, 0}, 2, 2, -5}, {{0, 0}, AUTO_DIGITS, 2, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        NumberFormat format = number_format(cases[i].numbers, 2, cases[i].asked, true);
        EXPECT(format.digits == cases[i].digits && format.power == cases[i].power, "case %zu: %d decimals, power %d", i, format.digits, format.power);
    }
}

/* Panels of one picture: the same decimals; what is too small for them has a power of its own. */
static void formats_agree(void **state)
{
    (void)state;
    const double large[] = {0.5}, middle[] = {0.05}, small[] = {0.005}, least[] = {5e-8}, whole[] = {3};
    NumberFormat all[] = {number_format(large, 1, AUTO_DIGITS, true), number_format(middle, 1, AUTO_DIGITS, true), number_format(small, 1, AUTO_DIGITS, true),
                          number_format(least, 1, AUTO_DIGITS, true), number_format(whole, 1, AUTO_DIGITS, true)};
    NumberFormat *pointers[] = {&all[0], &all[1], &all[2], &all[3], &all[4]};
    const int powers[] = {0, 0, -3, -8, 0}, digits[] = {3, 3, 3, 3, 0};
    number_formats_join(pointers, 5, AUTO_DIGITS);
    for (int i = 0; i < 5; i++)
        EXPECT(all[i].power == powers[i] && all[i].digits == digits[i], "panel %d: %d decimals, power %d", i, all[i].digits, all[i].power);
}

static void minus_is_real(void **state)
{
    (void)state;
    static const struct {
        const char *text, *real;
    } cases[] = {{"-0.5", "\xe2\x88\x92" "0.5"}, {"x - y", "x \xe2\x88\x92 y"}, {"3e-05", "3e\xe2\x88\x92" "05"}, {"(-2)", "(\xe2\x88\x92" "2)"},
                 {"pre-norm", "pre-norm"}, {"--seed 3", "--seed 3"}, {"layer-2", "layer-2"}, {"from -inf", "from \xe2\x88\x92inf"}};
    char out[64];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(real_minus(out, sizeof out, cases[i].text), cases[i].real);
    assert_string_equal(real_minus(out, 6, "-1-2"), "\xe2\x88\x92");
}

int test_cell_number(void)
{
    TestList list = {0};
    tests_add(&list, numbers_in_cells, NULL, "numbers in cells");
    tests_add(&list, formats_fit_the_numbers, NULL, "formats fit the numbers");
    tests_add(&list, formats_agree, NULL, "formats of one picture agree");
    tests_add(&list, minus_is_real, NULL, "a minus in a picture is a real one");
    return tests_run(&list, "cell_number");
}
