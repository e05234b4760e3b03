/* Options in one text; see run_text.h. */
#include "run_text.h"

#include "arguments.h"

#include <string.h>

/* What takes the options of a run and nothing else. Errors of its command line begin with RUN_LINE. */
#define RUN_LINE "tracer run"
static const Command RUN_ONLY = {.name = "run", .words = "", .most_words = 1};

bool run_text_split(char *text, char **words, int *count, Error *error)
{
    char *out = text;
    *count = 0;
    while (*text) {
        while (*text == ' ' || *text == '\t' || *text == '\n')
            text++;
        if (!*text)
            break;
        if (*count == MOST_RUN_WORDS)
            return error_set(error, EXIT_USED_WRONGLY, "too many options for one run");
        words[(*count)++] = out;
        /* In place: what is left of a word is never longer than the word was. */
        char quote = 0;
        for (; *text && (quote || !strchr(" \t\n", *text)); text++) {
            if (quote ? *text == quote : *text == '"' || *text == '\'')
                quote = quote ? 0 : *text;
            else
                *out++ = *text;
        }
        if (quote)
            return error_set(error, EXIT_USED_WRONGLY, "a quote %c is not closed in the options of a run", quote);
        bool more = *text != '\0';
        *out++ = '\0';
        text += more;
    }
    return true;
}

/* Another text takes the place of ids, and ids that of a text. */
static void change(RunOptions *options, const RunOptions *given, bool step_given)
{
    bool spoken = given->text || given->tokens;
    options->text = spoken ? given->text : options->text;
    options->tokens = spoken ? given->tokens : options->tokens;
    options->weights = given->weights ? given->weights : options->weights;
    options->mistake = given->mistake ? given->mistake : options->mistake;
    options->ablate = given->ablate ? given->ablate : options->ablate;
    options->patch = given->patch ? given->patch : options->patch;
    options->clean = given->clean ? given->clean : options->clean;
    options->inside = given->inside || options->inside;
    options->write = given->write ? given->write : options->write;
    options->draw = given->draw ? given->draw : options->draw;
    options->step = step_given ? given->step : options->step;
}

bool run_text_options(char *text, RunOptions *options, Error *error)
{
    char *words[MOST_RUN_WORDS + 1];
    int count;
    bool step_given = false;
    Arguments arguments;
    if (!run_text_split(text, words + 1, &count, error))
        return false;
    words[0] = (char[]){"run"};
    for (int i = 1; i <= count; i++)
        step_given = step_given || strcmp(words[i], "--step") == 0 || strncmp(words[i], "--step=", 7) == 0;
    /* The user never typed a command called "run": its name is taken out of what is said. */
    Error inner = {0};
    if (!arguments_take(&RUN_ONLY, 0, count + 1, words, &arguments, &inner)) {
        const char *surplus = strstr(inner.text, " is too much: " RUN_LINE);
        if (surplus)
            return error_set(error, inner.code, "%.*s is no option of a run", (int)(surplus - inner.text), inner.text);
        const size_t ours = strlen(RUN_LINE);
        bool named = strncmp(inner.text, RUN_LINE, ours) == 0;
        return error_set(error, inner.code, "%s%s", named ? "a run" : "", inner.text + (named ? ours : 0));
    }
    if (arguments.word_count)
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%.60s\" is no option of a run; write \"--model %.60s\" for a model", arguments.words[0],
                         arguments.words[0]);
    if (arguments.run.model || arguments.run.from)
        *options = arguments.run;
    else
        change(options, &arguments.run, step_given);
    return true;
}

bool run_text_open(char *text, Session *session, Error *error)
{
    RunOptions options = {0};
    return run_text_options(text, &options, error) && session_open(session, &options, error);
}
