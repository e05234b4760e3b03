/* figure product: one matrix product, forward and backward on one spread.
 *
 *   x  x  W  =  y          y[r,c] is row r of x times column c of W
 *   dx    dW    dy         dx = dy W^T: row r comes back at row r; dW = x^T dy: column c at column c */
#include "figure_page.h"
#include "value_panel.h"

#include "tiny_model/primitives/families.h"
#include "tiny_model/rules/rule.h"

#include <math.h>
#include <string.h>

enum { SIX = 6 };

typedef struct {
    int x, w, y, dx, dw, dy;
    bool turned;           /* W is read transposed: its row c is what meets row r */
} Product;

static bool is_product(const Rule *rule)
{
    return rule == &LINEAR || rule == &TIED_LINEAR || rule == &SCORES || rule == &WEIGHTED_SUM;
}

/* What the product alone hands back: the steps of the same frame on the way back. */
static void find_back(const Tape *tape, const char *path, Product *p)
{
    for (int i = 0; i < tape->step_count; i++) {
        const Step *step = &tape->steps[i];
        if (step->phase != PHASE_BACKWARD || step->primitive != &MATMUL ||
            strcmp(tape->frames[step->frame].path, path) != 0)
            continue;
        for (int k = 0; k < 2; k++) {
            p->dx = step->inputs[k] == p->w ? step->output : p->dx;
            p->dw = step->inputs[k] == p->x ? step->output : p->dw;
        }
    }
}

/* The product that a call recorded, if its way back is there. */
static bool product_of(const Tape *tape, const Call *call, Product *p)
{
    const Frame *frame = &tape->frames[call->frame];
    if (!is_product(call->rule) || frame->last < frame->first)
        return false;
    const Step *step = &tape->steps[frame->first];
    *p = (Product){.x = step->inputs[0], .w = step->inputs[1], .y = step->output, .dx = -1, .dw = -1,
                   .dy = tape_value(tape, call->output)->gradient, .turned = step->attributes.transposed[1]};
    if (step->primitive != &MATMUL || p->x == p->w)
        return false;
    find_back(tape, frame->path, p);
    return p->dx >= 0 && p->dw >= 0 && p->dy >= 0;
}

/* The product whose result this value is, or is on the way to; -1: any. */
static bool find(const Tape *tape, int value, Product *p)
{
    for (int i = 0; i < tape->call_count; i++) {
        bool asked = value < 0 || tape->calls[i].output == value;
        if (product_of(tape, &tape->calls[i], p) && (asked || p->y == value))
            return true;
    }
    return false;
}

static Panel panel_for(const Spec *spec, DrawList *list, int value, const char *note, bool new_row)
{
    Panel panel = panel_of_value(list, spec, spec->session, value);
    const char *name = name_of(&spec->session->names, value);
    while (strlen(name) > 24 && strchr(name, '.'))
        name = strchr(name, '.') + 1;
    panel.heading = draw_format(list, "%s", name);
    panel.note = note;
    panel.new_row = new_row;
    return panel;
}

static void mark(Panel *panel, int value, int row, int col)
{
    Reference at = {.value = value, .row = row, .col = col};
    panel_mark(panel, &at, false);
}

/* The cell with the largest gradient, where the most goes back. */
static void choose_cell(const Value *dy, Reference *cell)
{
    Reference asked = *cell;
    double most = -1;
    for (int r = 0; r < dy->rows; r++)
        for (int c = 0; c < dy->cols; c++) {
            bool possible = (asked.row == ALL || asked.row == r) && (asked.col == ALL || asked.col == c);
            if (possible && fabs(cell_of(dy, r, c)) > most) {
                most = fabs(cell_of(dy, r, c));
                cell->row = r;
                cell->col = c;
            }
        }
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Reference cell;
    Product p;
    Panel panels[SIX];
    const Tape *tape = spec->session->names.tape;
    if (!reference_parse(&spec->session->names, spec->name, &cell, error))
        return false;
    if (!find(tape, cell.value, &p))
        return error_set(error, EXIT_USED_WRONGLY,
                         "\"%.200s\" is no result of a product that has a way back; tracer render --list names one",
                         name_of(&spec->session->names, cell.value));
    page_begin(list, spec);
    choose_cell(tape_value(tape, p.dy), &cell);
    int row = cell.row, col = cell.col, w_row = p.turned ? col : ALL, w_col = p.turned ? ALL : col;
    panels[0] = panel_for(spec, list, p.x, "forward: its row …", false);
    panels[1] = panel_for(spec, list, p.w, p.turned ? "… times this row" : "… times this column", false);
    panels[2] = panel_for(spec, list, p.y, "… makes this cell", false);
    panels[3] = panel_for(spec, list, p.dx, "row of dy times Wᵀ", true);
    panels[4] = panel_for(spec, list, p.dw, p.turned ? "column of dy times x" : "xᵀ times column of dy", false);
    panels[5] = panel_for(spec, list, p.dy, "backward begins here", false);
    mark(&panels[0], p.x, row, ALL);
    mark(&panels[1], p.w, w_row, w_col);
    mark(&panels[3], p.dx, row, ALL);
    mark(&panels[4], p.dw, w_row, w_col);
    for (int i = 2; i < SIX; i += 3) {
        mark(&panels[i], i == 2 ? p.y : p.dy, row, ALL);
        mark(&panels[i], i == 2 ? p.y : p.dy, ALL, col);
    }
    const char *signs[SIX] = {NULL, "×", "=", NULL, " ", "←"};
    double right = PAGE_MARGIN, bottom = shelf_draw(list, spec, panels, signs, SIX, PAGE_MARGIN, PAGE_TOP, &right);
    const char *told = draw_format(
        list,
        "Above the product, below each matrix what comes back to it from this product alone. Row %d and column %d of "
        "the result are outlined in all six: what goes out at a row comes back at that row, and so with columns.",
        row, col);
    page_end(list, spec, fmax(right, 520), bottom,
             draw_format(list, "%s, forward and backward", name_of(&spec->session->names, p.y)), told,
             draw_format(list, "Six heatmaps. %s", told));
    return true;
}

static bool has_product(const Session *session, const char **why)
{
    Product p;
    *why = "there is no matrix product with a way back";
    return find(session->names.tape, -1, &p);
}

static bool usual(const Session *session, char *name, size_t size)
{
    Product p;
    return find(session->names.tape, -1, &p) && usual_name(session, p.y, name, size);
}

const Figure PRODUCT_FIGURE = {
    .name = "product", .words = "NAME|'NAME[r,c]'",
    .shows = "a matrix product forward and backward, the same row and column outlined in all six matrices",
    .takes = TAKES_CELLS | TAKES_COLORS, .fits = has_product, .usual = usual, .draw = draw,
};
