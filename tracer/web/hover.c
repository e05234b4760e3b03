/* What the pointer lies on: the whole number, its arithmetic, who reads it, and where all that stands on the screen;
 * see web.h. */
#include "web.h"

#include "tracer/query/formula.h"
#include "tracer/query/uses.h"
#include "tracer/stepper/screen.h"
#include "tracer/views/hiding.h"
#include "tracer/views/own_answer.h"

#include <string.h>

enum { TOLD_TERMS = 6, TOLD_READERS = 4, NAME_ROOM = 400 };

static bool is_cell(const ViewState *view, const Hit *hit, Reference *out)
{
    if (hit->kind == HIT_CELL)
        *out = (Reference){state_step(view)->output, hit->a, hit->b};
    else if (hit->kind == HIT_SOURCE)
        *out = (Reference){hit->c, hit->a, hit->b};
    return hit->kind == HIT_CELL || hit->kind == HIT_SOURCE;
}

static bool same_cell(Reference a, Reference b)
{
    return a.value == b.value && a.row == b.row && a.col == b.col;
}

static bool reads(const Explanation *explanation, Reference cell)
{
    for (int i = 0; i < explanation->count; i++)
        for (int j = 0; j < explanation->terms[i].cell_count; j++) {
            const Cell *read = &explanation->terms[i].cells[j];
            if (same_cell(cell, (Reference){read->value, read->row, read->col}))
                return true;
        }
    return false;
}

static bool is_reader(const ViewState *view, const Uses *uses, Reference cell)
{
    for (int i = 0; i < uses->count; i++) {
        const Use *use = &uses->list[i];
        if (same_cell(cell, (Reference){state_tape(view)->steps[use->step].output, use->row, use->col}))
            return true;
    }
    return false;
}

/* Cells of the screen that stand for the cell, its operands or its readers, as stretches of a row. */
static void add_lit(const ViewState *view, const Grid *grid, Reference cell, const Explanation *explanation,
                    const Uses *uses, Text *out)
{
    const char *separator = "";
    for (int row = 0; row < grid->rows; row++)
        for (int col = 0, end; col < grid->cols; col = end) {
            const Hit *hits = &grid->hits[(size_t)row * (size_t)grid->cols];
            Reference here;
            end = col + 1;
            if (!is_cell(view, &hits[col], &here))
                continue;
            while (end < grid->cols && memcmp(&hits[end], &hits[col], sizeof *hits) == 0)
                end++;
            const char *as = same_cell(here, cell)         ? "self"
                             : reads(explanation, here)    ? "operand"
                             : is_reader(view, uses, here) ? "reader"
                                                           : NULL;
            if (as)
                text_add(out, "%s[%d,%d,%d,\"%s\"]", separator, row, col, end - col, as);
            separator = as ? "," : separator;
        }
}

static void add_readers(const ViewState *view, const Uses *uses, Text *out)
{
    char name[NAME_ROOM], number[NUMBER_SIZE];
    const char *separator = "";
    for (int i = 0; i < uses->count && i < TOLD_READERS; i++) {
        const Use *use = &uses->list[i];
        Text line = {0};
        int output = state_tape(view)->steps[use->step].output;
        text_add(&line, "%s ", cell_text(&view->session->names, output, use->row, use->col, name, sizeof name));
        use_how(state_tape(view), use, view->settings.digits, view->settings.ascii, &line);
        text_add(&line, ": %s", number_text(number, use->contribution, view->settings.digits));
        text_add(out, "%s", separator);
        text_json_string(out, text_piece(out, &line));
        text_free(&line);
        separator = ",";
    }
    if (uses->count > TOLD_READERS)
        text_add(out, ",\"and %d more\"", uses->count - TOLD_READERS);
}

static void add_number(const ViewState *view, Reference cell, Text *out)
{
    char number[NUMBER_SIZE], told[TOLD_SIZE];
    double value = cell_of(tape_value(state_tape(view), cell.value), cell.row, cell.col);
    bool counts = value_counts(&view->session->names, cell.value) != NULL;
    text_add(out, ",\"number\":");
    text_json_string(out, counts ? number_told(&view->session->names, cell.value, value, 0, false, told)
                                 : number_exact(number, value));
}

/* All of it, of a cell whose number may be told. */
static void add_told(const ViewState *view, const Grid *grid, Reference cell, Text *out)
{
    Explanation explanation = {0};
    Uses uses = {0};
    Text formula = {0};
    FormulaStyle style = {.digits = view->settings.digits, .most_terms = TOLD_TERMS, .ascii = view->settings.ascii};
    bool made = tape_value(state_tape(view), cell.value)->producer >= 0;
    bool whole = (!made || explain(state_tape(view), cell.value, cell.row, cell.col, &explanation)) &&
                 uses_find(state_tape(view), cell, &uses);
    if (whole) {
        cell_formula(&view->session->names, cell.value, cell.row, cell.col, &explanation, style, &formula);
        add_number(view, cell, out);
        text_add(out, ",\"text\":");
        text_json_string(out, text_piece(out, &formula));
        text_add(out, ",\"readers\":[");
        add_readers(view, &uses, out);
        text_add(out, "],\"lit\":[");
        add_lit(view, grid, cell, &explanation, &uses, out);
        text_add(out, "]");
    }
    out->failed |= !whole;
    text_free(&formula);
    explanation_free(&explanation);
    uses_free(&uses);
}

static void add_hover(const ViewState *view, const Grid *grid, const Hit *hit, Text *out)
{
    Reference cell;
    char name[NAME_ROOM];
    text_add(out, "{");
    if (is_cell(view, hit, &cell)) {
        text_add(out, "\"name\":");
        text_json_string(out, cell_text(&view->session->names, cell.value, cell.row, cell.col, name, sizeof name));
        if (mine_hides(view, cell.value, cell.row, cell.col) || cell_hidden(view, cell))
            text_add(out, ",\"number\":\"hidden\",\"text\":\"\",\"readers\":[],\"lit\":[]");
        else
            add_told(view, grid, cell, out);
    }
    text_add(out, "}");
}

const char *web_hover(Web *web, int row, int col, int rows, int cols)
{
    Grid grid;
    Text *out = web_begin(web);
    const State *state = &web->stepping->stepper.state;
    if (rows < 1 || cols < 1 || !grid_init(&grid, rows, cols, state->view.settings.ascii))
        return "{}";
    if (grid_record_hits(&grid)) {
        stepper_draw(state, &grid);
        Hit hit = grid_hit_at(&grid, row, col);
        add_hover(&state->view, &grid, &hit, out);
    }
    grid_free(&grid);
    return out->failed || !out->data ? "{}" : out->data;
}
