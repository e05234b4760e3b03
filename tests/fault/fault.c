/* Runs a command of tracer again and again, each time with another call of the C library failing
 * (inject.c), and looks at what is left.
 *
 *   fault TRACER FIXTURE MOST MODE -- WORDS...
 *     TRACER    linked with inject.c
 *     FIXTURE   folder whose files every run finds in its working folder
 *     MOST      failures of each kind that are tried, spread evenly; 0: every one
 *     MODE      command: exit code 3 and one line, or the undisturbed output, code and files
 *               told: an interactive command, which may also tell and go on
 *               terminal: as told, in a terminal of its own, which must be as it was before
 *   FAULT_INPUT in the environment is what the command reads from standard input or gets typed;
 *   FAULT_KINDS, if set, names the only kinds that are tried.
 *
 * In every mode: no crash, no other exit code, each file the old or the new one, nothing left behind. */
#include "tree.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

typedef enum { COMMAND, TOLD, TERMINAL } Mode;
enum { MOST_BYTES = 1 << 22, SECONDS = 60 };
static const char *const KINDS[] = {"memory", "files", "jansson"};

typedef struct {
    const char *tracer, *fixture;
    char **words;
    Mode mode;
    int most;
    char folder[64], work[80], out[80], err[80], in[80], log[80];
} Case;

/* What a run left. */
typedef struct {
    int status;
    char *out;
    size_t length;
    char err[2000];
    bool restored;
    Tree tree;
} Result;

static void read_whole(const char *path, char *bytes, size_t most, size_t *length)
{
    FILE *file = fopen(path, "rb");
    *length = file ? fread(bytes, 1, most - 1, file) : 0;
    bytes[*length] = '\0';
    if (file)
        fclose(file);
}

