/* Answers in every form, the order of verdicts, lint, hints that leak nothing. */
#include "support.h"

#include "tracer/exercise/hints.h"
#include "tracer/exercise/lint.h"
#include "tracer/exercise/sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    Exercises exercises;
    Variant variant;
} Desk;

static void sit_down(Desk *desk, const char *exercise)
{
    Error error = {0};
    EXPECT(exercises_read("tutorial/exercises", &desk->exercises, &error), "%s", error.text);
    const Exercise *found = exercise_find(&desk->exercises, exercise, &error);
    EXPECT(found && lint_open(&desk->variant, found, (Whose){"test", "anna", 0}, &error), "%s", error.text);
}

static void stand_up(Desk *desk)
{
    variant_close(&desk->variant);
    exercises_free(&desk->exercises);
}

/* 06 asks for 16 numbers; the text holds `count` numbers in some form. */
static const struct {
    const char *text, *refused;   /* part of the message, NULL: it is read */
    double first, second;
} FORMS[] = {
    {"0.5 -1.25 3", NULL, 0.5, -1.25},
    {"0.5,-1.25,3", NULL, 0.5, -1.25},
    {"0.5\t-1.25\t3", NULL, 0.5, -1.25},
    {"0,5; -1,25; 3", NULL, 0.5, -1.25},
    {"1/2 -5/4 3", NULL, 0.5, -1.25},
    {"\xef\xbb\xbf" "0.5 -1.25 3", NULL, 0.5, -1.25},
    {"0.5 \xe2\x88\x92" "1.25 3\r", NULL, 0.5, -1.25},
    {"row 1: 0.5 -1.25 3   # mine", NULL, 0.5, -1.25},
    {"first 0.5 second -1.25 third 3", NULL, 0.5, -1.25},
    {"[0.5, -1.25, 3]", NULL, 0.5, -1.25},
    {"inf -inf 3", NULL, INFINITY, -INFINITY},
    {"5e-1 -125e-2 3", NULL, 0.5, -1.25},
    {"0.5 -1,25 3", NULL, 0.5, -1},
    {"\"0.5\",\"-1.25\",\"3\"", NULL, 0.5, -1.25},
    {"\"0,5\",\"-1,25\",\"3\"", NULL, 0.5, -1.25},
    {"\xe2\x89\x88" "0.5 ~-1.25 3", NULL, 0.5, -1.25},
    {"a=0.5 b=-1.25 c=3", NULL, 0.5, -1.25},
    {"$0.5$ & **-1.25** & `3`", NULL, 0.5, -1.25},
    {"masked 0.5 -1.25 3", NULL, 0.5, -1.25},
    {"0,5 -1,25 3", ":1: is this one number or two", 0, 0},
    {"0.5 1.2.3 3", ":1: this is no number", 0, 0},
    {"0.5 0x10 3", ":1: this is no number", 0, 0},
    {"0.5 nan 3", ":1: this is no number", 0, 0},
    {"0.5 1/0 3", ":1: this is no number", 0, 0},
    {"0.5 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", ":1: more numbers than the sheet asks for", 0, 0},
};

static void forms_of_numbers(void **state)
{
    (void)state;
    Desk desk;
    sit_down(&desk, "06");
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        char text[400];
        Answer answer;
        Error error = {0};
        snprintf(text, sizeof text, "%s\n%s", FORMS[i].text, FORMS[i].refused || strstr(FORMS[i].text, "-1,25 3") ? "" : "1 1 1 1 1 1 1 1 1 1 1 1 1");
        if (strstr(FORMS[i].text, "-1,25 3") && !FORMS[i].refused)
            snprintf(text, sizeof text, "%s\n1 1 1 1 1 1 1 1 1 1 1 1", FORMS[i].text);
        bool read = answer_parse(text, strlen(text), "a.txt", &desk.variant, &answer, &error);
        EXPECT(read == !FORMS[i].refused, "\"%s\": %s", FORMS[i].text, read ? "was read" : error.text);
        if (!read) {
            expect_error(&error, EXIT_USED_WRONGLY, FORMS[i].refused);
            continue;
        }
        EXPECT(answer.count == 16 && answer.cells[0] == FORMS[i].first && answer.cells[1] == FORMS[i].second, "\"%s\": %d numbers, %g, %g",
               FORMS[i].text, answer.count, answer.cells[0], answer.cells[1]);
        answer_free(&answer);
    }
    stand_up(&desk);
}

