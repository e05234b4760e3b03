/* figure memory: what a training step keeps, as bars: counted on the tape, or reckoned for a published shape. */
#include "figure_page.h"
#include "series.h"

#include "tiny_model/primitives/families.h"
#include "tracer/query/reckon.h"
#include "tracer/session/shapes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_BARS = 8, NAME = 190, LONG = 420, HIGH = 22, APART = 10, NUMBER = 120 };

typedef struct {
    const char *name;
    double bytes;
} Bar;

enum { OF_PARAMETERS, OF_GRADIENTS, OF_M, OF_V, OF_UPDATE, OF_ACTIVATIONS, OF_BACKWARD, OF_INPUTS };

static int kind_of(const Tape *tape, const bool *is_gradient, int id)
{
    const Value *value = tape_value(tape, id);
    const Primitive *made_by = value->producer < 0 ? NULL : tape->steps[value->producer].primitive;
    switch (value->kind) {
    case KIND_PARAMETER: return OF_PARAMETERS;
    case KIND_GRADIENT: return is_gradient[id] ? OF_GRADIENTS : OF_BACKWARD;
    case KIND_ACTIVATION: return OF_ACTIVATIONS;
    case KIND_INPUT: return OF_INPUTS;
    case KIND_OPTIMIZER:
        if (made_by == &MOVING_AVERAGE)
            return OF_M;
        return made_by == &MOVING_AVERAGE_OF_SQUARES ? OF_V : OF_UPDATE;
    }
    return OF_INPUTS;
}

/* Told by what a number is and by what made it, never by its name. */
static void count(DrawList *list, const Tape *tape, Bar bars[MOST_BARS])
{
    static const char *const names[MOST_BARS] = {
        "parameters", "their gradients", "m, average of gradients", "v, average of squares", "the rest of the update",
        "activations", "the rest of the way back", "ids, tables, moments before"};
    bool *is_gradient = draw_room(list, ((size_t)tape->value_count + 1) * sizeof *is_gradient);
    if (!is_gradient)
        return;
    memset(is_gradient, 0, (size_t)tape->value_count + 1);
    for (int i = 0; i < MOST_BARS; i++)
        bars[i] = (Bar){names[i], 0};
    for (int id = 0; id < tape->value_count; id++)
        if (tape->values[id].kind == KIND_PARAMETER && tape->values[id].gradient >= 0)
            is_gradient[tape->values[id].gradient] = true;
    for (int id = 0; id < tape->value_count; id++)
        bars[kind_of(tape, is_gradient, id)].bytes += (double)cells_of(tape_value(tape, id)) * sizeof(double);
}

static void reckon_bars(const ModelSizes *sizes, Bar bars[MOST_BARS])
{
    Reckoning r = reckon(sizes, 0);
    double numbers = BYTES_F32 * (double)r.numbers.all;
    bars[0] = (Bar){"parameters, f32", numbers};
    bars[1] = (Bar){"gradients, f32", numbers};
    bars[2] = (Bar){"m of AdamW, f32", numbers};
    bars[3] = (Bar){"v of AdamW, f32", numbers};
    bars[4] = (Bar){"activations of one text, f16", (double)sizes->layers * r.activations_f16};
    bars[5] = (Bar){"keys and values, f16", r.cache_f16};
}

static void draw_bar(const Spec *spec, DrawList *list, const Bar *bar, int i, double most, double sum, double y)
{
    char text[COST_EXACT];
    double x = PAGE_MARGIN + NAME;
    draw_text(list, x - 8, y + HIGH / 2.0 + 4, ALIGN_RIGHT, TEXT_SIZE, spec->theme->ink, bar->name);
    Item *rect = draw_rect(list, x, y, fmax(1, LONG * bar->bytes / most), HIGH, series_color(spec->theme, i));
    rect->tip = draw_format(list, "%s: %s bytes", bar->name, cost_exact(text, bar->bytes));
    draw_text(list, x + LONG * bar->bytes / most + 8, y + HIGH / 2.0 + 4, ALIGN_LEFT, SMALL_SIZE, spec->theme->ink,
              draw_format(list, "%s  (%.1f %%)", cost_exact(text, bar->bytes), 100 * bar->bytes / sum));
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Bar bars[MOST_BARS] = {{NULL, 0}};
    ModelSizes sizes;
    char title[SHAPE_NAME], text[COST_EXACT];
    const Session *session = spec->session;
    bool own = strcmp(spec->name, session->model.name) == 0;
    if (!own && !shape_find(spec->name, &sizes, title, error))
        return false;
    page_begin(list, spec);
    if (own)
        count(list, &session->run.tape, bars);
    else
        reckon_bars(&sizes, bars);
    double most = 0, sum = 0, y = PAGE_TOP;
    for (int i = 0; i < MOST_BARS; i++) {
        most = fmax(most, bars[i].bytes);
        sum += bars[i].bytes;
    }
    for (int i = 0; i < MOST_BARS; i++) {
        if (bars[i].bytes <= 0)
            continue;
        draw_bar(spec, list, &bars[i], i, most, sum, y);
        y += HIGH + APART;
    }
    const char *told =
        own ? draw_format(list, "Bytes of all numbers on the tape, %s together: 8 for each. Here nothing is thrown "
                                "away; training elsewhere keeps parameters, gradients, m, v and activations.",
                          cost_exact(text, sum))
            : draw_format(list, "Bytes, %s together, for one text of %lld tokens. Parameter, gradient, m and v are 16 "
                                "bytes a parameter; activations by T d 34 + 5 H T² a block.",
                          cost_exact(text, sum), sizes.context);
    page_end(list, spec, PAGE_MARGIN + NAME + LONG + NUMBER, y - APART,
             draw_format(list, "What a training step of %s keeps", own ? session->model.name : sizes.name), told,
             draw_format(list, "Bars. %s", told));
    return true;
}

static bool usual(const Session *session, char *name, size_t size)
{
    snprintf(name, size, "%s", session->model.name);
    return true;
}

const Figure MEMORY_FIGURE = {
    .name = "memory", .words = "[SHAPE]",
    .shows = "what a training step keeps: parameters, gradients, moments, activations; or what a published shape would",
    .usual = usual, .draw = draw,
};
