/* The secret of a course; see secret.h. */
#include "secret.h"

#include "tracer/base/files.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SECRET = 4096, LEAST_SECRET = 12 };

static uint64_t turned(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static void mix(uint64_t v[4], int rounds)
{
    for (int i = 0; i < rounds; i++) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = turned(v[1], 13) ^ v[0];
        v[3] = turned(v[3], 16) ^ v[2];
        v[0] = turned(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = turned(v[1], 17) ^ v[2];
        v[3] = turned(v[3], 21) ^ v[0];
        v[2] = turned(v[2], 32);
    }
}

uint64_t secret_hash(const uint64_t key[2], const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    uint64_t v[4] = {key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du, key[0] ^ 0x6c7967656e657261u,
                     key[1] ^ 0x7465646279746573u};
    for (size_t at = 0; at <= size / 8 * 8; at += 8) {
        uint64_t word = at + 8 > size ? (uint64_t)size << 56 : 0;
        for (size_t i = 0; i < 8 && at + i < size; i++)
            word |= (uint64_t)from[at + i] << 8 * i;
        v[3] ^= word;
        mix(v, 2);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    mix(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

bool secret_read(const char *path, Secret *out, Error *error)
{
    static const uint64_t first[2] = {0, 0}, second[2] = {1, 1};
    char *text;
    size_t size;
    if (!file_read(path, MOST_SECRET, &text, &size, error))
        return false;
    const char *start = text + strspn(text, " \t\r\n");
    size_t length = strlen(start);
    while (length > 0 && strchr(" \t\r\n", start[length - 1]))
        length--;
    bool enough = length >= LEAST_SECRET || error_set(error, EXIT_USED_WRONGLY,
                                                      "%s: a secret has %d characters at least; openssl rand -hex 16 "
                                                      "makes one", path, LEAST_SECRET);
    out->key[0] = secret_hash(first, start, length);
    out->key[1] = secret_hash(second, start, length);
    free(text);
    return enough;
}
