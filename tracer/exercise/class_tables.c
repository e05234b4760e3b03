/* The tables of a class: marks, items, changes since the last run; see class.h. */
#include "class.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void csv_field(Text *out, const char *text)
{
    static const char formula[] = "=+-@\t\r"; /* a spreadsheet would take such a field for one, and run it */
    bool guard = *text && strchr(formula, *text);
    if (!guard && !strpbrk(text, ",\"\r\n")) {
        text_add_name(out, text, SIZE_MAX);
        return;
    }
    Text clean = {0};
    text_add_name(&clean, text, SIZE_MAX);
    text_add(out, "\"%s", guard ? "'" : "");
    for (const char *c = text_piece(out, &clean); *c; c++)
        text_add(out, *c == '"' ? "\"\"" : "%c", *c);
    text_add(out, "\"");
    text_free(&clean);
}

void class_grades_csv(const Class *graded, Text *out)
{
    text_add(out, "id,name");
    for (int e = 0; e < graded->exercises->count; e++)
        text_add(out, ",%02d", graded->exercises->list[e].number);
    text_add(out, ",total\n");
    for (int s = 0; s < graded->roster->count; s++) {
        csv_field(out, graded->roster->list[s].id);
        text_add(out, ",");
        csv_field(out, graded->roster->list[s].name);
        for (int e = 0; e < graded->exercises->count; e++) {
            const Entry *entry = class_entry(graded, s, e);
            text_add(out, entry->present ? ",%g" : ",", entry->mark);
        }
        text_add(out, ",%g\n", class_total(graded, s));
    }
}

void class_files_csv(const Class *graded, Text *out)
{
    text_add(out, "file,list,student,exercise,why\n");
    for (int i = 0; i < graded->file_count; i++) {
        const ClassFile *file = &graded->files[i];
        csv_field(out, file->path);
        text_add(out, ",%s,%s,", filed_name(file->filed),
                 file->student < 0 ? "" : graded->roster->list[file->student].id);
        text_add(out, "%s,", file->exercise < 0 ? "" : graded->exercises->list[file->exercise].id);
        csv_field(out, file->why);
        text_add(out, "\n");
    }
}

/* The correlation of the marks of an exercise with the rest of the total: near 1, those who
 * can do it are those who can do the others. 0 where one of them does not vary. */
static double discrimination(const Class *graded, int exercise)
{
    double sum[2] = {0}, squares[2] = {0}, products = 0;
    int count = graded->roster->count;
    for (int s = 0; s < count; s++) {
        double mark = class_entry(graded, s, exercise)->mark;
        double rest = class_total(graded, s) - mark * class_weight(graded, exercise);
        sum[0] += mark;
        sum[1] += rest;
        squares[0] += mark * mark;
        squares[1] += rest * rest;
        products += mark * rest;
    }
    double spread = (squares[0] - sum[0] * sum[0] / count) * (squares[1] - sum[1] * sum[1] / count);
    return spread > 1e-12 ? (products - sum[0] * sum[1] / count) / sqrt(spread) : 0;
}

void class_items_csv(const Class *graded, Text *out)
{
    text_add(out, "exercise,answers,correct,refused,facility,discrimination,mistake_1,count_1,mistake_2,count_2,"
                  "mistake_3,count_3\n");
    for (int e = 0; e < graded->exercises->count; e++) {
        const Exercise *exercise = &graded->exercises->list[e];
        int answers = 0, correct = 0, refused = 0, counts[MOST_NAMED];
        double marks = 0;
        for (int s = 0; s < graded->roster->count; s++) {
            const Entry *entry = class_entry(graded, s, e);
            answers += entry->present;
            correct += entry->present && entry->verdict.kind == VERDICT_CORRECT;
            refused += entry->present && entry->verdict.kind == VERDICT_REFUSED;
            marks += entry->mark;
        }
        text_add(out, "%s,%d,%d,%d", exercise->id, answers, correct, refused);
        text_add(out, answers ? ",%.3f,%.3f" : ",,", marks / answers, discrimination(graded, e));
        class_count_mistakes(graded, e, counts);
        for (int place = 0; place < 3; place++) {
            int best = -1;
            for (int m = 0; m < exercise->mistake_count; m++)
                if (counts[m] > 0 && (best < 0 || counts[m] > counts[best]))
                    best = m;
            if (best < 0)
                text_add(out, ",,");
            else
                text_add(out, ",%s,%d", exercise->mistakes[best]->id, counts[best]);
            if (best >= 0)
                counts[best] = 0;
        }
        text_add(out, "\n");
    }
}

/* The field behind `skip` commas of a line, up to the next; "" if there is none. */
static void field_at(const char *line, int skip, char *out, size_t size)
{
    bool quoted = false;
    size_t used = 0;
    for (; *line && *line != '\n' && skip >= 0; line++) {
        quoted ^= *line == '"';
        if (*line == ',' && !quoted)
            skip--;
        else if (skip == 0 && used + 1 < size)
            out[used++] = *line;
    }
    out[used] = '\0';
}

static const char *line_of(const char *csv, const char *id)
{
    size_t length = strlen(id);
    for (const char *line = csv; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        if (strncmp(line, id, length) == 0 && line[length] == ',')
            return line;
    return NULL;
}

void class_changes(const Class *graded, const char *old_grades, Text *out)
{
    for (int s = 0; s < graded->roster->count; s++) {
        const char *line = line_of(old_grades, graded->roster->list[s].id);
        for (int e = 0; line && e < graded->exercises->count; e++) {
            char before[64], now[64] = "";
            const Entry *entry = class_entry(graded, s, e);
            field_at(line, e + 2, before, sizeof before);
            if (entry->present)
                snprintf(now, sizeof now, "%g", entry->mark);
            if (strcmp(before, now) != 0)
                text_add(out, "%s, %s: %s -> %s\n", graded->roster->list[s].id, graded->exercises->list[e].id,
                         *before ? before : "nothing", *now ? now : "nothing");
        }
    }
}
