/* A slip in words: what was done, and the wrong formula beside the right one, made of the step's own
 * notation and the names of its values; see slip.h. */
#include "slip_formula.h"

#include "tiny_model/primitives/families.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A side of a sum that is taken away, or the other way round: written with the other sign, not with a factor. */
static bool is_other_sign(const Slip *slip, const Step *step)
{
    return slip->kind == SLIP_BEFORE && slip->twist == TWIST_SCALE && slip->number == -1 &&
           (step->primitive == &SUB_COL ? slip->input == 1 : step->primitive == &ADD && slip->input == 0);
}

static void add_wrong(const Slips *slips, const Slip *slip, const Instead *change, const Step *step, Text *out)
{
    Writing writing = {.slips = slips, .change = change};
    const Op *last = &change->ops[change->count - 1];
    if (is_other_sign(slip, step)) {
        formula_value(&writing, step->inputs[step->primitive == &ADD], true, out);
        text_add(out, step->primitive == &ADD ? " - " : " + ");
        formula_value(&writing, step->inputs[step->primitive != &ADD], true, out);
        return;
    }
    formula_step(&writing, &(Step){.primitive = last->primitive, .inputs = last->inputs, .input_count = last->count,
                               .attributes = last->attributes}, false, out);
}

static void add_both(const Slips *slips, const Slip *slip, const Instead *change, const Step *step, Text *out)
{
    Writing right = {.slips = slips};
    Text name = {0};
    formula_value(&right, step->output, false, &name);
    bool named = slips->slice->original[step->output] >= 0;
    text_add(out, ": ");
    if (named)
        text_add(out, "%s = ", text_piece(out, &name));
    add_wrong(slips, slip, change, step, out);
    text_add(out, " where ");
    formula_step(&right, step, false, out);
    text_add(out, " belongs");
    text_free(&name);
}

/* What is done to the second input, or to the first where it is the only one. */
static const struct {
    const Primitive *primitive;
    const char *done;   /* "b was added" */
} DEEDS[] = {
    {&ADD, "added"}, {&ADD_ROW, "added"}, {&SUBTRACT, "subtracted"}, {&SUB_ROW, "subtracted"}, {&SUB_COL, "subtracted"},
    {&MULTIPLY, "multiplied with"}, {&MUL_ROW, "multiplied with"}, {&MUL_COL, "multiplied with"},
    {&DIVIDE, "divided by"}, {&DIV_ROW, "divided by"}, {&DIV_COL, "divided by"}, {&MATMUL, "multiplied with"},
    {&SCALE_BY, "multiplied with"},
    {&SCALE, "multiplied with"}, {&DIVIDE_BY, "divided by"}, {&ADD_CONSTANT, "added"},
};

static const char *deed(const Primitive *primitive)
{
    for (size_t i = 0; i < sizeof DEEDS / sizeof *DEEDS; i++)
        if (DEEDS[i].primitive == primitive)
            return DEEDS[i].done;
    return NULL;
}

static const char *function_says(const Primitive *primitive)
{
    static const struct {
        const Primitive *primitive;
        const char *says;
    } names[] = {{&SQRT, "the root"}, {&ROW_SUM, "the sum"}, {&COLUMN_SUM, "the sum"}, {&ROW_MAX, "the largest"},
                 {&COLUMN_MAX, "the largest"}, {&LOG, "the logarithm"}, {&MATMUL, "the matrix product"},
                 {&MULTIPLY, "the product cell by cell"}, {&CAUSAL_MASK, "the mask"}, {&TRANSPOSE, "the transpose"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].primitive == primitive)
            return names[i].says;
    return primitive->name;
}

/* The number that a step has for its second input. */
static void add_second(const Writing *writing, const Step *step, Text *out)
{
    if (step->input_count > 1)
        formula_value(writing, step->inputs[1], true, out);
    else
        formula_number(writing, step->attributes.constants[0], out);
}

static bool is_factor(const char *done)
{
    return strcmp(done, "multiplied with") == 0 || strcmp(done, "divided by") == 0;
}

/* "beta was added", "it was divided by std"; with a word between: "not". */
static void add_deed(const Writing *writing, const Step *step, const char *between, const char *done, Text *out)
{
    if (is_factor(done)) {
        text_add(out, "it was %s%s ", between, done);
        add_second(writing, step, out);
    } else {
        add_second(writing, step, out);
        text_add(out, " was %s%s", between, done);
    }
}

static void add_skip(const Writing *writing, const Slip *slip, const Step *step, Text *out)
{
    const char *done = deed(step->primitive);
    if (step->input_count > 1 && slip->input == 1) {
        formula_value(writing, step->inputs[0], true, out);
        text_add(out, " was left out");
    } else if (done) {
        add_deed(writing, step, "not ", done, out);
    } else {
        text_add(out, "%s was not taken", function_says(step->primitive));
    }
}

