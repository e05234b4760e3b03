/* figure tokens: running text, each token on the colour of its number: a row or column of any value whose axis has
 * tokens; of an attention head the keys as a query weighs them, every query or one.
 *   source  the form that CircuitsVis made common */
#include "figure_page.h"
#include "plain_words.h"
#include "value_panel.h"

#include "tracer/query/parts.h"

#include <math.h>

enum {
    LINE = 44, BOX = 22, PAD = 5, WIDEST = 640, LABEL_MOST = 110, LABEL_GAP = 12, BAR_HEIGHT = 76, MOST_LINES = 64,
    NUMBER = 9
};
static const double TEXT = 13;

/* The text: one token after the other, in one or several passages. */
typedef struct {
    const Spec *spec;
    DrawList *list;
    const Panel *panel;
    bool across;                 /* the tokens are columns and each passage a row; else the other way round */
    bool is_map;
    double left, right;          /* where lines begin and end */
} Passage;

static double number_at(const Passage *p, int passage, int token)
{
    int row = p->across ? passage : token, col = p->across ? token : passage;
    return p->panel->data[(size_t)row * (size_t)p->panel->cols + (size_t)col];
}

static void draw_token(const Passage *p, int passage, int token, double x, double y, double width)
{
    char number[NUMBER_SIZE], exact[NUMBER_SIZE];
    const Theme *theme = p->spec->theme;
    const Panel *panel = p->panel;
    double value = number_at(p, passage, token);
    int row = (p->across ? passage : token) + panel->first_row, col = (p->across ? token : passage) + panel->first_col;
    bool hidden = panel->causal && col > row, odd = !isfinite(value);
    Rgb fill = hidden || odd ? theme->paper : scale_color(theme, panel->scale, value);
    const char *label = (p->across ? panel->col_labels : panel->row_labels)[token];
    Item *box = draw_rect(p->list, x, y, width, BOX, fill);
    box->radius = 3;
    box->tip = draw_format(p->list, "%s[%d,%d] (%s) = %s%s", panel->name, row, col, label, number_exact(exact, value),
                           hidden ? " (masked)" : "");
    draw_text_within(p->list, x + width / 2, y + BOX / 2.0 + 0.36 * TEXT, LABEL_MOST, ALIGN_CENTER, TEXT,
                     hidden ? theme->muted : color_on(fill), label);
    if (!hidden)
        draw_text(p->list, x + width / 2, y + BOX + 11, ALIGN_CENTER, NUMBER, theme->muted,
                  cell_number(number, value, panel->format));
    if (p->is_map && row == col)
        draw_outline(p->list, x, y, width, BOX, theme->mark, 1.5)->radius = 3;
}

static double token_width(const Passage *p, int passage, int token)
{
    char number[NUMBER_SIZE];
    const char *label = (p->across ? p->panel->col_labels : p->panel->row_labels)[token];
    double text = fmin(measure_text(label, FACE_PLAIN, TEXT), LABEL_MOST);
    cell_number(number, number_at(p, passage, token), p->panel->format);
    return ceil(fmax(text, measure_text(number, FACE_PLAIN, NUMBER))) + 2 * PAD;
}

/* One passage, broken into lines; returns the y below it. */
static double draw_passage(const Passage *p, int passage, double y, double *right)
{
    double x = p->left;
    int count = p->across ? p->panel->cols : p->panel->rows;
    const char *const *names = p->across ? p->panel->row_labels : p->panel->col_labels;
    if (names && p->left > PAGE_MARGIN)
        draw_text_within(p->list, p->left - LABEL_GAP, y + BOX / 2.0 + 0.36 * TEXT_SIZE, LABEL_MOST, ALIGN_RIGHT,
                         TEXT_SIZE, p->spec->theme->muted, names[passage]);
    for (int token = 0; token < count; token++) {
        double width = token_width(p, passage, token);
        if (x > p->left && x + width > p->right) {
            x = p->left;
            y += LINE;
        }
        draw_token(p, passage, token, x, y, width);
        x += width + 3;
        *right = fmax(*right, x - 3);
    }
    return y + LINE;
}

