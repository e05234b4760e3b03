/* Finding what the tutorial says about a step; see passage.h. How it is filled is in passage_text.c. */
#include "passage.h"

#include "fill.h"
#include "filled.h"
#include "tiny_model/rules/rule.h"
#include "tracer/base/files.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLACE = 120 };

static void forget(Passages *passages)
{
    for (int i = 0; i < passages->count; i++) {
        free(passages->passages[i].places);
        free(passages->passages[i].section);
        free(passages->passages[i].markdown);
    }
    free(passages->passages);
    passages->passages = NULL;
    passages->count = passages->capacity = 0;
}

void passages_free(Passages *passages)
{
    if (passages)
        forget(passages);
    free(passages);
}

/* What is read of a chapter. */
typedef struct {
    Passages *to;
    const Chapter *chapter;
    const char *places;          /* of the passage that is open; NULL: none is */
    size_t places_length;
    char section[CHAPTER_TITLE];
    int preset, began_in_preset;
    bool other_run, began_in_other_run;
    bool code, console;          /* within ``` lines; those of a terminal */
    Text text;
} Reading;

static void open_passage(Reading *reading, const char *places, size_t length)
{
    reading->places = places;
    reading->places_length = length;
    reading->began_in_preset = reading->preset;
    reading->began_in_other_run = reading->other_run;
}

static bool close_passage(Reading *reading)
{
    Passages *to = reading->to;
    if (!reading->places)
        return true;
    if (to->count == to->capacity) {
        int capacity = to->capacity ? 2 * to->capacity : 64;
        Passage *more = realloc(to->passages, (size_t)capacity * sizeof *more);
        if (!more)
            return error_memory(&to->error);
        to->passages = more;
        to->capacity = capacity;
    }
    Passage *passage = &to->passages[to->count++];
    *passage = (Passage){.chapter = reading->chapter,
                         .places = strndup(reading->places, reading->places_length),
                         .section = strdup(reading->section),
                         .markdown = strdup(reading->text.data ? reading->text.data : ""),
                         .preset = reading->began_in_preset,
                         .other_run = reading->began_in_other_run};
    reading->places = NULL;
    reading->text.length = 0;
    return (passage->places && passage->section && passage->markdown && !reading->text.failed) ||
           error_memory(&to->error);
}

/* The run that holds behind this line, of which `length` bytes are it: a passage that begins there has
 * numbers of that run. */
static void follow_runs(Reading *reading, const char *line, size_t length)
{
    static const char opening[] = "<!--{{";
    char options[PLACE];
    const char *end = line + length;
    for (const char *at = line; at < end && (at = memchr(at, '<', (size_t)(end - at))) != NULL; at++) {
        if (strncmp(at, opening, strlen(opening)) != 0)
            continue;
        const char *run = passage_run(at + strlen(opening));
        bool plain;
        if (!run)
            continue;
        snprintf(options, sizeof options, "%.*s", (int)strcspn(run, "}"), run);
        reading->preset = passage_preset(options, reading->preset, &plain);
        reading->other_run = !plain;
    }
}

/* Of what a terminal shows, only what was typed is kept: the stepper shows the answer. */
static bool is_answer(Reading *reading, const char *line)
{
    bool fence = strncmp(line, "```", 3) == 0;
    if (fence) {
        reading->code = !reading->code;
        reading->console = reading->code && strncmp(line, "```console", strlen("```console")) == 0;
    }
    return !fence && reading->console && *line != '$';
}

/* Bytes before the end of the comment, or of the line. */
static size_t places_length(const char *places, const char *end)
{
    const char *close = strstr(places, "-->");
    return (size_t)((close && close < end ? close : end) - places);
}

static bool take_line(Reading *reading, const char *line, size_t length)
{
    bool answer = is_answer(reading, line);
    /* In code a # is a comment of the shell. */
    size_t heading = reading->code ? 0 : strspn(line, "#"), comment = strlen(STEP_COMMENT);
    bool about = !reading->code && strncmp(line, STEP_COMMENT, comment) == 0;
    if ((heading || about) && !close_passage(reading))
        return false;
    if (heading > 1) {
        size_t title = heading + strspn(line + heading, " ");
        snprintf(reading->section, sizeof reading->section, "%.*s", (int)(length - title), line + title);
    }
    /* The beginning of a chapter is about no place: it is shown where no passage says more. */
    if (heading == 1)
        open_passage(reading, line, 0);
    else if (about)
        open_passage(reading, line + comment, places_length(line + comment, line + length));
    else if (reading->places && !answer) {
        text_put(&reading->text, line, length);
        text_put(&reading->text, "\n", 1);
    }
    follow_runs(reading, line, length);
    return true;
}

static bool read_chapter(Passages *passages, const Chapter *chapter)
{
    char path[CHAPTER_PATH], *data;
    size_t size;
    Reading reading = {.to = passages, .chapter = chapter};
    if (!file_read(chapter_path(&passages->tutorial, chapter, path), MOST_ARTICLE, &data, &size, &passages->error))
        return false;
    bool whole = true;
    for (const char *line = data; whole && *line;) {
        size_t length = strcspn(line, "\n");
        whole = take_line(&reading, line, length);
        line += length + (line[length] == '\n');
    }
    whole = whole && close_passage(&reading);
    text_free(&reading.text);
    free(data);
    return whole;
}

