/* Rules: the concepts of the textbook, each with a forward and a backward part in one file,
 * each part a short sequence of primitives. A backward part returns what it contributes to
 * the gradient of every input; only the reverse walk (backward.h) adds contributions up.
 *
 * Every forward function below opens a frame, records its steps and names its output beside the
 * frame: both are called `name`. Where the field has another word for the output than for the way
 * to it, `frame` and `result` are given: softmax makes weights.
 *   memory  the tape's arena
 *   errors  none; a wrong shape is our bug and aborts */
#ifndef TINY_MODEL_RULES_RULE_H
#define TINY_MODEL_RULES_RULE_H

#include "../backward.h"
#include "../record.h"

struct Rule {
    const char *name;     /* "softmax" */
    const char *forward;  /* the formula, in readable Unicode */
    const char *back;     /* the formula of its gradient */
    const char *ascii_forward, *ascii_back;
    const char *words, *words_back; /* what it is for, and its way back, in a sentence without a point */
    int chapter;          /* of the tutorial */
    /* Records the contributions of one call, given the gradient of its output. NULL: what it does has no slope. */
    void (*backward)(Tape *tape, const Call *call, int dy, Contributions *to);
    /* Records one call on inputs that hide nothing; twice: the same value for two inputs
     * where the shapes allow it. Returns the output. */
    int (*sample)(Tape *tape, bool twice);
    int (*other_sample)(Tape *tape, bool twice); /* of another form of the rule, or NULL */
};

/* What calls of these keep in `saved`, for who reads a tape. */
enum { CROSS_ENTROPY_PROBABILITIES, CROSS_ENTROPY_TARGETS, CROSS_ENTROPY_ROWS };
enum { EMBEDDING_IDS, EMBEDDING_POSITIONS };
enum { GAIN_POSSIBLE };
enum { SPLIT_FEATURE, SPLIT_GAIN, SPLIT_GAINS };
enum { LEAF_G, LEAF_H };

enum { FLASH_LOGSUMEXP, FLASH_DISTANCE, FLASH_MASK };
enum { GATE_CHOSEN, GATE_ADMITTED, GATE_SHARE, GATE_SUM };
/* The inputs of a call of LORA. */
enum { LORA_X, LORA_W, LORA_A, LORA_B, LORA_BIAS };

extern const Rule *const RULES[];
extern const int RULE_COUNT;

extern const Rule EMBEDDING, LINEAR, TIED_LINEAR, SCORES, DISTANCE_BIAS, MASKED, SCALED, SCALED_BY, SOFTMAX;
extern const Rule WEIGHTED_SUM, CONCAT_HEADS, RESIDUAL, PASS, DROPOUT, LAYER_NORM, RMS_NORM, ROTARY;
extern const Rule LORA, READ_ROW, STACK_ROWS, HIDDEN_KEYS;
extern const Rule DIFFERENCE, PREFERENCE_LOSS, DIVERGENCE, COUNTED;
extern const Rule GELU_TANH, GELU_ERF, RELU_RULE, TANH_RULE, SIGMOID_RULE, SILU, SWIGLU, CROSS_ENTROPY, TOTAL, MEAN;
extern const Rule NEGATIVE_SAMPLING, MEAN_OF_ROWS, UNIT_ROWS, TEMPERATURE, CONTRASTIVE_LOSS;
extern const Rule FLASH, GATE, SEND, SHARE, WEIGHTED_ROWS, MIXED, BALANCE, Z_LOSS;
extern const Rule GAIN, SPLIT, LEAF_VALUE;
extern const Rule PERIODIC, EACH_FEATURE, CROSS, BINARY_CROSS_ENTROPY;
extern const Rule TIME_WAVES, BLENDED, SQUARED_ERROR, GUIDED, MOVED, MODULATED, GATED, PART_OF_COLUMNS, REARRANGED;
extern const Rule REPARAMETRISED, FROM_NORMAL;

/* embedding.c: token row + position row.
 *   tokens [1 x T], token_table [V x d]; positions [1 x T] and position_table [C x d], or -1 and -1 */
