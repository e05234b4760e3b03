/* An answer in the stepper: the run is that of the worksheet, it opens where the answer went wrong,
 * nothing that is still to be found is told, and the mistake stands beside. */
#include "screens.h"

#include "tracer/base/files.h"
#include "tracer/commands/stepping.h"
#include "tracer/exercise/lint.h"
#include "tracer/exercise/sheet.h"
#include "tracer/stepper/games.h"
#include "tracer/stepper/keys.h"
#include "tracer/views/hiding.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WEIGHTS "block0.attention.head0.weights"

static bool open_words(Stepping *stepping, Arguments *arguments, int count, const char *const *words, Error *error)
{
    locale_prepare();
    return arguments_parse(count, (char **)words, arguments, error) && stepping_open(stepping, arguments, false, error);
}

#define OPEN(stepping, arguments, error, ...) \
    open_words(stepping, arguments, (int)(sizeof(const char *[]){__VA_ARGS__} / sizeof(const char *)), \
               (const char *const[]){__VA_ARGS__}, error)

/* A file of the test's own. */
static const char *file_with(const char *text, size_t size)
{
    static char path[64];
    Error error = {0};
    snprintf(path, sizeof path, "/tmp/tracer-mine-%ld", (long)getpid());
    EXPECT(file_write(path, text, size, &error), "%s", error.text);
    return path;
}

static const char *sheet_of(const Exercise *exercise, const Mistake *mistake, bool solved)
{
    Variant variant;
    Text sheet = {0};
    Error error = {0};
    EXPECT(lint_open(&variant, exercise, (Whose){"test", "o'neill", 0}, &error), "%s", error.text);
    EXPECT(!mistake || variant_record(&variant, mistake, variant.truth, &error), "%s", error.text);
    EXPECT(sheet_write(&variant, solved, &sheet, &error), "%s", error.text);
    const char *path = file_with(sheet.data, sheet.length);
    text_free(&sheet);
    variant_close(&variant);
    return path;
}

static bool steps(const Exercise *exercise)
{
    return !exercise->choice && !exercise->extra;
}

/* Where it opens, and what stands there. */
static void expect_opened(const Stepping *stepping, const Mistake *mistake)
{
    const State *at = &stepping->stepper.state;
    Reference cell = state_cell(&at->view);
    const char *id = stepping->handed.variant.exercise->id;
    const MineValue *own = mine_of(&at->view, cell.value);
    EXPECT(own && mine_cell(own, cell.row, cell.col) == CELL_WRONG, "%s, %s: opened at %s[%d,%d], which is not wrong", id, mistake->id,
           name_of(&at->view.session->names, cell.value), cell.row, cell.col);
    EXPECT(result_hidden(&at->view) && at->view.fork.mistake == mistake && strstr(at->view.message.text, "x shows that run"), "%s, %s: \"%s\"", id, mistake->id, at->view.message.text);
    for (int i = 0; i < stepping->mine.count; i++) {
        const MineValue *value = &stepping->mine.values[i];
        int other = name_find(&at->view.session->names, value->name);
        EXPECT(value->wrong == 0 || other >= cell.value || strcmp(value->name, own->name) == 0, "%s, %s: %s is wrong before %s", id,
               mistake->id, value->name, own->name);
    }
    const Session *beside = lab_session(at->lab, OTHER);
    const Value *theirs = tape_value(&beside->run.tape, name_find(&beside->names, own->name));
    double yours = own->numbers[cell.row * own->cols + cell.col], number = cell_of(theirs, cell.row, cell.col);
    EXPECT(units_apart(yours, number, own->decimals) <= RIGHT_UNITS, "%s, %s: the run beside has %g, the answer %g", id, mistake->id, number, yours);
}

