/* A mixture of experts in the place of a block's MLP: a router chooses for every token which of them it goes to. Only
 * these see it; a token is a row of every expert's matrix that was chosen for it. Chapter 26.
 *
 *   p = softmax(x W)                          chosen: the k largest of each row, of equals the lower expert
 *   y = sum of g_e E_e(x) + shared(x)         g = p, or p / sum of the chosen p: rules/experts.c
 *
 *   capacity c   an expert has room for C = ceil(T k / E c) tokens: first those whose first choice it is, in order,
 *                then those whose second ...; who finds no room gets 0 from it, only the residual if that was all */
#include "gpt_recording.h"

#include "../primitive.h"
#include "../record.h"
#include "../rules/rule.h"

#include <math.h>

typedef struct {
    int gate, admitted;   /* [T x E] */
} Routed;

/* Room of an expert for tokens. */
static int places(const Gpt *gpt, int tokens)
{
    double exact = (double)tokens * gpt->top_k / gpt->experts * gpt->capacity;
    int room = exact < tokens ? (int)ceil(exact - 1e-9) : tokens;
    return room < 1 ? 1 : room;
}

/* Room for one more id: a list is as long as the power of two that holds it. */
static int *longer(Tape *tape, int *ids, int count, int id)
{
    if (count == 0 || (count & (count - 1)) == 0) {
        int *more = tape_ints(tape, count ? 2 * count : 1, -1);
        for (int i = 0; i < count; i++)
            more[i] = ids[i];
        ids = more;
    }
    ids[count] = id;
    return ids;
}

static void add_prices(const Recording *to, int logits, int p, int rank, int chosen)
{
    Tape *tape = to->tape;
    const Gpt *gpt = to->gpt;
    RouterLosses *routers = &to->scene->routers;
    bool first = gpt->balance_over == BALANCE_FIRST;
    if (first && gpt->top_k > 1)
        chosen = is_below(tape, HERE("first_choice"), rank, 1);
    int price = balance(tape, "balance", p, chosen, first ? 1 : gpt->top_k);
    int z = gpt->z_loss > 0 ? z_loss(tape, "z_loss", logits) : -1;
    routers->balance = longer(tape, routers->balance, routers->count, price);
    routers->z = longer(tape, routers->z, routers->count++, z);
}

static Routed record_router(const Recording *to, int x)
{
    Tape *tape = to->tape;
    const Gpt *gpt = to->gpt;
    Routed routed;
    tape_begin(tape, "router", -1, NULL);
    int axis = tape_axis(tape, (Axis){"expert", gpt->experts, NULL, false});
    int w = gpt_weight(to, "W", gpt->d_model, to->feature, gpt->experts, axis, true);
    int logits = linear(tape, "logits", x, w, -1);
    int p = softmax(tape, "softmax", "probabilities", logits);
    tape_begin(tape, "choice", -1, NULL);
    int rank = rank_in_row(tape, HERE("rank"), p);
    int chosen = routed.admitted = is_below(tape, RESULT("chosen"), rank, gpt->top_k);
    if (gpt->capacity < INFINITY) {
        int place = place_in_column(tape, HERE("place"), rank);
        int room = is_below(tape, HERE("has_room"), place, places(gpt, tape_value(tape, x)->rows));
        routed.admitted = multiply(tape, RESULT("admitted"), chosen, room);
    }
    tape_end(tape);
    routed.gate = gate(tape, "gate", p, chosen, routed.admitted, gpt->gate == GATE_RENORMALISED);
    tape_end(tape);
    add_prices(to, logits, p, rank, chosen);
    return routed;
}

/* How many tokens a column of 0 and 1 has; where numbers are not known yet, as many as if all had been dealt out. */
static int came(Tape *tape, const Gpt *gpt, int column)
{
    const double *cells = tape_numbers(tape, column);
    int rows = tape_value(tape, column)->rows, count = 0, even = (rows * gpt->top_k + gpt->experts - 1) / gpt->experts;
    if (!cells)
        return even;
    for (int t = 0; t < rows; t++)
        count += cells[t] != 0;
    return count;
}

