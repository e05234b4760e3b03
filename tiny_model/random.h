/* Python's random numbers, draw by draw: the Mersenne Twister MT19937 seeded as random.seed(n)
 * seeds it, random() and gauss(). A learner's Python script sees the same weights. */
#ifndef TINY_MODEL_RANDOM_H
#define TINY_MODEL_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t state[624];
    int next;
    bool has_spare;  /* gauss makes numbers in pairs */
    double spare;
} Random;

/* As random.seed(seed). */
void random_seed(Random *random, uint64_t seed);
/* As random.seed(seed + (step << 32) + (site << 64)) for a site above 0: init_by_array. */
void random_seed_at(Random *random, uint64_t seed, uint32_t step, uint32_t site);
/* splitmix64 without a state: uniform k of a seed, 0 <= u < 1, and normal k of it (Box and Muller, in pairs).
 * Source: Steele, Lea and Flood 2014. */
double splitmix_uniform(uint64_t seed, uint64_t k);
double splitmix_normal(uint64_t seed, uint64_t k);
/* 32 random bits. */
uint32_t random_bits(Random *random);
/* As random.random(): 0 <= x < 1, 53 bits. */
double random_uniform(Random *random);
/* As random.randrange(n), n > 0: bits that make a number of n or more are thrown away. */
uint32_t random_below(Random *random, uint32_t n);
/* As random.shuffle(list): Fisher and Yates, from the end. */
void random_shuffle(Random *random, int *list, int count);
/* As random.gauss(0, 1). Source: Lib/random.py, Box and Muller 1958. */
double random_gauss(Random *random);

#endif
