/* What holds a student's program back: each limit is asked of the program itself, which is started as a student's
 * is. What only some kernels give is expected where it was said to be in force. */
#include "support.h"

#include "tracer/exercise/confined.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

typedef struct {
    Ran ran;
    Error error;
    bool whole;
} Tried;

static Tried try_script(const char *script)
{
    char path[PATH_SIZE];
    Confined confined;
    Text input = {0}, text = {0};
    Tried tried = {0};
    text_add(&text, "#!/bin/bash\n%s\n", script);
    text_add(&input, "a line\n");
    temporary_file(path, text.data, text.length);
    if (confined_open(&confined, path, &tried.error)) {
        tried.whole = confined_run(&confined, &input, &tried.ran, &tried.error);
        confined_close(&confined);
        EXPECT(access(confined.program, F_OK) != 0, "the copy of the program is still there");
    }
    unlink(path);
    text_free(&text);
    text_free(&input);
    return tried;
}

static const struct {
    const char *what, *script, *prints;
    unsigned force; /* that it needs; 0: always */
} CASES[] = {
    {"its input", "read line; echo \"$line\"", "a line\n", 0},
    {"open files", "ulimit -Hn; ulimit -Sn", "64\n64\n", 0},
    {"the size of a file", "ulimit -Hf", "1024\n", 0},
    {"memory", "ulimit -Hv", "1048576\n", 0},
    {"seconds of computing", "ulimit -Ht", "6\n", 0},
    {"no core", "ulimit -Hc", "0\n", 0},
    {"no rights to gain", "while read a b; do [ $a = NoNewPrivs: ] && echo $b; done </proc/self/status", "1\n", 0},
    {"the environment", "export -n _ OLDPWD PWD SHLVL; env | cut -d= -f1 | grep -v _$ | sort | tr '\\n' ' '", "HOME LC_ALL PATH TMPDIR ", 0},
    {"an empty folder", "ls -A; pwd | grep -c tracer-program", "1\n", 0},
    {"no open descriptors", "ls /proc/$$/fd | tr '\\n' ' ' | cut -c1-6", "0 1 2 \n", 0},
    {"no socket by path", "perl -MSocket -e 'print socket(my $s, PF_UNIX, SOCK_STREAM, 0) ? \"open\" : \"shut\"'", "shut", FORCE_FILTER},
    {"no datagrams by path", "perl -MSocket -e 'print socketpair(my $s, my $t, PF_UNIX, SOCK_DGRAM, 0) ? \"open\" : \"shut\"'", "shut", FORCE_FILTER},
    {"no network", "perl -MSocket -e 'print socket(my $s, PF_INET, SOCK_STREAM, 0) ? \"open\" : \"shut\"'", "shut", FORCE_FILTER},
    {"a pair of its own", "perl -MSocket -e 'print socketpair(my $s, my $t, PF_UNIX, SOCK_STREAM, 0) ? \"open\" : \"shut\"'", "open", 0},
    {"no other processes", "[ $(ls /proc | grep -c '^[0-9]') -lt 8 ] && echo alone", "alone\n", FORCE_APART},
    {"files cannot be written", "echo x 2>&- >/tmp/tracer-escaped && echo written || echo shut", "shut\n", FORCE_FILES},
    {"its own can", "echo x >here && cat here", "x\n", 0},
};

static void case_holds(void **state)
{
    size_t i = *(const size_t *)*state;
    Tried tried = try_script(CASES[i].script);
    EXPECT(tried.whole, "%s", tried.error.text);
    EXPECT(tried.ran.force & FORCE_LIMITS, "nothing is said to be in force");
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0) /* a kernel that has filters */
        EXPECT(tried.ran.force & FORCE_FILTER, "there is no filter");
    if ((tried.ran.force & CASES[i].force) == CASES[i].force)
        EXPECT(strcmp(text_piece(&tried.ran.output, &tried.ran.output), CASES[i].prints) == 0, "it printed \"%s\"", tried.ran.output.data);
    ran_free(&tried.ran);
}

/* How it ended, and what it complained of, in the error. */
static const struct {
    const char *script, *says;
} ENDS[] = {
    {"exit 9", "its exit code is 9"},
    {"exit 254", "its exit code is 254"},
    {"exit 137", "its exit code is 137"},
    {"kill -SEGV $$", "signal 11 ended it"},
    {"echo first >&2; echo 'ValueError: last' >&2; exit 1", "exit code is 1; it complained \"ValueError: last\""},
    {"yes", "printed more than 1048576 bytes"},
};

static void ends_are_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ENDS / sizeof *ENDS; i++) {
        Tried tried = try_script(ENDS[i].script);
        EXPECT(!tried.whole, "\"%s\" passes", ENDS[i].script);
        expect_error(&tried.error, EXIT_USED_WRONGLY, ENDS[i].says);
        ran_free(&tried.ran);
    }
}

/* What is in force is told whole: what is there, and what is not. */
static void force_is_said(void **state)
{
    (void)state;
    Text all = {0}, limits = {0};
    force_say(FORCE_LIMITS | FORCE_FILTER | FORCE_APART | FORCE_FILES, &all);
    force_say(FORCE_LIMITS, &limits);
    EXPECT(!strstr(all.data, "but here") && strstr(all.data, "no sockets") && strstr(all.data, "read-only"), "%s", all.data);
    EXPECT(strstr(limits.data, "but here the network") && strstr(limits.data, "other processes of the account"), "%s", limits.data);
    text_free(&all);
    text_free(&limits);
    EXPECT(!confined_inside(), "the tests run inside of a student's program");
}

int test_confined(void)
{
    static size_t numbers[sizeof CASES / sizeof *CASES];
    TestList list = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        numbers[i] = i;
        tests_add(&list, case_holds, &numbers[i], "%s", CASES[i].what);
    }
    tests_add(&list, ends_are_told, NULL, "how it ended is told");
    tests_add(&list, force_is_said, NULL, "what is in force is said");
    return tests_run(&list, "confined");
}
