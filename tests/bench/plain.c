/* plain.c - one training step of a small GPT, written the plainest way.
 *
 * T tokens, vocabulary V, width d, H heads of width d_k = d/H, L blocks.
 *
 *   x      = token_embedding[token] + position_embedding[position]
 *   block:   n = layernorm(x)
 *            per head: Q = n W_Q + b_Q, K = n W_K + b_K, V = n W_V + b_V
 *                      out = softmax(causal(Q K^T / sqrt(d_k))) V
 *            x = x + concat(out) W_O + b_O
 *            x = x + gelu(layernorm(x) W_1 + b_1) W_2 + b_2
 *   logits = layernorm(x) head_W
 *   loss   = mean over t < T-1 of logsumexp(logits[t]) - logits[t][token[t+1]]
 *
 *   layernorm(x) = gamma (x - mean) / sqrt(variance + 1e-5) + beta
 *   gelu(x)      = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
 *   AdamW:         m = b1 m + (1-b1) g,      v = b2 v + (1-b2) g g
 *                  m_hat = m / (1 - b1^t),   v_hat = v / (1 - b2^t)
 *                  p = p (1 - lr wd) - lr m_hat / (sqrt(v_hat) + eps)
 *
 * Matrices are row-major: element (r, c) of an R x C matrix is a[r*C + c].
 * dx is the gradient of the loss by x. A backward quotes the forward line it
 * undoes, and adds to its gradients unless it says otherwise.
 */
#include "plain.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GELU_SCALE 0.79788456080286535588 /* sqrt(2/pi) */
#define GELU_CUBIC 0.044715

typedef struct {
    double *norm1_gamma, *norm1_beta;        /* parameters, as in plain.h */
    double *heads;                           /* per head W_Q W_K W_V b_Q b_K b_V */
    double *W_O, *b_O, *norm2_gamma, *norm2_beta, *W_1, *b_1, *W_2, *b_2;
    double *scaled1, *rstd1, *normed1;       /* first layernorm; rstd [T] */
    double *Q, *K, *V, *weights;             /* [H x T x d_k], [H x T x T] */
    double *concat, *middle;                 /* [T x d]; x after attention */
    double *scaled2, *rstd2, *normed2, *hidden, *active; /* around the gelu */
} Block;

struct Plain {
    PlainSizes sizes;
    int *token_ids;
    int step, parameter_count;
    double *memory;                          /* the double arrays below lie here */
    size_t used;
    double *parameters, *gradients, *m, *v;  /* all in the order of plain.h */
    double *token_embedding, *position_embedding;
    Block *blocks;
    double *final_gamma, *final_beta, *head_W;
    double *x, *branch, *scaled, *rstd, *normed, *logits;
    double *dx, *dnormed, *dconcat, *dactive, *dhidden, *dlogits;
    double *dQ, *dK, *dV, *dweights;         /* one head; dweights one row */
};

/* ---- memory -------------------------------------------------------------- */

/* The next count doubles of p->memory; only counts while memory is NULL. */
static double *take(Plain *p, int count) {
    double *start = p->memory != NULL ? p->memory + p->used : NULL;
    p->used += (size_t)count;
    return start;
}

static void lay_out_parameters(Plain *p) {
    int V = p->sizes.vocabulary, C = p->sizes.context, d = p->sizes.d_model, f = p->sizes.d_ff;
    p->token_embedding = take(p, V*d);
    p->position_embedding = take(p, C*d);
    for (Block *b = p->blocks; b < p->blocks + p->sizes.layers; b++) {
        b->norm1_gamma = take(p, d), b->norm1_beta = take(p, d);
        b->heads = take(p, 3*(d + 1)*d);
        b->W_O = take(p, d*d), b->b_O = take(p, d);
        b->norm2_gamma = take(p, d), b->norm2_beta = take(p, d);
        b->W_1 = take(p, d*f), b->b_1 = take(p, f);
        b->W_2 = take(p, f*d), b->b_2 = take(p, d);
    }
    p->final_gamma = take(p, d), p->final_beta = take(p, d);
    p->head_W = take(p, d*V);
}

