/* Why a cell has its number; see why.h. */
#include "why.h"

#include "remark.h"

#include <string.h>

/* A deep question about a wide model has more terms than anybody could read or a disk should hold. */
enum { MOST_TERMS = 1000000 };

/* What the levels share. */
typedef struct {
    const Names *names;
    FormulaStyle style;
    Text *out;
    Error *error;
    long terms;   /* told so far */
} Telling;

static bool explain_cell_of(Telling *telling, int value, int row, int col, Explanation *e)
{
    /* Parameters and inputs are where every answer ends. */
    if (tape_value(telling->names->tape, value)->producer < 0)
        return true;
    if (!explain(telling->names->tape, value, row, col, e))
        return error_memory(telling->error);
    telling->terms += e->count;
    if (telling->terms > MOST_TERMS)
        return error_set(telling->error, EXIT_USED_WRONGLY, "that is more than %d terms; ask for a smaller --depth",
                         MOST_TERMS);
    return true;
}

/* Is this the first place among the terms up to (i, j) where the cell stands? */
static bool first_time(const Explanation *e, int i, int j)
{
    const Cell *cell = &e->terms[i].cells[j];
    for (int a = 0; a <= i; a++)
        for (int b = 0; b < (a == i ? j : e->terms[a].cell_count); b++) {
            const Cell *other = &e->terms[a].cells[b];
            if (other->value == cell->value && other->row == cell->row && other->col == cell->col)
                return false;
        }
    return true;
}

static void add_cells(Telling *telling, const Term *term)
{
    char name[400], number[TOLD_SIZE];
    for (int i = 0; i < term->cell_count; i++) {
        const Cell *cell = &term->cells[i];
        number_told(telling->names, cell->value, cell->number, telling->style.digits, false, number);
        text_add(telling->out, "%s%s = %s", i ? ",  " : "",
                 cell->value < 0 ? "constant"
                                 : cell_text(telling->names, cell->value, cell->row, cell->col, name, sizeof name),
                 number);
    }
}

/* One line a term: its arithmetic, the sum so far where there is one, and the cells with their names. */
static void tell_terms(Telling *telling, const Explanation *e, const Step *step, int indent)
{
    char number[TOLD_SIZE];
    double sum = 0;
    for (int i = 0; i < e->count; i++) {
        Text term = {0};
        term_formula(telling->names, step, &e->terms[i], telling->style, &term);
        sum += e->terms[i].contribution;
        text_add(telling->out, "%*s  %s", indent, "", text_piece(telling->out, &term));
        text_free(&term);
        /* A term of one cell is its own contribution; saying so twice would tell nothing. */
        if (e->terms[i].cell_count > 1 || e->combine == COMBINE_FUNCTION)
            text_add(telling->out, " = %s",
                     number_told(telling->names, step->output, e->terms[i].contribution, telling->style.digits, false,
                                 number));
        if (e->combine == COMBINE_SUM && e->count > 1)
            text_add(telling->out, "   (so far %s)", number_text(number, sum, telling->style.digits));
        text_add(telling->out, "   ");
        add_cells(telling, &e->terms[i]);
        text_add(telling->out, "\n");
    }
}

static void tell_remark(Telling *telling, Reference cell, int indent)
{
    Text remark = {0};
    cell_remark(telling->names, cell, telling->style.digits, &remark);
    if (remark.data && *remark.data)
        text_add(telling->out, "%*s  %s\n", indent, "", text_piece(telling->out, &remark));
    text_free(&remark);
}

static bool tell(Telling *telling, int value, int row, int col, int depth, int indent)
{
    const Tape *tape = telling->names->tape;
    char name[400];
    Explanation e = {0};
    bool whole = explain_cell_of(telling, value, row, col, &e);
    if (whole) {
        text_add(telling->out, "%*s%s: ", indent, "", cell_text(telling->names, value, row, col, name, sizeof name));
        cell_formula(telling->names, value, row, col, &e, telling->style, telling->out);
        text_add(telling->out, "\n");
    }
    int producer = tape_value(tape, value)->producer;
    if (whole && producer >= 0) {
        text_add(telling->out, "%*s  step %d, ", indent, "", producer);
        step_place(tape, producer, telling->out);
        text_add(telling->out, ": ");
        step_formula(telling->names, producer, false, telling->style.ascii, telling->out);
        text_add(telling->out, "\n");
        tell_terms(telling, &e, &tape->steps[producer], indent);
    }
    if (whole)
        tell_remark(telling, (Reference){value, row, col, 0}, indent);
    for (int i = 0; whole && depth > 1 && i < e.count; i++)
        for (int j = 0; whole && j < e.terms[i].cell_count; j++) {
            Cell cell = e.terms[i].cells[j];
            if (cell.value >= 0 && first_time(&e, i, j))
                whole = tell(telling, cell.value, cell.row, cell.col, depth - 1, indent + 2);
        }
    explanation_free(&e);
    return whole;
}

