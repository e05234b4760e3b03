/* figure senses: one word in sentences of two senses: how alike its vectors are, layer by layer, beside how alike any
 * two tokens are. Chapter 33. */
#include "chart.h"
#include "figure_page.h"
#include "series.h"

#include "tiny_model/data/texts.h"
#include "tiny_model/primitive.h"
#include "tracer/query/parts.h"
#include "tracer/query/senses.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { APART = 130, HEIGHT = 260, LINES = 3, LEGEND = 190, LINE = 15 };

static double number_of(const SenseLayer *layer, int line)
{
    const double numbers[LINES] = {layer->same, layer->other, layer->any};
    return numbers[line];
}

static void draw_layers(const Spec *spec, DrawList *list, const Senses *senses, const Chart *chart)
{
    static const char *const names[LINES] = {"same sense", "other sense", "any two tokens"};
    const Theme *theme = spec->theme;
    const Rgb colors[LINES] = {theme->forward, theme->backward, theme->muted};
    double taken[LINES];
    char number[NUMBER_SIZE];
    for (int line = 0; line < LINES; line++) {
        Point *points = draw_room(list, (size_t)senses->layer_count * sizeof *points);
        for (int i = 0; points && i < senses->layer_count; i++) {
            points[i] = (Point){chart_x(chart, i), chart_y(chart, number_of(&senses->layers[i], line))};
            Item *dot = draw_rect(list, points[i].x - 4, points[i].y - 4, 8, 8, colors[line]);
            dot->radius = 4;
            dot->tip = draw_format(list, "%s, %s: %s", senses->layers[i].name, names[line],
                                   number_text(number, number_of(&senses->layers[i], line), DEFAULT_DIGITS));
        }
        if (points)
            draw_lines(list, points, senses->layer_count, colors[line], line < 2 ? 2.2 : 1.3)->dashed = line == 2;
        double y = points ? points[senses->layer_count - 1].y : 0;
        for (int other = 0; other < line; other++)
            if (fabs(taken[other] - y) < LINE)
                y = taken[other] + (y >= taken[other] ? LINE : -LINE);
        taken[line] = y;
        draw_bold(list, chart->left + chart->width + 10, y + 4, ALIGN_LEFT, SMALL_SIZE, colors[line],
                  draw_format(list, "%s %s", number_text(number,
                                                         number_of(&senses->layers[senses->layer_count - 1], line), 2),
                              names[line]));
    }
}

/* Cosines from the lowest round number up to 1, a name a layer. */
static void draw_axes(const Spec *spec, DrawList *list, const Senses *senses, const Chart *chart)
{
    const Theme *theme = spec->theme;
    for (int tenths = (int)round(10 * chart->y_low); tenths <= 10; tenths += 2) {
        double y = chart_y(chart, tenths / 10.0);
        draw_line(list, chart->left, y, chart->left + chart->width, y, theme->line, tenths ? 0.6 : 1.4);
        draw_text(list, chart->left - 8, y + 4, ALIGN_RIGHT, SMALL_SIZE, theme->muted,
                  draw_format(list, "%s%.1f", tenths < 0 ? "−" : "", fabs(tenths / 10.0)));
    }
    for (int i = 0; i < senses->layer_count; i++)
        draw_text_within(list, chart_x(chart, i), chart->top + chart->height + 20, APART - 8, ALIGN_CENTER, SMALL_SIZE,
                         theme->ink, draw_format(list, "%s", senses->layers[i].name));
    draw_text(list, chart->left - 40, chart->top - 12, ALIGN_LEFT, SMALL_SIZE, theme->muted, "mean cosine ↑");
}

static bool draw_found(const Spec *spec, DrawList *list, const Senses *senses)
{
    double low = 0;
    for (int i = 0; i < senses->layer_count; i++)
        for (int line = 0; line < LINES; line++)
            low = fmin(low, number_of(&senses->layers[i], line));
    page_begin(list, spec);
    Chart chart = {.left = PAGE_MARGIN + 60, .top = PAGE_TOP + 24, .width = APART * fmax(senses->layer_count - 1, 1),
                   .height = HEIGHT, .x_high = fmax(senses->layer_count - 1, 1), .y_low = floor(5 * low) / 5,
                   .y_high = 1};
    draw_axes(spec, list, senses, &chart);
    draw_layers(spec, list, senses, &chart);
    const char *told = draw_format(list, "The vector of \"%s\" in %d sentences that the model did not learn from: mean "
                                         "cosine of pairs that mean the same, of pairs that do not, and of any two "
                                         "tokens, without which none of them says anything.", spec->name,
                                   senses->count);
    page_end(list, spec, chart.left + chart.width + LEGEND, chart.top + HEIGHT + 28,
             draw_format(list, "One word, two meanings: %s", spec->name), told,
             draw_format(list, "Three lines over %d layers. %s", senses->layer_count, told));
    return true;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Senses senses;
    bool whole = senses_find(&senses, spec->session, spec->name, SENSES, error) && draw_found(spec, list, &senses);
    senses_free(&senses);
    return whole;
}

/* The sentences that it reads are those of the preset bank. */
static bool knows_bank(const Session *session, const char **why)
{
    int table = part_table(session->names.tape), found = -1;
    const Axis *axis = table < 0 ? NULL : row_axis(&session->names, table);
    *why = "it reads sentences about a bank, whose words this model lacks; the preset bank has them";
    for (int r = 0; axis && r < axis->size && found < 0; r++) {
        const char *label = axis_label(&session->names, axis, r);
        found = label && strcmp(label, "bank") == 0 ? r : -1;
    }
    return found >= 0 && model_language(&session->model) != NULL;
}

static bool usual(const Session *session, char *name, size_t size)
{
    const char *why;
    snprintf(name, size, "bank");
    return knows_bank(session, &why);
}

const Figure SENSES_FIGURE = {
    .name = "senses", .words = "[bank]",
    .shows = "one word in two senses: cosines of its vectors layer by layer, beside those of any two tokens",
    .fits = knows_bank, .usual = usual, .draw = draw,
};
