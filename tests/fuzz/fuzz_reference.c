/* Fuzzing: the name of a value, row, column or cell as a user types it. */
#include "tracer/session/names.h"

#include "tiny_model/run.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A recorded preset with its names. */
typedef struct {
    Model model;
    Run run;
    Names names;
} Recorded;

static Recorded *record_tiny(void)
{
    Error error = {0};
    Recorded *recorded = calloc(1, sizeof *recorded);
    if (!recorded)
        abort();
    if (!preset_open(&recorded->model, preset_find("tiny"), &error) || !model_finish(&recorded->model, &error) || !run_init(&recorded->run, &recorded->model, NULL, &error) ||
        !run_record(&recorded->run, &error) ||
        !names_init(&recorded->names, &recorded->run.tape, &error))
        abort();
    return recorded;
}

/* The cell's own text leads back to it. */
static void expect_same_cell(const Names *names, Reference cell)
{
    char text[600];
    Reference again;
    Error error = {0};
    cell_text(names, cell.value, cell.row, cell.col, text, sizeof text);
    if (!reference_parse_cell(names, text, &again, &error) || again.value != cell.value || again.row != cell.row ||
        again.col != cell.col)
        abort();
}

static void try_reference(const Names *names, const char *text)
{
    Reference found;
    Error error = {0};
    if (!reference_parse(names, text, &found, &error)) {
        if (error.code == EXIT_DONE || strpbrk(error.text, "\n\033"))
            abort();
        return;
    }
    const Value *value = tape_value(names->tape, found.value);
    if (found.row < ALL || found.row >= value->rows || found.col < ALL || found.col >= value->cols)
        abort();
    error = (Error){0};
    if (reference_parse_cell(names, text, &found, &error))
        expect_same_cell(names, found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static Recorded *recorded; /* once, since recording takes longer than parsing */
    if (!recorded)
        recorded = record_tiny();
    char *text = malloc(size + 1);
    if (!text)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    try_reference(&recorded->names, text);
    free(text);
    return 0;
}
