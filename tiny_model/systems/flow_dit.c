/* The diffusion transformer: a picture as rows of patches, blocks as those of a GPT that the condition shifts, scales
 * and gates. Peebles and Xie 2023. Chapter 36.
 *
 *   tokens = patches patch.W + patch.b + positions         patches [N x p p], row-major, and row-major inside
 *   block  shift, scale, gate of attention and of the MLP = condition modulation.W + modulation.b      [1 x 6d]
 *          x = x + gate attention(norm(x) (1 + scale) + shift),  x = x + gate mlp(norm(x) (1 + scale) + shift)
 *   velocity = unpatchify((norm(x) (1 + scale) + shift) final.W + final.b)
 *
 * With captions a block looks at their words between its two parts, x = x + cross(norm(x), words); its W_O begins at 0.
 * Positions are [sin(x w) cos(x w) sin(y w) cos(y w)], w_i = 10000^(-i/q), q = d/4, x the column and y the row of a
 * patch. Modulations and final.W begin at 0 (init.kind normal): then a block changes nothing, and only final.W and
 * final.b learn from the first step. */
#include "flow.h"
#include "gpt_recording.h"

#include "../elementary/elementary.h"
#include "../record.h"
#include "../rules/rule.h"

/* Axes and leaves that all pictures of a recording share. */
typedef struct {
    Scene *scene;
    const Flow *flow;
    int count, across;                     /* patches, and those in a row */
    short patches, inside, feature, pixels;
    short alone;                           /* the axis of the examples, where there is one example */
    const Conditioning *told;
    int positions, together;               /* leaves: [N x d]; places of a picture's numbers in its patches [1 x D] */
} Canvas;

/* Where the number `inside` of a patch stands in its picture. */
static int place_of(const Flow *flow, int patch, int inside)
{
    int p = flow->patch, across = flow->pictures.cols / p;
    int row = patch / across * p + inside / p, col = patch % across * p + inside % p;
    return row * flow->pictures.cols + col;
}

static int places_leaf(const Canvas *canvas, int example)
{
    Tape *tape = canvas->scene->tape;
    const Flow *flow = canvas->flow;
    int n = canvas->count, inside = flow->patch * flow->patch;
    double *places = tape_room(tape, n, inside);
    for (int i = 0; places && i < n * inside; i++)
        places[i] = example * flow->pictures.numbers + place_of(flow, i / inside, i % inside);
    return tape_leaf(tape, KIND_INPUT, "places", (Shape){n, inside, canvas->patches, canvas->inside}, places);
}

static int together_leaf(const Canvas *canvas)
{
    Tape *tape = canvas->scene->tape;
    const Flow *flow = canvas->flow;
    int numbers = flow->pictures.numbers, inside = flow->patch * flow->patch;
    double *places = tape_room(tape, 1, numbers);
    for (int i = 0; places && i < numbers; i++)
        places[place_of(flow, i / inside, i % inside)] = i;
    return tape_leaf(tape, KIND_INPUT, "unpatchify", (Shape){1, numbers, canvas->alone, canvas->pixels}, places);
}

static int positions_leaf(const Canvas *canvas)
{
    Tape *tape = canvas->scene->tape;
    int d = canvas->flow->d_model, q = d / 4;
    double *table = tape_room(tape, canvas->count, d);
    for (int k = 0; table && k < q; k++) {
        double w = pow_of(10000, -(double)k / q);
        for (int patch = 0; patch < canvas->count; patch++) {
            double *at = table + patch * d + k;
            sin_and_cos_of(patch % canvas->across * w, &at[0], &at[q]);
            sin_and_cos_of(patch / canvas->across * w, &at[2 * q], &at[3 * q]);
        }
    }
    return tape_leaf(tape, KIND_INPUT, "positions", (Shape){canvas->count, d, canvas->patches, canvas->feature}, table);
}

static Canvas begin_canvas(Scene *scene, const Flow *flow, const Conditioning *told, short alone)
{
    Tape *tape = scene->tape;
    int inside = flow->patch * flow->patch;
    Canvas canvas = {.scene = scene, .flow = flow, .count = flow->pictures.numbers / inside,
                     .across = flow->pictures.cols / flow->patch, .told = told, .alone = alone};
    canvas.patches = tape_axis(tape, (Axis){"patch", canvas.count, NULL, .place = true});
    canvas.inside = tape_axis(tape, (Axis){"pixel", inside, NULL, false});
    canvas.feature = gpt_feature_axis(tape, flow->d_model);
    canvas.pixels = pictures_axis(tape, &flow->pictures);
    canvas.positions = positions_leaf(&canvas);
    canvas.together = together_leaf(&canvas);
    return canvas;
}