static void every_exercise(void **state)
{
    (void)state;
    Exercises exercises;
    Error error = {0};
    int opened = 0;
    EXPECT(exercises_read("tutorial/exercises", &exercises, &error), "%s", error.text);
    for (int e = 0; e < exercises.count; e++)
        for (int m = 0; m < exercises.list[e].mistake_count && steps(&exercises.list[e]); m++) {
            const Mistake *mistake = exercises.list[e].mistakes[m];
            const char *path = sheet_of(&exercises.list[e], mistake, true);
            Stepping stepping;
            Arguments arguments;
            EXPECT(OPEN(&stepping, &arguments, &error, "step", "--mine", path), "%s, %s: %s", exercises.list[e].id, mistake->id, error.text);
            const Variant *variant = &stepping.handed.variant;
            const Session *session = &stepping.stepper.session;
            for (int i = 0; i < variant->cell_count; i++) {
                const AskedCell *cell = &variant->cells[i];
                const Value *value = tape_value(&session->run.tape, name_find(&session->names, variant->exercise->asked[cell->line].name));
                EXPECT(same_bits(cell_of(value, cell->row, cell->col), variant->truth[i]), "%s: another run than that of the sheet", variant->exercise->id);
            }
            if (!exercise_equals(variant->exercise, mistake, NULL) && stepping.mine.mistake == mistake)
                expect_opened(&stepping, mistake);
            opened += stepping.mine.mistake == mistake;
            stepping_close(&stepping);
        }
    EXPECT(opened >= 120, "only %d mistakes are named", opened);
    exercises_free(&exercises);
}

static const struct {
    const char *exercise, *refused; /* part of the message; NULL: it opens */
} SOLVED[] = {
    {"01", NULL}, {"07", NULL}, {"27", NULL}, {"31", NULL}, {"28", "goes on behind the training step"}, {"29", "goes on behind the training step"},
    {"30", "asks for a bug, not for numbers"},
};

static void right_and_blank(void **state)
{
    (void)state;
    Exercises exercises;
    Error error = {0};
    EXPECT(exercises_read("tutorial/exercises", &exercises, &error), "%s", error.text);
    for (size_t i = 0; i < sizeof SOLVED / sizeof *SOLVED; i++)
        for (int solved = 0; solved < 2; solved++) {
            const char *path = sheet_of(exercise_find(&exercises, SOLVED[i].exercise, &error), NULL, solved);
            Stepping stepping;
            Arguments arguments;
            bool opened = OPEN(&stepping, &arguments, &error, "step", "--mine", path);
            EXPECT(opened == !SOLVED[i].refused, "%s: %s", SOLVED[i].exercise, error.text);
            if (!opened) {
                expect_error(&error, EXIT_USED_WRONGLY, SOLVED[i].refused);
                error = (Error){0};
                continue;
            }
            const State *at = &stepping.stepper.state;
            EXPECT(strcmp(at->view.message.text, solved ? "correct" : "nothing is filled in yet") == 0 && result_hidden(&at->view) == !solved && !at->lab->beside.take,
                   "%s: \"%s\"", SOLVED[i].exercise, at->view.message.text);
            stepping_close(&stepping);
        }
    exercises_free(&exercises);
}

static void expect_off_screen(const State *state, const char *what)
{
    Text screen = screen_of(state, 50, 200);
    EXPECT(!strstr(screen.data, what), "\"%s\" is on\n%s", what, screen.data);
    text_free(&screen);
}

