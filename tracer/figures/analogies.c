/* figure analogies: A - B + C over a training: how near the answer comes, and how near the three words of the question
 * themselves are all the while. Chapter 33. */
#include "chart.h"
#include "figure_page.h"
#include "measure.h"
#include "series.h"
#include "word_rows.h"

#include "tiny_model/primitive.h"

#include <math.h>

enum { WIDTH = 520, HEIGHT = 260, EVENLY = 49, STRIP = 14, LINES = 4, APART = 15 };
enum { BESIDE = 170, WORD = 70, LONGEST_WORD = 80 };

typedef struct {
    const Spec *spec;
    DrawList *list;
    const int *rows;         /* A, B, C, the answer */
    int table, cols, words;
    double *cosines;         /* [steps x 4], of the answer first */
    int *winners;            /* [steps x 2]: of all words, of all but the three */
    double *query;           /* [cols] */
    Chart chart;
} Analogy;

static const char *word_of(const Analogy *of, int row)
{
    const Names *names = &of->spec->session->names;
    return axis_label(names, row_axis(names, of->table), row);
}

static void ask(Analogy *of, int step)
{
    static const double signs[] = {1, -1, 1};
    static const int order[LINES] = {3, 0, 1, 2};
    const double *numbers = of->spec->history->numbers[step];
    size_t cols = (size_t)of->cols;
    for (size_t c = 0; c < cols; c++)
        of->query[c] = 0;
    for (int i = 0; i < 3; i++) {
        const double *row = numbers + (size_t)of->rows[i] * cols;
        double squared = 0;
        for (size_t c = 0; c < cols; c++)
            squared += row[c] * row[c];
        for (size_t c = 0; c < cols && squared > 0; c++)
            of->query[c] += signs[i] * row[c] / sqrt(squared);
    }
    for (int k = 0; k < LINES; k++)
        of->cosines[step * LINES + k] = row_cosine(of->query, numbers + (size_t)of->rows[order[k]] * cols, of->cols);
    double most[2] = {-INFINITY, -INFINITY};
    for (int row = 0; row < of->words; row++) {
        double cosine = row_cosine(of->query, numbers + (size_t)row * cols, of->cols);
        bool put_in = row == of->rows[0] || row == of->rows[1] || row == of->rows[2];
        for (int way = 0; way < 2; way++)
            if (cosine > most[way] && !(way && put_in)) {
                most[way] = cosine;
                of->winners[2 * step + way] = row;
            }
    }
}

static void draw_curves(const Analogy *of)
{
    static const int order[LINES] = {3, 0, 1, 2};
    const History *history = of->spec->history;
    DrawList *list = of->list;
    double taken[LINES], last_x = chart_x(&of->chart, history->steps[history->step_count - 1]);
    for (int k = 0; k < LINES; k++) {
        Point *points = draw_room(list, (size_t)history->step_count * sizeof *points);
        for (int i = 0; points && i < history->step_count; i++)
            points[i] = (Point){chart_x(&of->chart, history->steps[i]),
                                chart_y(&of->chart, of->cosines[i * LINES + k])};
        Rgb color = k ? series_color(of->spec->theme, 2 * k) : of->spec->theme->forward;
        if (points)
            draw_lines(list, points, history->step_count, color, k ? 1.3 : 2.6);
        double y = points ? points[history->step_count - 1].y : 0;
        double cosine = of->cosines[(history->step_count - 1) * LINES + k];
        for (int tries = 0; tries < LINES * LINES; tries++)
            for (int other = 0; other < k; other++)
                if (fabs(taken[other] - y) < APART)
                    y = taken[other] + (y >= taken[other] ? APART : -APART);
        taken[k] = y;
        char cut[LONGEST_WORD];
        const char *word = measure_cut(cut, sizeof cut, word_of(of, of->rows[order[k]]), FACE_BOLD, SMALL_SIZE, WORD);
        (k ? draw_text : draw_bold)(list, last_x + 8, y + 4, ALIGN_LEFT, SMALL_SIZE, color,
                                    draw_format(list, "%.2f %s%s", cosine, word, k ? "" : ", the answer"));
    }
}

