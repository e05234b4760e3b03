/* Completion of what is typed: what is offered, that it is right, that typing on reaches it. */
#include "screens.h"

#include "tracer/stepper/keys.h"
#include "tracer/views/complete.h"
#include "tracer/views/settings.h"

#include <stdio.h>
#include <string.h>

static bool is_offered(const Offers *offers, const char *word)
{
    for (int i = 0; i < offers->count; i++)
        if (strcmp(offers->words[i], word) == 0)
            return true;
    return false;
}

/* Words that a line goes on as, and one that it does not. */
static void offers_fit(void **state)
{
    static const struct {
        const char *line, *completed, *has, *lacks;
    } cases[] = {
        {"compa", "compare ", "compare", "commands"}, {"next-t", "next-training", "next-training", "next"},
        {"set ", "set ", "delta", "digits 2"},        {"set colours s", "set colours sequential", "sequential", "diverging"},
        {"set delta ", "set delta ", NULL, "on"},     {"panel st", "panel stages", "stages", "source"},
        {"mistake softmax.c", "mistake softmax.columns", "softmax.columns", NULL}, {"mistake so", "mistake softmax", "softmax.", "adam."},
        {"break rule soft", "break rule softmax", "softmax", NULL},   {"break ru", "break rule ", "rule", "frame"},
        {"break frame block0.at", "break frame block0.attention", "block0.attention", NULL},
        {"watch block0.attention.head0.sca", "watch block0.attention.head0.scaled", "block0.attention.head0.scaled", NULL},
        {"block0.mlp.hid", "block0.mlp.hidden", "block0.mlp.hidden", "block0.mlp.hidden.grad"},
        {"block0.mlp.hidden.g", "block0.mlp.hidden.grad", "block0.mlp.hidden.grad", NULL},
        {"W_K", "W_K", "block0.attention.head1.W_K", "block0.attention.head1.W_K.grad"},
        {"  predict o", "  predict o", "off", "largest"}, {"guess l", "guess largest", "largest", "+"},
        {"search so", "search so", NULL, "softmax"},  {"nonsense", "nonsense", NULL, "next"}, {"break rule softmax ", "break rule softmax ", NULL, "softmax"},
    };
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Offers offers;
        char line[INPUT_SIZE];
        snprintf(line, sizeof line, "%s", cases[i].line);
        complete(&stepper.state.view, line, &offers);
        EXPECT((offers.count > 0) == (cases[i].has != NULL), "\"%s\" has %d offers", line, offers.count);
        EXPECT(!cases[i].has || is_offered(&offers, cases[i].has), "\"%s\" does not offer %s", line, cases[i].has);
        EXPECT(!cases[i].lacks || !is_offered(&offers, cases[i].lacks), "\"%s\" offers %s", line, cases[i].lacks);
        EXPECT(complete_line(&offers, line, sizeof line) && strcmp(line, cases[i].completed) == 0, "\"%s\" becomes \"%s\"", cases[i].line, line);
    }
    stepper_close(&stepper);
}

/* Every name is reached from its parts by Tab, and by typing on where there are several ways. */
static void names_are_reached(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    const Names *names = &stepper.session.names;
    for (int value = 0; value < names->count; value++) {
        const char *name = name_of(names, value);
        char line[INPUT_SIZE] = "watch ";
        int presses = 0;
        for (; strcmp(line + 6, name) != 0 && presses < 200; presses++) {
            Offers offers;
            complete(&stepper.state.view, line, &offers);
            EXPECT(offers.count > 0 || offers.left_out > 0, "\"%s\" goes on as nothing, %s is there", line, name);
            EXPECT(complete_line(&offers, line, sizeof line), "\"%s\" does not fit", line);
            EXPECT(strncmp(line + 6, name, strlen(line + 6)) == 0, "\"%s\" goes past %s", line, name);
            size_t length = strlen(line);
            if (strcmp(line + 6, name) != 0)
                snprintf(line + length, sizeof line - length, "%c", name[length - 6]);
        }
        EXPECT(presses < 60, "%s takes %d presses", name, presses);
    }
    stepper_close(&stepper);
}