/* The number of a wrong cell is on no page and not beside, until it is found or asked for. */
static void nothing_is_told(void **state)
{
    (void)state;
    for (int teacher = 0; teacher < 2; teacher++) {
        Stepping stepping;
        Arguments arguments;
        Error error = {0};
        char right[NUMBER_SIZE], line[80];
        EXPECT(OPEN(&stepping, &arguments, &error, "step", "--mine", "golden/screens/softmax-columns.txt", "--at", WEIGHTS "[2,1]",
                    teacher ? "--teacher" : "--digits=4"),
               "%s", error.text);
        State *at = &stepping.stepper.state;
        double number = cell_of(state_output(&at->view), 2, 1);
        number_text(right, number, 4);
        if (teacher) {
            expect_on_screen(at, right);
            stepping_close(&stepping);
            continue;
        }
        for (int page = 0; page < 10; page++, press(at, "t"))
            expect_off_screen(at, right);
        press(at, "x");
        EXPECT(at->view.side == OTHER, "x does not turn");
        expect_off_screen(at, right);
        press(at, "x");
        expect_refused(at, "guess +", "write guess");
        command(at, "guess 0.999");
        EXPECT(result_hidden(&at->view) && strstr(at->view.message.text, "not right either"), "\"%s\"", at->view.message.text);
        snprintf(line, sizeof line, "guess %.3f", number);
        press(at, "w");
        expect_off_screen(at, right);
        expect_on_screen(at, "is hidden");
        press(at, "ll");
        command(at, "panel notebook");
        expect_on_screen(at, "watched cells");
        expect_off_screen(at, right);
        press(at, "qhh");
        int left = stepping.mine.values[0].wrong;
        command(at, line);
        EXPECT(!result_hidden(&at->view) && stepping.mine.values[0].wrong == left - 1 && strstr(at->view.message.text, "more to find"), "\"%s\"", at->view.message.text);
        press(at, "nN");
        expect_on_screen(at, right);
        press(at, "h");
        EXPECT(result_hidden(&at->view), "what nobody has found is shown");
        command(at, "reveal");
        EXPECT(!result_hidden(&at->view), "what was asked for is hidden");
        stepping_close(&stepping);
    }
}

/* What is printed on the sheet stands in the place of what was computed. */
static void the_sheet_is_imposed(void **state)
{
    (void)state;
    Stepping stepping;
    Arguments arguments;
    Error error = {0};
    EXPECT(OPEN(&stepping, &arguments, &error, "step", "--mine", "golden/screens/softmax-columns.txt"), "%s", error.text);
    State *at = &stepping.stepper.state;
    command(at, "block0.attention.head0.scaled[3,0]");
    expect_on_screen(at, "given on the sheet");
    double printed = cell_of(state_output(&at->view), 3, 0), scale = 100;
    EXPECT(fabs(printed * scale - rint(printed * scale)) < 1e-9, "%g is not as it is printed", printed);
    expect_refused(at, "gradcheck", "not on a worksheet");
    press(at, "}");
    EXPECT(strstr(at->view.message.text, "one training step"), "\"%s\"", at->view.message.text);
    press(at, "+");
    EXPECT(at->view.side == OTHER && cell_of(state_output(&at->view), 3, 0) == printed + at->view.settings.delta, "a nudge of a printed number changes nothing");
    expect_on_screen(at, "originally");
    press(at, "d");
    EXPECT(!at->lab->beside.take, "the edit is not dropped");
    stepping_close(&stepping);
}

static const struct {
    const char *numbers, *at, *says, *refused;
    int row, col;
} NUMBERS[] = {
    {"2.28", "loss", "correct", NULL, 0, 0},
    {"1.86", "loss", "by none of the mistakes", NULL, 0, 0},
    {"1 0 0 0 0", WEIGHTS "[0,:]", "correct", NULL, 0, 0},
    {"1 0 0 .19 0", WEIGHTS "[0,:]", "look at block0.attention.head0.weights[0,3]", NULL, 0, 3},
    {"1 0 0 .1 0", WEIGHTS "[0,0]", NULL, "more numbers", 0, 0},
    {"1 0 ? 0 0", WEIGHTS "[0,:]", "right so far; 1 is still blank", NULL, 0, 2},
    {"", "loss", "nothing is filled in", NULL, 0, 0},
    {"1 2 3", WEIGHTS, NULL, "3 numbers, but 25 are asked for", 0, 0},
    {"1 0 0 0 0  .3 .7 0 0 0  .33 .33 .33 0 0  .25 .25 .25 .25 0  .2 .2 .2 .2 .2", WEIGHTS, "not right", NULL, 1, 0},
    {"a", "lozz", NULL, "did you mean \"loss\"", 0, 0},
    {"1", NULL, NULL, "is no worksheet", 0, 0},
};

