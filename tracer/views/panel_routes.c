/* Gradient by route: through whom a cell's gradient came back (the residual, each head, the mlp),
 * and, for a weight, which token or example contributed what. Enter goes to the message or its source. */
#include "panel_page.h"
#include "tracer/query/routes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_GROUPS = 24, GROUP_NAME = 40, BAR = 16, NAME_WIDTH = 14, NUMBERS_WIDTH = 20 };

/* Messages that came through the same part of the model. */
typedef struct {
    char name[GROUP_NAME];
    double number, share;
    int messages;
} Group;

static int group_of(const Names *names, const Route *route, Group groups[MOST_GROUPS], int *count)
{
    char name[GROUP_NAME];
    route_part(names, route, name, sizeof name);
    for (int i = 0; i < *count; i++)
        if (strcmp(groups[i].name, name) == 0)
            return i;
    if (*count == MOST_GROUPS)
        return MOST_GROUPS - 1;
    groups[*count] = (Group){0};
    snprintf(groups[*count].name, GROUP_NAME, "%s", name);
    return (*count)++;
}

static void add_share(const ViewState *state, Page *page, int indent, const char *name, double number, double share)
{
    char text[NUMBER_SIZE], bar[4 * BAR + 4];
    int pad = NAME_WIDTH - indent - text_width(name),
        room = page->width ? page->width - NAME_WIDTH - NUMBERS_WIDTH : BAR;
    page_line(page, 0, "%*s%s%*s %9s %4.0f %%  %s", indent, "", name, pad > 0 ? pad : 0, "",
              number_signed(text, number, state->settings.digits), 100 * share,
              share_bar(share, room > BAR ? BAR : room, page->ascii, bar, sizeof bar));
}

/* A group, and its messages below it if there are several. */
static void add_group(const ViewState *state, Page *page, const Route *routes, int count, const int *member, int group,
                      const Group *of, Reference cell)
{
    const Tape *tape = state_tape(state);
    char name[200];
    add_share(state, page, 0, of->name, of->number, of->share);
    for (int i = 0; i < count; i++) {
        if (member[i] != group)
            continue;
        if (of->messages > 1)
            add_share(state, page, 2, route_name(&state->session->names, &routes[i], name, sizeof name),
                      routes[i].number, routes[i].share);
        page_leads(page, tape_value(tape, routes[i].message)->producer, cell.row, cell.col);
    }
}

static void add_routes(const ViewState *state, Page *page, Reference cell)
{
    Route routes[MOST_ROUTES];
    Group groups[MOST_GROUPS];
    int member[MOST_ROUTES], group_count = 0;
    int count = routes_of(&state->session->names, cell.value, cell.row, cell.col, routes);
    for (int i = 0; i < count; i++) {
        Group *group = &groups[member[i] = group_of(&state->session->names, &routes[i], groups, &group_count)];
        group->number += routes[i].number;
        group->share += routes[i].share;
        group->messages++;
    }
    page_line(page, DIM, "through %s", group_count > 1 ? "(share of all sizes)" : "one route only");
    for (int i = 0; i < group_count; i++)
        add_group(state, page, routes, count, member, i, &groups[i], cell);
}

/* What the terms run over, "token" or "example": each reads another row, and rows are that. NULL if they do not. */
static const char *summed_over(const ViewState *state, const Explanation *e)
{
    /* One term is no sum over tokens, and a constant has no row. */
    if (e->count < 2 || e->combine != COMBINE_SUM || e->terms[0].cell_count == 0 || e->terms[0].cells[0].value < 0)
        return NULL;
    const Cell *first = &e->terms[0].cells[0], *second = &e->terms[1].cells[0];
    const char *name = row_axis(&state->session->names, first->value)->name;
    return first->value == second->value && first->row != second->row && *name ? name : NULL;
}

static void add_rows(const ViewState *state, Page *page, Reference gradient)
{
    const Tape *tape = state_tape(state);
    Explanation e = {0};
    double size = 0;
    page->text.failed |= !explain(tape, gradient.value, gradient.row, gradient.col, &e);
    const char *over = summed_over(state, &e);
    if (over) {
        for (int i = 0; i < e.count; i++)
            size += fabs(e.terms[i].contribution);
        page_line(page, DIM, "by %s: the gradient of a weight is a sum over %ss", over, over);
        for (int i = 0; i < e.count; i++) {
            const Term *term = &e.terms[i];
            const Cell *from = &term->cells[term->cell_count > 1];
            char name[64], visible[48] = "";
            const char *label = axis_label(&state->session->names,
                                           row_axis(&state->session->names, term->cells[0].value), term->cells[0].row);
            if (label)
                snprintf(name, sizeof name, "%d %s", term->cells[0].row, token_visible(visible, sizeof visible, label));
            else
                snprintf(name, sizeof name, "%s %d", over, term->cells[0].row);
            add_share(state, page, 0, name, term->contribution, size > 0 ? fabs(term->contribution) / size : 0);
            if (from->value >= 0)
                page_leads(page, tape_value(tape, from->value)->producer, from->row, from->col);
        }
    }
    explanation_free(&e);
}

void write_routes(const ViewState *state, Page *page)
{
    const Tape *tape = state_tape(state);
    Reference cell = state_asked(state);
    char name[300], words[400], number[NUMBER_SIZE];
    cell.value = page_subject(state);
    if (cell.value < 0) {
        snprintf(words, sizeof words, "the selected cell is no gradient and has none; go to one%s",
                 as_with_gradient(state, name, sizeof name));
        page_words(page, "", words);
        return;
    }
    int gradient = tape_value(tape, cell.value)->gradient;
    snprintf(words, sizeof words, "the loss grows %s times as fast as %.300s",
             number_signed(number, cell_of(tape_value(tape, gradient), cell.row, cell.col), state->settings.digits),
             cell_text(&state->session->names, cell.value, cell.row, cell.col, name, sizeof name));
    page_words(page, "", words);
    add_routes(state, page, cell);
    add_rows(state, page, (Reference){gradient, cell.row, cell.col});
}
