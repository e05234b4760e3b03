/* tracer exercise: worksheets, checking, hints, lint. */
#include "command.h"

#include "tracer/article/tutorial_folder.h"
#include "tracer/base/files.h"
#include "tracer/base/print.h"
#include "tracer/exercise/confined.h"
#include "tracer/exercise/directions.h"
#include "tracer/exercise/handed_in.h"
#include "tracer/exercise/hand_out.h"
#include "tracer/exercise/hints.h"
#include "tracer/exercise/lint.h"
#include "tracer/exercise/marking.h"
#include "tracer/exercise/program.h"
#include "tracer/exercise/roster.h"
#include "tracer/exercise/sheet.h"
#include "tracer/exercise/sheet_page.h"
#include "tracer/exercise/two_trainings.h"
#include "tracer/session/model_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *or(const char *given, const char *otherwise)
{
    return given ? given : otherwise;
}

/* What an action works with. */
typedef struct {
    const Arguments *arguments;
    const Exercises *exercises;
    const Secret *secret;      /* of the course, or NULL */
} Desk;

static Whose whose_of(const Desk *desk)
{
    const Arguments *arguments = desk->arguments;
    return (Whose){.secret = desk->secret, .course = or(option_of(arguments, "--course"), "demo"),
                   .student = or(option_of(arguments, "--student"), "anna")};
}

static bool print_and_free(Text *out, Error *error)
{
    bool whole = print_text(out, error);
    text_free(out);
    return whole;
}

static int list(const Desk *desk, Error *error)
{
    const Exercises *exercises = desk->exercises;
    (void)error;
    for (int i = 0; i < exercises->count; i++)
        print("%-26s chapter %2d  %s\n", exercises->list[i].id, exercises->list[i].chapter, exercises->list[i].title);
    return EXIT_DONE;
}

/* The exercise that was named, or NULL and *error. */
static const Exercise *named(const Desk *desk, Error *error)
{
    const Arguments *arguments = desk->arguments;
    if (arguments->word_count > 1)
        return exercise_find(desk->exercises, arguments->words[1], error);
    error_set(error, EXIT_USED_WRONGLY, "say which exercise: tracer exercise %s 07", arguments->words[0]);
    return NULL;
}

/* The mistake of the exercise that was asked for with --mistake; NULL and *error if it has none such. */
static const Mistake *known_mistake(const Exercise *exercise, const char *id, Error *error)
{
    for (int i = 0; i < exercise->mistake_count; i++)
        if (strcmp(exercise->mistakes[i]->id, id) == 0)
            return exercise->mistakes[i];
    error_set(error, EXIT_USED_WRONGLY,
              "exercise %s does not know the mistake \"%.60s\"; tracer exercise show %02d lists them", exercise->id, id,
              exercise->number);
    return NULL;
}

static int show_beside(const Exercise *exercise, const char *id, Error *error)
{
    const Mistake *mistake = known_mistake(exercise, id, error);
    Text out = {0};
    if (mistake && beside_write(exercise, mistake, &out, error))
        print_text(&out, error);
    text_free(&out);
    return error->code;
}

static int show(const Desk *desk, Error *error)
{
    const Arguments *arguments = desk->arguments;
    const Exercise *exercise = named(desk, error);
    if (!exercise)
        return error->code;
    if (option_of(arguments, "--mistake"))
        return show_beside(exercise, option_of(arguments, "--mistake"), error);
    print("%s: %s (chapter %d)\n\n", exercise->id, exercise->title, exercise->chapter);
    print_lines(exercise->task);
    if (exercise->formula)
        print("\nformula  %s\n", exercise->formula);
    for (int i = 0; i < exercise->given_count; i++)
        print("given    %s\n", exercise->givens[i].name);
    for (int i = 0; i < exercise->asked_count; i++)
        print("%s    %s\n", exercise->choice ? "shown" : "asked", exercise->asked[i].name);
    for (int i = 0; i < exercise->mistake_count; i++)
        print("known mistake  %-38s %s\n", exercise->mistakes[i]->id, exercise->mistakes[i]->message);
    for (int i = 0; i < exercise->equals_count; i++)
        print("%s %s: %s\n", exercise->equals[i].one,
              strcmp(exercise->equals[i].other, "few") == 0 ? "shows in few cells" : exercise->equals[i].other,
              exercise->equals[i].reason);
    return EXIT_DONE;
}

