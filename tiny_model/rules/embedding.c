/* Embedding: a token becomes a row of numbers, and so does its position. Chapter 3.
 *
 *   y[t] = E[tokens[t]] + P[positions[t]]            y [T x d], E [V x d], P [C x d]
 *   dE[v] = sum of dy[t] over the t where token v stands: a row used twice is pulled twice */
#include "rule.h"

int embedding(Tape *tape, const char *name, int token_table, int tokens, int position_table, int positions)
{
    tape_begin(tape, name, -1, &EMBEDDING);
    int y;
    if (position_table < 0) {
        y = gather_rows(tape, RESULT(name), token_table, tokens);
    } else {
        int token = gather_rows(tape, HERE("token"), token_table, tokens);
        int position = gather_rows(tape, HERE("position"), position_table, positions);
        y = add(tape, RESULT(name), token, position);
    }
    return tape_call(tape, (Call){.inputs = (int[]){token_table, position_table},
                                  .input_count = position_table < 0 ? 1 : 2, .output = y,
                                  .saved = {tokens, positions}});
}

/* forward:  y[t] = E[tokens[t]] + P[positions[t]] */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    for (int i = 0; i < call->input_count; i++)
        if (wants_gradient(to, i))
            to->grad[i] = scatter_rows(tape, TO(to, i, i == 0 ? "dE" : "dP"), dy, call->saved[i],
                                       tape_value(tape, call->inputs[i])->rows);
}

static int sample(Tape *tape, bool twice)
{
    int table = sample_weight(tape, "E", 7, 3), tokens = sample_ids(tape, "tokens", 5, 7);
    int other = twice ? table : sample_weight(tape, "P", 6, 3), positions = sample_ids(tape, "positions", 5, 6);
    return embedding(tape, "y", table, tokens, other, positions);
}

const Rule EMBEDDING = {
    .words = "every token becomes a row of numbers: its own, and that of its place",
    .words_back = "each token's row of the table collects the gradients of the places where it stood",
    .name = "embedding", .chapter = 3,
    .forward = "y[t] = E[token t] + P[position t]", .back = "∂E[v] = Σ ∂y[t] over t with token v",
    .ascii_forward = "y[t] = E[token t] + P[position t]", .ascii_back = "dE[v] = sum of dy[t] over t with token v",
    .backward = backward_part, .sample = sample,
};
