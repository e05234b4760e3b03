/* A passage with the numbers of a run that is there already; see passage.h. */
#include "passage.h"

#include "fill_reference.h"
#include "filled.h"
#include "tracer/base/paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_field(const Field *a, const Field *b)
{
    bool same = same_text(a->key, b->key) && same_text(a->text, b->text) && a->count == b->count;
    same = same && !a->numbers == !b->numbers;
    for (int i = 0; same && a->numbers && i < a->count; i++)
        same = a->numbers[i] == b->numbers[i];
    return same;
}

static bool same_data(const Data *a, const Data *b)
{
    bool same = same_text(a->text, b->text) && a->example_count == b->example_count && !a->examples == !b->examples;
    for (int i = 0; same && a->examples && i < a->example_count; i++) {
        same = a->examples[i].count == b->examples[i].count;
        for (int f = 0; same && f < a->examples[i].count; f++)
            same = same_field(&a->examples[i].fields[f], &b->examples[i].fields[f]);
    }
    return same;
}

bool passage_is_of(const Passage *passage, const Session *session)
{
    Model preset;
    Error none = {0};
    if (!preset_open(&preset, &PRESETS[passage->preset], &none))
        return false;
    bool same = strcmp(session->model.name, preset.name) == 0 && same_data(&session->model.data, &preset.data);
    model_free(&preset);
    return same;
}

const char *passage_run(const char *reference)
{
    static const char run[] = "run";
    const char *options = reference + strlen(run);
    if (!text_begins(reference, run) || (*options && !strchr(" }", *options)))
        return NULL;
    return options + strspn(options, " ");
}

int passage_preset(const char *options, int before, bool *plain)
{
    static const char model[] = "--model ";
    char name[80] = "";
    *plain = !*options || *options == '}';
    if (*plain || strncmp(options, model, strlen(model)) != 0)
        return *plain ? 0 : before;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(options + strlen(model), " "), options + strlen(model));
    const Preset *preset = preset_find(name);
    *plain = preset && strlen(options) == strlen(model) + strlen(name);
    return preset ? (int)(preset - PRESETS) : 0;
}

bool passage_leaves_run(const char *options)
{
    bool plain;
    return passage_preset(options, 0, &plain) != 0 || !plain;
}

typedef struct {
    Filling *filling;     /* NULL: as printed */
    int preset;           /* whose numbers they are */
    int now;              /* that of the last {{run}} */
    bool other_run;
    const char *marked;   /* name of a value */
} Retelling;

/* The end of a name that says what it is wherever it stands: "std", "weights.grad". */
static const char *tail_of(const char *name, size_t length)
{
    const char *tail = name, *before = name;
    for (const char *at = name; at < name + length; at++)
        if (*at == '.') {
            before = tail;
            tail = at + 1;
        }
    return length - (size_t)(tail - name) == strlen("grad") && strncmp(tail, "grad", strlen("grad")) == 0 ? before
                                                                                                          : tail;
}

/* Whether a reference is to a value that is called like another, in whatever block and head. */
static bool is_like(const char *reference, const char *name)
{
    size_t length = strcspn(reference, "[ ");
    const char *tail = tail_of(reference, length), *other = tail_of(name, strlen(name));
    return strlen(other) == length - (size_t)(tail - reference) && strncmp(tail, other, strlen(other)) == 0;
}

/* A table is told as what is typed to see it, a picture as the command that draws it. */
static bool instead_of(const char *reference, Text *out)
{
    static const char table[] = "table ", figure[] = "figure ";
    bool is_table = strncmp(reference, table, strlen(table)) == 0,
         is_figure = strncmp(reference, figure, strlen(figure)) == 0;
    if (is_table)
        text_add(out, "\n\n    :%s\n\n", reference + strlen(table));
    if (is_figure) {
        const char *words = reference + strlen(figure), *end = strstr(words, " -o ");
        text_add(out, "`tracer render %.*s`", end ? (int)(end - words) : (int)strlen(words), words);
    }
    return is_table || is_figure;
}

static bool retell(void *context, const char *reference, const char *printed, size_t length, Text *out, Error *error)
{
    Retelling *of = context;
    Error unknown = {0};
    Text fresh = {0};
    bool stale;
    const char *options = passage_run(reference);
    if (options) {
        bool plain;
        of->now = passage_preset(options, of->now, &plain);
        of->other_run = of->now != of->preset || !plain;
        return true;
    }
    if (instead_of(reference, out))
        return true;
    if (is_like(reference, of->marked))
        text_put(out, (const char[]){PASSAGE_MARK}, 1);
    bool filled = of->filling && !of->other_run && reference_fill(of->filling, reference, &fresh, &stale, &unknown);
    if (filled)
        text_put(out, fresh.data, fresh.length);
    else
        text_put(out, printed, length);
    text_free(&fresh);
    return unknown.code != EXIT_INPUT_OUTPUT || error_memory(error);
}

bool passage_text(const Passage *passage, const Session *session, int marked, int digits, Text *out, Error *error)
{
    bool own = passage_is_of(passage, session);
    Filling *filling = own ? calloc(1, sizeof *filling) : NULL;
    Retelling retelling = {.filling = filling, .preset = passage->preset, .now = passage->preset,
                           .other_run = passage->other_run,
                           .marked = name_of(&session->names, marked)};
    if (own && !filling)
        return error_memory(error);
    if (filling) {
        filling->digits = digits;
        filling->form = &FORM_MARKDOWN;
        filling->open = true;
        filling->session = *session;
    }
    bool whole = article_read(passage->markdown, retell, &retelling, out, error);
    free(filling);
    return whole;
}
