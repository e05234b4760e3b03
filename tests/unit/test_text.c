/* Numbers to text and back; text that grows. */
#include "support.h"

#include "tracer/base/text.h"

#include "tiny_model/random.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void for_people(void **state)
{
    (void)state;
    static const struct {
        double number;
        int digits;
        const char *text;
    } cases[] = {
        {0.0000312, 4, "3.12e-05"}, {-0.0000312, 4, "-3.12e-05"}, {0.31249, 4, "0.3125"}, {-0.5, 2, "-0.50"},
        {0, 4, "0.0000"}, {-0.0, 4, "0.0000"}, {0.00005, 4, "0.0001"}, {0.000049, 4, "4.90e-05"}, {1e-300, 3, "1.00e-300"},
        {999999, 0, "999999"}, {1e6, 4, "1.00e+06"}, {-2.5e7, 4, "-2.50e+07"}, {1.0 / 3, 12, "0.333333333333"},
        {INFINITY, 4, "inf"}, {-INFINITY, 4, "-inf"}, {NAN, 4, "nan"}, {-NAN, 4, "nan"}, {0.3, 0, "3e-01"}, {2, 0, "2"},
    };
    char out[NUMBER_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        EXPECT(strcmp(number_text(out, cases[i].number, cases[i].digits), cases[i].text) == 0, "%s, not %s", out,
               cases[i].text);
}

static void with_sign(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *text;
    } cases[] = {{0.25, "+0.2500"}, {-0.25, "-0.2500"}, {0, "+0.0000"}, {INFINITY, "+inf"}, {-INFINITY, "-inf"},
                 {NAN, "nan"}, {0.0000312, "+3.12e-05"}};
    char out[NUMBER_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        EXPECT(strcmp(number_signed(out, cases[i].number, 4), cases[i].text) == 0, "%s, not %s", out, cases[i].text);
}

/* No text with fewer digits reads back. */
static void expect_shortest(double number)
{
    char out[NUMBER_SIZE], shorter[NUMBER_SIZE];
    number_exact(out, number);
    EXPECT(same_bits(strtod(out, NULL), number), "%s reads back as another number", out);
    int digits = 0;
    for (const char *c = out; *c && *c != 'e'; c++)
        digits += *c >= '0' && *c <= '9';
    for (int fewer = 1; fewer < digits && fewer < 17; fewer++) {
        snprintf(shorter, sizeof shorter, "%.*g", fewer, number);
        bool would_do = strlen(shorter) < strlen(out) && same_bits(strtod(shorter, NULL), number);
        EXPECT(!would_do, "%s would do for %s", shorter, out);
    }
}

static void exact(void **state)
{
    (void)state;
    static const double numbers[] = {0, -0.0, 1, -1, 0.1, 0.3, 1.0 / 3, 2.0 / 3, 0.1 + 0.2, 1e22, 1e23, 123456789, 5e-324,
                                     DBL_MIN, DBL_MAX, -DBL_MAX, DBL_EPSILON, 7.4599316948510133, 9007199254740993.0, 1e-5};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        expect_shortest(numbers[i]);
    Random random;
    random_seed(&random, 1);
    for (int i = 0; i < 2000; i++)
        expect_shortest(random_gauss(&random) * pow(10, 20 * random_uniform(&random) - 10));
}

static void not_finite(void **state)
{
    (void)state;
    char out[NUMBER_SIZE];
    assert_string_equal(number_exact(out, INFINITY), "inf");
    assert_string_equal(number_exact(out, -INFINITY), "-inf");
    assert_string_equal(number_exact(out, NAN), "nan");
    assert_string_equal(number_json(out, INFINITY), "\"inf\"");
    assert_string_equal(number_json(out, -INFINITY), "\"-inf\"");
    assert_string_equal(number_json(out, NAN), "\"nan\"");
    assert_string_equal(number_json(out, -0.5), "-0.5");
}

static void parsed_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool legal;
        double number;
    } cases[] = {
        {"0.5", true, 0.5}, {"-1e-3", true, -1e-3}, {"1e3", true, 1000}, {"+2", true, 2}, {".5", true, 0.5}, {"0", true, 0},
        {"", false, 0}, {" 1", false, 0}, {"1 ", false, 0}, {"1x", false, 0}, {"x", false, 0}, {"inf", false, 0},
        {"nan", false, 0}, {"1e999", false, 0}, {"-", false, 0}, {"1,5", false, 0}, {"\t1", false, 0}, {"\n1", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double number = 0;
        EXPECT(parse_number(cases[i].text, &number) == cases[i].legal, "\"%s\" is %s", cases[i].text,
               cases[i].legal ? "refused" : "accepted");
        EXPECT(!cases[i].legal || number == cases[i].number, "\"%s\" is %.17g", cases[i].text, number);
    }
}

