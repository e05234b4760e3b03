/* Taking the command line apart; see arguments.h. */
#include "arguments.h"

#include "tracer/base/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const Option RUN_OPTIONS[] = {
    {"--model", "NAME|FILE.json", "the preset or model file (tiny)"},
    {"--text", "TEXT", "another text for it"},
    {"--file", "FILE", "a text file for it, cut into windows"},
    {"--tokens", "IDS", "ids in place of a text, with commas: 3,1,4"},
    {"--weights", "FILE", "parameters from a safetensors file"},
    {"--adapter", "FILE", "what was trained beside frozen weights, from a file of train --save-adapter"},
    {"--example", "N", "one example of the model's data alone"},
    {"--from", "DIR|FILE", "a model that others trained: a gpt2 or Llama folder, a minGPT file"},
    {"--run", "DIR", "a run that train -o DIR kept: its model, where it ended or at --step"},
    {"--step", "N", "the training step to open; 0 is the first"},
    {"--mistake", "ID", "with a planted mistake; tracer mistakes lists them"},
    {"--ablate", "PARTS", "without what parts add: block1.head0, or their mean: block1.head0=mean"},
    {"--patch", "PART[@N]", "with a part's numbers, at position N, of the text --clean"},
    {"--clean", "TEXT", "that text, or ids where the run has ids"},
    {"--inside", NULL, "with lens, attribution, heads and rollout behind the forward pass"},
    {"--write", "OPTIONS", "the tape of a text it writes: sample's options, '-n 3 --top-k 3'"},
    {"--draw", "OPTIONS", "the tape of pictures it paints: draw's options, '--steps 4 --class 3'"},
    {0},
};

const Option GLOBAL_OPTIONS[] = {
    {"--digits", "N", "decimals shown, 0 to 12 (4)"},
    {"--color", "auto|always|never", "colours (auto; NO_COLOR is honoured)"},
    {"--help", NULL, "this help"},
    {"--version", NULL, "the version"},
    {0},
};

enum { MOST_TRAINING_STEPS = 1000000 };

const char *option_of(const Arguments *arguments, const char *name)
{
    const Option *options = arguments->command->options;
    for (int i = 0; i < MOST_OPTIONS && options[i].name; i++)
        if (strcmp(options[i].name, name) == 0)
            return arguments->values[i];
    return NULL;
}

static bool wants_number(const char *name, const char *text, long least, long most, long *number, Error *error)
{
    if (parse_integer(text, least, most, number))
        return true;
    return error_set(error, EXIT_USED_WRONGLY, "%s needs a whole number from %ld to %ld, not \"%.60s\"", name, least,
                     most, text);
}

bool option_number(const Arguments *arguments, const char *name, long least, long most, long otherwise, long *number,
                   Error *error)
{
    const char *text = option_of(arguments, name);
    *number = otherwise;
    return !text || wants_number(name, text, least, most, number, error);
}

static const Option *option_find(const Option *options, const char *name, size_t length)
{
    for (; options->name; options++)
        if (strlen(options->name) == length && strncmp(options->name, name, length) == 0)
            return options;
    return NULL;
}

/* -1.5 is a number, not an option. */
static bool is_option(const char *word)
{
    double number;
    return word[0] == '-' && word[1] != '\0' && !parse_number(word, &number);
}

int command_word(int count, char **words)
{
    for (int i = 0; i < count && strcmp(words[i], "--") != 0; i++) {
        if (!is_option(words[i]))
            return i;
        /* --model tiny and --model=tiny are the same; only the first takes the next word with it. */
        size_t length = strcspn(words[i], "=");
        const Option *option = option_find(RUN_OPTIONS, words[i], length);
        if (!option)
            option = option_find(GLOBAL_OPTIONS, words[i], length);
        if (option && option->value && words[i][length] == '\0')
            i++;
    }
    return -1;
}

static bool unknown_option(const Arguments *arguments, const char *word, size_t length, Error *error)
{
    const Option *lists[] = {arguments->command->options,
                             arguments->command->without_run ? GLOBAL_OPTIONS : RUN_OPTIONS, GLOBAL_OPTIONS};
    char name[64], answer[NEAREST_TEXT];
    snprintf(name, sizeof name, "%.*s", length < 60 ? (int)length : 60, word);
    Nearest nearest = {0};
    for (int i = 0; i < 3; i++)
        for (const Option *option = lists[i]; option->name; option++)
            nearest_offer(&nearest, name, option->name);
    return error_set(error, EXIT_USED_WRONGLY, "tracer %s has no option \"%s\"; %s", arguments->command->name, name,
                     nearest_text(&nearest, answer, "tracer help lists them"));
}

