/* Flow matching: a straight line from a picture x_0 to noise x_1, and how fast one moves on it. Lipman et al. 2023;
 * Liu et al. 2023; guidance: Ho and Salimans 2022. Chapter 35.
 *
 *   time_waves     y = [sin(t w) | cos(t w)]              t [B x 1], w [1 x F];  dt = sum of (ds cos - dc sin) w
 *   blended        y = (1 - t) a + t b                    da = (1 - t) dy,  db = t dy,  dt = rowsum(dy (b - a))
 *   squared_error  y = sum of (p - q)^2 / n               dp = 2 (p - q) dy / n,  dq = -dp
 *   guided         y = u + w (c - u)                      dc = w dy,  du = (1 - w) dy
 *   moved          y = x + h v                            dx = dy,  dv = h dy */
#include "rule.h"

enum { SAVED_SINE, SAVED_COSINE };

int time_waves(Tape *tape, const char *name, int t, int frequencies)
{
    tape_begin(tape, name, -1, &TIME_WAVES);
    int angle = matmul(tape, HERE("angle"), t, frequencies);
    int waves[2];
    waves[0] = sine(tape, HERE("sine"), angle);
    waves[1] = cosine(tape, HERE("cosine"), angle);
    int y = concat(tape, RESULT(name), waves, 2);
    return tape_call(tape, (Call){.inputs = (int[]){t, frequencies}, .input_count = 2, .output = y,
                                  .saved = {[SAVED_SINE] = waves[0], [SAVED_COSINE] = waves[1]}});
}

/* forward:  angle = t w,  y = [sin(angle) | cos(angle)] */
static void waves_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int half = tape_value(tape, call->saved[SAVED_SINE])->cols;
    int dsine = slice_columns(tape, HERE("dsine"), dy, 0, half);
    int dcosine = slice_columns(tape, HERE("dcosine"), dy, half, half);
    int rising = multiply(tape, HERE("rising"), dsine, call->saved[SAVED_COSINE]);
    int falling = multiply(tape, HERE("falling"), dcosine, call->saved[SAVED_SINE]);
    int dangle = subtract(tape, HERE("dangle"), rising, falling);
    if (wants_gradient(to, 0))
        to->grad[0] = matmul_bt(tape, TO(to, 0, "dt"), dangle, call->inputs[1]);
    if (wants_gradient(to, 1))
        to->grad[1] = matmul_at(tape, TO(to, 1, "dw"), call->inputs[0], dangle);
}

static int waves_sample(Tape *tape, bool twice)
{
    int t = sample_weight(tape, "t", twice ? 1 : 3, 1);
    return time_waves(tape, "y", t, twice ? t : sample_weight(tape, "w", 1, 2));
}

const Rule TIME_WAVES = {
    .words = "the time as sines and cosines of several speeds, which a network can tell apart",
    .words_back = "each wave hands back its slope: the cosine that of the sine, minus the sine that of the cosine",
    .name = "time_waves", .chapter = 35, .forward = "y = [sin(t ω) | cos(t ω)]",
    .back = "∂angle = ∂sin ⊙ cos − ∂cos ⊙ sin,  ∂t = ∂angle ωᵀ,  ∂ω = tᵀ ∂angle",
    .ascii_forward = "y = [sin(t w) | cos(t w)]",
    .ascii_back = "dangle = dsin cos - dcos sin,  dt = dangle w^T,  dw = t^T dangle",
    .backward = waves_backward, .sample = waves_sample,
};

int blended(Tape *tape, const char *name, int a, int b, int t)
{
    tape_begin(tape, name, -1, &BLENDED);
    int minus = scale(tape, HERE("minus_t"), t, -1);
    int rest = add_constant(tape, HERE("one_minus_t"), minus, 1);
    int of_a = mul_col(tape, HERE("of_a"), a, rest);
    int of_b = mul_col(tape, HERE("of_b"), b, t);
    int y = add(tape, RESULT(name), of_a, of_b);
    return tape_call(tape, (Call){.inputs = (int[]){a, b, t}, .input_count = 3, .output = y, .saved = {rest}});
}

/* forward:  y = (1 - t) a + t b */
static void blended_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    if (wants_gradient(to, 0))
        to->grad[0] = mul_col(tape, TO(to, 0, "da"), dy, call->saved[0]);
    if (wants_gradient(to, 1))
        to->grad[1] = mul_col(tape, TO(to, 1, "db"), dy, call->inputs[2]);
    if (wants_gradient(to, 2)) {
        int apart = subtract(tape, HERE("b_minus_a"), call->inputs[1], call->inputs[0]);
        to->grad[2] = row_sum(tape, TO(to, 2, "dt"), multiply(tape, HERE("along"), dy, apart));
    }
}

static int blended_sample(Tape *tape, bool twice)
{
    int a = sample_weight(tape, "a", 3, 4), b = twice ? scaled_by(tape, "b", a, 0.5) : sample_weight(tape, "b", 3, 4);
    return blended(tape, "y", a, b, sample_weight(tape, "t", 3, 1));
}

const Rule BLENDED = {
    .words = "a place on the straight line from one to the other, t of the way",
    .words_back = "each end gets its share, and the time what a step along the line would change",
    .name = "blended", .chapter = 35, .forward = "y = (1 − t) a + t b",
    .back = "∂a = (1 − t) ∂y,  ∂b = t ∂y,  ∂t = Σ ∂y ⊙ (b − a)",
    .ascii_forward = "y = (1 - t) a + t b", .ascii_back = "da = (1 - t) dy,  db = t dy,  dt = sum of dy (b - a)",
    .backward = blended_backward, .sample = blended_sample,
};

