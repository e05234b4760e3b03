/* The list of primitives: a new one is one line here and one entry in its family. */
#include "families.h"

const Primitive *const PRIMITIVES[] = {
    &MATMUL,
    &ROW_SUM_OF_SQUARES, &SMALLEST,
    &ADD, &SUBTRACT, &MULTIPLY, &DIVIDE, &SCALE, &ADD_CONSTANT, &DIVIDE_BY, &SCALE_BY,
    &EXP, &LOG, &SQRT, &TANH, &ERF, &SIGMOID, &LOG_SIGMOID, &RELU, &POSITIVE, &SINE, &COSINE,
    &ROW_SUM, &ROW_MAX, &COLUMN_SUM, &COLUMN_MAX, &COLUMN_SUM_OF_SQUARES,
    &ADD_ROW, &SUB_ROW, &MUL_ROW, &DIV_ROW, &SUB_COL, &MUL_COL, &DIV_COL,
    &GATHER_ROWS, &SCATTER_ROWS, &PICK, &ONE_HOT, &FIND_ROWS,
    &GATHER_CELLS, &SCATTER_CELLS,
    &SUM_LARGER, &IS_BELOW, &AT_LEAST, &CHOOSE, &RUNNING_SUM, &FIRST_ABOVE, &LARGEST_CELLS,
    &RANK_IN_ROW, &PLACE_IN_COLUMN, &NONZERO_ROWS,
    &COUNT_PAIRS, &LARGEST_PAIR, &MERGE_PAIR, &CUT_ROWS, &FIRST_PAIR, &JOIN_ROWS,
    &COPY, &TRANSPOSE, &SLICE_COLUMNS, &SLICE_ROWS, &CONCAT, &STACK, &BROADCAST, &FILL, &CAUSAL_MASK, &SPLIT_WORDS,
    &ORDER, &CAN_PART, &BETWEEN, &QUANTILES, &COUNT_UP_TO, &LARGEST,
    &ROTATE,
    &MOVING_AVERAGE, &MOVING_AVERAGE_OF_SQUARES, &ROOT_PLUS, &DECAYED_STEP,
};
const int PRIMITIVE_COUNT = sizeof PRIMITIVES / sizeof *PRIMITIVES;

bool shape_as_first(const Tape *tape, const Step *step, Shape *out)
{
    const Value *first = step_input(tape, step, 0);
    *out = (Shape){first->rows, first->cols, first->row_axis, first->col_axis};
    return true;
}

bool shape_all_same(const Tape *tape, const Step *step, Shape *out)
{
    shape_as_first(tape, step, out);
    for (int i = 1; i < step->input_count; i++) {
        const Value *input = step_input(tape, step, i);
        if (input->rows != out->rows || input->cols != out->cols)
            return false;
        if (!out->row_axis)
            out->row_axis = input->row_axis;
        if (!out->col_axis)
            out->col_axis = input->col_axis;
    }
    return true;
}
