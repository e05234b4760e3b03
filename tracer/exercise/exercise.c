/* Reading the folders of exercises; see exercise.h. The lines are described in the teacher's guide. */
#include "exercise.h"

#include "own_mistake.h"
#include "tracer/base/files.h"
#include "tracer/session/model_file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FILE = 65536, PATH_LENGTH = 1024 };

typedef struct {
    Exercise *exercise;
    const char *path;
    int line;
    Error *error;
} Reading;

static bool refuse(const Reading *reading, const char *what, const char *word)
{
    return error_set(reading->error, EXIT_USED_WRONGLY, "%s:%d: %s \"%.60s\"", reading->path, reading->line, what,
                     word);
}

/* Cuts the first word off *rest; "" at the end. */
static const char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t");
    char *end = word + strcspn(word, " \t");
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

static bool set_title(Reading *to, char *rest)
{
    to->exercise->title = rest;
    return true;
}

static bool set_formula(Reading *to, char *rest)
{
    to->exercise->formula = rest;
    return true;
}

static bool set_follows(Reading *to, char *rest)
{
    to->exercise->follows = rest;
    return true;
}

static bool set_extra(Reading *to, char *rest)
{
    to->exercise->extra = rest;
    return true;
}

static bool whole(Reading *to, const char *text, int most, int *number)
{
    long found;
    if (!parse_integer(text, 0, most, &found))
        return refuse(to, "a whole number is needed, not", text);
    *number = (int)found;
    return true;
}

static bool set_chapter(Reading *to, char *rest)
{
    return whole(to, rest, 99, &to->exercise->chapter);
}

static bool set_words(Reading *to, char *rest)
{
    return whole(to, rest, 12, &to->exercise->words);
}

static bool set_training_step(Reading *to, char *rest)
{
    return whole(to, rest, 9, &to->exercise->training_step);
}

static bool set_phase(Reading *to, char *rest)
{
    for (int phase = PHASE_FORWARD; phase <= PHASE_UPDATE; phase++)
        if (strcmp(rest, phase_name((Phase)phase)) == 0) {
            to->exercise->phase = (Phase)phase;
            return true;
        }
    return refuse(to, "no phase is called", rest);
}

static bool set_choice(Reading *to, char *rest)
{
    to->exercise->choice = true;
    return *rest == '\0' || refuse(to, "choice stands alone, not with", rest);
}

static bool add_given(Reading *to, char *rest)
{
    Exercise *exercise = to->exercise;
    if (exercise->given_count == MOST_GIVENS)
        return refuse(to, "too many given values:", rest);
    GivenLine given = {.name = next_word(&rest), .decimals = 2};
    const char *how = next_word(&rest);
    if (*how >= '0' && *how <= '9') {
        exercise->givens[exercise->given_count++] = given;
        return whole(to, how, 9, &exercise->givens[exercise->given_count - 1].decimals);
    }
    given.drawn = strcmp(how, "drawn") == 0 ? DRAWN_ANY : strcmp(how, "positive") == 0 ? DRAWN_POSITIVE : DRAWN_NOT;
    if (*how && given.drawn == DRAWN_NOT)
        return refuse(to, "a given value is drawn or positive, not", how);
    exercise->givens[exercise->given_count++] = given;
    return true;
}

static bool read_index(Reading *to, const char *text, int *index)
{
    *index = -1;
    return strcmp(text, ":") == 0 || whole(to, text, 4095, index);
}

/* NAME or NAME[r,c], then the decimals. */
static bool add_asked(Reading *to, char *rest)
{
    Exercise *exercise = to->exercise;
    if (exercise->asked_count == MOST_ASKED)
        return refuse(to, "too many asked values:", rest);
    char *name = (char *)next_word(&rest);
    AskedLine asked = {.name = name, .row = -1, .col = -1};
    char *cell = strchr(name, '['), *comma = cell ? strchr(cell, ',') : NULL, *end = comma ? strchr(comma, ']') : NULL;
    if (cell && !end)
        return refuse(to, "no cell:", name);
    if (cell) {
        *cell = *comma = *end = '\0';
        if (!read_index(to, cell + 1, &asked.row) || !read_index(to, comma + 1, &asked.col))
            return false;
    }
    if (!whole(to, next_word(&rest), 9, &asked.decimals))
        return false;
    exercise->asked[exercise->asked_count++] = asked;
    return true;
}