/* What decides is how many numbers are asked for: 16 in 4 rows. cells[1] and cells[4] are looked at. */
static const struct {
    const char *what, *text;
    double second, fifth;
} TABLES[] = {
    {"decimal commas", "0,1 0,2 0,3 0,4\n0,5 0,6 0,7 0,8\n1,1 1,2 1,3 1,4\n1,5 1,6 1,7 1,8\n", 0.2, 0.5},
    {"decimal commas on the sheet", "answer block0.attention.head0.masked\nrow 0 a: 0,1 0,2 0,3 0,4\nrow 1 b: 0,5 0,6 0,7 0,8\n"
                                    "row 2 c: 1,1 1,2 1,3 1,4\nrow 3 d: 1,5 1,6 1,7 1,8\n", 0.2, 0.5},
    {"commas between numbers", "0,1 0,2\n0,3 0,4\n0,5 0,6\n0,7 0,8\n", 1, 0},
    {"a head of indices", "0,1,2,3\n.1,.2,.3,.4\n.5,.6,.7,.8\n.9,1,1,1\n1,1,1,1\n", 0.2, 0.5},
    {"a column of indices", "0,.1,.2,.3,.4\n1,.5,.6,.7,.8\n2,.9,1,1,1\n3,1,1,1,1\n", 0.2, 0.5},
    {"both, as pandas writes them", ",0,1,2,3\n0,.1,.2,.3,.4\n1,.5,.6,.7,.8\n2,.9,1,1,1\n3,1,1,1,1\n", 0.2, 0.5},
    {"rows in another order", "row 3: 1 1 1 1\nrow 1: .5 .6 .7 .8\nrow 0: .1 .2 .3 .4\nrow 2: .9 1 1 1\n", 0.2, 0.5},
    {"rows counted from 1", "row 4: 1 1 1 1\nrow 2: .5 .6 .7 .8\nrow 1: .1 .2 .3 .4\nrow 3: .9 1 1 1\n", 0.2, 0.5},
};

static void tables(void **state)
{
    (void)state;
    Desk desk;
    sit_down(&desk, "06");
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
        Answer answer;
        Error error = {0};
        bool read = answer_parse(TABLES[i].text, strlen(TABLES[i].text), "a.txt", &desk.variant, &answer, &error);
        EXPECT(read && answer.count == 16, "%s: %s", TABLES[i].what, error.text);
        EXPECT(answer.cells[1] == TABLES[i].second && answer.cells[4] == TABLES[i].fifth, "%s: %g, %g", TABLES[i].what, answer.cells[1], answer.cells[4]);
        answer_free(&answer);
    }
    stand_up(&desk);
}

/* 05 asks for scores and scaled: whichever comes first, labels say which is which. */
static void blocks_by_label(void **state)
{
    (void)state;
    static const char *const orders[] = {"scores: %s\nscaled: %s", "answer block0.attention.head0.scores\n%s\nscaled =\n%s"};
    Desk desk;
    sit_down(&desk, "05");
    int half = desk.variant.cell_count / 2;
    for (int turned = 0; turned < 2; turned++)
        for (int o = 0; o < 2; o++) {
            Text ones = {0}, twos = {0}, text = {0};
            Answer answer;
            Error error = {0};
            for (int i = 0; i < half; i++) {
                text_add(&ones, " 1.5");
                text_add(&twos, " 2.5");
            }
            if (turned)
                text_add(&text, "scaled: %s\nblock0.attention.head0.scores: %s\n", twos.data, ones.data);
            else
                text_add(&text, orders[o], ones.data, twos.data);
            EXPECT(answer_parse(text.data, text.length, "a.txt", &desk.variant, &answer, &error), "%s", error.text);
            EXPECT(answer.cells[0] == 1.5 && answer.cells[half - 1] == 1.5 && answer.cells[half] == 2.5, "blocks were read by position");
            answer_free(&answer);
            text_free(&text);
            text_add(&text, "scores: %s\nscores: %s\n", ones.data, twos.data);
            EXPECT(!answer_parse(text.data, text.length, "a.txt", &desk.variant, &answer, &error), "scores twice were read");
            expect_error(&error, EXIT_USED_WRONGLY, "stands further up");
            text_free(&ones);
            text_free(&twos);
            text_free(&text);
        }
    stand_up(&desk);
}

