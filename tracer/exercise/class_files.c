/* The folder of what was handed in: every file ends in exactly one list; see class.h. */
#include "class.h"

#include "grading.h"
#include "tracer/base/files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { MOST_FILES = 200, PATH_LENGTH = 1024 };

const char *filed_name(Filed filed)
{
    static const char *const names[FILED_KINDS] = {
        [FILED_GRADED] = "graded", [FILED_REFUSED] = "refused", [FILED_REPLACED] = "replaced by another file",
        [FILED_NO_ANSWER] = "no answer to an exercise", [FILED_UNKNOWN_STUDENT] = "of nobody on the roster"};
    return names[filed];
}

/* The new line of the list, NULL and *error if there is no room. */
static ClassFile *add_file(const Grading *to, const char *path, Filed filed, const char *why)
{
    Class *class = to->class;
    if (class->file_count == class->file_room) {
        int room = class->file_room ? 2 * class->file_room : 256;
        ClassFile *files = realloc(class->files, (size_t)room * sizeof *files);
        if (!files) {
            error_memory(to->error);
            return NULL;
        }
        class->files = files;
        class->file_room = room;
    }
    ClassFile *file = &class->files[class->file_count++];
    *file = (ClassFile){.filed = filed, .student = to->student, .exercise = -1};
    snprintf(file->path, sizeof file->path, "%.295s", path);
    snprintf(file->why, sizeof file->why, "%.155s", why);
    return file;
}

/* The words of an exercise's id behind its number: "softmax" of "07-softmax". */
static bool names_exercise(const Exercise *exercise, const char *file)
{
    const char *word = exercise->id + 3;
    size_t length = strlen(word);
    for (const char *at = file; length > 2 && *at; at++)
        if (strncasecmp(at, word, length) == 0)
            return true;
    return false;
}

/* The index of the exercise whose number or name stands in a file's name: -1 if none does, -2 if several do. */
static int exercise_in_name(const Exercises *exercises, const char *name)
{
    int found = -1;
    /* Two digits in front are the plain way, whatever else stands behind them. */
    bool plain = isdigit((unsigned char)name[0]) && isdigit((unsigned char)name[1]) && !isdigit((unsigned char)name[2]);
    for (int i = 0; i < exercises->count; i++) {
        bool fits = plain ? atoi(name) == exercises->list[i].number : names_exercise(&exercises->list[i], name);
        for (const char *at = name; !plain && !fits && *at; at += strspn(at, "0123456789")) {
            at += strcspn(at, "0123456789");
            fits = isdigit((unsigned char)*at) && strspn(at, "0123456789") <= 2 &&
                   atoi(at) == exercises->list[i].number;
        }
        if (fits)
            found = found == -1 ? i : -2;
    }
    return found;
}

static int exercise_of_number(const Exercises *exercises, int number)
{
    for (int i = 0; i < exercises->count; i++)
        if (exercises->list[i].number == number)
            return i;
    return -1;
}

/* The later of two files for one exercise counts, unless only the earlier could be read. */
static bool settle(const Grading *to, int exercise, const char *path, Entry *new)
{
    Class *class = to->class;
    Entry *entry = class_entry(class, to->student, exercise);
    bool refused = new->verdict.kind == VERDICT_REFUSED;
    bool keep = entry->present && refused && entry->verdict.kind != VERDICT_REFUSED;
    ClassFile *file = add_file(to, path, refused ? FILED_REFUSED : FILED_GRADED, refused ? new->verdict.says : "");
    if (!file)
        return false;
    file->exercise = exercise;
    if (keep)
        return true;
    if (entry->present) {
        ClassFile *old = &class->files[entry->filed];
        old->filed = FILED_REPLACED;
        snprintf(old->why, sizeof old->why, "%.150s counts", path);
    }
    new->filed = class->file_count - 1;
    *entry = *new;
    return true;
}

/* Why there is no answer in it, NULL if there may be one. */
static const char *no_answer(const char *path, const char *name, bool *refused)
{
    struct stat found;
    *refused = false;
    if (*name == '.')
        return "a hidden file";
    /* lstat: a link that a student hands in could lead to any file of the teacher. */
    if (lstat(path, &found) != 0)
        return strerror(errno);
    if (S_ISDIR(found.st_mode))
        return "a folder within a folder; what is in it is not looked at";
    *refused = !S_ISREG(found.st_mode);
    return *refused ? "no regular file" : NULL;
}

