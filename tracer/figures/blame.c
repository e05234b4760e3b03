/* figure blame: where a number comes from, as a tree whose branches are as wide as their share.
 *
 *   a sum      each term as large as its size       |term| / sum of |terms|
 *   a product  half to each factor: without either there would be nothing
 *
 * Copies are followed; what is too thin to be seen is one branch. Constants have no share: nobody could change them. */
#include "figure_page.h"

#include "tiny_model/primitive.h"
#include "tracer/query/parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN = 190, NODE = 12, TALL = 460, DEFAULT_DEPTH = 3, MOST_DEPTH = 5, MOST_BRANCHES = 24, LABEL_FROM = 11 };

typedef struct {
    Reference cell;
    double share;          /* of the parent */
    bool negative;         /* it makes the number smaller */
} Branch;

typedef struct {
    const Spec *spec;
    DrawList *list;
    int depth;
    int leaves, hidden;    /* branches that end, and those that are too thin */
    bool failed;           /* out of memory */
} Tree;

/* Through steps that only copy. */
static Reference source_of(const Tree *tree, Reference cell)
{
    const Tape *tape = tree->spec->session->names.tape;
    Explanation e = {0};
    for (int i = 0; i < 64; i++) {
        int producer = tape_value(tape, cell.value)->producer;
        if (producer < 0 || tape->steps[producer].primitive->combine != COMBINE_COPY ||
            !explain(tape, cell.value, cell.row, cell.col, &e) || e.count != 1 || e.terms[0].cells[0].value < 0)
            break;
        const Cell *from = &e.terms[0].cells[0];
        cell = (Reference){.value = from->value, .row = from->row, .col = from->col};
    }
    explanation_free(&e);
    return cell;
}

static int by_share(const void *a, const void *b)
{
    double x = ((const Branch *)a)->share, y = ((const Branch *)b)->share;
    return x > y ? -1 : x < y;
}

static void add_branch(Branch *branches, int *count, int most, Reference cell, double size, bool negative)
{
    for (int i = 0; i < *count; i++) {
        const Reference *own = &branches[i].cell;
        if (own->value == cell.value && own->row == cell.row && own->col == cell.col) {
            branches[i].share += size;
            return;
        }
    }
    if (*count < most)
        branches[(*count)++] = (Branch){cell, size, negative};
}

static int cells_that_count(const Term *term)
{
    int count = 0;
    for (int j = 0; j < term->cell_count; j++)
        count += term->cells[j].value >= 0;
    return count;
}

/* The branches of a cell, the widest first; they are in the list's memory. */
static int branches_of(Tree *tree, Reference cell, Branch **out)
{
    const Tape *tape = tree->spec->session->names.tape;
    Explanation e = {0};
    int count = 0, most = 0;
    double sum = 0;
    *out = NULL;
    if (tape_value(tape, cell.value)->producer < 0)
        return 0;
    if (!explain(tape, cell.value, cell.row, cell.col, &e)) {
        tree->failed = true;
        return 0;
    }
    for (int i = 0; i < e.count; i++)
        most += e.terms[i].cell_count;
    Branch *branches = draw_room(tree->list, ((size_t)most + 1) * sizeof *branches);
    for (int i = 0; branches && i < e.count; i++) {
        int cells = cells_that_count(&e.terms[i]);
        double size = isfinite(e.terms[i].contribution) ? fabs(e.terms[i].contribution) : 0;
        for (int j = 0; j < e.terms[i].cell_count; j++) {
            const Cell *c = &e.terms[i].cells[j];
            Reference from = {.value = c->value, .row = c->row, .col = c->col};
            if (c->value >= 0)
                add_branch(branches, &count, most, from, size / cells, e.terms[i].contribution < 0);
        }
        sum += cells > 0 ? size : 0;
    }
    explanation_free(&e);
    for (int i = 0; i < count; i++)
        branches[i].share = sum > 0 ? branches[i].share / sum : 1.0 / count;
    if (count > 1)
        qsort(branches, (size_t)count, sizeof *branches, by_share);
    *out = branches;
    return count;
}

static Rgb color_of(const Tree *tree, bool negative)
{
    const Theme *theme = tree->spec->theme;
    return color_mix(theme->paper, negative ? theme->backward : theme->forward, 0.55);
}

/* From a stretch of the parent's right edge to the child's left one. */
static void draw_band(Tree *tree, double x, double from, double to, double height, Rgb color)
{
    Point *points = draw_room(tree->list, 4 * sizeof *points);
    double left = x - COLUMN + NODE;
    /* the labels of the parent stand between them */
    if (!points)
        return;
    points[0] = (Point){left, from};
    points[1] = (Point){x, to};
    points[2] = (Point){x, to + height};
    points[3] = (Point){left, from + height};
    Item *band = draw_lines(tree->list, points, 4, color_mix(tree->spec->theme->paper, color, 0.45), 0);
    band->filled = true;
}