/* Who comes first, at every time: filled where it is the answer. Returns the y below. */
static double draw_winners(const Analogy *of, double y)
{
    static const char *const rows[] = {"first of all words", "first without the three"};
    const History *history = of->spec->history;
    const Theme *theme = of->spec->theme;
    for (int way = 0; way < 2; way++, y += STRIP + 8) {
        draw_text(of->list, of->chart.left + WIDTH + 8, y + STRIP - 3, ALIGN_LEFT, SMALL_SIZE, theme->muted, rows[way]);
        for (int i = 0; i + 1 < history->step_count; i++) {
            double x = chart_x(&of->chart, history->steps[i]), next = chart_x(&of->chart, history->steps[i + 1]);
            int winner = of->winners[2 * (i + 1) + way];
            Rgb pale = color_mix(theme->paper, theme->line, 0.7);
            draw_rect(of->list, x, y, next - x - 1, STRIP, winner == of->rows[3] ? theme->forward : pale)->tip =
                draw_format(of->list, "after %d updates: %s", history->steps[i + 1], word_of(of, winner));
        }
    }
    return y;
}

/* From which of the kept steps on the answer comes first for good; -1: never. */
static int since(const Analogy *of, int way)
{
    int from = -1;
    for (int i = of->spec->history->step_count - 1; i >= 0 && of->winners[2 * i + way] == of->rows[3]; i--)
        from = of->spec->history->steps[i];
    return from;
}

static const char *told(const Analogy *of)
{
    DrawList *list = of->list;
    int all = since(of, 0), others = since(of, 1);
    const char *first = all < 0 ? "never" : draw_format(list, "from update %d on", all);
    const char *second = others < 0 ? "never" : draw_format(list, "from update %d on", others);
    return draw_format(list, "Cosines with the unit vectors of %s − %s + %s. %s comes first of all words %s, and %s "
                             "where those three are left out.", word_of(of, of->rows[0]), word_of(of, of->rows[1]),
                       word_of(of, of->rows[2]), word_of(of, of->rows[3]), first, second);
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Analogy of = {.spec = spec, .list = list, .table = word_table(spec->session)};
    const History *history = spec->history;
    page_begin(list, spec);
    int count = word_rows(spec, list, &of.rows, error);
    if (error->code)
        return false;
    if (count != 4)
        return error_set(error, EXIT_USED_WRONGLY, "analogies takes three words and the answer, "
                         "\"king man woman queen\", not %d word%s", count, count == 1 ? "" : "s");
    of.cols = tape_value(spec->session->names.tape, of.table)->cols;
    of.words = tape_value(spec->session->names.tape, of.table)->rows;
    of.cosines = draw_room(list, (size_t)history->step_count * LINES * sizeof *of.cosines);
    of.winners = draw_room(list, (size_t)history->step_count * 2 * sizeof *of.winners);
    of.query = draw_room(list, (size_t)of.cols * sizeof *of.query);
    if (!of.cosines || !of.winners || !of.query)
        return error_memory(error);
    double low = 0;
    for (int step = 0; step < history->step_count; step++) {
        ask(&of, step);
        for (int k = 0; k < LINES; k++)
            low = fmin(low, of.cosines[step * LINES + k]);
    }
    int last = history->steps[history->step_count - 1];
    of.chart = (Chart){.left = PAGE_MARGIN + 52, .top = PAGE_TOP + 16, .width = WIDTH, .height = HEIGHT,
                       .x_high = last ? last : 1, .y_low = low < 0 ? floor(5 * low) / 5 : 0, .y_high = 1,
                       .whole_x = true};
    chart_axes(list, spec->theme, &of.chart, "updates →", "cosine ↑");
    draw_curves(&of);
    double bottom = draw_winners(&of, of.chart.top + HEIGHT + 44);
    const char *words = told(&of);
    page_end(list, spec, of.chart.left + WIDTH + BESIDE, bottom,
             draw_format(list, "%s − %s + %s over training", word_of(&of, of.rows[0]), word_of(&of, of.rows[1]),
                         word_of(&of, of.rows[2])),
             words, draw_format(list, "Four curves of cosines over updates, and who comes first. %s", words));
    return true;
}

static bool usual(const Session *session, char *name, size_t size)
{
    static const char *const lists[] = {"king man woman queen", NULL};
    return usual_words(session, lists, 4, name, size);
}

const Figure ANALOGIES_FIGURE = {
    .name = "analogies", .words = "[\"KING MAN WOMAN QUEEN\"]",
    .shows = "A - B + C over a training: how near the answer is, and how near the words of the question are",
    .needs = NEEDS_VALUE_OVER_RUN, .evenly = EVENLY,
    .fits = has_words, .usual = usual, .watched = watched_words, .draw = draw,
};
