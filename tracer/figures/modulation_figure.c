/* figure modulation: what the condition makes of a block of a diffusion transformer while the time sweeps from noise to
 * picture: the size of the shift, scale and gate of attention and of the MLP. */
#include "chart.h"
#include "figure_page.h"
#include "series.h"

#include "tiny_model/painting.h"

#include <math.h>
#include <stdio.h>

enum { LINES = 6, STEPS = 20, WIDTH = 460, HEIGHT = 260, LEFT = 56, LABEL = 120 };
static const char *const PARTS[LINES] = {"attention_shift", "attention_scale", "attention_gate",
                                         "mlp_shift", "mlp_scale", "mlp_gate"};

/* sizes [LINES][STEPS]: rms of each part, at t = 1, 0.95 ... 0.05. */
static bool keep(const Run *run, const char *block, double sizes[LINES][STEPS], Error *error)
{
    Names names = {0};
    bool whole = names_init(&names, &run->tape, error);
    for (int i = 0; i < LINES * STEPS && whole; i++) {
        char name[128];
        snprintf(name, sizeof name, "euler%d.%.60s.modulation.%s", i % STEPS, block, PARTS[i / STEPS]);
        int id = name_find(&names, name);
        if (id < 0) {
            whole = error_set(error, EXIT_USED_WRONGLY, "\"%.60s\" is no block with a modulation; block0 is", block);
            break;
        }
        const Value *part = tape_value(&run->tape, id);
        double squares = 0;
        for (int k = 0; k < part->cols; k++)
            squares += part->data[k] * part->data[k];
        sizes[i / STEPS][i % STEPS] = sqrt(squares / part->cols);
    }
    names_free(&names);
    return whole;
}

/* The condition is made of the time and the class alone, so any noise will do. */
static bool sweep(const Spec *spec, DrawList *list, double sizes[LINES][STEPS], Error *error)
{
    const Model *model = &spec->session->model;
    int rows, cols, states[STEPS + 1], numbers = model->system->painter->numbers(model, &rows, &cols);
    double *noise = draw_room(list, (size_t)numbers * sizeof *noise);
    Run run;
    if (!noise)
        return error_memory(error);
    painting_noise(0, 0, noise, (size_t)numbers);
    if (!run_clone(&run, &spec->session->run, error))
        return false;
    Painting how = {.solver = SOLVER_EULER, .steps = STEPS, .count = 1, .guidance = 1, .noise = noise};
    bool whole = run_paint(&run, &how, states, error) && keep(&run, spec->name, sizes, error);
    run_free(&run);
    return whole;
}

static double time_at(int step)
{
    return 1 - (double)step / STEPS;
}

static void draw_parts(const Spec *spec, DrawList *list, const Chart *chart, double sizes[LINES][STEPS])
{
    for (int l = 0; l < LINES; l++) {
        Point points[STEPS];
        Rgb color = series_color(spec->theme, l);
        double y = chart->top + 14 + 20 * l, x = chart->left + chart->width + 16;
        for (int s = 0; s < STEPS; s++)
            points[s] = (Point){chart_x(chart, time_at(s)), chart_y(chart, sizes[l][s])};
        draw_lines(list, points, STEPS, color, 2);
        for (int s = 0; s < STEPS; s++)
            draw_rect(list, points[s].x - 2, points[s].y - 2, 4, 4, color)->tip =
                draw_format(list, "%s at t = %g: %.4g", PARTS[l], time_at(s), sizes[l][s]);
        draw_rect(list, x, y - 8, 10, 10, color);
        draw_text(list, x + 15, y + 1, ALIGN_LEFT, SMALL_SIZE, spec->theme->ink, PARTS[l]);
    }
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    double sizes[LINES][STEPS];
    Chart chart = {.left = PAGE_MARGIN + LEFT, .top = PAGE_TOP + 18, .width = WIDTH, .height = HEIGHT, .x_high = 1};
    page_begin(list, spec);
    if (!sweep(spec, list, sizes, error))
        return false;
    int most = 0;
    for (int l = 0; l < LINES; l++)
        for (int s = 0; s < STEPS; s++) {
            chart.y_high = fmax(chart.y_high, sizes[l][s]);
            if (fabs(sizes[l][STEPS - 1] - sizes[l][0]) > fabs(sizes[most][STEPS - 1] - sizes[most][0]))
                most = l;
        }
    bool zero = chart.y_high == 0;
    chart.y_high = zero ? 1 : chart.y_high;
    chart_round(&chart.y_low, &chart.y_high);
    chart_axes(list, spec->theme, &chart, "time t: 1 is noise, 0 the picture", "size (rms)");
    draw_parts(spec, list, &chart, sizes);
    const char *ends = draw_format(list, "%s ends farthest from where it began, at %.3g after %.3g", PARTS[most],
                                   sizes[most][STEPS - 1], sizes[most][0]);
    const char *told = draw_format(
        list, "What the time makes of the condition of %s, with no class in particular. From t = 1 to t = %g %s.",
        spec->name, time_at(STEPS - 1), zero ? "all are 0: the block hands on what it gets" : ends);
    page_end(list, spec, chart.left + WIDTH + LABEL, chart.top + HEIGHT + 38, "Shift, scale and gate over time", told,
             draw_format(list, "Line chart. %s", told));
    return true;
}

static bool usual(const Session *session, char *name, size_t size)
{
    snprintf(name, size, "block0");
    return value_named(session, "block0.modulation.W") >= 0;
}

static bool fits(const Session *session, const char **why)
{
    char name[16];
    *why = "no block of this model is modulated by a condition";
    return session->model.system->painter && usual(session, name, sizeof name);
}

const Figure MODULATION_FIGURE = {
    .name = "modulation", .words = "[block0]",
    .shows = "the shift, scale and gate that the time makes for a block of a diffusion transformer",
    .fits = fits, .usual = usual, .draw = draw,
};
