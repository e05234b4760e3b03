/* figure pull: one update of word vectors as pull and push: the word in the middle, the words that it was asked about,
 * and how strongly each pair is drawn together or apart. Chapter 27. */
#include "figure_page.h"

#include "tiny_model/primitive.h"
#include "tracer/base/nearest.h"
#include "tracer/query/parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEFT = 150, ACROSS = 330, ROW = 44, BOX = 28, MOST_LINES = 12, WORD = 140, MOVES = 150, LONGEST = 400 };

/* One pair of the tape. */
typedef struct {
    const Spec *spec;
    DrawList *list;
    const char *pair;            /* "pair0" */
    int vector, scores, gradient;
    int order[MOST_LINES], shown, of; /* columns with the largest gradients, in their own order */
    double most;                 /* the largest gradient, without its sign */
} Pull;

static int value_of(const Session *session, const char *pair, const char *what)
{
    return value_named(session, "%s.%s", pair, what);
}

static int by_column(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The columns that are pulled or pushed most, and then as they stand. */
static void choose_columns(Pull *pull)
{
    const Value *g = tape_value(pull->spec->session->names.tape, pull->gradient);
    pull->of = g->cols;
    for (int c = 0; c < g->cols; c++) {
        int at = pull->shown < MOST_LINES ? pull->shown++ : MOST_LINES;
        for (; at > 0 && fabs(g->data[pull->order[at - 1]]) < fabs(g->data[c]); at--)
            if (at < MOST_LINES)
                pull->order[at] = pull->order[at - 1];
        if (at < MOST_LINES)
            pull->order[at] = c;
        pull->most = fmax(pull->most, fabs(g->data[c]));
    }
    qsort(pull->order, (size_t)pull->shown, sizeof *pull->order, by_column);
}

/* The names of the words of ids, "sat + on". */
static const char *words_of(const Pull *pull, int ids)
{
    const Names *names = &pull->spec->session->names;
    const Value *of = tape_value(names->tape, ids);
    const Axis *axis = tape_counts(names->tape, ids);
    const char *all = "";
    for (int i = 0; i < of->cols && i < 8; i++) {
        const char *word = axis_label(names, axis, (int)of->data[i]);
        all = draw_format(pull->list, "%s%s%s", all, i ? ", " : "", word ? word : "?");
    }
    return all;
}

static double length_of(const double *row, int cols)
{
    double squared = 0;
    for (int c = 0; c < cols; c++)
        squared += row[c] * row[c];
    return sqrt(squared);
}

/* How far the row of a word of C goes in this update: all that it gets, however often it was drawn. */
static double moved(const Pull *pull, int column)
{
    const Session *session = pull->spec->session;
    const Tape *tape = session->names.tape;
    int targets = value_of(session, pull->pair, "target_ids"), now = value_named(session, "output_embedding"),
        next = value_named(session, "output_embedding.next");
    if (now < 0 || next < 0)
        return NAN;
    const Value *a = tape_value(tape, now), *b = tape_value(tape, next);
    int row = targets < 0 ? column : (int)tape_value(tape, targets)->data[column];
    double squared = 0;
    for (int c = 0; c < a->cols; c++) {
        double step = cell_of(b, row, c) - cell_of(a, row, c);
        squared += step * step;
    }
    return sqrt(squared);
}

static void draw_word(const Pull *pull, double x, double y, double width, const char *word, Rgb color)
{
    const Theme *theme = pull->spec->theme;
    draw_rect(pull->list, x, y - BOX / 2.0, width, BOX, color_mix(theme->paper, color, 0.16))->radius = 5;
    draw_outline(pull->list, x, y - BOX / 2.0, width, BOX, color, 1.2)->radius = 5;
    draw_text_within(pull->list, x + width / 2, y + 4.5, width - 10, ALIGN_CENTER, TEXT_SIZE, theme->ink, word);
}

/* Pulled: the arrows meet; pushed: they part. */
static void draw_line_of(const Pull *pull, int column, double y_from, double y)
{
    char number[NUMBER_SIZE];
    const Theme *theme = pull->spec->theme;
    double g = tape_value(pull->spec->session->names.tape, pull->gradient)->data[column];
    double x1 = PAGE_MARGIN + LEFT + 6, x2 = PAGE_MARGIN + LEFT + ACROSS - 6, length = hypot(x2 - x1, y - y_from);
    double dx = (x2 - x1) / length, dy = (y - y_from) / length, width = 1 + 6 * fabs(g) / fmax(pull->most, 1e-300);
    Rgb color = g < 0 ? theme->forward : theme->backward;
    double head = 7 + width, middle = 0.62;
    double from = g < 0 ? head - 1 : 0, to = g < 0 ? 0 : head - 1;
    draw_line(pull->list, x1 + dx * from, y_from + dy * from, x2 - dx * to, y - dy * to, color, width)->dashed = g >= 0;
    /* A pull points from the drawn word to the middle; a push away from it. */
    if (g < 0)
        draw_arrow_head(pull->list, x1, y_from, -dx, -dy, head, color);
    else
        draw_arrow_head(pull->list, x2, y, dx, dy, head, color);
    double x = x1 + middle * (x2 - x1), at = y_from + middle * (y - y_from);
    const char *label = number_signed(number, g, DEFAULT_DIGITS);
    double text = measure_text(label, FACE_BOLD, SMALL_SIZE) + 8;
    draw_rect(pull->list, x - text / 2, at - 8, text, 16, theme->paper)->radius = 3;
    draw_bold(pull->list, x, at + 4, ALIGN_CENTER, SMALL_SIZE, color, draw_format(pull->list, "%s", label));
}

static void draw_targets(const Pull *pull, double middle)
{
    char number[NUMBER_SIZE];
    const Theme *theme = pull->spec->theme;
    const Names *names = &pull->spec->session->names;
    const Axis *axis = col_axis(names, pull->scores);
    const double *scores = tape_value(names->tape, pull->scores)->data,
                 *g = tape_value(names->tape, pull->gradient)->data;
    for (int i = 0; i < pull->shown; i++) {
        int column = pull->order[i];
        double y = PAGE_TOP + 36 + ROW * (i + 0.5), x = PAGE_MARGIN + LEFT + ACROSS;
        const char *word = axis_label(names, axis, column);
        draw_line_of(pull, column, middle, y);
        draw_word(pull, x, y, WORD - 12, word ? word : "?", g[column] < 0 ? theme->forward : theme->backward);
        draw_text(pull->list, x + WORD, y - 2, ALIGN_LEFT, SMALL_SIZE, theme->muted,
                  draw_format(pull->list, "score %s", number_text(number, scores[column], 3)));
        double far = moved(pull, column);
        if (isfinite(far))
            draw_text(pull->list, x + WORD, y + 12, ALIGN_LEFT, SMALL_SIZE, theme->muted,
                      draw_format(pull->list, "its row moves by %s", number_text(number, far, DEFAULT_DIGITS)));
    }
}

static bool find_pair(const Spec *spec, Pull *pull, Error *error)
{
    const Session *session = spec->session;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT], name[40];
    pull->pair = spec->name;
    pull->scores = value_of(session, spec->name, "scores");
    pull->vector = value_of(session, spec->name, "vector");
    pull->gradient = value_of(session, spec->name, "scores.grad");
    if (pull->scores >= 0 && pull->vector >= 0 && pull->gradient >= 0)
        return true;
    for (int i = 0; i < 64; i++) {
        snprintf(name, sizeof name, "pair%d", i);
        if (value_of(session, name, "scores") >= 0)
            nearest_offer(&nearest, spec->name, name);
    }
    return error_set(error, EXIT_USED_WRONGLY, "no pair of words is called \"%.60s\"; %s", spec->name,
                     nearest_text(&nearest, answer, "the first is pair0"));
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Pull pull = {.spec = spec, .list = list};
    const Session *session = spec->session;
    const Theme *theme = spec->theme;
    if (!find_pair(spec, &pull, error))
        return false;
    page_begin(list, spec);
    choose_columns(&pull);
    bool many = value_of(session, pull.pair, "rows") >= 0;
    int from = value_of(session, pull.pair, many ? "context" : "center");
    const char *middle_word = from >= 0 ? words_of(&pull, from) : "?";
    double bottom = PAGE_TOP + 36 + ROW * pull.shown, middle = (PAGE_TOP + 36 + bottom) / 2;
    draw_text(list, PAGE_MARGIN, PAGE_TOP + 14, ALIGN_LEFT, SMALL_SIZE, theme->muted,
              many ? "the mean of the words around" : "the word in the middle");
    draw_text(list, PAGE_MARGIN + LEFT + ACROSS, PAGE_TOP + 14, ALIGN_LEFT, SMALL_SIZE, theme->muted,
              "the words that it is asked about");
    draw_targets(&pull, middle);
    draw_word(&pull, PAGE_MARGIN, middle, LEFT, middle_word, theme->update);
    char number[NUMBER_SIZE];
    int slope = value_of(session, pull.pair, "vector.grad");
    if (slope >= 0)
        draw_text_within(list, PAGE_MARGIN, middle + BOX / 2.0 + 16, LEFT, ALIGN_LEFT, SMALL_SIZE, theme->muted,
                         draw_format(list, "gradient of length %s",
                                     number_text(number, length_of(tape_value(session->names.tape, slope)->data,
                                                                   tape_value(session->names.tape, slope)->cols),
                                                 3)));
    const char *left_out = pull.shown < pull.of
                               ? draw_format(list, " The %d strongest of %d are shown.", pull.shown, pull.of) : "";
    const char *told = draw_format(list, "On each line what the loss owes to the score: sigmoid(score) minus 1 for the "
                                         "word that stood there, minus 0 for one that was drawn. Whole lines pull, "
                                         "broken ones push; thicker is stronger.%s", left_out);
    if (value_of(session, pull.pair, "target_ids") < 0)
        told = draw_format(list, "On each line what the loss owes to the score: the probability, minus 1 for the word "
                                 "that stood there. Whole lines pull, broken ones push; thicker is stronger.%s",
                           left_out);
    page_end(list, spec, PAGE_MARGIN + LEFT + ACROSS + WORD + MOVES, bottom + 4,
             draw_format(list, "One update: \"%s\" is pulled and pushed", middle_word), told,
             draw_format(list, "Lines from %s to %d words. %s", middle_word, pull.shown, told));
    return true;
}

static bool has_pairs(const Session *session, const char **why)
{
    *why = "there are no pairs of words in this model; the presets pairs and people learn from them";
    return value_of(session, "pair0", "scores.grad") >= 0;
}

static bool usual(const Session *session, char *name, size_t size)
{
    const char *why;
    snprintf(name, size, "pair0");
    return has_pairs(session, &why);
}

const Figure PULL_FIGURE = {
    .name = "pull", .words = "[pair0]",
    .shows = "one update of word vectors: who is pulled to the word in the middle, who is pushed away, how strongly",
    .fits = has_pairs, .usual = usual, .draw = draw,
};
