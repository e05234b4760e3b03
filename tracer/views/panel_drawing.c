/* How a token was drawn: its chances stage by stage, side by side, and the rod that the point fell on. Enter on a line
 * goes to the step of the last stage, on the heading to the draw. */
#include "panel_page.h"
#include "tracer/query/drawings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LISTED = 200, TOKEN_COLUMNS = 10, STAGE_COLUMNS = 9, LEAST_ROD = 12, MOST_ROD = 60 };

bool draws_tokens(const Session *session, const char **why)
{
    *why = "no token is drawn on this tape; --write '-n 3' shows a text that is written";
    return drawn_at(session->names.tape, 0) >= 0;
}

static void put_token(const ViewState *state, const DrawnToken *drawn, int id, char *out, size_t size)
{
    const Names *names = &state->session->names;
    const char *label = axis_label(names, col_axis(names, drawn->probabilities), id);
    if (label)
        token_visible(out, size, label);
    else
        snprintf(out, size, "%d", id);
}

/* Those that are left first, the likeliest of them first; then by their logits; of equal ones the lower id. */
static bool comes_first(const Value *p, const Value *logits, int a, int b)
{
    if (p->data[a] != p->data[b])
        return p->data[a] > p->data[b];
    return logits->data[a] != logits->data[b] ? logits->data[a] > logits->data[b] : a < b;
}

static int list_tokens(const Tape *tape, const DrawnToken *drawn, int most, int *ids)
{
    const Value *p = tape_value(tape, drawn->probabilities), *logits = tape_value(tape, drawn->stages[0].value);
    int count = 0;
    most = most < MOST_LISTED ? most : MOST_LISTED;
    for (int id = 0; id < p->cols; id++) {
        int at = count;
        while (at > 0 && comes_first(p, logits, id, ids[at - 1]))
            at--;
        if (at == most)
            continue;
        count += count < most;
        for (int i = count - 1; i > at; i--)
            ids[i] = ids[i - 1];
        ids[at] = id;
    }
    return count;
}

static void add_padded(Text *line, const char *text, int columns)
{
    int width = text_width(text);
    text_add(line, "%*s%s", width < columns ? columns - width : 0, "", text);
}

/* The first stages give way where there is no room for all. */
static int first_stage(const Page *page, const DrawnToken *drawn)
{
    int room = page->width ? (page->width - TOKEN_COLUMNS - 2) / STAGE_COLUMNS : MOST_DRAWN_STAGES;
    return drawn->stage_count > room ? drawn->stage_count - (room > 1 ? room : 1) : 0;
}

static void add_heading(Page *page, const DrawnToken *drawn)
{
    Text line = {0};
    text_add(&line, "%*s", TOKEN_COLUMNS + 2, "");
    for (int i = first_stage(page, drawn); i < drawn->stage_count; i++) {
        char name[STAGE_COLUMNS];
        snprintf(name, sizeof name, "%.*s", STAGE_COLUMNS - 1,
                 strcmp(drawn->stages[i].name, "probabilities") == 0 ? "chance" : drawn->stages[i].name);
        add_padded(&line, name, STAGE_COLUMNS);
    }
    page_line(page, DIM, "%s", text_piece(&page->text, &line));
    text_free(&line);
}

static void add_token(const ViewState *state, Page *page, const DrawnToken *drawn, int id)
{
    const Tape *tape = state_tape(state);
    char token[80], number[NUMBER_SIZE];
    bool taken = (int)tape_value(tape, drawn->token)->data[0] == id;
    int digits = state->settings.digits < 4 ? state->settings.digits : 4, first = first_stage(page, drawn);
    Text line = {0};
    put_token(state, drawn, id, token, sizeof token);
    int width = text_width(token);
    text_add(&line, "%s%s%*s", taken ? page->ascii ? "> " : "▶ " : "  ", token,
             width < TOKEN_COLUMNS ? TOKEN_COLUMNS - width : 0, "");
    for (int i = first; i < drawn->stage_count; i++) {
        double x = tape_value(tape, drawn->stages[i].value)->data[id];
        add_padded(&line, drawn->stages[i].shares && x == 0 ? "." : number_text(number, x, digits), STAGE_COLUMNS);
    }
    page_line(page, taken ? BOLD : 0, "%s", text_piece(&page->text, &line));
    text_free(&line);
    int last = drawn->stages[drawn->stage_count - 1].value;
    for (int i = first; i < drawn->stage_count && page->width && width <= TOKEN_COLUMNS; i++) {
        double x = tape_value(tape, drawn->stages[i].value)->data[id];
        if (drawn->stages[i].shares && x > 0)
            page_heat(page, TOKEN_COLUMNS + 2 + (i - first) * STAGE_COLUMNS + 1, STAGE_COLUMNS - 1,
                      (unsigned char)(1 + HEAT_SIDE + heat_level(x, 1)));
    }
    page_leads(page, tape_value(tape, last)->producer, 0, id);
}

