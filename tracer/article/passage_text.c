/* A passage with the numbers of a run that is there already; see passage.h. */
#include "passage.h"

#include "fill_reference.h"
#include "filled.h"
#include "tracer/base/paper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool passage_session(const Session *session)
{
    Model tutorial;
    Error none = {0};
    const char *own = session->model.data.text;
    if (!preset_open(&tutorial, &PRESETS[0], &none))
        return false;
    bool same = strcmp(session->model.name, tutorial.name) == 0 && own && strcmp(own, tutorial.data.text) == 0;
    model_free(&tutorial);
    return same;
}

bool passage_leaves_run(const char *options)
{
    static const char model[] = "--model ";
    return strncmp(options, model, strlen(model)) != 0 || strcmp(options + strlen(model), PRESETS[0].name) != 0;
}

typedef struct {
    Filling *filling;     /* NULL: as printed */
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
    if (strncmp(reference, "run ", 4) == 0) {
        of->other_run = passage_leaves_run(reference + 4);
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
    Filling *filling = passage_session(session) ? calloc(1, sizeof *filling) : NULL;
    Retelling retelling = {.filling = filling, .other_run = passage->other_run,
                           .marked = name_of(&session->names, marked)};
    if (!filling && passage_session(session))
        return error_memory(error);
    if (filling) {
        filling->digits = digits;
        filling->open = true;
        filling->session = *session;
    }
    bool whole = article_read(passage->markdown, retell, &retelling, out, error);
    free(filling);
    return whole;
}
