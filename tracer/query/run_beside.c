/* A run beside the truth: recording it, and where the two differ; see lab.h. */
#include "lab.h"

#include "tiny_model/primitive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the largest change of a value. */
static const double MUCH = 0.75;

void beside_free(Beside *beside)
{
    take_free(beside->take);
    differences_free(&beside->differences);
    for (int side = 0; side < 2; side++) {
        free(beside->counterpart[side]);
        free(beside->apart[side]);
        free(beside->largest[side]);
    }
    *beside = (Beside){0};
}

/* How a run goes on from where another stands, for AHEAD training steps. The numbers of a worksheet
 * hold for one training step: its model is trained from its own start. */
static bool look_ahead(const Session *truth, const Mistake *mistake, Ahead *out, Error *error)
{
    Take *take = take_new(truth, mistake, error);
    if (!take)
        return false;
    Run *run = &take->session.run;
    if (truth->sheet)
        run->tape.given_count = 0;
    else
        take_copy_start(run, &truth->run);
    bool whole = true;
    for (int i = 0; whole && i <= AHEAD; i++) {
        whole = run_record(run, error);
        out->losses[i] = whole ? run_loss(run) : NAN;
        out->norms[i] = whole ? run_gradient_norm(run) : NAN;
        run_advance(run);
    }
    take_free(take);
    return whole;
}

static bool match(const Names *names, const Names *others, int **out)
{
    *out = malloc(((size_t)names->count + 1) * sizeof **out);
    for (int value = 0; *out && value < names->count; value++)
        (*out)[value] = name_find_near(others, name_of(names, value), value);
    return *out != NULL;
}

static bool count_apart(const Tape *tape, const double *largest, int **out)
{
    *out = malloc(((size_t)tape->step_count + 1) * sizeof **out);
    if (!*out)
        return false;
    /* Counted up, so that "does anything in this folded frame differ?" is one subtraction. */
    (*out)[0] = 0;
    for (int step = 0; step < tape->step_count; step++)
        (*out)[step + 1] = (*out)[step] + (largest[tape->steps[step].output] > 0);
    return true;
}

/* The largest difference of every value of a side that moved; a value that the other side lacks did. */
static bool measure(const Beside *beside, int side, int count, double **out)
{
    double *largest = *out = calloc((size_t)count + 1, sizeof *largest);
    for (int i = 0; largest && i < beside->differences.count; i++) {
        const Difference *d = &beside->differences.list[i];
        int value = side == TRUTH ? d->value : d->other;
        if (value >= 0 && !d->rounding)
            largest[value] = d->max_abs;
    }
    for (int value = 0; largest && value < count; value++)
        if (beside->counterpart[side][value] < 0)
            largest[value] = INFINITY;
    return largest != NULL;
}

/* What each side needs to know of the other. */
static bool compare_sides(const Session *truth, Beside *beside, Error *error)
{
    const Session *sides[] = {truth, &beside->take->session};
    bool whole = differences_find(&truth->names, &sides[OTHER]->names, &beside->differences, error);
    for (int side = 0; side < 2 && whole; side++) {
        const Names *names = &sides[side]->names;
        whole = (match(names, &sides[1 - side]->names, &beside->counterpart[side]) &&
                 measure(beside, side, names->count, &beside->largest[side]) &&
                 count_apart(&sides[side]->run.tape, beside->largest[side], &beside->apart[side])) ||
                error_memory(error);
    }
    return whole;
}

bool beside_record(const Session *truth, const Wish *wish, Beside *out, Error *error)
{
    for (int i = 0; i < wish->change_count; i++)
        if (!change_check(truth, &wish->changes[i], error))
            return false;
    out->take = take_new(truth, wish->mistake, error);
    if (!out->take)
        return false;
    Session *other = &out->take->session;
    take_copy_start(&other->run, &truth->run);
    bool whole = changes_record(&other->run, wish->changes, wish->change_count, error) &&
                 take_index(out->take, error) && compare_sides(truth, out, error);
    for (int side = 0; side < 2 && whole && wish->mistake && truth->run.loss >= 0; side++)
        whole = look_ahead(truth, side == OTHER ? wish->mistake : NULL, &out->ahead[side], error);
    out->has_prediction = whole && wish->change_count > 0 && !truth->sheet &&
                          changes_predict(truth, wish->changes, wish->change_count, &out->predicted);
    return whole;
}

bool beside_compare(const Session *truth, Take *recorded, Beside *out, Error *error)
{
    *out = (Beside){.take = recorded, .trained = true};
    return compare_sides(truth, out, error);
}

bool lab_differs(const Lab *lab, int side, int value, int row, int col, double *other)
{
    int counterpart = lab->beside.take ? lab->beside.counterpart[side][value] : -1;
    if (counterpart < 0)
        return false;
    const Value *mine = tape_value(&lab_session(lab, side)->run.tape, value);
    const Value *theirs = tape_value(&lab_session(lab, 1 - side)->run.tape, counterpart);
    if (row >= theirs->rows || col >= theirs->cols)
        return false;
    double number = cell_of(mine, row, col);
    *other = cell_of(theirs, row, col);
    return number != *other && !(isnan(number) && isnan(*other));
}

bool lab_stands_out(const Lab *lab, int side, int value, int row, int col)
{
    double other;
    if (!lab_differs(lab, side, value, row, col, &other))
        return false;
    double number = cell_of(tape_value(&lab_session(lab, side)->run.tape, value), row, col);
    double largest = lab->beside.largest[side][value];
    /* Between two training steps every cell differs; only what moved most is worth a mark. nan is always. */
    return largest > 0 && !(fabs(number - other) < (lab->beside.trained ? MUCH : ROUNDING) * largest);
}

int lab_steps_apart(const Lab *lab, int side, int first, int last)
{
    return lab->beside.take && last >= first ? lab->beside.apart[side][last + 1] - lab->beside.apart[side][first] : 0;
}

int lab_first_apart(const Lab *lab, int side)
{
    int count = lab_session(lab, side)->run.tape.step_count;
    for (int step = 0; lab->beside.take && step < count; step++)
        if (lab->beside.apart[side][step + 1] > 0)
            return step;
    return -1;
}
