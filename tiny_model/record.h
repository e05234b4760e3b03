/* One function a primitive, so that a rule reads like its formula:
 *
 *   int shifted = sub_col(tape, HERE("shifted"), scores, max);
 *
 * Shapes are the primitive's (primitives/), memory and errors those of tape_step. */
#ifndef TINY_MODEL_RECORD_H
#define TINY_MODEL_RECORD_H

#include "primitives/families.h"

#define RECORD_ONE(function, primitive) \
    static inline int function(Tape *tape, const Label *out, int a) \
    { \
        return tape_step(tape, &primitive, out, (int[]){a}, 1, (Attributes){0}); \
    }

#define RECORD_TWO(function, primitive) \
    static inline int function(Tape *tape, const Label *out, int a, int b) \
    { \
        return tape_step(tape, &primitive, out, (int[]){a, b}, 2, (Attributes){0}); \
    }

#define RECORD_WITH_CONSTANT(function, primitive) \
    static inline int function(Tape *tape, const Label *out, int a, double constant) \
    { \
        return tape_step(tape, &primitive, out, (int[]){a}, 1, (Attributes){.constants = {constant}}); \
    }

RECORD_TWO(add, ADD)
RECORD_TWO(subtract, SUBTRACT)
RECORD_TWO(multiply, MULTIPLY)
RECORD_TWO(divide, DIVIDE)
RECORD_TWO(scale_by, SCALE_BY)
RECORD_TWO(add_row, ADD_ROW)
RECORD_TWO(mul_row, MUL_ROW)
RECORD_TWO(sub_col, SUB_COL)
RECORD_TWO(mul_col, MUL_COL)
RECORD_TWO(div_col, DIV_COL)
RECORD_TWO(gather_rows, GATHER_ROWS)
RECORD_TWO(pick, PICK)
RECORD_TWO(gather_cells, GATHER_CELLS)
RECORD_TWO(find_rows, FIND_ROWS)
RECORD_TWO(sum_larger, SUM_LARGER)
RECORD_TWO(first_above, FIRST_ABOVE)
RECORD_TWO(at_least, AT_LEAST)
RECORD_TWO(can_part, CAN_PART)
RECORD_TWO(between, BETWEEN)
RECORD_TWO(count_up_to, COUNT_UP_TO)

RECORD_ONE(exponential, EXP)
RECORD_ONE(logarithm, LOG)
RECORD_ONE(square_root, SQRT)
RECORD_ONE(hyperbolic_tangent, TANH)
RECORD_ONE(error_function, ERF)
RECORD_ONE(logistic, SIGMOID)
RECORD_ONE(logarithm_of_logistic, LOG_SIGMOID)
RECORD_ONE(rectified, RELU)
RECORD_ONE(positive_part_slope, POSITIVE)
RECORD_ONE(sine, SINE)
RECORD_ONE(cosine, COSINE)
RECORD_ONE(row_sum, ROW_SUM)
RECORD_ONE(row_max, ROW_MAX)
RECORD_ONE(running_sum, RUNNING_SUM)
RECORD_ONE(column_sum, COLUMN_SUM)
RECORD_ONE(column_sum_of_squares, COLUMN_SUM_OF_SQUARES)
RECORD_ONE(copy, COPY)
RECORD_ONE(transpose, TRANSPOSE)
RECORD_ONE(rank_in_row, RANK_IN_ROW)
RECORD_ONE(place_in_column, PLACE_IN_COLUMN)
RECORD_ONE(order, ORDER)
RECORD_ONE(largest_column, LARGEST)

RECORD_TWO(sub_row, SUB_ROW)
RECORD_TWO(div_row, DIV_ROW)
RECORD_ONE(row_sum_of_squares, ROW_SUM_OF_SQUARES)
RECORD_ONE(smallest, SMALLEST)

RECORD_WITH_CONSTANT(scale, SCALE)
RECORD_WITH_CONSTANT(add_constant, ADD_CONSTANT)
RECORD_WITH_CONSTANT(divide_by, DIVIDE_BY)
RECORD_WITH_CONSTANT(root_plus, ROOT_PLUS)
RECORD_WITH_CONSTANT(is_below, IS_BELOW)

/* a b, a b^T and a^T b. */
static inline int matmul(Tape *tape, const Label *out, int a, int b)
{
    return tape_step(tape, &MATMUL, out, (int[]){a, b}, 2, (Attributes){0});
}

static inline int matmul_bt(Tape *tape, const Label *out, int a, int b)
{
    return tape_step(tape, &MATMUL, out, (int[]){a, b}, 2, (Attributes){.transposed = {false, true}});
}

static inline int matmul_at(Tape *tape, const Label *out, int a, int b)
{
    return tape_step(tape, &MATMUL, out, (int[]){a, b}, 2, (Attributes){.transposed = {true, false}});
}

/* Without equal ones that stand further left. */
static inline int sum_only_larger(Tape *tape, const Label *out, int a, int b)
{
    return tape_step(tape, &SUM_LARGER, out, (int[]){a, b}, 2, (Attributes){.offset = 1});
}

