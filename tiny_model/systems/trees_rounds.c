/* Trees as a training in rounds: how good they are by now, rows that are only asked about, trees for files. */
#include "trees_forest.h"

#include "../data/auc.h"
#include "../elementary/elementary.h"

#include <math.h>

static int rounds_in(const Model *model)
{
    return ((const Trees *)model->settings)->rounds;
}

static void *rounds_begin(const Model *model, Error *error)
{
    return forest_begin(model, error);
}

static void rounds_next(void *state)
{
    forest_round(state);
}

static RoundMeasures rounds_measure(void *state, bool areas)
{
    Forest *forest = state;
    const Trees *trees = forest->trees;
    int rows = trees->rows, held = trees->held;
    return (RoundMeasures){
        .loss = trees_loss(trees, forest->margins, 0, rows),
        .area = areas ? area_under_curve(forest->margins, trees->classes, rows, forest->ranks) : NAN,
        .held_loss = held ? trees_loss(trees, forest->margins, rows, held) : NAN,
        .held_area = areas ? area_under_curve(forest->margins + rows, trees->classes + rows, held, forest->ranks)
                           : NAN,
    };
}

static void rounds_end(void *state)
{
    forest_free(state);
}

static const Texts *rounds_features(const Model *model)
{
    return &((const Trees *)model->settings)->columns;
}

static const char *rounds_class_one(const Model *model)
{
    const Trees *trees = model->settings;
    return trees->of.labels && trees->of.count > 1 ? trees->of.labels[1] : NULL;
}

static void rounds_unseen(const void *state, int round, const double *numbers, int count, double *margins)
{
    const Forest *forest = state;
    size_t wide = (size_t)forest->trees->features;
    for (int i = 0; i < count; i++)
        margins[i] = round == 0 ? trees_base(forest->trees)
                                : margins[i] + forest_leaf(forest, numbers + (size_t)i * wide);
}

static double rounds_probability(double margin)
{
    return sigmoid_of(margin);
}

/* Of each node of a tree: the feature that it asks for, -1 for a leaf; below which number a row goes left; its value
 * as a leaf. */
static const char *const parts[] = {"feature", "threshold", "value", NULL};
typedef enum { PART_FEATURE, PART_THRESHOLD, PART_VALUE } TreePart;

static int part_size(const Model *model)
{
    return tree_nodes(model->settings);
}

static void part_give(const void *state, int part, double *out)
{
    const Forest *forest = state;
    for (int i = 0; i < tree_nodes(forest->trees); i++) {
        const TreeNode *node = &forest->nodes[i];
        out[i] = part == PART_FEATURE ? node->feature : part == PART_THRESHOLD ? node->cut : node->value;
    }
}

static bool parts_take(void *state, const double *const *numbers)
{
    Forest *forest = state;
    int nodes = tree_nodes(forest->trees);
    for (int i = 0; i < nodes; i++) {
        double feature = numbers[PART_FEATURE][i];
        bool leaf = feature == -1;
        bool asks = feature >= 0 && feature < forest->trees->features && feature == (int)feature;
        if (!leaf && (!asks || 2 * i + 2 >= nodes))
            return false;
        if (!isfinite(numbers[PART_THRESHOLD][i]) || !isfinite(numbers[PART_VALUE][i]))
            return false;
        forest->nodes[i] = (TreeNode){.feature = (int)feature, .cut = numbers[PART_THRESHOLD][i],
                                      .value = numbers[PART_VALUE][i]};
    }
    forest_move_margins(forest);
    return true;
}

static double rounds_base(const Model *model)
{
    return trees_base(model->settings);
}

const RoundTraining TREE_ROUNDS = {
    .count = rounds_in, .begin = rounds_begin, .next = rounds_next, .measure = rounds_measure, .end = rounds_end,
    .features = rounds_features, .class_one = rounds_class_one, .unseen = rounds_unseen,
    .probability = rounds_probability, .parts = parts, .part_size = part_size, .give = part_give,
    .take = parts_take, .base = rounds_base,
};
