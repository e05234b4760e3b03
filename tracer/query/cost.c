/* Counting; see cost.h. */
#include "cost.h"

#include "tiny_model/rules/rule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double cost_intensity(const Cost *cost)
{
    double bytes = cost->read + cost->written;
    return bytes > 0 ? cost->flops / bytes : 0;
}

/* What the counting needs to know of values and frames. */
typedef struct {
    const Tape *tape;
    int *first_reader;      /* of each value: the step that reads it first, or -1 */
    int *read_in, *kept_in; /* of each value: 1 + the frame in which it was counted last */
    int *causal;            /* of each frame: 1 where nobody looks ahead, so that keys and values may be kept */
} Counting;

static double bytes_of(const Value *value)
{
    return (double)cells_of(value) * sizeof(double);
}

/* Of a tile: the keys and values that it takes its rows from. */
static int kept_by_tile(const Counting *counting, const Step *step)
{
    int tiles = counting->tape->frames[step->frame].parent;
    bool takes = tiles >= 0 && counting->tape->frames[tiles].rule == &FLASH && step->phase == PHASE_FORWARD &&
                 (strcmp(step->label, "K") == 0 || strcmp(step->label, "V") == 0);
    return takes && counting->causal[tiles] ? step->inputs[0] : -1;
}

/* The key or the value that a step of attention reads, or -1. */
static int kept_by(const Counting *counting, const Step *step)
{
    const Frame *frame = &counting->tape->frames[step->frame];
    bool reads = step->phase == PHASE_FORWARD && (frame->rule == &SCORES || frame->rule == &WEIGHTED_SUM);
    if (reads)
        return frame->parent >= 0 && counting->causal[frame->parent] ? step->inputs[1] : -1;
    return kept_by_tile(counting, step);
}

/* stamp: 1 + the frame that is counted; what was counted in it already is not counted again. */
static void add_step(const Counting *counting, int step_id, int stamp, Cost *to)
{
    const Tape *tape = counting->tape;
    const Step *step = &tape->steps[step_id];
    int kept = kept_by(counting, step);
    to->products += step_products(tape, step);
    to->flops += step_flops(tape, step);
    to->read += step_bytes_read(tape, step);
    to->written += step_bytes_written(tape, step);
    to->tape += bytes_of(step_output(tape, step));
    for (int i = 0; i < step->input_count; i++) {
        int input = step->inputs[i];
        const Value *value = tape_value(tape, input);
        if (counting->read_in[input] == stamp)
            continue;
        counting->read_in[input] = stamp;
        to->parameters += value->kind == KIND_PARAMETER ? (double)cells_of(value) : 0;
        to->tape += value->producer < 0 && counting->first_reader[input] == step_id ? bytes_of(value) : 0;
    }
    if (kept >= 0 && counting->kept_in[kept] != stamp) {
        counting->kept_in[kept] = stamp;
        to->cache += bytes_of(tape_value(tape, kept));
    }
}

static void find_readers(const Counting *counting)
{
    const Tape *tape = counting->tape;
    for (int value = 0; value < tape->value_count; value++)
        counting->first_reader[value] = -1;
    for (int step = tape->step_count - 1; step >= 0; step--)
        for (int i = 0; i < tape->steps[step].input_count; i++)
            counting->first_reader[tape->steps[step].inputs[i]] = step;
    for (int frame = 0; frame < tape->frame_count; frame++)
        if (tape->frames[frame].rule == &MASKED && tape->frames[frame].parent >= 0)
            counting->causal[tape->frames[frame].parent] = 1;
    for (int call = 0; call < tape->call_count; call++)
        if (tape->calls[call].rule == &FLASH && tape->calls[call].attributes.offset > 0)
            counting->causal[tape->calls[call].frame] = 1;
}

/* What nobody reads stands on the tape too: a parameter that a frozen part left out, a label. */
static void add_all(const Counting *counting, Cost *all)
{
    const Tape *tape = counting->tape;
    for (int step = 0; step < tape->step_count; step++)
        add_step(counting, step, 1 + tape->frame_count, all);
    all->parameters = all->tape = 0;
    for (int value = 0; value < tape->value_count; value++) {
        all->tape += bytes_of(tape_value(tape, value));
        all->parameters += tape->values[value].kind == KIND_PARAMETER ? (double)cells_of(tape_value(tape, value)) : 0;
    }
}

