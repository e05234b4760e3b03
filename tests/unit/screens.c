/* Screens for tests, and the golden ones; see screens.h. */
#include "screens.h"

#include "tracer/stepper/keys.h"
#include "tracer/stepper/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void open_with(Stepper *stepper, const RunOptions *options, bool ascii)
{
    Error error = {0};
    Arguments arguments = {.run = *options};
    locale_prepare();
    EXPECT(stepper_open(stepper, &arguments, ascii, &error), "%s", error.text);
}

void open_stepper(Stepper *stepper, const char *model, bool ascii)
{
    open_with(stepper, &(RunOptions){.model = model}, ascii);
}

void open_written(Stepper *stepper, const char *model, const char *write)
{
    open_with(stepper, &(RunOptions){.model = model, .write = write}, false);
}

void open_session(Stepper *stepper, const RunOptions *options)
{
    open_with(stepper, options, false);
}

void press(State *state, const char *keys)
{
    int code;
    while ((code = key_parse(&keys)) > 0)
        stepper_key(state, code);
    EXPECT(code == 0, "no key at \"%s\"", keys);
}

Text screen_of(const State *state, int rows, int cols)
{
    Grid grid;
    Text text = {0};
    EXPECT(stepper_grid(state, &grid, rows, cols), "out of memory");
    grid_text(&grid, &text);
    text_add(&text, "--- styles: row, column, length, flags, heat\n");
    grid_styles(&grid, &text);
    text_add(&text, "--- cursor: %d %d\n", grid.cursor_row, grid.cursor_col);
    grid_free(&grid);
    return text;
}

void command(State *state, const char *line)
{
    press(state, ":");
    press(state, line);
    press(state, "<Enter>");
}

void expect_refused(State *state, const char *line, const char *what)
{
    State before = *state;
    command(state, line);
    EXPECT(state->view.message.complains && strstr(state->view.message.text, what), "\"%s\" is answered with \"%s\"", line, state->view.message.text);
    State after = *state;
    memcpy(after.view.message.text, before.view.message.text, sizeof after.view.message.text);
    after.view.message.complains = before.view.message.complains;
    after.errand.tell = before.errand.tell;
    memcpy(after.typed.list, before.typed.list, sizeof after.typed.list);
    after.typed.count = before.typed.count;
    EXPECT(memcmp(&before, &after, sizeof before) == 0, "\"%s\" changed something", line);
}

void expect_on_screen(const State *state, const char *what)
{
    Text screen = screen_of(state, 30, 120);
    EXPECT(strstr(screen.data, what), "\"%s\" is not on\n%s", what, screen.data);
    text_free(&screen);
}

typedef struct {
    const char *name, *model, *keys;
    bool ascii, large;  /* large: at 200x50 too */
    const char *write;  /* a text that is written, or NULL */
} Shown;

