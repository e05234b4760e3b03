/* What a teacher does: exercises of one's own, secrets, names for groups of answers, marks for other platforms. */
#include "support.h"

#include "tracer/base/files.h"
#include "tracer/exercise/grading.h"
#include "tracer/exercise/lint.h"
#include "tracer/exercise/sheet.h"
#include "tracer/exercise/sheet_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An exercise with a mistake of its own, written as edits; and one whose sheet leaves out what it takes. */
static void own_exercises(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *refused;
        bool lints;
    } cases[] = {
        {"given block0.attention.head0.scaled\nown own.halved every weight was halved at the end\n"
         "edit scale 0.5 rule softmax label weights\n", NULL, true},
        {"given block0.attention.head0.scaled\nown own.two the sum is not divided by, and all is negated\n"
         "edit skip rule softmax label weights\nedit scale -1 label exp\n", NULL, true},
        {"given block0.attention.head0.scaled\nown own.swapped shapes that do not fit\n"
         "edit swap rule softmax label weights\n", NULL, false},
        {"given block0.attention.head0.scaled\nown own.same nothing is changed\nedit scale 1 rule softmax label weights\n", NULL, false},
        {"given block0.attention.head0.scaled\nown own.nowhere nothing is there\nedit skip label nonsense\n", NULL, false},
        {"given block0.attention.head0.scaled\nown own.axis along an axis that it has not\nedit axis label exp\n", NULL, false},
        {"given block0.attention.head0.scaled\nown own.empty it has no edit\n", NULL, false},
        {"given block0.attention.head0.Q\n", NULL, false}, /* K is missing */
        {"edit scale 2 label exp\n", "an edit stands below a line own", false},
        {"own own.x what\nedit bend label exp\n", "no edit is called \"bend\"", false},
        {"own own.x what\nedit scale much label exp\n", "a number is needed, not \"much\"", false},
        {"own own.x what\nedit scale 2\n", "say where", false},
        {"own own.x what\nedit scale 2 rule hardmax\n", "no rule is called", false},
        {"own own.x what\nedit transpose label exp input 7\n", "an input is 0 or 1", false},
        {"own softmax.columns what\n", "has this name already", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char folder[] = "/tmp/tracer-own-XXXXXX", path[PATH_SIZE], command[100], why[200] = "";
        Text text = {0};
        Error error = {0};
        Exercises exercises;
        EXPECT(mkdtemp(folder), "no folder");
        snprintf(command, sizeof command, "mkdir %s/77-own && cp tutorial/exercises/model.json %s", folder, folder);
        EXPECT(system(command) == 0, "no folder");
        text_add(&text, "title My own\nformula y = f(x)\nchapter 7\nmodel model.json\nwords 4\nphase forward\n"
                        "asked block0.attention.head0.weights 3\n%s== task\nDo it.\n== hint 1\na\n== hint 2\nb\n== hint 3\nc\n", cases[i].lines);
        snprintf(path, sizeof path, "%s/77-own/exercise.txt", folder);
        EXPECT(file_write(path, text.data, text.length, &error), "%s", error.text);
        bool read = exercises_read(folder, &exercises, &error), fine = false;
        EXPECT(read == !cases[i].refused, "case %zu: %s", i, read ? "was read" : error.text);
        if (read) {
            Variant variant;
            fine = lint_folder(&exercises.list[0], why, sizeof why) &&
                   lint_open(&variant, &exercises.list[0], (Whose){.course = "test", .student = "anna"}, &error);
            if (fine) {
                fine = sheet_suffices(&variant, why, sizeof why, &error);
                if (fine) {
                    Verdict verdict;
                    Answer answer = {.count = variant.cell_count, .cells = calloc((size_t)variant.cell_count, sizeof(double))};
                    EXPECT(variant_record(&variant, exercises.list[0].mistakes[0], answer.cells, &error), "%s", error.text);
                    EXPECT(verdict_find(&variant, &answer, NULL, &verdict, &error) && verdict.kind == VERDICT_NAMED, "%s", verdict.says);
                    EXPECT(strstr(verdict.says, exercises.list[0].mistakes[0]->message), "%s", verdict.says);
                    answer_free(&answer);
                }
                variant_close(&variant);
            }
            EXPECT(fine == cases[i].lints, "case %zu: %s%s", i, why, error.text);
            exercises_free(&exercises);
        } else
            expect_error(&error, EXIT_USED_WRONGLY, cases[i].refused);
        text_free(&text);
        snprintf(command, sizeof command, "rm -r %s", folder);
        EXPECT(system(command) == 0, "the folder stays");
    }
}

/* SipHash-2-4 of the bytes 0 ... 14 under the key 00 ... 0f: the number of its authors' paper, appendix A. */
static void secret_is_keyed(void **state)
{
    (void)state;
    unsigned char bytes[15];
    for (unsigned char i = 0; i < 15; i++)
        bytes[i] = i;
    uint64_t found = secret_hash((const uint64_t[]){0x0706050403020100u, 0x0f0e0d0c0b0a0908u}, bytes, 15);
    EXPECT(found == 0xa129ca6149be45e5u, "%llx", (unsigned long long)found);
}

