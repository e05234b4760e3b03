/* A class, graded: what other programs read is read by another program; prints, changes, rosters. */
#include "support.h"

#include "tracer/base/files.h"
#include "tracer/exercise/class.h"
#include "tracer/exercise/lint.h"
#include "tracer/exercise/sheet.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SAMPLE "tutorial/sample-class"

typedef struct {
    Exercises exercises;
    Roster roster;
    Class class;
} Room;

static void open_room(Room *room)
{
    Error error = {0};
    EXPECT(exercises_read("tutorial/exercises", &room->exercises, &error), "%s", error.text);
    EXPECT(roster_read(SAMPLE "/class.csv", NULL, &room->roster, &error), "%s", error.text);
    room->class = (Class){.course = "demo", .folder = SAMPLE "/submissions", .exercises = &room->exercises, .roster = &room->roster};
    EXPECT(class_grade(&room->class, &error), "%s", error.text);
}

static void close_room(Room *room)
{
    class_free(&room->class);
    roster_free(&room->roster);
    exercises_free(&room->exercises);
}

/* jansson reads every results.json, and it says what the class says. */
static void gradescope_is_json(void **state)
{
    (void)state;
    Room room;
    open_room(&room);
    for (int s = 0; s < room.roster.count; s++) {
        Text text = {0};
        json_error_t why;
        class_gradescope(&room.class, s, &text);
        json_t *root = json_loads(text.data, JSON_REJECT_DUPLICATES, &why), *tests = json_object_get(root, "tests");
        EXPECT(root && json_array_size(tests) == 5, "%s: %s", room.roster.list[s].id, root ? "tests are missing" : why.text);
        EXPECT(json_number_value(json_object_get(root, "score")) == class_total(&room.class, s), "another score");
        double sum = 0;
        for (size_t i = 0; i < json_array_size(tests); i++) {
            json_t *test = json_array_get(tests, i);
            sum += json_number_value(json_object_get(test, "score"));
            EXPECT(json_is_string(json_object_get(test, "name")) && json_is_string(json_object_get(test, "output")), "a text is missing");
        }
        EXPECT(sum == class_total(&room.class, s), "the scores add up to %g", sum);
        json_decref(root);
        text_free(&text);
    }
    close_room(&room);
}

static int count_of(const Room *room, VerdictKind kind)
{
    int count = 0;
    for (int s = 0; s < room->roster.count; s++)
        for (int e = 0; e < room->exercises.count; e++)
            count += class_entry(&room->class, s, e)->present && class_entry(&room->class, s, e)->verdict.kind == kind;
    return count;
}

static void the_sample_class(void **state)
{
    (void)state;
    Room room;
    open_room(&room);
    EXPECT(room.roster.count == 30, "%d students", room.roster.count);
    EXPECT(count_of(&room, VERDICT_CORRECT) > 30 && count_of(&room, VERDICT_NAMED) > 30, "%d correct, %d named",
           count_of(&room, VERDICT_CORRECT), count_of(&room, VERDICT_NAMED));
    EXPECT(count_of(&room, VERDICT_BLANK) >= 15 && count_of(&room, VERDICT_REFUSED) >= 10, "%d blank, %d refused",
           count_of(&room, VERDICT_BLANK), count_of(&room, VERDICT_REFUSED));
    Text page = {0};
    class_page(&room.class, &page);
    EXPECT(strstr(page.data, "Equal to another student's numbers"), "the copies are not seen");
    EXPECT(strstr(page.data, "not a text but a binary file"), "the binary file is not seen");
    text_free(&page);
    close_room(&room);
}

static void changes_are_shown(void **state)
{
    (void)state;
    Room room;
    Text before = {0}, changes = {0};
    open_room(&room);
    class_grades_csv(&room.class, &before);
    class_changes(&room.class, before.data, &changes);
    EXPECT(changes.length == 0, "nothing changed, but: %s", changes.data);
    Entry *entry = class_entry(&room.class, 0, 6);
    EXPECT(entry->present, "the first student has no 07");
    entry->mark = entry->mark == 1 ? 0 : 1;
    class_changes(&room.class, before.data, &changes);
    EXPECT(changes.length > 0 && strstr(changes.data, "07-softmax") && !strstr(changes.data, "08-"), "changes: %s", changes.data);
    text_free(&before);
    text_free(&changes);
    close_room(&room);
}

/* --- a messy folder --- */

