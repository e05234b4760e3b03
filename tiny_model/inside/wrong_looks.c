/* The mistakes of looking inside; see wrong_looks.h. */
#include "wrong_looks.h"

#include "../primitives/families.h"
#include "../rules/rule.h"

#include <string.h>

enum { SAVED_STD = 1 }; /* of both norms */

static int make(Tape *tape, const Asked *step, int first, int second, double constant)
{
    Attributes attributes = step->attributes;
    attributes.constants[0] = constant;
    return mistake_make(tape, step->primitive, step->label, (int[]){first, second}, step->count, attributes);
}

/* The step as the rule asked for it: there is nothing here that the mistake could be about. */
static int unchanged(Tape *tape, const Asked *step)
{
    tape->mistake_hits--;
    return mistake_make(tape, step->primitive, step->label, step->inputs, step->count, step->attributes);
}

/* The latest value whose last word is `local`, in the frame with this path; NULL: in any. */
static int latest(const Tape *tape, const char *path, const char *local)
{
    for (int id = tape->value_count - 1; id >= 0; id--) {
        const Name *name = &tape->values[id].name;
        if (name->base < 0 && strcmp(name->local, local) == 0 && (!path || strcmp(name->scope, path) == 0))
            return id;
    }
    return -1;
}

int hits_of_duplicates(Tape *tape, const Asked *step)
{
    return make(tape, step, step->inputs[0], latest(tape, NULL, "duplicate_mask"), 0);
}

int hits_one_late(Tape *tape, const Asked *step)
{
    int before = latest(tape, NULL, "previous_mask");
    int late = mistake_make(tape, &MATMUL, PART("one_late"), (int[]){before, step->inputs[1]}, 2, (Attributes){0});
    return make(tape, step, step->inputs[0], late, 0);
}

int mean_one_late(Tape *tape, const Asked *step)
{
    int late = latest(tape, tape->frames[tape->frame].path, "one_late");
    const double *cell = tape_numbers(tape, late);
    int rows = tape_value(tape, late)->rows, cols = tape_value(tape, late)->cols, queries = 0;
    for (int r = 0; cell && r < rows; r++) {
        bool any = false;
        for (int c = 0; c < cols; c++)
            any = cell[(size_t)r * (size_t)cols + (size_t)c] != 0 || any;
        queries += any;
    }
    return make(tape, step, step->inputs[0], -1, 1.0 / (queries ? queries : 1));
}

int mean_over_all(Tape *tape, const Asked *step)
{
    const Value *mask = tape_value(tape, latest(tape, NULL, "induction_mask"));
    return make(tape, step, step->inputs[0], -1, 1.0 / mask->rows);
}

static bool is_norm(const Call *call)
{
    return call->rule == &LAYER_NORM || call->rule == &RMS_NORM;
}

static const Call *latest_norm(const Tape *tape, bool of_the_lens)
{
    for (int i = tape->call_count - 1; i >= 0; i--) {
        const Call *call = &tape->calls[i];
        bool lens = strstr(tape->frames[call->frame].home, "lens.") == tape->frames[call->frame].home;
        if (is_norm(call) && lens == of_the_lens)
            return call;
    }
    return NULL;
}

int stream_without_norm(Tape *tape, const Asked *step)
{
    const Call *norm = latest_norm(tape, true);
    return norm ? make(tape, step, norm->inputs[0], step->inputs[1], step->attributes.constants[0])
                : unchanged(tape, step);
}

int with_final_std(Tape *tape, const Asked *step)
{
    const Call *norm = latest_norm(tape, false);
    return norm ? make(tape, step, step->inputs[0], norm->saved[SAVED_STD], 0) : unchanged(tape, step);
}

int with_final_mean(Tape *tape, const Asked *step)
{
    const Call *norm = latest_norm(tape, false);
    int mean = norm ? latest(tape, tape_value(tape, norm->saved[SAVED_STD])->name.scope, "mean") : -1;
    return mean >= 0 ? make(tape, step, step->inputs[0], mean, 0) : unchanged(tape, step);
}

/* sqrt(mean of squares + eps) of what is divided. */
int with_own_std(Tape *tape, const Asked *step)
{
    int x = step->inputs[0], sum, mean, square;
    const char *of_norm = tape_value(tape, step->inputs[1])->name.scope;
    int with_eps = latest(tape, of_norm, "variance_eps");
    const Value *value = tape_value(tape, with_eps < 0 ? x : with_eps);
    double eps = with_eps < 0 ? 0 : tape->steps[value->producer].attributes.constants[0];
    square = mistake_make(tape, &MULTIPLY, PART("squared"), (int[]){x, x}, 2, (Attributes){0});
    sum = mistake_make(tape, &ROW_SUM, PART("squares"), &square, 1, (Attributes){0});
    mean = mistake_make(tape, &SCALE, PART("variance"), &sum, 1,
                        (Attributes){.constants = {1.0 / tape_value(tape, x)->cols}});
    mean = mistake_make(tape, &ADD_CONSTANT, PART("with_eps"), &mean, 1, (Attributes){.constants = {eps}});
    int own = mistake_make(tape, &SQRT, PART("own_std"), &mean, 1, (Attributes){0});
    return make(tape, step, x, own, 0);
}
