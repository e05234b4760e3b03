/* Formulas of cells and steps; see formula.h. */
#include "formula.h"

#include "tiny_model/primitives/families.h"

#include <string.h>

static void add_number(const Names *names, int value, double number, FormulaStyle style, bool in_product, Text *out)
{
    char text[TOLD_SIZE];
    number_told(names, value, number, style.digits, false, text);
    if (in_product && *text == '-')
        text_add(out, "(%s)", text);
    else
        text_add(out, "%s", text);
}

static void add_cell(const Names *names, const Cell *cell, FormulaStyle style, bool in_product, Text *out)
{
    add_number(names, cell->value, cell->number, style, in_product, out);
}

/* f(x) for the functions of one number; the others say what they do in their own way. */
static void add_function(const Names *names, const Step *step, const Term *term, FormulaStyle style, Text *out)
{
    if (step->primitive == &ROOT_PLUS) {
        text_add(out, "sqrt(");
        add_cell(names, &term->cells[0], style, false, out);
        text_add(out, ") + ");
        add_cell(names, &term->cells[1], style, false, out);
        return;
    }
    text_add(out, "%s(", style.ascii ? step->primitive->ascii : step->primitive->symbol);
    for (int i = 0; i < term->cell_count; i++) {
        text_add(out, "%s", i ? ", " : "");
        add_cell(names, &term->cells[i], style, false, out);
    }
    text_add(out, ")");
}

void term_formula(const Names *names, const Step *step, const Term *term, FormulaStyle style, Text *out)
{
    Combine combine = step->primitive->combine;
    if (combine == COMBINE_FUNCTION) {
        add_function(names, step, term, style, out);
        return;
    }
    const char *between = combine == COMBINE_QUOTIENT     ? style.ascii ? " / " : " ÷ "
                          : combine == COMBINE_DIFFERENCE ? style.ascii ? " - " : " − "
                                                          : style.ascii ? " * " : " × ";
    for (int i = 0; i < term->cell_count; i++) {
        text_add(out, "%s", i ? between : "");
        add_cell(names, &term->cells[i], style, term->cell_count > 1 || combine == COMBINE_SUM, out);
    }
}

static void add_terms(const Names *names, const Step *step, const Explanation *e, FormulaStyle style, Text *out)
{
    const char *between = e->combine == COMBINE_MAXIMUM ? ", " : " + ";
    int head = e->count, tail = e->count;
    if (style.most_terms > 0 && e->count > style.most_terms) {
        head = style.most_terms - 1;
        tail = e->count - 1;
    }
    for (int i = 0; i < e->count; i++) {
        if (i == head && i < tail) {
            text_add(out, style.ascii ? "%s..." : "%s…", between);
            i = tail;
        }
        text_add(out, "%s", i ? between : "");
        term_formula(names, step, &e->terms[i], style, out);
    }
}

/* What can be said of a cell that no step made. */
static const char *without_producer(const Names *names, int value)
{
    const Value *of = tape_value(names->tape, value);
    if (of->kind == KIND_PARAMETER)
        return "a parameter: what the training changes";
    const char *local = of->name.local;
    if (strcmp(local, "m_before") == 0 || strcmp(local, "v_before") == 0)
        return "the moment before this training step";
    return "an input";
}

void cell_formula(const Names *names, int value, int row, int col, const Explanation *e, FormulaStyle style, Text *out)
{
    const Value *of = tape_value(names->tape, value);
    double number = cell_of(of, row, col);
    if (of->producer < 0) {
        add_number(names, value, number, style, false, out);
        text_add(out, ", %s", without_producer(names, value));
        return;
    }
    const Step *step = &names->tape->steps[of->producer];
    if (e->count == 0) {
        text_add(out, "0, a sum without terms: nothing of the input goes here");
        return;
    }
    if (e->combine == COMBINE_MAXIMUM)
        text_add(out, "max(");
    add_terms(names, step, e, style, out);
    if (e->combine == COMBINE_MAXIMUM)
        text_add(out, ")");
    if (e->combine == COMBINE_COPY) {
        text_add(out, e->terms[0].cells[0].value < 0 ? ", a constant" : ", copied");
        return;
    }
    text_add(out, " = ");
    add_number(names, value, number, style, false, out);
    if (!(e->total == number) && (e->total == e->total || number == number))
        text_add(out, name_is_given(names, value) ? ", given on the sheet" : ", changed by hand");
}