bool costs_count(const Tape *tape, Costs *out)
{
    size_t values = (size_t)tape->value_count + 1, frames = (size_t)tape->frame_count + 1;
    Counting counting = {.tape = tape, .first_reader = calloc(3 * values + frames, sizeof(int))};
    *out = (Costs){.frames = calloc(frames, sizeof *out->frames)};
    if (counting.first_reader && out->frames) {
        counting.read_in = counting.first_reader + values;
        counting.kept_in = counting.read_in + values;
        counting.causal = counting.kept_in + values;
        find_readers(&counting);
        for (int frame = 0; frame < tape->frame_count; frame++)
            for (int step = tape->frames[frame].first; step <= tape->frames[frame].last; step++)
                add_step(&counting, step, 1 + frame, &out->frames[frame]);
        add_all(&counting, &out->all);
    } else {
        costs_free(out);
    }
    free(counting.first_reader);
    return out->frames != NULL;
}

void costs_free(Costs *costs)
{
    free(costs->frames);
    *costs = (Costs){0};
}

Cost step_cost(const Tape *tape, int step_id)
{
    const Step *step = &tape->steps[step_id];
    Cost cost = {.products = step_products(tape, step), .flops = step_flops(tape, step),
                 .read = step_bytes_read(tape, step), .written = step_bytes_written(tape, step),
                 .tape = bytes_of(step_output(tape, step))};
    for (int i = 0; i < step->input_count; i++) {
        bool again = false;
        for (int j = 0; j < i; j++)
            again = again || step->inputs[j] == step->inputs[i];
        const Value *value = step_input(tape, step, i);
        cost.parameters += value->kind == KIND_PARAMETER && !again ? (double)cells_of(value) : 0;
    }
    return cost;
}

static double parameters_of(const Cost *cost) { return cost->parameters; }
static double products_of(const Cost *cost) { return cost->products; }
static double flops_of(const Cost *cost) { return cost->flops; }
static double read_of(const Cost *cost) { return cost->read; }
static double written_of(const Cost *cost) { return cost->written; }
static double tape_of(const Cost *cost) { return cost->tape; }
static double cache_of(const Cost *cost) { return cost->cache; }

const CostColumn COST_COLUMNS[] = {
    {"parameters", "params", 7, "numbers of the parameters that are read, each once", parameters_of},
    {"multiply_adds", "mul-add", 8, "multiplications of matrix products, each with an addition", products_of},
    {"flops", "FLOPs", 7, "operations on numbers: two for each of these, and all others", flops_of},
    {"bytes_read", "read", 7, "bytes of what the steps take", read_of},
    {"bytes_written", "written", 8, "bytes of what they make", written_of},
    {"tape_bytes", "tape", 7, "bytes of numbers that stay on the tape", tape_of},
    {"kv_cache_bytes", "KV", 7, "bytes of keys and values that may be kept while the text goes on", cache_of},
    {"intensity", "FLOP/B", 7, "operations for each byte that is read or written", cost_intensity},
};
const int COST_COLUMN_COUNT = sizeof COST_COLUMNS / sizeof *COST_COLUMNS;

const char *const COST_CHOICES[] = {"off", "parameters", "multiply_adds", "flops", "bytes_read", "bytes_written",
                                    "tape_bytes", "kv_cache_bytes", "intensity", NULL};

void cost_json(const Cost *cost, Text *out)
{
    char number[NUMBER_SIZE];
    for (int i = 0; i < COST_COLUMN_COUNT; i++)
        text_add(out, "%s\"%s\": %s", i ? ", " : "{", COST_COLUMNS[i].key,
                 number_json(number, COST_COLUMNS[i].of(cost)));
    text_add(out, "}");
}

char *cost_exact(char out[COST_EXACT], double number)
{
    char digits[COST_EXACT];
    size_t used = 0, count = (size_t)snprintf(digits, sizeof digits, "%.0f", number);
    for (size_t i = 0; i < count && used + 2 < COST_EXACT; i++) {
        if (i > 0 && (count - i) % 3 == 0 && digits[i - 1] != '-')
            out[used++] = ',';
        out[used++] = digits[i];
    }
    out[used] = '\0';
    return out;
}

char *cost_text(char out[COST_TEXT], double number)
{
    static const char *const units[] = {"", "k", "M", "G", "T", "P", "E"};
    int unit = 0;
    if (number < 99999.5 && number != floor(number)) {
        snprintf(out, COST_TEXT, number < 10 ? "%.2f" : "%.1f", number);
    } else if (number < 99999.5) {
        char exact[COST_EXACT];
        snprintf(out, COST_TEXT, "%.*s", COST_TEXT - 1, cost_exact(exact, number));
    } else {
        for (; number >= 999.5 && unit < 6; unit++)
            number /= 1000;
        snprintf(out, COST_TEXT, "%.*f%s", number < 9.995 ? 2 : number < 99.95 ? 1 : 0, number, units[unit]);
    }
    return out;
}
