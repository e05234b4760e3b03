/* Looking inside while stepping: the token of a row on its way, the lens, parts taken out and exchanged; every line leads
 * to the step that it tells of, and the run that is shown stays as it was. */
#include "inside_golden.h"
#include "screens.h"

#include "tracer/query/intervention.h"
#include "tracer/stepper/keys.h"
#include "tracer/views/panel_page.h"

#include <math.h>

static Page page_shown(const State *at, const char *name)
{
    Page page = {.width = 60};
    EXPECT(at->view.panes.page && strcmp(PANEL_PAGES[at->view.panes.page - 1].name, name) == 0, "%s is not shown", name);
    EXPECT(page_make(&at->view, at->view.panes.page - 1, &page), "out of memory");
    return page;
}

/* The names of what the lines lead to, in their order. */
static void expect_leads(const State *at, const Page *page, const char *const *names, int count, int row)
{
    EXPECT(page->leading == count, "%d lines lead somewhere", page->leading);
    for (int i = 0, found = 0; i < page->count; i++) {
        const PageLine *line = &page->lines[i];
        if (line->step < 0)
            continue;
        const char *name = name_of(&at->view.session->names, state_tape(&at->view)->steps[line->step].output);
        EXPECT(strcmp(name, names[found]) == 0 && line->row == row, "line %d leads to %s, row %d", found, name, line->row);
        found++;
    }
}

static void a_key_follows_the_row(void **state)
{
    (void)state;
    static const char *const names[] = {
        "embedding", "lens.embedding.probabilities", "block0.attention.head0.output", "block0.attention.head1.output",
        "lens.block0.output.probabilities", "block1.attention.head0.output", "block1.attention.head1.output",
        "lens.block1.output.probabilities"};
    Stepper stepper;
    open_stepper(&stepper, "induction", false);
    State *at = &stepper.state;
    press(at, ":block0.attention.head1.weights[3,2]<Enter>r");
    EXPECT(at->view.panes.focus == PANE_PANEL, "the page has the focus");
    Page page = page_shown(at, "follow");
    expect_leads(at, &page, names, 8, 3);
    page_free(&page);
    press(at, "<Down><Down><Down><Enter>");
    Reference cell = state_cell(&at->view);
    EXPECT(strcmp(name_of(&at->view.session->names, cell.value), names[3]) == 0 && cell.row == 3, "Enter goes to the head");
    press(at, "<Backspace>");
    EXPECT(strstr(name_of(&at->view.session->names, state_cell(&at->view).value), "weights"), "and Backspace back");
    stepper_close(&stepper);
    open_stepper(&stepper, "tiny", false);
    press(&stepper.state, "r");
    EXPECT(stepper.state.view.message.complains && strstr(stepper.state.view.message.text, "--inside"), "says \"%s\"",
           stepper.state.view.message.text);
    EXPECT(stepper.state.view.panes.focus != PANE_PANEL, "nothing is opened");
    stepper_close(&stepper);
}

static void the_lens_tells_the_likeliest(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "induction", false);
    State *at = &stepper.state;
    press(at, ":block0.attention.head1.weights[9,2]<Enter>:panel lens<Enter>");
    Page page = page_shown(at, "lens");
    const Tape *tape = state_tape(&at->view);
    const Inside *inside = at->view.session->run.inside;
    EXPECT(page.leading == 3 * inside->level_count, "%d lines", page.leading);
    int told = 0;
    double before = 2;
    for (int i = 0; i < page.count; i++) {
        const PageLine *line = &page.lines[i];
        if (line->step < 0)
            continue;
        const Value *value = tape_value(tape, inside->levels[told / 3].probabilities);
        EXPECT(step_output(tape, &tape->steps[line->step]) == value && line->row == 9, "line %d", told);
        double p = cell_of(value, 9, line->col);
        EXPECT(told % 3 == 0 || p <= before, "the likeliest stand first");
        for (int c = 0; told % 3 == 0 && c < value->cols; c++)
            EXPECT(cell_of(value, 9, c) <= p, "the first is the likeliest");
        before = p;
        told++;
    }
    page_free(&page);
    stepper_close(&stepper);
}

