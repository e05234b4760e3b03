/* figure tree: one boosted tree as it was grown. A node tells its rows, the sums of their derivatives and the cut with
 * its gain; a leaf the value that its rows take. Found by rule: every node computes a leaf value, and those that might
 * be cut a split. Chapter 28. */
#include "figure_page.h"
#include "cell_number.h"

#include "tiny_model/primitive.h"
#include "tiny_model/rules/rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 3, BOX_HEIGHT = 62, PAD = 10, GAP = 14, LEVEL = 104, MOST_NODES = 255, LINE_HEIGHT = 15 };

typedef struct {
    const Call *value, *split;  /* split NULL: it could not be cut any further */
    int rows;
    const char *lines[LINES];   /* what stands in its box, the first in bold */
    double x;                   /* of its middle */
} Node;

typedef struct {
    const Spec *spec;
    DrawList *list;
    const Tape *tape;
    Node nodes[MOST_NODES];
    int count, bottom;          /* bottom: of the lowest level that is drawn */
    double width;               /* of a box */
} Tree;

static const Frame *round_of(const Tape *tape, const Call *call)
{
    const Frame *node = &tape->frames[tape->frames[call->frame].parent];
    return node->parent < 0 ? node : &tape->frames[node->parent];
}

static double number_of(const Tape *tape, int value)
{
    return tape_value(tape, value)->data[0];
}

/* The rows of a node have a second derivative, which is never 0 but where it is too small for a number. */
static int rows_in(const Tape *tape, const Call *value)
{
    const Value *sum = tape_value(tape, value->saved[LEAF_H]);
    const Value *each = sum->producer < 0 ? sum : step_input(tape, &tape->steps[sum->producer], 0);
    int rows = 0;
    for (size_t i = 0; i < cells_of(each); i++)
        rows += each->data[i] != 0;
    return rows;
}

static bool is_cut(const Tree *tree, int i)
{
    const Call *split = tree->nodes[i].split;
    return split && 2 * i + 2 < tree->count && number_of(tree->tape, split->saved[SPLIT_GAIN]) > 0;
}

/* The nodes of a round in the order in which they were recorded, which is that of a heap. */
static void collect(Tree *tree, const Frame *round)
{
    const Tape *tape = tree->tape;
    const Call *split = NULL;
    for (int i = 0; i < tape->call_count && tree->count < MOST_NODES; i++) {
        const Call *call = &tape->calls[i];
        if ((call->rule != &SPLIT && call->rule != &LEAF_VALUE) || round_of(tape, call) != round)
            continue;
        if (call->rule == &SPLIT) {
            split = call;
            continue;
        }
        tree->nodes[tree->count++] = (Node){.value = call, .split = split, .rows = rows_in(tape, call)};
        split = NULL;
    }
}

/* Leaves side by side, a node over the middle of its two; returns where the next leaf goes. */
static double lay_out(Tree *tree, int i, double left)
{
    if (!is_cut(tree, i)) {
        tree->nodes[i].x = left + tree->width / 2;
        return left + tree->width + GAP;
    }
    left = lay_out(tree, 2 * i + 1, left);
    left = lay_out(tree, 2 * i + 2, left);
    tree->nodes[i].x = (tree->nodes[2 * i + 1].x + tree->nodes[2 * i + 2].x) / 2;
    return left;
}

/* Without the zeros at its end, which only fill a table. */
static const char *number_in(const Tree *tree, double number)
{
    char text[NUMBER_SIZE], real[NUMBER_SIZE];
    int digits = tree->spec->digits;
    number_text(text, number, digits == AUTO_DIGITS ? 3 : digits);
    if (digits == AUTO_DIGITS && strchr(text, '.') && !strchr(text, 'e'))
        for (size_t end = strlen(text); text[end - 1] == '0' || text[end - 1] == '.'; text[end] = '\0')
            if (text[--end] == '.') {
                text[end] = '\0';
                break;
            }
    return draw_format(tree->list, "%s", real_minus(real, sizeof real, text));
}

/* What the cut is called: the feature's name, or x with its number. */
static const char *feature_of(const Tree *tree, const Call *split)
{
    int f = (int)number_of(tree->tape, split->saved[SPLIT_FEATURE]);
    const Axis *axis = tape_counts(tree->tape, split->saved[SPLIT_FEATURE]);
    return axis->labels && f < axis->size ? axis->labels[f] : draw_format(tree->list, "x%d", f);
}

/* What a node says of itself, and how wide the widest of them is. */
static void write_lines(Tree *tree, int i)
{
    Node *node = &tree->nodes[i];
    const char *g = number_in(tree, number_of(tree->tape, node->value->saved[LEAF_G])),
               *h = number_in(tree, number_of(tree->tape, node->value->saved[LEAF_H]));
    bool cut = is_cut(tree, i);
    if (cut) {
        node->lines[0] = draw_format(tree->list, "%s < %s", feature_of(tree, node->split),
                                     number_in(tree, number_of(tree->tape, node->split->output)));
        node->lines[2] = draw_format(tree->list, "gain %s",
                                     number_in(tree, number_of(tree->tape, node->split->saved[SPLIT_GAIN])));
    } else {
        node->lines[0] = number_in(tree, number_of(tree->tape, node->value->output));
        node->lines[2] = node->split ? "no cut gains anything" : "leaf";
    }
    node->lines[1] = draw_format(tree->list, "%d row%s, G %s, H %s", node->rows, node->rows == 1 ? "" : "s", g, h);
    for (int line = 0; line < LINES; line++) {
        double width = line ? measure_text(node->lines[line], FACE_PLAIN, SMALL_SIZE)
                            : measure_text(node->lines[line], FACE_BOLD, TEXT_SIZE);
        tree->width = width + 2 * PAD > tree->width ? width + 2 * PAD : tree->width;
    }
    if (cut) {
        write_lines(tree, 2 * i + 1);
        write_lines(tree, 2 * i + 2);
    }
}

