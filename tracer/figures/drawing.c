/* figure drawing: how a token was drawn: its chances stage by stage, and the staircase of the chances added up with
 * the point that falls on one of its steps. Chapter 19. */
#include "figure_page.h"
#include "value_panel.h"

#include "tiny_model/primitive.h"
#include "tracer/query/drawings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    MOST_SHOWN = 12, ROW = 18, COLUMN = 118, BAR = 64, GAP = 14, NAME_WIDEST = 90, STAIRS = 190, STAIR_LEAST = 26,
    STAIR_WIDEST = 90, STAIRS_LEAST = 420, STAIRS_LEFT = 44
};
static const double SIZE = 11;

typedef struct {
    const Spec *spec;
    DrawList *list;
    const Tape *tape;
    DrawnToken drawn;
    int ids[MOST_SHOWN], count;  /* what is shown, the likeliest first */
    double names;                /* width of the widest */
} Drawn;

static const char *token(const Drawn *d, int id)
{
    const Names *names = &d->spec->session->names;
    const char *label = axis_label(names, col_axis(names, d->drawn.probabilities), id);
    char visible[200];
    return label ? draw_format(d->list, "%s", token_visible(visible, sizeof visible, label))
                 : draw_format(d->list, "%d", id);
}

static int taken(const Drawn *d)
{
    return (int)tape_value(d->tape, d->drawn.token)->data[0];
}

static bool is_shown(const Drawn *d, int id)
{
    for (int i = 0; i < d->count; i++)
        if (d->ids[i] == id)
            return true;
    return false;
}

/* Of equal chances the larger logit, of equal logits the lower id. */
static bool is_likelier(const Drawn *d, int a, int b)
{
    const double *p = tape_value(d->tape, d->drawn.probabilities)->data,
                 *z = tape_value(d->tape, d->drawn.stages[0].value)->data;
    return p[a] != p[b] ? p[a] > p[b] : z[a] != z[b] ? z[a] > z[b] : a < b;
}

/* The likeliest; the one that was drawn is always among them. */
static void choose_shown(Drawn *d)
{
    int size = tape_value(d->tape, d->drawn.probabilities)->cols;
    while (d->count < MOST_SHOWN && d->count < size) {
        int best = -1;
        for (int id = 0; id < size; id++)
            if (!is_shown(d, id) && (best < 0 || is_likelier(d, id, best)))
                best = id;
        d->ids[d->count++] = best;
    }
    if (!is_shown(d, taken(d)))
        d->ids[d->count - 1] = taken(d);
    for (int i = 0; i < d->count; i++)
        d->names = fmax(d->names, fmin(measure_text(token(d, d->ids[i]), FACE_PLAIN, SIZE), NAME_WIDEST));
}

static void draw_cell(const Drawn *d, const DrawnStage *stage, int id, double x, double y)
{
    char number[NUMBER_SIZE], exact[NUMBER_SIZE];
    const Theme *theme = d->spec->theme;
    double n = tape_value(d->tape, stage->value)->data[id];
    NumberFormat format = {.digits = d->spec->digits == AUTO_DIGITS ? 3 : d->spec->digits};
    bool gone = stage->shares && n == 0, hit = id == taken(d);
    Rgb ink = gone ? theme->muted : hit ? theme->mark : theme->ink;
    if (!stage->shares) {
        draw_text(d->list, x + BAR, y + 13, ALIGN_RIGHT, SIZE, ink, cell_number(number, n, format));
        return;
    }
    draw_rect(d->list, x, y + 2, BAR, ROW - 5, color_mix(theme->paper, theme->line, 0.35));
    if (!gone)
        draw_rect(d->list, x, y + 2, fmax(n * BAR, 1), ROW - 5, hit ? theme->mark : theme->forward)->tip =
            draw_format(d->list, "%s[0,%d] (%s) = %s", name_of(&d->spec->session->names, stage->value), id,
                        token(d, id), number_exact(exact, n));
    draw_text(d->list, x + BAR + 5, y + 13, ALIGN_LEFT, SIZE, ink, gone ? "cut off" : cell_number(number, n, format));
}

