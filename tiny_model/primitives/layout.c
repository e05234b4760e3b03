/* Cells move, numbers stay; or a constant takes their place. Chapters 2, 6 and 8.
 *
 *   concat         the inputs side by side                        [R x C0], [R x C1] ... -> [R x C0+C1+...]
 *   stack          the inputs one below the other                 [R0 x C], [R1 x C] ... -> [R0+R1+... x C]
 *   slice_columns  `cols` columns from column `offset` on         [R x C] -> [R x cols]
 *   slice_rows     `rows` rows from row `offset` on               [R x C] -> [rows x C]
 *   broadcast      one number in every cell                       [1 x 1] -> [rows x cols]
 *   split_words    code points of a text -> one word a row, 0 behind its end    [1 x n] -> [rows x cols]
 *                  (offset 1: one character a row) */
#include "families.h"
#include "../tokenizer/utf8.h"

#include <string.h>

static void copy_run(const Tape *tape, const Step *step)
{
    const Value *out = step_output(tape, step);
    memcpy(out->data, step_input(tape, step, 0)->data, cells_of(out) * sizeof(double));
}

static void copy_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_copy(out, tape, step->inputs[0], row, col);
}

/* A copy of ids is ids. */
static bool copy_shape(const Tape *tape, const Step *step, Shape *out)
{
    shape_as_first(tape, step, out);
    out->counts = step_input(tape, step, 0)->counts;
    return true;
}

static bool transpose_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0);
    *out = (Shape){a->cols, a->rows, a->col_axis, a->row_axis, a->counts};
    return true;
}

static void transpose_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0);
    double *out = step_output(tape, step)->data;
    for (int r = 0; r < a->rows; r++)
        for (int c = 0; c < a->cols; c++)
            out[(size_t)c * (size_t)a->rows + (size_t)r] = cell_of(a, r, c);
}

static void transpose_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_copy(out, tape, step->inputs[0], col, row);
}

static bool slice_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0);
    *out = (Shape){a->rows, step->attributes.cols, a->row_axis, a->col_axis, a->counts, true,
                   step->attributes.offset};
    return step->attributes.offset >= 0 && out->cols > 0 && step->attributes.offset <= a->cols - out->cols;
}

static void slice_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *out = step_output(tape, step);
    for (int r = 0; r < a->rows; r++)
        memcpy(out->data + (size_t)r * (size_t)out->cols,
               a->data + (size_t)r * (size_t)a->cols + step->attributes.offset, (size_t)out->cols * sizeof(double));
}

static void slice_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_copy(out, tape, step->inputs[0], row, col + step->attributes.offset);
}

static bool concat_shape(const Tape *tape, const Step *step, Shape *out)
{
    if (step->input_count < 1)
        return false;
    const Value *first = step_input(tape, step, 0);
    *out = (Shape){first->rows, 0, first->row_axis, first->col_axis, first->counts, step->input_count > 1};
    for (int i = 0; i < step->input_count; i++) {
        out->cols += step_input(tape, step, i)->cols;
        if (step_input(tape, step, i)->rows != out->rows)
            return false;
    }
    return true;
}

static void concat_run(const Tape *tape, const Step *step)
{
    const Value *out = step_output(tape, step);
    size_t offset = 0;
    for (int i = 0; i < step->input_count; i++) {
        const Value *a = step_input(tape, step, i);
        for (int r = 0; r < a->rows; r++)
            memcpy(out->data + (size_t)r * (size_t)out->cols + offset, a->data + (size_t)r * (size_t)a->cols,
                   (size_t)a->cols * sizeof(double));
        offset += (size_t)a->cols;
    }
}

static void concat_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    int i = 0;
    while (col >= step_input(tape, step, i)->cols)
        col -= step_input(tape, step, i++)->cols;
    explain_copy(out, tape, step->inputs[i], row, col);
}

static bool stack_shape(const Tape *tape, const Step *step, Shape *out)
{
    if (step->input_count < 1)
        return false;
    const Value *first = step_input(tape, step, 0);
    *out = (Shape){0, first->cols, step->input_count > 1 ? AXIS_NONE : first->row_axis, first->col_axis, first->counts};
    for (int i = 0; i < step->input_count; i++) {
        out->rows += step_input(tape, step, i)->rows;
        if (step_input(tape, step, i)->cols != out->cols)
            return false;
    }
    return true;
}

/* A cache grows in place: then the rows above stand there already. */
static void stack_run(const Tape *tape, const Step *step)
{
    double *out = step_output(tape, step)->data;
    for (int i = 0; i < step->input_count; i++) {
        const Value *a = step_input(tape, step, i);
        if (out != a->data)
            memcpy(out, a->data, cells_of(a) * sizeof *out);
        out += cells_of(a);
    }
}

static void stack_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    int i = 0;
    while (row >= step_input(tape, step, i)->rows)
        row -= step_input(tape, step, i++)->rows;
    explain_copy(out, tape, step->inputs[i], row, col);
}

