/* Formulas of cells and steps; see formula.h. */
#include "formula.h"

#include "constant.h"
#include "zero.h"

#include <string.h>

static void add_number(const Names *names, int value, double number, FormulaStyle style, bool in_product, Text *out)
{
    char text[TOLD_SIZE];
    number_told(names, value, number, style.digits, false, text);
    /* "0.3 × -0.4" cannot be said in a formula; a sign behind a sign stands in parentheses. */
    if (in_product && *text == '-')
        text_add(out, "(%s)", text);
    else
        text_add(out, "%s", text);
}

/* "1/6 (0.1667)" of a constant that comes from a size, else the number alone. */
static void add_constant(const Names *names, const Step *step, double number, FormulaStyle style, bool in_product,
                         Text *out)
{
    char text[NUMBER_SIZE], origin[CONSTANT_SIZE];
    number_text(text, number, style.digits);
    bool known = *constant_origin(names->tape, step, number, style.ascii, origin);
    text_add(out, known ? "%s (%s)" : in_product && *text == '-' ? "(%s)" : "%s", known ? origin : text, text);
}

static void add_cell(const Names *names, const Step *step, const Cell *cell, FormulaStyle style, bool in_product,
                     Text *out)
{
    if (cell->value < 0)
        add_constant(names, step, cell->number, style, in_product, out);
    else
        add_number(names, cell->value, cell->number, style, in_product, out);
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

/* Does the text go on with this word and an end of a word? */
static bool is_place(const char *place, const char *word)
{
    size_t length = strlen(word);
    return strncmp(place, word, length) == 0 && (place[length] == '}' || place[length] == '|');
}

static int attribute_of(const Step *step, const char *place)
{
    const Attributes *attributes = &step->attributes;
    if (is_place(place, "offset"))
        return attributes->offset;
    return is_place(place, "rows") ? attributes->rows : attributes->cols;
}

/* Adds what the word behind a brace stands for. */
static void fill(const Step *step, const NotationWriter *writer, const char *place, Text *out)
{
    static const char all[] = "inputs";
    const size_t word = sizeof all - 1;
    bool second = is_place(place, "k2");
    if (is_place(place, "a") || is_place(place, "b") || is_place(place, "c"))
        writer->operand(writer->context, *place - 'a', out);
    else if (strncmp(place, all, word) == 0)
        for (int i = 0; i < step->input_count; i++) {
            text_put(out, place + word, i ? strcspn(place + word, "}") : 0);
            writer->operand(writer->context, i, out);
        }
    else if (second || is_place(place, "k"))
        writer->number(writer->context, step->attributes.constants[second], out);
    else
        text_add(out, "%d", attribute_of(step, place));
}

void notation_add(const Step *step, const char *notation, const NotationWriter *writer, Text *out)
{
    for (const char *at = notation; *at; at++) {
        if (*at == '[') {
            at = strchr(at, attribute_of(step, at + 1) == 0 ? ']' : '|');
        } else if (*at == '{') {
            fill(step, writer, at + 1, out);
            at = strchr(at, '}');
        } else if (*at != ']') {
            text_put(out, at, 1);
        }
    }
}

const char *notation_of(const Primitive *primitive, bool ascii)
{
    return ascii && primitive->ascii_notation ? primitive->ascii_notation : primitive->notation;
}

/* What the places of a notation are filled with: the inputs of a step, by their names as they are
 * called within `path`, or the cells of a term of it. */
typedef struct {
    const Names *names;
    const Step *step;
    const char *path;
    const Term *term;   /* NULL: names */
    FormulaStyle style;
} Filling;

static void add_operand(const void *context, int i, Text *out)
{
    const Filling *filling = context;
    if (filling->term) {
        add_cell(filling->names, filling->step, &filling->term->cells[i], filling->style, false, out);
        return;
    }
    text_add(out, "%s", name_within(filling->names, filling->step->inputs[i], filling->path));
    if (i < 2 && filling->step->attributes.transposed[i])
        text_add(out, filling->style.ascii ? "^T" : "ᵀ");
}

static void add_number_of_step(const void *context, double number, Text *out)
{
    const Filling *filling = context;
    add_constant(filling->names, filling->step, number, filling->style, false, out);
}

static void expand(const Filling *filling, const char *notation, Text *out)
{
    const NotationWriter writer = {.operand = add_operand, .number = add_number_of_step, .context = filling};
    notation_add(filling->step, notation, &writer, out);
}

/* A cell of a function; the other primitives join their terms by a sign. */
static void add_function(const Names *names, const Step *step, const Term *term, FormulaStyle style, Text *out)
{
    Filling filling = {.names = names, .step = step, .path = "", .term = term, .style = style};
    const char *arithmetic = step->primitive->arithmetic;
    expand(&filling, arithmetic ? arithmetic : notation_of(step->primitive, style.ascii), out);
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
        add_cell(names, step, &term->cells[i], style, term->cell_count > 1 || combine == COMBINE_SUM, out);
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
    if (of->frozen)
        return "a parameter that is frozen: the training leaves it as it is, its gradient is not computed";
    if (of->kind == KIND_PARAMETER)
        return "a parameter: what the training changes";
    const char *local = of->name.local;
    if (strcmp(local, "m_before") == 0 || strcmp(local, "v_before") == 0)
        return "the moment before this training step";
    if (strcmp(local, "average_before") == 0)
        return "the average before this training step";
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
    const char *why = number == 0 && step->phase == PHASE_BACKWARD ? about_zero(names->tape, value) : NULL;
    if (why)
        text_add(out, ", %s", why);
    if (!(e->total == number) && (e->total == e->total || number == number))
        text_add(out, ", %s", name_given(names, value) ? name_given(names, value) : "changed by hand");
}

void step_formula(const Names *names, int step_id, bool whole, bool ascii, Text *out)
{
    const Step *step = &names->tape->steps[step_id];
    const char *path = whole ? "" : names->tape->frames[step->frame].path;
    Filling filling = {.names = names, .step = step, .path = path,
                       .style = {.digits = DEFAULT_DIGITS, .ascii = ascii}};
    text_add(out, "%s = ", name_within(names, step->output, path));
    expand(&filling, notation_of(step->primitive, ascii), out);
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
