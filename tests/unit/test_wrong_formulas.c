/* Wrong formulas as students make them, computed by golden/reference/wrong-formulas with matrices of its own
 * and not with the recorder: what the search says of them. */
#include "support.h"

#include "tracer/base/files.h"
#include "tracer/exercise/lint.h"

#include <math.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CELLS = 512, MOST_BYTES = 1 << 20 };

typedef struct {
    int made, named, consistent, pointed, unknown, misnamed, accepted;
} Tally;

typedef struct {
    Exercises exercises;
    char exercise[8], kind[16], name[80], accepted[200];
    Tally single, pair;
    int right, right_wrong;
    FILE *told;            /* every sentence, for people */
} Course;

static bool says(const Course *course, const char *sentence)
{
    regex_t pattern;
    EXPECT(regcomp(&pattern, course->accepted, REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0, "%s", course->accepted);
    bool found = regexec(&pattern, sentence, 0, NULL, 0) == 0;
    regfree(&pattern);
    return found;
}

static void count(const Course *course, const Verdict *verdict, Tally *tally)
{
    /* A sign that says only where is no name. */
    bool where = verdict->kind == VERDICT_SIGN && strstr(verdict->says, "all cells but one");
    VerdictKind kind = verdict->kind;
    bool named = kind == VERDICT_NAMED || kind == VERDICT_CONSISTENT || (kind == VERDICT_SIGN && !where);
    bool meant = says(course, verdict->says);
    tally->made++;
    tally->accepted += verdict->kind == VERDICT_CORRECT;
    tally->named += named && meant;
    tally->consistent += verdict->kind == VERDICT_CONSISTENT && meant;
    tally->misnamed += named && !meant;
    tally->pointed += verdict->kind == VERDICT_FOLLOWS || verdict->kind == VERDICT_INVARIANT ||
                      verdict->kind == VERDICT_ROUNDED || where;
    tally->unknown += verdict->kind == VERDICT_UNKNOWN;
}

static void judge(Course *course, const char *student, char *numbers)
{
    double cells[MOST_CELLS];
    Variant variant;
    Verdict verdict;
    Error error = {0};
    const Exercise *exercise = exercise_find(&course->exercises, course->exercise, &error);
    EXPECT(exercise && lint_open(&variant, exercise, (Whose){"demo", student, 0}, &error), "%s", error.text);
    int count_of_cells = 0;
    for (char *at = numbers, *end; count_of_cells < MOST_CELLS; at = end) {
        double number = strtod(at, &end);
        if (end == at)
            break;
        cells[count_of_cells++] = number;
    }
    EXPECT(count_of_cells == variant.cell_count, "%s, %s: %d numbers for %d cells", course->exercise, course->name,
           count_of_cells, variant.cell_count);
    Answer answer = {.cells = cells, .count = count_of_cells};
    EXPECT(verdict_find(&variant, &answer, NULL, &verdict, &error), "%s", error.text);
    if (strcmp(course->kind, "right") == 0) {
        course->right++;
        course->right_wrong += verdict.kind != VERDICT_CORRECT;
    } else {
        count(course, &verdict, strcmp(course->kind, "pair") == 0 ? &course->pair : &course->single);
    }
    if (course->told)
        fprintf(course->told, "%s %-6s %-34s %-5s %c %-14s %s\n", course->exercise, course->kind, course->name, student,
                says(course, verdict.says) ? '+' : '-', verdict_name(verdict.kind), verdict.says);
    variant_close(&variant);
}

static void take_formula(Course *course, const char *line)
{
    course->accepted[0] = '\0';
    EXPECT(sscanf(line, "formula %7s %15s | %79[^|]| %199[^\n]", course->exercise, course->kind, course->name,
                  course->accepted) >= 3, "%s", line);
    size_t length = strlen(course->name);
    course->name[length ? length - 1 : 0] = '\0';
    if (!course->accepted[0])
        snprintf(course->accepted, sizeof course->accepted, ".");
}

static void print(const char *what, const Tally *t)
{
    printf("# %s: %d answers, %d named (%d of them as consistent), %d pointed at, %d unknown, %d misnamed, "
           "%d accepted\n", what, t->made, t->named, t->consistent, t->pointed, t->unknown, t->misnamed, t->accepted);
}

/* Every `step`-th formula; the right one of every exercise always. */
static void judge_all(const char *path, int step, Course *course)
{
    char *text;
    size_t size;
    Error error = {0};
    EXPECT(exercises_read("tutorial/exercises", &course->exercises, &error), "%s", error.text);
    EXPECT(file_read(path, MOST_BYTES, &text, &size, &error), "%s", error.text);
    int formula = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char student[16];
        int begin = 0;
        if (strncmp(line, "formula ", 8) == 0) {
            take_formula(course, line);
            formula++;
        } else if ((formula % step == 0 || strcmp(course->kind, "right") == 0) &&
                   sscanf(line, "%15s %n", student, &begin) == 1) {
            judge(course, student, line + begin);
        }
    }
    free(text);
    exercises_free(&course->exercises);
}

