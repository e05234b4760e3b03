/* The invariants of rules; see invariants.h. A rule's are one function and one line in the table. */
#include "invariants.h"

#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"

#include <math.h>
#include <string.h>

static const double CLOSE = 1e-9;

/* Sum over a row of f(cell), and the size of what was added. */
typedef double (*OfCell)(double);

static double itself(double x)
{
    return x;
}

static double square(double x)
{
    return x * x;
}

/* Fills in the row that is farthest from `wanted`, which is one number for all rows (stride 0)
 * or one for each. */
static Invariant rows_come_to(const char *says, const Value *value, OfCell f, double divisor, const double *wanted,
                              int stride)
{
    Invariant worst = {.says = says, .holds = true};
    double farthest = -1;
    for (int r = 0; r < value->rows; r++) {
        double sum = 0, size = 1;
        for (int c = 0; c < value->cols; c++) {
            double x = f(cell_of(value, r, c));
            sum += x;
            size = fmax(size, fabs(x));
        }
        double number = sum / divisor, goal = wanted[r * stride], distance = fabs(number - goal);
        bool holds = distance <= CLOSE * size;
        if (distance > farthest || !holds) {
            farthest = distance;
            worst.number = number;
            worst.wanted = goal;
            worst.row = r;
        }
        worst.holds = worst.holds && holds;
    }
    return worst;
}

static Invariant rows_sum_to(const char *says, const Value *value, double wanted)
{
    return rows_come_to(says, value, itself, 1, &wanted, 0);
}

/* Cells right of the diagonal are 0, with a window also those further left than it reaches. */
static Invariant unseen_is_zero(const char *says, const Value *value, int window)
{
    Invariant result = {.says = says, .holds = true};
    for (int r = 0; r < value->rows; r++)
        for (int c = 0; c < value->cols; c++)
            if ((c > r || (window > 0 && c <= r - window)) && cell_of(value, r, c) != 0) {
                result.holds = false;
                result.number = cell_of(value, r, c);
                result.row = r;
            }
    return result;
}

static const Value *gradient_of_input(const Tape *tape, const Call *call, int i)
{
    int gradient = tape_value(tape, call->inputs[i])->gradient;
    return gradient < 0 ? NULL : tape_value(tape, gradient);
}

/* The forward step of the call's frame that is labelled so; NULL if the rule has none. */
static const Value *stage(const Tape *tape, const Call *call, const char *label)
{
    const Frame *frame = &tape->frames[call->frame];
    for (int step = frame->first; step <= frame->last; step++)
        if (strcmp(tape->steps[step].label, label) == 0)
            return step_output(tape, &tape->steps[step]);
    return NULL;
}

static int of_softmax(const Tape *tape, const Call *call, Invariant *out)
{
    out[0] = rows_sum_to("every row sums to 1", tape_value(tape, call->output), 1);
    return 1;
}

/* The gradient of a call's only input as this call sends it, whatever else is added to it. */
static const Value *message_of(const Tape *tape, const Call *call)
{
    for (int id = tape->value_count - 1; id >= 0; id--) {
        const Value *value = tape_value(tape, id);
        if (value->producer < 0 || value->name.base != call->inputs[0])
            continue;
        const Step *step = &tape->steps[value->producer];
        const Frame *frame = &tape->frames[step->frame];
        if (frame->path == tape->frames[call->frame].path && frame->phase == PHASE_BACKWARD &&
            strcmp(step->label, "dx") == 0)
            return value;
    }
    return NULL;
}

static int of_softmax_back(const Tape *tape, const Call *call, Invariant *out)
{
    const Value *dx = message_of(tape, call);
    if (dx)
        out[0] = rows_sum_to("the gradients of a row sum to 0", dx, 0);
    return dx != NULL;
}

/* The variance of a normalised row: v / (v + eps). */
static int of_norm(const Tape *tape, const Call *call, Invariant *out, const char *variance, const char *with_eps,
                   bool centred)
{
    const Value *n = stage(tape, call, "normalized"), *v = stage(tape, call, variance),
                *e = stage(tape, call, with_eps);
    enum { MOST_ROWS = 4096 };
    static const double zero = 0;
    double wanted[MOST_ROWS];
    int count = 0;
    if (!n || !v || !e || n->rows > MOST_ROWS)
        return 0;
    for (int r = 0; r < n->rows; r++)
        wanted[r] = cell_of(v, r, 0) / cell_of(e, r, 0);
    if (centred)
        out[count++] = rows_come_to("normalised rows have mean 0", n, itself, n->cols, &zero, 0);
    out[count++] = rows_come_to(centred ? "normalised rows have variance v / (v + eps)"
                                        : "normalised rows have mean square v / (v + eps)",
                                n, square, n->cols, wanted, 1);
    return count;
}

static int of_layer_norm(const Tape *tape, const Call *call, Invariant *out)
{
    return of_norm(tape, call, out, "variance", "variance_eps", true);
}

static int of_rms_norm(const Tape *tape, const Call *call, Invariant *out)
{
    return of_norm(tape, call, out, "mean_square", "mean_square_eps", false);
}

/* A row's sum is 0, since adding a number to the whole row changes nothing. */
static int of_layer_norm_back(const Tape *tape, const Call *call, Invariant *out)
{
    const Value *dx = message_of(tape, call);
    if (dx)
        out[0] = rows_sum_to("the gradients of a row sum to 0", dx, 0);
    return dx != NULL;
}

