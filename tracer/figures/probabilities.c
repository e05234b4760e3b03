/* figure probabilities: what the model predicts at each position, the target marked. */
#include "figure_page.h"
#include "value_panel.h"

#include "tiny_model/primitive.h"
#include "tracer/base/nearest.h"
#include "tracer/query/parts.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_BARS = 12, BAR_HEIGHT = 18, BAR_LENGTH = 130, NAME_MOST = 110, BLOCK_GAP = 34, BLOCKS_ACROSS = 3 };

/* The likeliest tokens of a row, or the whole vocabulary in its order where it is small; the target
 * is always among them. Returns how many. */
static int choose_tokens(const Value *p, int row, int target, int *chosen)
{
    int count = 0;
    for (int c = 0; c < p->cols && p->cols <= MOST_BARS; c++)
        chosen[count++] = c;
    while (count < MOST_BARS && p->cols > MOST_BARS) {
        int best = -1;
        for (int c = 0; c < p->cols; c++) {
            bool taken = false;
            for (int i = 0; i < count; i++)
                taken = taken || chosen[i] == c;
            if (!taken && (best < 0 || cell_of(p, row, c) > cell_of(p, row, best)))
                best = c;
        }
        chosen[count++] = best;
    }
    /* The target in the place of the least likely: without it nobody sees how wrong the model is. */
    bool there = target < 0;
    for (int i = 0; i < count; i++)
        there = there || chosen[i] == target;
    if (!there)
        chosen[count - 1] = target;
    return count;
}

/* What the tokens that are not shown have together. */
static double rest(const Value *p, int row, const int *chosen, int count)
{
    double sum = 0;
    for (int c = 0; c < p->cols; c++) {
        bool shown = false;
        for (int i = 0; i < count; i++)
            shown = shown || chosen[i] == c;
        sum += shown ? 0 : cell_of(p, row, c);
    }
    return sum;
}

typedef struct {
    const Spec *spec;
    DrawList *list;
    Prediction prediction;
    const Value *probabilities;
    double names;            /* width of the widest token */
    double full;             /* the probability of a bar of full length */
} Bars;

static const char *token(const Bars *bars, int id, char *visible, size_t size)
{
    const Names *names = &bars->spec->session->names;
    const char *label = axis_label(names, col_axis(names, bars->prediction.probabilities), id);
    if (label)
        return token_visible(visible, size, label);
    snprintf(visible, size, "%d", id);
    return visible;
}

/* What a row is of: "after cat" where something follows, else the example it belongs to. */
static const char *place(const Bars *bars, int row)
{
    const Names *names = &bars->spec->session->names;
    const Axis *axis = row_axis(names, bars->prediction.probabilities);
    const char *label = axis_label(names, axis, row);
    char visible[300];
    if (!label)
        return draw_format(bars->list, "%s %d", axis->place ? "position" : *axis->name ? axis->name : "row", row);
    token_visible(visible, sizeof visible, label);
    return draw_format(bars->list, axis->place ? "after %s" : "%s", visible);
}

/* The name at the left and the number at the right of a bar; `behind` it " ◂ target". */
static void draw_words(const Bars *bars, double x, double y, const char *name, double p, const char *behind, Rgb ink)
{
    char number[NUMBER_SIZE];
    NumberFormat format = {.digits = bars->spec->digits == AUTO_DIGITS ? 3 : bars->spec->digits};
    draw_text_within(bars->list, x + bars->names, y + 13, NAME_MOST, ALIGN_RIGHT, 11, ink, name);
    draw_text(bars->list, x + bars->names + 8 + BAR_LENGTH + 6, y + 13, ALIGN_LEFT, 11, ink,
              draw_format(bars->list, "%s%s", cell_number(number, p, format), behind));
}

