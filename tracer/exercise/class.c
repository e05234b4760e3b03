/* Grading a class; see class.h. */
#include "class.h"

#include "follow.h"
#include "grading.h"
#include "lint.h"
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Of the search for slips: two seconds for a class, and for every answer about 4 ms whatever is left. */
static const double CLASS_EFFORT = 1e10, LEAST_EFFORT = 2e7;

enum { PATH_LENGTH = 1024 };

/* Two students who hand in the same numbers have the same print. */
static uint64_t print_of(const Variant *variant, const Answer *answer)
{
    uint64_t print = 14695981039346656037u;
    /* Few numbers are equal by chance, and blanks always are. */
    if (variant->cell_count < TELLING_CELLS || answer->blanks || answer->count < variant->cell_count)
        return 0;
    for (int i = 0; i < variant->cell_count; i++) {
        char number[NUMBER_SIZE];
        /* Whole numbers, as ids of tokens, are the same on many sheets. */
        if (variant->cells[i].decimals == 0)
            return 0;
        number_text(number, answer->cells[i], variant->cells[i].decimals);
        for (const char *c = number; *c; c++)
            print = (print ^ (unsigned char)*c) * 1099511628211u;
    }
    return print ? print : 1;
}

static void refuse(Entry *entry, const Error *why, const char *advice)
{
    entry->verdict = (Verdict){.kind = VERDICT_REFUSED};
    snprintf(entry->verdict.says, sizeof entry->verdict.says, "%.330s%s", why->text, advice);
}

/* What is wrong with an answer spoils its row; that there is no memory to judge it stops the run. */
static bool spoils_one_row(const Grading *to, Entry *entry, const Error *why, const char *advice)
{
    if (error_is_memory(why))
        return error_memory(to->error);
    if (why->code)
        refuse(entry, why, advice);
    return true;
}

/* The student's own numbers of the exercise that this one follows, if those were not right. */
static bool numbers_before(const Grading *to, const Variant *variant, Given *own, bool *found)
{
    const Class *class = to->class;
    *found = false;
    for (int e = 0; variant->exercise->follows && e < class->exercises->count; e++) {
        const Entry *entry = class_entry(class, to->student, e);
        char path[PATH_LENGTH + 300];
        if (strcmp(class->exercises->list[e].id, variant->exercise->follows) != 0 || !entry->present ||
            entry->mark == 1 || entry->verdict.kind == VERDICT_REFUSED)
            continue;
        snprintf(path, sizeof path, "%.800s/%.170s", class->folder, entry->file);
        return follow_read(class->exercises, variant, path, own, found, to->error);
    }
    return true;
}

/* A single slip is looked for in every answer; pairs, which take the most, as long as the class has operations left. */
static double effort_for(const Class *class)
{
    double left = CLASS_EFFORT - class->searched;
    return left < LEAST_EFFORT ? LEAST_EFFORT : left < SEARCH_EFFORT / 4 ? left : SEARCH_EFFORT / 4;
}

static bool judge_numbers(const Grading *to, Variant *variant, const Answer *answer, Entry *entry, Error *why)
{
    Given own = {0};
    bool found;
    if (!numbers_before(to, variant, &own, &found))
        return false;
    double effort = effort_for(to->class);
    variant->effort = effort;
    if (verdict_find(variant, answer, found ? &own : NULL, &entry->verdict, why)) {
        to->class->searched += effort - variant->effort;
        entry->mark = verdict_mark(&entry->verdict);
        entry->print = print_of(variant, answer);
    }
    free((double *)own.data);
    return true;
}

/* Which sheet a program failed on, for who wants to try it. */
static void tell_trial(Entry *entry, const Trial *trial)
{
    size_t used = strlen(entry->verdict.says);
    if (entry->verdict.kind != VERDICT_CORRECT && *entry->verdict.says)
        snprintf(entry->verdict.says + used, sizeof entry->verdict.says - used, " (first on sheet %d, that of \"%s\")",
                 trial->sheet, trial->student);
}

static bool judge(const Grading *to, Variant *variant, const char *path, Entry *entry)
{
    Answer answer;
    Error why = {0};
    bool whole = true, program = program_is(path), run = program && to->class->run_programs;
    if (run) {
        Trial trial;
        program_judge(path, variant, &entry->verdict, &trial, &why);
        entry->mark = verdict_mark(&entry->verdict);
        to->class->force |= trial.force;
        to->class->lacking |= trial.force ? ~trial.force : 0;
        tell_trial(entry, &trial);
        trial_free(&trial);
    } else if (answer_read(path, variant, &answer, &why)) {
        whole = judge_numbers(to, variant, &answer, entry, &why);
        answer_free(&answer);
    }
    /* A program that was not run is no blank answer: say why it has no marks. */
    if (!why.code && program && !run && entry->verdict.kind == VERDICT_BLANK)
        error_set(&why, EXIT_USED_WRONGLY, "%s: there is no number in it", path);
    return spoils_one_row(to, entry, &why, program && !run ? "; if this is a program, --run-programs runs it" : "") &&
           whole;
}