static inline int choose(Tape *tape, const Label *out, int mask, int a, int b)
{
    return tape_step(tape, &CHOOSE, out, (int[]){mask, a, b}, 3, (Attributes){0});
}

static inline int scatter_rows(Tape *tape, const Label *out, int a, int ids, int rows)
{
    return tape_step(tape, &SCATTER_ROWS, out, (int[]){a, ids}, 2, (Attributes){.rows = rows});
}

static inline int scatter_cells(Tape *tape, const Label *out, int a, int places, int rows, int cols)
{
    return tape_step(tape, &SCATTER_CELLS, out, (int[]){a, places}, 2, (Attributes){.rows = rows, .cols = cols});
}

static inline int one_hot(Tape *tape, const Label *out, int ids, int cols)
{
    return tape_step(tape, &ONE_HOT, out, (int[]){ids}, 1, (Attributes){.cols = cols});
}

static inline int slice_columns(Tape *tape, const Label *out, int a, int offset, int cols)
{
    return tape_step(tape, &SLICE_COLUMNS, out, (int[]){a}, 1, (Attributes){.offset = offset, .cols = cols});
}

/* Row and column of the `count` largest cells. */
static inline int largest_cells(Tape *tape, const Label *out, int a, int count)
{
    return tape_step(tape, &LARGEST_CELLS, out, &a, 1, (Attributes){.rows = count});
}

static inline int slice_rows(Tape *tape, const Label *out, int a, int offset, int rows)
{
    return tape_step(tape, &SLICE_ROWS, out, (int[]){a}, 1, (Attributes){.offset = offset, .rows = rows});
}

/* The first `count` rows of a column that are not 0. */
static inline int nonzero_rows(Tape *tape, const Label *out, int a, int count)
{
    return tape_step(tape, &NONZERO_ROWS, out, (int[]){a}, 1, (Attributes){.cols = count});
}

static inline int stack(Tape *tape, const Label *out, const int *inputs, int count)
{
    return tape_step(tape, &STACK, out, inputs, count, (Attributes){0});
}

static inline int concat(Tape *tape, const Label *out, const int *inputs, int count)
{
    return tape_step(tape, &CONCAT, out, inputs, count, (Attributes){0});
}

static inline int broadcast(Tape *tape, const Label *out, int a, int rows, int cols)
{
    return tape_step(tape, &BROADCAST, out, (int[]){a}, 1, (Attributes){.rows = rows, .cols = cols});
}

static inline int fill(Tape *tape, const Label *out, double constant, int rows, int cols)
{
    return tape_step(tape, &FILL, out, NULL, 0, (Attributes){.constants = {constant}, .rows = rows, .cols = cols});
}

/* The rows of a one behind the other, `cols` numbers that are not -1. */
static inline int join_rows(Tape *tape, const Label *out, int a, int cols)
{
    return tape_step(tape, &JOIN_ROWS, out, (int[]){a}, 1, (Attributes){.cols = cols});
}

/* characters: every code point is a piece of its own; else pieces end at blanks. */
static inline int split_words(Tape *tape, const Label *out, int text, int pieces, int longest, bool characters)
{
    return tape_step(tape, &SPLIT_WORDS, out, (int[]){text}, 1,
                     (Attributes){.rows = pieces, .cols = longest, .offset = characters});
}

/* The numbers that cut an ordered row into cols + 1 equal parts. */
static inline int quantiles(Tape *tape, const Label *out, int a, int cols)
{
    return tape_step(tape, &QUANTILES, out, (int[]){a}, 1, (Attributes){.cols = cols});
}

/* half: columns i and i + d/2 are a pair, not 2i and 2i + 1. */
static inline int rotate(Tape *tape, const Label *out, int x, int cosine, int sine, bool half)
{
    return tape_step(tape, &ROTATE, out, (int[]){x, cosine, sine}, 3, (Attributes){.offset = half});
}

/* window: how many columns up to the diagonal are seen; 0: all of them. before: columns that stand before that of
 * the first row. */
static inline int causal_mask(Tape *tape, const Label *out, int a, double constant, int window, int before)
{
    return tape_step(tape, &CAUSAL_MASK, out, (int[]){a}, 1,
                     (Attributes){.constants = {constant}, .cols = window, .offset = -before});
}

/* beta a + (1 - beta) b, and the same with b squared. */
static inline int moving_average(Tape *tape, const Label *out, int a, int b, double beta)
{
    return tape_step(tape, &MOVING_AVERAGE, out, (int[]){a, b}, 2, (Attributes){.constants = {beta}});
}

static inline int moving_average_of_squares(Tape *tape, const Label *out, int a, int b, double beta)
{
    return tape_step(tape, &MOVING_AVERAGE_OF_SQUARES, out, (int[]){a, b}, 2, (Attributes){.constants = {beta}});
}

/* keep a - rate b. */
static inline int decayed_step(Tape *tape, const Label *out, int a, int b, double keep, double rate)
{
    return tape_step(tape, &DECAYED_STEP, out, (int[]){a, b}, 2, (Attributes){.constants = {keep, rate}});
}

#endif