/* The teacher's key, or the sheet of one who makes a mistake on purpose. */
static bool fill_in(Variant *variant, const char *mistake, Error *error)
{
    const Mistake *known = mistake ? known_mistake(variant->exercise, mistake, error) : NULL;
    if (!mistake || variant->exercise->choice)
        return true;
    return known && variant_record(variant, known, variant->truth, error);
}

/* Sheets for everybody on the roster. */
static int start_class(const Desk *desk, const char *roster_path, Error *error)
{
    const Arguments *arguments = desk->arguments;
    const char *folder = option_of(arguments, "-o");
    const char *only = arguments->word_count > 1 ? arguments->words[1] : option_of(arguments, "--only");
    Roster roster;
    Exercises wanted;
    int count;
    if (folder && option_of(arguments, "--html"))
        error_set(error, EXIT_USED_WRONGLY, "--html makes the page of one student; leave out --roster");
    else if (!folder || option_of(arguments, "--teacher"))
        error_set(error, EXIT_USED_WRONGLY, folder ? "the sheets of a class are handed out blank; --teacher fills one"
                                                   : "say where to: tracer exercise start --roster FILE.csv -o FOLDER");
    if (error->code || !exercises_only(desk->exercises, only, &wanted, error))
        return error->code;
    if (roster_read(roster_path, option_of(arguments, "--id"), &roster, error)) {
        if (hand_out(&wanted, &roster, whose_of(desk), folder, &count, error))
            print("%d worksheets for %d students in %s\n", count, roster.count, folder);
        roster_free(&roster);
    }
    free(wanted.list);
    return error->code;
}

/* The sheet as text, or with the stepper in a page. */
static bool write_sheet(const Variant *variant, bool solved, bool html, Text *out, Error *error)
{
    char page[TUTORIAL_PATH];
    if (!html)
        return sheet_write(variant, solved, out, error);
    if (solved)
        return error_set(error, EXIT_USED_WRONGLY, "a page is handed out blank; --teacher fills a sheet of text");
    return stepper_page(page, error) && sheet_page(variant, page, out, error);
}

static int start(const Desk *desk, Error *error)
{
    const Arguments *arguments = desk->arguments;
    if (option_of(arguments, "--roster"))
        return start_class(desk, option_of(arguments, "--roster"), error);
    const Exercise *exercise = named(desk, error);
    const char *model = option_of(arguments, "--model-file");
    bool solved = option_of(arguments, "--teacher"), html = option_of(arguments, "--html");
    const char *path = or(option_of(arguments, "-o"), html ? "-" : NULL);
    Variant variant;
    Text out = {0};
    if (!exercise || !lint_open(&variant, exercise, whose_of(desk), error))
        return error->code;
    if (solved)
        fill_in(&variant, option_of(arguments, "--mistake"), error);
    if (model) {
        Text json = {0};
        model_file_text(&variant.model, 0, false, &json);
        if (!json.failed)
            file_write(model, json.data, json.length, error);
        text_free(&json);
    }
    if (!error->code && write_sheet(&variant, solved, html, &out, error) && path)
        file_write(path, out.data, out.length, error);
    if (!error->code && !path)
        print_and_free(&out, error);
    text_free(&out);
    variant_close(&variant);
    return error->code;
}

static int report(const Arguments *arguments, HandedIn *handed, Error *error)
{
    Variant *variant = &handed->variant;
    bool teacher = option_of(arguments, "--teacher");
    Verdict verdict;
    Text out = {0};
    if (!verdict_find(variant, &handed->answer, handed->before.name ? &handed->before : NULL, &verdict, error))
        return error->code;
    text_add(&out, "%s: %s\n", variant->exercise->id, verdict.says);
    if (verdict.kind != VERDICT_CORRECT && verdict.kind != VERDICT_BLANK)
        verdict_picture(variant, &handed->answer, teacher, &out);
    if (teacher)
        text_add(&out, "verdict: %s, mark %g, %d wrong cells%s%s\n", verdict_name(verdict.kind), verdict_mark(&verdict),
                 verdict.wrong_cells, *verdict.signature ? ", signature: " : "", verdict.signature);
    const Asides given = {.before = option_of(arguments, "--before"), .secret = option_of(arguments, "--secret"),
                          .exercises = option_of(arguments, "--exercises")};
    directions_add(handed, &verdict, arguments->words[2], &given, &out);
    print_and_free(&out, error);
    return error->code ? error->code : verdict.kind == VERDICT_CORRECT ? EXIT_DONE : EXIT_CHECK_SAID_NO;
}

