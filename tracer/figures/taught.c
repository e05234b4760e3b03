/* figures taught and wall: what the row that is read of a sequence looked at, and which tokens its gradient taught
 * something; and a second run beside it, in which that gradient may not come so far. Chapter 34.
 *
 *   looked at   the row of each attention map that stands where the sequence is read
 *   taught      the norm of the gradient of each row of the embedding */
#include "figure_page.h"

#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"
#include "tracer/query/nudge.h"
#include "tracer/query/parts.h"

#include <math.h>
#include <string.h>

enum { LABEL = 84, BAR = 64, NUMBER = 40, ROW = 22, THICK = 13, HEAD = 40, MOST_MAPS = 4, MOST_ROWS = 48, APART = 24 };
#define NUDGE 0.1

enum { SAVED_POSITIONS = 0, TAUGHT = 110, FOOT = 18 };

/* The first row that is read of a sequence, and what it was made of. */
typedef struct {
    const Session *session;
    int read, embedding;         /* value ids */
    int row, rows;               /* which row, of how many */
    int maps[MOST_MAPS], map_count, maps_left;
} Reader;

static bool find_reader(const Session *session, Reader *out)
{
    const Tape *tape = session->names.tape;
    *out = (Reader){.session = session, .read = -1, .embedding = -1};
    for (int i = 0; i < tape->call_count && out->read < 0; i++) {
        const Call *call = &tape->calls[i];
        if (call->rule == &EMBEDDING && tape_rows(tape, call->output)->place) {
            *out = (Reader){.session = session, .read = -1, .embedding = call->output};
            out->rows = tape_value(tape, call->output)->rows;
        } else if (call->rule == &SOFTMAX && tape_rows(tape, call->output)->place &&
                   tape_cols(tape, call->output)->place && tape_value(tape, call->output)->cols == out->rows) {
            if (out->map_count < MOST_MAPS)
                out->maps[out->map_count++] = call->output;
            else
                out->maps_left++;
        } else if (call->rule == &READ_ROW && tape_value(tape, call->output)->rows == 1 && out->embedding >= 0 &&
                   tape_value(tape, call->inputs[0])->rows == out->rows) {
            out->read = call->output;
            out->row = (int)tape_value(tape, call->saved[SAVED_POSITIONS])->data[0];
        }
    }
    return out->read >= 0 && out->map_count > 0;
}

static double norm_of_row(const Value *of, int row)
{
    double squares = 0;
    for (int c = 0; c < of->cols; c++)
        squares += cell_of(of, row, c) * cell_of(of, row, c);
    return sqrt(squares);
}

/* What the longest bars stand for. */
typedef struct {
    double looked, taught;
} Longest;

static void lengthen(Longest *longest, const Reader *of)
{
    const Tape *tape = of->session->names.tape;
    int gradient = tape_value(tape, of->embedding)->gradient;
    for (int t = 0; t < of->rows; t++) {
        for (int m = 0; m < of->map_count; m++)
            longest->looked = fmax(longest->looked, cell_of(tape_value(tape, of->maps[m]), of->row, t));
        if (gradient >= 0)
            longest->taught = fmax(longest->taught, norm_of_row(tape_value(tape, gradient), t));
    }
}

/* The last two words of where a map stands: "block 0, head 1". */
static const char *words_of_map(DrawList *list, const Reader *of, int map)
{
    char words[PART_WORDS];
    const char *all = draw_format(list, "%s", part_map_words(of->session->names.tape, map, words, sizeof words));
    for (const char *comma = strchr(all, ','); comma && strchr(comma + 1, ','); comma = strchr(all, ','))
        all = comma + 2;
    return all;
}

static int shown_rows(const Reader *of)
{
    return of->rows < MOST_ROWS ? of->rows : MOST_ROWS;
}

static double width_of(const Reader *of)
{
    return LABEL + of->map_count * (BAR + NUMBER) + TAUGHT + NUMBER + 16;
}

static void draw_bar(DrawList *list, const Theme *theme, double x, double y, double length, Rgb color, double number,
                     int digits)
{
    char text[NUMBER_SIZE];
    draw_rect(list, x, y - THICK / 2.0, length, THICK, color);
    draw_text(list, x + length + 4, y + 4, ALIGN_LEFT, SMALL_SIZE, theme->ink,
              draw_format(list, "%s", number_text(text, number, digits)));
}

