/* The Mersenne Twister as Python uses it; see random.h. Matsumoto and Nishimura 1998. */
#include "random.h"

#include "elementary/elementary.h"

#include <math.h>

enum { WORDS = 624, SHIFT = 397 };

static void seed_by_number(Random *random, uint32_t seed)
{
    random->state[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++) {
        uint32_t last = random->state[i - 1];
        random->state[i] = 1812433253u * (last ^ (last >> 30)) + i;
    }
    random->next = WORDS;
    random->has_spare = false;
}

static void seed_by_array(Random *random, const uint32_t *key, int length)
{
    seed_by_number(random, 19650218u);
    uint32_t *s = random->state;
    int i = 1, j = 0;
    for (int k = WORDS; k > 0; k--) {
        s[i] = (s[i] ^ ((s[i - 1] ^ (s[i - 1] >> 30)) * 1664525u)) + key[j] + (uint32_t)j;
        if (++i >= WORDS) {
            s[0] = s[WORDS - 1];
            i = 1;
        }
        if (++j >= length)
            j = 0;
    }
    for (int k = WORDS - 1; k > 0; k--) {
        s[i] = (s[i] ^ ((s[i - 1] ^ (s[i - 1] >> 30)) * 1566083941u)) - (uint32_t)i;
        if (++i >= WORDS) {
            s[0] = s[WORDS - 1];
            i = 1;
        }
    }
    s[0] = 0x80000000u;
}

void random_seed(Random *random, uint64_t seed)
{
    uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    seed_by_array(random, key, key[1] ? 2 : 1);
}

void random_seed_at(Random *random, uint64_t seed, uint32_t step, uint32_t site)
{
    uint64_t middle = (seed >> 32) + step; /* the sum carries into the site */
    seed_by_array(random, (uint32_t[]){(uint32_t)seed, (uint32_t)middle, site + (uint32_t)(middle >> 32)}, 3);
}

static void refill(Random *random)
{
    uint32_t *s = random->state;
    for (int i = 0; i < WORDS; i++) {
        uint32_t mixed = (s[i] & 0x80000000u) | (s[(i + 1) % WORDS] & 0x7fffffffu);
        s[i] = s[(i + SHIFT) % WORDS] ^ (mixed >> 1) ^ (mixed & 1 ? 0x9908b0dfu : 0);
    }
    random->next = 0;
}

uint32_t random_bits(Random *random)
{
    if (random->next >= WORDS)
        refill(random);
    uint32_t y = random->state[random->next++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
}

double random_uniform(Random *random)
{
    uint32_t high = random_bits(random) >> 5, low = random_bits(random) >> 6;
    return (high * 67108864.0 + low) / 9007199254740992.0;
}

uint32_t random_below(Random *random, uint32_t n)
{
    int bits = 0;
    while (bits < 32 && n >> bits)
        bits++;
    uint32_t number;
    do
        number = random_bits(random) >> (32 - bits);
    while (number >= n);
    return number;
}

void random_shuffle(Random *random, int *list, int count)
{
    for (int i = count - 1; i > 0; i--) {
        int j = (int)random_below(random, (uint32_t)i + 1), kept = list[i];
        list[i] = list[j];
        list[j] = kept;
    }
}

double random_gauss(Random *random)
{
    if (random->has_spare) {
        random->has_spare = false;
        return random->spare;
    }
    const double two_pi = 6.28318530717958647692;
    double angle = random_uniform(random) * two_pi;
    double radius = sqrt(-2.0 * log_of(1.0 - random_uniform(random)));
    double sine, cosine;
    sin_and_cos_of(angle, &sine, &cosine);
    random->spare = sine * radius;
    random->has_spare = true;
    return cosine * radius;
}

double splitmix_uniform(uint64_t seed, uint64_t k)
{
    uint64_t z = (k + 1) * 0x9e3779b97f4a7c15u + seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return (double)(z >> 11) * 0x1p-53;
}

double splitmix_normal(uint64_t seed, uint64_t k)
{
    uint64_t pair = k / 2;
    double radius = sqrt(-2 * log_of(1 - splitmix_uniform(seed, 2 * pair)));
    double turn = 2 * 3.14159265358979323846 * splitmix_uniform(seed, 2 * pair + 1);
    return radius * (k % 2 ? sin_of(turn) : cos_of(turn));
}