static int of_masked_back(const Tape *tape, const Call *call, Invariant *out)
{
    const Value *dx = gradient_of_input(tape, call, 0);
    int window = call->attributes.cols;
    if (dx)
        out[0] = unseen_is_zero(window ? "scores outside the window receive no gradient"
                                       : "scores of the future receive no gradient", dx, window);
    return dx != NULL;
}

static int of_cross_entropy(const Tape *tape, const Call *call, Invariant *out)
{
    out[0] = rows_sum_to("the probabilities of a row sum to 1", tape_value(tape, call->saved[0]), 1);
    return 1;
}

/* Of each wave sin^2 + cos^2 = 1. */
static int of_periodic(const Tape *tape, const Call *call, Invariant *out)
{
    const Value *waves = tape_value(tape, call->output);
    double wanted = waves->cols / 2.0;
    out[0] = rows_come_to("the squares of a sine and its cosine sum to 1", waves, square, 1, &wanted, 0);
    return 1;
}

static int of_yes_or_no(const Tape *tape, const Call *call, Invariant *out)
{
    const Value *losses = tape_value(tape, call->output);
    out[0] = (Invariant){.says = "no loss is below 0", .holds = true, .number = INFINITY};
    for (int r = 0; r < losses->rows; r++)
        if (losses->data[r] < out[0].number) {
            out[0].number = losses->data[r];
            out[0].row = r;
        }
    out[0].holds = out[0].number >= 0;
    return 1;
}

static const struct {
    const Rule *rule;
    Phase phase;
    int (*check)(const Tape *tape, const Call *call, Invariant *out);
} CHECKS[] = {
    {&SOFTMAX, PHASE_FORWARD, of_softmax},           {&SOFTMAX, PHASE_BACKWARD, of_softmax_back},
    {&LAYER_NORM, PHASE_FORWARD, of_layer_norm},     {&LAYER_NORM, PHASE_BACKWARD, of_layer_norm_back},
    {&RMS_NORM, PHASE_FORWARD, of_rms_norm},         {&MASKED, PHASE_BACKWARD, of_masked_back},
    {&CROSS_ENTROPY, PHASE_FORWARD, of_cross_entropy}, {&CROSS_ENTROPY, PHASE_BACKWARD, of_softmax_back},
    {&PERIODIC, PHASE_FORWARD, of_periodic},         {&BINARY_CROSS_ENTROPY, PHASE_FORWARD, of_yes_or_no},
};

static int invariants_of_call(const Tape *tape, const Call *call, Phase phase, Invariant out[MOST_INVARIANTS])
{
    int count = 0;
    for (size_t i = 0; i < sizeof CHECKS / sizeof *CHECKS; i++)
        if (CHECKS[i].rule == call->rule && CHECKS[i].phase == phase)
            count += CHECKS[i].check(tape, call, out + count);
    return count;
}

/* The call whose frame this is, forward or on the way back; NULL if the frame is no rule's. */
static const Call *call_of_frame(const Tape *tape, int frame)
{
    const Frame *of = &tape->frames[frame];
    for (int i = 0; of->rule && i < tape->call_count; i++)
        if (tape->frames[tape->calls[i].frame].path == of->path)
            return &tape->calls[i];
    return NULL;
}

int invariants_of_frame(const Tape *tape, int frame, Invariant out[MOST_INVARIANTS])
{
    const Call *call = call_of_frame(tape, frame);
    return call ? invariants_of_call(tape, call, tape->frames[frame].phase, out) : 0;
}

static bool same(double a, double b)
{
    return a == b || (a != a && b != b);
}

/* No nan, and every cell explained to the last bit. */
static bool cells_hold(const Names *names, int id, Explanation *e, Error *error)
{
    const Value *value = tape_value(names->tape, id);
    for (int r = 0; r < value->rows; r++)
        for (int c = 0; c < value->cols; c++) {
            double number = cell_of(value, r, c);
            if (number != number)
                return error_set(error, EXIT_CHECK_SAID_NO, "\"%s[%d,%d]\" is nan", name_of(names, id), r, c);
            if (value->producer < 0)
                continue;
            if (!explain(names->tape, id, r, c, e))
                return error_memory(error);
            if (!same(e->total, number))
                return error_set(error, EXIT_CHECK_SAID_NO, "the terms of \"%s[%d,%d]\" do not make its number",
                                 name_of(names, id), r, c);
        }
    return true;
}

static bool call_holds(const Names *names, const Call *call, Phase phase, Error *error)
{
    Invariant found[MOST_INVARIANTS];
    int count = invariants_of_call(names->tape, call, phase, found);
    for (int i = 0; i < count; i++)
        if (!found[i].holds)
            return error_set(error, EXIT_CHECK_SAID_NO, "%s, %s: %s, but row %d comes to %.17g instead of %g",
                             phase_name(phase), names->tape->frames[call->frame].path, found[i].says, found[i].row,
                             found[i].number, found[i].wanted);
    return true;
}

bool invariants_hold(const Names *names, Error *error)
{
    Explanation e = {0};
    bool whole = true;
    for (int id = 0; whole && id < names->count; id++)
        whole = cells_hold(names, id, &e, error);
    explanation_free(&e);
    for (int i = 0; whole && i < names->tape->call_count; i++)
        whole = call_holds(names, &names->tape->calls[i], PHASE_FORWARD, error) &&
                call_holds(names, &names->tape->calls[i], PHASE_BACKWARD, error);
    return whole;
}
