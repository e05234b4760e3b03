/* What a condition makes of a block: shifts, scales and gates. Peebles and Xie 2023 (adaLN-Zero). Chapter 36.
 *
 *   parts = condition W + b                                              W [d x n d], parts [1 x n d]
 *
 * W and b begin at 0: then nothing is shifted or scaled, and every gate is closed. */
#include "gpt_recording.h"

#include "../rules/rule.h"

void gpt_modulation(const Recording *to, int *parts, int count)
{
    static const char *const names[] = {"attention_shift", "attention_scale", "attention_gate",
                                        "mlp_shift", "mlp_scale", "mlp_gate"};
    static const char *const last[] = {"shift", "scale"};
    Tape *tape = to->tape;
    int d = to->gpt->d_model;
    tape_begin(tape, "modulation", -1, NULL);
    int axis = tape_axis(tape, (Axis){"modulation", count * d, NULL, false});
    int w = parameter(to->scene, "W", (Shape){d, count * d, to->feature, axis}, PARAMETER_ZEROS);
    int b = parameter(to->scene, "b", (Shape){1, count * d, .col_axis = axis}, PARAMETER_BIAS);
    int all = linear(tape, "parts", to->condition, w, b);
    for (int i = 0; i < count; i++)
        parts[i] = part_of_columns(tape, count == 2 ? last[i] : names[i], all, i * d, d,
                                   (short)to->feature);
    tape_end(tape);
}
