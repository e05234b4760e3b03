/* tracer steps: the tree of frames and steps. */
#include "command.h"

#include "tracer/base/print.h"
#include "tracer/output/tape_json.h"
#include "tracer/query/formula.h"

#include <string.h>

enum { ANY_PHASE = -1 };

static bool parse_phase(const char *text, int *phase, Error *error)
{
    *phase = ANY_PHASE;
    for (int i = PHASE_FORWARD; text && i <= PHASE_UPDATE; i++)
        if (strcmp(text, phase_name((Phase)i)) == 0)
            *phase = i;
    return !text || *phase != ANY_PHASE ||
           error_set(error, EXIT_USED_WRONGLY, "no phase is called \"%.60s\"; use forward, backward or update", text);
}

static void print_frame(const Tape *tape, int id)
{
    const Frame *frame = &tape->frames[id];
    int steps = frame->last - frame->first + 1;
    print("%*s%s", 2 * frame->depth, "", frame->name);
    if (steps > 0)
        print("  steps %d to %d (%d)", frame->first, frame->last, steps);
    print("\n");
}

static bool print_step(const Names *names, int id, int depth, Error *error)
{
    const Value *output = step_output(names->tape, &names->tape->steps[id]);
    Text formula = {0};
    step_formula(names, id, false, false, &formula);
    bool whole = !formula.failed || error_memory(error);
    if (whole)
        print("%*s%d  %s  [%d x %d]\n", 2 * depth, "", id, formula.data, output->rows, output->cols);
    text_free(&formula);
    return whole;
}

/* Frames and steps in the order of recording; a frame before its steps. */
static bool print_tree(const Names *names, int phase, int deepest, Error *error)
{
    const Tape *tape = names->tape;
    int frame = 0;
    /* One more than there are steps, for frames that hold none and stand at the end. */
    for (int step = 0; step <= tape->step_count; step++) {
        for (; frame < tape->frame_count && tape->frames[frame].first <= step; frame++) {
            const Frame *f = &tape->frames[frame];
            if ((phase == ANY_PHASE || (int)f->phase == phase) && f->depth < deepest)
                print_frame(tape, frame);
        }
        if (step == tape->step_count)
            break;
        const Step *s = &tape->steps[step];
        int depth = tape->frames[s->frame].depth + 1;
        if ((phase == ANY_PHASE || (int)s->phase == phase) && depth < deepest &&
            !print_step(names, step, depth, error))
            return false;
    }
    return true;
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    int phase;
    long depth;
    if (!option_number(arguments, "--depth", 1, 100, 100, &depth, error) ||
        !parse_phase(option_of(arguments, "--phase"), &phase, error) || !session_open(&session, &arguments->run, error))
        return error->code;
    if (option_of(arguments, "--json")) {
        Text out = {0};
        text_add(&out, "{");
        tape_json_frames(&session.names, phase, (int)depth, &out);
        text_add(&out, ",\n");
        tape_json_steps(&session.names, phase, (int)depth, &out);
        text_add(&out, "}\n");
        print_text(&out, error);
        text_free(&out);
    } else {
        print_tree(&session.names, phase, (int)depth, error);
    }
    session_close(&session);
    return error->code;
}

const Command STEPS_COMMAND = {
    .name = "steps", .words = "", .summary = "the tree of frames and steps",
    .details = "", .example = "steps --phase backward --depth 3",
    .options = {{"--phase", "forward|backward|update", "only that phase"},
                {"--depth", "N", "levels of the tree"},
                {"--json", NULL, "as in export --format json"}},
    .paged = paged_always, .run = run,
};