/* With a secret other numbers are drawn, the code is no part of the seed, and the sheet alone is enough to check it. */
static void secrets_salt(void **state)
{
    (void)state;
    Exercises exercises;
    Error error = {0};
    const Secret one = {{1, 2}}, other = {{1, 3}};
    const Whose open = {.course = "demo", .student = "anna"}, salted = {.course = "demo", .student = "anna", .secret = &one},
                differently = {.course = "demo", .student = "anna", .secret = &other};
    EXPECT(exercises_read("tutorial/exercises", &exercises, &error), "%s", error.text);
    int checked = 0;
    for (int e = 0; e < exercises.count; e++) {
        const Exercise *exercise = &exercises.list[e];
        Variant variant, read;
        Text sheet = {0};
        EXPECT(seed_of(exercise, open) != seed_of(exercise, salted) && seed_of(exercise, salted) != seed_of(exercise, differently), "the same seed");
        EXPECT(code_of(exercise, salted) != (unsigned)seed_of(exercise, salted), "the code tells the seed");
        EXPECT(code_of(exercise, open) == (unsigned)seed_of(exercise, open), "codes without a secret have changed");
        if (exercise->choice)
            continue;
        EXPECT(lint_open(&variant, exercise, salted, &error) && sheet_write(&variant, false, &sheet, &error), "%s", error.text);
        EXPECT(sheet_open(&read, exercise, open, sheet.data, &error), "%s", error.text);
        for (int i = 0; i < variant.cell_count; i++)
            EXPECT(units_apart(read.truth[i], variant.truth[i], variant.cells[i].decimals) < 0.01, "%s: cell %d is %g, not %g", exercise->id, i,
                   read.truth[i], variant.truth[i]);
        checked += variant.cell_count;
        variant_close(&read);
        variant_close(&variant);
        text_free(&sheet);
    }
    EXPECT(checked > 300, "%d cells", checked);
    exercises_free(&exercises);
}

/* --- marks --- */

typedef struct {
    Exercises exercises;
    Roster roster;
    Class class;
    Marking marking;
    char roster_path[PATH_SIZE], late[PATH_SIZE], names[PATH_SIZE];
} Office;

/* A class without a folder: what stands in its entries is put there by the test. */
static void open_office(Office *office, const char *roster, const char *late, const char *names)
{
    Error error = {0};
    temporary_file(office->roster_path, roster, strlen(roster));
    temporary_file(office->late, late, strlen(late));
    temporary_file(office->names, names, strlen(names));
    const MarkingFiles files = {"07=2,21=0.5", office->late, office->names, 0.1};
    EXPECT(exercises_read("tutorial/exercises", &office->exercises, &error) && roster_read(office->roster_path, NULL, &office->roster, &error) &&
               marking_read(&office->marking, &files, &error),
           "%s", error.text);
    office->class = (Class){.course = "demo", .exercises = &office->exercises, .roster = &office->roster, .marking = &office->marking,
                            .entries = calloc((size_t)office->roster.count * (size_t)office->exercises.count, sizeof(Entry))};
    EXPECT(office->class.entries, "no memory");
}

static void close_office(Office *office)
{
    class_free(&office->class);
    marking_free(&office->marking);
    roster_free(&office->roster);
    exercises_free(&office->exercises);
    unlink(office->roster_path);
    unlink(office->late);
    unlink(office->names);
}

static void put_mark(Office *office, int student, int number, double mark)
{
    *class_entry(&office->class, student, number - 1) = (Entry){.present = true, .mark = mark, .verdict.kind = VERDICT_CORRECT};
}

static void expect_lines(const Class *class, void (*write)(const Class *, Text *), const char *const *lines)
{
    Text text = {0};
    write(class, &text);
    for (; *lines; lines++)
        EXPECT(strstr(text.data, *lines), "no \"%s\" in:\n%s", *lines, text.data);
    text_free(&text);
}

/* Weights count in totals and in what platforms import; columns are called as the roster calls them. */
static void platforms_read_marks(void **state)
{
    (void)state;
    Office office;
    open_office(&office, "Student;ID;SIS User ID;SIS Login ID;Section\n    Points Possible;;;;\n\"Lovelace, Ada\";17;x1;ada;S 1\nBo;18;x2;bo;S 2\n", "", "");
    put_mark(&office, 0, 7, 1);
    put_mark(&office, 0, 21, 0.5);
    put_mark(&office, 1, 8, 1);
    EXPECT(class_total(&office.class, 0) == 2.25 && class_total(&office.class, 1) == 1, "%g, %g", class_total(&office.class, 0), class_total(&office.class, 1));
    expect_lines(&office.class, class_moodle_csv, (const char *const[]){"SIS Login ID,07-softmax,08-weighted-sum,21-d-softmax,tracer total\n", "ada,2,,0.25,2.25\n", "bo,,1,,1\n", NULL});
    expect_lines(&office.class, class_canvas_csv, (const char *const[]){"Student,ID,SIS User ID,SIS Login ID,Section,07-softmax,", "    Points Possible,,,,,2,1,0.5,3.5\n",
                 "\"Lovelace, Ada\",17,x1,ada,S 1,2,,0.25,2.25\n", "Bo,18,x2,bo,S 2,,1,,1\n", NULL});
    close_office(&office);
}