static void draw_label(Tree *tree, double x, double y, double height, Reference cell)
{
    const Names *names = &tree->spec->session->names;
    const Value *value = tape_value(names->tape, cell.value);
    char name[400], number[TOLD_SIZE];
    if (height < LABEL_FROM)
        return;
    number_told(names, cell.value, cell_of(value, cell.row, cell.col), DEFAULT_DIGITS, false, number);
    cell_text(names, cell.value, cell.row, cell.col, name, sizeof name);
    /* the end of a long name tells more */
    const char *shown = name;
    double room = COLUMN - NODE - 14;
    while (measure_text(shown, FACE_PLAIN, 9.5) > room && strchr(shown, '.'))
        shown = strchr(shown, '.') + 1;
    bool two = height >= 2 * LABEL_FROM + 2;
    draw_text_within(tree->list, x + NODE + 4, y + height / 2 + (two ? -1 : 3), room, ALIGN_LEFT, 9.5,
                     tree->spec->theme->ink, draw_format(tree->list, "%s", shown));
    if (two)
        draw_text(tree->list, x + NODE + 4, y + height / 2 + 10, ALIGN_LEFT, 9.5, tree->spec->theme->muted,
                  draw_format(tree->list, "%s", number));
}

/* What is left of the branches of a node once those that can be seen are drawn. */
static void draw_rest(Tree *tree, double x, double y, double from, double height, int count)
{
    Rgb grey = color_mix(tree->spec->theme->paper, tree->spec->theme->muted, 0.4);
    if (count == 0 || height < 1)
        return;
    draw_band(tree, x, from, y, height, grey);
    draw_rect(tree->list, x, y, NODE, height, grey);
    tree->hidden += count;
    if (height >= LABEL_FROM)
        draw_text(tree->list, x + NODE + 4, y + height / 2 + 3, ALIGN_LEFT, 9.5, tree->spec->theme->muted,
                  draw_format(tree->list, "%d smaller one%s", count, count == 1 ? "" : "s"));
}

static void draw_node(Tree *tree, Reference cell, int level, double y, double height, bool negative)
{
    double x = PAGE_MARGIN + level * COLUMN, at = y;
    char name[400];
    cell = source_of(tree, cell);
    Item *node = draw_rect(tree->list, x, y, NODE, height, color_of(tree, negative));
    node->tip = draw_format(tree->list, "%s", cell_text(&tree->spec->session->names, cell.value, cell.row, cell.col,
                                                        name, sizeof name));
    Branch *branches = NULL;
    int count = level < tree->depth ? branches_of(tree, cell, &branches) : 0, shown = 0;
    tree->leaves += count == 0;
    for (; shown < count && shown < MOST_BRANCHES && branches[shown].share * height >= 2.5; shown++)
        draw_band(tree, x + COLUMN, at, at, branches[shown].share * height, color_of(tree, branches[shown].negative)),
            at += branches[shown].share * height;
    draw_rest(tree, x + COLUMN, at, at, y + height - at, count - shown);
    draw_label(tree, x, y, height, cell);
    at = y;
    for (int i = 0; i < shown; i++) {
        draw_node(tree, branches[i].cell, level + 1, at, branches[i].share * height - 0.5, branches[i].negative);
        at += branches[i].share * height;
    }
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    Reference cell;
    char name[400];
    Tree tree = {.spec = spec, .list = list, .depth = spec->depth == AUTO_DEPTH ? DEFAULT_DEPTH : spec->depth};
    tree.depth = tree.depth < 1 ? 1 : tree.depth > MOST_DEPTH ? MOST_DEPTH : tree.depth;
    if (!reference_parse_cell(&spec->session->names, spec->name, &cell, error))
        return false;
    page_begin(list, spec);
    draw_node(&tree, cell, 0, PAGE_TOP, TALL, false);
    if (tree.failed)
        return error_memory(error);
    cell_text(&spec->session->names, cell.value, cell.row, cell.col, name, sizeof name);
    const char *told = draw_format(
        list, "A branch is as wide as its share of the sizes that are added; factors of a product share alike. Blue "
              "adds, orange takes away. Copies are followed, %d branch%s too thin to be seen %s one.",
        tree.hidden, tree.hidden == 1 ? "" : "es", tree.hidden == 1 ? "is" : "are");
    page_end(list, spec, PAGE_MARGIN + (tree.depth + 1) * COLUMN, PAGE_TOP + TALL,
             draw_format(list, "Where %s comes from", name), told,
             draw_format(list, "A tree of %d levels. %s", tree.depth, told));
    return true;
}

static bool has_steps(const Session *session, const char **why)
{
    *why = "no step makes a number here";
    return session->names.tape->step_count > 0;
}

/* The largest cell of the steepest gradient; without gradients the last number that was made. */
static bool usual(const Session *session, char *name, size_t size)
{
    const Tape *tape = session->names.tape;
    int steepest = part_steepest(tape), value = steepest >= 0 ? tape_value(tape, steepest)->gradient : -1;
    int row = 0, col = 0;
    if (tape->step_count == 0)
        return false;
    value = value >= 0 ? value : tape->steps[tape->step_count - 1].output;
    const Value *of = tape_value(tape, value);
    for (int r = 0; r < of->rows; r++)
        for (int c = 0; c < of->cols; c++)
            if (fabs(cell_of(of, r, c)) > fabs(cell_of(of, row, col))) {
                row = r;
                col = c;
            }
    snprintf(name, size, "%s[%d,%d]", name_of(&session->names, value), row, col);
    return true;
}

const Figure BLAME_FIGURE = {
    .name = "blame", .words = "'NAME[r,c]'",
    .shows = "where a number comes from: a tree whose branches are as wide as their share; --depth N",
    .fits = has_steps, .usual = usual, .draw = draw,
};
