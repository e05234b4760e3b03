/* Hints; see hints.h. */
#include "hints.h"

#include "lint.h"
#include "sheet.h"
#include "tracer/query/formula.h"

#include <stdio.h>

static bool is_asked(const Variant *variant, int line, int row, int col)
{
    for (int i = 0; i < variant->cell_count; i++) {
        const AskedCell *cell = &variant->cells[i];
        if (cell->line == line && cell->row == row && cell->col == col)
            return true;
    }
    return false;
}

/* The last cell of an asked value that is not asked itself. */
static bool unasked_cell(const Variant *variant, Cell *out)
{
    for (int line = 0; line < variant->exercise->asked_count; line++) {
        int id = tape_find(&variant->run.tape, variant->exercise->asked[line].name);
        for (int i = id < 0 ? -1 : (int)cells_of(tape_value(&variant->run.tape, id)) - 1; i >= 0; i--) {
            int cols = tape_value(&variant->run.tape, id)->cols;
            *out = (Cell){.value = id, .row = i / cols, .col = i % cols};
            if (!is_asked(variant, line, out->row, out->col) && cell_of(tape_value(&variant->run.tape, id), out->row, out->col) != 0)
                return true;
        }
    }
    return false;
}

static bool work_out(const Variant *variant, Cell cell, Text *out, Error *error)
{
    Names names;
    Explanation explanation = {0};
    char text[600];
    if (!names_init(&names, &variant->run.tape, &variant->model, error))
        return false;
    bool made = tape_value(&variant->run.tape, cell.value)->producer >= 0;
    bool whole = !made || explain(&variant->run.tape, cell.value, cell.row, cell.col, &explanation) || error_memory(error);
    if (whole) {
        text_add(out, "%s = ", cell_text(&names, cell.value, cell.row, cell.col, text, sizeof text));
        cell_formula(&names, cell.value, cell.row, cell.col, &explanation, (FormulaStyle){.digits = 4}, out);
        text_add(out, "\n");
    }
    explanation_free(&explanation);
    names_free(&names);
    return whole;
}

/* Another student, so that no number of this sheet is told. */
static bool open_example(const Variant *variant, Variant *example, Error *error)
{
    Whose whose = {.course = "example", .student = variant->whose.student, .draw = 0};
    return lint_open(example, variant->exercise, whose, error);
}

static bool hint_cell(const Variant *variant, Text *out, Error *error)
{
    Cell cell;
    Variant example;
    if (variant->exercise->choice) {
        text_add(out, "go through the list from the top: for each line work out one cell of the value that it would change,\n"
                      "and compare it with what is shown.\n");
        return true;
    }
    if (unasked_cell(variant, &cell)) {
        text_add(out, "a cell of your sheet that is not asked, worked out:\n");
        return work_out(variant, cell, out, error);
    }
    if (!open_example(variant, &example, error))
        return false;
    const AskedCell *last = &example.cells[example.cell_count - 1];
    cell = (Cell){.value = tape_find(&example.run.tape, example.exercise->asked[last->line].name), .row = last->row, .col = last->col};
    text_add(out, "all of your cells are asked, so here is one of another sheet, worked out:\n");
    bool whole = work_out(&example, cell, out, error);
    variant_close(&example);
    return whole;
}

static bool hint_solution(const Variant *variant, Text *out, Error *error)
{
    Variant example;
    if (!open_example(variant, &example, error))
        return false;
    bool whole = sheet_write(&example, true, out, error);
    text_add(out, "\nNow you: tracer exercise start %02d --student %s-again draws fresh numbers to practise on.\n",
             variant->exercise->number, variant->whose.student);
    variant_close(&example);
    return whole;
}

bool hint_write(const Variant *variant, int rung, Text *out, Error *error)
{
    static const char *const names[] = {"check your own numbers", "a question", "the formula with its shapes", "one cell", "a solution"};
    text_add(out, "hint %d of %d: %s\n", rung, HINT_RUNGS, names[rung - 1]);
    if (rung <= WRITTEN_HINTS)
        text_add(out, "%s", variant->exercise->hints[rung - 1] ? variant->exercise->hints[rung - 1] : "");
    else if (!(rung == 4 ? hint_cell : hint_solution)(variant, out, error))
        return false;
    return !out->failed || error_memory(error);
}