static bool add_mistake(Reading *to, char *rest)
{
    Exercise *exercise = to->exercise;
    const Mistake *mistake = mistake_find(rest);
    if (!mistake)
        return refuse(to, "no planted mistake is called", rest);
    if (exercise->mistake_count == MOST_NAMED)
        return refuse(to, "too many mistakes:", rest);
    exercise->mistakes[exercise->mistake_count++] = mistake;
    return true;
}

/* "own ID MESSAGE", then lines "edit ...": a mistake of this exercise alone. */
static bool add_own(Reading *to, char *rest)
{
    Exercise *exercise = to->exercise;
    if (exercise->own_count == MOST_OWN || exercise->mistake_count == MOST_NAMED)
        return refuse(to, "too many mistakes of its own:", rest);
    const char *id = next_word(&rest);
    rest += strspn(rest, " \t");
    if (!*rest)
        return refuse(to, "say what went wrong, behind", id);
    if (mistake_find(id))
        return refuse(to, "a planted mistake has this name already:", id);
    for (int i = 0; i < exercise->own_count; i++)
        if (strcmp(exercise->own[i].id, id) == 0)
            return refuse(to, "a mistake stands twice:", id);
    Mistake *own = &exercise->own[exercise->own_count++];
    *own = (Mistake){.id = id, .message = rest};
    exercise->mistakes[exercise->mistake_count++] = own;
    return true;
}

static bool add_edit(Reading *to, char *rest)
{
    Exercise *exercise = to->exercise;
    Mistake *own = exercise->own_count ? &exercise->own[exercise->own_count - 1] : NULL;
    Error why = {0};
    if (!own || own->edit_count == MOST_EDITS)
        return refuse(to, own ? "too many edits:" : "an edit stands below a line own ID MESSAGE:", rest);
    if (!own_edit(rest, &own->edits[own->edit_count], &why))
        return error_set(to->error, why.code, "%s:%d: %s", to->path, to->line, why.text);
    own->edit_count++;
    return true;
}

static bool add_equals(Reading *to, char *rest)
{
    Exercise *exercise = to->exercise;
    if (exercise->equals_count == MOST_EQUALS)
        return refuse(to, "too many classes of equals:", rest);
    Equals equals = {.one = next_word(&rest)};
    equals.other = next_word(&rest);
    equals.reason = rest;
    if (!*rest)
        return refuse(to, "say why they are equal:", equals.one);
    exercise->equals[exercise->equals_count++] = equals;
    return true;
}

static bool add_few(Reading *to, char *rest)
{
    Exercise *exercise = to->exercise;
    if (exercise->equals_count == MOST_EQUALS)
        return refuse(to, "too many classes of equals:", rest);
    Equals few = {.one = next_word(&rest), .other = "few"};
    few.reason = rest;
    exercise->equals[exercise->equals_count++] = few;
    return *rest || refuse(to, "say why it shows in few cells:", few.one);
}

static bool add_invariant(Reading *to, char *rest)
{
    Exercise *exercise = to->exercise;
    if (exercise->invariant_count == MOST_INVARIANTS)
        return refuse(to, "too many invariants:", rest);
    InvariantLine invariant = {.kind = next_word(&rest)};
    invariant.name = next_word(&rest);
    exercise->invariants[exercise->invariant_count++] = invariant;
    return true;
}

/* A file beside the folders, or a preset. */
static bool set_model(Reading *to, char *rest)
{
    char path[PATH_LENGTH];
    const Preset *preset = preset_find(rest);
    /* Beside the folders of the exercises, since several share a model. */
    const char *own = strrchr(to->path, '/'), *folder = own;
    while (folder > to->path && folder[-1] != '/')
        folder--;
    model_free(&to->exercise->model);
    if (preset)
        return preset_open(&to->exercise->model, preset, to->error);
    if (!model_defaults(&to->exercise->model, &GPT, to->error))
        return false;
    snprintf(path, sizeof path, "%.*s%s", (int)(folder - to->path), to->path, rest);
    return model_file_read(path, &to->exercise->model, to->error);
}

