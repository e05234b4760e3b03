/* The text panel: its pages at every step, their numbers, what they lead to; uses against the
 * slowest way to find them; checks on request; zoom and order. */
#include "screens.h"

#include "tracer/base/sources.h"
#include "tracer/query/uses.h"
#include "tracer/stepper/keys.h"
#include "tracer/views/panel_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Reads of a cell found by explaining everything. */
static void slow_uses(const Tape *tape, Reference cell, int *count, double *sum)
{
    Explanation e = {0};
    *count = 0;
    *sum = 0;
    for (int step = 0; step < tape->step_count; step++) {
        const Value *output = step_output(tape, &tape->steps[step]);
        bool reads = false;
        for (int i = 0; i < tape->steps[step].input_count; i++)
            reads |= tape->steps[step].inputs[i] == cell.value;
        for (int at = 0; reads && at < output->rows * output->cols; at++) {
            EXPECT(explain(tape, tape->steps[step].output, at / output->cols, at % output->cols, &e), "out of memory");
            for (int i = 0; i < e.count; i++)
                for (int j = 0; j < e.terms[i].cell_count; j++) {
                    const Cell *read = &e.terms[i].cells[j];
                    if (read->value == cell.value && read->row == cell.row && read->col == cell.col) {
                        ++*count;
                        *sum += isfinite(e.terms[i].contribution) ? e.terms[i].contribution : 0;
                    }
                }
        }
    }
    explanation_free(&e);
}

static void uses_are_all_found(void **state)
{
    (void)state;
    int cells = 0, reads = 0;
    for (int p = 0; p < PRIMITIVE_COUNT; p++) {
        Tape tape = {.frame = -1};
        tape_begin_phase(&tape, PHASE_FORWARD);
        PRIMITIVES[p]->sample(&tape);
        for (int value = 0; value < tape.value_count; value++) {
            int all = tape.values[value].rows * tape.values[value].cols;
            for (int at = 0; at < all; at += 1 + all / 30, cells++) { /* of large ones some */
                Reference cell = {value, at / tape.values[value].cols, at % tape.values[value].cols};
                Uses uses;
                int count;
                double sum, found = 0;
                slow_uses(&tape, cell, &count, &sum);
                EXPECT(uses_find(&tape, cell, &uses), "out of memory");
                for (int i = 0; i < uses.count; i++)
                    found += isfinite(uses.list[i].contribution) ? uses.list[i].contribution : 0;
                EXPECT(uses.count == count && found == sum, "%s: cell [%d,%d] of value %d is read %d times, not %d",
                       PRIMITIVES[p]->name, cell.row, cell.col, value, count, uses.count);
                reads += count;
                uses_free(&uses);
            }
        }
        tape_free(&tape);
    }
    EXPECT(cells > 500 && reads > 500, "%d cells, %d reads", cells, reads);
}

static void expect_page(const State *state, int index, int width)
{
    const Tape *tape = state_tape(&state->view);
    Page page = {.width = width, .room = 20, .ascii = true};
    const char *why;
    if (!page_fits(&state->view, index, &why))
        return;
    EXPECT(page_make(&state->view, index, &page) && page.count > 0, "step %d: page %s is empty", state->view.cursor.step, PANEL_PAGES[index].name);
    int leading = 0;
    for (int i = 0; i < page.count; i++) {
        const PageLine *line = &page.lines[i];
        leading += line->step >= 0;
        if (line->step < 0)
            continue;
        EXPECT(line->step < tape->step_count, "step %d: %s leads to step %d", state->view.cursor.step, PANEL_PAGES[index].name, line->step);
        const Value *output = step_output(tape, &tape->steps[line->step]);
        EXPECT(line->row >= 0 && line->row < output->rows && line->col >= 0 && line->col < output->cols,
               "step %d: %s leads to [%d,%d] of %d x %d", state->view.cursor.step, PANEL_PAGES[index].name, line->row, line->col, output->rows,
               output->cols);
    }
    EXPECT(leading == page.leading && page.focus < page.count, "%s counts %d of %d leading lines", PANEL_PAGES[index].name, page.leading, leading);
    page_free(&page);
}

#define WRITTEN "a text that is written"

