/* The loss ledger and the error curve; see ledger.h. */
#include "ledger.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <stdlib.h>

/* sum of g (next - now): what a straight line along the gradient says about the loss. */
static double promise(const Session *session, int parameter, const Run *next)
{
    const Value *now = tape_value(&session->run.tape, parameter);
    if (now->gradient < 0)
        return 0;
    const double *gradient = tape_value(&session->run.tape, now->gradient)->data;
    const double *after = next->store.values[next->store.now] + next->parameters.list[parameter].offset;
    double sum = 0;
    for (size_t i = 0; i < cells_of(now); i++)
        sum += gradient[i] * (after[i] - now->data[i]);
    return sum;
}

static int by_size(const void *a, const void *b)
{
    double x = fabs(((const LedgerLine *)a)->promised), y = fabs(((const LedgerLine *)b)->promised);
    return x > y ? -1 : x < y;
}

bool ledger_make(const Session *session, Ledger *ledger, Error *error)
{
    Run next;
    int count = session->run.parameters.count;
    *ledger = (Ledger){.lines = malloc(((size_t)count + 1) * sizeof *ledger->lines), .count = count,
                       .before = run_loss(&session->run)};
    if (!ledger->lines)
        return error_memory(error);
    bool whole = run_clone(&next, &session->run, error);
    if (whole) {
        /* The forward phase of the next training step has the loss with the parameters that this one left. */
        run_advance(&next);
        next.training_step = session->run.training_step; /* the loss of the same examples */
        whole = run_forward(&next, error);
        for (int p = 0; whole && p < count; p++) {
            ledger->lines[p] = (LedgerLine){p, promise(session, p, &next)};
            ledger->promised += ledger->lines[p].promised;
        }
        ledger->after = whole ? run_loss(&next) : 0;
        run_free(&next);
    }
    if (whole)
        qsort(ledger->lines, (size_t)count, sizeof *ledger->lines, by_size);
    else
        ledger_free(ledger);
    return whole;
}

void ledger_free(Ledger *ledger)
{
    free(ledger->lines);
    *ledger = (Ledger){0};
}

bool error_curve(const Session *session, Reference cell, ErrorCurve *out, Error *error)
{
    const Value *value = tape_value(&session->run.tape, cell.value);
    if (value->gradient < 0 || (value->kind != KIND_PARAMETER && value->kind != KIND_ACTIVATION))
        return error_set(error, EXIT_USED_WRONGLY, "\"%.100s\" has no gradient to check",
                         name_of(&session->names, cell.value));
    Run scratch;
    if (!run_clone(&scratch, &session->run, error))
        return false;
    Rerun rerun;
    bool whole = rerun_begin(&rerun, &scratch, cell.value, error);
    *out = (ErrorCurve){.recorded = cell_of(tape_value(&session->run.tape, value->gradient), cell.row, cell.col)};
    if (whole)
        out->slope = gradcheck_slope(&session->run, &rerun, cell.row, cell.col);
    for (int i = 0; whole && i < CURVE_POINTS; i++) {
        out->h[i] = pow(10, -1 - i);
        out->numerical[i] = gradcheck_cell(&rerun, cell.row, cell.col, out->h[i]);
        /* As gradcheck has it: below 1e-3 the error is absolute, or a gradient of 0 would always be wrong. */
        double largest = fmax(fmax(fabs(out->recorded), fabs(out->numerical[i])), 1e-3);
        out->relative[i] = fabs(out->recorded - out->numerical[i]) / largest;
        if (out->relative[i] < out->relative[out->best])
            out->best = i;
    }
    rerun_free(&rerun);
    run_free(&scratch);
    return whole;
}