static const Shown SCENES[] = {
    {"start", "tiny", "", false, false},
    {"scores", "tiny", ":block0.attention.head0.scores[saw,cat]<Enter>", false, false},
    {"softmax", "tiny", ":block0.attention.head1.weights[3,2]<Enter><Enter>", false, false},
    {"softmax-ascii", "tiny", ":block0.attention.head1.weights[3,2]<Enter><Enter>", true, false},
    {"masked", "tiny", ":block0.attention.head0.masked[1,3]<Enter>", false, false},
    {"wide-matmul", "by-hand", ":block0.mlp.hidden.product[2,20]<Enter><Enter><Down><Right>", false, false},
    {"norm-backward", "tiny", ":block0.mlp.norm.backward.difference[1,1]<Enter>", false, false},
    {"loss", "by-hand", ":loss<Enter>", false, false},
    {"update", "tiny", "Gkk<Right>", false, false},
    {"tree", "tiny", "<Tab><Tab><Down><Down><Down><Down><Enter><Down>", false, false},
    {"why", "tiny", ":block0.attention.head0.scores[2,1]<Enter><Enter><Enter><Enter><Down>", false, false},
    {"menu", "tiny", "?back", false, false},
    {"wide", "golden/screens/wide.json", ":logits[3,3]<Enter><Enter><Down>", false, false},
    {"wide-ascii", "golden/screens/wide.json", ":logits[3,3]<Enter>", true, false},
    {"panel-text", "tiny", ":block0.mlp.norm.std[3,0]<Enter>t", false, true},
    {"panel-text-ascii", "by-hand", ":block0.attention.head0.Q.grad[3,2]<Enter>:learn<Enter><Down>", true, true},
    {"panel-source", "tiny", ":block0.attention.head1.weights[3,2]<Enter>:panel source<Enter>", false, true},
    {"panel-stages", "tiny", ":block0.attention.head1.softmax.backward.centered[3,2]<Enter>:panel stages<Enter><Tab><Tab><Down>", false, true},
    {"panel-uses", "by-hand", ":block0.mlp.hidden[2,20]<Enter>uo<Down>", false, true},
    {"panel-routes", "tiny", ":block0.attention.head1.W_K[3,2].grad<Enter>:panel routes<Enter>", false, true},
    {"panel-routes-ascii", "tiny", ":block0.attention.norm.grad[2,1]<Enter>:panel routes<Enter><Tab><Tab>", true, true},
    {"panel-truth", "tiny", ":block0.attention.head1.weights[3,2]<Enter>:gradcheck<Enter>v", false, true},
    {"panel-update", "tiny", ":block0.attention.head1.W_K[3,2].grad<Enter>:panel update<Enter>", false, true},
    {"panel-ledger", "tiny", ":panel ledger<Enter>v", false, true},
    {"panel-follow", "induction", ":block0.attention.head1.weights[3,2]<Enter>r<Down><Down>", false, true},
    {"panel-lens", "induction", ":block0.attention.head1.weights[9,2]<Enter>:panel lens<Enter>", false, true},
    {"panel-ablate", "induction", ":logits[9,0]<Enter>:panel ablate<Enter>v", false, true},
    {"panel-patch", "induction", ":patch k b h a m c f k d h a m c f k d<Enter><Down>", false, true},
    {"panel-drawing", "tiny", ":token1.draw.token<Enter>:panel drawing<Enter>", false, false, "-n 3 --temperature 0.8 --top-k 5 --top-p 0.9"},
    {"panel-drawing-ascii", "tiny", ":token1.sampling.cooled<Enter>:panel drawing<Enter><Tab><Tab><Down>", true, false, "-n 3 --top-k 5"},
    {"zoom-two", "tiny", ":block0.attention.head0.scores[saw,cat]<Enter>z", false, false},
    {"zoom-heat", "tiny", ":block0.attention.head0.masked[saw,cat]<Enter>zz", false, true},
    {"zoom-shade", "golden/screens/wide.json", ":logits[3,3]<Enter>zzz", false, false},
    {"zoom-shade-ascii", "by-hand", ":block0.mlp.hidden.product[2,20]<Enter>zzz", true, false},
    {"menu-first", "tiny", "?", false, false},
    {"menu-choice", "tiny", ":output[saw,1]<Enter>", false, false},
    {"zoom-picture", "golden/screens/pictures.json", ":loss.reconstruction.difference[1,64]<Enter>zi", false, true},
    {"zoom-picture-ascii", "golden/screens/pictures.json", ":loss.reconstruction.difference[2,64]<Enter>zi", true, false},
    {"zoom-wide", "golden/screens/wide.json", ":logits[3,3]<Enter>zz", false, false},
    {"by-size", "by-hand", ":block0.mlp.hidden.product[2,20]<Enter><Enter>o", false, false},
    {"breakpoint", "by-hand", ":break max(weights) > 0.3<Enter>:break rule softmax<Enter>:watch block0.attention.head0.W_Q[0,1]<Enter>c", false, false},
    {"fork", "by-hand", ":block0.attention.head0.scores[2,1]<Enter>w+++}", false, false},
    {"fork-ascii", "by-hand", ":block0.mlp.hidden[1,3]<Enter>+:nudge block0.mlp.W_1[0,0]=3<Enter>x", true, false},
    {"training", "tiny", ":compare 20<Enter>:block0.attention.head0.weights[3,2]<Enter>", false, true},
    {"training-ascii", "by-hand", ":compare 20<Enter>:block0.attention.head0.W_Q[3,2]<Enter>:panel beside<Enter>x", true, true},
    {"mistake", "tiny", ":mistake softmax.columns<Enter>", false, false},
    {"hunt", "tiny", ":bug 3<Enter>cN:found<Enter>", false, false},
    {"predict", "tiny", ":block0.attention.head0.scores[2,1]<Enter>:predict on<Enter>i+", false, false},
    {"notebook", "by-hand", ":block0.attention.head0.scores[2,1]<Enter>bw+:breaks<Enter>", false, false},
    {"classifier", "xor", "sss", false, true},
    {"classifier-routes", "xor", ":W_1.grad[1,2]<Enter>:panel routes<Enter>", false, true},
    {"error-ascii", "tiny", ":block0.attention.head0.weihgts<Enter>", true, false},
};

/* TRACER_ACCEPT=1 in the environment writes the golden instead. */
static void expect_golden(const char *name, int rows, int cols, const Text *shown)
{
    char path[200];
    snprintf(path, sizeof path, "golden/screens/%s-%dx%d.txt", name, cols, rows);
    if (getenv("TRACER_ACCEPT")) {
        FILE *file = fopen(path, "wb");
        EXPECT(file && fwrite(shown->data, 1, shown->length, file) == shown->length && fclose(file) == 0, "cannot write %s", path);
        return;
    }
    FILE *file = fopen(path, "rb");
    EXPECT(file, "%s is missing; TRACER_ACCEPT=1 writes it", path);
    char *golden = calloc(1, shown->length + 2);
    size_t size = golden ? fread(golden, 1, shown->length + 1, file) : 0;
    fclose(file);
    bool same = golden && size == shown->length && memcmp(golden, shown->data, size) == 0;
    free(golden);
    EXPECT(same, "the screen differs from %s:\n%s", path, shown->data);
}

void expect_golden_screens(const State *state, const char *name, bool large)
{
    static const int sizes[][2] = {{12, 40}, {24, 80}, {40, 120}, {50, 200}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes - !large; i++) {
        Text shown = screen_of(state, sizes[i][0], sizes[i][1]);
        expect_golden(name, sizes[i][0], sizes[i][1], &shown);
        text_free(&shown);
    }
}

static void golden_screen(void **state)
{
    const Shown *scene = *state;
    Stepper stepper;
    open_with(&stepper, &(RunOptions){.model = scene->model, .write = scene->write}, scene->ascii);
    press(&stepper.state, scene->keys);
    expect_golden_screens(&stepper.state, scene->name, scene->large);
    stepper_close(&stepper);
}

void tests_add_screens(TestList *list)
{
    for (size_t i = 0; i < sizeof SCENES / sizeof *SCENES; i++)
        tests_add(list, golden_screen, &SCENES[i], "screen %s", SCENES[i].name);
}
