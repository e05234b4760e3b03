/* tracer help: commands, one command, the model file; man page and completion from the same lists. */
#include "help.h"

#include "tracer/base/nearest.h"
#include "tracer/base/print.h"
#include "tracer/session/model_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void print_options(const char *title, const Option *options)
{
    if (!options->name)
        return;
    print("\n%s\n", title);
    for (; options->name; options++) {
        char both[80];
        snprintf(both, sizeof both, "%s %s", options->name, options->value ? options->value : "");
        print("  %-26s %s\n", both, options->meaning);
    }
}

void help_overview(void)
{
    print_lines("tracer: one training step of a tiny transformer, every number explained\n\n"
                "usage: tracer [OPTIONS] [COMMAND] ...        without a command: step\n\ncommands\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        print("  %-10s %s\n", COMMANDS[i]->name, COMMANDS[i]->summary);
    print_options("options that choose the run", RUN_OPTIONS);
    print_options("options of every command", GLOBAL_OPTIONS);
    print_lines("\ntracer help COMMAND tells more; tracer help model-file lists the keys of a model file.\n"
                "exit codes: 0 done, 1 a check said no, 2 used wrongly, 3 could not read or write\n");
}

void help_command(const Command *command)
{
    print("usage: tracer %s%s%s\n\n%s\n", command->name, *command->words ? " " : "", command->words, command->summary);
    if (*command->details)
        print_lines("\n"), print_lines(command->details);
    print_options("options", command->options);
    if (!command->without_run)
        print_options("options that choose the run", RUN_OPTIONS);
    print_options("options of every command", GLOBAL_OPTIONS);
    print("\nexample\n  tracer %s\n", command->example);
}

static void key_type(const ModelKey *key, char *out, size_t size)
{
    static const char *const types[] = {"text", "true|false", "integer", "number", "", "list of text"};
    size_t used = (size_t)snprintf(out, size, "%s", types[key->type]);
    for (int i = 0; key->choices && key->choices[i]; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", i ? "|" : "", key->choices[i]);
}

static void print_key(const char *name, const char *meaning, const char *type)
{
    print("  %-22s %s\n  %-22s   %s\n", name, meaning, "", type);
}

static bool has_field(const System *system, const char *name)
{
    for (const FieldKey *field = system->fields; field && field->key; field++)
        if (strcmp(field->key, name) == 0)
            return true;
    return false;
}

/* Examples as they can be written down, or come from a file. */
static void print_data(const System *system)
{
    static const char *const types[] = {"list of numbers", "integer", "text", "text, or list of ids"};
    if (has_field(system, "x") && has_field(system, "label")) {
        print_key("data.csv", "a table of numbers with a header, in a file of its own, in place of examples", "text");
        print_key("data.label", "its column that is the class; absent: label", "text");
    }
    if (has_field(system, "x_0") || has_field(system, "x"))
        print_key("data.pictures",
                  "a folder of PNGs of one size, or of such folders, a class each, in place of examples", "text");
    print_lines("\nAn example is an object with some of these fields:\n\n");
    for (const FieldKey *field = system->fields; field && field->key; field++)
        print_key(field->key, field->meaning, types[field->type]);
}

static void print_keys(const System *system)
{
    const ModelKey *key;
    if (!system->flat)
        print_key("system", "what the model is", system->name);
    for (int i = 0; (key = model_key(system, i)); i++) {
        char type[120], name[60];
        key_type(key, type, sizeof type);
        snprintf(name, sizeof name, "%s%s%s", key->group, *key->group ? "." : "", key->key);
        print_key(name, key->meaning, type);
    }
    if (system->fields)
        print_key("data.examples", "what it learns from", "list of examples");
    if (system->fields)
        print_data(system);
}

static int help_system(const System *system, Error *error)
{
    Model model;
    Text defaults = {0};
    if (!model_defaults(&model, system, error))
        return error->code;
    print("A model file is a JSON object. Every key may be absent; these are all%s%s%s:\n\n",
          system->flat ? "" : " of the system \"", system->flat ? "" : system->name, system->flat ? "" : "\"");
    print_keys(system);
    bool whole = model_finish(&model, error);
    if (whole) {
        model_file_text(&model, 0, true, &defaults);
        text_add(&defaults, "\n");
        print("\nThe defaults, with what is derived from them:\n\n");
        whole = print_text(&defaults, error);
    }
    print_lines("\nSystems, each with keys of its own; \"system\": NAME chooses one,\n"
                "tracer help model-file NAME lists its keys:\n\n");
    for (int i = 0; i < SYSTEM_COUNT; i++)
        print("  %-22s %s%s\n", SYSTEMS[i]->name, SYSTEMS[i]->good_for,
              SYSTEMS[i]->flat ? " (where none is named)" : "");
    text_free(&defaults);
    model_free(&model);
    return whole ? EXIT_DONE : error->code;
}

/* name: of a system; NULL: the one of a model file that names none. */
static int help_model_file(const char *name, Error *error)
{
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    const System *system = name ? system_find(name) : PRESETS[0].system;
    if (system)
        return help_system(system, error);
    for (int i = 0; i < SYSTEM_COUNT; i++)
        nearest_offer(&nearest, name, SYSTEMS[i]->name);
    error_set(error, EXIT_USED_WRONGLY, "no system is called \"%.60s\"; %s", name,
              nearest_text(&nearest, answer, "tracer help model-file lists them"));
    return error->code;
}

static void man_options(const char *title, const Option *options)
{
    if (options->name)
        print(".SS %s\n", title);
    for (; options->name; options++)
        print(".TP\n.B %s\n%s%s%s\n", options->name, options->value ? options->value : "", options->value ? ": " : "",
              options->meaning);
}

/* Prints text for the manual: a backslash and a leading dot mean something else there. */
static void man_text(const char *text)
{
    Text out = {0};
    for (bool start = true; *text; start = *text++ == '\n') {
        if (start && (*text == '.' || *text == '\''))
            text_add(&out, "\\&");
        if (*text == '\\')
            text_add(&out, "\\e");
        else
            text_put(&out, text, 1);
    }
    print_lines(text_piece(&out, &out));
    text_free(&out);
}

static int help_man(const char *word, Error *error)
{
    (void)word, (void)error;
    print_lines(".TH TRACER 1 \"\" \"tracer " TRACER_VERSION "\" \"User commands\"\n.SH NAME\n"
                "tracer \\- one training step of a tiny transformer, every number explained\n.SH SYNOPSIS\n"
                ".B tracer\n[OPTIONS] [COMMAND] ...\n.SH COMMANDS\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        print(".SS %s ", COMMANDS[i]->name);
        man_text(COMMANDS[i]->words);
        print("\n");
        man_text(COMMANDS[i]->summary);
        print(".\n.PP\n");
        man_text(COMMANDS[i]->details);
        man_options("", COMMANDS[i]->options + (COMMANDS[i]->options[0].name ? 0 : 0));
    }
    print_lines(".SH OPTIONS\n");
    man_options("Options that choose the run", RUN_OPTIONS);
    man_options("Options of every command", GLOBAL_OPTIONS);
    print_lines(".SH EXIT STATUS\n0 done, 1 a check said no, 2 used wrongly, 3 could not read or write.\n");
    return EXIT_DONE;
}

static int help_completion(const char *word, Error *error)
{
    (void)word, (void)error;
    print_lines("# bash completion for tracer; zsh: autoload -U bashcompinit; bashcompinit\n_tracer() {\n"
                "    local word=${COMP_WORDS[COMP_CWORD]} command= i\n"
                "    for ((i = 1; i < COMP_CWORD; i++)); do case ${COMP_WORDS[i]} in -*) ;; *) "
                "command=${COMP_WORDS[i]}; break ;; esac; done\n"
                "    local options=\"\n");
    for (const Option *option = RUN_OPTIONS; option->name; option++)
        print("%s ", option->name);
    for (const Option *option = GLOBAL_OPTIONS; option->name; option++)
        print("%s ", option->name);
    print("\"\n    case $command in\n    '') options=\"$options");
    for (int i = 0; i < COMMAND_COUNT; i++)
        print(" %s", COMMANDS[i]->name);
    print_lines("\" ;;\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        print("    %s) options=\"$options", COMMANDS[i]->name);
        for (int j = 0; j < MOST_OPTIONS && COMMANDS[i]->options[j].name; j++)
            print(" %s", COMMANDS[i]->options[j].name);
        print_lines("\" ;;\n");
    }
    print_lines("    esac\n    COMPREPLY=($(compgen -W \"$options\" -- \"$word\") $(compgen -f -- \"$word\"))\n}\n"
                "complete -o filenames -F _tracer tracer\n");
    return EXIT_DONE;
}

