/* Residual: the stream goes on, a branch adds to it. Chapter 9.
 *
 *   y = stream + branch       the gradient goes both ways unchanged:  dstream = dy, dbranch = dy */
#include "rule.h"

int residual(Tape *tape, const char *name, int stream, int branch)
{
    tape_begin(tape, name, -1, &RESIDUAL);
    int y = add(tape, RESULT(name), stream, branch);
    return tape_call(tape, (Call){.inputs = (int[]){stream, branch}, .input_count = 2, .output = y});
}

int pass(Tape *tape, const char *name, int x)
{
    tape_begin(tape, name, -1, &PASS);
    int y = copy(tape, RESULT(name), x);
    return tape_call(tape, (Call){.inputs = (int[]){x}, .input_count = 1, .output = y});
}

/* forward:  y = stream + branch, or y = x */
static void backward_part(Tape *tape, const Call *call, int dy, Contributions *to)
{
    static const char *const tags[] = {"dstream", "dbranch"};
    for (int i = 0; i < call->input_count; i++)
        if (wants_gradient(to, i))
            to->grad[i] = copy(tape, TO(to, i, call->input_count == 1 ? "dx" : tags[i]), dy);
}

static int residual_sample(Tape *tape, bool twice)
{
    int x = sample_weight(tape, "stream", 3, 4);
    return residual(tape, "y", x, twice ? x : sample_weight(tape, "branch", 3, 4));
}

static int pass_sample(Tape *tape, bool twice)
{
    (void)twice;
    return pass(tape, "y", sample_weight(tape, "x", 3, 4));
}

const Rule RESIDUAL = {
    .words = "the result is added to the stream: nothing that was there is lost",
    .words_back = "a sum hands its gradient to both sides, unchanged",
    .name = "residual", .chapter = 9, .forward = "y = stream + branch", .back = "∂stream = ∂y,  ∂branch = ∂y",
    .ascii_forward = "y = stream + branch", .ascii_back = "dstream = dy,  dbranch = dy",
    .backward = backward_part, .sample = residual_sample,
};
const Rule PASS = {
    .words = "the stream goes on under another name",
    .words_back = "the gradient goes through unchanged",
    .name = "pass", .chapter = 9, .forward = "y = x", .back = "∂x = ∂y", .ascii_forward = "y = x",
    .ascii_back = "dx = dy", .backward = backward_part, .sample = pass_sample,
};
