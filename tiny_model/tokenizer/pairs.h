/* A map from pairs of token ids to numbers; see PairMap. */
#ifndef TINY_MODEL_TOKENIZER_PAIRS_H
#define TINY_MODEL_TOKENIZER_PAIRS_H

#include "bpe.h"

/* Where the number of a pair stands, 0 if the pair is new; NULL if out of memory. Good until the next pair is put. */
int *pairs_put(PairMap *map, int left, int right);

/* The number of a pair, 0 if it is not there. */
int pairs_get(const PairMap *map, int left, int right);

void pairs_free(PairMap *map);

#endif
