/* What bank customers do, by formula: transactions as tokens, features, and a class that depends on both.
 * Tokens of a customer: <BOS>; then of each transaction its sign, amount, month, weekday, hour and the pieces of whom
 * it was with; <EOS>. Whether somebody pays back depends on who he is, which his merchants tell, and on how often he
 * pays at night, which nothing else in the text depends on. */
#ifndef TINY_MODEL_DATA_TRANSACTIONS_H
#define TINY_MODEL_DATA_TRANSACTIONS_H

#include "../model.h"

#include <stdint.h>

enum { TRANSACTION_TOKENS = 72, MOST_CUSTOMER_TOKENS = 44, CUSTOMER_FEATURES = 3, CUSTOMER_CATEGORIES = 4,
       MOST_PIECES = 2, MOST_PIECE_MERGES = 10000, AMOUNT_BUCKETS = 8 };

/* The tokens by id: specials, signs, amounts, months, weekdays, hours, pieces of merchants. */
extern const char *const TRANSACTION_VOCABULARY[TRANSACTION_TOKENS];

/* Their first ids. */
enum { TOKEN_PAD, TOKEN_BOS, TOKEN_EOS, TOKEN_PLUS, TOKEN_MINUS, TOKEN_AMOUNT, TOKEN_MONTH = 13, TOKEN_WEEKDAY = 25,
       TOKEN_HOUR = 32, TOKEN_PIECE = 56 };

typedef struct {
    int tokens[MOST_CUSTOMER_TOKENS], count;
    double x[CUSTOMER_FEATURES];
    int category, class, kind, nights;
    double logit;                          /* ln of the odds that the class is 1 */
} Customer;

/* Customer i of a seed; uniforms 64 i to 64 i + 63 of splitmix64. No memory, no errors. */
void customer_make(uint64_t seed, int i, Customer *out);

/* Examples of customers `first` to first + count - 1: {"x", "category", "tokens", "class"}.
 *   memory  the model's arena
 *   errors  out of memory */
bool customers_make(Model *model, uint64_t seed, int first, int count, Error *error);

#endif
