/* tracer grade: a class in one command. */
#include "command.h"

#include "tracer/article/tutorial_folder.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/exercise/class.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_LENGTH = 1024, MOST_OLD_BYTES = 16 << 20 };

static bool make_folder(const char *path, Error *error)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST ||
           error_set(error, EXIT_INPUT_OUTPUT, "cannot make the folder \"%.300s\": %s", path, strerror(errno));
}

/* Writes and empties the text. */
static bool put(const char *folder, const char *name, Text *text, Error *error)
{
    char path[PATH_LENGTH];
    snprintf(path, sizeof path, "%.700s/%.200s", folder, name);
    bool whole = !text->failed || error_memory(error);
    whole = whole && file_write(path, text->data ? text->data : "", text->length, error);
    text_free(text);
    return whole;
}

/* What the marks were when the report was last written; says whose change. */
static bool show_changes(const Class *graded, const char *folder, Error *error)
{
    char path[PATH_LENGTH];
    char *old;
    size_t size;
    Error none = {0};
    Text changes = {0};
    snprintf(path, sizeof path, "%.700s/grades.csv", folder);
    /* No report yet: nothing can have changed. */
    if (!file_read(path, MOST_OLD_BYTES, &old, &size, &none))
        return true;
    class_changes(graded, old, &changes);
    print(changes.length ? "marks that change since the last report:\n" : "no mark changes since the last report\n");
    bool whole = print_text(&changes, error);
    text_free(&changes);
    free(old);
    return whole;
}

static bool write_tables(const Class *graded, const char *folder, Error *error)
{
    static const struct {
        const char *name;
        void (*write)(const Class *graded, Text *out);
    } files[] = {{"grades.csv", class_grades_csv},
                 {"items.csv", class_items_csv},
                 {"files.csv", class_files_csv},
                 {"moodle.csv", class_moodle_csv},
                 {"canvas.csv", class_canvas_csv},
                 {"junit.xml", class_junit},
                 {"class.txt", class_page}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        Text text = {0};
        files[i].write(graded, &text);
        if (!put(folder, files[i].name, &text, error))
            return false;
    }
    return true;
}

static bool write_picture(const Class *graded, const char *folder, Error *error)
{
    Text text = {0};
    bool whole = class_picture(graded, &text, error);
    if (whole)
        return put(folder, "class.png", &text, error);
    text_free(&text);
    return false;
}

static bool write_gradescope(const Class *graded, const char *folder, Error *error)
{
    char path[PATH_LENGTH], name[128];
    snprintf(path, sizeof path, "%.700s/gradescope", folder);
    if (!make_folder(path, error))
        return false;
    for (int s = 0; s < graded->roster->count; s++) {
        Text text = {0};
        class_gradescope(graded, s, &text);
        snprintf(name, sizeof name, "%.100s.json", graded->roster->list[s].id);
        if (!put(path, name, &text, error))
            return false;
    }
    return true;
}

static bool write_report(const Class *graded, const Arguments *arguments, const char *folder, Error *error)
{
    Text text = {0};
    bool tap = option_of(arguments, "--tap");
    if (!make_folder(folder, error))
        return false;
    /* Before the tables are written over the old ones; a reader of TAP wants nothing else. */
    if (!tap && !show_changes(graded, folder, error))
        return false;
    if (!write_tables(graded, folder, error) || !write_picture(graded, folder, error) ||
        !write_gradescope(graded, folder, error))
        return false;
    (tap ? class_tap : class_page)(graded, &text);
    bool whole = print_text(&text, error);
    text_free(&text);
    return whole;
}

