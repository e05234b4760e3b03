/* plain.h - one training step of a small GPT, written the plainest way.
 *
 * The yardstick of the benchmark: no graph, no tape, no threads, float64,
 * every forward and backward formula written out by hand.
 */
#ifndef PLAIN_H
#define PLAIN_H

typedef struct {
    int vocabulary; /* number of distinct tokens */
    int tokens;     /* length of the training text, from 2 to context */
    int context;    /* rows of the position embedding */
    int d_model;
    int heads;      /* divides d_model */
    int d_ff;
    int layers;
} PlainSizes;

typedef struct Plain Plain;

/* Copies token_ids. All parameters start at zero: the caller fills them in
 * through plain_parameters(). Returns NULL if out of memory. */
Plain *plain_new(PlainSizes sizes, const int *token_ids);
void plain_free(Plain *p);

/* The parameters, and the gradients of the last step, are flat and row-major:
 *   token_embedding, position_embedding,
 *   per block: attention.norm.gamma, attention.norm.beta,
 *              per head: W_Q, W_K, W_V, b_Q, b_K, b_V,
 *              W_O, b_O, mlp.norm.gamma, mlp.norm.beta, W_1, b_1, W_2, b_2,
 *   final_norm.gamma, final_norm.beta, head.W                              */
int plain_parameter_count(const Plain *p);
double *plain_parameters(Plain *p);
double *plain_gradients(Plain *p);

/* Forward, backward and AdamW update. Returns the loss before the update. */
double plain_step(Plain *p);

#endif