static void pages_at_every_step(void **state)
{
    Stepper stepper;
    if (strcmp(*state, WRITTEN) == 0)
        open_written(&stepper, "tiny", "-n 3 --temperature 0.8 --top-k 4");
    else
        open_stepper(&stepper, *state, true);
    for (int step = 0; step < stepper.session.run.tape.step_count; step++) {
        state_jump(&stepper.state, step);
        stepper.state.view.cursor.row = step % 5;
        stepper.state.view.cursor.col = step % 7;
        stepper.state.view.panes.by_size = step % 2;
        for (int page = 0; page < PANEL_PAGE_COUNT; page++) {
            expect_page(&stepper.state, page, 0);
            expect_page(&stepper.state, page, 3 + step % 60);
        }
    }
    stepper_close(&stepper);
}

static void expect_same_screen(State *state, const char *keys)
{
    Text before = screen_of(state, 24, 100);
    press(state, keys);
    state->view.message.text[0] = '\0';
    Text after = screen_of(state, 24, 100);
    EXPECT(before.length == after.length && memcmp(before.data, after.data, after.length) == 0, "%s changes the screen:\n%s\n%s", keys,
           before.data, after.data);
    text_free(&before);
    text_free(&after);
}

static void pages_turn_back(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    press(&stepper.state, ":block0.attention.head0.weights[2,1]<Enter>");
    for (int page = 0; page <= PANEL_PAGE_COUNT; page++) {
        if (page > 0 && !page_fits(&stepper.state.view, page - 1, &(const char *){NULL}))
            continue;
        EXPECT(stepper.state.view.panes.page == page, "page %d, not %d", stepper.state.view.panes.page, page);
        expect_same_screen(&stepper.state, "tT");
        expect_same_screen(&stepper.state, "Tt");
        expect_same_screen(&stepper.state, "zZ");
        expect_same_screen(&stepper.state, "ZZZZ");
        expect_same_screen(&stepper.state, "oo");
        expect_same_screen(&stepper.state, "ee");
        press(&stepper.state, "t");
    }
    EXPECT(stepper.state.view.panes.page == 0, "the ring does not close");
    stepper_close(&stepper);
}

static void a_use_leads_there_and_back(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    State *at = &stepper.state;
    press(at, ":block0.attention.head0.weights[2,1]<Enter>u<Down>");
    Page page = {0};
    EXPECT(page_make(&at->view, at->view.panes.page - 1, &page) && page.leading > 1, "nobody reads a weight of attention");
    const PageLine *line = &page.lines[page_chosen(&at->view, &page)];
    int step = at->view.cursor.step;
    press(at, "<Enter>");
    EXPECT(at->view.cursor.step == line->step && state_cell(&at->view).row == line->row && state_cell(&at->view).col == line->col && at->view.panes.focus == PANE_PANEL,
           "Enter leads to step %d", at->view.cursor.step);
    page_free(&page);
    press(at, "<Backspace>");
    EXPECT(at->view.cursor.step == step && at->view.panes.line == 1 && at->view.cursor.row == 2 && at->view.cursor.col == 1, "Backspace leads to step %d, line %d", at->view.cursor.step, at->view.panes.line);
    press(at, "q");
    EXPECT(at->view.panes.page == 0 && at->view.panes.focus == PANE_OPERATION && !at->errand.quit, "q does not close the page");
    stepper_close(&stepper);
}

static void largest_terms_first(void **state)
{
    Stepper stepper;
    (void)state;
    open_stepper(&stepper, "by-hand", false);
    press(&stepper.state, ":block0.mlp.hidden.product[2,20]<Enter>o");
    Explanation e = {0};
    EXPECT(state_explain(&stepper.state.view, &e) && e.count == 16, "%d terms", e.count);
    double sum = 0;
    for (int i = 0; i < e.count; i++) {
        EXPECT(i == 0 || fabs(e.terms[i].contribution) <= fabs(e.terms[i - 1].contribution), "term %d is larger than the one before", i);
        sum += e.terms[i].contribution;
    }
    EXPECT(fabs(sum - e.total) < 1e-12, "the terms make %g, not %g", sum, e.total);
    explanation_free(&e);
    stepper_close(&stepper);
}

static void copies_are_skipped(void **state)
{
    Stepper stepper;
    (void)state;
    open_stepper(&stepper, "tiny", false);
    State *at = &stepper.state;
    press(at, ":block0.attention.output.product[2,4]<Enter><Enter><Down><Down><Down><Down>");
    press(at, "<Enter>");
    EXPECT(strstr(name_of(&at->view.session->names, state_cell(&at->view).value), ".concat"), "a term of the product reads the heads side by side");
    press(at, "<Backspace>e<Enter>");
    const char *name = name_of(&at->view.session->names, state_cell(&at->view).value);
    EXPECT(strstr(name, "head1.output") && state_cell(&at->view).col == 1, "through the copy to %s, column %d", name, state_cell(&at->view).col);
    stepper_close(&stepper);
}