static void lay_out(Plain *p) {
    int T = p->sizes.tokens, V = p->sizes.vocabulary, f = p->sizes.d_ff;
    int d = p->sizes.d_model, H = p->sizes.heads, d_k = d / H;
    p->used = 0;
    p->parameters = p->memory;
    lay_out_parameters(p);
    p->parameter_count = (int)p->used;
    p->gradients = take(p, p->parameter_count);
    p->m = take(p, p->parameter_count), p->v = take(p, p->parameter_count);
    for (Block *b = p->blocks; b < p->blocks + p->sizes.layers; b++) {
        b->scaled1 = take(p, T*d), b->rstd1 = take(p, T), b->normed1 = take(p, T*d);
        b->Q = take(p, T*d), b->K = take(p, T*d), b->V = take(p, T*d);
        b->weights = take(p, H*T*T), b->concat = take(p, T*d), b->middle = take(p, T*d);
        b->scaled2 = take(p, T*d), b->rstd2 = take(p, T), b->normed2 = take(p, T*d);
        b->hidden = take(p, T*f), b->active = take(p, T*f);
    }
    p->x = take(p, T*d), p->branch = take(p, T*d);
    p->scaled = take(p, T*d), p->rstd = take(p, T), p->normed = take(p, T*d);
    p->dx = take(p, T*d), p->dnormed = take(p, T*d), p->dconcat = take(p, T*d);
    p->dactive = take(p, T*f), p->dhidden = take(p, T*f);
    p->logits = take(p, T*V), p->dlogits = take(p, T*V);
    p->dQ = take(p, T*d_k), p->dK = take(p, T*d_k), p->dV = take(p, T*d_k), p->dweights = take(p, T);
}

Plain *plain_new(PlainSizes sizes, const int *token_ids) {
    Plain *p = calloc(1, sizeof *p);
    if (p == NULL) return NULL;
    size_t id_bytes = (size_t)sizes.tokens * sizeof *token_ids;
    p->sizes = sizes;
    p->token_ids = malloc(id_bytes);
    p->blocks = calloc((size_t)sizes.layers, sizeof *p->blocks);
    if (p->token_ids != NULL && p->blocks != NULL) {
        lay_out(p); /* counts */
        p->memory = calloc(p->used, sizeof *p->memory);
    }
    if (p->memory == NULL) { plain_free(p); return NULL; }
    lay_out(p);
    memcpy(p->token_ids, token_ids, id_bytes);
    return p;
}

void plain_free(Plain *p) {
    if (p == NULL) return;
    free(p->token_ids);
    free(p->blocks);
    free(p->memory);
    free(p);
}

int plain_parameter_count(const Plain *p) { return p->parameter_count; }
double *plain_parameters(Plain *p) { return p->parameters; }
double *plain_gradients(Plain *p) { return p->gradients; }

/* Where the gradient of the parameters at w lies. */
static double *grad(const Plain *p, const double *w) {
    return w != NULL ? p->gradients + (w - p->parameters) : NULL;
}

/* ---- operations, each followed by its backward --------------------------- */

static void linear(double *y, const double *x, const double *w, const double *b, int R, int K, int C) {
    for (int r = 0; r < R; r++)
        for (int c = 0; c < C; c++) {
            double sum = 0;
            for (int k = 0; k < K; k++)
                sum += x[r*K + k] * w[k*C + c];
            y[r*C + c] = b != NULL ? sum + b[c] : sum;
        }
}

/* forward: y[r*C + c] = (sum over k of x[r*K + k] * w[k*C + c]) + b[c] */
static void linear_backward(const Plain *p, double *dx, const double *dy, const double *x,
        const double *w, const double *b, int R, int K, int C) {
    double *dw = grad(p, w), *db = grad(p, b);
    for (int r = 0; r < R; r++)
        for (int c = 0; c < K; c++) {
            double sum = 0;
            for (int k = 0; k < C; k++)
                sum += dy[r*C + k] * w[c*C + k];
            dx[r*K + c] += sum;
        }
    for (int r = 0; r < K; r++)
        for (int c = 0; c < C; c++) {
            double sum = 0;
            for (int k = 0; k < R; k++)
                sum += x[k*K + r] * dy[k*C + c];
            dw[r*C + c] += sum;
        }
    for (int r = 0; db != NULL && r < R; r++)
        for (int c = 0; c < C; c++)
            db[c] += dy[r*C + c];
}

