/* The page of the text panel that shows the tutorial: what it follows, how far it scrolls, its spelling in ASCII, and
 * tutorials that are not there or wrong. */
#include "chapters.h"
#include "screens.h"

#include "tracer/base/ascii.h"
#include "tracer/stepper/tutor.h"

#include <stdlib.h>
#include <string.h>

static void a_tutorial_that_is_not_there(void **state)
{
    Stepper stepper;
    (void)state;
    setenv("TRACER_TUTORIAL", "/nowhere", 1);
    open_stepper(&stepper, "tiny", false);
    unsetenv("TRACER_TUTORIAL");
    press(&stepper.state, "t");
    expect_on_screen(&stepper.state, "TRACER_TUTORIAL is \"/nowhere\"");
    press(&stepper.state, ":learn<Enter>");
    expect_on_screen(&stepper.state, "TRACER_TUTORIAL is \"/nowhere\"");
    stepper_close(&stepper);
}

static void a_chapter_that_is_written_wrongly(void **state)
{
    Passages *passages = made_passages("# 7. Made\n\n<!-- step: forward tokenizer -->\n<!--{{loss}}-->1\n"), *whole;
    Stepper stepper;
    (void)state;
    open_stepper(&stepper, "tiny", false);
    whole = stepper.passages;
    stepper.state.view.tutor = tutor_of(passages);
    expect_on_screen(&stepper.state, "a reference has no end");
    stepper.state.view.tutor = tutor_of(whole);
    stepper_close(&stepper);
    passages_free(passages);
}

static void the_page_follows_the_tree(void **state)
{
    Stepper stepper;
    (void)state;
    open_stepper(&stepper, "tiny", false);
    press(&stepper.state, ":block0.attention.head0.scores<Enter>t");
    expect_on_screen(&stepper.state, "5. Scores");
    press(&stepper.state, "<Tab><Tab><Tab>");
    EXPECT(stepper.state.view.panes.focus == PANE_TREE, "pane %d", stepper.state.view.panes.focus);
    press(&stepper.state, "<Up><Up>"); /* head0, folded frames between */
    expect_on_screen(&stepper.state, "4. Queries");
    press(&stepper.state, ":learn<Enter>");
    expect_on_screen(&stepper.state, "tracer learn 5 reads the chapter, Scores");
    stepper_close(&stepper);
}

static void pages_scroll_to_their_end(void **state)
{
    static const int sizes[][2] = {{12, 40}, {24, 80}, {30, 120}, {50, 200}};
    Stepper stepper;
    (void)state;
    open_stepper(&stepper, "tiny", false);
    press(&stepper.state, ":block0.attention.head0.weights<Enter>:learn<Enter>");
    for (int i = 0; i < 20; i++)
        press(&stepper.state, "<PageDown>");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        Text screen = screen_of(&stepper.state, sizes[i][0], sizes[i][1]);
        EXPECT(strstr(screen.data, "tracer learn 7 reads the whole"), "the end is not in sight:\n%s", screen.data);
        text_free(&screen);
    }
    stepper_close(&stepper);
}

static void spelled_in_ascii(void **state)
{
    static const struct {
        const char *text, *spelled;
    } cases[] = {
        {"dW = xᵀ dy", "dW = x^T dy"}, {"t₀ t₁ … t_(T−1)", "t_0 t_1 ... t_(T-1)"}, {"tᵢ₊₁", "t_i+1"}, {"Q Kᵀ / √d_k", "Q K^T / sqrt d_k"},
        {"a → b", "a -> b"}, {"e to −∞", "e to -inf"}, {"木", "?"}, {"plain", "plain"}, {"x² ᵗ", "x^2 ^t"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Text out = {0};
        ascii_add(cases[i].text, &out);
        EXPECT(out.data && strcmp(out.data, cases[i].spelled) == 0, "%s becomes %s", cases[i].text, out.data);
        text_free(&out);
    }
}

/* No character of a passage is without a spelling. */
static void passages_are_spelled(void **state)
{
    Passages *passages = all_passages();
    (void)state;
    for (int i = 0; i < passages->count; i++) {
        Text out = {0};
        int asked = 0, left = 0;
        ascii_add(passages->passages[i].markdown, &out);
        for (const char *at = passages->passages[i].markdown; *at; at++)
            asked += *at == '?';
        for (const char *at = out.data ? out.data : ""; *at; at++)
            left += *at == '?';
        EXPECT(asked == left, "chapter %d, %s has a character without a spelling", passages->passages[i].chapter->number,
               passages->passages[i].section);
        text_free(&out);
    }
    passages_free(passages);
}

int test_text_page(void)
{
    TestList list = {0};
    tests_add(&list, a_tutorial_that_is_not_there, NULL, "a tutorial that is not there");
    tests_add(&list, a_chapter_that_is_written_wrongly, NULL, "a chapter that is written wrongly");
    tests_add(&list, the_page_follows_the_tree, NULL, "the page follows the tree");
    tests_add(&list, pages_scroll_to_their_end, NULL, "pages scroll to their end");
    tests_add(&list, spelled_in_ascii, NULL, "spelled in ASCII");
    tests_add(&list, passages_are_spelled, NULL, "passages are spelled");
    return tests_run(&list, "text_page");
}