static void draw_row(const Spec *spec, DrawList *list, const Reader *of, int t, double x, double y,
                     const Longest *scale)
{
    const Theme *theme = spec->theme;
    const Names *names = &of->session->names;
    char shown[64];
    const char *label = axis_label(names, row_axis(names, of->embedding), t);
    const char *words = label ? draw_format(list, "%d %s", t, token_visible(shown, sizeof shown, label))
                              : draw_format(list, "%d", t);
    draw_text_within(list, x + LABEL - 8, y + 4, LABEL - 10, ALIGN_RIGHT, SMALL_SIZE, theme->ink, words);
    for (int m = 0; m < of->map_count; m++) {
        double weight = cell_of(tape_value(names->tape, of->maps[m]), of->row, t);
        draw_bar(list, theme, x + LABEL + m * (BAR + NUMBER), y, BAR * weight / scale->looked, theme->forward, weight,
                 2);
    }
    int gradient = tape_value(names->tape, of->embedding)->gradient;
    if (gradient < 0)
        return;
    double far = norm_of_row(tape_value(names->tape, gradient), t);
    draw_bar(list, theme, x + width_of(of) - TAUGHT - NUMBER, y, scale->taught > 0 ? TAUGHT * far / scale->taught : 0,
             theme->backward, far, DEFAULT_DIGITS);
}

/* In the place of gradients: where they stop. */
static void draw_wall(const Spec *spec, DrawList *list, double x, double y, double height)
{
    draw_hatch(list, x, y, TAUGHT, height, spec->theme->muted);
    draw_line(list, x, y, x, y + height, spec->theme->ink, 3);
    const char *words[] = {"no gradient:", "frozen"};
    for (int i = 0; i < 2; i++) {
        double wide = measure_text(words[i], FACE_BOLD, TEXT_SIZE) + 10, at = y + height / 2 - 8 + 18 * i;
        draw_rect(list, x + TAUGHT / 2.0 - wide / 2, at - 13, wide, 18, spec->theme->paper);
        draw_bold(list, x + TAUGHT / 2.0, at, ALIGN_CENTER, TEXT_SIZE, spec->theme->ink, words[i]);
    }
}

/* One run; returns its bottom. */
static double draw_reader(const Spec *spec, DrawList *list, const Reader *of, double x, double y, const Longest *scale)
{
    const Theme *theme = spec->theme;
    const Tape *tape = of->session->names.tape;
    for (int m = 0; m < of->map_count; m++)
        draw_text_within(list, x + LABEL + m * (BAR + NUMBER), y + HEAD - 8, BAR + NUMBER - 6, ALIGN_LEFT, SMALL_SIZE,
                         theme->muted, words_of_map(list, of, of->maps[m]));
    double right = x + width_of(of) - TAUGHT - NUMBER, height = ROW * shown_rows(of);
    draw_bold(list, x + LABEL, y + HEAD - 24, ALIGN_LEFT, SMALL_SIZE, theme->forward, "looked at");
    draw_bold(list, right, y + HEAD - 24, ALIGN_LEFT, SMALL_SIZE, theme->backward, "taught");
    draw_text(list, right, y + HEAD - 8, ALIGN_LEFT, SMALL_SIZE, theme->muted, "norm of the gradient");
    for (int t = 0; t < shown_rows(of); t++)
        draw_row(spec, list, of, t, x, y + HEAD + ROW * (t + 0.5), scale);
    if (tape_value(tape, of->embedding)->gradient < 0)
        draw_wall(spec, list, right, y + HEAD, height);
    return y + HEAD + height;
}

static const char *caption_of(DrawList *list, const Reader *of)
{
    char name[120];
    tape_name(of->session->names.tape, of->read, name, sizeof name);
    const char *left = of->maps_left ? draw_format(list, " %d more heads are not shown.", of->maps_left) : "";
    const char *rows = of->rows > MOST_ROWS ? draw_format(list, " The first %d of %d tokens.", MOST_ROWS, of->rows)
                                            : "";
    bool back = tape_value(of->session->names.tape, of->embedding)->gradient >= 0;
    return draw_format(list, "Row %d is read as \"%s\". Blue: what it looked at. %s%s%s", of->row, name,
                       back ? "Orange: how much gradient came back to each token's row of the embedding."
                            : "Nothing comes back to the tokens: what lies behind the wall is frozen.", left, rows);
}

static bool draw_taught(const Spec *spec, DrawList *list, Error *error)
{
    Reader reader;
    if (!find_reader(spec->session, &reader))
        return error_set(error, EXIT_USED_WRONGLY, "no row of a sequence is read in this run");
    page_begin(list, spec);
    Longest longest = {0};
    lengthen(&longest, &reader);
    double bottom = draw_reader(spec, list, &reader, PAGE_MARGIN, PAGE_TOP, &longest);
    const char *told = caption_of(list, &reader);
    page_end(list, spec, PAGE_MARGIN + width_of(&reader), bottom + 4, "Which tokens were taught something", told, NULL);
    return true;
}

