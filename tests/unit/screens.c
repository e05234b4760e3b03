/* Screens for tests, and the golden ones; see screens.h. */
#include "screens.h"

#include "tracer/stepper/draw.h"
#include "tracer/stepper/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void open_stepper(Stepper *stepper, const char *model, bool ascii)
{
    Error error = {0};
    Arguments arguments = {.run = {.model = model}};
    locale_prepare();
    EXPECT(stepper_open(stepper, &arguments, ascii, &error), "%s", error.text);
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

typedef struct {
    const char *name, *model, *keys;
    bool ascii;
} Scene;

static const Scene SCENES[] = {
    {"start", "tiny", "", false},
    {"scores", "tiny", ":block0.attention.head0.scores[saw,cat]<Enter>", false},
    {"softmax", "tiny", ":block0.attention.head1.weights[3,2]<Enter><Enter>", false},
    {"softmax-ascii", "tiny", ":block0.attention.head1.weights[3,2]<Enter><Enter>", true},
    {"masked", "tiny", ":block0.attention.head0.masked[1,3]<Enter>", false},
    {"wide-matmul", "by-hand", ":block0.mlp.hidden.product[2,20]<Enter><Enter><Down><Right>", false},
    {"norm-backward", "tiny", ":block0.mlp.norm.backward.difference[1,1]<Enter>", false},
    {"loss", "by-hand", ":loss<Enter>", false},
    {"update", "tiny", "Gkk<Right>", false},
    {"tree", "tiny", "<Tab><Tab><Down><Down><Down><Down><Enter><Down>", false},
    {"why", "tiny", ":block0.attention.head0.scores[2,1]<Enter><Enter><Enter><Enter><Down>", false},
    {"menu", "tiny", "?back", false},
    {"wide", "golden/screens/wide.json", ":logits[3,3]<Enter><Enter><Down>", false},
    {"wide-ascii", "golden/screens/wide.json", ":logits[3,3]<Enter>", true},
    {"error-ascii", "tiny", ":block0.attention.head0.weihgts<Enter>", true},
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

static void golden_screen(void **state)
{
    static const int sizes[][2] = {{12, 40}, {24, 80}, {40, 120}};
    const Scene *scene = *state;
    Stepper stepper;
    open_stepper(&stepper, scene->model, scene->ascii);
    press(&stepper.state, scene->keys);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        Text shown = screen_of(&stepper.state, sizes[i][0], sizes[i][1]);
        expect_golden(scene->name, sizes[i][0], sizes[i][1], &shown);
        text_free(&shown);
    }
    stepper_close(&stepper);
}

void tests_add_screens(TestList *list)
{
    for (size_t i = 0; i < sizeof SCENES / sizeof *SCENES; i++)
        tests_add(list, golden_screen, &SCENES[i], "screen %s", SCENES[i].name);
}