static bool set_run_option(Arguments *arguments, const Option *option, const char *value, Error *error)
{
    RunOptions *run = &arguments->run;
    if (strcmp(option->name, "--step") == 0) {
        long step;
        if (!wants_number("--step", value, 0, MOST_TRAINING_STEPS, &step, error))
            return false;
        run->step = (int)step;
        run->step_given = true;
        return true;
    }
    if (strcmp(option->name, "--inside") == 0) {
        run->inside = true;
        return true;
    }
    /* In the order of RUN_OPTIONS; --step is a number and was taken above. */
    const char **members[] = {&run->model, &run->text, &run->file, &run->tokens, &run->weights,
                              &run->adapter, &run->example, &run->from, &run->folder, NULL, &run->mistake,
                              &run->ablate, &run->patch, &run->clean, NULL, &run->write, &run->draw};
    *members[option - RUN_OPTIONS] = value;
    return true;
}

static bool set_global_option(Arguments *arguments, const Option *option, const char *value, Error *error)
{
    static const char *const colors[] = {"auto", "always", "never"};
    if (strcmp(option->name, "--digits") == 0) {
        long digits;
        if (!wants_number("--digits", value, 0, MOST_DIGITS, &digits, error))
            return false;
        arguments->digits = (int)digits;
        arguments->digits_given = true;
        return true;
    }
    if (strcmp(option->name, "--color") == 0) {
        for (int i = 0; i < 3; i++)
            if (strcmp(value, colors[i]) == 0) {
                arguments->color = (Color)i;
                return true;
            }
        return error_set(error, EXIT_USED_WRONGLY, "--color is auto, always or never, not \"%.60s\"", value);
    }
    /* --help and --version were seen before. */
    return true;
}

/* Takes one option and its value from words[*at ...]. */
static bool take_option(int count, char **words, int *at, Arguments *arguments, Error *error)
{
    const char *word = words[*at];
    size_t length = strcspn(word, "=");
    /* A command's own option wins: --step of one command may be another thing than that of the run. */
    const Option *own = option_find(arguments->command->options, word, length);
    const Option *run = arguments->command->without_run ? NULL : option_find(RUN_OPTIONS, word, length);
    const Option *global = option_find(GLOBAL_OPTIONS, word, length);
    const Option *option = own ? own : run ? run : global;
    if (!option)
        return unknown_option(arguments, word, length, error);
    const char *value = word[length] == '=' ? word + length + 1 : "";
    if (!option->value && word[length] == '=')
        return error_set(error, EXIT_USED_WRONGLY, "%s takes no value", option->name);
    if (option->value && word[length] != '=') {
        if (*at + 1 >= count)
            return error_set(error, EXIT_USED_WRONGLY, "%s needs a value: %s %s", option->name, option->name,
                             option->value);
        value = words[++*at];
    }
    if (own && own->repeats) {
        if (arguments->repeated_count == MOST_REPEATED)
            return error_set(error, EXIT_USED_WRONGLY, "%s may be given %d times", own->name, MOST_REPEATED);
        arguments->repeated[arguments->repeated_count++] = value;
    }
    if (own) {
        arguments->values[own - arguments->command->options] = value;
        return true;
    }
    return run ? set_run_option(arguments, run, value, error) : set_global_option(arguments, global, value, error);
}

static bool right_count(const Arguments *arguments, Error *error)
{
    const Command *command = arguments->command;
    if (arguments->word_count >= command->least_words && arguments->word_count <= command->most_words)
        return true;
    if (arguments->word_count > command->most_words)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.60s\" is too much: tracer %s %s",
                         arguments->words[command->most_words], command->name,
                         *command->words ? command->words : "takes options only");
    return error_set(error, EXIT_USED_WRONGLY, "something is missing: tracer %s %s", command->name, command->words);
}

bool arguments_take(const Command *command, int command_at, int count, char **words, Arguments *arguments, Error *error)
{
    *arguments = (Arguments){.digits = DEFAULT_DIGITS, .command = command};
    bool only_words = false;
    for (int i = 0; i < count; i++) {
        if (i == command_at) {
            only_words = arguments->command->words_only;
            continue;
        }
        if (!only_words && strcmp(words[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && is_option(words[i])) {
            if (!take_option(count, words, &i, arguments, error))
                return false;
        } else if (arguments->word_count < MOST_WORDS) {
            arguments->words[arguments->word_count++] = words[i];
        }
    }
    for (int i = 0; i < arguments->word_count; i++)
        if (isalpha((unsigned char)arguments->words[i][0]))
            arguments->run.at = arguments->words[i]; /* the last that can be a name */
    if (arguments->run.write && command->learns)
        return error_set(error, EXIT_USED_WRONGLY,
                         "--write shows how a text is written; tracer %s has nothing to do there", command->name);
    if (arguments->run.draw && command->learns)
        return error_set(error, EXIT_USED_WRONGLY,
                         "--draw shows how a picture is painted; tracer %s has nothing to do there", command->name);
    return right_count(arguments, error);
}

bool paged_always(const Arguments *arguments)
{
    (void)arguments;
    return true;
}

bool color_wanted(const Arguments *arguments)
{
    const char *no_color = getenv("NO_COLOR");
    if (arguments->color != COLOR_AUTO)
        return arguments->color == COLOR_ALWAYS;
    return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}
