/* The reverse walk and the adding; see backward.h.
 *
 * For a value x that is read by the calls f, g, h:
 *   x.grad = x.grad.from.h + x.grad.from.g + x.grad.from.f       (in the order of arrival)
 * each sum of two a recorded step. A value with one reader has one message, its gradient. */
#include "backward.h"

#include "record.h"
#include "rules/rule.h"

#include <string.h>

/* One contribution that has arrived at a value. */
typedef struct {
    int gradient, next;
} Message;

typedef struct {
    Tape *tape;
    int forward_values;      /* values recorded before the way back began */
    int first_call;
    int *uses;               /* of each of them: how many inputs of calls it is */
    int *learns;             /* 1 where something that is trained lies behind it, else 0 */
    int *first, *last;       /* its messages, or -1 */
    Message *messages;
    int message_count;
    int open[16];            /* forward frames that are open again, outermost first */
    int open_count;
} Walk;

bool wants_gradient(const Contributions *to, int i)
{
    return to->learns[to->call->inputs[i]];
}

/* 2 for the second message from one output to one value, else 0. */
static int repetition(const Contributions *to, int i)
{
    int same = 1;
    for (int j = 0; j < i; j++)
        same += to->call->inputs[j] == to->call->inputs[i];
    return same > 1 ? same : 0;
}

const Label *contribution_label(Contributions *to, int i, const char *tag, const char *file, int line)
{
    int input = to->call->inputs[i];
    bool one_of_several = to->uses[input] > 1;
    to->label = (Label){.kind = LABEL_DERIVED, .local = "grad", .base = input, .tag = tag, .file = file, .line = line,
                        .from = one_of_several ? to->call->output : -1,
                        .repeat = one_of_several ? repetition(to, i) : 0};
    return &to->label;
}

/* Closes and opens frames so that those around the forward frame `innermost`, it included, are open again. */
static void reopen(Walk *walk, int innermost)
{
    const Tape *tape = walk->tape;
    int chain[16], depth = 0;
    for (int frame = innermost; tape->frames[frame].parent >= 0; frame = tape->frames[frame].parent) {
        CHECK(depth < 16, "frames are nested more than 16 deep");
        chain[depth++] = frame;
    }
    int common = 0;
    while (common < walk->open_count && common < depth && walk->open[common] == chain[depth - 1 - common])
        common++;
    for (; walk->open_count > common; walk->open_count--)
        tape_end(walk->tape);
    for (; walk->open_count < depth; walk->open_count++) {
        walk->open[walk->open_count] = chain[depth - 1 - walk->open_count];
        tape_begin_again(walk->tape, walk->open[walk->open_count]);
    }
}

static void deliver(Walk *walk, int value, int gradient)
{
    int message = walk->message_count++;
    walk->messages[message] = (Message){gradient, -1};
    if (walk->first[value] < 0)
        walk->first[value] = message;
    else
        walk->messages[walk->last[value]].next = message;
    walk->last[value] = message;
}

/* The gradient of a value all of whose messages have arrived; -1 if there are none. */
static int gather_messages(Walk *walk, int value)
{
    int message = walk->first[value];
    if (message < 0)
        return -1;
    int sum = walk->messages[message].gradient;
    if (walk->messages[message].next < 0 && walk->uses[value] > 1)
        sum = copy(walk->tape, DERIVED(value, "grad"), sum);
    for (int count = 1; (message = walk->messages[message].next) >= 0; count++) {
        Label label = *DERIVED(value, "grad");
        label.tag = "sum of contributions";
        if (walk->messages[message].next >= 0) {
            label.local = "grad.partial";
            label.repeat = count;
        }
        sum = add(walk->tape, &label, sum, walk->messages[message].gradient);
    }
    walk->tape->values[value].gradient = sum;
    return sum;
}

static bool reaches_anything(const Walk *walk, const Call *call)
{
    for (int i = 0; i < call->input_count; i++)
        if (walk->learns[call->inputs[i]])
            return true;
    return false;
}

static void visit(Walk *walk, int call_index)
{
    Tape *tape = walk->tape;
    Call call = tape->calls[call_index];
    bool arrived = walk->first[call.output] >= 0 || tape->values[call.output].gradient >= 0;
    if (!arrived || !reaches_anything(walk, &call))
        return;
    reopen(walk, call.frame);
    int dy = tape->values[call.output].gradient;
    if (dy < 0)
        dy = gather_messages(walk, call.output);
    Contributions to = {.tape = tape, .call = &call, .uses = walk->uses, .learns = walk->learns,
                        .grad = tape_ints(tape, call.input_count, -1)};
    call.rule->backward(tape, &call, dy, &to);
    for (int i = 0; i < call.input_count; i++)
        if (to.grad[i] >= 0)
            deliver(walk, call.inputs[i], to.grad[i]);
}

/* Parameters have no call that makes them: what is used twice is added up at the end. */
static void gather_at_leaves(Walk *walk)
{
    Tape *tape = walk->tape;
    for (int value = 0; value < walk->forward_values; value++) {
        if (walk->first[value] < 0 || tape->values[value].gradient >= 0)
            continue;
        bool several = walk->messages[walk->first[value]].next >= 0 || walk->uses[value] > 1;
        if (several)
            tape_begin_for(tape, value);
        gather_messages(walk, value);
        if (several)
            tape_end(tape);
    }
}

/* What is trained, and what was made from it. */
static void mark_learning(Walk *walk)
{
    const Tape *tape = walk->tape;
    for (int value = 0; value < walk->forward_values; value++)
        walk->learns[value] = tape->values[value].kind == KIND_PARAMETER && !tape->values[value].frozen;
    for (int i = walk->first_call; i < tape->call_count; i++)
        walk->learns[tape->calls[i].output] |= reaches_anything(walk, &tape->calls[i]);
}

static Walk walk_begin(Tape *tape, int first_call)
{
    int values = tape->value_count, inputs = 0;
    Walk walk = {.tape = tape,
                 .forward_values = values,
                 .first_call = first_call,
                 .uses = tape_ints(tape, values, 0),
                 .learns = tape_ints(tape, values, 0),
                 .first = tape_ints(tape, values, -1),
                 .last = tape_ints(tape, values, -1)};
    for (int i = first_call; i < tape->call_count; i++) {
        inputs += tape->calls[i].input_count;
        for (int j = 0; j < tape->calls[i].input_count; j++)
            walk.uses[tape->calls[i].inputs[j]]++;
    }
    walk.messages = (Message *)tape_ints(tape, 2 * inputs, -1);
    mark_learning(&walk);
    return walk;
}

void backward(Tape *tape, int output, double *seed, int first)
{
    Walk walk = walk_begin(tape, first);
    tape_begin_phase(tape, PHASE_BACKWARD);
    const Value *start = tape_value(tape, output);
    int gradient = seed ? tape_leaf_of(tape, output, "grad", seed)
                        : fill(tape, DERIVED(output, "grad"), 1, start->rows, start->cols);
    tape->values[output].gradient = gradient;
    for (int call = tape->call_count - 1; call >= first; call--)
        visit(&walk, call);
    for (; walk.open_count > 0; walk.open_count--)
        tape_end(tape);
    gather_at_leaves(&walk);
    tape_end(tape);
}
