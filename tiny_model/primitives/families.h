/* The primitives by name, family by family; each is defined in the file named here. */
#ifndef TINY_MODEL_PRIMITIVES_FAMILIES_H
#define TINY_MODEL_PRIMITIVES_FAMILIES_H

#include "../primitive.h"

/* matmul.c */
extern const Primitive MATMUL;
/* of the families of reductions and of choosing */
extern const Primitive ROW_SUM_OF_SQUARES, SMALLEST;
/* pointwise.c: two matrices of one shape, or a matrix and a constant */
extern const Primitive ADD, SUBTRACT, MULTIPLY, DIVIDE, SCALE, ADD_CONSTANT, DIVIDE_BY, SCALE_BY;
/* functions.c: a function of one number in every cell */
extern const Primitive EXP, LOG, SQRT, TANH, ERF, SIGMOID, LOG_SIGMOID, RELU, POSITIVE, SINE, COSINE;
/* reductions.c: a row or a column becomes one number */
extern const Primitive ROW_SUM, ROW_MAX, COLUMN_SUM, COLUMN_MAX, COLUMN_SUM_OF_SQUARES;
/* rows_columns.c: a matrix and a row or a column that meets every row or column of it */
extern const Primitive ADD_ROW, SUB_ROW, MUL_ROW, DIV_ROW, SUB_COL, MUL_COL, DIV_COL;
/* gather.c: rows and cells by index */
extern const Primitive GATHER_ROWS, SCATTER_ROWS, PICK, ONE_HOT, FIND_ROWS;
/* cells.c: single cells by index */
extern const Primitive GATHER_CELLS, SCATTER_CELLS;
/* choosing.c: which of many */
extern const Primitive SUM_LARGER, IS_BELOW, AT_LEAST, CHOOSE, RUNNING_SUM, FIRST_ABOVE, LARGEST_CELLS;
/* assigning.c: experts and places for tokens */
extern const Primitive RANK_IN_ROW, PLACE_IN_COLUMN, NONZERO_ROWS;
/* merging.c: pairs of neighbours, counted, chosen, merged */
extern const Primitive COUNT_PAIRS, LARGEST_PAIR, MERGE_PAIR;
/* encoding.c: a text in rows of ids, the next merge of them */
extern const Primitive CUT_ROWS, FIRST_PAIR, JOIN_ROWS;
/* splitting.c: where to cut a column of numbers */
extern const Primitive ORDER, CAN_PART, BETWEEN, QUANTILES, COUNT_UP_TO, LARGEST;
/* layout.c: cells move, numbers stay */
extern const Primitive COPY, TRANSPOSE, SLICE_COLUMNS, SLICE_ROWS, CONCAT, STACK, BROADCAST, FILL, SPLIT_WORDS;
/* mask.c */
extern const Primitive CAUSAL_MASK;
/* rotate.c */
extern const Primitive ROTATE;
/* update.c: the lines of the optimizers */
extern const Primitive MOVING_AVERAGE, MOVING_AVERAGE_OF_SQUARES, ROOT_PLUS, DECAYED_STEP;

/* Shape rules that several families share. */
bool shape_as_first(const Tape *tape, const Step *step, Shape *out);
bool shape_all_same(const Tape *tape, const Step *step, Shape *out);

#endif
