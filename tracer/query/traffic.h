/* How many numbers attention moves between the large memory and the small one in which it computes: whole, or in
 * tiles. Formulas, in numbers and not in bytes; of one head. Chapter 25.
 *
 *   whole  4 N^2 + 4 N d      read Q, K; write the scores, read them; write the weights, read them and V; write O
 *   tiles  N d + 2 N d ceil(N / B) + N d + N     read Q once, K and V for every block of B queries; write output and L
 *
 * For long texts the ratio is 2 B / d: tiles of fewer than d / 2 queries move more than attention that is whole. */
#ifndef TRACER_QUERY_TRAFFIC_H
#define TRACER_QUERY_TRAFFIC_H

#include <stdbool.h>

typedef struct {
    long long tokens, width;    /* N, and d of a head */
    long long rows, columns;    /* of a tile */
    bool causal;                /* tiles behind the diagonal are not read */
    long long window;           /* keys that a query sees; 0: all, or all before it */
} TrafficForm;

typedef struct {
    long long read_qk, write_scores, read_scores, write_weights, read_weights_v, write_output;
    long long all;
} WholeTraffic;

typedef struct {
    long long read_q, read_kv, write_output, write_logsumexp;
    long long all;
    long long tiles, skipped;
} TiledTraffic;

WholeTraffic traffic_whole(const TrafficForm *form);
TiledTraffic traffic_tiled(const TrafficForm *form);

#endif
