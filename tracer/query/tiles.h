/* The tiles of attention on a tape, found by the rule that made them; and the routers of its mixtures of experts. */
#ifndef TRACER_QUERY_TILES_H
#define TRACER_QUERY_TILES_H

#include "traffic.h"

#include "tiny_model/rules/rule.h"

/* A head that is computed in tiles. */
typedef struct {
    int call;               /* on the tape */
    const char *path;       /* "block0.attention.head0" */
    int queries, keys;      /* tokens */
    int rows, cols;         /* of a tile */
    int down, across;       /* tiles */
    int window;             /* as in Tiling */
    int width;              /* of a query */
} TiledHead;

/* Value ids of what a tile leaves; -1: it was not made. */
typedef struct {
    int scores, max, rescale, sum, accumulated;
    int weights;            /* of the way back, where there is one */
} Tile;

/* The i-th of the tape; false behind the last. */
bool tiled_head(const Tape *tape, int i, TiledHead *out);

/* By "block0.head1" or its whole path, NULL: the first; or the one that a frame lies in. */
bool tiled_head_find(const Tape *tape, const char *name, TiledHead *out);
bool tiled_head_around(const Tape *tape, int frame, TiledHead *out);

/* What the head moves by formula; and in tiles as counted on the tape: what those that were made have read. */
TrafficForm tiled_form(const TiledHead *head);
TiledTraffic tiled_counted(const Tape *tape, const TiledHead *head);

Tile tile_at(const Tape *tape, const TiledHead *head, int i, int j);

/* A router: who went where. */
typedef struct {
    int call;
    const char *path;       /* "block0.mlp.router" */
    int probabilities, chosen, admitted, gate; /* value ids, [T x E] */
    int top_k, room;        /* room of an expert, 0: for all */
    bool renormalised;
} Router;

bool router_at(const Tape *tape, int i, Router *out);
bool router_find(const Tape *tape, const char *name, Router *out);

/* How many ones a column of a matrix of 0 and 1 has. */
int column_count(const Tape *tape, int value, int col);

#endif