static void checks_are_kept(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    State *at = &stepper.state;
    press(at, ":block0.attention.head0.weights[2,1]<Enter>v");
    const Checks *checks = &at->view.checks;
    int id = state_cell(&at->view).value;
    EXPECT(stamp_is_of(&checks->curve_of, at->view.session) && checks->cell.value == id && checks->cell.row == 2, "the curve is kept");
    EXPECT(checks->curve.relative[checks->curve.best] < 1e-6 && fabs(checks->curve.recorded) > 1e-9, "the gradient tells the truth");
    press(at, ":gradcheck<Enter>");
    EXPECT(stamp_is_of(&checks->value_of, at->view.session) && checks->checked.value == id && checks->verdict.ok && checks->verdict.cells == 25, "all of it");
    press(at, ":panel ledger<Enter>v");
    EXPECT(stamp_is_of(&checks->ledger_of, at->view.session) && checks->after < checks->before && checks->promised < 0, "the update helps");
    press(at, ":gradcheck probabilities<Enter>");
    EXPECT(at->view.message.complains && strstr(at->view.message.text, "no gradient"), "says \"%s\"", at->view.message.text);
    press(at, ":panel nonsense<Enter>");
    EXPECT(at->view.message.complains && strstr(at->view.message.text, "stages, uses"), "says \"%s\"", at->view.message.text);
    press(at, "}");
    EXPECT(!stamp_is_of(&checks->curve_of, at->view.session), "another training step is another run");
    stepper_close(&stepper);
}

/* The words of a page, for a listener. */
static Text words_of(State *state, const char *name)
{
    Text text = {0};
    EXPECT(panel_open(state, name), "there is no page %s", name);
    page_sentences(state, &text);
    EXPECT(!text.failed, "out of memory");
    return text;
}

static void pages_are_told(void **state)
{
    static const struct {
        const char *place, *page, *says;
    } told[] = {
        {":block0.attention.head1.weights[3,2]<Enter>", "source", "row_max(tape, HERE(\"max\"), x)"},
        {":block0.attention.head1.weights[3,2]<Enter>", "stages", "shifted = masked − max  [5 x 5]"},
        {":block0.attention.head1.weights[3,2]<Enter>", "truth", "every row sums to 1"},
        {":block0.attention.head1.W_K.grad[3,2]<Enter>", "routes", "head1"},
        {":block0.attention.head1.W_K.grad[3,2]<Enter>", "routes", "2 saw"},
        {":embedding.grad[2,1]<Enter>", "routes", "residual"},
        {":block0.attention.head1.W_K.grad[3,2]<Enter>", "update", "grad.clipped"},
        {":block0.attention.head1.Q.product[3,2]<Enter>", "update", "block0.attention.head1.W_Q[0,2]"},
        {":block0.attention.head1.scaled[3,2]<Enter>", "update", "no parameter here"},
        {":loss<Enter>", "uses", "is read 0 times"},
        {":loss<Enter>", "ledger", "v makes it"},
        {":loss<Enter>", "about", "in full"},
    };
    Stepper stepper;
    (void)state;
    open_stepper(&stepper, "tiny", false);
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        press(&stepper.state, told[i].place);
        Text text = words_of(&stepper.state, told[i].page);
        EXPECT(strstr(text.data, told[i].says), "page %s at %s does not say \"%s\":\n%s", told[i].page, told[i].place, told[i].says, text.data);
        text_free(&text);
    }
    stepper_close(&stepper);
}

/* Every step of every preset was recorded by a line that the program carries. */
static void sources_are_there(void **state)
{
    Session session;
    open_model(&session, *state, NULL, 0);
    const Tape *tape = &session.run.tape;
    for (int step = 0; step < tape->step_count; step++) {
        bool found = false;
        for (int i = 0; i < SOURCE_COUNT; i++)
            found |= strcmp(SOURCES[i].path, tape->steps[step].file) == 0 && tape->steps[step].line <= SOURCES[i].count;
        EXPECT(found, "%s:%d is not carried along", tape->steps[step].file, tape->steps[step].line);
    }
    session_close(&session);
}

