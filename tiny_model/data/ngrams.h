/* What counting alone can say of the next token: the models that a transformer has to beat. Chapter 21.
 *
 *   added          P(token | the n-1 before) = (count(all n) + add) / (count(the n-1 before) + add V)
 *   interpolated   P = sum over k <= n of w_k count(last k) / count(last k before the token) + 0.01 / V
 *                  w of a bigram 0.9, 0.09; of a trigram 0.6, 0.3, 0.09 */
#ifndef TINY_MODEL_DATA_NGRAMS_H
#define TINY_MODEL_DATA_NGRAMS_H

#include "../error.h"

/* A stretch of ids in one piece; none of its n-grams goes on in the next. */
typedef struct {
    const int *ids;
    int count;
} Ids;

enum { MOST_ORDER = 3 };

/* Mean of -log P, with the counts of `learned`, over the tokens of `held` from the second on, from the third on for
 * trigrams and what is interpolated: they have all that is asked about before them.
 *   order    n: 1, 2 or 3
 *   add      above 0: what is added to every count; 0: interpolated, n at least 2
 *   returns  *loss in nats a token; nan where `held` has no such token
 *   memory   8 bytes a token, given back
 *   errors   out of memory
 *   source   Jurafsky and Martin, Speech and Language Processing, chapter 3 */
bool ngram_loss(const Ids *learned, int learned_count, const Ids *held, int held_count, int vocabulary, int order,
                double add, double *loss, Error *error);

#endif