static void parts_are_taken_out(void **state)
{
    (void)state;
    static const char *const names[] = {"embedding", "block0.attention.head0.output", "block0.attention.head1.output",
                                        "block1.attention.head0.output", "block1.attention.head1.output"};
    Stepper stepper;
    Session session;
    Ablations ablations;
    Error error = {0};
    open_stepper(&stepper, "induction", false);
    State *at = &stepper.state;
    double loss = run_loss(&at->view.session->run);
    press(at, ":logits[9,0]<Enter>:panel ablate<Enter>");
    Page page = page_shown(at, "ablate");
    EXPECT(page.leading == 0 && strstr(page_text(&page, &page.lines[0]), "v makes it"), "nothing is told before v");
    page_free(&page);
    press(at, "v");
    page = page_shown(at, "ablate");
    expect_leads(at, &page, names, 5, 9);
    page_free(&page);
    EXPECT(same_bits(run_loss(&at->view.session->run), loss), "the run is another");
    Looking looking = open_inside(&session, (RunOptions){.model = "induction"});
    EXPECT(ablations_make(&session, &looking, &ablations, &error), "%s", error.text);
    const PartsTaken *taken = &at->view.checks.taken;
    assert_int_equal(taken->count, ablations.count);
    for (int i = 0; i < taken->count; i++)
        EXPECT(is_close(taken->list[i].first, ablations.list[i].zero.all - loss, 1e-12) &&
                   is_close(taken->list[i].second, ablations.list[i].mean.all - loss, 1e-12) && taken->list[i].first > 1,
               "part %d: %g, %g", i, taken->list[i].first, taken->list[i].second);
    ablations_free(&ablations);
    session_close(&session);
    press(at, "}");
    EXPECT(!stamp_is_of(&at->view.checks.taken_of, at->view.session), "another training step is another run");
    stepper_close(&stepper);
}

/* As the reference has it, by a whole forward pass for every part and position. */
static void parts_are_exchanged(void **state)
{
    (void)state;
    Error error = {0};
    json_t *root = json_file_read(FOLDER "effects.json", 1 << 20, &error);
    const json_t *of = json_array_get(json_object_get(json_object_get(root, "induction"), "patching"), 1);
    Stepper stepper;
    open_session(&stepper, &(RunOptions){.model = "induction", .tokens = "0,5,2,4,9,0,5,2"});
    State *at = &stepper.state;
    command(at, "patch 0,5,2,3,9,0,5,2");
    EXPECT(!at->view.message.complains, "says \"%s\"", at->view.message.text);
    const PartsPatched *patched = &at->view.checks.patched;
    EXPECT(is_close(patched->clean, real(of, "clean"), CLOSE) && is_close(patched->own, real(of, "corrupted"), CLOSE), "the logits");
    EXPECT(patched->count > 5, "%d effects", patched->count);
    for (int i = 0; i < patched->count; i++) {
        const PartEffect *effect = &patched->list[i];
        const json_t *part = json_array_get(json_object_get(of, "parts"), (size_t)effect->part);
        double exact = json_number_value(json_array_get(json_object_get(part, "exact"), (size_t)effect->position));
        double estimate = json_number_value(json_array_get(json_object_get(part, "estimate"), (size_t)effect->position));
        EXPECT(is_close(effect->first, exact, CLOSE) && is_close(effect->second, estimate, CLOSE), "effect %d: %g, not %g",
               i, effect->first, exact);
        EXPECT(i == 0 || fabs(effect->first) <= fabs(patched->list[i - 1].first), "the largest stand first");
    }
    Page page = page_shown(at, "patch");
    EXPECT(page.leading == patched->count, "%d lines lead somewhere", page.leading);
    page_free(&page);
    json_decref(root);
    expect_refused(at, "patch", "patch and another text");
    expect_refused(at, "patch 1,2", "the texts do not fit");
    expect_refused(at, "patch 0,5,2,4,9,0,5,2", "both texts are the same");
    expect_refused(at, "patch 0,5,2,4,9,0,5,99", "99");
    stepper_close(&stepper);
}

/* What was imposed is told as such, and only where it is not what the terms make. */
static void imposed_numbers_are_told(void **state)
{
    (void)state;
    Stepper stepper;
    open_session(&stepper, &(RunOptions){.model = "induction", .ablate = "block1.head0"});
    State *at = &stepper.state;
    command(at, "block1.attention.head0.output[3,1]");
    expect_on_screen(at, "set by --ablate");
    stepper_close(&stepper);
    open_session(&stepper, &(RunOptions){.model = "induction", .patch = "block1.head0@8",
                                         .clean = "k b h a m c f k b h a m c f k d"});
    at = &stepper.state;
    command(at, "block1.attention.head0.output[8,1]");
    expect_on_screen(at, "taken from the text --clean");
    command(at, "block1.attention.head0.output[3,1]");
    Text screen = screen_of(at, 30, 120);
    EXPECT(!strstr(screen.data, "--clean"), "row 3 is its own:\n%s", screen.data);
    text_free(&screen);
    stepper_close(&stepper);
}

int test_stepper_inside(void)
{
    TestList list = {0};
    tests_add(&list, a_key_follows_the_row, NULL, "r follows the token of the row, each line leads to its step");
    tests_add(&list, the_lens_tells_the_likeliest, NULL, "the lens tells the likeliest of each level");
    tests_add(&list, parts_are_taken_out, NULL, "v takes parts out beside the run");
    tests_add(&list, parts_are_exchanged, NULL, ":patch exchanges parts with another text, as elsewhere");
    tests_add(&list, imposed_numbers_are_told, NULL, "an imposed number says who imposed it");
    return tests_run(&list, "stepper_inside");
}