static void layernorm(double *y, double *scaled, double *rstd, const double *x,
        const double *gamma, const double *beta, int R, int C) {
    for (int r = 0; r < R; r++) {
        double sum = 0, squares = 0;
        for (int c = 0; c < C; c++)
            sum += x[r*C + c];
        double mean = sum / C;
        for (int c = 0; c < C; c++)
            squares += (x[r*C + c] - mean) * (x[r*C + c] - mean);
        rstd[r] = 1 / sqrt(squares / C + 1e-5);
        for (int c = 0; c < C; c++) {
            scaled[r*C + c] = (x[r*C + c] - mean) * rstd[r];
            y[r*C + c] = gamma[c] * scaled[r*C + c] + beta[c];
        }
    }
}

/* forward: y[r*C + c] = gamma[c] * scaled[r*C + c] + beta[c] */
static void layernorm_backward(const Plain *p, double *dx, const double *dy, const double *scaled,
        const double *rstd, const double *gamma, const double *beta, int R, int C) {
    double *dgamma = grad(p, gamma), *dbeta = grad(p, beta);
    for (int r = 0; r < R; r++) {
        double sum = 0, dot = 0; /* of dscaled; of dscaled and scaled */
        for (int c = 0; c < C; c++) {
            double dscaled = dy[r*C + c] * gamma[c];
            dgamma[c] += dy[r*C + c] * scaled[r*C + c];
            dbeta[c] += dy[r*C + c];
            sum += dscaled;
            dot += dscaled * scaled[r*C + c];
        }
        for (int c = 0; c < C; c++) {
            double dscaled = dy[r*C + c] * gamma[c];
            dx[r*C + c] += rstd[r] * (dscaled - sum / C - scaled[r*C + c] * dot / C);
        }
    }
}

static void gelu(double *y, const double *x, int count) {
    for (int i = 0; i < count; i++) {
        double t = tanh(GELU_SCALE * (x[i] + GELU_CUBIC * x[i] * x[i] * x[i]));
        y[i] = 0.5 * x[i] * (1 + t);
    }
}

/* forward: y[i] = 0.5 * x[i] * (1 + t). Sets dx. */
static void gelu_backward(double *dx, const double *dy, const double *x, int count) {
    for (int i = 0; i < count; i++) {
        double t = tanh(GELU_SCALE * (x[i] + GELU_CUBIC * x[i] * x[i] * x[i]));
        double dt = (1 - t * t) * GELU_SCALE * (1 + 3 * GELU_CUBIC * x[i] * x[i]);
        dx[i] = dy[i] * (0.5 * (1 + t) + 0.5 * x[i] * dt);
    }
}

/* Replaces x by its softmax; returns the log-sum-exp of what x was. */
static double softmax(double *x, int count) {
    double max = x[0], sum = 0;
    for (int i = 1; i < count; i++)
        max = x[i] > max ? x[i] : max;
    for (int i = 0; i < count; i++)
        x[i] = exp(x[i] - max), sum += x[i];
    for (int i = 0; i < count; i++)
        x[i] /= sum;
    return max + log(sum);
}

/* One head. Row r sees rows 0 to r; out is d_k columns of a [T x d] matrix. */
static void attention(double *out, double *weights, const double *Q, const double *K,
        const double *V, int T, int d, int d_k) {
    for (int r = 0; r < T; r++) {
        for (int c = 0; c <= r; c++) {
            double sum = 0;
            for (int k = 0; k < d_k; k++)
                sum += Q[r*d_k + k] * K[c*d_k + k];
            weights[r*T + c] = sum / sqrt(d_k);
        }
        softmax(weights + r*T, r + 1);
        for (int c = 0; c < d_k; c++) {
            double sum = 0;
            for (int k = 0; k <= r; k++)
                sum += weights[r*T + k] * V[k*d_k + c];
            out[r*d + c] = sum;
        }
    }
}