/* A gradient or a moment is cut where the value is that it belongs to. */
const char *name_within(const Names *names, int value, const char *path)
{
    int root = value;
    while (tape_value(names->tape, root)->name.base >= 0)
        root = tape_value(names->tape, root)->name.base;
    const char *name = name_of(names, root);
    size_t cut = 0, length = strlen(path);
    for (size_t i = 0; name[i] && name[i] == path[i]; i++)
        if (name[i] == '.')
            cut = i + 1;
    if (length > 0 && strncmp(name, path, length) == 0 && name[length] == '.')
        cut = length + 1;
    return name_of(names, value) + cut;
}

static void add_operand(const Names *names, const Step *step, int i, const char *path, bool ascii, Text *out)
{
    text_add(out, "%s", name_within(names, step->inputs[i], path));
    if (i < 2 && step->attributes.transposed[i])
        text_add(out, ascii ? "^T" : "ᵀ");
}

static bool between_operands(const Primitive *p)
{
    static const Primitive *const infix[] = {&MATMUL, &ADD, &SUBTRACT, &MULTIPLY, &DIVIDE, &SCALE_BY, &ADD_ROW, &SUB_ROW,
                                             &MUL_ROW, &DIV_ROW, &SUB_COL, &MUL_COL, &DIV_COL, &CONCAT};
    for (size_t i = 0; i < sizeof infix / sizeof *infix; i++)
        if (infix[i] == p)
            return true;
    return false;
}

static void add_constants(const Step *step, bool ascii, Text *out)
{
    const Primitive *p = step->primitive;
    char k[NUMBER_SIZE];
    number_text(k, step->attributes.constants[0], DEFAULT_DIGITS);
    if (p == &SCALE)
        text_add(out, ascii ? " * %s" : " · %s", k);
    else if (p == &ADD_CONSTANT)
        text_add(out, " + %s", k);
    else if (p == &DIVIDE_BY)
        text_add(out, ascii ? " / %s" : " ÷ %s", k);
}

static void add_call(const Names *names, const Step *step, const char *path, bool ascii, Text *out)
{
    const Primitive *p = step->primitive;
    char k[NUMBER_SIZE], j[NUMBER_SIZE];
    number_text(k, step->attributes.constants[0], DEFAULT_DIGITS);
    number_text(j, step->attributes.constants[1], DEFAULT_DIGITS);
    text_add(out, "%s(", ascii ? p->ascii : p->symbol);
    for (int i = 0; i < step->input_count; i++) {
        text_add(out, "%s", i ? ", " : "");
        add_operand(names, step, i, path, ascii, out);
    }
    if (p == &MOVING_AVERAGE || p == &MOVING_AVERAGE_OF_SQUARES || p == &ROOT_PLUS || p == &IS_BELOW || p == &FILL ||
        p == &CAUSAL_MASK)
        text_add(out, "%s%s", step->input_count ? "; " : "", k);
    else if (p == &DECAYED_STEP)
        text_add(out, "; %s, %s", k, j);
    text_add(out, ")");
}

void step_formula(const Names *names, int step_id, bool whole, bool ascii, Text *out)
{
    const Step *step = &names->tape->steps[step_id];
    const char *path = whole ? "" : names->tape->frames[step->frame].path;
    text_add(out, "%s = ", name_within(names, step->output, path));
    bool with_constant = step->primitive == &SCALE || step->primitive == &ADD_CONSTANT || step->primitive == &DIVIDE_BY;
    if (with_constant) {
        add_operand(names, step, 0, path, ascii, out);
        add_constants(step, ascii, out);
    } else if (between_operands(step->primitive)) {
        for (int i = 0; i < step->input_count; i++) {
            if (i)
                text_add(out, " %s ", ascii ? step->primitive->ascii : step->primitive->symbol);
            add_operand(names, step, i, path, ascii, out);
        }
    } else {
        add_call(names, step, path, ascii, out);
    }
}

void step_place(const Tape *tape, int step_id, Text *out)
{
    const Step *step = &tape->steps[step_id];
    text_add(out, "%s", phase_name(step->phase));
    const char *path = tape->frames[step->frame].path;
    if (*path)
        text_add(out, ", ");
    for (; *path; path++)
        text_add(out, "%c", *path == '.' ? ' ' : *path);
}
