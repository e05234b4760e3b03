/* figure flops: what a token costs on the way forward, part by part, the longer the text is that it stands in. */
#include "figure_page.h"
#include "series.h"

#include "tracer/query/reckon.h"
#include "tracer/session/shapes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BARS = 9, SHORTEST = 32, BAR = 44, BAR_GAP = 16, TALL = 300, PARTS = 6, SQUARES = 2, ABOVE = 34, LEGEND = 216 };

/* From below: what stays the same for every token, then what grows with those before it. */
static const char *const NAMES_OF_PARTS[PARTS] = {"queries, keys, values", "output of attention", "MLP", "head",
                                                  "scores", "weighted sums"};

/* FLOPs of one token, part by part. */
static double parts_of(const ModelSizes *sizes, long long tokens, double out[PARTS])
{
    SizesProducts p = sizes_products(sizes, tokens, 0);
    const double layers = (double)sizes->layers;
    const double products[PARTS] = {layers * (double)p.qkv, layers * (double)p.out, layers * (double)p.mlp,
                                    (double)p.head, layers * (double)p.scores, layers * (double)p.weighted};
    double sum = 0;
    for (int i = 0; i < PARTS; i++) {
        out[i] = 2 * products[i] / (double)tokens;
        sum += out[i];
    }
    return sum;
}

static void draw_bar(const Spec *spec, DrawList *list, const ModelSizes *sizes, int bar, double most, double bottom)
{
    double parts[PARTS], x = PAGE_MARGIN + bar * (BAR + BAR_GAP), y = bottom;
    long long tokens = (long long)SHORTEST << bar;
    double sum = parts_of(sizes, tokens, parts);
    char text[COST_TEXT];
    for (int i = 0; i < PARTS; i++) {
        double height = TALL * parts[i] / most;
        y -= height;
        if (height <= 0)
            continue;
        Item *part = draw_rect(list, x, y, BAR, height, series_color(spec->theme, i));
        part->tip = draw_format(list, "%s: %s FLOPs for each of %lld tokens", NAMES_OF_PARTS[i],
                                cost_text(text, parts[i]), tokens);
    }
    double share = (parts[PARTS - 1] + parts[PARTS - 2]) / sum;
    draw_bold(list, x + BAR / 2.0, y - 18, ALIGN_CENTER, SMALL_SIZE, spec->theme->ink, cost_text(text, sum));
    draw_text(list, x + BAR / 2.0, y - 5, ALIGN_CENTER, SMALL_SIZE, spec->theme->muted,
              draw_format(list, "%.0f %%", 100 * share));
    draw_text(list, x + BAR / 2.0, bottom + 16, ALIGN_CENTER, SMALL_SIZE, spec->theme->muted,
              draw_format(list, "%lld", tokens));
}

static void draw_legend(const Spec *spec, DrawList *list, const ModelSizes *sizes, double x, double y)
{
    double parts[PARTS];
    parts_of(sizes, SHORTEST, parts);
    for (int i = PARTS - 1; i >= 0; i--) {
        bool grows = i >= PARTS - SQUARES;
        if (parts[i] <= 0)
            continue;
        draw_rect(list, x, y, 12, 12, series_color(spec->theme, i));
        draw_text(list, x + 18, y + 10, ALIGN_LEFT, SMALL_SIZE, spec->theme->ink,
                  draw_format(list, "%s%s", NAMES_OF_PARTS[i], grows ? ": doubles with the text" : ""));
        y += 20;
    }
}

static bool find_sizes(const Spec *spec, ModelSizes *sizes, char title[SHAPE_NAME], Error *error)
{
    const Model *model = &spec->session->model;
    return strcmp(spec->name, model->name) == 0 ? model->system->sizes(model, sizes)
                                                : shape_find(spec->name, sizes, title, error);
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    ModelSizes sizes;
    char title[SHAPE_NAME], share[NUMBER_SIZE], crossing[COST_EXACT];
    double parts[PARTS];
    if (!find_sizes(spec, &sizes, title, error))
        return false;
    page_begin(list, spec);
    double most = parts_of(&sizes, (long long)SHORTEST << (BARS - 1), parts), bottom = PAGE_TOP + ABOVE + TALL;
    double right = PAGE_MARGIN + BARS * (BAR + BAR_GAP);
    for (int bar = 0; bar < BARS; bar++)
        draw_bar(spec, list, &sizes, bar, most, bottom);
    draw_line(list, PAGE_MARGIN, bottom, right - BAR_GAP, bottom, spec->theme->muted, 1);
    draw_text(list, right - BAR_GAP, bottom + 34, ALIGN_RIGHT, SMALL_SIZE, spec->theme->muted, "tokens in the text →");
    draw_legend(spec, list, &sizes, right + 8, PAGE_TOP + ABOVE);
    double fixed = parts[0] + parts[1] + parts[2] + parts[3];
    double half = fixed / (4 * (double)(sizes.layers * sizes.heads * sizes.d_k));
    const char *told = draw_format(
        list, "FLOPs forward for each token, and the share of scores and weighted sums: %s %% at %d tokens. They "
              "cost as much as all the rest at %s tokens.",
        number_text(share, 100 * (parts[4] + parts[5]) / most, 0), SHORTEST << (BARS - 1), cost_exact(crossing, half));
    page_end(list, spec, right + LEGEND, bottom + 34, draw_format(list, "What a token costs in %s", sizes.name), told,
             draw_format(list, "Stacked bars. %s", told));
    return true;
}

static bool has_sizes(const Session *session, const char **why)
{
    ModelSizes sizes;
    const Model *model = &session->model;
    *why = "no closed formula covers this model";
    return model->system->sizes && model->system->sizes(model, &sizes);
}

static bool usual(const Session *session, char *name, size_t size)
{
    snprintf(name, size, "%s", session->model.name);
    return true;
}

const Figure FLOPS_FIGURE = {
    .name = "flops", .words = "[SHAPE]",
    .shows = "what a token costs, part by part, in texts of 32 to 8192 tokens; of this model or a published shape",
    .fits = has_sizes, .usual = usual, .draw = draw,
};
