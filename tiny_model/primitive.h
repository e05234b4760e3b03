/* Primitives: the operations that are small enough to be explained cell by cell.
 * Every number of the program is made by one of them, so every number can be explained.
 * Each is one const entry in one family file under primitives/ and one line in the list. */
#ifndef TINY_MODEL_PRIMITIVE_H
#define TINY_MODEL_PRIMITIVE_H

#include "tape.h"

/* How the terms of a cell make the number. */
typedef enum {
    COMBINE_SUM,        /* any number of terms, added left to right from 0 */
    COMBINE_PRODUCT,    /* one term; its cells multiplied */
    COMBINE_QUOTIENT,   /* one term; its first cell divided by its second */
    COMBINE_DIFFERENCE, /* one term; its first cell minus its second */
    COMBINE_MAXIMUM,    /* several terms; the largest */
    COMBINE_COPY,       /* one term; its only cell */
    COMBINE_FUNCTION    /* one term; a function of its cells */
} Combine;

/* Where the symbol stands when a step is drawn with its matrices. */
typedef enum {
    SYMBOL_BEFORE,   /* the operands: exp a; rows a, b */
    SYMBOL_BETWEEN,  /* them: a × b */
    SYMBOL_BEHIND    /* the only one, and the constant behind it: a · 0.5 */
} SymbolPlace;

/* In which cells of the output a cell (r, c) of an input can be read. */
typedef enum {
    REACH_ALL,      /* in any of them */
    REACH_CELL,     /* in (r, c) */
    REACH_SWAPPED,  /* in (c, r) */
    REACH_ROW,      /* in row r */
    REACH_COLUMN    /* in column c */
} Reach;

/* A cell that a term reads. value < 0: a constant. */
typedef struct {
    int value, row, col;
    double number;
} Cell;

enum { TERM_CELLS = 9 };

typedef struct {
    Cell cells[TERM_CELLS];
    int cell_count;
    double contribution;
} Term;

typedef struct {
    Combine combine;
    Term *terms;
    int count, capacity;
    double total;        /* computed in the order of `run`: the recorded number, bit by bit */
    bool out_of_memory;  /* the terms are not whole */
} Explanation;

struct Primitive {
    const char *name;     /* "matmul" */
    const char *symbol;   /* "×"; for a function its name */
    const char *ascii;    /* "x": the symbol without UTF-8 */
    const char *meaning;  /* "out[r,c] = sum over k of a[r,k] * b[k,c]" */
    /* A step as a formula: {a}, {b}, {c} stand for its inputs, {inputs, } for all of them with what
     * is behind the word between them; {k}, {k2} for its constants; {offset}, {rows}, {cols} for its
     * attributes. [cols|, window {cols}] is written only where that attribute is not 0. */
    const char *notation;       /* "{a} · {k}" */
    const char *ascii_notation; /* "{a} * {k}"; NULL: the same */
    /* A cell of a function, where {a}, {b}, {c} are the cells that it reads; NULL: as the notation. */
    const char *arithmetic;
    SymbolPlace symbol_place;
    int arity;            /* -1: one or more */
    bool transposes;      /* takes inputs transposed where the attributes say so */
    Combine combine;
    Reach reach[2];       /* of the first input, and of the others */
    bool reads_part;      /* of its first input only as many cells as the output has */
    double flops;         /* floating-point operations for each cell of the output ... */
    double flops_inner;   /* ... and for each cell of the first input (matmul: for each product) */

    /* The output's shape and axes; false refuses the inputs or the attributes. */
    bool (*shape)(const Tape *tape, const Step *step, Shape *out);
    /* Computes the output; sums run left to right from 0. */
    void (*run)(const Tape *tape, const Step *step);
    /* Adds the terms of one output cell to *out and sets total. */
    void (*explain)(const Tape *tape, const Step *step, int row, int col, Explanation *out);
    /* Records legal applications on inputs that hide nothing; tests run them all. */
    void (*sample)(Tape *tape);
};

extern const Primitive *const PRIMITIVES[];
extern const int PRIMITIVE_COUNT;

/* Explains one cell of a value that has a producer. *out is cleared first and keeps its
 * memory; explanation_free gives it back. False if there was not enough memory. */
bool explain(const Tape *tape, int value, int row, int col, Explanation *out);
void explanation_free(Explanation *explanation);

/* For the explain functions: adds a term, adds a cell to the last term, a constant to it. */
void explain_term(Explanation *out, double contribution);
void explain_cell(Explanation *out, const Tape *tape, int value, int row, int col);
void explain_constant(Explanation *out, double number);

/* A term of one cell that the output copies. */
void explain_copy(Explanation *out, const Tape *tape, int value, int row, int col);

/* Floating-point operations of a step; of a matrix product, how many multiplications it takes, each with an addition
 * (0 for any other); bytes that it reads and writes, each input once. */
double step_flops(const Tape *tape, const Step *step);
double step_products(const Tape *tape, const Step *step);
double tape_products(const Tape *tape);   /* of all its steps */
double step_bytes_read(const Tape *tape, const Step *step);
double step_bytes_written(const Tape *tape, const Step *step);
double step_bytes(const Tape *tape, const Step *step);

const char *combine_name(Combine combine);

/* The i-th input and the output of a step. */
static inline const Value *step_input(const Tape *tape, const Step *step, int i)
{
    return &tape->values[step->inputs[i]];
}

static inline const Value *step_output(const Tape *tape, const Step *step)
{
    return &tape->values[step->output];
}

static inline double cell_of(const Value *value, int row, int col)
{
    return value->data[(size_t)row * (size_t)value->cols + (size_t)col];
}

static inline size_t cells_of(const Value *value)
{
    return (size_t)value->rows * (size_t)value->cols;
}

/* For samples: an input of the given shape whose numbers follow a fixed irregular pattern
 * with both signs, none of them zero, of absolute value 0.1 to 2. */
int sample_input(Tape *tape, const char *name, int rows, int cols);
/* The same, all positive. */
int sample_positive(Tape *tape, const char *name, int rows, int cols);
/* Whole numbers 0 <= i < below, one row, with repetitions. */
int sample_ids(Tape *tape, const char *name, int count, int below);

#endif