/* A cell that a spreadsheet would take for a formula, and run. */
static void formulas_are_made_harmless(void **state)
{
    (void)state;
    static const struct {
        const char *text, *field;
    } cases[] = {{"=1+1", "\"'=1+1\""}, {"+1", "\"'+1\""}, {"-1", "\"'-1\""}, {"@SUM(A1)", "\"'@SUM(A1)\""}, {"\t=1", "\"'\\x09=1\""},
                 {"a=1", "a=1"}, {"a,b", "\"a,b\""}, {"say \"hi\"", "\"say \"\"hi\"\"\""}, {"", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text text = {0};
        csv_field(&text, cases[i].text);
        EXPECT(strcmp(text.data ? text.data : "", cases[i].field) == 0, "\"%s\" becomes %s", cases[i].text, text.data);
        text_free(&text);
    }
}

/* A group that the teacher has named is told and marked so; who was late loses a part for each day. */
static void groups_have_names(void **state)
{
    (void)state;
    Office office;
    char code[SIGNATURE_CODE], names[200];
    Error error = {0};
    Exercises exercises;
    EXPECT(exercises_read("tutorial/exercises", &exercises, &error), "%s", error.text);
    signature_code(exercise_find(&exercises, "08", &error), "9 of 12 cells", code);
    exercises_free(&exercises);
    snprintf(names, sizeof names, "# of last year\nname %s \"took the \"old\" V\" 0.25\n", code);
    open_office(&office, "id\nada\nbo\n", "id,exercise,days\nada,8,2\nbo;all;30\n", names);
    const Exercise *eight = exercise_find(&office.exercises, "08", &error);
    EXPECT(marking_name(&office.marking, eight, "9 of 12 cells") == 0 && marking_name(&office.marking, eight, "8 of 12 cells") == -1, "another group");
    EXPECT(strcmp(office.marking.named[0].text, "took the \"old\" V") == 0 && office.marking.named[0].mark == 0.25, "%s", office.marking.named[0].text);
    EXPECT(marking_days(&office.marking, "ada", 8) == 2 && marking_days(&office.marking, "ada", 7) == 0 && marking_days(&office.marking, "bo", 7) == 30, "other days");
    Entry unknown = {.present = true, .verdict = {.kind = VERDICT_UNKNOWN, .signature = "9 of 12 cells"}};
    mark_as_said(&(Grading){.class = &office.class, .student = 0, .error = &error}, (int)(eight - office.exercises.list), &unknown);
    EXPECT(unknown.verdict.kind == VERDICT_NAMED && strstr(unknown.verdict.says, "old") && fabs(unknown.mark - 0.2) < 1e-12, "%s, %g", unknown.verdict.says, unknown.mark);
    Entry right = {.present = true, .mark = 1, .verdict.kind = VERDICT_CORRECT};
    mark_as_said(&(Grading){.class = &office.class, .student = 1, .error = &error}, 6, &right);
    EXPECT(right.mark == 0 && right.late == 30, "%g after %d days", right.mark, right.late);
    close_office(&office);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *weights, *late, *names, *refused;
    } cases[] = {{"07:2", "", "", "weights are written"}, {"07=-1", "", "", "weights are written"}, {NULL, "id,exercise,days\nada,8,soon\n", "", ":2: a line is STUDENT"},
                 {NULL, "", "name 08:1 text 1\n", ":1: a line is: name CODE"}, {NULL, "", "name 08:1 \"text\" 2\n", "a mark from 0 to 1"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char late[PATH_SIZE], names[PATH_SIZE];
        Error error = {0};
        Marking marking;
        temporary_file(late, cases[i].late, strlen(cases[i].late));
        temporary_file(names, cases[i].names, strlen(cases[i].names));
        EXPECT(!marking_read(&marking, &(MarkingFiles){cases[i].weights, late, names, 0.1}, &error), "case %zu was read", i);
        expect_error(&error, EXIT_USED_WRONGLY, cases[i].refused);
        unlink(late);
        unlink(names);
    }
}

int test_exercise_teacher(void)
{
    TestList list = {0};
    tests_add(&list, own_exercises, NULL, "teacher: mistakes of an exercise's own, and sheets that leave something out");
    tests_add(&list, secret_is_keyed, NULL, "teacher: the hash of a secret");
    tests_add(&list, secrets_salt, NULL, "teacher: a secret salts, and the sheet alone is checked");
    tests_add(&list, platforms_read_marks, NULL, "teacher: marks as platforms import them");
    tests_add(&list, formulas_are_made_harmless, NULL, "teacher: formulas of spreadsheets are made harmless");
    tests_add(&list, groups_have_names, NULL, "teacher: groups have names, and days cost");
    tests_add(&list, nonsense_is_refused, NULL, "teacher: nonsense is refused with its line");
    return tests_run(&list, "exercise_teacher");
}