static bool reads_a_row(const Session *session, const char **why)
{
    Reader reader;
    *why = "no row of a sequence with attention is read in this model; the presets nights and spending do it";
    return find_reader(session, &reader);
}

const Figure TAUGHT_FIGURE = {
    .name = "taught", .words = "",
    .shows = "what the row that is read of a sequence looked at, and which tokens its gradient taught something",
    .fits = reads_a_row, .draw = draw_taught,
};

/* --- wall --- */

/* The cell with the largest gradient of all parameters that have one in the first run, and none in the other. */
static bool behind_the_wall(const Session *session, const Session *other, Reference *cell, Reference *there)
{
    const Tape *tape = session->names.tape;
    double most = 0;
    for (int id = 0; id < tape->value_count; id++) {
        const Value *of = &tape->values[id];
        if (of->kind != KIND_PARAMETER || of->gradient < 0)
            continue;
        int same = name_find(&other->names, name_of(&session->names, id));
        if (same < 0 || tape_value(other->names.tape, same)->gradient >= 0)
            continue;
        const double *slopes = tape_value(tape, of->gradient)->data;
        for (size_t i = 0; i < cells_of(of); i++)
            if (fabs(slopes[i]) > most) {
                most = fabs(slopes[i]);
                *cell = (Reference){.value = id, .row = (int)i / of->cols, .col = (int)i % of->cols};
                *there = (Reference){.value = same, .row = cell->row, .col = cell->col};
            }
    }
    return most > 0;
}

/* What the loss does when the cell moves, and what was known of it before. */
static bool tell_nudge(const Spec *spec, DrawList *list, const Session *session, Reference cell, double x, double y,
                       Error *error)
{
    Nudged nudged;
    Change change = {.cell = cell, .amount = NUDGE};
    char before[NUMBER_SIZE], after[NUMBER_SIZE], number[NUMBER_SIZE];
    if (!nudge_cells(session, &change, 1, &nudged, error))
        return false;
    draw_text(list, x, y, ALIGN_LEFT, SMALL_SIZE, spec->theme->ink,
              draw_format(list, "loss %s → %s, change %s", number_text(before, nudged.loss_before, 4),
                          number_text(after, nudged.loss_after, 4),
                          number_text(number, nudged.loss_after - nudged.loss_before, 4)));
    const char *known = "the gradient foretold: nothing, there is none";
    if (nudged.has_gradient)
        known = draw_format(list, "the gradient foretold: %s", number_text(number, nudged.predicted, 4));
    draw_text(list, x, y + FOOT, ALIGN_LEFT, SMALL_SIZE, spec->theme->backward, known);
    nudged_free(&nudged);
    return true;
}

static bool draw_beside(const Spec *spec, DrawList *list, Error *error)
{
    Reader readers[2];
    Longest longest = {0};
    Reference cells[2];
    double bottom = 0, right = PAGE_MARGIN, x[2];
    if (!find_reader(spec->session, &readers[0]) || !find_reader(spec->other, &readers[1]))
        return error_set(error, EXIT_USED_WRONGLY, "no row of a sequence is read in one of the two runs");
    page_begin(list, spec);
    for (int i = 0; i < 2; i++)
        lengthen(&longest, &readers[i]);
    for (int i = 0; i < 2; i++) {
        x[i] = right + (i ? APART : 0);
        draw_bold(list, x[i] + LABEL, PAGE_TOP + 10, ALIGN_LEFT, TEXT_SIZE, spec->theme->ink,
                  i ? "second run" : "first run");
        bottom = fmax(bottom, draw_reader(spec, list, &readers[i], x[i], PAGE_TOP + FOOT, &longest));
        right = x[i] + width_of(&readers[i]);
    }
    const char *moved = "Nothing that the first run trains is frozen in the second.";
    if (behind_the_wall(spec->session, spec->other, &cells[0], &cells[1])) {
        for (int i = 0; i < 2; i++)
            if (!tell_nudge(spec, list, i ? spec->other : spec->session, cells[i], x[i] + 10, bottom + 24, error))
                return false;
        bottom += 24 + FOOT;
        moved = draw_format(list, "Below: the same weight, %s[%d,%d], is moved by %.1f in both.",
                            name_of(&spec->session->names, cells[0].value), cells[0].row, cells[0].col, NUDGE);
    }
    const char *told = draw_format(list, "%s Bars of both runs share their scales. %s", caption_of(list, &readers[0]),
                                   moved);
    page_end(list, spec, right, bottom + 8, "Where the gradient stops, in two runs", told, NULL);
    return true;
}

const Figure WALL_FIGURE = {
    .name = "wall", .words = "",
    .shows = "the same beside another run (--against): where the gradient stops, and one weight moved in both",
    .needs = NEEDS_OTHER, .fits = reads_a_row, .draw = draw_beside,
};
