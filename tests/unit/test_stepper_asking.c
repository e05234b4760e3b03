/* What the pages and the menu tell, and that it can be reached: the cell that was asked about, the lines
 * out of sight, the help that is too long for its line. */
#include "screens.h"

#include "tracer/stepper/keys.h"

#include <string.h>

#define HEAD "block0.attention.head1."

static void expect_screen(const State *state, int rows, int cols, const char *what, bool wanted)
{
    Text screen = screen_of(state, rows, cols);
    EXPECT((strstr(screen.data, what) != NULL) == wanted, "\"%s\" %s at %dx%d:\n%s", what, wanted ? "is missing" : "stands there", cols, rows, screen.data);
    text_free(&screen);
}

/* A weight is no output of a step: it is pointed at as a term, and u, v and the pages tell of it. */
static void pages_tell_of_the_term(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *tells;
    } asked[] = {
        {"u", HEAD "W_K[3,2], the marked cell of the term, is read 11 times"}, {"v", "gradient of W_K[3,2] -0.0277"},
        {":panel routes<Enter>", "as fast as " HEAD "W_K[3,2]"},
    };
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        command(at, HEAD "W_K[3,2]");
        EXPECT(at->view.panes.focus == PANE_CELL, "a weight is pointed at as a term");
        press(at, asked[i].keys);
        expect_screen(at, 24, 80, asked[i].tells, true);
        press(at, "nN");
        expect_screen(at, 24, 80, asked[i].tells, true);
        press(at, "+");
        EXPECT(at->view.fork.count == 1 && strcmp(at->view.fork.edits[0].cell.name, HEAD "W_K") == 0, "on its page + edits %s", at->view.fork.edits[0].cell.name);
        press(at, "d<Tab><Tab>l");
        expect_screen(at, 24, 80, asked[i].tells, false);
        press(at, "q");
    }
    command(at, HEAD "W_K[3,2]");
    press(at, "t");
    EXPECT(strstr(at->view.message.text, "Tab"), "where the page is not seen, t does not say how to come to it");
    stepper_close(&stepper);
}

/* A check on a fork with an edited activation would measure another run and call the gradient wrong. */
static void checks_know_edits(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    command(at, HEAD "scores[2,1]");
    press(at, "+v");
    EXPECT(at->view.message.complains && strstr(at->view.message.text, "edited"), "checked: %s", at->view.message.text);
    expect_refused(at, "gradcheck " HEAD "W_K", "edited");
    press(at, "xv");
    expect_screen(at, 24, 80, "holds gradient of scores[2,1]", true);
    press(at, "d");
    command(at, "nudge " HEAD "W_K[3,2] 0.1");
    press(at, "v");
    expect_screen(at, 24, 80, "holds gradient of scores[2,1]", true);
    stepper_close(&stepper);
}

/* The title of a page counts the lines out of sight until the last is seen. */
static void titles_count_lines(void **state)
{
    (void)state;
    static const int sizes[][2] = {{12, 40}, {20, 60}, {24, 80}, {40, 120}};
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    command(at, "165");
    press(at, "t");
    for (int i = 0; i < 4; i++)
        expect_screen(at, sizes[i][0], sizes[i][1], " more: Tab", true);
    expect_screen(at, 24, 80, "23 more: Tab, Down", true);
    press(at, "<Tab><Tab>");
    expect_screen(at, 24, 80, "lines 1-7 of 30", true);
    press(at, "<Down>");
    expect_screen(at, 24, 80, "lines 2-8 of 30", true);
    for (int i = 0; i < 9; i++)
        press(at, "<PageDown>");
    expect_screen(at, 24, 80, "lines 24-30 of 30", true);
    stepper_close(&stepper);
}

/* The last word of each help is on the screen while its key is chosen. */
static void help_is_whole(void **state)
{
    (void)state;
    static const int sizes[][2] = {{12, 40}, {20, 60}, {24, 80}, {40, 120}};
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    for (int all = 0; all < 2; all++) {
        MenuItem item;
        press(at, "?");
        EXPECT(all ? menu_count(&at->view) > 60 : menu_count(&at->view) == 11, "%d lines", menu_count(&at->view));
        for (int n = 0; menu_item(&at->view, n, &item); n++, press(at, "<Down>"))
            for (int i = 0; i < 4; i++) {
                const char *last = strrchr(item.help, ' ');
                expect_screen(at, sizes[i][0], sizes[i][1], last ? last + 1 : item.help, true);
            }
    }
    press(at, "zzz");
    expect_screen(at, 24, 80, ":panel commands", true);
    stepper_close(&stepper);
}

int test_stepper_asking(void)
{
    TestList list = {0};
    tests_add(&list, pages_tell_of_the_term, NULL, "pages tell of the term that was asked about");
    tests_add(&list, checks_know_edits, NULL, "checks know of edited activations");
    tests_add(&list, titles_count_lines, NULL, "titles count the lines out of sight");
    tests_add(&list, help_is_whole, NULL, "the chosen help is whole");
    return tests_run(&list, "stepper_asking");
}