/* forward: weights[r*T + c] = sum / sqrt(d_k), softmax, sum += weights[r*T + k] * V[k*d_k + c] */
static void attention_backward(double *dQ, double *dK, double *dV, double *dweights, const double *dout,
        const double *weights, const double *Q, const double *K, const double *V, int T, int d, int d_k) {
    for (int r = 0; r < T; r++) {
        double dot = 0;
        for (int c = 0; c <= r; c++) {
            double sum = 0;
            for (int k = 0; k < d_k; k++)
                sum += dout[r*d + k] * V[c*d_k + k];
            dweights[c] = sum;
            dot += sum * weights[r*T + c];
        }
        for (int c = 0; c <= r; c++) {
            double dscore = weights[r*T + c] * (dweights[c] - dot) / sqrt(d_k);
            for (int k = 0; k < d_k; k++) {
                dV[c*d_k + k] += weights[r*T + c] * dout[r*d + k];
                dQ[r*d_k + k] += dscore * K[c*d_k + k];
                dK[c*d_k + k] += dscore * Q[r*d_k + k];
            }
        }
    }
}

/* Sets dlogits and returns the loss; dlogits of the last row stays zero. */
static double cross_entropy(double *dlogits, const double *logits, const int *token_ids, int T, int V) {
    double loss = 0;
    memcpy(dlogits, logits, (size_t)((T - 1) * V) * sizeof *logits);
    for (int t = 0; t < T - 1; t++) {
        int target = token_ids[t + 1];
        loss += softmax(dlogits + t*V, V) - logits[t*V + target];
        dlogits[t*V + target] -= 1;
        for (int c = 0; c < V; c++)
            dlogits[t*V + c] /= T - 1;
    }
    return loss / (T - 1);
}

static void add(double *y, const double *a, const double *b, int count) {
    for (int i = 0; i < count; i++)
        y[i] = a[i] + b[i];
}

static void zero(double *x, int count) { memset(x, 0, (size_t)count * sizeof *x); }

/* ---- the model ----------------------------------------------------------- */

/* Takes p->x through one block, in place. */
static void block_forward(Plain *p, Block *b) {
    int T = p->sizes.tokens, d = p->sizes.d_model, H = p->sizes.heads, d_k = d / H, f = p->sizes.d_ff;
    layernorm(b->normed1, b->scaled1, b->rstd1, p->x, b->norm1_gamma, b->norm1_beta, T, d);
    for (int h = 0; h < H; h++) {
        double *W = b->heads + h*3*(d + 1)*d_k, *bias = W + 3*d*d_k; /* of Q, K, V */
        double *Q = b->Q + h*T*d_k, *K = b->K + h*T*d_k, *V = b->V + h*T*d_k;
        linear(Q, b->normed1, W, bias, T, d, d_k);
        linear(K, b->normed1, W + d*d_k, bias + d_k, T, d, d_k);
        linear(V, b->normed1, W + 2*d*d_k, bias + 2*d_k, T, d, d_k);
        attention(b->concat + h*d_k, b->weights + h*T*T, Q, K, V, T, d, d_k);
    }
    linear(p->branch, b->concat, b->W_O, b->b_O, T, d, d);
    add(b->middle, p->x, p->branch, T*d);
    layernorm(b->normed2, b->scaled2, b->rstd2, b->middle, b->norm2_gamma, b->norm2_beta, T, d);
    linear(b->hidden, b->normed2, b->W_1, b->b_1, T, d, f);
    gelu(b->active, b->hidden, T*f);
    linear(p->branch, b->active, b->W_2, b->b_2, T, f, d);
    add(p->x, b->middle, p->branch, T*d);
}

