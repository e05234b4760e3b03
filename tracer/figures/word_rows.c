/* Words as rows of a table; see word_rows.h. */
#include "word_rows.h"

#include "tiny_model/primitive.h"
#include "tracer/query/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 200 };

int word_table(const Session *session)
{
    int table = part_table(session->names.tape);
    const Axis *axis = table < 0 ? NULL : row_axis(&session->names, table);
    return axis && axis_label(&session->names, axis, 0) ? table : -1;
}

static int row_of(const Session *session, const char *word)
{
    int table = word_table(session);
    const Axis *axis = table < 0 ? NULL : row_axis(&session->names, table);
    for (int r = 0; axis && r < axis->size; r++) {
        const char *label = axis_label(&session->names, axis, r);
        if (label && strcmp(label, word) == 0)
            return r;
    }
    return -1;
}

/* The next word of a list, "" behind the last; returns where the rest begins. */
static const char *next_word(const char *at, char word[LONGEST])
{
    at += strspn(at, " ");
    size_t length = strcspn(at, " ");
    snprintf(word, LONGEST, "%.*s", (int)(length < LONGEST ? length : LONGEST - 1), at);
    return at + length;
}

static bool unknown(const Session *session, const char *word, Error *error)
{
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    const Axis *axis = row_axis(&session->names, word_table(session));
    for (int r = 0; r < axis->size; r++)
        nearest_offer(&nearest, word, axis_label(&session->names, axis, r));
    return error_set(error, EXIT_USED_WRONGLY, "there is no vector of \"%.60s\"; %s", word,
                     nearest_text(&nearest, answer, "tracer names lists the tables"));
}

int word_rows(const Spec *spec, DrawList *list, const int **rows, Error *error)
{
    char word[LONGEST];
    int count = 0, *found = draw_room(list, (strlen(spec->name) / 2 + 1) * sizeof *found);
    const char *at = next_word(spec->name, word);
    for (; found && *word; at = next_word(at, word)) {
        found[count] = row_of(spec->session, word);
        if (found[count++] < 0)
            return unknown(spec->session, word, error);
    }
    *rows = found;
    if (!found)
        error_memory(error);
    return count;
}

static bool has_all(const Session *session, const char *words)
{
    char word[LONGEST];
    const char *at = next_word(words, word);
    for (; *word; at = next_word(at, word))
        if (row_of(session, word) < 0)
            return false;
    return true;
}

bool usual_words(const Session *session, const char *const *lists, int count, char *name, size_t size)
{
    int table = word_table(session), taken = 0;
    *name = '\0';
    for (; table >= 0 && *lists; lists++)
        if (has_all(session, *lists))
            return snprintf(name, size, "%s", *lists) > 0;
    const Axis *axis = table < 0 ? NULL : row_axis(&session->names, table);
    for (int r = 0; axis && r < axis->size && taken < count; r++) {
        const char *label = axis_label(&session->names, axis, r);
        if (!label || *label == '\0' || *label == '<' || strchr(label, ' '))
            continue;
        size_t used = strlen(name);
        snprintf(name + used, size - used, "%s%s", taken++ ? " " : "", label);
    }
    return taken == count;
}

bool watched_words(const Session *session, char *name, size_t size)
{
    return usual_name(session, word_table(session), name, size);
}

bool has_words(const Session *session, const char **why)
{
    char name[4 * LONGEST];
    *why = "no table of this model has four words for rows, and is trained; the preset people has one";
    return part_has_phase(session->names.tape, PHASE_UPDATE) &&
           usual_words(session, (const char *const[]){NULL}, 4, name, sizeof name);
}

double row_cosine(const double *a, const double *b, int cols)
{
    double dot = 0, a_squared = 0, b_squared = 0;
    for (int c = 0; c < cols; c++) {
        dot += a[c] * b[c];
        a_squared += a[c] * a[c];
        b_squared += b[c] * b[c];
    }
    return a_squared > 0 && b_squared > 0 ? dot / sqrt(a_squared * b_squared) : 0;
}