static void draw_box(const Tree *tree, int i, double y)
{
    const Node *node = &tree->nodes[i];
    const Theme *theme = tree->spec->theme;
    bool cut = is_cut(tree, i);
    double x = node->x - tree->width / 2, radius = cut ? 4 : 14;
    Item *box = draw_rect(tree->list, x, y, tree->width, BOX_HEIGHT, theme->paper);
    box->radius = radius;
    box->tip = draw_format(tree->list, "node%d: %s", i, node->lines[1]);
    draw_outline(tree->list, x, y, tree->width, BOX_HEIGHT, cut ? theme->line : theme->forward, cut ? 1 : 2)->radius =
        radius;
    draw_bold(tree->list, node->x, y + 19, ALIGN_CENTER, TEXT_SIZE, theme->ink, node->lines[0]);
    for (int line = 1; line < LINES; line++)
        draw_text(tree->list, node->x, y + 20 + line * LINE_HEIGHT, ALIGN_CENTER, SMALL_SIZE, theme->muted,
                  node->lines[line]);
}

static void draw_branch(const Tree *tree, int from, int to, double y, const char *says)
{
    const Node *a = &tree->nodes[from], *b = &tree->nodes[to];
    double top = y + BOX_HEIGHT, end = y + LEVEL, middle = (top + end) / 2;
    Point points[4] = {{a->x, top}, {a->x, middle}, {b->x, middle}, {b->x, end}};
    draw_curve(tree->list, points, tree->spec->theme->line, 1.5);
    draw_text(tree->list, b->x + (b->x < a->x ? -8 : 8), end - 8, b->x < a->x ? ALIGN_RIGHT : ALIGN_LEFT, SMALL_SIZE,
              tree->spec->theme->muted, says);
}

static void draw_nodes(Tree *tree, int i, int level)
{
    double y = PAGE_TOP + 4 + (double)level * LEVEL;
    tree->bottom = (int)y + BOX_HEIGHT > tree->bottom ? (int)y + BOX_HEIGHT : tree->bottom;
    if (is_cut(tree, i)) {
        draw_branch(tree, i, 2 * i + 1, y, "yes");
        draw_branch(tree, i, 2 * i + 2, y, "no");
        draw_nodes(tree, 2 * i + 1, level + 1);
        draw_nodes(tree, 2 * i + 2, level + 1);
    }
    draw_box(tree, i, y);
}

/* The frame that the name means: "round1"; the first without a name. */
static const Frame *find_round(const Spec *spec, Error *error)
{
    const Tape *tape = &spec->session->run.tape;
    const Frame *last = NULL;
    int rounds = 0;
    for (int i = 0; i < tape->call_count; i++) {
        if (tape->calls[i].rule != &LEAF_VALUE || round_of(tape, &tape->calls[i]) == last)
            continue;
        last = round_of(tape, &tape->calls[i]);
        rounds++;
        if (!spec->name || strcmp(spec->name, last->name) == 0)
            return last;
    }
    error_set(error, EXIT_USED_WRONGLY, "no tree is called \"%.60s\"; there are round0 to round%d", spec->name,
              rounds - 1);
    return NULL;
}

static bool fits(const Session *session, const char **why)
{
    *why = "the model has no trees";
    for (int i = 0; i < session->run.tape.call_count; i++)
        if (session->run.tape.calls[i].rule == &LEAF_VALUE)
            return true;
    return false;
}

static bool usual(const Session *session, char *name, size_t size)
{
    (void)session;
    snprintf(name, size, "round0");
    return true;
}

static bool draw(const Spec *spec, DrawList *list, Error *error)
{
    const Frame *round = find_round(spec, error);
    Tree *tree = round ? calloc(1, sizeof *tree) : NULL;
    if (!round)
        return false;
    if (!tree)
        return error_memory(error);
    *tree = (Tree){.spec = spec, .list = list, .tape = &spec->session->run.tape};
    collect(tree, round);
    page_begin(list, spec);
    write_lines(tree, 0);
    double right = lay_out(tree, 0, PAGE_MARGIN) - GAP;
    draw_nodes(tree, 0, 0);
    const char *title = draw_format(list, "The tree of %s", round->name);
    const char *told = "Rows for which the condition holds go to the left. G and H are the sums of the first and "
                       "second derivatives of their losses; a leaf’s value is added to the margin of each of its rows.";
    page_end(list, spec, right, tree->bottom, title, told,
             draw_format(list, "A tree of %d rows, its conditions and the values of its leaves. %s",
                         tree->nodes[0].rows, told));
    free(tree);
    return true;
}

const Figure TREE_FIGURE = {
    .name = "tree",
    .words = "[round0]",
    .shows = "a boosted tree: its cuts with what they gain, and the values of its leaves",
    .fits = fits,
    .usual = usual,
    .draw = draw,
};
