/* Running a student's program; see program.h. */
#include "program.h"

#include "confined.h"
#include "lint.h"
#include "tiny_model/primitive.h"

#include <stdio.h>
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

static bool judge_once(const Confined *confined, Variant *variant, Verdict *verdict, Error *error)
{
    Text input = {0}, output = {0};
    Answer answer;
    add_input(variant, &input);
    bool whole = (!input.failed || error_memory(error)) && confined_run(confined, &input, &output, error);
    if (whole && answer_parse(output.data, output.length, confined->path, variant, &answer, error)) {
        whole = verdict_find(variant, &answer, NULL, verdict, error);
        answer_free(&answer);
    }
    text_free(&input);
    text_free(&output);
    return whole && error->code == 0;
}

bool program_judge(const char *path, const Variant *variant, Verdict *verdict, Error *error)
{
    Confined confined;
    if (!confined_open(&confined, path, error))
        return false;
    bool whole = true;
    for (int seed = 0; whole && seed < PROGRAM_SEEDS; seed++) {
        char student[32];
        Variant fresh;
        snprintf(student, sizeof student, "program-%d", seed);
        whole = lint_open(&fresh, variant->exercise, (Whose){variant->whose.course, student, 0}, error);
        if (!whole)
            break;
        whole = judge_once(&confined, &fresh, verdict, error);
        variant_close(&fresh);
        if (whole && verdict->kind != VERDICT_CORRECT)
            break;
    }
    confined_close(&confined);
    return whole;
}