static void grade_class(const Arguments *arguments, const Exercises *exercises, Error *error)
{
    const char *course = option_of(arguments, "--course"), *secret_path = option_of(arguments, "--secret");
    long cost = 10;
    Secret secret;
    Roster roster;
    Marking marking;
    if (!option_number(arguments, "--late-cost", 0, 100, 10, &cost, error) ||
        (secret_path && !secret_read(secret_path, &secret, error)) ||
        !roster_read(option_of(arguments, "--roster"), option_of(arguments, "--id"), &roster, error))
        return;
    const MarkingFiles files = {option_of(arguments, "--weights"), option_of(arguments, "--late"),
                                option_of(arguments, "--names"), (double)cost / 100};
    if (marking_read(&marking, &files, error)) {
        Class graded = {.course = course ? course : "demo", .folder = option_of(arguments, "--in"),
                        .exercises = exercises, .roster = &roster, .marking = &marking,
                        .secret = secret_path ? &secret : NULL,
                        .run_programs = option_of(arguments, "--run-programs") != NULL};
        if (class_grade(&graded, error))
            write_report(&graded, arguments, option_of(arguments, "--out"), error);
        class_free(&graded);
        marking_free(&marking);
    }
    roster_free(&roster);
}

static int run(const Arguments *arguments, Error *error)
{
    const char *roster_path = option_of(arguments, "--roster"), *in = option_of(arguments, "--in"),
               *out = option_of(arguments, "--out");
    const char *exercises_path = option_of(arguments, "--exercises");
    Exercises exercises;
    char folder[TUTORIAL_PATH];
    if (!roster_path || !in || !out) {
        error_set(error, EXIT_USED_WRONGLY,
                  "say who, from where and where to: tracer grade --roster FILE.csv --in FOLDER --out FOLDER");
        return error->code;
    }
    if (!exercises_folder(exercises_path, folder, error) || !exercises_read(folder, &exercises, error))
        return error->code;
    Exercises wanted;
    if (exercises_only(&exercises, option_of(arguments, "--only"), &wanted, error)) {
        grade_class(arguments, &wanted, error);
        free(wanted.list);
    }
    exercises_free(&exercises);
    return error->code;
}

const Command GRADE_COMMAND = {
    .name = "grade", .words = "", .summary = "a class in one command",
    .details = "Reads FOLDER/ID/FILE for every id of the roster: CSV with , ; or tabs, as Moodle and Canvas have it.\n"
               "A file answers the exercise that its sheet names, else the one whose number or name is in its own.\n"
               "Writes grades.csv, moodle.csv, canvas.csv, items.csv, files.csv (every file and its list), junit.xml,\n"
               "class.txt, class.png and gradescope/ID.json. A bad file spoils its own entry only. Exit code 0 even\n"
               "when students fail. A second run first shows whose marks change.\n"
               "--late is a file of lines ID,EXERCISE,DAYS (EXERCISE may be all); --names one of lines\n"
               "name CODE \"text\" MARK for groups of unknown answers, whose codes stand in class.txt.\n"
               "Programs are run with --run-programs only: twenty fresh seeds, with limits of time, "
               "memory and output.\n",
    .example = "grade --roster tutorial/sample-class/class.csv --in tutorial/sample-class/submissions --out report",
    .without_run = true,
    .options = {{"--roster", "FILE.csv", "the class"},
                {"--id", "COLUMN", "the roster's column with the id, its name or number"},
                {"--in", "FOLDER", "what was handed in"},
                {"--out", "FOLDER", "the report"},
                {"--course", "NAME", "a part of everybody's seed (demo)"},
                {"--secret", "FILE", "the secret of the course, which salted the seeds"},
                {"--exercises", "FOLDER", "where the exercises are"},
                {"--only", "07,08", "these exercises and no others"},
                {"--weights", "07=2,21=0.5", "what exercises count (1)"},
                {"--late", "FILE.csv", "who was late, and how many days"},
                {"--late-cost", "PERCENT", "of a mark, for each day (10)"},
                {"--names", "FILE", "names for groups of unknown answers"},
                {"--tap", NULL, "print TAP instead of the page and of what changed"},
                {"--run-programs", NULL, "run what may be executed"}},
    .run = run,
};
