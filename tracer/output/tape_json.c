/* The tape as JSON; see tape_json.h. */
#include "tape_json.h"

#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"
#include "tracer/query/formula.h"
#include "tracer/query/parts.h"
#include "tracer/session/model_file.h"

static void add_values(const Names *names, Progress *progress, Text *out)
{
    char number[NUMBER_SIZE];
    text_add(out, "\"values\": [");
    for (int id = 0; id < names->count; id++) {
        const Value *value = tape_value(names->tape, id);
        if (progress)
            progress_show(progress, id, names->count);
        text_add(out, "%s{\"name\": ", id ? ",\n " : "\n ");
        text_json_string(out, name_of(names, id));
        text_add(out, ", \"rows\": %d, \"cols\": %d, \"kind\": \"%s\", \"data\": [", value->rows, value->cols,
                 kind_name(value->kind));
        for (size_t i = 0; i < cells_of(value); i++)
            text_add(out, "%s%s", i ? ", " : "", number_json(number, value->data[i]));
        text_add(out, "]}");
    }
    text_add(out, "]");
}

static void add_cost(const Cost *cost, Text *out)
{
    text_add(out, ", \"cost\": ");
    cost_json(cost, out);
}

void tape_json_frames(const Names *names, const Costs *costs, int phase, int depth, Text *out)
{
    bool first = true;
    text_add(out, "\"frames\": [");
    for (int id = 0; id < names->tape->frame_count; id++) {
        const Frame *frame = &names->tape->frames[id];
        if ((phase >= 0 && (int)frame->phase != phase) || frame->depth >= depth)
            continue;
        text_add(out, "%s{\"id\": %d, \"name\": ", first ? "\n " : ",\n ", id);
        text_json_string(out, frame->name);
        text_add(out, ", \"parent\": ");
        text_add(out, frame->parent < 0 ? "null" : "%d", frame->parent);
        text_add(out, ", \"rule\": ");
        if (frame->rule)
            text_json_string(out, frame->rule->name);
        else
            text_add(out, "null");
        text_add(out, ", \"first\": %d, \"last\": %d", frame->first, frame->last);
        if (costs)
            add_cost(&costs->frames[id], out);
        text_add(out, "}");
        first = false;
    }
    text_add(out, "]");
}

static void add_step(const Names *names, const Costs *costs, int id, Text *out)
{
    const Step *step = &names->tape->steps[id];
    Text label = {0};
    /* The label of the file is what the stepper shows, so that both can be found in each other. */
    step_formula(names, id, false, false, &label);
    text_add(out, "{\"id\": %d, \"phase\": \"%s\", \"primitive\": \"%s\", \"label\": ", id, phase_name(step->phase),
             step->primitive->name);
    text_json_string(out, text_piece(out, &label));
    text_free(&label);
    text_add(out, ", \"frame\": %d, \"inputs\": [", step->frame);
    for (int i = 0; i < step->input_count; i++) {
        text_add(out, "%s", i ? ", " : "");
        text_json_string(out, name_of(names, step->inputs[i]));
    }
    text_add(out, "], \"output\": ");
    text_json_string(out, name_of(names, step->output));
    if (step->attributes.transposed[0] || step->attributes.transposed[1])
        text_add(out, ", \"transposed\": [%s, %s]", step->attributes.transposed[0] ? "true" : "false",
                 step->attributes.transposed[1] ? "true" : "false");
    text_add(out, ", \"source\": \"%s:%d\"", step->file, step->line);
    if (costs) {
        Cost cost = step_cost(names->tape, id);
        add_cost(&cost, out);
    }
    text_add(out, "}");
}

void tape_json_steps(const Names *names, const Costs *costs, int phase, int depth, Text *out)
{
    bool first = true;
    text_add(out, "\"steps\": [");
    for (int id = 0; id < names->tape->step_count; id++) {
        const Step *step = &names->tape->steps[id];
        if ((phase >= 0 && (int)step->phase != phase) || names->tape->frames[step->frame].depth + 1 >= depth)
            continue;
        text_add(out, "%s", first ? "\n " : ",\n ");
        add_step(names, costs, id, out);
        first = false;
    }
    text_add(out, "]");
}

/* The ids of the text and what should come next, where there is a text; of every sequence of a batch. */
static void add_tokens(const Names *names, Text *out)
{
    const Tape *tape = names->tape;
    int written = 0;
    text_add(out, "\"tokens\": [");
    for (int i = 0, id; (id = part_tokens(tape, i)) >= 0; i++)
        for (int c = 0; c < tape_value(tape, id)->cols; c++) {
            int token = (int)tape_value(tape, id)->data[c];
            const char *label = axis_label(names, value_counts(names, id), token);
            text_add(out, "%s{\"id\": %d, \"text\": ", written++ ? ", " : "", token);
            text_json_string(out, label ? label : "");
            text_add(out, "}");
        }
    text_add(out, "], \"targets\": [");
    written = 0;
    for (int i = 0, call; (call = part_prediction(tape, i)) >= 0; i++) {
        const Value *targets = tape_value(tape, part_prediction_of(tape, call).targets);
        for (int c = 0; c < targets->cols; c++)
            text_add(out, "%s%d", written++ ? ", " : "", (int)targets->data[c]);
    }
    text_add(out, "]");
}

void tape_json(const Session *session, Progress *progress, Text *out)
{
    enum { EVERY_PHASE = -1, EVERY_DEPTH = 1000 };
    text_add(out, "{\"format\": \"tracer-tape\", \"version\": 1,\n\"model\": ");
    model_file_text(&session->model, 1, false, out);
    text_add(out, ",\n");
    add_tokens(&session->names, out);
    text_add(out, ",\n");
    add_values(&session->names, progress, out);
    text_add(out, ",\n");
    tape_json_frames(&session->names, NULL, EVERY_PHASE, EVERY_DEPTH, out);
    text_add(out, ",\n");
    tape_json_steps(&session->names, NULL, EVERY_PHASE, EVERY_DEPTH, out);
    text_add(out, "}\n");
}
