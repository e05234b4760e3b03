/* A pager behind standard output; see pager.h. */
#include "pager.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *chosen(void)
{
    const char *own = getenv("TRACER_PAGER"), *everybody = getenv("PAGER");
    return own ? own : everybody ? everybody : "less";
}

/* In the child: what is on no machine must not swallow the answer. */
static _Noreturn void become(const char *command, int input)
{
    dup2(input, STDIN_FILENO);
    close(input);
    setenv("LESS", "FRX", 0);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    if (strcmp(command, "less") != 0)
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    execlp("less", "less", (char *)NULL);
    execlp("more", "more", (char *)NULL);
    execlp("cat", "cat", (char *)NULL);
    _exit(127);
}

static void tell_width(void)
{
    struct winsize size;
    char columns[16];
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return;
    snprintf(columns, sizeof columns, "%d", size.ws_col);
    setenv("COLUMNS", columns, 0);
}

Pager pager_start(void)
{
    Pager pager = {0};
    const char *command = chosen();
    int ends[2];
    if (!*command || strcmp(command, "cat") == 0 || !isatty(STDOUT_FILENO) || pipe(ends) != 0)
        return pager;
    tell_width();
    fflush(stdout);
    pager.process = fork();
    if (pager.process == 0) {
        close(ends[1]);
        become(command, ends[0]);
    }
    if (pager.process > 0) {
        /* ^C is the pager's: left alone on the terminal it would be in the shell's way. */
        signal(SIGINT, SIG_IGN);
        signal(SIGQUIT, SIG_IGN);
        dup2(ends[1], STDOUT_FILENO);
    }
    close(ends[0]);
    close(ends[1]);
    pager.process = pager.process > 0 ? pager.process : 0;
    return pager;
}

bool pager_finish(Pager *pager)
{
    if (!pager->process)
        return false;
    fclose(stdout);
    while (waitpid(pager->process, NULL, 0) < 0 && errno == EINTR)
        ;
    pager->process = 0;
    return true;
}
