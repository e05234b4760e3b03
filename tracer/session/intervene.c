/* Numbers imposed on parts of a recorded run; see intervene.h. */
#include "intervene.h"

#include "tracer/base/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_IMPOSED = 64, NAME_ROOM = 200 };

typedef struct Imposed {
    Given givens[MOST_IMPOSED];
    char names[MOST_IMPOSED][NAME_ROOM];
    double *numbers[MOST_IMPOSED];
    int count;
} Imposed;

bool look_inside(Model *model, Error *error)
{
    const ModelKey *key;
    for (int i = 0; (key = model_key(model->system, i)); i++)
        if (strcmp(key->key, "inside") == 0) {
            *(int *)model_member(model, key) = 1;
            return true;
        }
    return error_set(error, EXIT_USED_WRONGLY,
                     "a model of the system \"%s\" has no stream to look into; take one of \"gpt\"",
                     model->system->name);
}

const Inside *inside_of(const Session *session, Error *error)
{
    if (!run_is_whole(&session->run, error))
        return NULL;
    if (!session->run.inside)
        error_set(error, EXIT_USED_WRONGLY, "nothing to look into: no logits that a linear rule made of a stream");
    return session->run.inside;
}

/* "block0.attention.head1" is called "block0.head1" too. */
static bool is_called(const char *whole, const char *name)
{
    const char *middle = strstr(whole, ".attention.");
    size_t front = middle ? (size_t)(middle - whole) : 0;
    return strcmp(whole, name) == 0 || (middle && strncmp(whole, name, front) == 0 && name[front] == '.' &&
                                        strcmp(middle + strlen(".attention."), name + front + 1) == 0);
}

const AddedPart *part_find(const Inside *inside, const char *name, Error *error)
{
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int i = 0; i < inside->part_count; i++) {
        const AddedPart *part = &inside->parts[i];
        if (part->at < 0 || part->kind == PART_BIAS)
            continue;
        if (is_called(part->name, name))
            return part;
        nearest_offer(&nearest, name, part->name);
    }
    error_set(error, EXIT_USED_WRONGLY, "no part of this model is called \"%.60s\"; %s", name,
              nearest_text(&nearest, answer, "tracer attribute lists them"));
    return NULL;
}

bool session_beside(const Session *of, const char *text, bool ids, Session *out, Error *error)
{
    RunOptions options = of->options;
    const Language *language = of->model.system->language;
    ids = ids || options.tokens || (language && !options.text && !language->token(&of->model, 0));
    options.text = ids ? NULL : text;
    options.tokens = ids ? text : NULL;
    options.file = options.ablate = options.patch = options.clean = NULL;
    options.inside = true;
    if (!session_open(out, &options, error))
        return false;
    const Inside *mine = inside_of(of, error), *others = inside_of(out, error);
    if (mine && others) {
        int here = tape_value(&of->run.tape, mine->tokens)->cols,
            there = tape_value(&out->run.tape, others->tokens)->cols;
        if (here == there)
            return true;
        error_set(error, EXIT_USED_WRONGLY,
                  "the texts do not fit: one has %d tokens, the other %d; patching takes two of the same length", here,
                  there);
    }
    session_close(out);
    return false;
}

void mean_over_rows(const Value *value, double *out)
{
    for (int c = 0; c < value->cols; c++) {
        double sum = 0;
        for (int r = 0; r < value->rows; r++)
            sum += value->data[(size_t)r * (size_t)value->cols + (size_t)c];
        out[c] = sum / value->rows;
    }
}

/* A copy of a part's numbers that will be imposed; NULL and *error if there is no room. */
static double *impose(Session *session, const AddedPart *part, const char *why, Error *error)
{
    const Tape *tape = &session->run.tape;
    const Value *value = tape_value(tape, part->at);
    Imposed *imposed = session->imposed;
    size_t bytes = (size_t)value->rows * (size_t)value->cols * sizeof(double);
    if (imposed->count == MOST_IMPOSED) {
        error_set(error, EXIT_USED_WRONGLY, "at most %d parts can be taken out at once", MOST_IMPOSED);
        return NULL;
    }
    double *numbers = malloc(bytes);
    if (!numbers) {
        error_memory(error);
        return NULL;
    }
    int i = imposed->count++;
    imposed->numbers[i] = memcpy(numbers, value->data, bytes);
    tape_name(tape, part->at, imposed->names[i], NAME_ROOM);
    imposed->givens[i] = (Given){imposed->names[i], value->rows, value->cols, numbers, why};
    return numbers;
}