/* A program on fresh seeds; what it printed is nobody's sheet, so there is none to be drawn. */
static int check_program(const Desk *desk, const Exercise *exercise, Error *error)
{
    const Arguments *arguments = desk->arguments;
    Variant variant;
    Verdict verdict;
    const char *path = arguments->words[2];
    if (!program_is(path)) {
        error_set(error, EXIT_USED_WRONGLY, "%s: no file that may be executed; chmod +x makes it one", path);
        return error->code;
    }
    if (!variant_open(&variant, exercise, whose_of(desk), error))
        return error->code;
    Trial trial;
    Text out = {0};
    bool judged = program_judge(path, &variant, &verdict, &trial, error);
    bool right = judged && verdict.kind == VERDICT_CORRECT;
    if (judged)
        text_add(&out, right ? "%s: %s, on %d fresh seeds\n" : "%s: %s\n", exercise->id, verdict.says, PROGRAM_SEEDS);
    if (trial.force && !right)
        trial_tell(&trial, &out);
    if (trial.force) {
        text_add(&out, "confined by ");
        force_say(trial.force, &out);
        text_add(&out, "\n");
    }
    Error full = {0};
    print_and_free(&out, &full);
    trial_free(&trial);
    variant_close(&variant);
    return error->code ? error->code : verdict.kind == VERDICT_CORRECT ? EXIT_DONE : EXIT_CHECK_SAID_NO;
}

static int check(const Desk *desk, Error *error)
{
    const Arguments *arguments = desk->arguments;
    const Exercise *exercise = named(desk, error);
    const Claim claim = {.student = option_of(arguments, "--student"), .course = option_of(arguments, "--course"),
                         .before = option_of(arguments, "--before"), .secret = desk->secret,
                         .shows = option_of(arguments, "--teacher") != NULL};
    HandedIn handed;
    if (!exercise)
        return error->code;
    if (arguments->word_count < 3) {
        error_set(error, EXIT_USED_WRONGLY, "say which file holds the answer: tracer exercise check %02d FILE",
                  exercise->number);
        return error->code;
    }
    if (option_of(arguments, "--program"))
        return check_program(desk, exercise, error);
    if (!handed_in_open(&handed, desk->exercises, exercise, arguments->words[2], &claim, error))
        return error->code;
    int result = report(arguments, &handed, error);
    handed_in_close(&handed);
    return result;
}

static int hint(const Desk *desk, Error *error)
{
    const Arguments *arguments = desk->arguments;
    const Exercise *exercise = named(desk, error);
    long rung = 1;
    Variant variant;
    Text out = {0};
    if (!exercise || !option_number(arguments, "--rung", 1, HINT_RUNGS, 1, &rung, error) ||
        !lint_open(&variant, exercise, whose_of(desk), error))
        return error->code;
    if (hint_write(&variant, (int)rung, &out, error)) {
        if (rung < HINT_RUNGS)
            text_add(&out, "the next one: --rung %ld\n", rung + 1);
        print_and_free(&out, error);
    }
    text_free(&out);
    variant_close(&variant);
    return error->code;
}

static int lint(const Desk *desk, Error *error)
{
    const Arguments *arguments = desk->arguments;
    Whose whose = whose_of(desk);
    Student only = {.id = (char *)whose.student};
    Roster roster = {.list = &only, .count = 1};
    const char *path = option_of(arguments, "--roster");
    const Exercise *one = arguments->word_count > 1 ? named(desk, error) : NULL;
    int bad = 0;
    if (error->code || (path && !roster_read(path, option_of(arguments, "--id"), &roster, error)))
        return error->code;
    for (int i = 0; i < desk->exercises->count; i++) {
        const Exercise *exercise = &desk->exercises->list[i];
        Error wrong = {0};
        if (one && one != exercise)
            continue;
        int passed_over = lint_everybody(exercise, whose, &roster, &wrong);
        if (wrong.code == EXIT_INPUT_OUTPUT) {
            *error = wrong;
            break;
        }
        bad += passed_over < 0;
        print(passed_over < 0 ? "not ok %s\n" : "ok %s: %d students, %d mistakes, %d draws passed over\n",
              passed_over < 0 ? wrong.text : exercise->id, roster.count, exercise->mistake_count, passed_over);
    }
    if (path)
        roster_free(&roster);
    return error->code ? error->code : bad ? EXIT_CHECK_SAID_NO : EXIT_DONE;
}

