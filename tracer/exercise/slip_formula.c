/* Right and wrong formulas of a slice, in the names of its values; see slip_formula.h. */
#include "slip_formula.h"

#include "tiny_model/primitives/families.h"
#include "tracer/query/formula.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME_LENGTH = 256, DEEP = 6 };

/* Does another value of the slice end in this name? */
static bool is_shared(const Slice *slice, int value, const char *suffix)
{
    char other[NAME_LENGTH];
    size_t length = strlen(suffix);
    for (int id = 0; id < slice->value_count; id++) {
        if (slice->original[id] < 0 || id == value)
            continue;
        tape_name(slice->recorded, slice->original[id], other, sizeof other);
        size_t whole = strlen(other);
        if (whole >= length && strcmp(other + whole - length, suffix) == 0 &&
            (whole == length || other[whole - length - 1] == '.'))
            return true;
    }
    return false;
}

/* The shortest end of a name that no other value of the slice has; a gradient keeps what it is the gradient of. */
static void add_name(const Slice *slice, int value, Text *out)
{
    char name[NAME_LENGTH], base[NAME_LENGTH] = "";
    const Name *of = &slice->recorded->values[slice->original[value]].name;
    tape_name(slice->recorded, slice->original[value], name, sizeof name);
    if (of->base >= 0)
        tape_name(slice->recorded, of->base, base, sizeof base);
    const char *at = name + strlen(of->base >= 0 ? base : name);
    int root = slice->original[value];
    while (slice->recorded->values[root].name.base >= 0)
        root = slice->recorded->values[root].name.base;
    bool parameter = slice->recorded->values[root].kind == KIND_PARAMETER, letter;
    do {
        at -= at > name;
        while (at > name && at[-1] != '.')
            at--;
        /* A parameter called W says nothing without its owner. */
        letter = parameter && at > name && (at[1] == '.' || at[1] == '\0');
    } while (at > name && (letter || is_shared(slice, value, at)));
    text_add(out, "%s", at);
}

/* How many of the model's numbers are this one. */
static int meanings(const Slips *slips, int number)
{
    int count = 0;
    for (int i = 0; i < slips->quantity_count; i++)
        count += slips->quantities[i].number == number;
    return count;
}

/* A short decimal as it is; a root or a fraction of the model's numbers by its name, if it has one only. */
void formula_number(const Writing *writing, double number, Text *out)
{
    const Known *known = known_as(writing->slips, number);
    bool is_short = fabs(number * 100 - rint(number * 100)) < 1e-9, root = known && strchr(known->words, '(');
    char digits[NUMBER_SIZE];
    snprintf(digits, sizeof digits, "%.6g", number);
    double below = 1 / number;
    if (known && !known->plain && !is_short && (root || !known->of || meanings(writing->slips, known->of) == 1))
        text_add(out, "%s", known->words);
    else if (!is_short && below > 1.5 && fabs(below - rint(below)) < 1e-9)
        text_add(out, "1/%.0f", rint(below));
    else
        text_add(out, "%s", digits);
}

static void add_number(const void *context, double number, Text *out)
{
    formula_number(context, number, out);
}

static void add_operand(const void *context, int i, Text *out)
{
    const Writing *writing = context;
    formula_value(writing, writing->inputs[i], !writing->bare, out);
    if (i < 2 && writing->transposed[i])
        text_add(out, "^T");
}

const char *list_says(ListKind kind)
{
    static const char *const says[] = {"one further on", "one before",        "in backward order", "only the first",
                                       "only the last",  "all but the first", "all but the last"};
    return says[kind];
}

static const Op *op_of(const Writing *writing, int value)
{
    for (int i = 0; writing->change && i < writing->change->count; i++)
        if (writing->change->ops[i].output == value && value >= slice_scratch(writing->slips->slice))
            return &writing->change->ops[i];
    return NULL;
}

/* Columns in another order are turned rows; an id one further on is looked up in a list: both are told as such. */
static bool add_listed(const Writing *writing, const Step *step, Text *out)
{
    const Slice *slice = writing->slips->slice;
    const Op *gather = step->primitive == &TRANSPOSE ? op_of(writing, step->inputs[0]) : NULL;
    const Op *turned = gather && gather->primitive == &GATHER_ROWS ? op_of(writing, gather->inputs[0]) : NULL;
    if (!turned || turned->primitive != &TRANSPOSE)
        return false;
    bool ids = slice_is_list(slice, turned->inputs[0]);
    int list = ids ? turned->inputs[0] : gather->inputs[1];
    if (!slice_is_list(slice, list))
        return false;
    formula_value(writing, ids ? gather->inputs[1] : turned->inputs[0], true, out);
    text_add(out, ids ? " (%s)" : " (columns: %s)", list_says(slice->lists[list - slice->value_count].kind));
    return true;
}

void formula_step(const Writing *writing, const Step *step, bool nested, Text *out)
{
    Writing inner = *writing;
    inner.depth++;
    inner.bare = step->primitive->symbol_place == SYMBOL_BEFORE;
    inner.transposed = step->attributes.transposed;
    for (int i = 0; i < step->input_count && i < OP_INPUTS; i++)
        inner.inputs[i] = step->inputs[i];
    const Slice *slice = writing->slips->slice;
    if (step->primitive == &COPY || inner.depth > DEEP) {
        formula_value(&inner, step->inputs[0], nested, out);
    } else if (add_listed(&inner, step, out)) {
        return;
    } else if (step->primitive == &ADD_CONSTANT && step->attributes.constants[0] < 0) {
        text_add(out, "%s", nested ? "(" : "");
        formula_value(&inner, step->inputs[0], true, out);
        text_add(out, " - ");
        formula_number(&inner, -step->attributes.constants[0], out);
        text_add(out, "%s", nested ? ")" : "");
    } else if (step->primitive == &GATHER_ROWS && slice_is_list(slice, step->inputs[1])) {
        formula_value(&inner, step->inputs[0], true, out);
        text_add(out, " (rows: %s)", list_says(slice->lists[step->inputs[1] - slice->value_count].kind));
    } else {
        const char *notation = notation_of(step->primitive, true);
        bool apart = nested && step->primitive->symbol_place != SYMBOL_BEFORE;
        const NotationWriter writer = {.operand = add_operand, .number = add_number, .context = &inner};
        text_add(out, "%s", apart ? "(" : "");
        notation_add(step, notation, &writer, out);
        text_add(out, "%s", apart ? ")" : "");
    }
}

/* Its name; what has none, by its formula. */
void formula_value(const Writing *writing, int value, bool nested, Text *out)
{
    const Slice *slice = writing->slips->slice;
    const Op *op = op_of(writing, value);
    if (op) {
        formula_step(writing, &(Step){.primitive = op->primitive, .inputs = op->inputs, .input_count = op->count,
                                  .attributes = op->attributes}, nested, out);
        return;
    }
    if (slice_is_list(slice, value))
        text_add(out, "rows %s", list_says(slice->lists[value - slice->value_count].kind));
    else if (value < slice->value_count && slice->original[value] >= 0)
        add_name(slice, value, out);
    else if (value < slice->value_count && slice->tape.values[value].producer >= 0)
        formula_step(writing, &slice->tape.steps[slice->tape.values[value].producer], nested, out);
}
