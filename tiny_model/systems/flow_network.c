/* What says the velocity: what is known of the time and the class, then layers or a transformer. Chapters 35 to 37.
 *
 *   time features  [sin(t w) | cos(t w)],  w_k = 2 pi slowest 2^(octaves k)
 *   mlp  input = [x_t | time features | class vector],  layers with silu between them
 *   dit  condition = silu(time.W_2 silu(time.W_1 features) + class vector), for every block: flow_dit.c */
#include "flow.h"

#include "../elementary/elementary.h"
#include "../record.h"
#include "../rules/rule.h"

#include <stdio.h>

static const double TURN = 0x1.921fb54442d18p+2; /* 2 pi */

static int frequencies_leaf(Tape *tape, const Flow *flow)
{
    double *cells = tape_room(tape, 1, flow->frequencies);
    for (int k = 0; cells && k < flow->frequencies; k++)
        cells[k] = TURN * flow->slowest * pow_of(2, flow->octaves * k);
    short axis = tape_axis(tape, (Axis){"frequency", flow->frequencies, NULL, false});
    return tape_leaf(tape, KIND_INPUT, "frequencies", (Shape){1, flow->frequencies, .col_axis = axis}, cells);
}

short flow_class_axis(Tape *tape, const Flow *flow)
{
    return tape_axis(tape, (Axis){"class", flow->classes + 1, flow->class_names, false});
}

int flow_classes(Tape *tape, const Flow *flow, const int *ids, int count, short examples)
{
    double *cells = tape_room(tape, 1, count);
    for (int i = 0; cells && i < count; i++)
        cells[i] = ids[i];
    short axis = flow_class_axis(tape, flow);
    return tape_leaf(tape, KIND_INPUT, "class", (Shape){1, count, .col_axis = examples, .counts = axis}, cells);
}

/* The rows of the classes [n x width]; the last row of the table is that of no class. */
static int class_vectors(Scene *scene, const Flow *flow, int classes, int width)
{
    Tape *tape = scene->tape;
    int rows = flow->classes + 1, axis = flow_class_axis(tape, flow);
    int feature = tape_axis(tape, (Axis){"feature", width, NULL, false});
    int table = parameter(scene, "class_embedding", (Shape){rows, width, axis, feature}, PARAMETER_WEIGHT);
    return embedding(tape, "class_vector", table, classes, -1, -1);
}

static int layer(Scene *scene, const char *value, int number, int x, int cols, short out)
{
    char weight[16], bias[16];
    Tape *tape = scene->tape;
    const Value *of = tape_value(tape, x);
    int rows = of->cols, in = of->col_axis;
    snprintf(weight, sizeof weight, "W_%d", number);
    snprintf(bias, sizeof bias, "b_%d", number);
    int w = parameter(scene, weight, (Shape){rows, cols, in, out}, PARAMETER_WEIGHT);
    int b = parameter(scene, bias, (Shape){1, cols, .col_axis = out}, PARAMETER_BIAS);
    return linear(tape, value, x, w, b);
}

/* "hidden" where there is one such layer, else "hidden_1", "hidden_2" ... */
static const char *numbered(const char *name, int layers, int number)
{
    static const char *const names[][2][MOST_HIDDEN_LAYERS] = {
        {{"hidden_1", "hidden_2", "hidden_3", "hidden_4", "hidden_5", "hidden_6", "hidden_7", "hidden_8"}},
        {{"activated_1", "activated_2", "activated_3", "activated_4", "activated_5", "activated_6", "activated_7",
          "activated_8"}}};
    return layers == 1 ? name : names[*name == 'a'][0][number - 1];
}

static int by_layers(Scene *scene, const Flow *flow, int x, int waves, const Conditioning *told)
{
    Tape *tape = scene->tape;
    int parts[3] = {x, waves}, count = 2;
    if (told->classes >= 0)
        parts[count++] = class_vectors(scene, flow, told->classes, flow->class_width);
    int stream = concat_heads(tape, "input", parts, count);
    short units = tape_axis(tape, (Axis){"unit", flow->hidden, NULL, false});
    for (int i = 1; i <= flow->layers; i++) {
        stream = layer(scene, numbered("hidden", flow->layers, i), i, stream, flow->hidden, units);
        stream = silu(tape, numbered("activated", flow->layers, i), stream);
    }
    return layer(scene, "velocity", flow->layers + 1, stream, flow_numbers(flow), flow_axis(tape, flow));
}

static int by_transformer(Scene *scene, const Flow *flow, int x, int waves, const Conditioning *told)
{
    Tape *tape = scene->tape;
    short feature = tape_axis(tape, (Axis){"feature", flow->d_model, NULL, false});
    tape_begin(tape, "time", -1, NULL);
    int hidden = layer(scene, "hidden", 1, waves, flow->d_model, feature);
    int condition = layer(scene, "output", 2, silu(tape, "activated", hidden), flow->d_model, feature);
    tape_end(tape);
    if (told->classes >= 0)
        condition = residual(tape, "condition", condition,
                             class_vectors(scene, flow, told->classes, flow->d_model));
    return flow_transformer(scene, flow, x, silu(tape, "condition_activated", condition), told);
}

int flow_velocity(Scene *scene, int x, int t, const Conditioning *told)
{
    Tape *tape = scene->tape;
    const Flow *flow = flow_of(scene->model);
    int waves = time_waves(tape, "time_features", t, frequencies_leaf(tape, flow));
    return (flow->network == FLOW_DIT ? by_transformer : by_layers)(scene, flow, x, waves, told);
}
