/* Trees that are being grown without a tape: what their growing and their training in rounds share. */
#ifndef TINY_MODEL_SYSTEMS_TREES_FOREST_H
#define TINY_MODEL_SYSTEMS_TREES_FOREST_H

#include "trees.h"

struct Forest {
    const Trees *trees;
    Boosting how;
    double *columns;           /* [F][rows] */
    int *stretches;            /* [lists][rows] row numbers: all in their order, then each feature in ascending order */
    int *order;                /* the same before the first cut */
    int lists;
    int *bins;                 /* [F][rows], or NULL */
    double *edges;             /* [F][bins - 1] */
    double *gradient, *hessian, *margins;
    double *ranks;             /* [rows + held] room */
    bool *right;               /* [rows] */
    int *room;                 /* [rows] */
    TreeNode *nodes;
    int *begins;               /* [nodes] where each node's stretch begins */
};

/* The value of the leaf that a row [features] comes to in the last tree. */
double forest_leaf(const Forest *forest, const double *x);

/* All rows go down the last tree: its leaf values join their margins. */
void forest_move_margins(Forest *forest);

#endif