/* Nothing is lost: what has digits and no number that can be read is refused, and not blank. */
static void unreadable_is_not_blank(void **state)
{
    (void)state;
    Desk desk;
    Answer answer;
    Error error = {0};
    sit_down(&desk, "06");
    EXPECT(!answer_parse("x0.5 y0.25", 10, "a.txt", &desk.variant, &answer, &error), "was read");
    expect_error(&error, EXIT_USED_WRONGLY, "no number in it that can be read");
    stand_up(&desk);
}

static void hostile_files(void **state)
{
    (void)state;
    Desk desk;
    sit_down(&desk, "06");
    static const char *const bytes[] = {"\x93NUMPY", "\x93NUMPY\x01\x00\xff\xff{'descr'", "ELF\0\1\2", "answer nothing\n1", "1 2 3"};
    static const size_t sizes[] = {6, 18, 6, 16, 5};
    for (int i = 0; i < 5; i++) {
        Answer answer;
        Error error = {0};
        bool read = (i < 2 ? answer_parse_npy : answer_parse)(bytes[i], sizes[i], "x", &desk.variant, &answer, &error);
        EXPECT(!read, "file %d was read", i);
        expect_error(&error, EXIT_USED_WRONGLY, "x:1: ");
    }
    stand_up(&desk);
}

/* 06 asks for 16 numbers: as an array of NumPy, row by row and column by column. */
static void arrays_of_numpy(void **state)
{
    (void)state;
    Desk desk;
    sit_down(&desk, "06");
    for (int columns_first = 0; columns_first < 2; columns_first++) {
        char bytes[128 + 16 * 8] = "\x93NUMPY\x01\x00";
        Answer answer;
        Error error = {0};
        int length = snprintf(bytes + 10, 118, "{'descr': '<f8', 'fortran_order': %s, 'shape': (4, 4), }", columns_first ? "True" : "False");
        bytes[8] = (char)length;
        for (int i = 0; i < 16; i++) {
            double number = i;
            memcpy(bytes + 10 + length + 8 * i, &number, 8);
        }
        size_t size = (size_t)(10 + length + 128);
        EXPECT(answer_parse_npy(bytes, size, "a.npy", &desk.variant, &answer, &error), "%s", error.text);
        EXPECT(answer.count == 16 && answer.cells[1] == (columns_first ? 4 : 1) && answer.cells[15] == 15, "cell 1 is %g", answer.cells[1]);
        answer_free(&answer);
        EXPECT(!answer_parse_npy(bytes, size - 1, "a.npy", &desk.variant, &answer, &error), "a cut-off array was read");
    }
    stand_up(&desk);
}

/* numpy.float16: 0.5, -1.25, 65504, the smallest of all, -inf, 0 ... */
static void half_precision(void **state)
{
    (void)state;
    static const unsigned short halves[16] = {0x3800, 0xbd00, 0x7bff, 0x0001, 0xfc00, 0x8000, 0x3c00, 0x0400};
    static const double numbers[8] = {0.5, -1.25, 65504, 0x1p-24, -INFINITY, 0, 1, 0x1p-14};
    Desk desk;
    char bytes[128 + 16 * 2] = "\x93NUMPY\x01\x00";
    Answer answer;
    Error error = {0};
    sit_down(&desk, "06");
    int length = snprintf(bytes + 10, 100, "{'descr': '<f2', 'fortran_order': False, 'shape': (4, 4), }");
    bytes[8] = (char)length;
    for (int i = 0; i < 16; i++) {
        bytes[10 + length + 2 * i] = (char)(halves[i] & 255);
        bytes[11 + length + 2 * i] = (char)(halves[i] >> 8);
    }
    EXPECT(answer_parse_npy(bytes, (size_t)(10 + length + 32), "a.npy", &desk.variant, &answer, &error), "%s", error.text);
    for (int i = 0; i < 8; i++)
        EXPECT(answer.cells[i] == numbers[i], "number %d is %g", i, answer.cells[i]);
    answer_free(&answer);
    stand_up(&desk);
}