/* Path within the folder, content ("@07 anna": the solved sheet of that student), the list that it ends in. */
static const struct {
    const char *path, *content;
    Filed filed;
} MESS[] = {
    {"anna/07.txt", "@07 anna", FILED_GRADED},
    {"anna/aufgabe06.txt", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16", FILED_GRADED},
    {"anna/homework.txt", "0.5 0.25", FILED_NO_ANSWER},
    {"anna/homework-08.txt", "1 2 3", FILED_REFUSED},
    {"anna/.DS_Store", "x", FILED_NO_ANSWER},
    {"anna/notes/07.txt", "1", FILED_NO_ANSWER}, /* the folder within */
    {"ben/07.txt", "1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1", FILED_REPLACED},
    {"ben/07_v2.txt", "@07 ben", FILED_GRADED},
    {"ben/05.txt", "@05 ben", FILED_GRADED},
    {"ben/05_x.bin", "@binary", FILED_REFUSED},
    {"ben/softmax-and-mask.txt", "1", FILED_NO_ANSWER},
    {"Clara M_4711_assignsubmission_file_/07.txt", "@07 clara", FILED_GRADED},
    {"ana/07.txt", "@07 anna", FILED_UNKNOWN_STUDENT},
    {"08-of-dora.txt", "@08 dora", FILED_GRADED},
    {"of-zoe.txt", "@08 zoe", FILED_UNKNOWN_STUDENT},
    {"loose.txt", "0.5", FILED_NO_ANSWER},
    {"dora/05.txt", "@utf16 05 dora", FILED_GRADED},
    {"dora/06.txt", "@06 anna", FILED_REFUSED},
    {"dora/99.txt", "1", FILED_NO_ANSWER},
    {"dora/07-softmax.txt", "", FILED_GRADED},
};
enum { MESS_COUNT = sizeof MESS / sizeof *MESS };

static void put_text(const Exercises *exercises, const char *content, Text *out)
{
    char number[8], student[16];
    bool wide = strncmp(content, "@utf16 ", 7) == 0;
    Error error = {0};
    Variant variant;
    Text sheet = {0};
    if (strcmp(content, "@binary") == 0)
        text_put(out, "\x7f" "ELF\0\1", 6);
    else if (sscanf(content + (wide ? 7 : 1), "%7s %15s", number, student) == 2 && *content == '@') {
        EXPECT(lint_open(&variant, exercise_find(exercises, number, &error), (Whose){.course = "demo", .student = student}, &error) &&
                   sheet_write(&variant, true, &sheet, &error),
               "%s", error.text);
        if (wide)
            text_put(out, "\xff\xfe", 2);
        for (size_t i = 0; i < sheet.length; i++) {
            text_put(out, sheet.data + i, 1);
            if (wide)
                text_put(out, "", 1);
        }
        variant_close(&variant);
        text_free(&sheet);
    } else
        text_add(out, "%s", content);
}

static void make_mess(const Exercises *exercises, const char *folder)
{
    for (int i = 0; i < MESS_COUNT; i++) {
        char path[PATH_SIZE];
        Error error = {0};
        Text text = {0};
        snprintf(path, sizeof path, "%s/%s", folder, MESS[i].path);
        for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/')); slash++) {
            *slash = '\0';
            mkdir(path, 0777);
            *slash = '/';
        }
        put_text(exercises, MESS[i].content, &text);
        EXPECT(file_write(path, text.data ? text.data : "", text.length, &error), "%s", error.text);
        text_free(&text);
    }
}

/* Every file is in exactly the list where it belongs, and the counts add up; so do those of the roster. */
static void every_file_ends_in_one_list(void **state)
{
    (void)state;
    static const char roster[] = "Name;Username;Note\nAnna A;anna;1\n\nBen B;ben;2\nClara M;clara;\nDora D;dora;3\n";
    char folder[] = "/tmp/tracer-mess-XXXXXX", path[PATH_SIZE], command[100];
    Room room;
    Error error = {0};
    EXPECT(mkdtemp(folder), "no folder");
    temporary_file(path, roster, sizeof roster - 1);
    EXPECT(exercises_read("tutorial/exercises", &room.exercises, &error) && roster_read(path, NULL, &room.roster, &error), "%s", error.text);
    unlink(path);
    make_mess(&room.exercises, folder);
    room.class = (Class){.course = "demo", .folder = folder, .exercises = &room.exercises, .roster = &room.roster};
    EXPECT(class_grade(&room.class, &error), "%s", error.text);
    int sum = 0;
    for (int kind = 0; kind < FILED_KINDS; kind++)
        sum += class_filed(&room.class, (Filed)kind);
    EXPECT(room.class.file_count == MESS_COUNT && sum == MESS_COUNT, "%d files, %d in lists, %d were made", room.class.file_count, sum, MESS_COUNT);
    for (int i = 0; i < MESS_COUNT; i++) {
        const ClassFile *found = NULL;
        for (int f = 0; f < room.class.file_count; f++)
            if (strncmp(room.class.files[f].path, MESS[i].path, strlen(room.class.files[f].path)) == 0)
                found = &room.class.files[f];
        EXPECT(found, "%s is lost", MESS[i].path);
        EXPECT(found->filed == MESS[i].filed, "%s is %s: %s", MESS[i].path, filed_name(found->filed), found->why);
        EXPECT(found->filed == FILED_GRADED || *found->why, "%s: no reason", MESS[i].path);
    }
    const Roster *of = &room.roster;
    EXPECT(of->lines == 6 && of->count == 4 && of->blank == 1 && of->columns == 3 && of->others == 0, "%d lines, %d students", of->lines, of->count);
    double total = 0;
    for (int s = 0; s < of->count; s++)
        total += class_total(&room.class, s);
    EXPECT(total == 6, "anna 07, ben 05 and 07, clara 07, dora 05 and 08 are right, but the sum is %g", total);
    close_room(&room);
    snprintf(command, sizeof command, "rm -r %s", folder);
    EXPECT(system(command) == 0, "the folder stays");
}

