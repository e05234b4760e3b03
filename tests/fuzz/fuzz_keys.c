/* Fuzzing: key scripts of the stepper. The first two bytes are the size of the screen, the rest keys. */
#include "tracer/stepper/keys.h"
#include "tracer/stepper/screen.h"
#include "tracer/stepper/stepper.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_KEYS = 64 };

static void draw(const State *state, int rows, int cols)
{
    Grid grid;
    if (!stepper_grid(state, &grid, rows, cols))
        abort();
    grid_free(&grid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    Stepper stepper;
    Error error = {0};
    Arguments arguments = {.run = {.model = "tiny"}, .digits = DEFAULT_DIGITS};
    if (!stepper_open(&stepper, &arguments, data[0] & 1, &error))
        abort();
    char *text = malloc(size - 1);
    if (!text)
        abort();
    memcpy(text, data + 2, size - 2);
    text[size - 2] = '\0';
    const char *at = text;
    int rows = 1 + data[0] % 60, cols = 1 + data[1];
    for (int code, keys = 0; keys < MOST_KEYS && (code = key_parse(&at)) > 0; keys++) {
        stepper_key(&stepper.state, code);
        draw(&stepper.state, rows, cols);
    }
    free(text);
    stepper_close(&stepper);
    return 0;
}