/* A solved sheet passes, an empty one is blank. */
static void sheets_come_back(void **state)
{
    (void)state;
    Exercises exercises;
    Error error = {0};
    EXPECT(exercises_read("tutorial/exercises", &exercises, &error), "%s", error.text);
    for (int e = 0; e < exercises.count; e++)
        for (int solved = 0; solved < 2; solved++) {
            Variant variant;
            Text sheet = {0};
            Answer answer;
            Verdict verdict;
            EXPECT(lint_open(&variant, &exercises.list[e], (Whose){"test", "ben", 0}, &error), "%s", error.text);
            EXPECT(sheet_write(&variant, solved, &sheet, &error), "%s", error.text);
            EXPECT(answer_parse(sheet.data, sheet.length, "sheet", &variant, &answer, &error), "%s: %s", exercises.list[e].id, error.text);
            EXPECT(verdict_find(&variant, &answer, NULL, &verdict, &error), "%s", error.text);
            EXPECT(verdict.kind == (solved ? VERDICT_CORRECT : VERDICT_BLANK), "%s, %s: %s", exercises.list[e].id,
                   solved ? "solved" : "blank", verdict.says);
            answer_free(&answer);
            text_free(&sheet);
            variant_close(&variant);
        }
    exercises_free(&exercises);
}

static VerdictKind judge(Desk *desk, double *cells, Verdict *verdict)
{
    Error error = {0};
    Answer answer = {.cells = cells, .count = desk->variant.cell_count};
    EXPECT(verdict_find(&desk->variant, &answer, NULL, verdict, &error), "%s", error.text);
    return verdict->kind;
}

/* One exercise, wrong in the ways that have no row in a table. */
static void order_of_verdicts(void **state)
{
    (void)state;
    Desk desk;
    Verdict verdict;
    double cells[64];
    sit_down(&desk, "08");
    int count = desk.variant.cell_count;
    const double *truth = desk.variant.truth;
    for (int i = 0; i < count; i++)
        cells[i] = truth[i] + 0.005;
    EXPECT(judge(&desk, cells, &verdict) == VERDICT_ROUNDED, "five units off: %s", verdict.says);
    for (int i = 0; i < count; i++)
        cells[i] = -truth[i];
    EXPECT(judge(&desk, cells, &verdict) == VERDICT_NAMED && strstr(verdict.says, "wrong sign"), "negated: %s", verdict.says);
    for (int i = 0; i < count; i++)
        cells[i] = 2 * truth[i];
    EXPECT(judge(&desk, cells, &verdict) == VERDICT_NAMED && strstr(verdict.says, "multiplied by 2"), "doubled: %s", verdict.says);
    memcpy(cells, truth, (size_t)count * sizeof *cells);
    cells[4] += 1;
    EXPECT(judge(&desk, cells, &verdict) == VERDICT_SIGN && strstr(verdict.says, "all cells but one"), "one cell: %s", verdict.says);
    for (int i = 0; i < count; i++)
        cells[i] = truth[(i + 3) % count];
    EXPECT(judge(&desk, cells, &verdict) == VERDICT_NAMED && strstr(verdict.says, "rows"), "rows rotated: %s", verdict.says);
    for (int i = 0; i < count; i++)
        cells[i] = i * i % 7 - 3;
    EXPECT(judge(&desk, cells, &verdict) == VERDICT_UNKNOWN && *verdict.signature, "nonsense: %s", verdict.says);
    stand_up(&desk);
    sit_down(&desk, "07");
    for (int i = 0; i < desk.variant.cell_count; i++)
        cells[i] = desk.variant.truth[i] + (i % 4 <= i / 4 ? 0.02 + 0.03 * i : 0);
    EXPECT(judge(&desk, cells, &verdict) == VERDICT_INVARIANT && strstr(verdict.says, "sum to 1"), "rows of 1.1: %s", verdict.says);
    stand_up(&desk);
}