static int embed_patches(const Canvas *canvas, int x, int example)
{
    Scene *scene = canvas->scene;
    Tape *tape = scene->tape;
    int inside = canvas->flow->patch * canvas->flow->patch, d = canvas->flow->d_model;
    int patches = rearranged(tape, "patches", x, places_leaf(canvas, example));
    tape_begin(tape, "patch", -1, NULL);
    int w = parameter(scene, "W", (Shape){inside, d, canvas->inside, canvas->feature}, PARAMETER_WEIGHT);
    int b = parameter(scene, "b", (Shape){1, d, .col_axis = canvas->feature}, PARAMETER_BIAS);
    int embedded = linear(tape, "embedded", patches, w, b);
    tape_end(tape);
    return residual(tape, "tokens", embedded, canvas->positions);
}

static int record_final(Recording *to, const Canvas *canvas, int stream, int *out)
{
    Scene *scene = to->scene;
    Tape *tape = to->tape;
    int parts[2], d = canvas->flow->d_model, inside = canvas->flow->patch * canvas->flow->patch;
    tape_begin(tape, "final", -1, NULL);
    gpt_modulation(to, parts, 2);
    int x = layer_norm(tape, "norm", "norm", stream, -1, -1, canvas->flow->norm_eps);
    x = modulated(tape, "modulated", x, parts[0], parts[1]);
    int w = parameter(scene, "W", (Shape){d, inside, canvas->feature, canvas->inside}, PARAMETER_ZEROS);
    int b = parameter(scene, "b", (Shape){1, inside, .col_axis = canvas->inside}, PARAMETER_BIAS);
    *out = linear(tape, "patches", x, w, b);
    tape_end(tape);
    return rearranged(tape, "velocity", *out, canvas->together);
}

/* The words of a caption are what every block looks at behind its own attention; at first it sees nothing there. */
static void look_at_words(Recording *to, const Canvas *canvas, int example)
{
    const Conditioning *told = canvas->told;
    const Caption *caption = &told->captions[told->which[example]];
    to->beside = told->rows[example];
    to->shut = true;
    tape_begin(to->tape, "caption", -1, NULL);
    to->keep_beside = gpt_keep_leaf(to->tape, &canvas->flow->captions.encoder, caption->ids, canvas->count,
                                    caption->count, canvas->patches, tape_value(to->tape, to->beside)->row_axis);
    tape_end(to->tape);
}

/* One picture: row `example` of x; condition [1 x d]. */
static int record_picture(const Canvas *canvas, int x, int example, int condition)
{
    Scene *scene = canvas->scene;
    int stream = embed_patches(canvas, x, example), out;
    Recording to = gpt_recording(scene, &canvas->flow->blocks, canvas->count, canvas->patches, -1, NULL);
    to.condition = condition;
    if (canvas->told->captions)
        look_at_words(&to, canvas, example);
    for (int block = 0; block < canvas->flow->n_layers; block++)
        stream = gpt_record_block(&to, block, stream);
    return record_final(&to, canvas, stream, &out);
}

static int row_of(Tape *tape, int condition, int row)
{
    double *cells = tape_room(tape, 1, 1);
    if (cells)
        *cells = row;
    Shape shape = {1, 1, .counts = tape_value(tape, condition)->row_axis};
    int leaf = tape_leaf(tape, KIND_INPUT, "row", shape, cells);
    return read_row(tape, "condition", condition, leaf);
}

int flow_transformer(Scene *scene, const Flow *flow, int x, int condition, const Conditioning *told)
{
    Tape *tape = scene->tape;
    int count = tape_value(tape, x)->rows;
    short examples = tape_value(tape, x)->row_axis;
    Canvas canvas = begin_canvas(scene, flow, told, count == 1 ? examples : AXIS_NONE);
    if (count == 1)
        return record_picture(&canvas, x, 0, condition);
    int *rows = tape_ints(tape, count, -1);
    for (int i = 0; i < count; i++) {
        tape_begin_instance(tape, "example", i);
        rows[i] = record_picture(&canvas, x, i, row_of(tape, condition, i));
        tape_end(tape);
    }
    return stack_rows(tape, "velocity", rows, count, examples);
}