static void wrong_formulas(void **state)
{
    (void)state;
    const char *all = getenv("TRACER_ALL_FORMULAS"), *told = getenv("TRACER_TOLD");
    const char *path = getenv("TRACER_FORMULAS");
    Course course = {.told = told ? fopen(told, "w") : NULL};
    judge_all(path ? path : "golden/reference/wrong-formulas/wrong-formulas.txt", all ? 1 : 9, &course);
    if (course.told)
        fclose(course.told);
    print("single slips", &course.single);
    print("two at once", &course.pair);
    EXPECT(course.right > 60 && course.right_wrong == 0, "%d of %d right answers are not accepted", course.right_wrong,
           course.right);
    EXPECT(course.single.made > 90, "only %d answers", course.single.made);
    EXPECT(course.single.named >= 0.85 * course.single.made, "%d of %d single slips are named", course.single.named,
           course.single.made);
    EXPECT(course.pair.named >= 0.4 * course.pair.made, "%d of %d pairs are named", course.pair.named,
           course.pair.made);
    EXPECT(course.single.misnamed + course.pair.misnamed <= 0.01 * (course.single.made + course.pair.made) + 0.5,
           "%d misnamed", course.single.misnamed + course.pair.misnamed);
    EXPECT(course.single.accepted + course.pair.accepted == 0, "a wrong answer is accepted");
}

/* The asked cells of `line` (NULL: all) are `number`, the others true. */
static Verdict judged_constant(const char *exercise, const char *line, double number, double *mark)
{
    Exercises exercises;
    Variant variant;
    Verdict verdict;
    Error error = {0};
    double cells[MOST_CELLS];
    EXPECT(exercises_read("tutorial/exercises", &exercises, &error), "%s", error.text);
    EXPECT(lint_open(&variant, exercise_find(&exercises, exercise, &error), (Whose){"test", "eva", 0}, &error), "%s",
           error.text);
    for (int i = 0; i < variant.cell_count; i++) {
        const char *name = variant.exercise->asked[variant.cells[i].line].name;
        cells[i] = !line || strcmp(name, line) == 0 ? number : variant.truth[i];
    }
    Answer answer = {.cells = cells, .count = variant.cell_count};
    EXPECT(verdict_find(&variant, &answer, NULL, &verdict, &error), "%s", error.text);
    *mark = verdict_mark(&verdict);
    variant_close(&variant);
    exercises_free(&exercises);
    return verdict;
}

