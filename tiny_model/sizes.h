/* The sizes of a transformer that reads a text once, and what follows from them by closed formulas: how many
 * numbers it has, how many multiplications its matrix products take. Nothing is recorded for it, so it says the same
 * of a model of six tokens and of one that fills a thousand machines. Chapter 23.
 *
 *   T tokens, d width, H heads, G heads of keys and values, k width of a head, f width of the MLP,
 *   V vocabulary, L blocks
 *
 *   queries, keys, values  T d (H + 2 G) k       scores    T (before + T) H k      weighted  the same
 *   output                 T H k d               MLP       T 2 d f, with a gate 3  head      T d V
 *
 * all but the head L times. A table that is looked up takes no product; the head does, whether it is a table of its own
 * or the embedding's. Scores are reckoned as they are computed: all pairs, those that a mask hides too. In tiles they
 * are those of the tiles in which something is seen, and on the way back the scores are made once more. */
#ifndef TINY_MODEL_SIZES_H
#define TINY_MODEL_SIZES_H

#include <stdbool.h>

typedef struct {
    const char *name;
    long long layers, d, heads, kv_heads, d_k, d_ff, vocabulary, context; /* context: rows of a learned table */
    int mlp_matrices;       /* [d x f] or [f x d], of each expert: 2; 3 with a gate; 0: attention only */
    long long experts;      /* MLPs to choose from, with a router; 0: one, for every token */
    long long top_k;        /* of them, for each token */
    long long shared;       /* MLPs beside the chosen, for every token */
    bool crowded;           /* experts have not room for all: who is dropped no formula knows, and none is taken off */
    long long tile_rows, tile_columns; /* of attention in tiles; 0: it is whole */
    long long window;       /* in tiles, keys that a query sees; 0: every key */
    int norm_vectors;       /* gamma and beta: 2; gamma: 1; neither: 0 */
    int block_norms;        /* in a block */
    int other_norms;        /* before and behind all blocks */
    bool learned_positions, attention_bias, output_bias, mlp_bias, head_bias, tied_head;
    bool keeps;             /* keys and values may be kept while the text goes on */
} ModelSizes;

/* How many numbers there are of each kind. */
typedef struct {
    long long embedding, position;                   /* tables */
    long long attention, mlp, norms, block;          /* of one block; all of its experts */
    long long head;                                  /* 0 where it is the embedding */
    long long all;
    long long products;                              /* those that a token is multiplied with */
    long long active;                                /* those that a token meets: without experts not chosen for it */
} SizesNumbers;

/* Multiplications, each with an addition, on the way forward: of one block each, of the head, of all. */
typedef struct {
    long long qkv, scores, weighted, out, mlp, head;
    long long all;
} SizesProducts;

SizesNumbers sizes_numbers(const ModelSizes *sizes);

/* Of `tokens` that are read behind `before` others. */
SizesProducts sizes_products(const ModelSizes *sizes, long long tokens, long long before);

/* Pairs of a query and a key whose scores are computed, of one head. */
long long sizes_pairs(const ModelSizes *sizes, long long tokens, long long before);

/* Keys and values that are kept of so many tokens. */
long long sizes_cache(const ModelSizes *sizes, long long tokens);

#endif
