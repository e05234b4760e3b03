/* Singular values and adapters; see singular_values.h. */
#include "singular_values.h"

#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_SWEEPS = 60 };

typedef struct {
    double *data;
    int rows, cols;
} Columns;

static double product(const Columns *of, int a, int b)
{
    double sum = 0;
    for (int row = 0; row < of->rows; row++)
        sum += of->data[(size_t)row * (size_t)of->cols + (size_t)a] *
               of->data[(size_t)row * (size_t)of->cols + (size_t)b];
    return sum;
}

/* Turns two columns until they are at right angles; false if they were. */
static bool turn(const Columns *of, int a, int b)
{
    double aa = product(of, a, a), bb = product(of, b, b), ab = product(of, a, b);
    if (fabs(ab) <= 1e-15 * sqrt(aa * bb) || ab == 0)
        return false;
    double zeta = (bb - aa) / (2 * ab), t = (zeta < 0 ? -1 : 1) / (fabs(zeta) + sqrt(1 + zeta * zeta));
    double c = 1 / sqrt(1 + t * t), s = c * t;
    for (int row = 0; row < of->rows; row++) {
        double *at = of->data + (size_t)row * (size_t)of->cols, x = at[a], y = at[b];
        at[a] = c * x - s * y;
        at[b] = s * x + c * y;
    }
    return true;
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x > y ? -1 : x < y;
}

void singular_values(double *matrix, int rows, int cols, double *out)
{
    Columns of = {matrix, rows, cols};
    bool turned = true;
    for (int sweep = 0; sweep < MOST_SWEEPS && turned; sweep++) {
        turned = false;
        for (int a = 0; a < cols; a++)
            for (int b = a + 1; b < cols; b++)
                turned |= turn(&of, a, b);
    }
    for (int col = 0; col < cols; col++)
        out[col] = sqrt(product(&of, col, col));
    qsort(out, (size_t)cols, sizeof *out, descending);
    /* What is left of a column that should be 0 is rounding. */
    for (int col = 0; col < cols; col++)
        if (out[col] <= 1e-13 * out[0])
            out[col] = 0;
}

const Call *adapted_call(const Tape *tape, int i)
{
    for (int call = 0; call < tape->call_count; call++) {
        const Call *of = &tape->calls[call];
        bool known = of->rule != &LORA;
        for (int before = 0; before < call && !known; before++)
            known = tape->calls[before].rule == &LORA && tape->calls[before].inputs[LORA_W] == of->inputs[LORA_W];
        if (!known && i-- == 0)
            return of;
    }
    return NULL;
}

void adapted_change(const Tape *tape, const Call *call, double *out)
{
    const Value *a = tape_value(tape, call->inputs[LORA_A]), *b = tape_value(tape, call->inputs[LORA_B]);
    for (int row = 0; row < a->rows; row++)
        for (int col = 0; col < b->cols; col++) {
            double sum = 0;
            for (int k = 0; k < a->cols; k++)
                sum += cell_of(a, row, k) * cell_of(b, k, col);
            out[(size_t)row * (size_t)b->cols + (size_t)col] = call->attributes.constants[0] * sum;
        }
}
