/* A mixture of experts: every token goes to a few of several MLPs, and takes from each as much as its gate says.
 * Shazeer et al. 2017; Switch: Fedus et al. 2021; Mixtral: Jiang et al. 2024. Chapter 26.
 *
 *   gate           g = p where chosen (Switch), or p / sum of the chosen p (Mixtral); 0 elsewhere
 *   send           x_e = the rows of x that came to expert e
 *   share          g_e = their cells of column e of the gate
 *   weighted_rows  y_e = g_e E_e(x_e), row by row
 *   mixed          y[t] = sum of the rows of all y_e that belong to token t
 *
 * dg_e = <dy, E_e(x_e)>, and back through the gate, where n is 1 where chosen and a where there was room:
 *   raw            dp = a dg
 *   renormalised   dp = n (a dg - sum of a dg g) / s, s the sum of the chosen p
 * The choice itself has no gradient: a small change of p changes no rank. With one renormalised expert g = p / p = 1,
 * and a dg - a dg 1 = 0: nothing reaches the router. */
#include "rule.h"

int gate(Tape *tape, const char *name, int p, int chosen, int admitted, bool renormalised)
{
    tape_begin(tape, name, -1, &GATE);
    Call call = {.inputs = (int[]){p}, .input_count = 1, .attributes = {.transposed = {renormalised}}};
    int saved[] = {[GATE_CHOSEN] = chosen, [GATE_ADMITTED] = admitted, [GATE_SHARE] = p, [GATE_SUM] = p};
    if (renormalised) {
        int kept = multiply(tape, HERE("kept"), p, chosen);
        saved[GATE_SUM] = row_sum(tape, HERE("sum"), kept);
        saved[GATE_SHARE] = div_col(tape, chosen == admitted ? RESULT(name) : HERE("share"), kept, saved[GATE_SUM]);
        call.output = saved[GATE_SHARE];
    }
    if (!renormalised || chosen != admitted)
        call.output = multiply(tape, RESULT(name), saved[GATE_SHARE], admitted);
    for (int i = 0; i < 4; i++)
        call.saved[i] = saved[i];
    return tape_call(tape, call);
}

/* forward:  g = a p, or a kept / s with kept = n p and s = the row sums of kept */
static void gate_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int chosen = call->saved[GATE_CHOSEN], admitted = call->saved[GATE_ADMITTED];
    if (!call->attributes.transposed[0]) {
        to->grad[0] = multiply(tape, TO(to, 0, "dp"), dy, admitted);
        return;
    }
    int dshare = chosen == admitted ? dy : multiply(tape, HERE("dshare"), dy, admitted);
    int product = multiply(tape, HERE("product"), dshare, call->saved[GATE_SHARE]);
    int centered = sub_col(tape, HERE("centered"), dshare, row_sum(tape, HERE("sum"), product));
    int dkept = div_col(tape, HERE("dkept"), centered, call->saved[GATE_SUM]);
    to->grad[0] = multiply(tape, TO(to, 0, "dp"), dkept, chosen);
}

static int sample_mask(Tape *tape, const char *name, int zero)
{
    double *cells = tape_room(tape, 3, 4);
    for (int i = 0; cells && i < 12; i++)
        cells[i] = (i + i / 4) % 2 == 0 && i != zero;
    return tape_leaf(tape, KIND_INPUT, name, (Shape){3, 4}, cells);
}

static int sample_shares(Tape *tape)
{
    int p = sample_positive(tape, "p", 3, 4);
    tape->values[p].kind = KIND_PARAMETER;
    return p;
}

static int gate_sample(Tape *tape, bool twice)
{
    int p = sample_shares(tape), chosen = sample_mask(tape, "chosen", -1);
    return gate(tape, "y", p, chosen, twice ? chosen : sample_mask(tape, "admitted", 2), true);
}

static int raw_sample(Tape *tape, bool twice)
{
    (void)twice;
    int p = sample_shares(tape), chosen = sample_mask(tape, "chosen", -1);
    return gate(tape, "y", p, chosen, chosen, false);
}