/* Opens the numbers that the student had on the sheet: those of its code, else the first that lint. */
static bool open_numbers(const Grading *to, const Exercise *exercise, const SheetCode *code, Variant *variant,
                         Error *why)
{
    Whose whose = {.course = to->class->course, .student = to->class->roster->list[to->student].id,
                   .secret = to->class->secret};
    if (code->mark == 's' && !whose.secret)
        return error_set(why, EXIT_USED_WRONGLY, "the sheet belongs to a course with a secret; say --secret FILE");
    if (!code->found)
        return lint_open(variant, exercise, whose, why);
    whose.draw = code->draw;
    if (code->draw < 0 || code->draw >= MOST_DRAWS || code->seed != code_of(exercise, whose))
        return error_set(why, EXIT_USED_WRONGLY, "the code on the sheet is that of somebody else or of another course");
    return variant_open(variant, exercise, whose, why);
}

void mark_as_said(const Grading *to, int exercise, Entry *entry)
{
    const Marking *marking = to->class->marking;
    const Exercise *of = &to->class->exercises->list[exercise];
    Verdict *verdict = &entry->verdict;
    if (!marking)
        return;
    int name = verdict->kind == VERDICT_UNKNOWN ? marking_name(marking, of, verdict->signature) : -1;
    if (name >= 0) {
        verdict->kind = VERDICT_NAMED;
        verdict->suspect_count = 0;
        snprintf(verdict->says, sizeof verdict->says, "%.390s", marking->named[name].text);
        entry->mark = marking->named[name].mark;
        entry->named = name + 1;
    }
    entry->late = marking_days(marking, to->class->roster->list[to->student].id, of->number);
    double left = 1 - entry->late * marking->late_cost;
    entry->mark *= left > 0 ? left : 0;
}

bool grade_entry(const Grading *to, int exercise, const SheetCode *code, const char *path, Error *why, Entry *entry)
{
    Variant variant;
    if (why->code || !open_numbers(to, &to->class->exercises->list[exercise], code, &variant, why))
        return spoils_one_row(to, entry, why, "");
    bool whole = judge(to, &variant, path, entry);
    variant_close(&variant);
    mark_as_said(to, exercise, entry);
    return whole;
}

static bool is_copied(const Class *class, int student, int exercise)
{
    uint64_t print = class_entry(class, student, exercise)->print;
    for (int other = 0; print && other < class->roster->count; other++)
        if (other != student && class_entry(class, other, exercise)->print == print)
            return true;
    return false;
}

/* Right numbers, and those that were rounded too early, are near those of one's own sheet: nobody else
 * has them first. But a mark for one's own way is not given for what may be somebody else's. */
static void judge_copies(Class *class)
{
    for (int s = 0; s < class->roster->count; s++)
        for (int e = 0; e < class->exercises->count; e++) {
            Entry *entry = class_entry(class, s, e);
            if (entry->verdict.kind != VERDICT_FOLLOWS || !is_copied(class, s, e))
                continue;
            entry->mark = 0;
            entry->verdict.kind = VERDICT_UNKNOWN;
            snprintf(entry->verdict.says, sizeof entry->verdict.says,
                     "these numbers are also those of another student, though every sheet has its own: "
                     "no mark before that is cleared up");
            snprintf(entry->verdict.signature, sizeof entry->verdict.signature, "the numbers of another sheet");
        }
}

bool class_grade(Class *out, Error *error)
{
    struct stat found;
    if (stat(out->folder, &found) != 0 || !S_ISDIR(found.st_mode))
        return error_set(error, EXIT_INPUT_OUTPUT,
                         "no folder \"%.200s\"; it holds one folder for each student, called like the id", out->folder);
    out->entries = calloc((size_t)out->roster->count * (size_t)out->exercises->count, sizeof *out->entries);
    bool whole = out->entries || error_memory(error);
    whole = whole && class_take_files(&(Grading){.class = out, .error = error});
    if (whole)
        judge_copies(out);
    else
        class_free(out);
    return whole;
}

void class_free(Class *graded)
{
    free(graded->entries);
    free(graded->files);
    graded->entries = NULL;
    graded->files = NULL;
    graded->file_count = graded->file_room = 0;
}

int class_filed(const Class *graded, Filed filed)
{
    int count = 0;
    for (int i = 0; i < graded->file_count; i++)
        count += graded->files[i].filed == filed;
    return count;
}

double class_weight(const Class *graded, int exercise)
{
    return graded->marking ? graded->marking->weights[graded->exercises->list[exercise].number % MOST_NUMBER] : 1;
}

bool class_was_asked(const Class *graded, int exercise)
{
    for (int s = 0; s < graded->roster->count; s++)
        if (class_entry(graded, s, exercise)->present)
            return true;
    return false;
}

double class_total(const Class *graded, int student)
{
    double total = 0;
    for (int e = 0; e < graded->exercises->count; e++)
        total += class_entry(graded, student, e)->mark * class_weight(graded, e);
    return total;
}

void class_count_mistakes(const Class *graded, int exercise, int *counts)
{
    const Exercise *of = &graded->exercises->list[exercise];
    memset(counts, 0, MOST_NAMED * sizeof *counts);
    for (int s = 0; s < graded->roster->count; s++) {
        const Verdict *verdict = &class_entry(graded, s, exercise)->verdict;
        for (int m = 0; m < of->mistake_count && verdict->suspect_count == 1; m++)
            counts[m] += verdict->suspects[0] == of->mistakes[m];
    }
}
