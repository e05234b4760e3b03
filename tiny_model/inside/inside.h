/* Looking inside of a model that is used: what the stream says at every level, what each part adds to the logits,
 * what each head looks at. All of it is recorded behind the forward pass, so that every number of it can be
 * explained; nothing of it is trained. Found by rule and axis on whatever a GPT recorded. Chapter 29.
 *
 *   level        a place of the stream: the embedding, behind each attention, behind each MLP
 *   lens         head(final norm(stream)), the norm with the statistics of that stream; the last level is the logits
 *   part         what is added to the stream: the embedding, a head, an MLP, b_O
 *   attribution  (c - mean c) / std * gamma W for a part c, with the std of the finished stream: parts add up to the
 *                logits, beside beta W and the head's bias
 *   score        the share of its attention that a head spends where a pattern says */
#ifndef TINY_MODEL_INSIDE_INSIDE_H
#define TINY_MODEL_INSIDE_INSIDE_H

#include "../tape.h"

/* Names are those on the tape without the sequence that they stand in: "block0.attention.head1". */
typedef struct {
    const char *name;
    int stream;            /* value ids, here and below; -1: there is none */
    int norm, logits, probabilities;
} Level;

typedef enum { PART_STREAM, PART_HEAD, PART_BRANCH, PART_BIAS, PART_CONSTANT } PartKind;

typedef struct {
    const char *name;
    PartKind kind;
    int at;                /* the value that the model computed: a head's output, a branch, the embedding; or -1 */
    int added;             /* to the stream [T x d]; -1 for a constant */
    int logits;            /* [T x V] */
} AddedPart;

/* The patterns that a head may follow, as masks over queries and keys. */
typedef enum { SCORE_PREVIOUS, SCORE_FIRST, SCORE_DUPLICATE, SCORE_INDUCTION, SCORES_OF_A_HEAD } ScoreKind;

extern const char *const SCORE_NAMES[SCORES_OF_A_HEAD];    /* "previous" ... */
extern const char *const SCORE_MEANINGS[SCORES_OF_A_HEAD];

typedef struct {
    const char *name;
    int weights;                  /* [T x T] */
    int score[SCORES_OF_A_HEAD];  /* [1 x 1]; -1: no query qualifies */
    int entropy, share;           /* [T x 1]; share: of the entropy of looking everywhere alike */
    int moved;                    /* [T x T] weight times the length of what the key would add; -1: unknown */
} HeadLook;

typedef struct Inside {
    int tokens, logits;           /* ids [1 x T], [T x V] */
    Level *levels;
    AddedPart *parts;
    HeadLook *heads;
    int *rollouts;                /* [T x T], one a block */
    int level_count, part_count, head_count, rollout_count;
    int queries[SCORES_OF_A_HEAD]; /* that a pattern says anything of */
    int sum;                      /* of what the parts add to the logits */
    bool renormalised;            /* the stream is normalised on its way: parts begin behind the last of those norms */
} Inside;

/* Records all of it in the open phase, of the sequence whose calls begin at `first_call`.
 *   logits   [T x V], made by a linear rule
 *   returns  NULL where nothing is found: no linear rule made the logits, or no embedding read ids
 *   memory   the tape's arena
 *   errors   through tape_attempt
 *   source   nostalgebraist 2020 (lens), Elhage et al. 2021 (attribution), Olsson et al. 2022 (scores),
 *            Abnar and Zuidema 2020 (rollout) */
const Inside *inside_record(Tape *tape, int logits, int first_call);

#endif
