/* Does the explanation of a cell add up to the recorded number? See support.h. */
#include "support.h"

#include <math.h>

/* The same bits, or a nan of whatever sign: planted mistakes make some. */
static bool same_number(double a, double b)
{
    return same_bits(a, b) || (isnan(a) && isnan(b));
}

static bool is_input(const Step *step, int value)
{
    for (int i = 0; i < step->input_count; i++)
        if (step->inputs[i] == value)
            return true;
    return false;
}

/* The cells of a term are on the tape, inputs of the step, and hold what the tape holds. */
static void expect_cells_of_the_tape(const Tape *tape, const Step *step, const Term *term)
{
    const char *name = step->primitive->name;
    EXPECT(term->cell_count >= 1 && term->cell_count <= TERM_CELLS, "%s: a term of %d cells", name, term->cell_count);
    for (int i = 0; i < term->cell_count; i++) {
        const Cell *cell = &term->cells[i];
        if (cell->value < 0)
            continue;
        EXPECT(is_input(step, cell->value), "%s: a term reads a value that is no input", name);
        const Value *value = tape_value(tape, cell->value);
        EXPECT(cell->row >= 0 && cell->row < value->rows && cell->col >= 0 && cell->col < value->cols,
               "%s: a term reads [%d,%d] of %d x %d", name, cell->row, cell->col, value->rows, value->cols);
        EXPECT(same_number(cell->number, cell_of(value, cell->row, cell->col)), "%s: a term holds %.17g for %.17g", name,
               cell->number, cell_of(value, cell->row, cell->col));
    }
}

/* The contribution, computed from the cells alone. Functions are looked at in test_primitives.c. */
static double recomputed(Combine combine, const Term *term)
{
    double number = term->cells[0].number;
    switch (combine) {
    case COMBINE_DIFFERENCE: return number - term->cells[1].number;
    case COMBINE_QUOTIENT: return number / term->cells[1].number;
    case COMBINE_SUM:
    case COMBINE_PRODUCT:
        for (int i = 1; i < term->cell_count; i++)
            number *= term->cells[i].number;
        return number;
    case COMBINE_MAXIMUM:
    case COMBINE_COPY: return number;
    case COMBINE_FUNCTION: return term->contribution;
    }
    return NAN;
}

/* How many cells a term has, by what is made of it; 0: any number. */
static int cells_expected(Combine combine)
{
    switch (combine) {
    case COMBINE_DIFFERENCE:
    case COMBINE_QUOTIENT:
    case COMBINE_PRODUCT: return 2;
    case COMBINE_COPY:
    case COMBINE_MAXIMUM: return 1;
    case COMBINE_SUM:
    case COMBINE_FUNCTION: return 0;
    }
    return -1;
}

static double recombined(const Explanation *explanation)
{
    double number = explanation->combine == COMBINE_SUM ? 0 : explanation->terms[0].contribution;
    for (int i = 0; i < explanation->count; i++)
        if (explanation->combine == COMBINE_SUM)
            number += explanation->terms[i].contribution;
        else
            number = fmax(number, explanation->terms[i].contribution);
    return number;
}

static void expect_terms(const Tape *tape, const Step *step, const Explanation *explanation)
{
    const char *name = step->primitive->name;
    Combine combine = explanation->combine;
    EXPECT(combine == step->primitive->combine, "%s: combines as %s", name, combine_name(combine));
    bool several = combine == COMBINE_SUM || combine == COMBINE_MAXIMUM;
    EXPECT(several || explanation->count == 1, "%s: %d terms", name, explanation->count);
    EXPECT(combine != COMBINE_MAXIMUM || explanation->count > 0, "%s: the largest of nothing", name);
    for (int i = 0; i < explanation->count; i++) {
        const Term *term = &explanation->terms[i];
        expect_cells_of_the_tape(tape, step, term);
        int cells = cells_expected(combine);
        EXPECT(cells == 0 || term->cell_count == cells, "%s: a term of %d cells", name, term->cell_count);
        EXPECT(same_number(term->contribution, recomputed(combine, term)), "%s: a term of %.17g whose cells make %.17g",
               name, term->contribution, recomputed(combine, term));
    }
}

static void expect_cell_explained(const Tape *tape, const Step *step, int row, int col, Explanation *explanation)
{
    EXPECT(explain(tape, step->output, row, col, explanation), "out of memory");
    expect_terms(tape, step, explanation);
    char name[256];
    tape_name(tape, step->output, name, sizeof name);
    double recorded = cell_of(step_output(tape, step), row, col);
    bool both_zero = explanation->combine == COMBINE_SUM && recorded == 0 && explanation->total == 0;
    EXPECT(both_zero || same_number(recorded, explanation->total), "%s[%d,%d] by %s is %.17g, explained as %.17g", name, row,
           col, step->primitive->name, recorded, explanation->total);
    bool adds_up = recombined(explanation) == explanation->total || isnan(explanation->total);
    EXPECT(adds_up, "%s[%d,%d]: terms make %.17g, total is %.17g", name, row, col, recombined(explanation),
           explanation->total);
}

void expect_step_explained(const Tape *tape, int step)
{
    Explanation explanation = {0};
    const Value *output = step_output(tape, &tape->steps[step]);
    for (int row = 0; row < output->rows; row++)
        for (int col = 0; col < output->cols; col++)
            expect_cell_explained(tape, &tape->steps[step], row, col, &explanation);
    explanation_free(&explanation);
}

void expect_all_explained(const Tape *tape)
{
    EXPECT(tape->step_count > 0, "nothing was recorded");
    for (int step = 0; step < tape->step_count; step++)
        expect_step_explained(tape, step);
}
