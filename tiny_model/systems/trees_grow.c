/* Trees grown without recording them, for as many rows as a reader has. Every number is computed as on the tape and
 * in the same order, so it has the same bits: what the tape multiplies by 0, since a row is not in the node, is left
 * out here.
 *
 *   exact   each feature's rows stay in ascending order while nodes part them; a node is a stretch of every feature
 *   bins    only the rows are parted; a node's derivatives are summed up in its bins */
#include "trees_forest.h"

#include "../elementary/elementary.h"
#include "../primitives/splitting.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The best cut of a node. */
typedef struct {
    int feature;
    double gain, cut;
} Cut;

double trees_base(const Trees *trees)
{
    return log_of(trees->base_score / (1 - trees->base_score));
}

void forest_free(Forest *forest)
{
    if (!forest)
        return;
    free(forest->columns);
    free(forest->stretches);
    free(forest->order);
    free(forest->bins);
    free(forest->edges);
    free(forest->gradient);
    free(forest->hessian);
    free(forest->margins);
    free(forest->ranks);
    free(forest->right);
    free(forest->room);
    free(forest->nodes);
    free(forest->begins);
    free(forest);
}

static bool make_room(Forest *forest)
{
    const Trees *trees = forest->trees;
    size_t rows = (size_t)trees->rows, features = (size_t)trees->features, lists = (size_t)forest->lists;
    forest->columns = malloc(features * rows * sizeof *forest->columns);
    forest->stretches = malloc(lists * rows * sizeof *forest->stretches);
    forest->order = malloc(lists * rows * sizeof *forest->order);
    forest->bins = trees->bins ? malloc(features * rows * sizeof *forest->bins) : NULL;
    forest->edges = trees->bins ? malloc(features * (size_t)trees->bins * sizeof *forest->edges) : NULL;
    forest->gradient = malloc(rows * sizeof *forest->gradient);
    forest->hessian = malloc(rows * sizeof *forest->hessian);
    forest->margins = malloc((rows + (size_t)trees->held) * sizeof *forest->margins);
    forest->ranks = malloc((rows + (size_t)trees->held) * sizeof *forest->ranks);
    forest->right = malloc(rows * sizeof *forest->right);
    forest->room = malloc(rows * sizeof *forest->room);
    forest->nodes = malloc((size_t)tree_nodes(trees) * sizeof *forest->nodes);
    forest->begins = malloc((size_t)tree_nodes(trees) * sizeof *forest->begins);
    return forest->columns && forest->stretches && forest->order && (!trees->bins || (forest->bins && forest->edges)) &&
           forest->gradient && forest->hessian && forest->margins && forest->ranks && forest->right && forest->room &&
           forest->nodes && forest->begins;
}

/* One feature: its column, its ascending order, its bins. room [2 x rows] */
static void prepare_feature(Forest *forest, int f, double *room)
{
    const Trees *trees = forest->trees;
    size_t rows = (size_t)trees->rows;
    double *column = forest->columns + (size_t)f * rows, *sorted = room + rows;
    for (size_t i = 0; i < rows; i++)
        column[i] = trees->numbers[i * (size_t)trees->features + (size_t)f];
    ascending_rows(column, 1, trees->rows, room);
    if (!trees->bins) {
        for (size_t i = 0; i < rows; i++)
            forest->order[((size_t)f + 1) * rows + i] = (int)room[i];
        return;
    }
    double *edges = forest->edges + (size_t)f * (size_t)trees->bins;
    for (size_t i = 0; i < rows; i++)
        sorted[i] = column[(size_t)room[i]];
    for (int k = 0; k + 1 < trees->bins; k++)
        edges[k] = quantile(sorted, trees->rows, k, trees->bins - 1);
    for (size_t i = 0; i < rows; i++) {
        int bin = 0;
        for (int k = 0; k + 1 < trees->bins; k++)
            bin += edges[k] <= column[i];
        forest->bins[(size_t)f * rows + i] = bin;
    }
}