static const struct {
    const char *name;
    bool takes_word;       /* behind its name */
    int (*print)(const char *word, Error *error);
} TOPICS[] = {{"model-file", true, help_model_file}, {"man", false, help_man}, {"completion", false, help_completion}};
enum { TOPIC_COUNT = sizeof TOPICS / sizeof *TOPICS };

static int run(const Arguments *arguments, Error *error)
{
    if (arguments->word_count == 0) {
        help_overview();
        return EXIT_DONE;
    }
    const char *topic = arguments->words[0], *word = arguments->word_count > 1 ? arguments->words[1] : NULL;
    const Command *command = command_find(topic);
    if (command && !word) {
        help_command(command);
        return EXIT_DONE;
    }
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    bool too_much = command != NULL;
    for (int i = 0; i < TOPIC_COUNT; i++) {
        if (strcmp(TOPICS[i].name, topic) == 0 && (!word || TOPICS[i].takes_word))
            return TOPICS[i].print(word, error);
        too_much |= strcmp(TOPICS[i].name, topic) == 0;
        nearest_offer(&nearest, topic, TOPICS[i].name);
    }
    for (int i = 0; i < COMMAND_COUNT; i++)
        nearest_offer(&nearest, topic, COMMANDS[i]->name);
    if (too_much)
        error_set(error, EXIT_USED_WRONGLY, "\"%.60s\" is too much: tracer help %s", word, topic);
    else
        error_set(error, EXIT_USED_WRONGLY, "no help on \"%.60s\"; %s", topic,
                  nearest_text(&nearest, answer, "tracer help lists the commands"));
    return error->code;
}

const Command HELP_COMMAND = {
    .name = "help", .words = "[COMMAND|model-file [SYSTEM]|man|completion]",
    .summary = "this list, or more about one command",
    .details = "model-file lists the keys of a model file, with the name of a system those of that; man prints the\n"
               "manual page, completion a script for the shell.\n",
    .example = "help why", .most_words = 2, .without_run = true, .paged = paged_always, .run = run,
};