/* With e a use is followed through copies: what is reached does more, or is not read once. */
static void uses_skip_copies(void **state)
{
    Stepper stepper;
    open_stepper(&stepper, *state, false);
    State *at = &stepper.state;
    const Tape *tape = state_tape(&at->view);
    int skipped = 0;
    for (int step = 0; step < tape->step_count; step++) {
        state_init(at, &stepper.lab, at->view.tutor);
        state_jump(at, step);
        press(at, "u<Enter>");
        if (at->view.cursor.step == step)
            continue;
        int first = at->view.cursor.step;
        press(at, "<Backspace>");
        press(at, "e<Enter>");
        bool copies = tape->steps[at->view.cursor.step].primitive->combine == COMBINE_COPY;
        Uses uses;
        EXPECT(uses_find(tape, state_cell(&at->view), &uses), "out of memory");
        EXPECT(!copies || uses.count != 1, "step %d leads to a copy, step %d, that is read once", step, at->view.cursor.step);
        EXPECT(at->view.cursor.step >= first && (at->view.cursor.step == first || tape->steps[first].primitive->combine == COMBINE_COPY), "step %d skips step %d", step, first);
        skipped += at->view.cursor.step != first;
        uses_free(&uses);
    }
    EXPECT(skipped > 3, "only %d copies are skipped", skipped);
    stepper_close(&stepper);
}

/* No formula of the page is cut: with or without a width the same words stand there. */
static void update_is_wrapped(void **state)
{
    (void)state;
    Stepper stepper;
    open_stepper(&stepper, "tiny", false);
    command(&stepper.state, "block0.attention.head1.W_K.grad[3,2]");
    for (int width = 30; width < 120; width += 7) {
        Page wide = {0}, narrow = {.width = width};
        int index = 0;
        for (; strcmp(PANEL_PAGES[index].name, "update") != 0; index++)
            ;
        EXPECT(page_make(&stepper.state.view, index, &wide) && page_make(&stepper.state.view, index, &narrow), "out of memory");
        char *words[2] = {calloc(1, wide.text.length + 1), calloc(1, narrow.text.length + 1)};
        for (int i = 0; i < 2; i++) {
            const Page *page = i ? &narrow : &wide;
            size_t used = 0;
            for (size_t j = 0; j < page->text.length; j++)
                if (page->text.data[j] != ' ' && page->text.data[j] != '\0')
                    words[i][used++] = page->text.data[j];
        }
        EXPECT(strcmp(words[0], words[1]) == 0, "width %d says something else:\n%s\n%s", width, words[0], words[1]);
        for (int i = 0; i < narrow.count; i++)
            EXPECT(text_width(page_text(&narrow, &narrow.lines[i])) <= width, "cut at %d: %s", width, page_text(&narrow, &narrow.lines[i]));
        free(words[0]);
        free(words[1]);
        page_free(&wide);
        page_free(&narrow);
    }
    stepper_close(&stepper);
}

int test_panel(void)
{
    TestList list = {0};
    static const char *const models[] = {"tiny", "by-hand"};
    tests_add(&list, uses_are_all_found, NULL, "uses are all found, every primitive");
    for (int i = 0; i < 2; i++) {
        tests_add(&list, pages_at_every_step, models[i], "pages at every step, %s", models[i]);
        tests_add(&list, pages_turn_back, models[i], "pages turn back, %s", models[i]);
        tests_add(&list, a_use_leads_there_and_back, models[i], "a use leads there and back, %s", models[i]);
        tests_add(&list, checks_are_kept, models[i], "checks are kept, %s", models[i]);
    }
    tests_add(&list, pages_at_every_step, "xor", "pages at every step, a classifier");
    tests_add(&list, pages_at_every_step, WRITTEN, "pages at every step, " WRITTEN);
    tests_add(&list, pages_at_every_step, "golden/reference/m38/model.json", "pages at every step, several sequences");
    tests_add(&list, pages_at_every_step, "golden/reference/m39/model.json", "pages at every step, many options");
    tests_add(&list, pages_at_every_step, "golden/screens/frozen.json", "pages at every step, a part is frozen");
    tests_add(&list, largest_terms_first, NULL, "the largest terms first");
    tests_add(&list, copies_are_skipped, NULL, "copies are skipped");
    tests_add(&list, pages_are_told, NULL, "pages are told");
    tests_add_models(&list, sources_are_there, "sources are there");
    tests_add(&list, uses_skip_copies, "tiny", "a use is followed through copies");
    tests_add(&list, update_is_wrapped, NULL, "no formula of the update is cut");
    return tests_run(&list, "panel");
}
