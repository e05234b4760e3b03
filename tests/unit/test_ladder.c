/* A ladder of models, the law of their losses, and the text that stands in a window by turns. */
#include "support.h"

#include "tracer/figures/figure.h"
#include "tracer/session/ladder.h"
#include "tracer/session/resize.h"

#include <math.h>

/* A law that is known is found again, also one that has no end in sight; three points are too few. */
static void laws_are_found(void **state)
{
    (void)state;
    static const struct {
        double a, b, c;
    } laws[] = {{8, 0.28, 2.1}, {30, 0.5, 0}, {3, 0.08, 1}};
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        Ladder ladder = {.count = 6};
        for (int n = 0; n < 6; n++)
            ladder.list[n] = (Rung){.parameters = 1000 * pow(3, n), .loss = laws[i].a * pow(1000 * pow(3, n), -laws[i].b) + laws[i].c};
        ladder_fit(&ladder);
        EXPECT(is_close(ladder.a, laws[i].a, 1e-6) && is_close(ladder.b, laws[i].b, 1e-9) && is_close(ladder.c, laws[i].c, 1e-6),
               "a %g, b %g, c %g", ladder.a, ladder.b, ladder.c);
        EXPECT(ladder.rms < 1e-9, "residuals %g", ladder.rms);
        ladder.list[2].loss += 0.5;
        ladder_fit(&ladder);
        EXPECT(ladder.rms > 0.1 && ladder.list[2].fitted < ladder.list[2].loss, "a point that is off leaves no residual");
        ladder.count = 3;
        ladder_fit(&ladder);
        EXPECT(isnan(ladder.b) && isnan(ladder.list[0].fitted), "three numbers are fitted to three points");
    }
}

/* A whole ladder on a rhyme: its models are those that were asked for, and the same every time. */
static void a_ladder(void **state)
{
    (void)state;
    static const int widths[] = {8, 16, 24, 32};
    const RunOptions options = {.model = "tutorial/texts/jack.json"};
    Ladder ladder, again;
    Error error = {0};
    EXPECT(ladder_train(&options, widths, 4, 12, true, &ladder, &error), "%s", error.text);
    EXPECT(ladder.count == 4 && ladder.length_count == 4 && ladder.source_count == 3 && ladder.beside_width == 24, "other models");
    for (int i = 0; i < 4; i++) {
        EXPECT(ladder.list[i].width == widths[i] && ladder.list[i].loss > 1 && ladder.list[i].loss < 4, "loss %g", ladder.list[i].loss);
        EXPECT(i == 0 || ladder.list[i].parameters > ladder.list[i - 1].parameters, "not larger");
    }
    EXPECT(same_bits(ladder.lengths[2].loss, ladder.list[2].loss) && same_bits(ladder.sources[0].loss, ladder.list[2].loss),
           "the middle model is another one beside");
    EXPECT(!same_bits(ladder.sources[1].loss, ladder.sources[0].loss), "two texts in a window are one");
    EXPECT(ladder_train(&options, widths, 4, 12, false, &again, &error) && again.length_count == 0, "%s", error.text);
    EXPECT(same_bits(again.list[3].loss, ladder.list[3].loss), "another time, another loss");
    DrawList list = {0};
    Spec spec = {.ladder = &ladder, .theme = &THEMES[0], .caption = true};
    EXPECT(figure_find("scale", &error)->draw(&spec, &list, &error) && !list.failed && list.count > 30, "%s", error.text);
    draw_list_free(&list);
    EXPECT(!ladder_train(&(RunOptions){.model = "xor"}, widths, 4, 12, false, &again, &error), "a ladder of classifiers");
    expect_error(&error, EXIT_USED_WRONGLY, "d_model");
}

/* Letters by turns, whole ones. */
static void texts_by_turns(void **state)
{
    (void)state;
    Model model = {0};
    Error error = {0};
    EXPECT(preset_open(&model, preset_find("moby"), &error), "%s", error.text);
    model.data.text = "abc\xc3\xa9" "123456";
    const Resize resize = {.width = 8, .length = 4, .sources = 2, .updates = 5};
    EXPECT(resize_model(&model, &resize, &error), "%s", error.text);
    assert_string_equal(model.data.text, "a2b3c4\xc3\xa9" "516");
    EXPECT(model.training.batch == 64 && model.training.length == 4, "other windows");
    model_free(&model);
}

int test_ladder(void)
{
    TestList list = {0};
    tests_add(&list, laws_are_found, NULL, "a known law is found");
    tests_add(&list, a_ladder, NULL, "a ladder of models");
    tests_add(&list, texts_by_turns, NULL, "texts by turns");
    return tests_run(&list, "ladder");
}