int embedding(Tape *tape, const char *name, int token_table, int tokens, int position_table, int positions);

/* linear.c: x W + b.
 *   x [T x n], w [n x m] (tied: [m x n], taken transposed), b [1 x m] or -1; returns [T x m] */
int linear(Tape *tape, const char *name, int x, int w, int b);
int tied_linear(Tape *tape, const char *name, int x, int w, int b);

/* lora.c: x W + scale (x A) B + b. As linear, with a [n x r], lora_b [r x m] beside w. */
int adapted_linear(Tape *tape, const char *name, int x, int w, int b, int a, int lora_b, double scale);

/* reading.c: one row for all of a sequence.
 *   read_row   the rows positions [1 x n] of x [T x d]
 *   stack_rows what several have in one row each, one below the other; its rows are of the axis `axis` */
int read_row(Tape *tape, const char *name, int x, int positions);
int stack_rows(Tape *tape, const char *name, const int *rows, int count, short axis);

/* scores.c.  scores: q, k [T x d_k] -> q k^T [T x T].  distance_bias: adds -slope * distance [T x T].
 * masked: -inf where column > row + before, with a window also where column <= row + before - window; 0 is none.
 * before: keys that stand before that of the first query. */
int scores(Tape *tape, const char *name, int q, int k);
int distance_bias(Tape *tape, const char *name, int x, int distance, double slope);
int masked(Tape *tape, const char *name, int x, int window, int before);

/* padding.c: -inf where keep [R x C] is 0, so that nobody looks there. */
int hidden_keys(Tape *tape, const char *name, int x, int keep);

/* scale.c: every cell divided by a number, or multiplied by one. */
int scaled(Tape *tape, const char *name, int x, double divisor);
int scaled_by(Tape *tape, const char *name, int x, double factor);

/* heads.c.  weighted_sum: weights [T x T], v [T x d_k] -> [T x d_k].  concat_heads: side by side. */
int weighted_sum(Tape *tape, const char *name, int weights, int v);
int concat_heads(Tape *tape, const char *name, const int *heads, int count);

/* softmax.c: every row becomes positive and sums to 1; -inf becomes exactly 0. */
int softmax(Tape *tape, const char *frame, const char *result, int x);

/* flash.c: what scores, scaled, masked, softmax and weighted_sum do together, a tile at a time, in a frame "tiles"
 * whose values are named as those of the open frame: q [T x d_k], k [T' x d_k], v [T' x d_v] -> output [T x d_v], and
 * logsumexp [T x 1]. Tiles are frames "tile1_0". */
typedef struct {
    int rows, cols;     /* of a tile; more than there are: all */
    int window;         /* query r sees keys up to r + before, so many at most; 0: every key */
    int before;         /* keys that stand before that of the first query; with it there is no way back */
    double slope;       /* of ALiBi, 0: none; else distance [T x T'] */
    int distance;
    double kept;        /* share of weights that dropout keeps; below 1: mask [T x T'] */
    int mask;
} Tiling;
int flash_attention(Tape *tape, int q, int k, int v, const Tiling *form);

/* experts.c.
 * gate: probabilities [T x E], chosen and admitted [T x E] of 0 and 1 (admitted: chosen where there was room for all)
 *   -> [T x E] how much of each expert a token gets; renormalised: divided by the sum over those chosen
 * send: the rows of x [T x d] that ids [1 x n] tell; share: their cells of a gate's column `expert` [n x 1]
 * weighted_rows: every row of x [n x d] times its share
 * mix_experts: rows of several experts added up by token: parts [n_i x d], ids [1 x n_i] -> [rows x d]; idle are
 *   parameters of experts to whom nobody came: their gradient is 0 */
typedef struct {
    const int *parts, *ids;
    int count;
    const int *idle;
    int idle_count;
    int rows;
    short axis;         /* of the rows */
} Mixture;
int gate(Tape *tape, const char *name, int probabilities, int chosen, int admitted, bool renormalised);
int send(Tape *tape, const char *name, int x, int ids);
int share_of(Tape *tape, const char *name, int gate, int ids, int expert);
int weighted_rows(Tape *tape, const char *name, int x, int share);
int mix_experts(Tape *tape, const char *name, const Mixture *mixture);