/* "embedding was subtracted instead of added". */
static void add_other_sign(const Writing *writing, const Slip *slip, const Step *step, Text *out)
{
    formula_value(writing, step->inputs[slip->input], true, out);
    text_add(out, step->primitive == &ADD ? " was subtracted instead of added" : " was added instead of subtracted");
}

/* "norm was multiplied with gamma", "V was added to output". */
static void add_joined(const Writing *writing, const Slip *slip, const Step *step, Text *out)
{
    const char *done = deed(slip->primitive);
    bool sum = strcmp(done, "added") == 0, difference = strcmp(done, "subtracted") == 0;
    formula_value(writing, sum || difference ? slip->other : step->output, true, out);
    text_add(out, " was %s%s", done, sum ? " to " : difference ? " from " : " ");
    formula_value(writing, sum || difference ? step->output : slip->other, true, out);
}

static void add_replaced(const Writing *writing, const Slip *slip, const Step *step, Text *out)
{
    const char *right = deed(step->primitive), *wrong = deed(slip->primitive);
    if (slip->primitive == &ADD_CONSTANT)
        wrong = slip->number < 0 ? "subtracted" : "added";
    if (right && wrong && step->primitive != &MATMUL) {
        bool alike = is_factor(right) == is_factor(wrong);
        add_deed(writing, step, "", wrong, out);
        text_add(out, alike ? " instead of %s%s" : ", which should be %s%s", right,
                 alike && is_factor(right) ? " it" : "");
    } else {
        text_add(out, "%s was taken instead of %s", function_says(slip->primitive), function_says(step->primitive));
    }
}

/* "4 (d_ff, the number of tokens)", "sqrt(4) (4 is d_ff)", "1/(d_model - 1)" where `right` is 1/d_model. */
static void add_meanings(const Writing *writing, double number, double right, Text *out)
{
    const Slips *slips = writing->slips;
    const Known *known = known_as(slips, number), *own = known_as(slips, right);
    int of = known ? known->of : 0, told = 0;
    if (own && own->of > 2 && fabs(right * own->of - 1) < 1e-9 && fabs(number * (own->of - 1) - 1) < 1e-9) {
        text_add(out, "1/(%s - 1)", own->words + strlen("1/"));
        return;
    }
    formula_number(writing, number, out);
    for (int i = 0; i < slips->quantity_count && of > 2; i++)
        if (slips->quantities[i].number == of) {
            const Quantity *q = &slips->quantities[i];
            text_add(out, told++ ? ", " : known->plain ? " (" : " (%d is ", of);
            text_add(out, "%s", q->meaning ? q->meaning : q->symbol);
        }
    text_add(out, "%s", told ? ")" : "");
}

static void add_scaled(const Writing *writing, double number, bool ids, Text *out)
{
    const Known *inverse = known_as(writing->slips, 1 / number), *own = known_as(writing->slips, number);
    if (number == 0 && ids) {
        text_add(out, " were all taken as 0: the same row for all");
    } else if (number == 0) {
        text_add(out, " was left out");
    } else if (number == -1) {
        text_add(out, " has the wrong sign");
    } else if (number < 1 && inverse && (!own || !own->plain)) {
        text_add(out, " was divided by ");
        add_meanings(writing, 1 / number, 0, out);
    } else {
        text_add(out, " was multiplied by ");
        add_meanings(writing, number, 0, out);
        if (number == log(2) || number == log(10))
            text_add(out, ", as powers of %s would be", number == log(2) ? "2" : "10");
    }
}

static void add_twist(const Writing *writing, const Slip *slip, bool ids, Text *out)
{
    switch (slip->twist) {
    case TWIST_SCALE:
        add_scaled(writing, slip->number, ids, out);
        break;
    case TWIST_PLUS:
        break;
    case TWIST_FUNCTION:
        text_add(out, " went through %s", slip->primitive->name);
        break;
    case TWIST_SQUARE:
        text_add(out, " was squared");
        break;
    case TWIST_TURN:
        text_add(out, " was transposed");
        break;
    case TWIST_ROWS:
        text_add(out, " was taken with its rows %s", list_says(slip->list));
        break;
    case TWIST_COLUMNS:
        text_add(out, " was taken with its columns %s", list_says(slip->list));
        break;
    case TWIST_REST:
        text_add(out, " was taken from 1");
        break;
    case TWIST_ONES:
        text_add(out, " was taken as 1");
        break;
    case TWIST_CHANCE:
        text_add(out, ") was taken, a probability where its logarithm belongs");
        break;
    case TWIST_SHARE:
        text_add(out, " was divided by the sum of its row");
        break;
    case TWIST_SOFTMAX:
        text_add(out, " went through softmax once more");
        break;
    case TWIST_MASK:
        text_add(out, " was set to 0 %s", slip->number > 0 ? "on the diagonal too" : "in the masked cells");
        break;
    case TWIST_NEXT_ID:
        text_add(out, " was counted one %s", slip->list == LIST_DOWN ? "further on, as if from 1" : "too low");
        break;
    }
}

