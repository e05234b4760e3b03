/* Subcommands: each is one const struct in one file and one line in the list. Help, man page
 * and completion are made from them, so nothing is told twice. */
#ifndef TRACER_COMMANDS_COMMAND_H
#define TRACER_COMMANDS_COMMAND_H

#include "tracer/session.h"

#include <stdbool.h>

/* An option of a command. */
typedef struct {
    const char *name;      /* "--depth" or "-n" */
    const char *value;     /* "N": it takes a value; NULL: it does not */
    const char *meaning;
} Option;

enum { MOST_OPTIONS = 20, MOST_WORDS = 80 };
typedef enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } Color;

typedef struct Command Command;

/* The command line, taken apart. */
typedef struct {
    const Command *command;
    RunOptions run;
    int digits;                          /* --digits, DEFAULT_DIGITS without */
    bool digits_given;
    Color color;
    const char *values[MOST_OPTIONS];    /* of command->options; "" for a flag that is there; NULL */
    const char *words[MOST_WORDS];
    int word_count;
} Arguments;

struct Command {
    const char *name;
    const char *words;            /* "'NAME[r,c]' DELTA", as the usage shows them */
    const char *summary;          /* one line */
    const char *details;          /* paragraphs, ended by newlines */
    const char *example;          /* what may follow "tracer " */
    int least_words, most_words;
    bool without_run;             /* it takes no options that choose a run */
    bool words_only;              /* whatever stands behind it is a word, "--model tiny" too */
    Option options[MOST_OPTIONS]; /* ended by a name that is NULL */
    /* Returns the exit code; what went wrong goes into *error, which main prints. */
    int (*run)(const Arguments *arguments, Error *error);
};

extern const Command *const COMMANDS[];
extern const int COMMAND_COUNT;
const Command *command_find(const char *name);

/* Options that every command takes, and those that choose the run. */
extern const Option GLOBAL_OPTIONS[], RUN_OPTIONS[];

/* The value of an option of the command, "" for a flag that is there, NULL if it is not. */
const char *option_of(const Arguments *arguments, const char *name);

/* A whole number given with an option; `otherwise` if it is not there. False and *error if it
 * is no number from least to most. */
bool option_number(const Arguments *arguments, const char *name, long least, long most, long otherwise, long *number,
                   Error *error);

/* Takes a command line apart. The words after the program's name; a `{"step"}` command if none is named. */
bool arguments_parse(int count, char **words, Arguments *arguments, Error *error);

/* True if colours may be used on standard output: a terminal, no NO_COLOR, not --color never. */
bool color_wanted(const Arguments *arguments);

#endif
