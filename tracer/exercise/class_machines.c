/* What other programs read: Gradescope's results.json, JUnit XML, TAP; see class.h. */
#include "class.h"

#include <stdio.h>
#include <string.h>

static void add_json(Text *out, const char *text)
{
    Text clean = {0};
    text_add_name(&clean, text, SIZE_MAX);
    text_json_string(out, text_piece(out, &clean));
    text_free(&clean);
}

static const char *told(const Entry *entry)
{
    return entry->present ? entry->verdict.says : "nothing handed in";
}

void class_gradescope(const Class *graded, int student, Text *out)
{
    const Exercises *exercises = graded->exercises;
    text_add(out, "{\"score\": %g, \"output\": ", class_total(graded, student));
    add_json(out, "Your own numbers, judged by tracer. tracer exercise check NN FILE marks the cells, "
                  "tracer step --mine FILE shows the place, tracer exercise hint NN helps on.");
    text_add(out, ", \"visibility\": \"visible\", \"tests\": [");
    bool first = true;
    for (int e = 0; e < exercises->count; e++) {
        const Entry *entry = class_entry(graded, student, e);
        if (!class_was_asked(graded, e))
            continue;
        text_add(out, "%s\n  {\"score\": %g, \"max_score\": %g, \"status\": \"%s\", \"name\": ", first ? "" : ",",
                 entry->mark * class_weight(graded, e), class_weight(graded, e),
                 entry->mark == 1 ? "passed" : "failed");
        add_json(out, exercises->list[e].title);
        text_add(out, ", \"number\": \"%d\", \"output\": ", exercises->list[e].number);
        add_json(out, told(entry));
        text_add(out, "}");
        first = false;
    }
    text_add(out, "\n]}\n");
}

static void add_xml(Text *out, const char *text)
{
    static const struct {
        char sign;
        const char *entity;
    } entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
    Text clean = {0};
    text_add_name(&clean, text, SIZE_MAX);
    for (const char *c = text_piece(out, &clean); *c; c++) {
        const char *entity = NULL;
        for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
            entity = entities[i].sign == *c ? entities[i].entity : entity;
        entity ? text_add(out, "%s", entity) : text_put(out, c, 1);
    }
    text_free(&clean);
}

void class_junit(const Class *graded, Text *out)
{
    text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tracer\">\n");
    for (int s = 0; s < graded->roster->count; s++) {
        int failures = 0, count = graded->exercises->count, skipped = 0;
        for (int e = 0; e < count; e++) {
            skipped += !class_entry(graded, s, e)->present;
            failures += class_entry(graded, s, e)->present && class_entry(graded, s, e)->mark < 1;
        }
        text_add(out, " <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\" skipped=\"%d\">\n",
                 graded->roster->list[s].id, count, failures, skipped);
        for (int e = 0; e < count; e++) {
            const Entry *entry = class_entry(graded, s, e);
            text_add(out, "  <testcase classname=\"%s\" name=\"%s\">", graded->roster->list[s].id,
                     graded->exercises->list[e].id);
            if (!entry->present) {
                text_add(out, "<skipped/>");
            } else if (entry->mark < 1) {
                text_add(out, "<failure type=\"%s\" message=\"", verdict_name(entry->verdict.kind));
                add_xml(out, entry->verdict.says);
                text_add(out, "\"/>");
            }
            text_add(out, "</testcase>\n");
        }
        text_add(out, " </testsuite>\n");
    }
    text_add(out, "</testsuites>\n");
}

void class_tap(const Class *graded, Text *out)
{
    int number = 0, count = graded->exercises->count;
    text_add(out, "TAP version 13\n1..%d\n", graded->roster->count * count);
    for (int s = 0; s < graded->roster->count; s++)
        for (int e = 0; e < count; e++) {
            const Entry *entry = class_entry(graded, s, e);
            text_add(out, "%s %d - %s %s", !entry->present || entry->mark == 1 ? "ok" : "not ok", ++number,
                     graded->roster->list[s].id, graded->exercises->list[e].id);
            if (entry->present && entry->mark < 1) {
                text_add(out, ": ");
                text_add_name(out, entry->verdict.says, SIZE_MAX);
            }
            text_add(out, entry->present ? "\n" : " # SKIP nothing handed in\n");
        }
}
