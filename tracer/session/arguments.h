/* A command line, taken apart by what its command takes. The options that choose the run are the same
 * for every command, and for a run that is named in an article or behind --against. */
#ifndef TRACER_SESSION_ARGUMENTS_H
#define TRACER_SESSION_ARGUMENTS_H

#include "session.h"

#include <stdbool.h>

/* An option of a command. */
typedef struct {
    const char *name;      /* "--depth" or "-n" */
    const char *value;     /* "N": it takes a value; NULL: it does not */
    const char *meaning;
    bool repeats;          /* it may be given several times */
} Option;

enum { MOST_OPTIONS = 32, MOST_WORDS = 8192, MOST_REPEATED = 64 };
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
    const char *repeated[MOST_REPEATED]; /* the values of the option that repeats */
    int repeated_count;
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
    bool learns;                  /* it is about training, or writes by itself: --write is not for it */
    bool words_only;              /* whatever stands behind it is a word, "--model tiny" too */
    /* Whether the answer is text to be read page by page; NULL: never. */
    bool (*paged)(const Arguments *arguments);
    Option options[MOST_OPTIONS]; /* ended by a name that is NULL */
    /* Returns the exit code; what went wrong goes into *error, which main prints. */
    int (*run)(const Arguments *arguments, Error *error);
};

/* Options that every command takes, and those that choose the run. */
extern const Option GLOBAL_OPTIONS[], RUN_OPTIONS[];

/* The value of an option of the command, "" for a flag that is there, NULL if it is not. */
const char *option_of(const Arguments *arguments, const char *name);

/* A whole number given with an option; `otherwise` if it is not there. False and *error if it
 * is no number from least to most. */
bool option_number(const Arguments *arguments, const char *name, long least, long most, long otherwise, long *number,
                   Error *error);

/* Where the name of the command stands: the first word that is neither an option nor the value of one; -1. */
int command_word(int count, char **words);

/* Takes the words behind the program's name apart as `command` wants them; its name is words[command_at], or
 * it is not named where that is -1. */
bool arguments_take(const Command *command, int command_at, int count, char **words, Arguments *arguments,
                    Error *error);

/* For Command.paged: whatever the arguments are. */
bool paged_always(const Arguments *arguments);

/* True if colours may be used on standard output: a terminal, no NO_COLOR, not --color never. */
bool color_wanted(const Arguments *arguments);

#endif
