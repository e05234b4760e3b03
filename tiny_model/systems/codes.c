/* Codes; see codes.h. Chapter 37. */
#include "codes.h"

#include "../rules/rule.h"

#include <stdlib.h>

const char *const CODE_ACTIVATIONS[] = {"relu", "gelu_tanh", "silu", "tanh", NULL};

static int activated(Tape *tape, const CodeForm *form, int hidden)
{
    switch ((CodeActivation)form->activation) {
    case CODE_RELU: return relu_rule(tape, "activated", hidden);
    case CODE_GELU_TANH: return gelu_tanh(tape, "activated", hidden);
    case CODE_SILU: return silu(tape, "activated", hidden);
    case CODE_TANH: return tanh_rule(tape, "activated", hidden);
    }
    abort();
}

int codes_layers(Scene *scene, const CodeForm *form, const char *frame, const char *name, int x, Shape out)
{
    Tape *tape = scene->tape;
    const Value *of = tape_value(tape, x);
    int in = of->cols, in_axis = of->col_axis, h = form->hidden;
    tape_begin(tape, frame, -1, NULL);
    int units = tape_axis(tape, (Axis){"unit", h, NULL, false});
    int w_1 = parameter(scene, "W_1", (Shape){in, h, in_axis, units}, PARAMETER_WEIGHT);
    int b_1 = parameter(scene, "b_1", (Shape){1, h, .col_axis = units}, PARAMETER_BIAS);
    int w_2 = parameter(scene, "W_2", (Shape){h, out.cols, units, out.col_axis}, PARAMETER_WEIGHT);
    int b_2 = parameter(scene, "b_2", (Shape){1, out.cols, .col_axis = out.col_axis}, PARAMETER_BIAS);
    int hidden = activated(tape, form, linear(tape, "hidden", x, w_1, b_1));
    int y = name ? -1 : linear(tape, "output", hidden, w_2, b_2);
    tape_end(tape);
    return name ? linear(tape, name, hidden, w_2, b_2) : y;
}

short codes_axis(Tape *tape, const CodeForm *form)
{
    return tape_axis(tape, (Axis){"code", form->latent, NULL, false});
}

int codes_mean(Scene *scene, const CodeForm *form, int x, int *both)
{
    Tape *tape = scene->tape;
    short codes = codes_axis(tape, form);
    short halves = tape_axis(tape, (Axis){"mean and log variance", 2 * form->latent, NULL, false});
    int whole = codes_layers(scene, form, "encoder", NULL, x, (Shape){0, 2 * form->latent, .col_axis = halves});
    if (both)
        *both = whole;
    return part_of_columns(tape, "mean", whole, 0, form->latent, codes);
}
