/* Byte-pair encoding: training, encoding, decoding. The text is bytes, cut into pre-tokens (pretokens.h); the pair
 * of neighbours that occurs most often becomes a new token, again and again. Chapter 20.
 *   source   Sennrich, Haddow, Birch 2016; bytes and pre-tokens as in Radford et al. 2019 */
#ifndef TINY_MODEL_TOKENIZER_BPE_H
#define TINY_MODEL_TOKENIZER_BPE_H

#include "../arena.h"
#include "../error.h"
#include "pretokens.h"

#include <stdbool.h>
#include <stdint.h>

enum { BYTES = 256, MOST_MERGES = 100000, MOST_SPECIALS = 64, LONGEST_SPECIAL = 200, LONGEST_PIECE = 1 << 16 };

/* The bytes that a token stands for. length 0: no token has this id. */
typedef struct {
    const unsigned char *bytes;
    int length;
} Piece;

/* Below, at or above 0 as the bytes of a come before, are, or come behind those of b. */
int piece_compare(const Piece *a, const Piece *b);

/* left and right become `made`; the first merge has the lowest rank, 0. */
typedef struct {
    int left, right, made;
} Merge;

/* A map from pairs of ids to numbers, by open addressing. */
typedef struct {
    uint64_t *keys;      /* left << 32 | right, plus 1; 0: free */
    int *numbers;
    size_t capacity;     /* a power of two */
    size_t count;
} PairMap;

typedef struct {
    Pattern pattern;
    Piece *pieces;       /* [piece_count], by id */
    int piece_count;
    int byte_ids[BYTES]; /* the token of each byte */
    Merge *merges;       /* in the order of their ranks */
    int merge_count;
    int specials[MOST_SPECIALS]; /* ids of tokens that are never made by merging, the longest first */
    int special_count;
    PairMap ranks;       /* of pairs */
    Arena arena;         /* pieces, merges */
} Bpe;

/* One round of training: what was chosen, how often it occurred and how many pairs occurred as often. */
typedef struct {
    int left, right;
    long count;
    int ties;
} BpeRound;

/* Called after each round; false stops the training, which keeps what it has. */
typedef bool BpeWatch(void *context, int round, const BpeRound *chosen);

/* Learns at most `merges` merges of a text. Ids: the bytes 0 to 255, then a token a merge, then the specials, across
 * which nothing is counted. The most frequent pair wins; of equals the greatest pair of byte strings.
 *   text     `length` bytes and a NUL behind them
 *   watch    or NULL
 *   memory   *out, freed by bpe_free
 *   errors   out of memory, a special that is empty, too long or there twice */
bool bpe_train(Bpe *out, const char *text, size_t length, Pattern pattern, int merges, const char *const *specials,
               int special_count, BpeWatch *watch, void *context, Error *error);

/* For who reads files: begins with the pattern and room for so many ids and merges; then the pieces, byte_ids, merges
 * and specials are filled in, and bpe_index makes the rest.
 *   errors   out of memory; bpe_index: a merge of tokens that are not there, twice the same, a byte without a token */
bool bpe_begin(Bpe *out, Pattern pattern, int pieces, int merges, Error *error);
bool bpe_piece(Bpe *bpe, int id, const void *bytes, size_t length, Error *error);
bool bpe_index(Bpe *bpe, Error *error);
void bpe_free(Bpe *bpe);

/* The longest first, so that a special that begins another one does not hide it. */
void bpe_sort_specials(Bpe *bpe);

/* Moves all of it into an arena: then it lives as long as that, and bpe_free is not called.
 *   returns  its new place, NULL if out of memory: then it is freed */
const Bpe *bpe_settle(Bpe *bpe, Arena *arena);

/* TokenIds of a text, in a growing list. */
typedef struct {
    int *list;
    size_t count, capacity;
} TokenIds;

/* Adds the tokens of a text: in each pre-token the pair of lowest rank is merged, everywhere from left to right,
 * until none has a rank.
 *   specials  text that spells a special is that token; false: it is refused
 *   memory    out->list, freed by the caller, also after an error
 *   errors    out of memory, a special */
bool bpe_encode(const Bpe *bpe, const char *text, size_t length, bool specials, TokenIds *out, Error *error);

/* The first special that begins in a text, or -1; *at is where. */
int bpe_find_special(const Bpe *bpe, const char *text, size_t length, size_t *at);

/* The id of the token of these bytes, or -1; a special before one that was made. */
int bpe_find(const Bpe *bpe, const char *bytes, size_t length);

/* The rank of a pair, or -1. */
int bpe_rank(const Bpe *bpe, int left, int right);

#endif