static void numbers_of_a_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        Stepping stepping;
        Arguments arguments;
        Error error = {0};
        const char *path = file_with(NUMBERS[i].numbers, strlen(NUMBERS[i].numbers));
        bool opened = NUMBERS[i].at ? OPEN(&stepping, &arguments, &error, "step", "--mine", path, "--at", NUMBERS[i].at)
                                    : OPEN(&stepping, &arguments, &error, "step", "--mine", path);
        EXPECT(opened == !NUMBERS[i].refused, "\"%s\": %s", NUMBERS[i].numbers, error.text);
        if (!opened) {
            expect_error(&error, EXIT_USED_WRONGLY, NUMBERS[i].refused);
            continue;
        }
        const State *at = &stepping.stepper.state;
        Reference cell = state_cell(&at->view);
        EXPECT(strstr(at->view.message.text, NUMBERS[i].says) && cell.row == NUMBERS[i].row && cell.col == NUMBERS[i].col, "\"%s\": [%d,%d], \"%s\"",
               NUMBERS[i].numbers, cell.row, cell.col, at->view.message.text);
        stepping_close(&stepping);
    }
}

/* A mistake is told on any run, for any value. */
static void mistakes_of_a_value(void **state)
{
    (void)state;
    static const char *const ids[] = {"softmax.columns", "mask.missing", "scores.not_scaled", "softmax.base_2"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        Session session;
        Text numbers = {0};
        char number[NUMBER_SIZE];
        Stepping stepping;
        Arguments arguments;
        Error error = {0};
        open_model(&session, "by-hand", ids[i], 0);
        const Value *value = tape_value(&session.run.tape, value_called(&session, WEIGHTS));
        for (size_t c = 0; c < cells_of(value); c++)
            text_add(&numbers, "%s ", number_text(number, value->data[c], 5));
        session_close(&session);
        const char *path = file_with(numbers.data, numbers.length);
        EXPECT(OPEN(&stepping, &arguments, &error, "step", "--model", "by-hand", "--mine", path, "--at", WEIGHTS), "%s", error.text);
        EXPECT(stepping.mine.mistake && strcmp(stepping.mine.mistake->id, ids[i]) == 0, "%s: \"%s\"", ids[i], stepping.stepper.state.view.message.text);
        expect_on_screen(&stepping.stepper.state, "YOUR ANSWER");
        press(&stepping.stepper.state, "}");
        expect_off_screen(&stepping.stepper.state, "YOUR ANSWER"); /* it is about another training step */
        press(&stepping.stepper.state, "{");
        expect_on_screen(&stepping.stepper.state, "YOUR ANSWER");
        stepping_close(&stepping);
        text_free(&numbers);
    }
}

static const struct {
    const char *words[6], *refused;
} REFUSED[] = {
    {{"step", "--mine", "/nowhere/07.txt"}, "cannot read \"/nowhere/07.txt\""},
    {{"step", "--teacher"}, "--teacher goes with an answer"},
    {{"step", "--exercise", "07"}, "--exercise goes with an answer"},
    {{"step", "--mine", "golden/screens/softmax-columns.txt", "--model", "tiny"}, "brings its own run"},
    {{"step", "--mine", "golden/screens/softmax-columns.txt", "--at", "loss"}, "the answer is not about loss"},
    {{"step", "--mine", "golden/screens/softmax-columns.txt", "--exercise", "08"}, "not that of exercise 08"},
    {{"step", "--mine", "golden/screens/softmax-columns.txt", "--student", "ben"}, "for \"ben\""},
    {{"step", "--mine", "golden/screens/softmax-columns.txt", "--exercise", "sofmax"}, "did you mean \"softmax\""},
    {{"step", "--mine", "tutorial/sample-class/class.png", "--at", "loss"}, "not a text but a binary file"},
};