static _Noreturn void become(const Case *of, const char *kind, long at, bool sticky)
{
    char number[24];
    snprintf(number, sizeof number, "%ld", at);
    setenv("FAULT_LOG", of->log, 1);
    if (at) {
        setenv("FAULT_KIND", kind, 1);
        setenv("FAULT_AT", number, 1);
    }
    if (sticky)
        setenv("FAULT_STICKY", "1", 1);
    int err = open(of->err, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(err, STDERR_FILENO);
    if (of->mode != TERMINAL) {
        dup2(open(of->in, O_RDONLY), STDIN_FILENO);
        dup2(open(of->out, O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    }
    for (int descriptor = 3; descriptor < 20; descriptor++)
        close(descriptor);
    alarm(SECONDS);
    if (chdir(of->work) == 0)
        execv(of->tracer, of->words);
    _exit(96);
}

/* A terminal of 80 x 24: types the input, reads until the other side is closed. */
static void in_a_terminal(const Case *of, const char *kind, long at, bool sticky, Result *result)
{
    int master, slave;
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    struct termios before, after;
    if (openpty(&master, &slave, NULL, NULL, &size) != 0 || tcgetattr(slave, &before) != 0)
        exit(1);
    const char *keys = getenv("FAULT_INPUT");
    pid_t child = fork();
    if (child == 0) {
        login_tty(slave);
        become(of, kind, at, sticky);
    }
    if (write(master, keys, strlen(keys)) < 0)
        exit(1);
    fcntl(master, F_SETFL, O_NONBLOCK);
    for (bool ended = false;;) {
        ssize_t count = read(master, result->out + result->length, MOST_BYTES - 1 - result->length);
        if (count > 0)
            result->length += (size_t)count;
        else if (ended)
            break;
        else if (!(ended = waitpid(child, &result->status, WNOHANG) == child))
            usleep(500);
    }
    result->out[result->length] = '\0';
    tcgetattr(slave, &after);
    char *entered = strstr(result->out, "\033[?1049h");
    result->restored = before.c_lflag == after.c_lflag && before.c_iflag == after.c_iflag && before.c_oflag == after.c_oflag && (!entered || strstr(entered, "\033[?1049l"));
    close(slave);
    close(master);
}

static void run(const Case *of, const char *kind, long at, bool sticky, Result *result)
{
    size_t length;
    tree_empty(of->work);
    tree_copy(of->fixture, of->work);
    unlink(of->log);
    result->length = 0;
    result->restored = true;
    if (of->mode == TERMINAL) {
        in_a_terminal(of, kind, at, sticky, result);
    } else {
        pid_t child = fork();
        if (child == 0)
            become(of, kind, at, sticky);
        waitpid(child, &result->status, 0);
        read_whole(of->out, result->out, MOST_BYTES, &result->length);
    }
    read_whole(of->err, result->err, sizeof result->err, &length);
    tree_read(of->work, &result->tree);
}

static long calls_of(const Case *of, const char *kind)
{
    char log[1000], *line;
    size_t length;
    read_whole(of->log, log, sizeof log, &length);
    line = strstr(log, kind);
    return line ? atol(line + strlen(kind)) : -1;
}

static bool is_one_line(const char *text)
{
    const char *end = strchr(text, '\n');
    return end && end[1] == '\0' && strncmp(text, "tracer: ", 8) == 0 && !(text[8] >= 'A' && text[8] <= 'Z');
}

/* NULL if all is well. */
static const char *complaint(const Case *of, const char *kind, const Result *found, const Result *clean, const Tree *old, char what[PATH_LENGTH + 40])
{
    int code = WIFEXITED(found->status) ? WEXITSTATUS(found->status) : -1;
    if (code < 0)
        return WTERMSIG(found->status) == SIGALRM ? "it hangs" : "it ends by a signal";
    if (!found->restored)
        return "the terminal is not as it was";
    if (!tree_is_between(&found->tree, old, &clean->tree, what))
        return what;
    bool jansson = strcmp(kind, "jansson") == 0; /* does not tell bad JSON from a lack of memory */
    if (code == 3 || (code == 2 && jansson))
        return is_one_line(found->err) ? NULL : "not one line on standard error";
    if (code != WEXITSTATUS(clean->status))
        return "a wrong exit code";
    if (of->mode != COMMAND)
        return NULL;
    if (strcmp(found->err, clean->err) != 0)
        return "it complains and goes on";
    if (found->length != clean->length || memcmp(found->out, clean->out, clean->length) != 0)
        return "a silent loss: other output, no error";
    return tree_equals(&found->tree, &clean->tree) ? NULL : "a silent loss: no file, no error";
}

static bool try_one(const Case *of, const char *kind, long at, bool sticky, const Result *clean, const Tree *old, Result *found)
{
    char what[PATH_LENGTH + 40], log[1000];
    size_t length;
    run(of, kind, at, sticky, found);
    const char *wrong = complaint(of, kind, found, clean, old, what);
    if (!wrong)
        return true;
    read_whole(of->log, log, sizeof log, &length);
    char *failed = strstr(log, "failed ");
    found->err[strcspn(found->err, "\n")] = '\0';
    printf("# %s %ld%s, %.*s: %s; status 0x%x; %.300s\n", kind, at, sticky ? " and all behind it" : "",
           failed ? (int)strcspn(failed, "\n") : 0, failed ? failed : "", wrong, (unsigned)found->status, found->err);
    return false;
}

static bool try_kind(const Case *of, const char *kind, long calls, const Result *clean, const Tree *old, Result *found)
{
    int tried = 0, bad = 0;
    for (int sticky = 0; sticky < 2; sticky++) {
        long most = of->most && of->most < calls ? of->most : calls;
        for (long i = 0; i < most; i++, tried++)
            bad += !try_one(of, kind, most > 1 ? 1 + i * (calls - 1) / (most - 1) : 1, sticky, clean, old, found);
    }
    printf("%s fault:", bad ? "not ok" : "ok");
    for (char **word = of->words + 1; *word; word++)
        printf(" %s", *word);
    printf(": %d of %ld failures of %s%s\n", tried, 2 * calls, kind, of->mode == TERMINAL ? ", in a terminal" : "");
    fflush(stdout);
    return bad == 0;
}

static void places(Case *of)
{
    strcpy(of->folder, "/tmp/tracer-fault-XXXXXX");
    if (!mkdtemp(of->folder))
        exit(1);
    sprintf(of->work, "%s/work", of->folder);
    sprintf(of->out, "%s/out", of->folder);
    sprintf(of->err, "%s/err", of->folder);
    sprintf(of->in, "%s/in", of->folder);
    sprintf(of->log, "%s/log", of->folder);
    FILE *in = fopen(of->in, "wb");
    const char *input = getenv("FAULT_INPUT");
    if (!in || mkdir(of->work, 0700) != 0 || (input && fputs(input, in) == EOF) || fclose(in) != 0)
        exit(1);
}

int main(int count, char **words)
{
    static const char *const modes[] = {"command", "told", "terminal"};
    static Result clean, found;
    static Tree old;
    Case of = {.tracer = words[1], .fixture = words[2], .most = atoi(words[3]), .words = words + 5};
    if (count < 7)
        return 2;
    for (int i = 0; i < 3; i++)
        if (strcmp(words[4], modes[i]) == 0)
            of.mode = (Mode)i;
    words[5] = words[1]; /* "--" becomes the program's name */
    clean.out = malloc(MOST_BYTES);
    found.out = malloc(MOST_BYTES);
    places(&of);
    tree_copy(of.fixture, of.work);
    tree_read(of.work, &old);
    run(&of, "", 0, false, &clean);
    bool good = WIFEXITED(clean.status) && WEXITSTATUS(clean.status) < 2 && clean.restored && calls_of(&of, "memory") > 0;
    if (!good)
        printf("not ok fault: undisturbed, %s: status 0x%x; %s\n", of.words[1], (unsigned)clean.status, clean.err);
    const char *only = getenv("FAULT_KINDS");
    long calls[3];
    for (int kind = 0; kind < 3; kind++)
        calls[kind] = calls_of(&of, KINDS[kind]);
    bool whole = good;
    for (int kind = 0; good && kind < 3; kind++)
        if (calls[kind] > 0 && (!only || strstr(only, KINDS[kind])))
            whole = try_kind(&of, KINDS[kind], calls[kind], &clean, &old, &found) && whole;
    tree_empty(of.folder);
    rmdir(of.folder);
    return !whole;
}