static void rosters(void **state)
{
    (void)state;
    static const struct {
        const char *text, *refused;
        int count;
    } cases[] = {
        {"id,name\na,\"Lovelace, Ada\"\nb,\"say \"\"hi\"\"\"\n", NULL, 2},
        {"id\r\na\r\nb\r\n\r\n", NULL, 2},
        {"id\na\na\n", "stands twice", 0},
        {"id\na b\n", ":2: \"a b\" is no id", 0},
        {"id\n..\n", ":2: \"..\" is no id", 0},
        {"id\n", "no student", 0},
        {"anna\nben\n", NULL, 2},
        {"name;id\n\"B; c\";b\nA;a\n", NULL, 2},
        {"id\tname\na\tA\n", NULL, 1},
        {"\xff\xfei\0d\0\n\0a\0\n\0", NULL, 1},
        {"\xef\xbb\xbf" "Vorname,Nachname,Anmeldename\nAda,Lovelace,ada\n", NULL, 1},
        {"Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n\"Lovelace, Ada\",17,x1,ada,S\n\"Student, Test\",9,,,\n", NULL, 1},
        {"", "no student", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[PATH_SIZE];
        Roster roster;
        Error error = {0};
        bool wide = *cases[i].text == '\xff'; /* its zeros are in the way of strlen */
        temporary_file(path, cases[i].text, wide ? 12 : strlen(cases[i].text));
        bool read = roster_read(path, NULL, &roster, &error);
        unlink(path);
        EXPECT(read == !cases[i].refused, "case %zu: %s", i, read ? "was read" : error.text);
        if (!read) {
            expect_error(&error, EXIT_USED_WRONGLY, cases[i].refused);
            continue;
        }
        EXPECT(roster.count == cases[i].count, "case %zu: %d students", i, roster.count);
        EXPECT(roster.lines == roster.count + roster.blank + roster.others + (roster.columns > 0), "case %zu: %d lines", i, roster.lines);
        if (strstr(cases[i].text, "ada"))
            EXPECT(strcmp(roster.list[0].id, "ada") == 0 && strstr(roster.list[0].name, "Lovelace"), "%s, %s", roster.list[0].id, roster.list[0].name);
        if (i == 0)
            EXPECT(strcmp(roster.list[0].name, "Lovelace, Ada") == 0 && strcmp(roster.list[1].name, "say \"hi\"") == 0, "names: %s, %s",
                   roster.list[0].name, roster.list[1].name);
        roster_free(&roster);
    }
}

/* Nothing that a terminal would obey, and nothing unseen, stands in any table of a class: not of the names of
 * students, of files, or of why those were not graded. */
static void strangers_are_shown(void **state)
{
    (void)state;
    static const char strange[] = "a\xe2\x80\xae" "b\xff\x1b]0;x\a\ne\xe2\x81\xa6\xc3\xa9";
    static const char shown[] = "a\\u202eb\\xff\\x1b]0;x\\x07\\x0ae\\u2066\xc3\xa9";
    static void (*const tables[])(const Class *, Text *) = {class_page, class_grades_csv, class_files_csv};
    char header[] = "id", id[] = "anna", name[sizeof strange], *titles[] = {header};
    memcpy(name, strange, sizeof strange);
    Student student = {.id = id, .name = name};
    Roster roster = {.list = &student, .count = 1, .lines = 1, .header = titles, .columns = 1};
    Exercises exercises = {0};
    ClassFile file = {.filed = FILED_REPLACED, .student = -1, .exercise = -1};
    snprintf(file.path, sizeof file.path, "%s", strange);
    snprintf(file.why, sizeof file.why, "%s", strange);
    Class class = {.roster = &roster, .exercises = &exercises, .files = &file, .file_count = 1};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        Text out = {0};
        tables[i](&class, &out);
        EXPECT(strstr(out.data, shown) && !strpbrk(out.data, "\x1b\a\xff") && !strstr(out.data, "\xe2\x80\xae"), "table %zu: %s", i, out.data);
        text_free(&out);
    }
}

int test_exercise_class(void)
{
    TestList list = {0};
    tests_add(&list, the_sample_class, NULL, "class: the sample class");
    tests_add(&list, gradescope_is_json, NULL, "class: results.json is JSON and adds up");
    tests_add(&list, changes_are_shown, NULL, "class: a changed mark is shown, nothing else");
    tests_add(&list, every_file_ends_in_one_list, NULL, "class: every file ends in one list");
    tests_add(&list, rosters, NULL, "class: rosters");
    tests_add(&list, strangers_are_shown, NULL, "class: bytes of strangers are shown");
    return tests_run(&list, "exercise class");
}
