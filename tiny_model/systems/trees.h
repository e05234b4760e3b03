/* Boosted trees: what trees.c records and trees_grow.c computes without recording share. */
#ifndef TINY_MODEL_SYSTEMS_TREES_H
#define TINY_MODEL_SYSTEMS_TREES_H

#include "../data/classes.h"
#include "../mistakes.h"
#include "../rules/rule.h"
#include "../system.h"

enum { MOST_ROUNDS = 10000, MOST_DEPTH = 16, MOST_BINS = 256 };

typedef struct {
    int rounds, depth;
    int bins;                  /* 0: every place between two numbers is tried */
    double learning_rate, lambda, gamma, min_child_weight;
    double base_score;         /* the probability before the first round */
    Texts columns;             /* names of the features, or none */
    /* Derived: */
    int rows, held, features;  /* rows that are learned from; those kept apart stand behind them */
    Classes of;
    double *numbers;           /* [rows + held x features] */
    double *classes;           /* [rows + held], 0 or 1 */
} Trees;

/* One node of a grown tree. */
typedef struct {
    int feature;               /* -1: a leaf */
    double cut, gain;          /* left is x < cut */
    double g, h, value;
    int rows;                  /* how many are in it; 0: it is not there */
} TreeNode;

static inline int tree_nodes(const Trees *trees)
{
    return (2 << trees->depth) - 1;
}

static inline Boosting trees_boosting(const Trees *trees)
{
    return (Boosting){trees->learning_rate, trees->lambda, trees->gamma, trees->min_child_weight};
}

/* The margin before the first round. */
double trees_base(const Trees *trees);

/* Trees that are being grown, round after round, without recording anything: to the last bit what the tape says. */
typedef struct Forest Forest;
extern const RoundTraining TREE_ROUNDS;

/* Sorts and bins the features; NULL and *error if out of memory. The model must live longer. */
Forest *forest_begin(const Model *model, Error *error);

/* One more round: grows a tree and moves the margins. Its nodes, the children of i at 2i + 1 and 2i + 2, are there
 * until the next call. */
const TreeNode *forest_round(Forest *forest);

/* The margins of all rows [rows + held], those kept apart behind the others. */
const double *forest_margins(const Forest *forest);
void forest_free(Forest *forest);

/* The mean loss of `count` rows from `first`. */
double trees_loss(const Trees *trees, const double *margins, int first, int count);

/* What only trees can get wrong: trees_mistakes.c. */
extern const Mistake TREES_MISTAKES[];
enum { TREES_MISTAKE_COUNT = 6 };

/* The preset of the system in trees.c. */
void trees_preset(Model *model);

#endif