static bool slice_rows_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *a = step_input(tape, step, 0);
    *out = (Shape){step->attributes.rows, a->cols, AXIS_NONE, a->col_axis, a->counts};
    if (step->attributes.rows == a->rows)
        out->row_axis = a->row_axis;
    return step->attributes.offset >= 0 && out->rows > 0 && step->attributes.offset <= a->rows - out->rows;
}

static void slice_rows_run(const Tape *tape, const Step *step)
{
    const Value *a = step_input(tape, step, 0), *out = step_output(tape, step);
    memcpy(out->data, a->data + (size_t)step->attributes.offset * (size_t)a->cols, cells_of(out) * sizeof(double));
}

static void slice_rows_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    explain_copy(out, tape, step->inputs[0], row + step->attributes.offset, col);
}

static bool told_shape(const Step *step, Shape *out)
{
    *out = (Shape){step->attributes.rows, step->attributes.cols};
    return out->rows > 0 && out->cols > 0;
}

static bool broadcast_shape(const Tape *tape, const Step *step, Shape *out)
{
    return told_shape(step, out) && cells_of(step_input(tape, step, 0)) == 1;
}

static void fill(const Value *out, double number)
{
    for (size_t i = 0; i < cells_of(out); i++)
        out->data[i] = number;
}

static void broadcast_run(const Tape *tape, const Step *step)
{
    fill(step_output(tape, step), step_input(tape, step, 0)->data[0]);
}

static void broadcast_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)row, (void)col;
    explain_copy(out, tape, step->inputs[0], 0, 0);
}

static bool fill_shape(const Tape *tape, const Step *step, Shape *out)
{
    (void)tape;
    return told_shape(step, out);
}

static void fill_run(const Tape *tape, const Step *step)
{
    fill(step_output(tape, step), step->attributes.constants[0]);
}

static void explain_only_constant(Explanation *out, double number)
{
    explain_term(out, number);
    explain_constant(out, number);
}

static void fill_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    (void)tape, (void)row, (void)col;
    explain_only_constant(out, step->attributes.constants[0]);
}

static bool split_shape(const Tape *tape, const Step *step, Shape *out)
{
    const Value *text = step_input(tape, step, 0);
    bool told = told_shape(step, out);
    out->counts = text->counts;
    return told && text->rows == 1 && (!step->attributes.offset || out->rows <= text->cols);
}

static bool holds_blank(double number)
{
    return number >= 0 && number <= 0x10ffff && is_blank((unsigned)number);
}

/* Where the piece behind position `at` starts and, in *end, the position behind it. */
static int next_piece(const Value *text, int at, bool characters, int *end)
{
    while (!characters && at < text->cols && holds_blank(text->data[at]))
        at++;
    *end = at + characters;
    while (!characters && *end < text->cols && !holds_blank(text->data[*end]))
        ++*end;
    return at;
}

static void split_run(const Tape *tape, const Step *step)
{
    const Value *text = step_input(tape, step, 0), *out = step_output(tape, step);
    fill(out, 0);
    for (int piece = 0, end = 0; piece < out->rows; piece++) {
        int start = next_piece(text, end, step->attributes.offset, &end);
        CHECK(end - start <= out->cols, "a word of %d code points in %d columns", end - start, out->cols);
        for (int i = start; i < end; i++)
            out->data[(size_t)piece * (size_t)out->cols + (size_t)(i - start)] = text->data[i];
    }
}

static void split_explain(const Tape *tape, const Step *step, int row, int col, Explanation *out)
{
    int start = 0, end = 0;
    for (int piece = 0; piece <= row; piece++)
        start = next_piece(step_input(tape, step, 0), end, step->attributes.offset, &end);
    if (start + col < end)
        explain_copy(out, tape, step->inputs[0], 0, start + col);
    else
        explain_only_constant(out, 0);
}

#define SAMPLE(name, primitive, rows_, cols_, ...) \
    static void name(Tape *tape) \
    { \
        tape_step(tape, &primitive, HERE("out"), (int[]){sample_input(tape, "a", rows_, cols_)}, 1, \
                  (Attributes){__VA_ARGS__}); \
    }

SAMPLE(copy_sample, COPY, 3, 5, 0)
SAMPLE(transpose_sample, TRANSPOSE, 3, 5, 0)
SAMPLE(slice_sample, SLICE_COLUMNS, 3, 5, .offset = 2, .cols = 2)
SAMPLE(slice_rows_sample, SLICE_ROWS, 5, 3, .offset = 2, .rows = 2)
SAMPLE(broadcast_sample, BROADCAST, 1, 1, .rows = 4, .cols = 3)

static void concat_sample(Tape *tape)
{
    int a = sample_input(tape, "a", 3, 2), b = sample_input(tape, "b", 3, 1), c = sample_input(tape, "c", 3, 4);
    tape_step(tape, &CONCAT, HERE("out"), (int[]){a, b, c}, 3, (Attributes){0});
}