static void draw_bar(const Bars *bars, double x, double y, int row, int id, bool is_target)
{
    char visible[300], number[NUMBER_SIZE];
    const Theme *theme = bars->spec->theme;
    double p = cell_of(bars->probabilities, row, id), size = isfinite(p) ? fmin(fmax(p / bars->full, 0), 1) : 0,
           left = x + bars->names + 8;
    token(bars, id, visible, sizeof visible);
    draw_words(bars, x, y, visible, p, is_target ? " ◂ target" : "", is_target ? theme->mark : theme->ink);
    draw_rect(bars->list, left, y + 2, BAR_LENGTH, BAR_HEIGHT - 5, color_mix(theme->paper, theme->line, 0.35));
    draw_rect(bars->list, left, y + 2, fmax(size * BAR_LENGTH, 1), BAR_HEIGHT - 5,
              is_target ? theme->mark : theme->forward)
        ->tip = draw_format(bars->list, "%s[%d,%d] (%s) = %s",
                            name_of(&bars->spec->session->names, bars->prediction.probabilities), row, id, visible,
                            number_exact(number, p));
}

/* One position; returns its height. */
static double draw_position(const Bars *bars, double x, double y, int row)
{
    const Names *names = &bars->spec->session->names;
    int chosen[MOST_BARS + 1], target = part_target(bars->spec->session->names.tape, &bars->prediction, row);
    int count = choose_tokens(bars->probabilities, row, target, chosen);
    char cut[300];
    bool labelled = axis_label(names, row_axis(names, bars->prediction.probabilities), row) != NULL;
    const char *heading = labelled ? draw_format(bars->list, "%d. %s", row, place(bars, row)) : place(bars, row);
    draw_bold(bars->list, x, y + 12, ALIGN_LEFT, TEXT_SIZE, bars->spec->theme->ink,
              measure_cut(cut, sizeof cut, heading, FACE_BOLD, TEXT_SIZE, bars->names + BAR_LENGTH + 100));
    for (int i = 0; i < count; i++)
        draw_bar(bars, x, y + 22 + i * BAR_HEIGHT, row, chosen[i], chosen[i] == target);
    int others = bars->probabilities->cols - count;
    if (others > 0)
        draw_words(bars, x, y + 22 + count++ * BAR_HEIGHT, draw_format(bars->list, "%d others", others),
                   rest(bars->probabilities, row, chosen, MOST_BARS), "", bars->spec->theme->muted);
    return 22 + count * BAR_HEIGHT;
}

static double widest_name(const Bars *bars)
{
    char visible[300];
    double widest = bars->probabilities->cols > MOST_BARS ? measure_text("99999 others", FACE_PLAIN, 11) : 20;
    for (int i = 0; i < bars->probabilities->cols; i++)
        widest = fmax(widest, measure_text(token(bars, i, visible, sizeof visible), FACE_PLAIN, 11));
    return ceil(fmin(widest, NAME_MOST));
}

/* The least of a few lengths that holds every probability, so that small ones can be told apart. */
static double full_length(const Value *probabilities)
{
    static const double lengths[] = {0.05, 0.1, 0.2, 0.5, 1};
    double most = 0;
    size_t i = 0;
    for (size_t cell = 0; cell < cells_of(probabilities); cell++)
        most = fmax(most, probabilities->data[cell]);
    while (i + 1 < sizeof lengths / sizeof *lengths && !(most <= lengths[i]))
        i++;
    return lengths[i];
}

static const char *told(const Bars *bars, const char *behind)
{
    const char *text = "";
    char number[NUMBER_SIZE], visible[200];
    for (int row = 0; row < bars->probabilities->rows && row < 12; row++) {
        int target = part_target(bars->spec->session->names.tape, &bars->prediction, row);
        if (target < 0)
            continue;
        const char *where = place(bars, row);
        text = draw_format(bars->list, "%s %c%s%s the target %s gets %s.", text, toupper((unsigned char)*where),
                           where + 1, behind, token(bars, target, visible, sizeof visible),
                           number_text(number, cell_of(bars->probabilities, row, target), 3));
    }
    return text;
}

/* The prediction that was asked for by the name of its probabilities; the first where none was. */
static bool choose(const Spec *spec, Prediction *out, Error *error)
{
    const Names *names = &spec->session->names;
    Nearest nearest = {0};
    char answer[NEAREST_TEXT];
    for (int i = 0, call; (call = part_prediction(names->tape, i)) >= 0; i++) {
        *out = part_prediction_of(names->tape, call);
        if (!spec->name || strcmp(spec->name, name_of(names, out->probabilities)) == 0)
            return true;
        nearest_offer(&nearest, spec->name, name_of(names, out->probabilities));
    }
    return error_set(error, EXIT_USED_WRONGLY, "no probabilities are called \"%.100s\"; %s",
                     spec->name ? spec->name : "", nearest_text(&nearest, answer, "this model predicts nothing"));
}