/* A file of the student to->student; `shown` is its path within the folder of the class. */
static bool take_file(const Grading *to, const char *path, const char *shown, const char *name)
{
    Class *class = to->class;
    SheetCode code = {0};
    Error why = {0};
    char *text = NULL, reason[200];
    size_t size = 0;
    bool refused;
    const char *no = no_answer(path, name, &refused);
    if (!no && answer_bytes(path, &text, &size, &why))
        answer_code(text, &code);
    free(text);
    int index = code.found ? exercise_of_number(class->exercises, code.exercise)
                           : exercise_in_name(class->exercises, name);
    if (error_is_memory(&why))
        return error_memory(to->error);
    if (code.found && index < 0) {
        snprintf(reason, sizeof reason, "its sheet is of exercise %d, which is not graded here", code.exercise);
        return add_file(to, shown, FILED_NO_ANSWER, reason);
    }
    if (no && !(refused && index >= 0))
        return add_file(to, shown, FILED_NO_ANSWER, no);
    if (index < 0)
        return add_file(to, shown, FILED_NO_ANSWER,
                        index == -2 ? "its name fits more than one exercise, and no code says which"
                                    : "no code of a sheet, and no exercise that is graded here in its name");
    if (no)
        error_set(&why, EXIT_USED_WRONGLY, "%s: %s", path, no);
    Entry entry = {.present = true};
    snprintf(entry.file, sizeof entry.file, "%.155s", shown);
    return grade_entry(to, index, &code, path, &why, &entry) && settle(to, index, shown, &entry);
}

static int is_no_dots(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Nobody is marked down because a folder could not be listed. */
static bool cannot_list(const char *folder, Error *error)
{
    return error_set(error, EXIT_INPUT_OUTPUT, "cannot read the folder \"%.200s\": %s", folder, strerror(errno));
}

/* All files of a folder, in the order of their names; to->student -1: of nobody. */
static bool take_folder(const Grading *to, const char *name)
{
    char folder[PATH_LENGTH], path[PATH_LENGTH + 300], shown[600];
    struct dirent **files = NULL;
    snprintf(folder, sizeof folder, "%.700s/%.255s", to->class->folder, name);
    int count = scandir(folder, &files, is_no_dots, alphasort);
    bool whole = count >= 0 || cannot_list(folder, to->error);
    if (count == 0 && to->student < 0) /* most often a typing error in an id */
        whole = add_file(to, name, FILED_UNKNOWN_STUDENT, "an empty folder; nobody on the roster has that id or name");
    for (int i = 0; i < count; i++) {
        const char *file = files[i]->d_name;
        snprintf(path, sizeof path, "%s/%.255s", folder, file);
        snprintf(shown, sizeof shown, "%.255s/%.255s", name, file);
        if (whole && to->student < 0)
            whole = add_file(to, shown, FILED_UNKNOWN_STUDENT, "nobody on the roster has that id or name");
        else if (whole && i >= MOST_FILES)
            whole = add_file(to, shown, FILED_REFUSED, "too many files of one student");
        else if (whole)
            whole = take_file(to, path, shown, file);
        free(files[i]);
    }
    free(files);
    return whole;
}

/* Moodle calls the folder "Full Name_12345_assignsubmission_file_". */
static int student_of_folder(const Roster *roster, const char *name)
{
    char full[256];
    const char *tail = strstr(name, "_assignsubmission_");
    int student = roster_find(roster, name);
    if (student >= 0 || !tail)
        return student;
    snprintf(full, sizeof full, "%.*s", (int)(tail - name), name);
    char *number = strrchr(full, '_');
    if (number)
        *number = '\0';
    return roster_find(roster, full);
}

/* A file beside the folders: its sheet says whose it is, or nobody does. */
static bool take_loose(Grading *to, const char *path, const char *name)
{
    SheetCode code = {0};
    Error none = {0};
    char *text = NULL, reason[160];
    size_t size;
    bool refused;
    const char *no = no_answer(path, name, &refused);
    to->student = -1;
    if (no)
        return add_file(to, name, refused ? FILED_REFUSED : FILED_NO_ANSWER, no);
    if (answer_bytes(path, &text, &size, &none))
        answer_code(text, &code);
    free(text);
    if (error_is_memory(&none))
        return error_memory(to->error);
    if (!code.found)
        return add_file(to, name, FILED_NO_ANSWER, "in no student's folder, and no code of a sheet says whose it is");
    to->student = roster_find(to->class->roster, code.student);
    if (to->student >= 0)
        return take_file(to, path, name, name);
    snprintf(reason, sizeof reason, "its sheet is of \"%.60s\", who is not on the roster", code.student);
    return add_file(to, name, FILED_UNKNOWN_STUDENT, reason);
}

bool class_take_files(Grading *to)
{
    const Class *class = to->class;
    struct dirent **entries = NULL;
    int count = scandir(class->folder, &entries, is_no_dots, alphasort);
    bool whole = count >= 0 || cannot_list(class->folder, to->error);
    for (int i = 0; i < count; i++) {
        char path[PATH_LENGTH];
        struct stat found;
        const char *name = entries[i]->d_name;
        snprintf(path, sizeof path, "%.700s/%.255s", class->folder, name);
        bool folder = lstat(path, &found) == 0 && S_ISDIR(found.st_mode);
        to->student = folder ? student_of_folder(class->roster, name) : -1;
        if (whole && folder && (*name != '.' || to->student >= 0))
            whole = take_folder(to, name);
        else if (whole && folder)
            whole = add_file(to, name, FILED_NO_ANSWER, "a hidden folder");
        else if (whole)
            whole = take_loose(to, path, name);
        free(entries[i]);
    }
    free(entries);
    return whole;
}