static void stack_sample(Tape *tape)
{
    int a = sample_input(tape, "a", 3, 4), b = sample_input(tape, "b", 2, 4), c = sample_input(tape, "c", 1, 4);
    tape_step(tape, &STACK, HERE("out"), (int[]){a, b}, 2, (Attributes){0});
    tape_step(tape, &STACK, HERE("three"), (int[]){a, b, c}, 3, (Attributes){0});
}

static void fill_sample(Tape *tape)
{
    tape_step(tape, &FILL, HERE("out"), NULL, 0, (Attributes){.constants = {0.7}, .rows = 2, .cols = 3});
}

static void split_sample(Tape *tape)
{
    static const char text[] = "  ab c\tabc ";
    double *points = tape_room(tape, 1, sizeof text - 1);
    for (size_t i = 0; points && i < sizeof text - 1; i++)
        points[i] = text[i];
    int a = tape_leaf(tape, KIND_INPUT, "text", (Shape){1, sizeof text - 1}, points);
    tape_step(tape, &SPLIT_WORDS, HERE("out"), (int[]){a}, 1, (Attributes){.rows = 3, .cols = 4});
    tape_step(tape, &SPLIT_WORDS, HERE("characters"), (int[]){a}, 1, (Attributes){.rows = 11, .cols = 2, .offset = 1});
}

const Primitive COPY = {
    .name = "copy", .symbol = "copy", .ascii = "copy", .meaning = "out[r,c] = a[r,c]",
    .notation = "copy({a})", .arity = 1, .combine = COMBINE_COPY, .reach = {REACH_CELL},
    .shape = copy_shape, .run = copy_run, .explain = copy_explain, .sample = copy_sample,
};
const Primitive TRANSPOSE = {
    .name = "transpose", .symbol = "transpose", .ascii = "transpose", .meaning = "out[r,c] = a[c,r]",
    .notation = "transpose({a})", .arity = 1, .combine = COMBINE_COPY, .reach = {REACH_SWAPPED},
    .shape = transpose_shape, .run = transpose_run, .explain = transpose_explain, .sample = transpose_sample,
};
const Primitive SLICE_COLUMNS = {
    .name = "slice_columns", .symbol = "columns", .ascii = "columns", .meaning = "out[r,c] = a[r, c + offset]",
    .notation = "columns({a})", .arity = 1, .combine = COMBINE_COPY, .reach = {REACH_ROW}, .reads_part = true,
    .shape = slice_shape, .run = slice_run, .explain = slice_explain, .sample = slice_sample,
};
const Primitive CONCAT = {
    .name = "concat", .symbol = "|", .ascii = "|", .meaning = "the inputs side by side",
    .notation = "{inputs | }", .symbol_place = SYMBOL_BETWEEN,
    .arity = -1, .combine = COMBINE_COPY, .reach = {REACH_ROW, REACH_ROW},
    .shape = concat_shape, .run = concat_run, .explain = concat_explain, .sample = concat_sample,
};
const Primitive STACK = {
    .name = "stack", .symbol = "above", .ascii = "above", .meaning = "the rows of a, below them those of b ...",
    .notation = "{inputs above }", .symbol_place = SYMBOL_BETWEEN,
    .arity = -1, .combine = COMBINE_COPY, .reach = {REACH_COLUMN, REACH_COLUMN},
    .shape = stack_shape, .run = stack_run, .explain = stack_explain, .sample = stack_sample,
};
const Primitive SLICE_ROWS = {
    .name = "slice_rows", .symbol = "rows", .ascii = "rows", .meaning = "out[r,c] = a[r + offset, c]",
    .notation = "rows({a} from {offset})", .arity = 1, .combine = COMBINE_COPY, .reach = {REACH_COLUMN},
    .shape = slice_rows_shape, .run = slice_rows_run, .explain = slice_rows_explain, .sample = slice_rows_sample,
};
const Primitive BROADCAST = {
    .name = "broadcast", .symbol = "broadcast", .ascii = "broadcast", .meaning = "out[r,c] = a[0,0]",
    .notation = "broadcast({a})", .arity = 1, .combine = COMBINE_COPY,
    .shape = broadcast_shape, .run = broadcast_run, .explain = broadcast_explain, .sample = broadcast_sample,
};
const Primitive FILL = {
    .name = "fill", .symbol = "constant", .ascii = "constant", .meaning = "out[r,c] = constant",
    .notation = "constant({k})", .arity = 0, .combine = COMBINE_COPY,
    .shape = fill_shape, .run = fill_run, .explain = fill_explain, .sample = fill_sample,
};
const Primitive SPLIT_WORDS = {
    .name = "split_words", .symbol = "words", .ascii = "words",
    .meaning = "row w holds the code points of word w, then zeros",
    .notation = "words({a})", .arity = 1, .combine = COMBINE_COPY,
    .shape = split_shape, .run = split_run, .explain = split_explain, .sample = split_sample,
};