/* The tokens that came, called as in the text. */
static int record_tokens(Tape *tape, int column, int count)
{
    const Axis *all = tape_rows(tape, column);
    const double *cells = tape_numbers(tape, column);
    const char **labels = all->labels && cells ? tape_labels(tape, count) : NULL;
    for (int t = 0, i = 0; labels && i < count; t++)
        if (cells[t] != 0)
            labels[i++] = all->labels[t];
    Axis few = {"token", count, labels, false};
    Label label = label_with_axes(HERE("tokens"), AXIS_NONE, tape_axis(tape, few), AXIS_NONE);
    return nonzero_rows(tape, &label, column, count);
}

static void stay_idle(Mixture *mixture, int *idle, MlpWeights weights)
{
    const int all[] = {weights.gate, weights.gate_bias, weights.in, weights.in_bias, weights.out, weights.out_bias};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] >= 0)
            idle[mixture->idle_count++] = all[i];
}

static void record_expert(const Recording *to, int expert, int x, Routed routed, Mixture *mixture, int *lists[3])
{
    Tape *tape = to->tape;
    tape_begin(tape, "expert", expert, NULL);
    MlpWeights weights = gpt_mlp_weights(to);
    int column = slice_columns(tape, HERE("came"), routed.admitted, expert, 1), count = came(tape, to->gpt, column);
    if (count == 0) {
        stay_idle(mixture, lists[2], weights);
    } else {
        int tokens = record_tokens(tape, column, count);
        int output = gpt_mlp(to, weights, send(tape, "x", x, tokens));
        int share = share_of(tape, "share", routed.gate, tokens, expert);
        lists[0][mixture->count] = weighted_rows(tape, "weighted", output, share);
        lists[1][mixture->count++] = tokens;
    }
    tape_end(tape);
}

int gpt_record_moe(const Recording *to, int x)
{
    enum { WEIGHTS_OF_ONE = 6 };
    Tape *tape = to->tape;
    int experts = to->gpt->experts, rows = tape_value(tape, x)->rows;
    short axis = tape_value(tape, x)->row_axis;
    int *lists[] = {tape_ints(tape, experts + 1, -1), tape_ints(tape, experts + 1, -1),
                    tape_ints(tape, WEIGHTS_OF_ONE * experts, -1)};
    Mixture mixture = {.parts = lists[0], .ids = lists[1], .idle = lists[2], .rows = rows, .axis = axis};
    Routed routed = record_router(to, x);
    for (int e = 0; e < experts; e++)
        record_expert(to, e, x, routed, &mixture, lists);
    if (to->gpt->shared) {
        tape_begin(tape, "shared", -1, NULL);
        lists[1][mixture.count] = gpt_counting_leaf(tape, "tokens", 0, rows, axis, axis);
        lists[0][mixture.count++] = gpt_mlp(to, gpt_mlp_weights(to), x);
        tape_end(tape);
    }
    return mix_experts(tape, "output", &mixture);
}

bool gpt_is_priced(const Scene *scene, const Gpt *gpt)
{
    return scene->routers.count > 0 && (gpt->balance > 0 || gpt->z_loss > 0);
}

int gpt_with_prices(Scene *scene, const Gpt *gpt, int loss)
{
    Tape *tape = scene->tape;
    const RouterLosses *routers = &scene->routers;
    int parts[3] = {loss}, count = 1;
    if (gpt->balance > 0) {
        int price = mean(tape, "loss.balance", routers->balance, routers->count);
        parts[count++] = scaled_by(tape, "loss.balance_weighted", price, gpt->balance);
    }
    if (gpt->z_loss > 0) {
        int price = mean(tape, "loss.z", routers->z, routers->count);
        parts[count++] = scaled_by(tape, "loss.z_weighted", price, gpt->z_loss);
    }
    return total(tape, "loss", parts, count);
}
