/* Low-rank adapters beside the matrices of a block: Hu et al. 2021. Chapter 32.
 *
 *   y = x W + (alpha / r) (x A) B + b       A [n x r] is drawn, B [r x m] begins at 0: at first y is what it was
 *
 * share_a: the heads of a block, whose matrices W_Q others keep as one [d x d], share one A; B's columns are theirs. */
#include "gpt_recording.h"

#include "../rules/rule.h"

#include <stdio.h>
#include <string.h>

static bool is_target(const Gpt *gpt, const char *weight)
{
    for (int i = 0; i < gpt->targets.count; i++)
        if (strcmp(gpt->targets.list[i], weight) == 0)
            return true;
    return false;
}

/* The A of all heads of a block, named under what their frames stand in: block0.attention.W_Q.lora_A. */
static int shared_a(const Recording *to, const char *weight, Shape shape)
{
    const char *home = to->tape->frames[to->tape->frame].home, *last = strrchr(home, '.');
    char name[300];
    snprintf(name, sizeof name, "%.*s.%s.lora_A", last ? (int)(last - home) : 0, home, weight);
    return shared_parameter(to->scene, name, shape, PARAMETER_ADAPTER);
}

int gpt_linear(const Recording *to, const char *name, const char *weight, int x, int w, int b)
{
    const Gpt *gpt = to->gpt;
    if (to->plain || gpt->rank == 0 || !is_target(gpt, weight))
        return linear(to->tape, name, x, w, b);
    Value of = *tape_value(to->tape, w);
    int rank = tape_axis(to->tape, (Axis){"rank", gpt->rank, NULL, false});
    Shape down = {of.rows, gpt->rank, of.row_axis, rank}, up = {gpt->rank, of.cols, rank, of.col_axis};
    char local[80];
    bool before = to->scene->trained, of_head = weight[2] == 'Q' || weight[2] == 'K' || weight[2] == 'V';
    to->scene->trained = true;
    snprintf(local, sizeof local, "%s.lora_A", weight);
    int a = gpt->share_a && of_head ? shared_a(to, weight, down)
                                    : parameter(to->scene, local, down, PARAMETER_ADAPTER);
    snprintf(local, sizeof local, "%s.lora_B", weight);
    int lora_b = parameter(to->scene, local, up, PARAMETER_ADAPTER_ZERO);
    to->scene->trained = before;
    return adapted_linear(to->tape, name, x, w, b, a, lora_b, gpt->alpha / gpt->rank);
}
