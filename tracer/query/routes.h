/* Gradient by route: through whom a cell of a gradient came back, and how much through each. */
#ifndef TRACER_QUERY_ROUTES_H
#define TRACER_QUERY_ROUTES_H

#include "tracer/session/names.h"

enum { MOST_ROUTES = 256 };

typedef struct {
    int message;      /* value id of the contribution, as recorded */
    int through;      /* value id of the forward value that sent it */
    double number;    /* what it adds to the cell */
    double share;     /* of the sum of all sizes, 0 to 1 */
} Route;

/* The value X that X.grad or one of the messages in it belongs to; -1: id is neither. */
int owner_of_gradient(const Tape *tape, int id);

/* The messages that make up cell (row, col) of X.grad, in the order in which they are added, for a
 * value X that has a gradient. One if a single reader sent it. Returns how many. */
int routes_of(const Names *names, int value, int row, int col, Route out[MOST_ROUTES]);

/* The part of the model that a route goes through: "residual", "head1", "mlp". Writes into out[size]. */
const char *route_part(const Names *names, const Route *route, char *out, size_t size);

/* What sent it, in a word or two: "head1.K". Writes into out[size]. */
const char *route_name(const Names *names, const Route *route, char *out, size_t size);

#endif
