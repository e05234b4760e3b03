/* Nudging a cell; see nudge.h. */
#include "nudge.h"

#include "tiny_model/primitive.h"

#include <math.h>

static bool can_change(const Session *session, Reference cell, double from, double to, Error *error)
{
    Kind kind = tape_value(&session->run.tape, cell.value)->kind;
    if (kind != KIND_PARAMETER && kind != KIND_ACTIVATION)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.100s\" is of the kind %s; only a parameter or an activation can be nudged",
                         name_of(&session->names, cell.value), kind_name(kind));
    return isfinite(to) || isfinite(from) ||
           error_set(error, EXIT_USED_WRONGLY, "\"%.100s[%d,%d]\" is not finite; nothing can be added to it",
                     name_of(&session->names, cell.value), cell.row, cell.col);
}

static bool record_fork(Nudged *out, bool is_parameter, Error *error)
{
    Nudge nudge = {.value = out->cell.value, .row = out->cell.row, .col = out->cell.col, .absolute = true, .amount = out->to};
    if (is_parameter) {
        const Parameter *p = &out->fork.parameters.list[out->cell.value];
        run_parameter(&out->fork, out->cell.value)[(size_t)out->cell.row * (size_t)p->cols + (size_t)out->cell.col] = out->to;
    } else {
        out->fork.tape.nudges = &nudge;
        out->fork.tape.nudge_count = 1;
    }
    bool recorded = run_record(&out->fork, error);
    out->fork.tape.nudges = NULL;
    out->fork.tape.nudge_count = 0;
    return recorded;
}

bool nudge_cell(const Session *session, Reference cell, bool absolute, double amount, Nudged *out, Error *error)
{
    const Tape *tape = &session->run.tape;
    const Value *value = tape_value(tape, cell.value);
    double from = cell_of(value, cell.row, cell.col);
    *out = (Nudged){.cell = cell, .from = from, .to = absolute ? amount : from + amount,
                    .loss_before = run_loss(&session->run), .has_gradient = value->gradient >= 0};
    if (!can_change(session, cell, from, out->to, error))
        return false;
    if (out->has_gradient)
        out->predicted = cell_of(tape_value(tape, value->gradient), cell.row, cell.col) * (out->to - from);
    if (!run_clone(&out->fork, &session->run, error))
        return false;
    bool whole = record_fork(out, cell.value < session->run.parameters.count, error) &&
                 names_init(&out->names, &out->fork.tape, &session->model, error) &&
                 differences_find(&session->names, &out->names, &out->differences, error);
    if (whole)
        out->loss_after = run_loss(&out->fork);
    else
        nudged_free(out);
    return whole;
}

void nudged_free(Nudged *nudged)
{
    differences_free(&nudged->differences);
    names_free(&nudged->names);
    run_free(&nudged->fork);
}
