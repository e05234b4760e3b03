/* tracer: one training step of a tiny transformer, every number explained. */
#include "tracer/base/files.h"
#include "tracer/base/pager.h"
#include "tracer/base/print.h"
#include "tracer/commands/command.h"
#include "tracer/commands/help.h"
#include "tracer/exercise/confined.h"

#include <locale.h>
#include <signal.h>
#include <string.h>

/* --help and --version win over everything else on the command line. */
static const char *asked_for(int count, char **words)
{
    for (int i = 0; i < count && strcmp(words[i], "--") != 0; i++)
        if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0 || strcmp(words[i], "--version") == 0)
            return words[i];
    return NULL;
}

/* What the terminal is asked before a pager stands between. */
static void page(Arguments *arguments, Pager *pager)
{
    if (!arguments->command->paged || !arguments->command->paged(arguments))
        return;
    Color color = color_wanted(arguments) ? COLOR_ALWAYS : COLOR_NEVER;
    *pager = pager_start();
    if (pager->process)
        arguments->color = color;
}

static int run(int count, char **words, Pager *pager, Error *error)
{
    /* A student's program that looks the answer up: nothing of tracer is for it. */
    if (confined_inside()) {
        error_set(error, EXIT_USED_WRONGLY, "tracer does not run inside a student's program");
        return error->code;
    }
    const char *asked = asked_for(count, words);
    if (asked && strcmp(asked, "--version") == 0) {
        print_lines("tracer " TRACER_VERSION);
        return EXIT_DONE;
    }
    if (asked) {
        *pager = pager_start();
        const Command *command = words[0][0] != '-' ? command_find(words[0]) : NULL;
        command ? help_command(command) : help_overview();
        return EXIT_DONE;
    }
    Arguments arguments;
    if (!arguments_parse(count, words, &arguments, error))
        return error->code;
    page(&arguments, pager);
    return arguments.command->run(&arguments, error);
}

int main(int count, char **words)
{
    Error error = {0};
    signal(SIGPIPE, SIG_IGN); /* a closed pipe and a full file are errors of write */
    signal(SIGXFSZ, SIG_IGN);
    if (!setlocale(LC_CTYPE, ""))
        setlocale(LC_CTYPE, "C.UTF-8");
    Pager pager = {0};
    int code = run(count - 1, words + 1, &pager, &error);
    if (!pager_finish(&pager))
        stdout_finish(&error);
    if (error.code == 0)
        return code;
    complain(error.text);
    return error.code;
}