/* The piece of the rod that is a token's: where it begins and ends, and the point if it falls there. */
static void add_piece(const ViewState *state, Page *page, const DrawnToken *drawn, int id, int columns)
{
    const Tape *tape = state_tape(state);
    const double *ends = tape_value(tape, drawn->ends)->data;
    double length = ends[tape_value(tape, drawn->ends)->cols - 1], point = tape_value(tape, drawn->point)->data[0];
    double from = id ? ends[id - 1] : 0, to = ends[id];
    bool hit = (int)tape_value(tape, drawn->token)->data[0] == id;
    char token[80], number[NUMBER_SIZE];
    Text line = {0};
    put_token(state, drawn, id, token, sizeof token);
    text_add(&line, "  %s%*s ", token, text_width(token) < TOKEN_COLUMNS ? TOKEN_COLUMNS - text_width(token) : 0, "");
    int first = (int)(from / length * columns), end = (int)ceil(to / length * columns),
        at = (int)(point / length * columns);
    for (int c = 0; c < columns; c++) {
        bool inside = c >= first && c < end;
        text_add(&line, "%s", hit && c == (at < first ? first : at >= end ? end - 1 : at) ? page->ascii ? "^" : "▲"
                              : inside ? page->ascii ? "#" : "█"
                                       : page->ascii ? "." : "·");
    }
    text_add(&line, " %s", number_text(number, to, state->settings.digits < 4 ? state->settings.digits : 4));
    page_line(page, hit ? BOLD : 0, "%s", text_piece(&page->text, &line));
    text_free(&line);
    page_leads(page, tape_value(tape, drawn->ends)->producer, 0, id);
}

void write_drawing(const ViewState *state, Page *page)
{
    const Tape *tape = state_tape(state);
    DrawnToken drawn;
    int ids[MOST_LISTED], which = drawn_at(tape, state->cursor.step), left = 0;
    char token[80], number[NUMBER_SIZE];
    const char *why;
    if (which < 0 || !drawn_token(tape, which, &drawn)) {
        draws_tokens(state->session, &why);
        page_words(page, "", why);
        return;
    }
    const Value *p = tape_value(tape, drawn.probabilities), *ends = tape_value(tape, drawn.ends);
    put_token(state, &drawn, (int)tape_value(tape, drawn.token)->data[0], token, sizeof token);
    snprintf(page->title, sizeof page->title, "token %d: %.60s", which + 1, token);
    for (int i = 0; i < p->cols; i++)
        left += p->data[i] > 0;
    int most = page->room > 20 ? page->room / 2 : 8;
    int listed = list_tokens(tape, &drawn, p->cols == most + 1 ? most + 1 : most, ids);
    add_heading(page, &drawn);
    for (int i = 0; i < listed; i++)
        add_token(state, page, &drawn, ids[i]);
    if (listed < p->cols)
        page_line(page, DIM, "  %d others, %d of them with a chance", p->cols - listed,
                  left > listed ? left - listed : 0);
    char point[NUMBER_SIZE];
    page_line(page, DIM, "%s of %s falls on %s", number_text(point, tape_value(tape, drawn.point)->data[0], 4),
              number_text(number, ends->data[ends->cols - 1], 4), token);
    page_leads(page, drawn.step, 0, 0);
    int columns = page->width ? page->width - TOKEN_COLUMNS - 12 : MOST_ROD;
    columns = columns < LEAST_ROD ? LEAST_ROD : columns > MOST_ROD ? MOST_ROD : columns;
    for (int id = 0; id < p->cols; id++)
        for (int i = 0; i < listed; i++)
            if (ids[i] == id && p->data[id] > 0)
                add_piece(state, page, &drawn, id, columns);
}