Passages *passages_read(void)
{
    Passages *passages = calloc(1, sizeof *passages);
    if (!passages)
        return NULL;
    bool whole = tutorial_find(&passages->tutorial, &passages->error);
    for (int i = 0; whole && i < passages->tutorial.count && passages->tutorial.chapters[i].number; i++)
        whole = read_chapter(passages, &passages->tutorial.chapters[i]);
    if (!whole)
        forget(passages);
    return passages;
}

/* Takes the next part of *text up to a mark, without blanks around it; false if there is none. */
static bool next_part(const char **text, char mark, char part[PLACE])
{
    *text += strspn(*text, " ");
    if (!**text)
        return false;
    size_t whole = strcspn(*text, (const char[]){mark, '\0'}), length = whole < PLACE ? whole : PLACE - 1;
    memcpy(part, *text, length);
    while (length && part[length - 1] == ' ')
        length--;
    part[length] = '\0';
    *text += whole;
    *text += **text != '\0';
    return true;
}

/* "block0.attention.head1" as "block.attention.head". */
static void without_numbers(const char *path, char out[PLACE])
{
    size_t used = 0;
    for (; *path && used + 1 < PLACE; path++)
        if (!isdigit((unsigned char)*path))
            out[used++] = *path;
    out[used] = '\0';
}

/* How much a frame's path and rule agree with what a place says of them; -1: not at all. A rule counts more than a
 * name that many frames have, less than a path of several. */
static int frame_agrees(const Frame *frame, const char *where)
{
    char path[PLACE];
    if (!*where)
        return *frame->path ? -1 : 0;
    if (strcmp(where, "*") == 0)
        return 0;
    if (frame->rule && strcmp(frame->rule->name, where) == 0)
        return 2;
    without_numbers(frame->path, path);
    size_t length = strlen(path), tail = strlen(where);
    bool ends = tail <= length && strcmp(path + length - tail, where) == 0 &&
                (tail == length || path[length - tail - 1] == '.');
    bool particular = tail == length || strchr(where, '.');
    return !ends ? -1 : particular ? 2 + (int)tail : 1;
}

/* How much one place agrees with the frame and the label; -1: not at all. A label counts more than a path. */
static int place_agrees(const char *place, const Frame *frame, const char *label)
{
    char words[PLACE], phase[PLACE] = "", labels[PLACE] = "", one[PLACE];
    next_part(&place, ':', words);
    next_part(&place, '\0', labels);
    const char *where = words;
    next_part(&where, ' ', phase);
    int agrees = strcmp(phase, phase_name(frame->phase)) == 0 ? frame_agrees(frame, where) : -1;
    if (agrees < 0 || !*labels)
        return agrees;
    for (const char *rest = labels; label && next_part(&rest, ',', one);)
        if (strcmp(one, label) == 0)
            return agrees + PLACE;
    return -1;
}

/* Whether what is said of a place holds in a model of another system: it is about the frame's rule, or the update. */
static bool is_general(const char *place, const Frame *frame)
{
    char phase[PLACE], where[PLACE];
    snprintf(phase, sizeof phase, "%.*s", (int)strcspn(place, " :"), place);
    place += strlen(phase);
    place += strspn(place, " ");
    snprintf(where, sizeof where, "%.*s", (int)strcspn(place, " :"), place);
    return frame->phase == PHASE_UPDATE || (frame->rule && strcmp(frame->rule->name, where) == 0);
}

/* system: the passages of which models are asked; general: only what holds for others too. */
static const Passage *best_of(const Passages *passages, const System *system, bool general, const Frame *frame,
                              const char *label)
{
    const Passage *best = NULL;
    int most = -1;
    for (int i = 0; i < passages->count; i++) {
        char place[PLACE];
        if (PRESETS[passages->passages[i].preset].system != system)
            continue;
        for (const char *rest = passages->passages[i].places; next_part(&rest, ';', place);) {
            int agrees = general && !is_general(place, frame) ? -1 : place_agrees(place, frame, label);
            best = agrees > most ? &passages->passages[i] : best;
            most = agrees > most ? agrees : most;
        }
    }
    return best;
}

/* What stands between the title of a chapter and its first heading or comment. */
static const Passage *beginning_of(const Passages *passages, int chapter)
{
    for (int i = 0; i < passages->count; i++)
        if (!*passages->passages[i].places && passages->passages[i].chapter->number == chapter)
            return &passages->passages[i];
    return NULL;
}

/* Looks from the frame outwards. */
static const Passage *search(const Passages *passages, const Session *session, const System *system, int frame,
                             int step)
{
    const Tape *tape = &session->run.tape;
    const char *label = step >= 0 ? tape->steps[step].label : NULL;
    const Passage *found = NULL;
    bool tutorial = system == PRESETS[0].system, general = system != session->model.system;
    for (; frame >= 0 && !found; frame = tape->frames[frame].parent, label = NULL) {
        const Rule *rule = tape->frames[frame].rule;
        found = best_of(passages, system, general, &tape->frames[frame], label);
        found = !found && rule && tutorial ? beginning_of(passages, rule->chapter) : found;
    }
    return found;
}

const Passage *passage_of(const Passages *passages, const Session *session, int frame, int step)
{
    const Passage *own = search(passages, session, session->model.system, frame, step);
    return own ? own : search(passages, session, PRESETS[0].system, frame, step);
}