const Rule GATE = {
    .words = "how much a token takes from each of the experts that were chosen for it",
    .words_back = "the gate learns from what its experts had to say; the choice itself has no gradient",
    .name = "gate", .chapter = 26, .forward = "g = p of the chosen, or p ÷ Σ chosen p",
    .back = "∂p = chosen ⊙ (∂g − Σ row of ∂g ⊙ g) ÷ Σ chosen p, or chosen ⊙ ∂g",
    .ascii_forward = "g = p of the chosen, or p / sum of the chosen p",
    .ascii_back = "dp = chosen * (dg - rowsum(dg * g)) / sum of the chosen p, or chosen * dg",
    .backward = gate_backward, .sample = gate_sample, .other_sample = raw_sample,
};

int send(Tape *tape, const char *name, int x, int ids)
{
    tape_begin(tape, name, -1, &SEND);
    int y = gather_rows(tape, RESULT(name), x, ids);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y, .saved = {ids}});
}

/* forward:  y[i] = x[ids[i]] */
static void send_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int rows = tape_value(tape, call->inputs[0])->rows;
    to->grad[0] = scatter_rows(tape, TO(to, 0, "dx"), dy, call->saved[0], rows);
}

static int sample_places(Tape *tape, const char *name, int first, int second)
{
    double *numbers = tape_room(tape, 1, 2);
    if (numbers) {
        numbers[0] = first;
        numbers[1] = second;
    }
    return tape_leaf(tape, KIND_INPUT, name, (Shape){1, 2}, numbers);
}

static int send_sample(Tape *tape, bool twice)
{
    (void)twice;
    return send(tape, "y", sample_weight(tape, "x", 4, 3), sample_places(tape, "ids", 0, 2));
}

const Rule SEND = {
    .words = "an expert gets the rows of the tokens that come to it",
    .words_back = "every row of the gradient goes back to its token; a token that did not come gets 0",
    .name = "send", .chapter = 26, .forward = "y = rows of x", .back = "∂x = ∂y at its rows, else 0",
    .ascii_forward = "y = rows of x", .ascii_back = "dx = dy at its rows, else 0",
    .backward = send_backward, .sample = send_sample,
};

int share_of(Tape *tape, const char *name, int gate, int ids, int expert)
{
    tape_begin(tape, name, -1, &SHARE);
    int column = slice_columns(tape, HERE("column"), gate, expert, 1);
    int y = gather_rows(tape, RESULT(name), column, ids);
    return tape_call(tape, (Call){.inputs = (int[]){gate}, .input_count = 1, .output = y, .saved = {ids},
                                  .attributes = {.offset = expert}});
}

/* forward:  y[i] = g[ids[i], expert] */
static void share_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    Value of = *tape_value(tape, call->inputs[0]);
    int left = call->attributes.offset, right = of.cols - left - 1, parts[3], count = 0;
    int column = scatter_rows(tape, HERE("dcolumn"), dy, call->saved[0], of.rows);
    if (left)
        parts[count++] = fill(tape, HERE("left"), 0, of.rows, left);
    parts[count++] = column;
    if (right)
        parts[count++] = fill(tape, HERE("right"), 0, of.rows, right);
    Label label = label_with_axes(TO(to, 0, "dgate"), of.row_axis, of.col_axis, AXIS_NONE);
    to->grad[0] = concat(tape, &label, parts, count);
}

static int share_sample(Tape *tape, bool twice)
{
    return share_of(tape, "y", sample_weight(tape, "g", 4, 3), sample_places(tape, "ids", 0, 2), twice ? 0 : 1);
}

const Rule SHARE = {
    .words = "what the gate says of the tokens that came",
    .words_back = "a gate cell learns how well the token's gradient fits what the expert said",
    .name = "share", .chapter = 26, .forward = "y = g of the tokens and this expert",
    .back = "∂g = ∂y in the cells that were read, else 0",
    .ascii_forward = "y = g of the tokens and this expert", .ascii_back = "dg = dy in the cells that were read, else 0",
    .backward = share_backward, .sample = share_sample,
};

int weighted_rows(Tape *tape, const char *name, int x, int share)
{
    tape_begin(tape, name, -1, &WEIGHTED_ROWS);
    int y = mul_col(tape, RESULT(name), x, share);
    return tape_call(tape, (Call){.inputs = (int[]){x, share}, .input_count = 2, .output = y});
}