static bool ablate_one(Session *session, char *word, Error *error)
{
    char *how = strchr(word, '=');
    if (how)
        *how++ = '\0';
    if (how && strcmp(how, "mean") != 0 && strcmp(how, "zero") != 0)
        return error_set(error, EXIT_USED_WRONGLY, "--ablate %.60s=%.40s: a part is set to zero or to its mean", word,
                         how);
    const AddedPart *part = part_find(session->run.inside, word, error);
    double *numbers = part ? impose(session, part, "set by --ablate", error) : NULL;
    if (!numbers)
        return false;
    Value value = *tape_value(&session->run.tape, part->at);
    size_t row = (size_t)value.cols;
    if (how && strcmp(how, "mean") == 0) {
        mean_over_rows(&value, numbers);
        for (int r = 1; r < value.rows; r++)
            memcpy(numbers + (size_t)r * row, numbers, row * sizeof *numbers);
    } else {
        memset(numbers, 0, (size_t)value.rows * row * sizeof *numbers);
    }
    return true;
}

static bool ablate(Session *session, Error *error)
{
    char *words = strdup(session->options.ablate), *at = words;
    bool whole = words || error_memory(error);
    for (char *word; whole && (word = strsep(&at, ",")) != NULL;)
        whole = ablate_one(session, word, error);
    free(words);
    return whole;
}

static bool patch(Session *session, Error *error)
{
    char name[NAME_ROOM];
    const char *said = session->options.patch, *sign = strchr(said, '@');
    snprintf(name, sizeof name, "%.*s", sign ? (int)(sign - said) : (int)sizeof name - 1, said);
    if (!session->options.clean)
        return error_set(error, EXIT_USED_WRONGLY, "--patch takes numbers of another text: say which with --clean");
    Session clean;
    const AddedPart *part = part_find(session->run.inside, name, error);
    double *numbers = part ? impose(session, part, "taken from the text --clean", error) : NULL;
    if (!numbers || !session_beside(session, session->options.clean, false, &clean, error))
        return false;
    const AddedPart *other = part_find(clean.run.inside, part->name, error);
    bool whole = other != NULL;
    if (whole) {
        const Value *from = tape_value(&clean.run.tape, other->at);
        size_t row = (size_t)from->cols;
        long position = 0, last = from->rows - 1;
        if (sign && !parse_integer(sign + 1, 0, last, &position))
            whole = error_set(error, EXIT_USED_WRONGLY, "--patch %.60s: the positions of these texts go from 0 to %ld",
                              said, last);
        for (int r = 0; whole && r < from->rows; r++)
            if (!sign || r == position)
                memcpy(numbers + (size_t)r * row, from->data + (size_t)r * row, row * sizeof *numbers);
    }
    session_close(&clean);
    return whole;
}

bool intervene(Session *session, Error *error)
{
    const RunOptions *options = &session->options;
    if (options->clean && !options->patch)
        return error_set(error, EXIT_USED_WRONGLY,
                         "--clean is the text that --patch takes numbers from, and there is no --patch");
    if (!options->ablate && !options->patch)
        return true;
    session->imposed = calloc(1, sizeof *session->imposed);
    if (!session->imposed)
        return error_memory(error);
    if (!inside_of(session, error) || (options->ablate && !ablate(session, error)) ||
        (options->patch && !patch(session, error)))
        return false;
    session->run.tape.givens = session->imposed->givens;
    session->run.tape.given_count = session->imposed->count;
    return run_record(&session->run, error);
}

void intervene_end(Session *session)
{
    for (int i = 0; session->imposed && i < session->imposed->count; i++)
        free(session->imposed->numbers[i]);
    free(session->imposed);
    session->imposed = NULL;
}