static const struct {
    const char *key;
    bool (*set)(Reading *to, char *rest);
} KEYS[] = {
    {"title", set_title}, {"formula", set_formula},     {"chapter", set_chapter},    {"model", set_model},
    {"words", set_words}, {"phase", set_phase},         {"step", set_training_step}, {"follows", set_follows},
    {"given", add_given}, {"asked", add_asked},         {"mistake", add_mistake},    {"equals", add_equals},
    {"few", add_few},     {"invariant", add_invariant}, {"choice", set_choice},      {"extra", set_extra},
    {"own", add_own},     {"edit", add_edit},
};

static bool take_line(Reading *to, char *line)
{
    const char *key = next_word(&line);
    line += strspn(line, " \t");
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        if (strcmp(KEYS[i].key, key) == 0)
            return KEYS[i].set(to, line);
    return *key == '\0' || *key == '#' || refuse(to, "no line begins with", key);
}

/* Where the text of "== task" or "== hint N" goes; NULL if there is no such section. */
static const char **section_of(Exercise *exercise, const char *name)
{
    if (strcmp(name, "task") == 0)
        return &exercise->task;
    bool hint = strncmp(name, "hint ", 5) == 0 && name[5] >= '1' && name[5] < '1' + WRITTEN_HINTS && name[6] == '\0';
    return hint ? &exercise->hints[name[5] - '1'] : NULL;
}

static bool take_apart(Reading *to, char *text)
{
    const char **section = NULL;
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        to->line++;
        if (strncmp(line, "== ", 3) == 0) {
            if (next)
                *next++ = '\0';
            /* A section ends where the next begins: its text is cut there, in place. */
            if (section)
                line[0] = '\0';
            section = section_of(to->exercise, line + 3);
            if (!section)
                return refuse(to, "no section is called", line + 3);
            *section = next ? next : "";
            line[0] = '\0';
        } else {
            if (next && !section)
                *next = '\0';
            next = next ? next + 1 : NULL;
            if (!section && !take_line(to, line))
                return false;
        }
    }
    return true;
}

static bool read_one(const char *folder, const char *id, Exercise *exercise, Error *error)
{
    char path[PATH_LENGTH];
    size_t size;
    *exercise = (Exercise){.number = atoi(id), .phase = PHASE_FORWARD};
    if (!model_defaults(&exercise->model, &GPT, error))
        return false;
    snprintf(exercise->id, sizeof exercise->id, "%.63s", id);
    snprintf(path, sizeof path, "%.400s/%.100s/exercise.txt", folder, id);
    if (!file_read(path, MOST_FILE, &exercise->text, &size, error))
        return false;
    Reading reading = {.exercise = exercise, .path = path, .error = error};
    if (!take_apart(&reading, exercise->text))
        return false;
    bool complete = exercise->title && exercise->task && exercise->asked_count + exercise->choice > 0;
    return complete || refuse(&reading, "title, task or asked is missing in", id);
}

static int is_exercise(const struct dirent *entry)
{
    const char *name = entry->d_name;
    return name[0] >= '0' && name[0] <= '9' && name[1] >= '0' && name[1] <= '9' && name[2] == '-';
}

bool exercises_read(const char *folder, Exercises *out, Error *error)
{
    struct dirent **entries = NULL;
    *out = (Exercises){0};
    /* In the order of the names, which begin with their numbers. */
    int count = scandir(folder, &entries, is_exercise, alphasort);
    if (count <= 0)
        return error_set(error, EXIT_INPUT_OUTPUT, "no exercises in \"%.200s\"; say where they are: --exercises FOLDER",
                         folder);
    out->list = calloc((size_t)count, sizeof *out->list);
    bool whole_list = out->list || error_memory(error);
    for (int i = 0; i < count; i++) {
        if (whole_list) {
            whole_list = read_one(folder, entries[i]->d_name, &out->list[i], error);
            out->count++;
        }
        free(entries[i]);
    }
    free(entries);
    if (!whole_list)
        exercises_free(out);
    return whole_list;
}

void exercises_free(Exercises *exercises)
{
    for (int i = 0; i < exercises->count; i++) {
        model_free(&exercises->list[i].model);
        free(exercises->list[i].text);
    }
    free(exercises->list);
    *exercises = (Exercises){0};
}