/* What is shown: a head by its place, else a value, a row or a column of it. */
static bool choose(const Spec *spec, Reference *out, bool *is_map, Error *error)
{
    int map = part_map_find(spec->session->names.tape, spec->name), query;
    *out = (Reference){.value = map, .row = ALL, .col = ALL};
    if (map < 0 && !reference_parse(&spec->session->names, spec->name, out, error))
        return false;
    const Axis *rows = row_axis(&spec->session->names, out->value), *cols = col_axis(&spec->session->names, out->value);
    *is_map = rows->place && cols->place;
    if (out->row != ALL && out->col != ALL)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" is one cell; write NAME[r,:] or NAME[:,c]", spec->name);
    if (!query_parse(spec, out->value, &query, error))
        return false;
    if (query != ALL)
        out->row = query;
    if (!cols->labels && !rows->labels)
        return error_set(error, EXIT_USED_WRONGLY, "\"%.200s\" has no tokens; draw it with tracer render matrix",
                         name_of(&spec->session->names, out->value));
    return slice_fits(spec, out->value, error);
}

/* Of the passages those that were asked for: from *first to before *end. */
static void choose_passages(const Passage *p, Reference asked, int *first, int *end)
{
    int wanted = p->across ? asked.row - p->panel->first_row : asked.col - p->panel->first_col;
    *first = 0;
    *end = p->across ? p->panel->rows : p->panel->cols;
    if ((p->across ? asked.row : asked.col) != ALL && wanted >= 0 && wanted < *end)
        *first = wanted, *end = wanted + 1;
    if (*end - *first > MOST_LINES)
        *end = *first + MOST_LINES;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Reference asked;
    bool is_map;
    if (!choose(spec, &asked, &is_map, error))
        return false;
    page_begin(list, spec);
    const Names *names = &spec->session->names;
    Panel panel = panel_of_value(list, spec, spec->session, asked.value);
    Passage p = {.spec = spec, .list = list, .panel = &panel, .is_map = is_map,
                 .across = asked.col == ALL && col_axis(names, asked.value)->labels && panel.col_labels};
    int first, end;
    choose_passages(&p, asked, &first, &end);
    const char *const *labels = p.across ? panel.row_labels : panel.col_labels;
    double label = 0, right = PAGE_MARGIN, y = PAGE_TOP + 4;
    for (int i = first; labels && i < end; i++)
        label = fmax(label, fmin(measure_text(labels[i], FACE_PLAIN, TEXT_SIZE), LABEL_MOST));
    p.left = PAGE_MARGIN + (label > 0 ? ceil(label) + LABEL_GAP : 0);
    p.right = fmin(p.left + WIDEST, page_width(spec) + PAGE_MARGIN - 70);
    for (int passage = first; passage < end; passage++)
        y = draw_passage(&p, passage, y, &right);
    right += 16 + draw_color_bar(list, spec->theme, panel.scale, right + 16, PAGE_TOP + 4, BAR_HEIGHT);
    int all = p.across ? panel.rows : panel.cols;
    const char *left_out = end - first < all && end - first == MOST_LINES
                               ? draw_format(list, " The first %d of %d are shown.", MOST_LINES, all)
                               : "";
    char where[PART_WORDS];
    const char *title = part_map_find(names->tape, name_of(names, asked.value)) < 0
                            ? value_title(list, spec, asked.value)
                            : draw_format(list, "Attention of %s",
                                          part_map_words(names->tape, asked.value, where, sizeof where));
    const char *told = is_map
        ? "Each token has the color of the weight that the query, outlined, gives it."
        : "Each token has the color of its number.";
    page_end(list, spec, right, fmax(y - 8, PAGE_TOP + 4 + BAR_HEIGHT), title,
             draw_format(list, "%s%s", told, left_out),
             draw_format(list, "Running text of %d tokens, %d time%s, each token on a color that tells %s of it. %s",
                         p.across ? panel.cols : panel.rows, end - first, end - first == 1 ? "" : "s", title, told));
    return true;
}

/* Attention among words, not among the patches of a picture. */
static bool has_tokens(const Session *session, const char **why)
{
    if (!has_attention(session, why))
        return false;
    int map = part_map(session->names.tape, 0);
    *why = "who attends here has no name: no tokens, only places";
    return row_axis(&session->names, map)->labels || col_axis(&session->names, map)->labels;
}

const Figure TOKENS_FIGURE = {
    .name = "tokens",
    .words = "[block0.head1|NAME[r,:]]",
    .shows = "running text, each token on the color of its weight; --row TOKEN: as one query sees it",
    .takes = TAKES_COLORS | TAKES_QUERY | TAKES_ROWS | TAKES_COLUMNS,
    .fits = has_tokens,
    .usual = usual_map,
    .draw = draw,
};
