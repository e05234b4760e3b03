/* Wrong formulas, recorded with the primitives of the right ones; see mistake_formulas.h. */
#include "mistake_formulas.h"

#include "elementary/elementary.h"
#include "primitives/families.h"
#include "rules/rule.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int one(Tape *tape, const Primitive *primitive, const Label *label, int a, double constant)
{
    return mistake_make(tape, primitive, label, (int[]){a}, 1, (Attributes){.constants = {constant}});
}

static int two(Tape *tape, const Primitive *primitive, const Label *label, int a, int b)
{
    return mistake_make(tape, primitive, label, (int[]){a, b}, 2, (Attributes){0});
}

static int as_asked(Tape *tape, const Asked *step, const int *inputs, Attributes attributes)
{
    return mistake_make(tape, step->primitive, step->label, inputs, step->count, attributes);
}

/* The value called so beside the open frame, or in any frame: the latest; -1 if there is none. */
static int latest_called(const Tape *tape, const char *local)
{
    for (int id = tape->value_count - 1; id >= 0; id--)
        if (tape->values[id].name.base < 0 && strcmp(tape->values[id].name.local, local) == 0)
            return id;
    return -1;
}

int wrong_rolled(Tape *tape, const Asked *step)
{
    int a = step->inputs[0], count = tape_value(tape, a)->cols;
    int last = mistake_make(tape, &SLICE_COLUMNS, PART("last"), &a, 1, (Attributes){.offset = count - 1, .cols = 1});
    int rest = mistake_make(tape, &SLICE_COLUMNS, PART("rest"), &a, 1, (Attributes){.cols = step->attributes.cols - 1});
    return two(tape, &CONCAT, step->label, last, rest);
}

int wrong_plus_ids(Tape *tape, const Asked *step)
{
    int ids = one(tape, &ADD_CONSTANT, PART("from_one"), step->inputs[1], 1);
    return as_asked(tape, step, (int[]){step->inputs[0], ids}, step->attributes);
}

int wrong_bypass(Tape *tape, const Asked *step)
{
    const Frame *frame = &tape->frames[tape->frame];
    return one(tape, &COPY, step->label, tape->steps[frame->first].inputs[0], 0);
}

int wrong_one_fewer(Tape *tape, const Asked *step)
{
    double count = rint(1 / step->attributes.constants[0]);
    return as_asked(tape, step, step->inputs, (Attributes){.constants = {1 / (count - 1)}});
}

int wrong_count_of_rows(Tape *tape, const Asked *step)
{
    const Step *sum = &tape->steps[tape_value(tape, step->inputs[0])->producer];
    return as_asked(tape, step, step->inputs, (Attributes){.constants = {1.0 / step_input(tape, sum, 0)->rows}});
}

int wrong_root_of_width(Tape *tape, const Asked *step)
{
    int other = latest_called(tape, step->edit->other);
    return as_asked(tape, step, step->inputs,
                    (Attributes){.constants = {other < 0 ? 1 : sqrt(tape_value(tape, other)->rows)}});
}

int wrong_mirrored(Tape *tape, const Asked *step)
{
    int turned = one(tape, &TRANSPOSE, PART("turned"), step->inputs[0], 0);
    int done = mistake_make(tape, step->primitive, PART("mirrored"), &turned, 1, step->attributes);
    return one(tape, &TRANSPOSE, step->label, done, 0);
}

int wrong_pooled(Tape *tape, const Asked *step)
{
    int column = mistake_make(tape, step->primitive, PART("by_row"), step->inputs, step->count, step->attributes);
    int all = one(tape, step->edit->primitive, PART("of_all"), column, 0);
    return mistake_make(tape, &BROADCAST, step->label, &all, 1,
                        (Attributes){.rows = tape_value(tape, column)->rows, .cols = 1});
}

int wrong_averaged(Tape *tape, const Asked *step)
{
    if (step->count != 2)
        return as_asked(tape, step, step->inputs, step->attributes);
    int sum = two(tape, &ADD, PART("both"), step->inputs[0], step->inputs[1]);
    int half = one(tape, &SCALE, PART("average"), sum, 0.5);
    return two(tape, step->primitive, step->label, half, half);
}

int wrong_dealt_out(Tape *tape, const Asked *step)
{
    int joined = mistake_make(tape, step->primitive, PART("joined"), step->inputs, step->count, step->attributes);
    int width = tape_value(tape, joined)->cols, heads = step->count;
    double *order = tape_room(tape, 1, width);
    for (int c = 0; order && c < width; c++)
        order[c] = c % heads * (width / heads) + c / heads;
    int ids = tape_leaf(tape, KIND_INPUT, "dealt_out", (Shape){1, width}, order);
    int turned = one(tape, &TRANSPOSE, PART("turned"), joined, 0);
    return one(tape, &TRANSPOSE, step->label, two(tape, &GATHER_ROWS, PART("dealt"), turned, ids), 0);
}

/* A name of its own for what belongs to the i-th of several steps alike: "only_row", "only_row.2". */
static const char *own_name(Tape *tape, const char *name, int repeat)
{
    size_t size = strlen(name) + 16;
    char *own = (char *)tape_labels(tape, (int)(size / sizeof(char *)) + 1);
    snprintf(own, size, repeat ? "%s.%d" : "%s", name, repeat);
    return own;
}