static void parsed_integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool legal;
        long number;
    } cases[] = {
        {"0", true, 0}, {"7", true, 7}, {"-5", true, -5}, {"100", true, 100}, {"007", true, 7}, {"101", false, 0},
        {"-6", false, 0}, {"", false, 0}, {"-", false, 0}, {"+3", false, 0}, {" 3", false, 0}, {"3 ", false, 0},
        {"3.0", false, 0}, {"1e1", false, 0}, {"0x3", false, 0}, {"99999999999999999999", false, 0}, {"--3", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        long number = 0;
        EXPECT(parse_integer(cases[i].text, -5, 100, &number) == cases[i].legal, "\"%s\" is %s", cases[i].text,
               cases[i].legal ? "refused" : "accepted");
        EXPECT(!cases[i].legal || number == cases[i].number, "\"%s\" is %ld", cases[i].text, number);
    }
}

static void json_strings(void **state)
{
    (void)state;
    Text text = {0};
    text_json_string(&text, "a\"b\\c\n\x01\x7f\xc3\xa9");
    assert_string_equal(text.data, "\"a\\\"b\\\\c\\u000a\\u0001\\u007f\xc3\xa9\"");
    text_free(&text);
    text_json_string(&text, "");
    assert_string_equal(text.data, "\"\"");
    text_free(&text);
}

static void growing(void **state)
{
    (void)state;
    Text text = {0};
    for (int i = 0; i < 1000; i++)
        text_add(&text, "%d,", i);
    assert_int_equal(text.length, 10 * 2 + 90 * 3 + 900 * 4);
    assert_int_equal(strlen(text.data), text.length);
    EXPECT(strncmp(text.data, "0,1,2,", 6) == 0 && strcmp(text.data + text.length - 8, "998,999,") == 0, "other text");
    text_put(&text, "a\0b", 3);
    assert_memory_equal(text.data + text.length - 3, "a\0b", 4);
    EXPECT(!text.failed, "it is not whole");
    text_free(&text);
    assert_null(text.data);
}

/* Control characters of a stranger's text never reach the terminal. */
static void tokens_shown(void **state)
{
    (void)state;
    static const struct {
        const char *token, *shown;
    } cases[] = {{"like", "like"}, {"", "\"\""}, {" ", "\" \""}, {"a ", "\"a \""}, {" a", "\" a\""},
                 {"\033[2J", "\\x1b[2J"}, {"a\nb", "a\\x0ab"}, {"\x7f", "\\x7f"}, {"\xc3\xa9", "\xc3\xa9"},
                 {"\xc2\x9b" "2J", "\\x9b2J"}, {"a\xe2\x80\xae" "b", "a\\u202eb"}, {"\xff", "\\xff"}};
    char out[64];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(token_visible(out, sizeof out, cases[i].token), cases[i].shown);
    char long_token[300], small[16];
    memset(long_token, '\x01', sizeof long_token - 1);
    long_token[sizeof long_token - 1] = '\0';
    token_visible(small, sizeof small, long_token);
    EXPECT(strlen(small) < sizeof small, "it is too long");
}

int test_text(void)
{
    TestList list = {0};
    tests_add(&list, for_people, NULL, "numbers for people");
    tests_add(&list, with_sign, NULL, "numbers with a sign");
    tests_add(&list, exact, NULL, "the shortest digits that read back");
    tests_add(&list, not_finite, NULL, "inf and nan");
    tests_add(&list, parsed_numbers, NULL, "numbers read");
    tests_add(&list, parsed_integers, NULL, "whole numbers read");
    tests_add(&list, json_strings, NULL, "JSON strings are escaped");
    tests_add(&list, growing, NULL, "text grows");
    tests_add(&list, tokens_shown, NULL, "tokens without control characters");
    return tests_run(&list, "text");
}
