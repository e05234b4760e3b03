/* What the tests share; see support.h. Explained cells are in explained.c. */
#include "support.h"

#include "tracer/session/safetensors.h"

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define REFERENCES "golden/reference"
enum { LEAST_REFERENCES = 48 };

void fail_test(const char *file, int line, const char *format, ...)
{
    char text[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    print_error("%s\n", text);
    _fail(file, line);
    abort(); /* _fail leaves through longjmp */
}

void tests_add(TestList *list, CMUnitTestFunction test, const void *item, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char name[200];
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    struct CMUnitTest *moved = realloc(list->tests, (list->count + 1) * sizeof *moved);
    if (!moved)
        abort();
    list->tests = moved;
    list->tests[list->count++] =
        (struct CMUnitTest){.name = strdup(name), .test_func = test, .initial_state = (void *)item};
}

/* A folder without a model file is another program's model. */
static int is_directory_name(const struct dirent *entry)
{
    char model[400];
    snprintf(model, sizeof model, REFERENCES "/%s/model.json", entry->d_name);
    return entry->d_name[0] != '.' && !strchr(entry->d_name, '.') && access(model, F_OK) == 0;
}

static void too_few_references(void **state)
{
    (void)state;
    fail_test(__FILE__, __LINE__, "%s has fewer than %d models", REFERENCES, LEAST_REFERENCES);
}

/* The directory is a part of the test's name, behind the last blank. */
void tests_add_references(TestList *list, CMUnitTestFunction test, const char *what)
{
    struct dirent **entries = NULL;
    int count = scandir(REFERENCES, &entries, is_directory_name, alphasort);
    if (count < LEAST_REFERENCES)
        tests_add(list, too_few_references, NULL, "%s: all models are there", what);
    for (int i = 0; i < count; i++) {
        tests_add(list, test, NULL, "%s: %s/%s", what, REFERENCES, entries[i]->d_name);
        struct CMUnitTest *last = &list->tests[list->count - 1];
        last->initial_state = (void *)(strrchr(last->name, ' ') + 1);
        free(entries[i]);
    }
    free(entries);
}

int small_presets(void)
{
    int count = 0;
    while (count < PRESET_COUNT && !PRESETS[count].whole_training)
        count++;
    return count;
}

void tests_add_models(TestList *list, CMUnitTestFunction test, const char *what)
{
    for (int i = 0; i < small_presets(); i++)
        if (!PRESETS[i].system->without_loss)
            tests_add(list, test, PRESETS[i].name, "%s: %s", what, PRESETS[i].name);
    tests_add_references(list, test, what);
}

static void no_test(void **state)
{
    (void)state;
    fail_test(__FILE__, __LINE__, "a group without tests");
}

int tests_run(TestList *list, const char *group)
{
    if (list->count == 0)
        tests_add(list, no_test, NULL, "%s has tests", group);
    int failed = _cmocka_run_group_tests(group, list->tests, list->count, NULL, NULL);
    for (size_t i = 0; i < list->count; i++)
        free((char *)list->tests[i].name);
    free(list->tests);
    *list = (TestList){0};
    return failed;
}

void open_model(Session *session, const char *name, const char *mistake, int training_step)
{
    char model[256], weights[256];
    RunOptions options = {.model = name, .mistake = mistake, .step = training_step};
    if (strchr(name, '/') && !strstr(name, ".json")) { /* a folder of reference numbers */
        snprintf(model, sizeof model, "%s/model.json", name);
        snprintf(weights, sizeof weights, "%s/weights.safetensors", name);
        options.model = model;
        options.weights = weights;
    }
    Error error = {0};
    EXPECT(session_open(session, &options, &error), "%s: %s", name, error.text);
    session->options = (RunOptions){0};
}

const char *preset_for(const Mistake *mistake)
{
    for (int i = 0; i < PRESET_COUNT; i++) {
        const System *system = PRESETS[i].system;
        if (mistake >= system->mistakes && mistake < system->mistakes + system->mistake_count)
            return PRESETS[i].name;
    }
    /* Of the rules those that a text knows nothing of. */
    static const char *const tables[] = {"waves.", "cross.", "yes_or_no."};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        if (strncmp(mistake->id, tables[i], strlen(tables[i])) == 0)
            return "customers";
    return "tiny";
}

int value_called(const Session *session, const char *name)
{
    int id = name_find(&session->names, name);
    EXPECT(id >= 0, "no value \"%s\" on the tape", name);
    return id;
}

bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

bool is_close(double a, double b, double tolerance)
{
    return a == b || fabs(a - b) <= tolerance;
}

void expect_error(const Error *error, int code, const char *what)
{
    EXPECT(error->code == code, "error code %d instead of %d: %s", error->code, code, error->text);
    EXPECT(strstr(error->text, what), "the error does not say \"%s\": %s", what, error->text);
    EXPECT(!strpbrk(error->text, "\n\r\t\033"), "the error is not one line: %s", error->text);
}

void temporary_file(char path[PATH_SIZE], const void *bytes, size_t size)
{
    snprintf(path, PATH_SIZE, "/tmp/tracer-test-XXXXXX");
    int descriptor = mkstemp(path);
    EXPECT(descriptor >= 0, "no temporary file");
    ssize_t written = write(descriptor, bytes, size);
    close(descriptor);
    EXPECT(written == (ssize_t)size, "%s could not be written", path);
}

void expect_abort(void (*bug)(void), const char *says)
{
    int ends[2], status;
    EXPECT(pipe(ends) == 0, "no pipe");
    fflush(stdout);
    pid_t child = fork();
    EXPECT(child >= 0, "no process");
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        bug();
        _exit(0);
    }
    close(ends[1]);
    char text[1000];
    size_t length = 0;
    for (ssize_t got; (got = read(ends[0], text + length, sizeof text - 1 - length)) > 0;)
        length += (size_t)got;
    text[length] = '\0';
    close(ends[0]);
    waitpid(child, &status, 0);
    EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "it went on");
    EXPECT(strstr(text, says) && strstr(text, "bug at "), "it does not say \"%s\": %s", says, text);
}