int wrong_one_row(Tape *tape, const Asked *step)
{
    int rows = tape_value(tape, step->inputs[0])->rows;
    double *row = tape_room(tape, 1, 1);
    if (row)
        *row = step->edit->number < 0 ? rows - 1 : step->edit->number;
    int id = tape_leaf(tape, KIND_INPUT, own_name(tape, "only_row", step->label->repeat), (Shape){1, 1}, row);
    int only = two(tape, &GATHER_ROWS, PART("only"), step->inputs[0], id);
    return as_asked(tape, step, &only, step->attributes);
}

int wrong_softmax_again(Tape *tape, const Asked *step)
{
    int first = mistake_make(tape, step->primitive, PART("once"), step->inputs, step->count, step->attributes);
    int exps = one(tape, &EXP, PART("exp_again"), first, 0);
    return two(tape, &DIV_COL, step->label, exps, one(tape, &ROW_SUM, PART("sum_again"), exps, 0));
}

int wrong_upstream(Tape *tape, const Asked *step)
{
    int inputs[3] = {0}, taken = step->edit->input;
    for (int i = 0; i < step->count && i < 3; i++)
        inputs[i] = step->inputs[i];
    int maker = tape_value(tape, inputs[taken])->producer;
    if (maker >= 0)
        inputs[taken] = tape->steps[tape->frames[tape->steps[maker].frame].first].inputs[0];
    return as_asked(tape, step, inputs, step->attributes);
}

int wrong_step_back(Tape *tape, const Asked *step)
{
    int maker = tape_value(tape, step->inputs[0])->producer;
    return as_asked(tape, step, maker < 0 ? step->inputs : tape->steps[maker].inputs, step->attributes);
}

int wrong_up_to_here(Tape *tape, const Asked *step)
{
    int before = mistake_make(tape, step->primitive, PART("whole"), step->inputs, step->count, step->attributes);
    return two(tape, &ADD, step->label, before, step->inputs[0]);
}

/* R^n = exp(n log R), where n is how often a token was there. */
int wrong_each_time(Tape *tape, const Asked *step)
{
    const Step *divided = &tape->steps[tape_value(tape, step->inputs[1])->producer];
    int logits = divided->inputs[0];
    double penalty = divided->attributes.constants[0];
    int power = one(tape, &SCALE, PART("power"), latest_called(tape, "times"), log_of(penalty));
    int factor = one(tape, &EXP, PART("factor"), power, 0);
    int below = two(tape, &DIVIDE, PART("each_divided"), logits, factor);
    int above = two(tape, &MULTIPLY, PART("each_multiplied"), logits, factor);
    return as_asked(tape, step, (int[]){step->inputs[0], below, above}, step->attributes);
}

int wrong_mean_of_rows(Tape *tape, const Asked *step)
{
    int sum = mistake_make(tape, step->primitive, PART("whole"), step->inputs, step->count, step->attributes);
    return one(tape, &DIVIDE_BY, step->label, sum, tape_value(tape, step->inputs[step->count - 1])->rows);
}

/* The latest mean of several values, a batch; NULL if there is none: then the mistake has nothing to change here. */
static const Call *latest_batch(const Tape *tape)
{
    for (int call = tape->call_count - 1; call >= 0; call--)
        if (tape->calls[call].rule == &MEAN && tape->calls[call].input_count > 1)
            return &tape->calls[call];
    return NULL;
}

/* Forward the parts are the columns of the sums, which only a batch has; on the way back those that the mean read. */
int wrong_share_of_parts(Tape *tape, const Asked *step)
{
    const Step *before = &tape->steps[tape_value(tape, step->inputs[0])->producer];
    const Call *batch = latest_batch(tape);
    int parts = batch ? batch->input_count : 0;
    if (tape->phase == PHASE_FORWARD)
        parts = before->primitive == &ROW_SUM ? tape_value(tape, before->inputs[0])->cols : 0;
    bool alone = parts < 2;
    tape->mistake_hits -= alone;
    return alone ? as_asked(tape, step, step->inputs, step->attributes)
                 : as_asked(tape, step, step->inputs, (Attributes){.constants = {1.0 / parts}});
}

int wrong_means(Tape *tape, const Asked *step)
{
    int *means = tape_ints(tape, step->count, -1);
    for (int i = 0; i < step->count; i++) {
        const Step *sum = &tape->steps[tape_value(tape, step->inputs[i])->producer];
        means[i] = one(tape, &DIVIDE_BY, PART("mean"), step->inputs[i], tape_value(tape, sum->inputs[0])->rows);
    }
    return as_asked(tape, step, means, step->attributes);
}

int wrong_mean_of_cells(Tape *tape, const Asked *step)
{
    bool alone = !latest_batch(tape);
    tape->mistake_hits -= alone;
    if (alone)
        return as_asked(tape, step, step->inputs, step->attributes);
    int share = one(tape, &DIVIDE_BY, PART("own_share"), step->inputs[0], step->attributes.rows);
    return as_asked(tape, step, &share, step->attributes);
}