/* scaled is right from the student's own wrong scores. */
static void follow_through(void **state)
{
    (void)state;
    Desk desk;
    Verdict verdict;
    double cells[64];
    sit_down(&desk, "05");
    int half = desk.variant.cell_count / 2;
    for (int i = 0; i < half; i++) {
        cells[i] = rint((desk.variant.truth[i] + (i == 5 ? 0.7 : 0)) * 1000) / 1000;
        cells[half + i] = cells[i] / sqrt(3);
    }
    EXPECT(judge(&desk, cells, &verdict) == VERDICT_FOLLOWS && strstr(verdict.says, "scores"), "%s", verdict.says);
    stand_up(&desk);
}

/* The hints of a sheet contain none of its asked numbers that could be told by chance alone. */
static void hints_do_not_leak(void **state)
{
    (void)state;
    Desk desk;
    Error error = {0};
    sit_down(&desk, "05");
    for (int rung = 1; rung <= HINT_RUNGS; rung++) {
        Text hint = {0};
        char number[NUMBER_SIZE];
        EXPECT(hint_write(&desk.variant, rung, &hint, &error) && hint.length > 30, "rung %d: %s", rung, error.text);
        for (int i = 0; i < desk.variant.cell_count; i++)
            if (fabs(desk.variant.truth[i]) > 0.5)
                EXPECT(!strstr(hint.data, number_text(number, desk.variant.truth[i], 3)), "rung %d tells %s", rung, number);
        text_free(&hint);
    }
    stand_up(&desk);
}

static void every_mistake_is_used(void **state)
{
    (void)state;
    Exercises exercises;
    Error error = {0};
    EXPECT(exercises_read("tutorial/exercises", &exercises, &error), "%s", error.text);
    int unused = 0;
    for (int m = 0; m < mistake_total(); m++) {
        /* That of a published training step is told in chapter 16. */
        bool used = strcmp(mistake_at(m)->id, "output_projection.not_transposed") == 0;
        for (int e = 0; e < exercises.count; e++)
            for (int i = 0; i < exercises.list[e].mistake_count; i++)
                used = used || exercises.list[e].mistakes[i] == mistake_at(m);
        unused += !used;
        if (!used)
            print_error("%s is in no exercise\n", mistake_at(m)->id);
    }
    exercises_free(&exercises);
    EXPECT(unused == 0, "%d mistakes are in no exercise", unused);
}

int test_exercise(void)
{
    TestList list = {0};
    tests_add(&list, forms_of_numbers, NULL, "exercise: numbers in every form");
    tests_add(&list, hostile_files, NULL, "exercise: hostile files are refused with their line");
    tests_add(&list, tables, NULL, "exercise: tables, rows and decimal commas where the count decides");
    tests_add(&list, blocks_by_label, NULL, "exercise: blocks by their labels");
    tests_add(&list, unreadable_is_not_blank, NULL, "exercise: what cannot be read is not blank");
    tests_add(&list, half_precision, NULL, "exercise: arrays of half precision");
    tests_add(&list, arrays_of_numpy, NULL, "exercise: arrays of NumPy");
    tests_add(&list, sheets_come_back, NULL, "exercise: a solved sheet passes, an empty one is blank");
    tests_add(&list, order_of_verdicts, NULL, "exercise: verdicts in their order");
    tests_add(&list, follow_through, NULL, "exercise: right from own wrong numbers");
    tests_add(&list, hints_do_not_leak, NULL, "exercise: hints tell no asked number");
    tests_add(&list, every_mistake_is_used, NULL, "exercise: every planted mistake is in an exercise");
    return tests_run(&list, "exercise");
}
