/* The page about a class: what it has not understood, copies, unknown mistakes; see class.h. */
#include "class.h"

#include "confined.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LINES = 14 };

/* How many of the class made a mistake in an exercise. */
typedef struct {
    int exercise, count, answers;
    const char *says;
} Finding;

/* By the number of exercise where counts are equal, so that two reports of a class are equal. */
static int by_count(const void *a, const void *b)
{
    const Finding *one = a, *other = b;
    return one->count != other->count ? other->count - one->count : one->exercise - other->exercise;
}

static int answers_to(const Class *graded, int exercise)
{
    int count = 0;
    for (int s = 0; s < graded->roster->count; s++)
        count += class_entry(graded, s, exercise)->present;
    return count;
}

static int find_mistakes(const Class *graded, Finding *findings)
{
    int found = 0, counts[MOST_NAMED];
    for (int e = 0; e < graded->exercises->count; e++) {
        const Exercise *exercise = &graded->exercises->list[e];
        class_count_mistakes(graded, e, counts);
        for (int m = 0; m < exercise->mistake_count; m++)
            if (counts[m] > 0)
                findings[found++] = (Finding){e, counts[m], answers_to(graded, e), exercise->mistakes[m]->message};
    }
    qsort(findings, (size_t)found, sizeof *findings, by_count);
    return found;
}

/* The groups that the teacher has named. */
static void add_named(const Class *graded, Text *out)
{
    const Marking *marking = graded->marking;
    for (int n = 0; marking && n < marking->named_count; n++) {
        int count = 0;
        for (int e = 0; e < graded->exercises->count; e++)
            for (int s = 0; s < graded->roster->count; s++)
                count += class_entry(graded, s, e)->named == n + 1;
        text_add(out, "%s  %d answers of %s: ", n ? "" : "\nNamed by the teacher\n", count, marking->named[n].code);
        text_add_name(out, marking->named[n].text, SIZE_MAX);
        text_add(out, "\n");
    }
}

static void add_findings(const Class *graded, Text *out)
{
    Finding *findings = calloc((size_t)graded->exercises->count * MOST_NAMED, sizeof *findings);
    int count = findings ? find_mistakes(graded, findings) : 0;
    text_add(out, "\nWhat went wrong most often\n");
    if (count == 0)
        text_add(out, "  no mistake has a name yet\n");
    for (int i = 0; i < count && i < MOST_LINES; i++)
        text_add(out, "  %d of %d in %s: %s\n", findings[i].count, findings[i].answers,
                 graded->exercises->list[findings[i].exercise].id, findings[i].says);
    if (count > MOST_LINES)
        text_add(out, "  and %d more, in items.csv\n", count - MOST_LINES);
    out->failed = out->failed || !findings;
    free(findings);
}

/* Lists whoever has the same print as the first of them. */
static void add_copies(const Class *graded, Text *out)
{
    int students = graded->roster->count, groups = 0;
    for (int e = 0; e < graded->exercises->count; e++)
        for (int s = 0; s < students; s++) {
            uint64_t print = class_entry(graded, s, e)->print;
            int same = 0, before = 0;
            for (int other = 0; print && other < students; other++) {
                bool equal = class_entry(graded, other, e)->print == print;
                same += equal;
                before += equal && other < s;
            }
            /* Told once, where the first of them stands. */
            if (same < 2 || before)
                continue;
            text_add(out, "%s  %s:",
                     groups++ ? "" : "\nEqual to another student's numbers, though everybody has their own\n",
                     graded->exercises->list[e].id);
            for (int other = s; other < students; other++)
                if (class_entry(graded, other, e)->print == print)
                    text_add(out, " %s", graded->roster->list[other].id);
            text_add(out, "\n");
        }
}

static void add_refused(const Class *graded, Text *out)
{
    int count = 0;
    for (int s = 0; s < graded->roster->count; s++)
        for (int e = 0; e < graded->exercises->count; e++) {
            const Entry *entry = class_entry(graded, s, e);
            if (!entry->present || entry->verdict.kind != VERDICT_REFUSED)
                continue;
            /* Most messages name the file already, in the form FILE:LINE that editors open. */
            const char *with_file = strstr(entry->verdict.says, entry->file);
            text_add(out, "%s  ", count++ ? "" : "\nFiles that could not be graded\n");
            text_add_name(out, with_file ? with_file : entry->file, SIZE_MAX);
            if (!with_file) {
                text_add(out, ": ");
                text_add_name(out, entry->verdict.says, SIZE_MAX);
            }
            text_add(out, "\n");
        }
}