/* All the same number is no computation: it has no name and earns nothing, also where something right stands beside. */
static void constants_earn_nothing(void **state)
{
    static const struct {
        const char *exercise, *line;
        double number;
    } answers[] = {
        {"05", NULL, 0}, {"05", NULL, 1}, {"13", NULL, 0}, {"13", NULL, 1}, {"22", "block0.attention.head0.Q.grad", 7},
        {"25", "token_embedding.grad.clipped", 9}, {"25", NULL, 0}, {"26", "final_norm.gamma.m", 0.5}, {"32", NULL, 0},
        {"20", "block0.attention.head0.V.grad", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        double mark;
        Verdict verdict = judged_constant(answers[i].exercise, answers[i].line, answers[i].number, &mark);
        EXPECT(mark == 0 && verdict.kind != VERDICT_NAMED && verdict.kind != VERDICT_FOLLOWS,
               "%s, all %g: %s, %g: %s", answers[i].exercise, answers[i].number, verdict_name(verdict.kind), mark,
               verdict.says);
    }
}

/* Rows of which the sum was printed with two decimals are right as they are: only the wrong row is accused. */
static void only_wrong_rows_are_accused(void **state)
{
    static const char *const asked[] = {"07", "14", "21", "28"};
    (void)state;
    int accused = 0;
    Exercises exercises;
    Error error = {0};
    EXPECT(exercises_read("tutorial/exercises", &exercises, &error), "%s", error.text);
    for (int i = 0; i < 40; i++) {
        char student[16];
        double cells[MOST_CELLS];
        Variant variant;
        Verdict verdict;
        snprintf(student, sizeof student, "s%d", i / 4);
        const Exercise *exercise = exercise_find(&exercises, asked[i % 4], &error);
        EXPECT(lint_open(&variant, exercise, (Whose){"test", student, 0}, &error), "%s", error.text);
        int last = variant.cell_count - 1, row = variant.cells[last].row;
        for (int c = 0; c <= last; c++) {
            double unit = pow(10, -variant.cells[c].decimals);
            bool wrong = variant.cells[c].line == variant.cells[last].line && variant.cells[c].row == row;
            cells[c] = rint(variant.truth[c] / unit) * unit + (wrong ? 0.137 + 0.031 * (c % 5) : 0);
        }
        Answer answer = {.cells = cells, .count = variant.cell_count};
        variant.effort = 0;
        EXPECT(verdict_find(&variant, &answer, NULL, &verdict, &error), "%s", error.text);
        char where[16];
        snprintf(where, sizeof where, "row %d ", row);
        EXPECT(verdict.kind != VERDICT_INVARIANT || strstr(verdict.says, where), "%s: %s", asked[i % 4], verdict.says);
        accused += verdict.kind == VERDICT_INVARIANT;
        variant_close(&variant);
    }
    exercises_free(&exercises);
    EXPECT(accused >= 20, "%d rows are accused", accused);
}

/* What follows by itself is no merit: it is told and earns nothing, but right work beside it earns half. */
static void followers_by_themselves(void **state)
{
    (void)state;
    for (int beside = 0; beside < 2; beside++) {
        Exercises exercises;
        Variant variant;
        Verdict verdict;
        Error error = {0};
        EXPECT(exercises_read("tutorial/exercises", &exercises, &error), "%s", error.text);
        const Exercise *exercise = exercise_find(&exercises, beside ? "26" : "05", &error);
        EXPECT(lint_open(&variant, exercise, (Whose){"test", "eva", 0}, &error), "%s", error.text);
        double own[64], cells[MOST_CELLS];
        int id = tape_find(&variant.run.tape, variant.exercise->asked[0].name), count = 0;
        const Value *value = tape_value(&variant.run.tape, id);
        Given given = {.name = variant.exercise->asked[0].name, .rows = value->rows, .cols = value->cols, .data = own};
        for (; count < value->rows * value->cols; count++)
            own[count] = variant.truth[count] + 0.3 + 0.1 * (count * count % 7);
        EXPECT(variant_record_with(&variant, &given, cells, &error), "%s", error.text);
        memcpy(cells, own, (size_t)count * sizeof *own);
        Answer answer = {.cells = cells, .count = variant.cell_count};
        EXPECT(verdict_find(&variant, &answer, NULL, &verdict, &error), "%s", error.text);
        EXPECT(verdict.kind == VERDICT_FOLLOWS && verdict_mark(&verdict) == (beside ? 0.5 : 0), "%s, %g: %s",
               verdict_name(verdict.kind), verdict_mark(&verdict), verdict.says);
        variant_close(&variant);
        exercises_free(&exercises);
    }
}

int test_wrong_formulas(void)
{
    TestList list = {0};
    tests_add(&list, constants_earn_nothing, NULL, "verdicts: a constant earns nothing and has no name");
    tests_add(&list, only_wrong_rows_are_accused, NULL, "verdicts: invariants accuse wrong rows only");
    tests_add(&list, followers_by_themselves, NULL, "verdicts: half a mark only beside something right");
    tests_add(&list, wrong_formulas, NULL, "wrong formulas of others are named");
    return tests_run(&list, "wrong formulas");
}