static const struct {
    const char *name;
    int (*run)(const Desk *desk, Error *error);
} ACTIONS[] = {{"list", list}, {"show", show}, {"start", start}, {"check", check}, {"hint", hint}, {"lint", lint}};

static int run(const Arguments *arguments, Error *error)
{
    Exercises exercises;
    Secret secret;
    char folder[TUTORIAL_PATH];
    for (size_t i = 0; i < sizeof ACTIONS / sizeof *ACTIONS; i++) {
        if (strcmp(ACTIONS[i].name, arguments->words[0]) != 0)
            continue;
        if (!exercises_folder(option_of(arguments, "--exercises"), folder, error) ||
            !exercises_read(folder, &exercises, error))
            return error->code;
        const char *path = option_of(arguments, "--secret");
        bool has_secret = path && secret_read(path, &secret, error);
        const Desk desk = {arguments, &exercises, has_secret ? &secret : NULL};
        int code = error->code ? error->code : ACTIONS[i].run(&desk, error);
        exercises_free(&exercises);
        return code;
    }
    error_set(error, EXIT_USED_WRONGLY, "tracer exercise can list, show, start, check, hint and lint, not \"%.60s\"",
              arguments->words[0]);
    return error->code;
}

const Command EXERCISE_COMMAND = {
    .name = "exercise", .words = "list|show|start|check|hint|lint [EXERCISE [FILE]]",
    .summary = "exercises that name the mistake",
    .details = "list    all exercises\n"
               "show    one of them: what is given, what is asked, which mistakes are known; "
               "with --mistake what that does to training\n"
               "start   the worksheet with the student's own numbers; -o writes it to a file; --html: a page for a\n"
               "        browser, with the stepper and the checker in it; with --roster those\n"
               "        of a class, of all exercises or --only some, into FOLDER/ID/NN.txt\n"
               "check   an answer: the filled-in sheet, a file of numbers or .npy; says what went wrong, "
               "tracer step --mine FILE where\n"
               "hint    five rungs, --rung 1 to 5, from an invariant to a solution on other numbers\n"
               "lint    proves that blank fails, the truth passes, every listed mistake is told from all others, and\n"
               "        the sheet alone is enough to compute what it asks\n"
               "An EXERCISE is 07, softmax or 07-softmax. Exit code 1 if an answer is not right.\n",
    .example = "exercise start 07 --student anna", .least_words = 1, .most_words = 3, .without_run = true,
    .options = {{"--student", "ID", "whose numbers (anna)"},
                {"--course", "NAME", "a part of the seed (demo)"},
                {"--exercises", "FOLDER", "where the exercises are (those of the tutorial)"},
                {"-o", "FILE", "start: where to; with --roster a folder"},
                {"--html", NULL, "start: as a page for a browser, which ./build.sh web makes"},
                {"--model-file", "FILE.json", "start: the student's model too, for the stepper"},
                {"--rung", "N", "hint: 1 to 5"},
                {"--secret", "FILE", "the secret of the course, which salts everybody's numbers"},
                {"--roster", "FILE.csv", "lint, start: for a whole class"},
                {"--only", "07,08", "start --roster: these exercises"},
                {"--id", "COLUMN", "the roster's column with the id, its name or number"},
                {"--before", "FILE", "check: your answer to the exercise that this one follows"},
                {"--program", NULL, "check: FILE is a program; runs it on twenty fresh seeds"},
                {"--teacher", NULL, "check: with the expected numbers; start: filled in"},
                {"--mistake", "ID", "show: what it does to training; start --teacher: filled in by one who makes it"}},
    .run = run,
};
