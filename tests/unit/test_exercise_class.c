/* A class, graded: what other programs read is read by another program; prints, changes, rosters. */
#include "support.h"

#include "tracer/exercise/class.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
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
    EXPECT(roster_read(SAMPLE "/class.csv", &room->roster, &error), "%s", error.text);
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
        {"", "no student", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[PATH_SIZE];
        Roster roster;
        Error error = {0};
        temporary_file(path, cases[i].text, strlen(cases[i].text));
        bool read = roster_read(path, &roster, &error);
        unlink(path);
        EXPECT(read == !cases[i].refused, "case %zu: %s", i, read ? "was read" : error.text);
        if (!read) {
            expect_error(&error, EXIT_USED_WRONGLY, cases[i].refused);
            continue;
        }
        EXPECT(roster.count == cases[i].count, "case %zu: %d students", i, roster.count);
        if (i == 0)
            EXPECT(strcmp(roster.list[0].name, "Lovelace, Ada") == 0 && strcmp(roster.list[1].name, "say \"hi\"") == 0, "names: %s, %s",
                   roster.list[0].name, roster.list[1].name);
        roster_free(&roster);
    }
}

static void strange_bytes_become_signs(void **state)
{
    (void)state;
    Text out = {0};
    text_clean(&out, "a\xff\x01" "b\xc3\xa9\x7f");
    assert_string_equal(out.data, "a??b\xc3\xa9?");
    text_free(&out);
}

int test_exercise_class(void)
{
    TestList list = {0};
    tests_add(&list, the_sample_class, NULL, "class: the sample class");
    tests_add(&list, gradescope_is_json, NULL, "class: results.json is JSON and adds up");
    tests_add(&list, changes_are_shown, NULL, "class: a changed mark is shown, nothing else");
    tests_add(&list, rosters, NULL, "class: rosters");
    tests_add(&list, strange_bytes_become_signs, NULL, "class: bytes of strangers are made harmless");
    return tests_run(&list, "exercise class");
}