int wrong_other_share(Tape *tape, const Asked *step)
{
    return as_asked(tape, step, step->inputs, (Attributes){.constants = {1 - step->attributes.constants[0]}});
}

/* A slice of columns that stops one before the last would be, wherever it was to stop. */
int wrong_to_the_end(Tape *tape, const Asked *step)
{
    Attributes all = step->attributes;
    all.cols = tape_value(tape, step->inputs[0])->cols - 1;
    return as_asked(tape, step, step->inputs, all);
}

/* |x| = relu(x) + relu(-x) */
int wrong_own_factor(Tape *tape, const Asked *step)
{
    int x = step->inputs[1], u = tape->steps[tape_value(tape, step->inputs[0])->producer].inputs[1];
    int product = mistake_make(tape, &MULTIPLY, PART("own"), (int[]){x, u}, 2, (Attributes){0});
    return mistake_make(tape, step->primitive, step->label, (int[]){product, x}, 2, step->attributes);
}

int wrong_absolute(Tape *tape, const Asked *step)
{
    int minus = one(tape, &SCALE, PART("minus"), step->inputs[0], -1);
    int above = one(tape, &RELU, PART("above"), step->inputs[0], 0), below = one(tape, &RELU, PART("below"), minus, 0);
    return one(tape, &COLUMN_SUM, step->label, two(tape, &ADD, PART("size"), above, below), 0);
}

int wrong_own_norm(Tape *tape, const Asked *step)
{
    int squares = one(tape, &COLUMN_SUM_OF_SQUARES, PART("own_squares"), step->inputs[0], 0);
    int norm = one(tape, &SQRT, PART("own_norm"), one(tape, &ROW_SUM, PART("own_sum"), squares, 0), 0);
    int factor = two(tape, &DIVIDE, PART("own_factor"), latest_called(tape, "limit"), norm);
    return two(tape, step->primitive, step->label, step->inputs[0], factor);
}

/* min(max(x, -L), L) = relu(x + L) - relu(x - L) - L */
int wrong_clamped(Tape *tape, const Asked *step)
{
    int limit = latest_called(tape, "limit");
    double most = limit < 0 ? 1 : tape->steps[tape_value(tape, limit)->producer].attributes.constants[0];
    int low = one(tape, &RELU, PART("above_low"), one(tape, &ADD_CONSTANT, PART("up"), step->inputs[0], most), 0);
    int high = one(tape, &RELU, PART("above_high"), one(tape, &ADD_CONSTANT, PART("down"), step->inputs[0], -most), 0);
    return one(tape, &ADD_CONSTANT, step->label, two(tape, &SUBTRACT, PART("between"), low, high), -most);
}

int wrong_eps_inside(Tape *tape, const Asked *step)
{
    int sum = one(tape, &ADD_CONSTANT, PART("plus_eps"), step->inputs[0], step->attributes.constants[0]);
    return one(tape, &SQRT, step->label, sum, 0);
}

/* keep = 1 - lr w becomes 1 - w */
int wrong_decay(Tape *tape, const Asked *step)
{
    Attributes attributes = step->attributes;
    double rate = attributes.constants[1];
    attributes.constants[0] = rate == 0 ? 1 : 1 - (1 - attributes.constants[0]) / rate;
    return as_asked(tape, step, step->inputs, attributes);
}

/* The decay of the moment that is corrected. */
int wrong_first_time(Tape *tape, const Asked *step)
{
    const Step *average = &tape->steps[tape_value(tape, step->inputs[0])->producer];
    return as_asked(tape, step, step->inputs, (Attributes){.constants = {1 - average->attributes.constants[0]}});
}

int wrong_forgotten(Tape *tape, const Asked *step)
{
    int nothing = one(tape, &SCALE, PART("reset"), step->inputs[0], 0);
    return as_asked(tape, step, (int[]){nothing, step->inputs[1]}, step->attributes);
}

/* The latest value called NAME.suffix; -1 if there is none. */
static int latest_suffixed(const Tape *tape, const char *suffix)
{
    for (int id = tape->value_count - 1; id >= 0; id--)
        if (tape->values[id].name.base >= 0 && strcmp(tape->values[id].name.local, suffix) == 0)
            return id;
    return -1;
}

/* After one step from zero m = (1 - beta) g, so the gradient before is m / (1 - beta). */
int wrong_heaped(Tape *tape, const Asked *step)
{
    double beta = step->attributes.constants[0];
    if (step->primitive != &MOVING_AVERAGE)
        beta = tape->steps[tape_value(tape, latest_suffixed(tape, "m"))->producer].attributes.constants[0];
    int before = one(tape, &DIVIDE_BY, PART("gradient_before"), latest_suffixed(tape, "m_before"), 1 - beta);
    int heap = two(tape, &ADD, PART("heap"), step->inputs[1], before);
    return as_asked(tape, step, (int[]){step->inputs[0], heap}, step->attributes);
}

int wrong_too_early(Tape *tape, const Asked *step)
{
    return as_asked(tape, step, (int[]){step->inputs[0], step->label->base}, step->attributes);
}