/* balance.c.  balance: E times the sum over experts of the share of choices times the mean probability; chosen [T x E]
 * of 0 and 1.  z_loss: the mean square of the logsumexp of logits [T x E].  Both [1 x 1]. */
int balance(Tape *tape, const char *name, int probabilities, int chosen, int choices);
int z_loss(Tape *tape, const char *name, int logits);

/* rotary.c: pairs of columns turned by angles; cosine, sine [T x d_k/2]; half: a pair is i and i + d_k/2. */
int rotary(Tape *tape, const char *name, int x, int cosine, int sine, bool half);

/* residual.c: stream + branch; pass: the stream unchanged, under a name of its own. */
int residual(Tape *tape, const char *name, int stream, int branch);
int pass(Tape *tape, const char *name, int x);

/* dropout.c: x * mask / (1 - p) in the open frame, which is a DROPOUT's and is closed here; scene_dropout draws
 * the mask. */
int dropout(Tape *tape, const char *name, int x, int mask, double p);

/* layer_norm.c, rms_norm.c: every row of x [T x d] normalised; gamma, beta [1 x d], or -1 and -1: the
 * rows as they are then. */
int layer_norm(Tape *tape, const char *frame, const char *result, int x, int gamma, int beta, double eps);
int rms_norm(Tape *tape, const char *frame, const char *result, int x, int gamma, double eps);

/* gelu.c, activations.c: cell by cell; swiglu: silu(gate) * x. */
int gelu_tanh(Tape *tape, const char *name, int x);
int gelu_erf(Tape *tape, const char *name, int x);
int relu_rule(Tape *tape, const char *name, int x);
int tanh_rule(Tape *tape, const char *name, int x);
int sigmoid_rule(Tape *tape, const char *name, int x);
int silu(Tape *tape, const char *name, int x);
int swiglu(Tape *tape, const char *name, int gate, int x);

/* cross_entropy.c: -log of the probability of each target; logits [T x V], targets [1 x T'],
 * positions [1 x T'] the rows that they belong to, T' <= T (from_first: 0, 1, 2 ...); returns
 * [T' x 1] and names `probabilities` [T x V]. */
int cross_entropy(Tape *tape, const char *frame, const char *result, int logits, int targets, int positions,
                  bool from_first);

/* The same with another name for the probabilities. */
int cross_entropy_of(Tape *tape, const char *frame, const char *result, const char *probabilities, int logits,
                     int targets, int positions, bool from_first);

/* negative_sampling.c: how surprised one is by the answers to "do these two stand together?", added up.
 *   scores [1 x n], labels [1 x n] of 1 (they do) and 0, no gradient goes there; returns [1 x 1] */
int negative_sampling(Tape *tape, const char *frame, const char *result, int scores, int labels);

/* mean_of_rows.c: [T x d] -> [1 x d].  unit_rows.c: every row divided by its length; a row of zeros stays one. */
int mean_of_rows(Tape *tape, const char *name, int x);
int unit_rows(Tape *tape, const char *name, int x);

/* contrastive.c.  temperature: x times e^log_scale, [1 x 1].  contrastive: row i of logits [B x B] belongs to column i;
 * ids [1 x B] are 0, 1, 2 ...; same [B x B] of 0 and -inf hides cells, or -1; returns [1 x 1]. */
int temperature(Tape *tape, const char *name, int x, int log_scale);
int contrastive(Tape *tape, const char *name, int logits, int ids, int same);

/* totals.c: all cells of one value or of several into one number, their sum or their mean. */
int total(Tape *tape, const char *name, const int *parts, int count);
int mean(Tape *tape, const char *name, const int *parts, int count);

/* counted.c: x where mask [as x] is 1, else 0. */
int counted(Tape *tape, const char *name, int x, int mask);