bool why_text(const Names *names, Reference cell, int depth, FormulaStyle style, Text *out, Error *error)
{
    Telling telling = {.names = names, .style = style, .out = out, .error = error};
    return tell(&telling, cell.value, cell.row, cell.col, depth, 0) && (!out->failed || error_memory(error));
}

static void json_cell(Telling *telling, const Cell *cell)
{
    char text[400], number[NUMBER_SIZE];
    text_add(telling->out, "{\"cell\": ");
    text_json_string(telling->out,
                     cell->value < 0 ? "constant"
                                     : cell_text(telling->names, cell->value, cell->row, cell->col, text, sizeof text));
    text_add(telling->out, ", \"value\": %s}", number_json(number, cell->number));
}

static void json_terms(Telling *telling, const Explanation *e)
{
    char number[NUMBER_SIZE];
    text_add(telling->out, ", \"terms\": [");
    for (int i = 0; i < e->count; i++) {
        text_add(telling->out, "%s{\"cells\": [", i ? ", " : "");
        for (int j = 0; j < e->terms[i].cell_count; j++) {
            text_add(telling->out, "%s", j ? ", " : "");
            json_cell(telling, &e->terms[i].cells[j]);
        }
        text_add(telling->out, "], \"contribution\": %s}", number_json(number, e->terms[i].contribution));
    }
    text_add(telling->out, "], \"combine\": \"%s\"", combine_name(e->combine));
}

static void json_head(Telling *telling, int value, int row, int col, const Explanation *e)
{
    const Value *of = tape_value(telling->names->tape, value);
    char text[400], number[NUMBER_SIZE];
    Text formula = {0};
    text_add(telling->out, "{\"cell\": ");
    text_json_string(telling->out, cell_text(telling->names, value, row, col, text, sizeof text));
    text_add(telling->out, ", \"value\": %s", number_json(number, cell_of(of, row, col)));
    if (of->producer >= 0)
        text_add(telling->out, ", \"step\": %d, \"primitive\": \"%s\"", of->producer,
                 telling->names->tape->steps[of->producer].primitive->name);
    else
        text_add(telling->out, ", \"step\": null, \"primitive\": null");
    cell_formula(telling->names, value, row, col, e, telling->style, &formula);
    text_add(telling->out, ", \"formula\": ");
    text_json_string(telling->out, text_piece(telling->out, &formula));
    text_free(&formula);
}

static void json_remark(Telling *telling, Reference cell)
{
    Text remark = {0};
    cell_remark(telling->names, cell, telling->style.digits, &remark);
    if (remark.data && *remark.data) {
        text_add(telling->out, ", \"remark\": ");
        text_json_string(telling->out, text_piece(telling->out, &remark));
    }
    text_free(&remark);
}

static bool tell_json(Telling *telling, int value, int row, int col, int depth)
{
    Explanation e = {.combine = COMBINE_COPY};
    bool whole = explain_cell_of(telling, value, row, col, &e);
    if (whole) {
        json_head(telling, value, row, col, &e);
        json_terms(telling, &e);
        json_remark(telling, (Reference){value, row, col, 0});
    }
    if (whole && depth > 1) {
        bool first = true;
        text_add(telling->out, ", \"because\": [");
        for (int i = 0; whole && i < e.count; i++)
            for (int j = 0; whole && j < e.terms[i].cell_count; j++) {
                Cell cell = e.terms[i].cells[j];
                if (cell.value < 0 || !first_time(&e, i, j))
                    continue;
                text_add(telling->out, "%s", first ? "" : ", ");
                first = false;
                whole = tell_json(telling, cell.value, cell.row, cell.col, depth - 1);
            }
        text_add(telling->out, "]");
    }
    if (whole)
        text_add(telling->out, "}");
    explanation_free(&e);
    return whole;
}

bool why_json(const Names *names, Reference cell, int depth, Text *out, Error *error)
{
    FormulaStyle style = {.digits = DEFAULT_DIGITS};
    Telling telling = {.names = names, .style = style, .out = out, .error = error};
    bool whole = tell_json(&telling, cell.value, cell.row, cell.col, depth);
    text_add(out, "\n");
    return whole && (!out->failed || error_memory(error));
}
