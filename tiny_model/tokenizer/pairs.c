/* Pairs of ids in a table with open addressing; see pairs.h. */
#include "pairs.h"

#include <stdlib.h>

static uint64_t key_of(int left, int right)
{
    return (((uint64_t)(unsigned)left << 32) | (unsigned)right) + 1;
}

/* Where the key is, or the free place where it belongs. */
static size_t place_of(const PairMap *map, uint64_t key)
{
    size_t at = (size_t)((key * 0x9e3779b97f4a7c15u) >> 20) & (map->capacity - 1);
    while (map->keys[at] && map->keys[at] != key)
        at = (at + 1) & (map->capacity - 1);
    return at;
}

static bool grow(PairMap *map)
{
    PairMap larger = {.capacity = map->capacity ? 2 * map->capacity : 1024, .count = map->count};
    larger.keys = calloc(larger.capacity, sizeof *larger.keys);
    larger.numbers = calloc(larger.capacity, sizeof *larger.numbers);
    if (!larger.keys || !larger.numbers) {
        pairs_free(&larger);
        return false;
    }
    for (size_t i = 0; i < map->capacity; i++)
        if (map->keys[i]) {
            size_t at = place_of(&larger, map->keys[i]);
            larger.keys[at] = map->keys[i];
            larger.numbers[at] = map->numbers[i];
        }
    free(map->keys);
    free(map->numbers);
    *map = larger;
    return true;
}

int *pairs_put(PairMap *map, int left, int right)
{
    if (2 * (map->count + 1) > map->capacity && !grow(map))
        return NULL;
    uint64_t key = key_of(left, right);
    size_t at = place_of(map, key);
    if (!map->keys[at]) {
        map->keys[at] = key;
        map->count++;
    }
    return &map->numbers[at];
}

int pairs_get(const PairMap *map, int left, int right)
{
    return map->capacity ? map->numbers[place_of(map, key_of(left, right))] : 0;
}

void pairs_free(PairMap *map)
{
    free(map->keys);
    free(map->numbers);
    *map = (PairMap){0};
}
