/* Round weights away from the corner of relu and from ties of a router; see kinks.h. */
#include "kinks.h"

#include "init.h"
#include "primitive.h"
#include "random.h"
#include "rules/rule.h"

#include <math.h>

enum { MOST_ROUNDS = 100 };

/* 0.2 · 0.6 - 0.4 · 0.3 is 0 for people and 1e-17 for a machine. */
static const double CORNER = 1e-9;

/* Draws the cells of a column of a parameter again. */
static void draw_column(Run *run, int parameter, int col, Random *random)
{
    const Parameter *p = &run->parameters.list[parameter];
    double *cells = run_parameter(run, parameter);
    for (int r = 0; r < p->rows; r++)
        cells[(size_t)r * (size_t)p->cols + (size_t)col] = init_draw(random, &run->model->init, p->class);
}

static bool has_zero(const Value *value, int col)
{
    for (int r = 0; r < value->rows; r++)
        if (fabs(cell_of(value, r, col)) < CORNER)
            return true;
    return false;
}

/* The call of a linear rule that made this value, NULL if it was made by something else. */
static const Call *maker(const Tape *tape, int value)
{
    for (int i = 0; i < tape->call_count; i++)
        if (tape->calls[i].output == value && tape->calls[i].rule == &LINEAR)
            return &tape->calls[i];
    return NULL;
}

/* The columns of one relu that stand at its corner; how many were drawn again. */
static int draw_those_at_zero(Run *run, const Call *relu, Random *random)
{
    const Tape *tape = &run->tape;
    const Call *linear = maker(tape, relu->inputs[0]);
    const Value *x = tape_value(tape, relu->inputs[0]);
    int drawn = 0;
    for (int c = 0; linear && c < x->cols; c++) {
        if (!has_zero(x, c))
            continue;
        for (int i = 1; i < linear->input_count; i++) /* W [n x m], b [1 x m] */
            if (linear->inputs[i] < run->parameters.count)
                draw_column(run, linear->inputs[i], c, random);
        drawn++;
    }
    return drawn;
}

/* The linear call whose output a softmax made these probabilities of. */
static const Call *router(const Tape *tape, int probabilities)
{
    for (int i = 0; i < tape->call_count; i++)
        if (tape->calls[i].output == probabilities && tape->calls[i].rule == &SOFTMAX)
            return maker(tape, tape->calls[i].inputs[0]);
    return NULL;
}

static bool has_tie(const Value *p, int col)
{
    for (int r = 0; r < p->rows; r++)
        for (int other = 0; other < col; other++)
            if (fabs(cell_of(p, r, col) - cell_of(p, r, other)) < CORNER)
                return true;
    return false;
}

/* Experts between which a token cannot decide: a hair's breadth, and it chooses another. */
static int draw_those_tied(Run *run, const Call *gate, Random *random)
{
    const Tape *tape = &run->tape;
    const Call *linear = router(tape, gate->inputs[0]);
    const Value *p = tape_value(tape, gate->inputs[0]);
    int drawn = 0;
    for (int c = 1; linear && c < p->cols; c++)
        if (has_tie(p, c) && linear->inputs[1] < run->parameters.count) {
            draw_column(run, linear->inputs[1], c, random);
            drawn++;
        }
    return drawn;
}

static int draw_for(Run *run, const Call *call, Random *random)
{
    if (call->rule == &RELU_RULE)
        return draw_those_at_zero(run, call, random);
    return call->rule == &GATE ? draw_those_tied(run, call, random) : 0;
}

static int calls_with_corners(const Tape *tape)
{
    int count = 0;
    for (int i = 0; i < tape->call_count; i++)
        count += tape->calls[i].rule == &RELU_RULE || tape->calls[i].rule == &GATE;
    return count;
}

bool kinks_draw_again(Run *run, Error *error)
{
    const Mistake *mistake = run->tape.mistake;
    Random random;
    /* The dry pass has left its calls. */
    if ((InitKind)run->model->init.kind != INIT_DECIMAL || calls_with_corners(&run->tape) == 0)
        return true;
    random_seed(&random, (uint64_t)run->model->init.seed + 1);
    run->tape.mistake = NULL; /* or who makes one would begin with other weights */
    bool whole = true;
    for (int round = 0, drawn = 1; whole && drawn && round < MOST_ROUNDS; round++) {
        whole = run_forward(run, error);
        drawn = 0;
        for (int i = 0; whole && i < run->tape.call_count; i++)
            drawn += draw_for(run, &run->tape.calls[i], &random);
    }
    run->tape.mistake = mistake;
    return whole;
}
