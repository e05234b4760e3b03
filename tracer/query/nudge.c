/* Nudging cells; see nudge.h. */
#include "nudge.h"

#include "tiny_model/primitive.h"

#include <math.h>

static double original(const Session *session, const Change *change)
{
    return cell_of(tape_value(&session->run.tape, change->cell.value), change->cell.row, change->cell.col);
}

bool change_check(const Session *session, const Change *change, Error *error)
{
    Reference cell = change->cell;
    Kind kind = tape_value(&session->run.tape, cell.value)->kind;
    if (kind != KIND_PARAMETER && kind != KIND_ACTIVATION)
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%.100s\" is of the kind %s; only a parameter or an activation can be nudged",
                         name_of(&session->names, cell.value), kind_name(kind));
    double from = original(session, change), to = change->absolute ? change->amount : from + change->amount;
    /* A masked cell may be set to a number; adding to -inf would leave it -inf and look like a nudge without effect. */
    return isfinite(to) || isfinite(from) ||
           error_set(error, EXIT_USED_WRONGLY, "\"%.100s[%d,%d]\" is not finite; nothing can be added to it",
                     name_of(&session->names, cell.value), cell.row, cell.col);
}

/* Parameters are changed before the recording, activations by it. */
bool changes_record(Run *fork, const Change *changes, int count, Error *error)
{
    Nudge nudges[MOST_CHANGES];
    int nudge_count = 0;
    for (int i = 0; i < count; i++) {
        Reference cell = changes[i].cell;
        /* Parameters have the first ids of the tape, in their order. */
        if (cell.value >= fork->parameters.count) {
            nudges[nudge_count++] = (Nudge){.value = cell.value, .row = cell.row, .col = cell.col,
                                            .absolute = changes[i].absolute, .amount = changes[i].amount};
            continue;
        }
        const Parameter *p = &fork->parameters.list[cell.value];
        double *number = &run_parameter(fork, cell.value)[(size_t)cell.row * (size_t)p->cols + (size_t)cell.col];
        *number = changes[i].absolute ? changes[i].amount : *number + changes[i].amount;
    }
    fork->tape.nudges = nudges;
    fork->tape.nudge_count = nudge_count;
    bool recorded = run_record(fork, error);
    /* The list is of this call; the tape that stays must not point to it. */
    fork->tape.nudges = NULL;
    fork->tape.nudge_count = 0;
    return recorded;
}

static bool same_cell(Reference a, Reference b)
{
    return a.value == b.value && a.row == b.row && a.col == b.col;
}

/* What change i adds to a cell, after those before it. */
static double added(const Session *session, const Change *changes, int i)
{
    /* What was set before is the start of what is added now: the last change alone says how far the cell went. */
    if (!changes[i].absolute)
        return changes[i].amount;
    double number = original(session, &changes[i]);
    for (int j = 0; j < i; j++)
        if (same_cell(changes[j].cell, changes[i].cell))
            number = changes[j].absolute ? changes[j].amount : number + changes[j].amount;
    return changes[i].amount - number;
}

bool changes_predict(const Session *session, const Change *changes, int count, double *predicted)
{
    const Tape *tape = &session->run.tape;
    *predicted = 0;
    for (int i = 0; i < count; i++) {
        Reference cell = changes[i].cell;
        int gradient = tape_value(tape, cell.value)->gradient;
        /* Nothing leads from this cell to the loss, or the rule stops there: no promise can be made. */
        if (gradient < 0)
            return false;
        *predicted += cell_of(tape_value(tape, gradient), cell.row, cell.col) * added(session, changes, i);
    }
    return true;
}

bool nudge_too_large(double predicted, double actual, double loss)
{
    return !(fabs(actual - predicted) <= fabs(predicted) / 4 + ROUNDING * fabs(loss));
}

bool nudge_cells(const Session *session, const Change *changes, int count, Nudged *out, Error *error)
{
    const Change *last = &changes[count - 1];
    *out = (Nudged){.cell = last->cell, .from = original(session, last), .loss_before = run_loss(&session->run)};
    for (int i = 0; i < count; i++)
        if (!change_check(session, &changes[i], error))
            return false;
    out->has_gradient = changes_predict(session, changes, count, &out->predicted);
    if (!run_clone(&out->fork, &session->run, error))
        return false;
    bool whole = changes_record(&out->fork, changes, count, error) &&
                 names_init(&out->names, &out->fork.tape, error) &&
                 differences_find(&session->names, &out->names, &out->differences, error);
    if (whole) {
        out->to = cell_of(tape_value(&out->fork.tape, last->cell.value), last->cell.row, last->cell.col);
        out->loss_after = run_loss(&out->fork);
    } else {
        nudged_free(out);
    }
    return whole;
}

void nudged_free(Nudged *nudged)
{
    differences_free(&nudged->differences);
    names_free(&nudged->names);
    run_free(&nudged->fork);
}