static void refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        Stepping stepping;
        Arguments arguments;
        Error error = {0};
        int count = 0;
        while (count < 6 && REFUSED[i].words[count])
            count++;
        EXPECT(!open_words(&stepping, &arguments, count, REFUSED[i].words, &error), "\"%s\" was opened", REFUSED[i].refused);
        EXPECT(strstr(error.text, REFUSED[i].refused), "\"%s\" is answered with \"%s\"", REFUSED[i].refused, error.text);
    }
}

/* Right from one's own wrong numbers is not where it went wrong. */
static void followers(void **state)
{
    (void)state;
    Exercises exercises;
    Error error = {0};
    Variant variant;
    Text sheet = {0};
    EXPECT(exercises_read("tutorial/exercises", &exercises, &error), "%s", error.text);
    EXPECT(lint_open(&variant, exercise_find(&exercises, "26", &error), (Whose){"test", "eva", 0}, &error), "%s", error.text);
    double m[16];
    int first = 0, count = 0; /* the whole of final_norm.gamma.m, 1.3 times what it should be */
    while (count < variant.cell_count && variant.cells[count].line == 0)
        m[count] = 1.3 * variant.truth[count], count++;
    const AskedLine *line = &variant.exercise->asked[0];
    EXPECT(variant_record_with(&variant, &(Given){.name = line->name, .rows = 1, .cols = count, .data = m}, variant.truth, &error), "%s", error.text);
    for (; first < count; first++)
        variant.truth[first] = m[first];
    EXPECT(sheet_write(&variant, true, &sheet, &error), "%s", error.text);
    const char *path = file_with(sheet.data, sheet.length);
    Stepping stepping;
    Arguments arguments;
    EXPECT(OPEN(&stepping, &arguments, &error, "step", "--mine", path), "%s", error.text);
    State *at = &stepping.stepper.state;
    EXPECT(strcmp(name_of(&at->view.session->names, state_cell(&at->view).value), line->name) == 0 && strstr(at->view.message.text, "from your own wrong"), "\"%s\"",
           at->view.message.text);
    command(at, "final_norm.gamma.m_hat");
    expect_on_screen(at, "follows from them");
    stepping_close(&stepping);
    text_free(&sheet);
    variant_close(&variant);
    exercises_free(&exercises);
}

static void screens(void **state)
{
    (void)state;
    static const struct {
        const char *name, *keys;
        bool large;
    } scenes[] = {{"mine", "", true}, {"mine-other", "x", false}, {"mine-revealed", ":reveal<Enter>", false}};
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
        Stepping stepping;
        Arguments arguments;
        Error error = {0};
        EXPECT(OPEN(&stepping, &arguments, &error, "step", "--mine", "golden/screens/softmax-columns.txt"), "%s", error.text);
        press(&stepping.stepper.state, scenes[i].keys);
        expect_golden_screens(&stepping.stepper.state, scenes[i].name, scenes[i].large);
        stepping_close(&stepping);
    }
}

int test_mine(void)
{
    TestList list = {0};
    tests_add(&list, every_exercise, NULL, "every mistake of every exercise opens where it shows");
    tests_add(&list, right_and_blank, NULL, "right, blank and other answers");
    tests_add(&list, nothing_is_told, NULL, "what is to be found is not told");
    tests_add(&list, the_sheet_is_imposed, NULL, "printed numbers are imposed");
    tests_add(&list, numbers_of_a_value, NULL, "numbers for a value of any run");
    tests_add(&list, mistakes_of_a_value, NULL, "mistakes are told on any run");
    tests_add(&list, followers, NULL, "what follows is not what is wrong");
    tests_add(&list, refused, NULL, "what cannot be opened");
    tests_add(&list, screens, NULL, "screens with an answer");
    int failed = tests_run(&list, "mine");
    char path[64];
    snprintf(path, sizeof path, "/tmp/tracer-mine-%ld", (long)getpid());
    unlink(path);
    return failed;
}