/* What is offered for a setting is one of its values, and every command says what it takes. */
static void offers_are_right(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    int values = 0;
    for (int i = 0; i < SETTING_COUNT; i++) {
        Offers offers;
        char line[INPUT_SIZE];
        snprintf(line, sizeof line, "set %s ", SETTINGS[i].name);
        complete(&at->view, line, &offers);
        for (int j = 0; j < offers.count; j++, values++) {
            snprintf(line, sizeof line, "set %s %s", SETTINGS[i].name, offers.words[j]);
            command(at, line);
            EXPECT(!at->view.message.complains && strstr(at->view.message.text, offers.words[j]), "%s: %s", line, at->view.message.text);
        }
    }
    EXPECT(values > 8, "only %d values are offered", values);
    for (int i = 0; i < TYPED_COMMAND_COUNT; i++)
        EXPECT(TYPED_COMMANDS[i].takes, "%s does not say what it takes", TYPED_COMMANDS[i].name);
    stepper_close(&stepper);
}

/* Nothing that can be typed makes it go wrong, and it changes nothing. */
static void any_line(void **state)
{
    static const char letters[] = "  ..:[]abceimnoprstuvx01|-+";
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    uint64_t stream = 7;
    for (int i = 0; i < 20000; i++) {
        char line[INPUT_SIZE] = "", grown[INPUT_SIZE];
        Offers offers;
        int length = 0;
        if (i % 3 == 0)
            length = snprintf(line, sizeof line, "%s ", TYPED_COMMANDS[i / 3 % TYPED_COMMAND_COUNT].name);
        for (; (stream = stream * 6364136223846793005u + 1442695040888963407u) >> 60 && length < INPUT_SIZE - 1; length++)
            line[length] = letters[(stream >> 33) % (sizeof letters - 1)];
        complete(&stepper.state.view, line, &offers);
        memcpy(grown, line, sizeof grown);
        EXPECT(offers.from <= strlen(line) && complete_line(&offers, grown, sizeof grown), "\"%s\"", line);
        EXPECT(offers.count == 1 || strncmp(grown, line, strlen(line)) == 0, "\"%s\" loses something: \"%s\"", line, grown);
        EXPECT(!complete_line(&offers, grown, offers.from), "\"%s\" is written behind its end", line);
    }
    stepper_close(&stepper);
}

static void the_prompt_completes(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    press(at, ":block0.att<Tab>head0.sca<Tab>");
    EXPECT(strcmp(at->view.prompt.input, "block0.attention.head0.scaled") == 0, "Tab makes it \"%s\"", at->view.prompt.input);
    press(at, "<Enter>");
    EXPECT(strcmp(name_of(&at->view.session->names, state_step(&at->view)->output), "block0.attention.head0.scaled") == 0, "and Enter goes there");
    press(at, ":set <Tab>");
    EXPECT(at->view.prompt.offering, "several ways are shown");
    expect_on_screen(at, "digits   delta");
    press(at, "digits 3<Enter>");
    EXPECT(!at->view.prompt.offering && at->view.settings.digits == 3, "until the line is done");
    press(at, ":<Up><Up>");
    EXPECT(strcmp(at->view.prompt.input, "block0.attention.head0.scaled") == 0, "Up fetches lines: \"%s\"", at->view.prompt.input);
    press(at, "<Down>");
    EXPECT(strcmp(at->view.prompt.input, "set digits 3") == 0, "Down the later one: \"%s\"", at->view.prompt.input);
    press(at, "<Down><Down>");
    EXPECT(!*at->view.prompt.input && at->view.prompt.mode == MODE_COMMAND, "and then none: \"%s\"", at->view.prompt.input);
    press(at, "<Esc>");
    for (int rows = 1; rows < 30; rows++) { /* at every size */
        press(at, ":<Tab>");
        Text screen = screen_of(at, rows, 30 + 3 * rows);
        text_free(&screen);
        press(at, "<Esc>");
    }
    stepper_close(&stepper);
}

int test_stepper_complete(void)
{
    TestList list = {0};
    tests_add(&list, offers_fit, NULL, "what a line goes on as");
    tests_add(&list, names_are_reached, "tiny", "every name is reached, tiny");
    tests_add(&list, names_are_reached, "golden/screens/wide.json", "every name is reached, wide");
    tests_add(&list, offers_are_right, NULL, "what is offered is accepted");
    tests_add(&list, any_line, NULL, "any line");
    tests_add(&list, the_prompt_completes, NULL, "Tab and Up at the command line");
    return tests_run(&list, "stepper_complete");
}