/* What a stage is called above its column. */
static const char *stage_words(const DrawnStage *stage, bool first_shares)
{
    static const char *const words[][2] = {
        {"cooled", "÷ T"}, {"top_p", "top-p"}, {"min_p", "min-p"}, {"frequency", "frequency"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(stage->name, words[i][0]) == 0)
            return words[i][1];
    return strcmp(stage->name, "probabilities") != 0 ? stage->name : first_shares ? "chances" : "divided again";
}

/* The table of stages; returns the y below it. */
static double draw_stages(const Drawn *d, double y)
{
    const Theme *theme = d->spec->theme;
    double x = PAGE_MARGIN + d->names + GAP;
    bool shared = false;
    for (int s = 0; s < d->drawn.stage_count; s++) {
        const DrawnStage *stage = &d->drawn.stages[s];
        draw_bold(d->list, stage->shares ? x : x + BAR, y + 10, stage->shares ? ALIGN_LEFT : ALIGN_RIGHT, SMALL_SIZE,
                  theme->ink, stage_words(stage, !shared));
        shared = shared || stage->shares;
        for (int i = 0; i < d->count; i++)
            draw_cell(d, stage, d->ids[i], x, y + 18 + i * ROW);
        x += stage->shares ? COLUMN : BAR + GAP;
    }
    for (int i = 0; i < d->count; i++)
        draw_text_within(d->list, PAGE_MARGIN + d->names, y + 18 + i * ROW + 13, NAME_WIDEST, ALIGN_RIGHT, SIZE,
                         d->ids[i] == taken(d) ? theme->mark : theme->ink, token(d, d->ids[i]));
    y += 18 + d->count * ROW;
    int others = tape_value(d->tape, d->drawn.probabilities)->cols - d->count;
    if (others > 0)
        draw_text(d->list, PAGE_MARGIN, y + 13, ALIGN_LEFT, SMALL_SIZE, theme->muted,
                  draw_format(d->list, "and %d other%s", others, others == 1 ? "" : "s"));
    return y + (others > 0 ? ROW : 0);
}

/* Every token that has a chance is a step as high as it, in the order of the vocabulary; the point is a height. */
static double draw_staircase(const Drawn *d, double y, double *right)
{
    const Theme *theme = d->spec->theme;
    const Value *p = tape_value(d->tape, d->drawn.probabilities), *ends = tape_value(d->tape, d->drawn.ends);
    double length = ends->data[ends->cols - 1], point = tape_value(d->tape, d->drawn.point)->data[0];
    double left = PAGE_MARGIN + STAIRS_LEFT, x = left, bottom = y + STAIRS;
    int left_over = 0;
    char number[NUMBER_SIZE];
    for (int id = 0; id < p->cols; id++)
        left_over += p->data[id] > 0;
    double room = fmax(*right - left, STAIRS_LEAST), wide = floor(fmax(fmin(room / left_over, STAIR_WIDEST), 1));
    for (int id = 0; id < p->cols; id++) {
        double to = ends->data[id], from = id ? ends->data[id - 1] : 0, high = STAIRS * (to - from) / length;
        if (!(p->data[id] > 0))
            continue;
        Rgb ink = id == taken(d) ? theme->mark : theme->forward;
        draw_rect(d->list, x, bottom - STAIRS * to / length, wide, fmax(high, 1), ink)->tip =
            draw_format(d->list, "%s: from %.6f to %.6f", token(d, id), from, to);
        if (wide >= STAIR_LEAST)
            draw_text_within(d->list, x + wide / 2, bottom + 14, wide, ALIGN_CENTER, SIZE,
                             id == taken(d) ? theme->mark : theme->ink, token(d, id));
        x += wide;
    }
    double at = bottom - STAIRS * point / length;
    draw_line(d->list, left, bottom, x, bottom, theme->line, 1);
    draw_line(d->list, left, y, left, bottom, theme->line, 1);
    draw_text(d->list, left - 6, bottom + 4, ALIGN_RIGHT, SMALL_SIZE, theme->muted, "0");
    draw_text(d->list, left - 6, y + 4, ALIGN_RIGHT, SMALL_SIZE, theme->muted, "1");
    draw_line(d->list, left, at, x, at, theme->mark, 1.5);
    draw_bold(d->list, x + 6, at + 4, ALIGN_LEFT, SMALL_SIZE, theme->mark,
              draw_format(d->list, "u = %s", number_text(number, point / length, 4)));
    *right = fmax(*right, x + 80);
    return bottom + 20;
}

/* Which of the tokens: by the name of a value in its frame; the last that was drawn where none is named. */
static bool choose(const Spec *spec, DrawnToken *out, Error *error)
{
    const Tape *tape = spec->session->names.tape;
    Reference reference;
    int step = tape->step_count;
    if (spec->name) {
        if (!reference_parse(&spec->session->names, spec->name, &reference, error))
            return false;
        int producer = tape_value(tape, reference.value)->producer;
        step = producer < 0 ? 0 : producer;
    }
    return drawn_token(tape, drawn_at(tape, step), out) ||
           error_set(error, EXIT_USED_WRONGLY, "no token is drawn on this tape");
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Drawn d = {.spec = spec, .list = list, .tape = spec->session->names.tape};
    char number[NUMBER_SIZE];
    if (!choose(spec, &d.drawn, error))
        return false;
    choose_shown(&d);
    page_begin(list, spec);
    double right = PAGE_MARGIN + d.names + GAP, y = draw_stages(&d, PAGE_TOP);
    for (int s = 0; s < d.drawn.stage_count; s++)
        right += d.drawn.stages[s].shares ? COLUMN : BAR + GAP;
    y = draw_staircase(&d, y + 26, &right);
    const Value *p = tape_value(d.tape, d.drawn.probabilities);
    int left = 0;
    for (int id = 0; id < p->cols; id++)
        left += p->data[id] > 0;
    const char *told = draw_format(list,
                                   "From the logits to a token: each column is a stage, and what a stage cuts off is "
                                   "gone behind it. %d of %d tokens are left. Below, their chances stand on each other "
                                   "in the order of the vocabulary; the height u falls on the step of %s, which is %s "
                                   "high.",
                                   left, p->cols, token(&d, taken(&d)), number_text(number, p->data[taken(&d)], 4));
    page_end(list, spec, right, y, draw_format(list, "How the token %s was drawn", token(&d, taken(&d))), told, told);
    return true;
}

static bool has_draw(const Session *session, const char **why)
{
    *why = "no token is drawn on this tape; --write '-n 3' shows a text that is written";
    return drawn_at(session->names.tape, 0) >= 0;
}

static bool usual_draw(const Session *session, char *name, size_t size)
{
    const Tape *tape = session->names.tape;
    DrawnToken token;
    return drawn_token(tape, drawn_at(tape, tape->step_count), &token) && usual_name(session, token.token, name, size);
}

const Figure DRAWING_FIGURE = {
    .name = "drawing", .words = "[NAME]",
    .shows = "how a token was drawn: its chances stage by stage, and the point on the staircase; with --write",
    .fits = has_draw, .usual = usual_draw, .draw = draw,
};