static bool predicts(const Session *session, const char **why)
{
    *why = "this model does not choose among classes or tokens";
    return part_prediction(session->names.tape, 0) >= 0;
}

static bool usual_prediction(const Session *session, char *name, size_t size)
{
    const Tape *tape = session->names.tape;
    int call = part_prediction(tape, 0);
    return usual_name(session, call >= 0 ? part_prediction_of(tape, call).probabilities : -1, name, size);
}

/* ", sequence 1": which of several predictions. */
static const char *which(const Spec *spec, DrawList *list, int probabilities)
{
    const Tape *tape = spec->session->names.tape;
    char words[PART_WORDS];
    if (part_prediction(tape, 1) < 0)
        return "";
    int frame = tape->steps[tape_value(tape, probabilities)->producer].frame;
    part_words(tape->frames[tape->frames[frame].parent].path, words, sizeof words);
    return draw_format(list, "%s%s", *words ? ", " : "", words);
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Prediction prediction;
    if (!choose(spec, &prediction, error) || !slice_fits(spec, prediction.probabilities, error))
        return false;
    char full[NUMBER_SIZE];
    page_begin(list, spec);
    Bars bars = {.spec = spec, .list = list, .prediction = prediction,
                 .probabilities = tape_value(spec->session->names.tape, prediction.probabilities)};
    bars.names = widest_name(&bars);
    bars.full = full_length(bars.probabilities);
    double block = bars.names + 8 + BAR_LENGTH + 6 + measure_text("0.000 ◂ target", FACE_PLAIN, 11), y = PAGE_TOP,
           height = 0;
    int across = (int)fmax(fmin(BLOCKS_ACROSS, floor((page_width(spec) + BLOCK_GAP) / (block + BLOCK_GAP))), 1);
    int all = bars.probabilities->rows, first = spec->rows.first, rows = spec->rows.end ? spec->rows.end - first : all;
    across = spec->across ? spec->across : across;
    for (int row = 0; row < rows; row++) {
        double x = PAGE_MARGIN + (row % across) * ceil(block + BLOCK_GAP);
        height = fmax(height, draw_position(&bars, x, y, first + row));
        if (row % across == across - 1 || row == rows - 1) {
            y += height + (row < rows - 1 ? 22 : 0);
            height = 0;
        }
    }
    int columns = rows < across ? rows : across;
    const Axis *of = row_axis(&spec->session->names, prediction.probabilities);
    const char *each = of->place ? "position" : *of->name ? of->name : "row";
    bool sum = rows_sum_to_one(bars.probabilities->data, all, bars.probabilities->cols);
    const char *title = draw_format(list, "What the model predicts %s %s%s", of->place ? "after each" : "for each",
                                    of->place ? "token" : each,
                                    which(spec, list, prediction.probabilities));
    const char *left_out = bars.probabilities->cols <= MOST_BARS
                               ? ""
                               : draw_format(list,
                                             "Of %d the %d likeliest are shown, the target among them, and what "
                                             "the others have together. ",
                                             bars.probabilities->cols, MOST_BARS);
    page_end(list, spec, PAGE_MARGIN + columns * block + (columns - 1) * BLOCK_GAP, y, title,
             draw_format(list, "Probabilities of the %s; a full bar is %s, and %s %s sums to 1. %s"
                         "The target is marked; its loss is −log of it.", of->place ? "next token" : "classes",
                         number_exact(full, bars.full), sum ? "every" : "not every", each, left_out),
             draw_format(list, "Bar charts of the predicted probabilities %s %d %ss.%s", of->place ? "at" : "of", rows,
                         each, told(&bars, of->place ? "" : ":")));
    return true;
}

const Figure PROBABILITIES_FIGURE = {
    .name = "probabilities", .words = "[NAME]", .shows = "what the model predicts at each position, the target marked",
    .takes = TAKES_ROWS | TAKES_ACROSS,
    .fits = predicts, .usual = usual_prediction, .draw = draw,
};