/* forward:  y = x g, row by row */
static void weighted_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int x = call->inputs[0], g = call->inputs[1];
    if (wants_gradient(to, 0))
        to->grad[0] = mul_col(tape, TO(to, 0, "dx"), dy, g);
    if (wants_gradient(to, 1)) {
        int product = multiply(tape, HERE("product"), dy, x);
        Label label = label_with_axes(TO(to, 1, "dg"), AXIS_NONE, tape_value(tape, g)->col_axis, AXIS_NONE);
        to->grad[1] = row_sum(tape, &label, product);
    }
}

static int weighted_sample(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "x", 4, twice ? 1 : 3);
    return weighted_rows(tape, "y", x, twice ? x : sample_weight(tape, "g", 4, 1));
}

const Rule WEIGHTED_ROWS = {
    .words = "every token takes as much of its expert as its gate says",
    .words_back = "the expert gets the gradient times the gate, the gate how well gradient and expert agree",
    .name = "weighted_rows", .chapter = 26, .forward = "y = g x, row by row",
    .back = "∂x = g ∂y,  ∂g = Σ row of ∂y ⊙ x",
    .ascii_forward = "y = g x, row by row", .ascii_back = "dx = g dy,  dg = rowsum(dy * x)",
    .backward = weighted_backward, .sample = weighted_sample,
};

int mix_experts(Tape *tape, const char *name, const Mixture *mixture)
{
    tape_begin(tape, name, -1, &MIXED);
    int count = mixture->count, *inputs = tape_ints(tape, count + mixture->idle_count, -1);
    for (int i = 0; i < count; i++)
        inputs[i] = mixture->parts[i];
    for (int i = 0; i < mixture->idle_count; i++)
        inputs[count + i] = mixture->idle[i];
    int rows = stack(tape, HERE("rows"), mixture->parts, count);
    int ids = concat(tape, HERE("tokens"), mixture->ids, count);
    Label label = label_with_axes(RESULT(name), mixture->axis, AXIS_NONE, AXIS_NONE);
    int y = scatter_rows(tape, &label, rows, ids, mixture->rows);
    return tape_call(tape, (Call){.inputs = inputs, .input_count = count + mixture->idle_count, .output = y,
                                  .saved = {ids}, .attributes = {.cols = count}});
}

/* forward:  y[t] = sum of the rows of all parts whose id is t; idle parameters are not read */
static void mixed_backward(Tape *tape, const Call *call, int dy, Contributions *to)
{
    int rows = gather_rows(tape, HERE("drows"), dy, call->saved[0]), first = 0;
    for (int i = 0; i < call->input_count; i++) {
        Value of = *tape_value(tape, call->inputs[i]);
        bool idle = i >= call->attributes.cols;
        if (wants_gradient(to, i)) {
            Label label = label_with_axes(TO(to, i, idle ? "idle" : "dx"), of.row_axis, of.col_axis, AXIS_NONE);
            to->grad[i] = idle ? fill(tape, &label, 0, of.rows, of.cols)
                               : slice_rows(tape, &label, rows, first, of.rows);
        }
        first += of.rows;
    }
}

static int mixed_sample(Tape *tape, bool twice)
{
    int a = sample_weight(tape, "a", 2, 3), b = twice ? a : sample_weight(tape, "b", 2, 3);
    int ids[] = {sample_places(tape, "to", 0, 2), sample_places(tape, "also_to", 2, 3)};
    return mix_experts(tape, "y", &(Mixture){.parts = (int[]){a, b}, .ids = ids, .count = 2, .rows = 4});
}

const Rule MIXED = {
    .words = "every token gets back what its experts said, added up",
    .words_back = "every expert gets the gradient of the tokens that came to it",
    .name = "mixed", .chapter = 26,
    .forward = "y = Σ experts of their rows, by token", .back = "∂part = its rows of ∂y",
    .ascii_forward = "y = sum over experts of their rows, by token", .ascii_back = "dpart = its rows of dy",
    .backward = mixed_backward, .sample = mixed_sample,
};
