/* Running a student's program; see program.h. */
#include "program.h"

#include "class.h"
#include "confined.h"
#include "lint.h"
#include "tiny_model/primitive.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool program_is(const char *path)
{
    struct stat found;
    return lstat(path, &found) == 0 && S_ISREG(found.st_mode) && access(path, X_OK) == 0;
}

/* What it reads: for each given value a line "NAME ROWS COLUMNS" and its rows, every digit. */
static void add_input(const Variant *variant, Text *out)
{
    char number[NUMBER_SIZE];
    for (int i = 0; i < variant->given_count; i++) {
        const Given *given = &variant->givens[i];
        text_add(out, "%s %d %d\n", given->name, given->rows, given->cols);
        for (int r = 0; r < given->rows; r++)
            for (int c = 0; c < given->cols; c++)
                text_add(out, "%s%c", number_exact(number, given->data[r * given->cols + c]),
                         c + 1 < given->cols ? ' ' : '\n');
    }
}

static bool judge_once(const Confined *confined, Variant *variant, Verdict *verdict, Trial *trial, Error *error)
{
    Answer answer;
    Ran ran = {0};
    add_input(variant, &trial->input);
    bool whole = (!trial->input.failed || error_memory(error)) && confined_run(confined, &trial->input, &ran, error);
    trial->force = ran.force;
    trial->output = ran.output;
    trial->complaint = ran.complaint;
    if (whole && answer_parse(ran.output.data, ran.output.length, confined->path, variant, &answer, error)) {
        whole = verdict_find(variant, &answer, NULL, verdict, error);
        answer_free(&answer);
    }
    return whole && error->code == 0;
}

bool program_judge(const char *path, const Variant *variant, Verdict *verdict, Trial *trial, Error *error)
{
    Confined confined;
    *trial = (Trial){0};
    if (!confined_open(&confined, path, error))
        return false;
    bool whole = true;
    while (whole && trial->sheet < PROGRAM_SEEDS) {
        Variant fresh;
        trial_free(trial);
        snprintf(trial->student, sizeof trial->student, "program-%d", trial->sheet++);
        whole = lint_open(&fresh, variant->exercise, (Whose){variant->whose.course, trial->student, 0}, error);
        if (!whole)
            break;
        whole = judge_once(&confined, &fresh, verdict, trial, error);
        variant_close(&fresh);
        if (whole && verdict->kind != VERDICT_CORRECT)
            break;
    }
    confined_close(&confined);
    return whole;
}

void trial_free(Trial *trial)
{
    text_free(&trial->input);
    text_free(&trial->output);
    text_free(&trial->complaint);
}

/* The first lines of what somebody wrote, indented; control characters do not get through. */
static void add_lines(const char *heading, const Text *text, Text *out)
{
    enum { MOST_LINES = 24, WIDTH = 110 };
    const char *at = text->data;
    text_add(out, "%s\n", heading);
    if (!text->length)
        text_add(out, "    (nothing)\n");
    for (int line = 0; at && *at && line < MOST_LINES; line++) {
        char cut[WIDTH + 1];
        size_t length = strcspn(at, "\n");
        snprintf(cut, sizeof cut, "%.*s", length < WIDTH ? (int)length : WIDTH, at);
        for (char *tab; (tab = strchr(cut, '\t'));)
            *tab = ' ';
        text_add(out, "    ");
        text_add_name(out, cut, SIZE_MAX);
        text_add(out, "%s\n", length > WIDTH ? " ..." : "");
        at += length + (at[length] == '\n');
    }
    if (at && *at)
        text_add(out, "    ...\n");
}

void trial_tell(const Trial *trial, Text *out)
{
    text_add(out, "\nsheet %d of %d, that of the student \"%s\"; it was given\n", trial->sheet, PROGRAM_SEEDS,
             trial->student);
    add_lines("on standard input", &trial->input, out);
    add_lines("it printed", &trial->output, out);
    if (trial->complaint.length)
        add_lines("it wrote on standard error", &trial->complaint, out);
}