int squared_error(Tape *tape, const char *name, int predicted, int target, double count)
{
    tape_begin(tape, name, -1, &SQUARED_ERROR);
    int apart = subtract(tape, HERE("difference"), predicted, target);
    int squares = multiply(tape, HERE("squared"), apart, apart);
    int rows = row_sum(tape, HERE("row_sums"), squares);
    int sum = column_sum(tape, HERE("sum"), rows);
    int y = divide_by(tape, RESULT(name), sum, count);
    return tape_call(tape, (Call){.inputs = (int[]){predicted, target}, .input_count = 2, .output = y,
                                  .saved = {apart}, .attributes = {.constants = {count}}});
}

/* forward:  y = sum of (p - q)^2 / n */
static void squared_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int twice = scale(tape, HERE("twice"), call->saved[0], 2);
    int share = divide_by(tape, HERE("share"), dy, call->attributes.constants[0]);
    if (wants_gradient(to, 0))
        to->grad[0] = scale_by(tape, TO(to, 0, "dp"), twice, share);
    if (wants_gradient(to, 1)) {
        int minus = scale(tape, HERE("minus"), twice, -1);
        to->grad[1] = scale_by(tape, TO(to, 1, "dq"), minus, share);
    }
}

static int squared_sample(Tape *tape, bool twice)
{
    int p = sample_weight(tape, "p", 3, 4), q = twice ? scaled_by(tape, "q", p, 0.5) : sample_weight(tape, "q", 3, 4);
    return squared_error(tape, "y", p, q, 5);
}

const Rule SQUARED_ERROR = {
    .words = "how far two matrices are apart: all differences squared and added up, over a number",
    .words_back = "every cell is told twice its difference, over that number",
    .name = "squared_error", .chapter = 35, .forward = "y = Σ (p − q)² / n", .back = "∂p = 2 (p − q) ∂y / n,  ∂q = −∂p",
    .ascii_forward = "y = sum of (p - q)^2 / n", .ascii_back = "dp = 2 (p - q) dy / n,  dq = -dp",
    .backward = squared_backward, .sample = squared_sample,
};

int guided(Tape *tape, const char *name, int unconditional, int conditional, double w)
{
    tape_begin(tape, name, -1, &GUIDED);
    int apart = subtract(tape, HERE("difference"), conditional, unconditional);
    int push = scale(tape, HERE("push"), apart, w);
    int y = add(tape, RESULT(name), unconditional, push);
    return tape_call(tape, (Call){.inputs = (int[]){unconditional, conditional}, .input_count = 2, .output = y,
                                  .attributes = {.constants = {w}}});
}

/* forward:  y = u + w (c - u) */
static void guided_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    double w = call->attributes.constants[0];
    if (wants_gradient(to, 0))
        to->grad[0] = scale(tape, TO(to, 0, "du"), dy, 1 - w);
    if (wants_gradient(to, 1))
        to->grad[1] = scale(tape, TO(to, 1, "dc"), dy, w);
}

static int guided_sample(Tape *tape, bool twice)
{
    int u = sample_weight(tape, "u", 3, 2), c = twice ? scaled_by(tape, "c", u, 0.5) : sample_weight(tape, "c", 3, 2);
    return guided(tape, "y", u, c, 1.5);
}

const Rule GUIDED = {
    .words = "what is said without the class, and w times what the class changes of it",
    .words_back = "the one with the class hears w times, the one without what is left of 1",
    .name = "guided", .chapter = 37, .forward = "y = u + w (c − u)", .back = "∂c = w ∂y,  ∂u = (1 − w) ∂y",
    .ascii_forward = "y = u + w (c - u)", .ascii_back = "dc = w dy,  du = (1 - w) dy",
    .backward = guided_backward, .sample = guided_sample,
};

int moved(Tape *tape, const char *name, int x, int v, double step)
{
    tape_begin(tape, name, -1, &MOVED);
    int way = scale(tape, HERE("way"), v, step);
    int y = add(tape, RESULT(name), x, way);
    return tape_call(tape, (Call){.inputs = (int[]){x, v}, .input_count = 2, .output = y,
                                  .attributes = {.constants = {step}}});
}

/* forward:  y = x + h v */
static void moved_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    if (wants_gradient(to, 0))
        to->grad[0] = copy(tape, TO(to, 0, "dx"), dy);
    if (wants_gradient(to, 1))
        to->grad[1] = scale(tape, TO(to, 1, "dv"), dy, call->attributes.constants[0]);
}

static int moved_sample(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", 3, 2);
    return moved(tape, "y", x, twice ? scaled_by(tape, "v", x, 0.5) : sample_weight(tape, "v", 3, 2), -0.25);
}

const Rule MOVED = {
    .words = "a small step along the velocity",
    .words_back = "the place gets the gradient as it is, the velocity as much of it as the step is long",
    .name = "moved", .chapter = 35, .forward = "y = x + h v", .back = "∂x = ∂y,  ∂v = h ∂y",
    .ascii_forward = "y = x + h v", .ascii_back = "dx = dy,  dv = h dy",
    .backward = moved_backward, .sample = moved_sample,
};
