/* Hints; see hints.h. */
#include "hints.h"

#include "lint.h"
#include "sheet.h"
#include "tracer/query/formula.h"

#include <stdio.h>

enum { MOST_WORKED = 8 };

static bool is_asked(const Variant *variant, int line, int row, int col)
{
    for (int i = 0; i < variant->cell_count; i++) {
        const AskedCell *cell = &variant->cells[i];
        if (cell->line == line && cell->row == row && cell->col == col)
            return true;
    }
    return false;
}

/* How much can be learned from a cell: its terms that are not 0; -1 without memory. */
static int telling_terms(const Tape *tape, Cell cell)
{
    Explanation explanation = {0};
    int telling = explain(tape, cell.value, cell.row, cell.col, &explanation) ? 0 : -1;
    for (int i = 0; i < explanation.count && telling >= 0; i++)
        telling += explanation.terms[i].contribution != 0;
    explanation_free(&explanation);
    return telling;
}

/* Of the cells of the asked values that are asked, or are not, the one with the most to see; of those
 * that are as good the last. */
static bool best_cell(const Variant *variant, bool asked, Cell *out)
{
    const Tape *tape = &variant->run.tape;
    int best = 0;
    for (int line = 0; line < variant->exercise->asked_count; line++) {
        int id = tape_find(tape, variant->exercise->asked[line].name);
        const Value *value = id < 0 ? NULL : tape_value(tape, id);
        for (int i = 0; value && value->producer >= 0 && i < (int)cells_of(value); i++) {
            Cell cell = {.value = id, .row = i / value->cols, .col = i % value->cols};
            int telling = is_asked(variant, line, cell.row, cell.col) == asked ? telling_terms(tape, cell) : -1;
            /* Of equal ones the last: under a causal mask the last row has the most to see. */
            if (telling >= best && telling > 0) {
                best = telling;
                *out = cell;
            }
        }
    }
    return best > 0;
}

/* Cells to be worked out, each once; what is printed on the sheet needs no working. */
typedef struct {
    Cell cells[MOST_WORKED];
    int count;
} Worked;

/* What stands on the sheet, or is a leaf, is where the working ends. */
static void note_cell(const Names *names, Worked *worked, Cell cell)
{
    bool known = cell.value < 0 || tape_value(names->tape, cell.value)->producer < 0 ||
                 name_given(names, cell.value) != NULL;
    for (int i = 0; i < worked->count && !known; i++)
        known = worked->cells[i].value == cell.value && worked->cells[i].row == cell.row &&
                worked->cells[i].col == cell.col;
    if (!known && worked->count < MOST_WORKED)
        worked->cells[worked->count++] = cell;
}

/* True if the one term is the cell itself: there is nothing to work out. */
static bool only_handed_on(const Explanation *explanation)
{
    return explanation->count == 1 && explanation->terms[0].contribution == explanation->total &&
           explanation->combine != COMBINE_FUNCTION && explanation->terms[0].cell_count <= 1;
}

/* One line: the cell from what it is made of, which is noted in its turn. */
static bool work_out_one(const Names *names, Worked *worked, int i, Text *out)
{
    Cell cell = worked->cells[i];
    Explanation explanation = {0};
    char text[600];
    bool whole = explain(names->tape, cell.value, cell.row, cell.col, &explanation);
    if (whole && (i == 0 || !only_handed_on(&explanation))) {
        bool id = tape_value(names->tape, cell.value)->kind == KIND_INPUT;
        text_add(out, "%s%s = ", i ? "  where " : "",
                 cell_text(names, cell.value, cell.row, cell.col, text, sizeof text));
        cell_formula(names, cell.value, cell.row, cell.col, &explanation,
                     (FormulaStyle){.digits = id ? 0 : DEFAULT_DIGITS}, out);
        text_add(out, "\n");
    }
    for (int t = 0; t < explanation.count; t++)
        for (int c = 0; c < explanation.terms[t].cell_count; c++)
            note_cell(names, worked, explanation.terms[t].cells[c]);
    explanation_free(&explanation);
    return whole;
}

/* Breadth first: what the cell is made of before what that is made of. */
static bool work_out(const Variant *variant, Cell cell, Text *out, Error *error)
{
    Names names;
    Worked worked = {.cells = {cell}, .count = 1};
    if (!names_init(&names, &variant->run.tape, error))
        return false;
    bool whole = true;
    for (int i = 0; i < worked.count && whole; i++)
        whole = work_out_one(&names, &worked, i, out);
    names_free(&names);
    return whole || error_memory(error);
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
        text_add(out, "go through the list from the top: "
                      "for each line work out one cell of the value that it would change,\n"
                      "and compare it with what is shown.\n");
        return true;
    }
    if (best_cell(variant, false, &cell)) {
        text_add(out, "a cell of your sheet that is not asked, worked out:\n");
        return work_out(variant, cell, out, error);
    }
    if (!open_example(variant, &example, error))
        return false;
    text_add(out, "all of your cells are asked, so here is one of another sheet, worked out:\n");
    bool whole = !best_cell(&example, true, &cell) || work_out(&example, cell, out, error);
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
    static const char *const names[] = {"check your own numbers", "a question", "the formula with its shapes",
                                        "one cell", "a solution"};
    text_add(out, "hint %d of %d: %s\n", rung, HINT_RUNGS, names[rung - 1]);
    if (rung <= WRITTEN_HINTS)
        text_add(out, "%s", variant->exercise->hints[rung - 1] ? variant->exercise->hints[rung - 1] : "");
    else if (!(rung == 4 ? hint_cell : hint_solution)(variant, out, error))
        return false;
    return !out->failed || error_memory(error);
}
