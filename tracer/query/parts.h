/* What a tape has, found by rule and axis: attention maps, the stream, predictions. Nothing here knows a
 * value by its name, so it holds for every system. */
#ifndef TRACER_QUERY_PARTS_H
#define TRACER_QUERY_PARTS_H

#include "tiny_model/tape.h"

/* The i-th attention map: a softmax whose rows and columns are both places. The id of its weights, or -1
 * behind the last. */
int part_map(const Tape *tape, int i);

/* Whether a value is made on the way to a map or back through its softmax: its rows are queries too. */
bool part_in_map(const Tape *tape, int value);

/* Where a map stands: the frame around its softmax, "block0.attention.head1". */
const char *part_map_path(const Tape *tape, int map);

enum { PART_WORDS = 120 };

/* A path for people, "block 0, head 1", into out[size]; `attention` goes without saying. */
const char *part_words(const char *path, char *out, size_t size);

/* Whether a name means the place with this path; `attention` goes without saying. */
bool part_is_place(const char *path, const char *name);

/* The same of where a map stands. */
const char *part_map_words(const Tape *tape, int map, char *out, size_t size);

/* The map called so: by the frame's path, with or without `attention` in it, or by the weights' name;
 * NULL is the first. -1 if there is none. */
int part_map_find(const Tape *tape, const char *name);

/* The i-th prediction: a cross-entropy, which is a call; -1 behind the last. */
int part_prediction(const Tape *tape, int i);

/* What a cross-entropy predicted [R x C], from what, and what came: ids [1 x R'] at rows [1 x R']. */
typedef struct {
    int logits, probabilities, targets, rows;
} Prediction;
Prediction part_prediction_of(const Tape *tape, int call);

/* The target of a row of the probabilities, or -1. */
int part_target(const Tape *tape, const Prediction *prediction, int row);

/* The ids that the i-th embedding looks up, or -1. */
int part_tokens(const Tape *tape, int i);

/* The parameter whose rows have names: by labels of their axis, or because an embedding looks them up; the first,
 * or -1. */
int part_table(const Tape *tape);

/* The parameter with the largest gradient, by its norm; a single row only where there are no others; -1 where none
 * has one. */
int part_steepest(const Tape *tape);

/* What is worth watching while a model learns: the first attention map, else the first prediction's probabilities,
 * else the steepest parameter; -1 if there is none of them. */
int part_watched(const Tape *tape);

/* Whether a phase was recorded and does anything. */
bool part_has_phase(const Tape *tape, Phase phase);

/* Whether the loss is a mean of surprises over a vocabulary, whose exponential is a perplexity. */
bool part_has_perplexity(const Tape *tape, int loss);

/* One thing that is added to the stream, or takes its place. */
typedef struct {
    int before, branch, after;   /* value ids; after = before + branch, or branch alone */
    bool adds;
} StreamStep;

/* Where a group of them stands: the frame of the block, and the stream behind it. */
typedef struct {
    int frame, last;
} StreamBlock;

/* The i-th group of steps of the stream: those in one block, or in one frame at the top of the forward phase or of a
 * sequence of a batch where there are no blocks.
 *   steps    [most] filled in
 *   block    filled in, unless there is none
 *   returns  how many steps, 0 behind the last group */
int part_stream(const Tape *tape, int i, StreamStep *steps, int most, StreamBlock *block);

#endif
