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
/* 32 random bits. */
uint32_t random_bits(Random *random);
/* As random.random(): 0 <= x < 1, 53 bits. */
double random_uniform(Random *random);
/* As random.gauss(0, 1). Source: Lib/random.py, Box and Muller 1958. */
double random_gauss(Random *random);

#endif
