/* tracer golden: files of expected numbers, checked, shown and accepted. */
#include "command.h"

#include "tiny_model/gradcheck.h"
#include "tracer/query/invariants.h"
#include "tracer/session/golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_ROOM = 100 };

/* Where the golden of a preset is kept. */
static const char *preset_file(int preset, char path[PATH_ROOM])
{
    snprintf(path, PATH_ROOM, "golden/%s.golden", PRESETS[preset].name);
    return path;
}

/* What one file says against the run that it names. */
static int check_file(const char *path, bool detailed, Error *error)
{
    Golden golden;
    GoldenReport report = {0};
    Session session;
    if (!golden_read(path, &golden, error))
        return error->code;
    RunOptions options = {.model = golden.model, .step = golden.step};
    bool open = session_open(&session, &options, error), as_expected = false;
    if (open && golden_compare(&golden, &session, &report, error)) {
        golden_print_report(path, &golden, &session.names, &report, detailed);
        as_expected = report.count == 0 && report.missing == 0;
        golden_report_free(&report);
    }
    if (open)
        session_close(&session);
    golden_free(&golden);
    return error->code ? error->code : as_expected ? EXIT_DONE : EXIT_CHECK_SAID_NO;
}

static int check(const Arguments *arguments, Error *error, bool detailed)
{
    if (arguments->word_count > 1)
        return check_file(arguments->words[1], detailed, error);
    /* Both are checked even if the first differs: the second may say why. */
    int worst = EXIT_DONE;
    char path[PATH_ROOM];
    for (int i = 0; i < PRESET_COUNT && error->code == 0; i++) {
        if (PRESETS[i].whole_training)
            continue; /* too much to be read; what they are made of is compared in small models */
        int code = check_file(preset_file(i, path), detailed, error);
        worst = code > worst ? code : worst;
    }
    return worst;
}

static int run_check(const Arguments *arguments, Error *error)
{
    return check(arguments, error, false);
}

static int run_diff(const Arguments *arguments, Error *error)
{
    return check(arguments, error, true);
}

static int run_show(const Arguments *arguments, Error *error)
{
    Golden golden;
    Session session;
    char usual[PATH_ROOM];
    const char *path = arguments->word_count > 1 ? arguments->words[1] : preset_file(0, usual);
    if (!golden_read(path, &golden, error))
        return error->code;
    RunOptions options = {.model = golden.model, .step = golden.step};
    if (session_open(&session, &options, error)) {
        golden_show(&golden, &session.names, arguments->digits);
        session_close(&session);
    }
    golden_free(&golden);
    return error->code;
}

static bool gradients_hold(const Session *session, Error *error)
{
    Run scratch;
    if (!run_clone(&scratch, &session->run, error))
        return false;
    for (int i = 0; i < session->run.parameters.count && error->code == 0; i++) {
        Gradcheck g;
        if (tape_value(&session->run.tape, i)->gradient < 0)
            continue; /* frozen, or nothing to go back from */
        if (gradcheck_value(&session->run, &scratch, i, EVERY, EVERY, &g, error) && !g.ok)
            error_set(error, EXIT_CHECK_SAID_NO,
                      "not accepted: the gradient of \"%s\" does not hold, relative error %.1e at [%d,%d]",
                      name_of(&session->names, i), g.max_rel, g.worst_row, g.worst_col);
    }
    run_free(&scratch);
    return error->code == 0;
}

/* Writes the run as a golden if gradient check and invariants hold; says why not and returns false otherwise. */
static bool accept(const char *path, const Session *session, const char *reason, Error *error)
{
    return invariants_hold(&session->names, error) && gradients_hold(session, error) &&
           golden_write(path, session, reason, error);
}

static int run_accept(const Arguments *arguments, Error *error)
{
    const char *reason = option_of(arguments, "--reason"), *ci = getenv("CI");
    Session session;
    /* A golden that a machine may renew proves nothing. */
    if (ci && *ci)
        error_set(error, EXIT_USED_WRONGLY, "goldens are accepted by people, not in CI");
    else if (!reason || strspn(reason, " \t\n") == strlen(reason))
        error_set(error, EXIT_USED_WRONGLY, "say why the new numbers are right: --reason \"...\"");
    else if (arguments->word_count < 2)
        error_set(error, EXIT_USED_WRONGLY, "say which file: tracer golden accept FILE --reason \"...\"");
    else if (arguments->run.mistake || arguments->run.weights || arguments->run.text)
        error_set(error, EXIT_USED_WRONGLY, "a golden is of a model as it is: only --model and --step");
    if (error->code || !session_open(&session, &arguments->run, error))
        return error->code;
    int code = accept(arguments->words[1], &session, reason, error) ? EXIT_DONE : EXIT_CHECK_SAID_NO;
    session_close(&session);
    return error->code ? error->code : code;
}

static const struct {
    const char *name;
    int (*run)(const Arguments *arguments, Error *error);
} ACTIONS[] = {{"check", run_check}, {"diff", run_diff}, {"show", run_show}, {"accept", run_accept}};

static int run(const Arguments *arguments, Error *error)
{
    for (size_t i = 0; i < sizeof ACTIONS / sizeof *ACTIONS; i++)
        if (strcmp(ACTIONS[i].name, arguments->words[0]) == 0)
            return ACTIONS[i].run(arguments, error);
    error_set(error, EXIT_USED_WRONGLY, "tracer golden can check, diff, show and accept, not \"%.60s\"",
              arguments->words[0]);
    return error->code;
}

const Command GOLDEN_COMMAND = {
    .name = "golden",
    .words = "check|diff|show|accept [FILE]",
    .summary = "files of expected numbers",
    .details =
        "check   never writes; names the first tensor that differs while its inputs do not, and counts the rest\n"
        "diff    shows where in the matrix\n"
        "show    prints the file rounded and labelled\n"
        "accept  writes the numbers of the run, if the gradient check and the invariants hold; wants --reason\n"
        "Without FILE: golden/NAME.golden of every preset; show takes the first.\n"
        "Exit code 1 if a number differs.\n",
    .example = "golden check",
    .least_words = 1,
    .most_words = 2,
    .options = {{"--reason", "TEXT", "why the numbers changed and are right"}},
    .learns = true, .run = run,
};