static bool is_unknown(const Entry *entry)
{
    return entry->present && *entry->verdict.signature;
}

/* Unknown mistakes that look the same: a candidate for the table. */
static void add_unknown(const Class *graded, Text *out)
{
    int groups = 0;
    for (int e = 0; e < graded->exercises->count; e++)
        for (int s = 0; s < graded->roster->count; s++) {
            const Entry *first = class_entry(graded, s, e);
            int before = 0;
            for (int other = 0; is_unknown(first) && other < s; other++)
                before += is_unknown(class_entry(graded, other, e)) &&
                          strcmp(class_entry(graded, other, e)->verdict.signature, first->verdict.signature) == 0;
            if (!is_unknown(first) || before)
                continue;
            char code[SIGNATURE_CODE];
            signature_code(&graded->exercises->list[e], first->verdict.signature, code);
            text_add(out, "%s  %s %s, %s:",
                     groups++ ? ""
                              : "\nMistakes without a name, grouped by what they look like; a line name CODE \"text\" "
                                "MARK in a file for --names gives one\n",
                     code, graded->exercises->list[e].id, first->verdict.signature);
            for (int other = s; other < graded->roster->count; other++)
                if (is_unknown(class_entry(graded, other, e)) &&
                    strcmp(class_entry(graded, other, e)->verdict.signature, first->verdict.signature) == 0)
                    text_add(out, " %s", graded->roster->list[other].id);
            text_add(out, "\n");
        }
}

/* Every file stands in one of these lists, and every line of the roster in one of those. */
static void add_counts(const Class *graded, Text *out)
{
    const Roster *roster = graded->roster;
    text_add(out, "  %d files:", graded->file_count);
    for (int kind = 0, written = 0; kind < FILED_KINDS; kind++)
        if (class_filed(graded, (Filed)kind))
            text_add(out, "%s %d %s", written++ ? "," : "", class_filed(graded, (Filed)kind), filed_name((Filed)kind));
    text_add(out, "\n  %d lines of the roster: %d students, ", roster->lines, roster->count);
    if (roster->columns) {
        text_add(out, "a header, whose column \"");
        text_add_name(out, roster->header[roster->id_column], SIZE_MAX);
        text_add(out, "\" is the id");
    } else {
        text_add(out, "no header: the first line is a student");
    }
    text_add(out, roster->blank ? ", %d blank" : "", roster->blank);
    text_add(out, roster->others ? ", %d that are no student's\n" : "\n", roster->others);
}

/* What a teacher has to look at: files that answer nothing, of nobody, or of which another one counts. */
static void add_aside(const Class *graded, Text *out)
{
    enum { MOST_ASIDE = 60 };
    int count = 0;
    for (int kind = FILED_REPLACED; kind < FILED_KINDS; kind++)
        for (int i = 0; i < graded->file_count; i++) {
            const ClassFile *file = &graded->files[i];
            if ((int)file->filed != kind || ++count > MOST_ASIDE)
                continue;
            text_add(out, "%s  ", count == 1 ? "\nFiles that were not graded\n" : "");
            text_add_name(out, file->path, SIZE_MAX);
            text_add(out, ": %s: ", filed_name(file->filed));
            text_add_name(out, file->why, SIZE_MAX);
            text_add(out, "\n");
        }
    if (count > MOST_ASIDE)
        text_add(out, "  and %d more, in files.csv\n", count - MOST_ASIDE);
}

void class_page(const Class *graded, Text *out)
{
    int answers = 0, counts[VERDICT_REFUSED + 1] = {0};
    for (int s = 0; s < graded->roster->count; s++)
        for (int e = 0; e < graded->exercises->count; e++) {
            const Entry *entry = class_entry(graded, s, e);
            answers += entry->present;
            counts[entry->verdict.kind] += entry->present;
        }
    text_add(out, "Course %s: %d students, %d exercises, %d answers\n", graded->course, graded->roster->count,
             graded->exercises->count, answers);
    for (int kind = 0; kind <= VERDICT_REFUSED; kind++)
        if (counts[kind])
            text_add(out, "  %4d %s\n", counts[kind], verdict_name((VerdictKind)kind));
    add_counts(graded, out);
    if (graded->force) {
        text_add(out, "  programs were run, confined by ");
        force_say(graded->force & ~graded->lacking, out);
        text_add(out, "\n");
    }
    add_findings(graded, out);
    add_named(graded, out);
    add_copies(graded, out);
    add_unknown(graded, out);
    add_refused(graded, out);
    add_aside(graded, out);
}