Forest *forest_begin(const Model *model, Error *error)
{
    const Trees *trees = model->settings;
    Forest *forest = calloc(1, sizeof *forest);
    double *room = malloc(2 * (size_t)trees->rows * sizeof *room);
    if (forest)
        *forest = (Forest){.trees = trees, .how = trees_boosting(trees),
                           .lists = trees->bins ? 1 : trees->features + 1};
    if (!forest || !room || !make_room(forest)) {
        forest_free(forest);
        free(room);
        error_memory(error);
        return NULL;
    }
    for (int i = 0; i < trees->rows; i++)
        forest->order[i] = i;
    for (int i = 0; i < trees->rows + trees->held; i++)
        forest->margins[i] = trees_base(trees);
    for (int f = 0; f < trees->features; f++)
        prepare_feature(forest, f, room);
    free(room);
    return forest;
}

const double *forest_margins(const Forest *forest)
{
    return forest->margins;
}

static double score(double g, double h, double lambda)
{
    return g * g / (h + lambda);
}

static bool is_allowed(const Boosting *how, double left_h, double right_h)
{
    if (how->min_child_weight > 0)
        return left_h >= how->min_child_weight && right_h >= how->min_child_weight;
    return how->lambda != 0 || (left_h > 0 && right_h > 0);
}

/* The formula of rules/tree.c. */
static inline double gain_of(const Boosting *how, const TreeNode *node, double whole, double left_g, double left_h)
{
    double right_g = node->g - left_g, right_h = node->h - left_h;
    if (!is_allowed(how, left_h, right_h))
        return -INFINITY;
    double better = (score(left_g, left_h, how->lambda) + score(right_g, right_h, how->lambda) - whole) * 0.5;
    return how->gamma != 0 ? better - how->gamma : better;
}

static void best_exact(const Forest *forest, int index, int f, double whole, Cut *best)
{
    size_t rows = (size_t)forest->trees->rows;
    const TreeNode *node = &forest->nodes[index];
    const int *at = forest->stretches + ((size_t)f + 1) * rows + forest->begins[index];
    const double *column = forest->columns + (size_t)f * rows;
    double left_g = 0, left_h = 0, x = column[at[0]];
    for (int i = 0; i + 1 < node->rows; i++) {
        double next = column[at[i + 1]];
        left_g += forest->gradient[at[i]];
        left_h += forest->hessian[at[i]];
        if (next > x) {
            double gain = gain_of(&forest->how, node, whole, left_g, left_h);
            if (gain > best->gain)
                *best = (Cut){f, gain, middle(x, next)};
        }
        x = next;
    }
}

static void best_binned(const Forest *forest, int index, int f, double whole, Cut *best)
{
    int bins = forest->trees->bins;
    const TreeNode *node = &forest->nodes[index];
    const int *at = forest->stretches + forest->begins[index];
    const int *bin = forest->bins + (size_t)f * (size_t)forest->trees->rows;
    double g[MOST_BINS] = {0}, h[MOST_BINS] = {0}, left_g = 0, left_h = 0;
    int count[MOST_BINS] = {0}, left = 0;
    for (int i = 0; i < node->rows; i++) {
        int b = bin[at[i]];
        g[b] += forest->gradient[at[i]];
        h[b] += forest->hessian[at[i]];
        count[b]++;
    }
    for (int k = 0; k + 1 < bins; k++) {
        left_g += g[k];
        left_h += h[k];
        left += count[k];
        double gain = left > 0 && left < node->rows ? gain_of(&forest->how, node, whole, left_g, left_h) : -INFINITY;
        if (gain > best->gain)
            *best = (Cut){f, gain, forest->edges[(size_t)f * (size_t)bins + (size_t)k]};
    }
}

/* Parts a stretch of each list; the order on either side stays. */
static void part(Forest *forest, int index, int left)
{
    int begin = forest->begins[index], count = forest->nodes[index].rows;
    for (int list = 0; list < forest->lists; list++) {
        int *at = forest->stretches + (size_t)list * (size_t)forest->trees->rows + begin, kept = 0, moved = 0;
        for (int i = 0; i < count; i++)
            if (forest->right[at[i]])
                forest->room[moved++] = at[i];
            else
                at[kept++] = at[i];
        memcpy(at + left, forest->room, (size_t)moved * sizeof *at);
    }
}

