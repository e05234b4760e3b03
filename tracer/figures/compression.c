/* figure compression: how many tokens a byte of text takes, after each merge. Chapter 20. */
#include "chart.h"
#include "figure_page.h"

#include "tiny_model/primitive.h"
#include "tracer/query/merging.h"

/* Tokens of the whole text before merge r. */
static double tokens_before(const Tape *tape, int r)
{
    const Value *words = tape_value(tape, merge_words(tape, r));
    int occurrences = merge_occurrences(tape);
    double sum = 0;
    for (int row = 0; row < words->rows; row++)
        sum += merge_row_length(words, row) * (occurrences < 0 ? 1 : tape_value(tape, occurrences)->data[row]);
    return sum;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    const Tape *tape = spec->session->names.tape;
    const Theme *theme = spec->theme;
    int merges = merge_count(tape);
    (void)error;
    page_begin(list, spec);
    double bytes = tokens_before(tape, 0), width = page_width(spec) < 560 ? page_width(spec) - 70 : 490;
    Point *points = draw_room(list, ((size_t)merges + 1) * sizeof *points);
    Chart chart = {.left = PAGE_MARGIN + 48, .top = PAGE_TOP + 16, .width = width, .height = 240, .x_high = merges,
                   .y_low = 0, .y_high = 1, .whole_x = true};
    chart_axes(list, theme, &chart, "merges →", "tokens a byte");
    for (int r = 0; points && r <= merges; r++)
        points[r] = (Point){chart_x(&chart, r), chart_y(&chart, tokens_before(tape, r) / bytes)};
    if (points && merges > 0)
        draw_lines(list, points, merges + 1, theme->forward, 2);
    for (int r = 0; points && r <= merges && merges <= 60; r++)
        draw_rect(list, points[r].x - 3, points[r].y - 3, 6, 6, theme->forward)->radius = 3;
    double left = tokens_before(tape, merges), share = left / bytes;
    char number[NUMBER_SIZE], other[NUMBER_SIZE];
    if (points)
        draw_bold(list, points[merges].x - 3, points[merges].y - 10, ALIGN_RIGHT, TEXT_SIZE, theme->forward,
                  number_text(number, share, 3));
    const char *told = draw_format(list, "%.0f bytes become %.0f tokens after %d merges: %s tokens a byte, or %s bytes "
                                   "a token.", bytes, left, merges, number_text(number, share, 3),
                                   number_text(other, 1 / share, 2));
    page_end(list, spec, chart.left + chart.width + 12, chart.top + chart.height + 34, "Tokens over merges", told,
             draw_format(list, "Line chart. %s", told));
    return true;
}

static bool has_merges(const Session *session, const char **why)
{
    *why = "nothing is merged in this model; the preset bpe learns merges";
    return merge_step(session->names.tape, 0) >= 0;
}

const Figure COMPRESSION_FIGURE = {
    .name = "compression", .words = "",
    .shows = "how many tokens a byte of text takes, after each merge",
    .fits = has_merges, .draw = draw,
};
