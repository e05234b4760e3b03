/* The graph as DOT; see dot.h. */
#include "dot.h"

#include "tiny_model/primitive.h"

static const char *style_of(Phase phase)
{
    static const char *const styles[] = {"solid", "dashed", "dotted"};
    return styles[phase];
}

static void add_leaves(const Names *names, Text *out)
{
    for (int id = 0; id < names->count; id++) {
        const Value *value = tape_value(names->tape, id);
        if (value->producer >= 0)
            continue;
        text_add(out, "  v%d [shape=ellipse, label=", id);
        text_json_string(out, name_of(names, id));
        text_add(out, ", tooltip=\"%d x %d %s\"];\n", value->rows, value->cols, kind_name(value->kind));
    }
}

static void add_box(const Names *names, int id, Text *out)
{
    const Step *step = &names->tape->steps[id];
    const Value *output = step_output(names->tape, step);
    text_add(out, "%*ss%d [shape=box, style=%s, label=\"%s\\n%d x %d\", tooltip=",
             2 * names->tape->frames[step->frame].depth + 4, "", id, style_of(step->phase), step->primitive->name,
             output->rows, output->cols);
    text_json_string(out, name_of(names, step->output));
    text_add(out, "];\n");
}

/* Frames nest as their steps do: open what begins before a step, close what has ended. */
static void add_clusters(const Names *names, Text *out)
{
    const Tape *tape = names->tape;
    int frame = 0, open = -1;
    for (int step = 0; step < tape->step_count; step++) {
        for (; frame < tape->frame_count && tape->frames[frame].first <= step; frame++) {
            for (; open != tape->frames[frame].parent; open = tape->frames[open].parent)
                text_add(out, "%*s}\n", 2 * tape->frames[open].depth + 2, "");
            text_add(out, "%*ssubgraph cluster_%d { label=", 2 * tape->frames[frame].depth + 2, "", frame);
            text_json_string(out, tape->frames[frame].name);
            text_add(out, ";\n");
            open = frame;
        }
        for (; open != tape->steps[step].frame; open = tape->frames[open].parent)
            text_add(out, "%*s}\n", 2 * tape->frames[open].depth + 2, "");
        add_box(names, step, out);
    }
    for (; open >= 0; open = tape->frames[open].parent)
        text_add(out, "%*s}\n", 2 * tape->frames[open].depth + 2, "");
}

static void add_arrows(const Names *names, Text *out)
{
    for (int id = 0; id < names->tape->step_count; id++) {
        const Step *step = &names->tape->steps[id];
        for (int i = 0; i < step->input_count; i++) {
            int producer = step_input(names->tape, step, i)->producer;
            text_add(out, "  %c%d -> s%d [style=%s, tooltip=", producer < 0 ? 'v' : 's',
                     producer < 0 ? step->inputs[i] : producer, id, style_of(step->phase));
            text_json_string(out, name_of(names, step->inputs[i]));
            text_add(out, "];\n");
        }
    }
}

void dot_write(const Names *names, Text *out)
{
    text_add(out, "digraph training_step {\n  rankdir=TB; node [fontname=\"DejaVu Sans\", fontsize=10];\n");
    add_leaves(names, out);
    add_clusters(names, out);
    add_arrows(names, out);
    text_add(out, "}\n");
}
