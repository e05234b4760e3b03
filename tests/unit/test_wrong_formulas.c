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

int test_wrong_formulas(void)
{
    TestList list = {0};
    tests_add(&list, wrong_formulas, NULL, "wrong formulas of others are named");
    return tests_run(&list, "wrong formulas");
}