static void sum_up(Forest *forest, int index)
{
    TreeNode *node = &forest->nodes[index];
    const int *at = forest->stretches + forest->begins[index];
    for (int i = 0; i < node->rows; i++) {
        node->g += forest->gradient[at[i]];
        node->h += forest->hessian[at[i]];
    }
    double best = node->g / (node->h + forest->how.lambda) * -1;
    if (forest->how.lambda == 0 && !(node->h > 0))
        best = 0;
    node->value = best * forest->how.learning_rate;
}

/* Looks for the best cut of a node and hands its rows on, where that makes it better. */
static void grow_node(Forest *forest, int index)
{
    const Trees *trees = forest->trees;
    TreeNode *node = &forest->nodes[index];
    sum_up(forest, index);
    if (2 * index + 2 >= tree_nodes(trees) || node->rows < 2)
        return;
    Cut best = {-1, 0, 0};
    double whole = score(node->g, node->h, forest->how.lambda);
    for (int f = 0; f < trees->features; f++)
        (trees->bins ? best_binned : best_exact)(forest, index, f, whole, &best);
    if (best.feature < 0)
        return;
    node->feature = best.feature;
    node->cut = best.cut;
    node->gain = best.gain;
    const int *at = forest->stretches + forest->begins[index];
    const double *column = forest->columns + (size_t)best.feature * (size_t)trees->rows;
    int left = 0;
    for (int i = 0; i < node->rows; i++) {
        forest->right[at[i]] = !(column[at[i]] < best.cut);
        left += !forest->right[at[i]];
    }
    part(forest, index, left);
    forest->nodes[2 * index + 1].rows = left;
    forest->nodes[2 * index + 2].rows = node->rows - left;
    forest->begins[2 * index + 1] = forest->begins[index];
    forest->begins[2 * index + 2] = forest->begins[index] + left;
}

double forest_leaf(const Forest *forest, const double *x)
{
    const TreeNode *node = forest->nodes;
    for (int i = 0; node->feature >= 0; node = &forest->nodes[i])
        i = 2 * i + (x[node->feature] < node->cut ? 1 : 2);
    return node->value;
}

void forest_move_margins(Forest *forest)
{
    const Trees *trees = forest->trees;
    size_t rows = (size_t)(trees->rows + trees->held);
    for (size_t i = 0; i < rows; i++)
        forest->margins[i] += forest_leaf(forest, trees->numbers + i * (size_t)trees->features);
}

const TreeNode *forest_round(Forest *forest)
{
    const Trees *trees = forest->trees;
    size_t rows = (size_t)trees->rows;
    for (size_t i = 0; i < rows; i++) {
        double p = sigmoid_of(forest->margins[i]);
        forest->gradient[i] = p - trees->classes[i];
        forest->hessian[i] = p * (p * -1 + 1);
    }
    memcpy(forest->stretches, forest->order, (size_t)forest->lists * rows * sizeof *forest->order);
    for (int i = 0; i < tree_nodes(trees); i++)
        forest->nodes[i] = (TreeNode){.feature = -1};
    forest->nodes[0].rows = trees->rows;
    forest->begins[0] = 0;
    for (int i = 0; i < tree_nodes(trees); i++)
        if (forest->nodes[i].rows > 0)
            grow_node(forest, i);
    forest_move_margins(forest);
    return forest->nodes;
}

double trees_loss(const Trees *trees, const double *margins, int first, int count)
{
    double sum = 0;
    for (int i = first; i < first + count; i++) {
        double z = margins[i], above = z > 0 ? z : 0, below = -z > 0 ? -z : 0;
        sum += (above - z * trees->classes[i]) + log_of(exp_of((above + below) * -1) + 1);
    }
    return sum * (1.0 / count);
}
