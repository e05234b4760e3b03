/* Who reads a cell, and with which factor; see uses.h and why.h.
 *
 * A primitive reads an input cell (r, c) only in some cells of its output: a sum over a row only in
 * row r, a matrix product A B cell A[r, c] only in row r and cell B[r, c] only in column c. Its
 * entry says which. */
#include "uses.h"
#include "why.h"

#include <stdlib.h>

/* Rows and columns of an output, from and to before. */
typedef struct {
    int row, row_end, col, col_end;
} Region;

static Region region_of(const Step *step, int input, Reference cell, const Value *output)
{
    const Primitive *primitive = step->primitive;
    /* The first input may be read otherwise than all others, as in matmul. */
    Reach reach = primitive->reach[input > 0];
    bool transposed = reach == REACH_SWAPPED || (primitive->transposes && step->attributes.transposed[input]);
    int row = transposed ? cell.col : cell.row, col = transposed ? cell.row : cell.col;
    Region region = {0, output->rows, 0, output->cols};
    if (reach == REACH_CELL || reach == REACH_SWAPPED || reach == REACH_ROW) {
        region.row = row;
        /* A cell outside of what a slice or a gather took reaches nothing. */
        region.row_end = row < output->rows ? row + 1 : row;
    }
    if (reach == REACH_CELL || reach == REACH_SWAPPED || reach == REACH_COLUMN) {
        region.col = col;
        region.col_end = col < output->cols ? col + 1 : col;
    }
    return region;
}

static bool is_cell(const Cell *cell, Reference wanted)
{
    return cell->value == wanted.value && cell->row == wanted.row && cell->col == wanted.col;
}

/* What the cell at index `at` of the term is multiplied by; of a quotient the other number. */
static double factor_of(Combine combine, const Term *term, int at)
{
    double factor = combine == COMBINE_DIFFERENCE && at == 1 ? -1 : 1;
    if (combine == COMBINE_QUOTIENT)
        return term->cells[1 - at].number;
    for (int i = 0; i < term->cell_count; i++)
        if (i != at && combine != COMBINE_DIFFERENCE && combine != COMBINE_FUNCTION && combine != COMBINE_MAXIMUM)
            factor *= term->cells[i].number;
    return factor;
}

static void add_use(Uses *uses, Use use)
{
    if (uses->count == uses->capacity) {
        int capacity = uses->capacity ? 2 * uses->capacity : 64;
        Use *list = realloc(uses->list, (size_t)capacity * sizeof *list);
        if (!list) {
            uses->failed = true;
            return;
        }
        uses->list = list;
        uses->capacity = capacity;
    }
    uses->list[uses->count++] = use;
}

static void add_uses_in(const Step *step, int id, const Explanation *e, Reference wanted, int row, int col, Uses *uses)
{
    for (int i = 0; i < e->count; i++)
        for (int j = 0; j < e->terms[i].cell_count; j++)
            if (is_cell(&e->terms[i].cells[j], wanted))
                add_use(uses, (Use){id, row, col, step->primitive->combine, j,
                                    factor_of(step->primitive->combine, &e->terms[i], j), e->terms[i].contribution});
}

static bool in_region(const Region *region, int row, int col)
{
    return row >= region->row && row < region->row_end && col >= region->col && col < region->col_end;
}

/* The cells of the step's output that the cell can reach, row by row, each once. */
static void find_in_step(const Tape *tape, int id, Reference cell, Explanation *e, Uses *uses)
{
    const Step *step = &tape->steps[id];
    const Value *output = step_output(tape, step);
    Region regions[2], around = {output->rows, 0, output->cols, 0};
    int count = 0;
    for (int i = 0; i < step->input_count; i++) {
        if (step->inputs[i] != cell.value)
            continue;
        Region region = region_of(step, i, cell, output);
        if (count == 2) /* the same value three times: look everywhere */
            region = regions[--count] = (Region){0, output->rows, 0, output->cols};
        regions[count++] = region;
        around.row = region.row < around.row ? region.row : around.row;
        around.col = region.col < around.col ? region.col : around.col;
        around.row_end = region.row_end > around.row_end ? region.row_end : around.row_end;
        around.col_end = region.col_end > around.col_end ? region.col_end : around.col_end;
    }
    /* Row by row over both regions at once, so that the uses come in the order of the output. */
    for (int row = around.row; row < around.row_end; row++)
        for (int col = around.col; col < around.col_end; col++) {
            if (!in_region(&regions[0], row, col) && (count < 2 || !in_region(&regions[1], row, col)))
                continue;
            uses->failed |= !explain(tape, step->output, row, col, e);
            add_uses_in(step, id, e, cell, row, col, uses);
        }
}

bool uses_find(const Tape *tape, Reference cell, Uses *uses)
{
    Explanation e = {0};
    *uses = (Uses){0};
    for (int id = 0; id < tape->step_count && !uses->failed; id++)
        for (int i = 0; i < tape->steps[id].input_count; i++)
            if (tape->steps[id].inputs[i] == cell.value) {
                find_in_step(tape, id, cell, &e, uses);
                break;
            }
    explanation_free(&e);
    return !uses->failed;
}

void uses_free(Uses *uses)
{
    free(uses->list);
    *uses = (Uses){0};
}

void use_how(const Tape *tape, const Use *use, int digits, bool ascii, Text *out)
{
    const Primitive *primitive = tape->steps[use->step].primitive;
    char number[NUMBER_SIZE];
    number_text(number, use->factor, digits);
    if (use->combine == COMBINE_FUNCTION)
        text_add(out, "through %s", ascii ? primitive->ascii : primitive->symbol);
    else if (use->combine == COMBINE_MAXIMUM)
        text_add(out, "as a candidate for the largest");
    else if (use->combine == COMBINE_QUOTIENT)
        text_add(out, use->at == 0 ? "divided by %s" : "as the divisor of %s", number);
    else
        text_add(out, "times %s", number);
}

bool uses_text(const Names *names, Reference cell, FormulaStyle style, Text *out, Error *error)
{
    const Tape *tape = names->tape;
    char name[400], number[NUMBER_SIZE];
    Uses uses;
    bool whole = uses_find(tape, cell, &uses);
    for (int i = 0; whole && i < uses.count; i++) {
        const Use *use = &uses.list[i];
        int output = tape->steps[use->step].output;
        if (i == 0 || use->step != use[-1].step) {
            text_add(out, "step %d, ", use->step);
            step_place(tape, use->step, out);
            text_add(out, ": ");
            step_formula(names, use->step, false, style.ascii, out);
            text_add(out, "\n");
        }
        text_add(out, "  %s  ", cell_text(names, output, use->row, use->col, name, sizeof name));
        use_how(tape, use, style.digits, style.ascii, out);
        text_add(out, " gives %s of ", number_text(number, use->contribution, style.digits));
        text_add(out, "%s\n", number_text(number, cell_of(tape_value(tape, output), use->row, use->col), style.digits));
    }
    uses_free(&uses);
    return (whole && !out->failed) || error_memory(error);
}