/* Takes p->dx, the gradient of block_forward's p->x, back through the block, in place. */
static void block_backward(Plain *p, Block *b) {
    int T = p->sizes.tokens, d = p->sizes.d_model, H = p->sizes.heads, d_k = d / H, f = p->sizes.d_ff;
    /* forward: x = middle + gelu(normed2 W_1 + b_1) W_2 + b_2 */
    zero(p->dactive, T*f), zero(p->dnormed, T*d);
    linear_backward(p, p->dactive, p->dx, b->active, b->W_2, b->b_2, T, f, d);
    gelu_backward(p->dhidden, p->dactive, b->hidden, T*f);
    linear_backward(p, p->dnormed, p->dhidden, b->normed2, b->W_1, b->b_1, T, d, f);
    layernorm_backward(p, p->dx, p->dnormed, b->scaled2, b->rstd2, b->norm2_gamma, b->norm2_beta, T, d);
    /* forward: middle = x + concat(attention(normed1 W + bias)) W_O + b_O */
    zero(p->dconcat, T*d), zero(p->dnormed, T*d);
    linear_backward(p, p->dconcat, p->dx, b->concat, b->W_O, b->b_O, T, d, d);
    for (int h = 0; h < H; h++) {
        double *W = b->heads + h*3*(d + 1)*d_k, *bias = W + 3*d*d_k; /* of Q, K, V */
        double *Q = b->Q + h*T*d_k, *K = b->K + h*T*d_k, *V = b->V + h*T*d_k;
        zero(p->dQ, T*d_k), zero(p->dK, T*d_k), zero(p->dV, T*d_k);
        attention_backward(p->dQ, p->dK, p->dV, p->dweights, p->dconcat + h*d_k,
                           b->weights + h*T*T, Q, K, V, T, d, d_k);
        linear_backward(p, p->dnormed, p->dQ, b->normed1, W, bias, T, d, d_k);
        linear_backward(p, p->dnormed, p->dK, b->normed1, W + d*d_k, bias + d_k, T, d, d_k);
        linear_backward(p, p->dnormed, p->dV, b->normed1, W + 2*d*d_k, bias + 2*d_k, T, d, d_k);
    }
    layernorm_backward(p, p->dx, p->dnormed, b->scaled1, b->rstd1, b->norm1_gamma, b->norm1_beta, T, d);
}

/* From the token ids to the logits. */
static void forward(Plain *p) {
    int T = p->sizes.tokens, d = p->sizes.d_model, V = p->sizes.vocabulary, L = p->sizes.layers;
    for (int t = 0; t < T; t++)
        add(p->x + t*d, p->token_embedding + p->token_ids[t]*d, p->position_embedding + t*d, d);
    for (int l = 0; l < L; l++)
        block_forward(p, &p->blocks[l]);
    layernorm(p->normed, p->scaled, p->rstd, p->x, p->final_gamma, p->final_beta, T, d);
    linear(p->logits, p->normed, p->head_W, NULL, T, d, V);
}

/* From dlogits to every gradient: the lines of forward(), last to first. */
static void backward(Plain *p) {
    int T = p->sizes.tokens, d = p->sizes.d_model, V = p->sizes.vocabulary, L = p->sizes.layers;
    double *dtokens = grad(p, p->token_embedding), *dpositions = grad(p, p->position_embedding);
    zero(p->gradients, p->parameter_count);
    zero(p->dx, T*d), zero(p->dnormed, T*d);
    linear_backward(p, p->dnormed, p->dlogits, p->normed, p->head_W, NULL, T, d, V);
    layernorm_backward(p, p->dx, p->dnormed, p->scaled, p->rstd, p->final_gamma, p->final_beta, T, d);
    for (int l = L - 1; l >= 0; l--)
        block_backward(p, &p->blocks[l]);
    for (int t = 0; t < T; t++) {
        double *dtoken = dtokens + p->token_ids[t]*d, *dposition = dpositions + t*d;
        add(dtoken, dtoken, p->dx + t*d, d);
        add(dposition, dposition, p->dx + t*d, d);
    }
}

static void adamw(Plain *p) {
    const double lr = 1e-3, b1 = 0.9, b2 = 0.999, eps = 1e-8, wd = 0.01;
    double *w = p->parameters, *g = p->gradients, *m = p->m, *v = p->v;
    p->step++;
    double correction1 = 1 - pow(b1, p->step), correction2 = 1 - pow(b2, p->step);
    for (int i = 0; i < p->parameter_count; i++) {
        m[i] = b1 * m[i] + (1 - b1) * g[i];
        v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i];
        double m_hat = m[i] / correction1, v_hat = v[i] / correction2;
        w[i] = w[i] * (1 - lr * wd) - lr * m_hat / (sqrt(v_hat) + eps);
    }
}

double plain_step(Plain *p) {
    forward(p);
    double loss = cross_entropy(p->dlogits, p->logits, p->token_ids, p->sizes.tokens, p->sizes.vocabulary);
    backward(p);
    adamw(p);
    return loss;
}