static void add_turned(const Writing *writing, const Slip *slip, const Step *step, Text *out)
{
    formula_value(writing, step->inputs[slip->input], true, out);
    text_add(out, step->attributes.transposed[slip->input] ? " was not transposed" : " was transposed");
}

static void add_constant(const Writing *writing, const Slip *slip, const Step *step, Text *out)
{
    double right = step->attributes.constants[0];
    if (step->primitive == &ADD_CONSTANT && slip->number == -right) {
        formula_number(writing, right, out);
        text_add(out, " was subtracted instead of added");
        return;
    }
    add_meanings(writing, slip->number, right, out);
    text_add(out, " was taken instead of ");
    formula_number(writing, right, out);
}

static void add_bypass(const Writing *writing, const Slip *slip, const Step *step, Text *out)
{
    formula_value(writing, slip->other, true, out);
    text_add(out, " was taken as it is for ");
    formula_value(writing, step->output, true, out);
}

static void add_twisted(const Writing *writing, const Slip *slip, const Step *step, Text *out)
{
    int value = slip->kind == SLIP_AFTER ? step->output : step->inputs[slip->input];
    bool ids = writing->slips->slice->tape.values[value].counts > 0;
    if (slip->twist == TWIST_PLUS && slip->number > 0)
        text_add(out, "1 was added to ");
    if (slip->twist == TWIST_PLUS && slip->number < 0)
        text_add(out, "1 was subtracted from ");
    if (slip->twist == TWIST_CHANCE)
        text_add(out, "exp(-");
    formula_value(writing, value, true, out);
    add_twist(writing, slip, ids, out);
}

/* "b was added twice". */
static void add_twice(const Writing *writing, const Step *step, Text *out)
{
    const char *done = deed(step->primitive);
    if (done && step->primitive != &MATMUL) {
        add_deed(writing, step, "", done, out);
        text_add(out, " twice");
    } else {
        text_add(out, "%s was taken twice", function_says(step->primitive));
    }
}

/* The formula is the same: only where it begins is other. */
static void add_offset(const Slip *slip, const Step *step, Text *out)
{
    int by = (int)slip->number;
    if (step->primitive == &CAUSAL_MASK)
        text_add(out, by < 0 ? "the mask begins one place too far on: a token sees the next one"
                             : "the mask begins %d too early: a token does not see itself", by);
    else if (step->primitive == &SCATTER_ROWS)
        text_add(out, "of rows that meet only the %s counts", by < 0 ? "last" : "first");
    else
        text_add(out, " begins %d place%s too far %s", abs(by), abs(by) > 1 ? "s" : "", by > 0 ? "on" : "in front");
}

/* What was done, as a clause. */
static void add_cause(const Writing *writing, const Slip *slip, const Step *step, Text *out)
{
    switch (slip->kind) {
    case SLIP_SKIP:
        add_skip(writing, slip, step, out);
        break;
    case SLIP_REPLACE:
        add_replaced(writing, slip, step, out);
        break;
    case SLIP_SWAP:
        text_add(out, "the two sides are swapped");
        break;
    case SLIP_TAKE:
        formula_value(writing, slip->other, true, out);
        text_add(out, " was taken instead of ");
        formula_value(writing, step->inputs[slip->input], true, out);
        break;
    case SLIP_TURN:
        add_turned(writing, slip, step, out);
        break;
    case SLIP_AXIS:
        text_add(out, "%s was taken along the other axis", function_says(step->primitive));
        break;
    case SLIP_CONSTANT:
        add_constant(writing, slip, step, out);
        break;
    case SLIP_OFFSET:
        if (step->primitive == &SLICE_COLUMNS)
            formula_value(writing, step->output, true, out);
        add_offset(slip, step, out);
        break;
    case SLIP_TWICE:
        add_twice(writing, step, out);
        break;
    case SLIP_EXCHANGE:
        text_add(out, "two steps were done in the other order");
        break;
    case SLIP_BYPASS:
        add_bypass(writing, slip, step, out);
        break;
    case SLIP_ONLY:
        text_add(out, "the sum takes in %s of its terms", list_says(slip->list));
        break;
    case SLIP_WITH:
        add_joined(writing, slip, step, out);
        break;
    case SLIP_AFTER:
    case SLIP_BEFORE:
        if (is_other_sign(slip, step)) {
            add_other_sign(writing, slip, step, out);
            break;
        }
        add_twisted(writing, slip, step, out);
        break;
    }
}

void slip_words(const Slips *slips, const Slip *slip, Text *out)
{
    Instead changes[MOST_INSTEAD];
    int count = slip_changes(slips->slice, slip, slice_scratch(slips->slice), changes);
    const Step *step = &slips->slice->tape.steps[changes[0].step];
    Writing writing = {.slips = slips};
    if (count == 0)
        return;
    add_cause(&writing, slip, step, out);
    if (slip->kind != SLIP_OFFSET)
        add_both(slips, slip, &changes[0], step, out);
    if (count > 1)
        text_add(out, ", and alike in %d places", count);
}