/* preference.c.  difference: a - b.  preference_loss: -log sigma(margin).  divergence: KL of the softmax of logits
 * from that of others, a number a row. */
int difference(Tape *tape, const char *name, int a, int b);
int preference_loss(Tape *tape, const char *name, int margin);
int divergence(Tape *tape, const char *name, int logits, int reference);

/* flow.c.  time_waves: t [B x 1], frequencies [1 x F] -> [B x 2F], sines then cosines of their products.
 * blended: (1 - t) a + t b, row by row; t [B x 1].  squared_error: all squared differences added up, over `count`;
 * returns [1 x 1].  guided: u + w (c - u).  moved: x + step v. */
int time_waves(Tape *tape, const char *name, int t, int frequencies);
int blended(Tape *tape, const char *name, int a, int b, int t);
int squared_error(Tape *tape, const char *name, int predicted, int target, double count);
int guided(Tape *tape, const char *name, int unconditional, int conditional, double w);
int moved(Tape *tape, const char *name, int x, int v, double step);

/* modulation.c.  modulated: x (1 + scale) + shift, shift and scale [1 x d].  gated: every row times gate [1 x d].
 * part_of_columns: `cols` columns from `offset` on, which are of the axis `axis`.
 * rearranged: the cells of x that places tell, counted row by row, in the form of places. */
int modulated(Tape *tape, const char *name, int x, int shift, int scale);
int gated(Tape *tape, const char *name, int x, int gate);
int part_of_columns(Tape *tape, const char *name, int x, int offset, int cols, short axis);
int rearranged(Tape *tape, const char *name, int x, int places);

/* latent.c.  reparametrised: mean + e^(log_variance / 2) noise, all [B x k].  from_normal: the divergence of
 * Kullback and Leibler of such clouds from the normal one in nats, added up, over `count`; returns [1 x 1]. */
int reparametrised(Tape *tape, const char *name, int mean, int log_variance, int noise);
int from_normal(Tape *tape, const char *name, int mean, int log_variance, double count);

/* How a tree grows: eta, lambda, gamma, and the least sum of second derivatives on either side of a cut. */
typedef struct {
    double learning_rate, lambda, gamma, min_child_weight;
} Boosting;

/* A node, and what stands left of each of the P places where it may be cut. */
typedef struct {
    int left_g, left_h;   /* [1 x P] sums of first and second derivatives */
    int g, h;             /* [1 x 1] of all its rows */
    int whole;            /* [1 x 1] g^2 / (h + lambda) */
    int possible;         /* [1 x P] 1 where there is a place to cut */
} Sides;

/* tree.c.  gain: [1 x P], -inf where it is not possible.  split: of the gains [1 x P] of each feature the largest;
 * returns the place [1 x 1] of its cut; `axis`
 * is that of the features.  leaf_value: g, h [1 x 1] -> [1 x 1]. */
int gain(Tape *tape, const char *name, const Sides *of, const Boosting *how);
int split(Tape *tape, const char *name, const int *gains, const int *places, int features, short axis);
int leaf_value(Tape *tape, const char *name, int g, int h, const Boosting *how);

/* periodic.c.  periodic: x [B x n], frequencies [n x k] -> [B x 2kn], of every feature its sines, then its cosines.
 * each_feature: x [B x pn], w [pn x m], b [n x m] -> [B x mn], every feature through its own rows of w. */
int periodic(Tape *tape, const char *name, int x, int frequencies);
int each_feature(Tape *tape, const char *name, int x, int w, int b);

/* cross.c: x0 * u + x, all [B x n]. */
int cross(Tape *tape, const char *name, int x0, int u, int x);

/* binary_cross_entropy.c: logits [B x 1], classes [B x 1] of 0 and 1, no gradient goes there; returns [B x 1]. */
int binary_cross_entropy(Tape *tape, const char *frame, const char *result, int logits, int classes);

/* For samples: as sample_input, but a parameter, so that it receives a gradient. */
int sample_weight(Tape *tape, const char *name, int rows, int cols);

#endif
