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

/* What is told: costs NULL without --cost. */
typedef struct {
    const Names *names;
    const Costs *costs;
    int phase, deepest;
} Told;

/* "   640 mult-adds, 1,280 FLOPs, 3,712 bytes" behind a line. */
static void print_cost(const Cost *cost)
{
    char products[COST_TEXT], flops[COST_TEXT], bytes[COST_TEXT], intensity[COST_TEXT];
    print("  | %s multiply-adds, %s FLOPs, %s bytes, %s FLOPs a byte", cost_text(products, cost->products),
          cost_text(flops, cost->flops), cost_text(bytes, cost->read + cost->written),
          cost_text(intensity, cost_intensity(cost)));
}

static void print_frame(const Told *told, int id)
{
    const Frame *frame = &told->names->tape->frames[id];
    int steps = frame->last - frame->first + 1;
    print("%*s%s", 2 * frame->depth, "", frame->name);
    if (steps > 0)
        print("  steps %d to %d (%d)", frame->first, frame->last, steps);
    if (told->costs)
        print_cost(&told->costs->frames[id]);
    print("\n");
}

static bool print_step(const Told *told, int id, int depth, Error *error)
{
    const Tape *tape = told->names->tape;
    const Value *output = step_output(tape, &tape->steps[id]);
    Text formula = {0};
    step_formula(told->names, id, false, false, &formula);
    bool whole = !formula.failed || error_memory(error);
    if (whole)
        print("%*s%d  %s  [%d x %d]", 2 * depth, "", id, formula.data, output->rows, output->cols);
    if (whole && told->costs) {
        Cost cost = step_cost(tape, id);
        print_cost(&cost);
    }
    print("\n");
    text_free(&formula);
    return whole;
}

/* Frames and steps in the order of recording; a frame before its steps. */
static bool print_tree(const Told *told, Error *error)
{
    const Tape *tape = told->names->tape;
    int frame = 0;
    /* One more than there are steps, for frames that hold none and stand at the end. */
    for (int step = 0; step <= tape->step_count; step++) {
        for (; frame < tape->frame_count && tape->frames[frame].first <= step; frame++) {
            const Frame *f = &tape->frames[frame];
            if ((told->phase == ANY_PHASE || (int)f->phase == told->phase) && f->depth < told->deepest)
                print_frame(told, frame);
        }
        if (step == tape->step_count)
            break;
        const Step *s = &tape->steps[step];
        int depth = tape->frames[s->frame].depth + 1;
        if ((told->phase == ANY_PHASE || (int)s->phase == told->phase) && depth < told->deepest &&
            !print_step(told, step, depth, error))
            return false;
    }
    return true;
}

static bool print_json(const Told *told, Error *error)
{
    Text out = {0};
    text_add(&out, "{");
    tape_json_frames(told->names, told->costs, told->phase, told->deepest, &out);
    text_add(&out, ",\n");
    tape_json_steps(told->names, told->costs, told->phase, told->deepest, &out);
    text_add(&out, "}\n");
    bool whole = print_text(&out, error);
    text_free(&out);
    return whole;
}

static int run(const Arguments *arguments, Error *error)
{
    Session session;
    Costs costs = {0};
    int phase;
    long depth;
    bool with_costs = option_of(arguments, "--cost") != NULL;
    if (!option_number(arguments, "--depth", 1, 100, 100, &depth, error) ||
        !parse_phase(option_of(arguments, "--phase"), &phase, error) || !session_open(&session, &arguments->run, error))
        return error->code;
    if (!with_costs || costs_count(&session.run.tape, &costs) || error_memory(error)) {
        Told told = {&session.names, with_costs ? &costs : NULL, phase, (int)depth};
        option_of(arguments, "--json") ? print_json(&told, error) : print_tree(&told, error);
        costs_free(&costs);
    }
    session_close(&session);
    return error->code;
}

const Command STEPS_COMMAND = {
    .name = "steps", .words = "", .summary = "the tree of frames and steps",
    .details = "", .example = "steps --phase backward --depth 3",
    .options = {{"--phase", "forward|backward|update", "only that phase"},
                {"--depth", "N", "levels of the tree"},
                {"--cost", NULL, "with operations and bytes of each; tracer cost tells more"},
                {"--json", NULL, "as in export --format json"}},
    .paged = paged_always, .run = run,
};
