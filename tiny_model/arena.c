/* The arena; see arena.h. */
#include "arena.h"

#include <stdlib.h>

/* A piece that fills a line of the cache begins one; smaller pieces share it. */
enum { LINE = 64, SMALL = 16, SMALLEST_CHUNK = 256 * 1024, LARGEST_CHUNK = 32 * 1024 * 1024 };

struct ArenaChunk {
    ArenaChunk *next;
    size_t capacity, used; /* bytes after the header, which fills the first 64 */
};

static ArenaChunk *chunk_new(const Arena *arena, size_t bytes)
{
    size_t capacity = SMALLEST_CHUNK;
    while (capacity < arena->used / 2 && capacity < LARGEST_CHUNK)
        capacity *= 2;
    if (capacity < bytes)
        capacity = bytes;
    ArenaChunk *chunk = aligned_alloc(LINE, LINE + capacity);
    if (chunk)
        *chunk = (ArenaChunk){.next = NULL, .capacity = capacity, .used = 0};
    return chunk;
}

static size_t aligned(size_t bytes, size_t alignment)
{
    return (bytes + alignment - 1) & ~(alignment - 1); /* a power of two */
}

/* The next chunk with room: an old one after a rewind, else a new one at the end. */
static ArenaChunk *chunk_with_room(Arena *arena, size_t bytes, size_t alignment)
{
    ArenaChunk *chunk = arena->current ? arena->current : arena->first;
    ArenaChunk *last = NULL;
    for (; chunk; last = chunk, chunk = chunk->next)
        if (aligned(chunk->used, alignment) + bytes <= chunk->capacity)
            return chunk;
    chunk = chunk_new(arena, bytes);
    if (!chunk)
        return NULL;
    if (last)
        last->next = chunk;
    else
        arena->first = chunk;
    return chunk;
}

static size_t alignment_of(size_t bytes)
{
    return bytes < LINE ? SMALL : LINE;
}

size_t arena_taken(size_t bytes)
{
    return aligned(bytes, alignment_of(bytes));
}

void *arena_alloc(Arena *arena, size_t bytes)
{
    size_t alignment = alignment_of(bytes);
    bytes = arena_taken(bytes);
    ArenaChunk *chunk = chunk_with_room(arena, bytes, alignment);
    if (!chunk)
        return NULL;
    size_t start = aligned(chunk->used, alignment);
    chunk->used = start + bytes;
    arena->current = chunk;
    arena->used += bytes;
    return (char *)chunk + LINE + start;
}

void arena_rewind(Arena *arena)
{
    for (ArenaChunk *chunk = arena->first; chunk; chunk = chunk->next)
        chunk->used = 0;
    arena->current = arena->first;
    arena->used = 0;
}

void arena_take(Arena *arena, Arena *from)
{
    ArenaChunk **end = &arena->first;
    while (*end)
        end = &(*end)->next;
    *end = from->first;
    arena->used += from->used;
    *from = (Arena){0};
}

void arena_free(Arena *arena)
{
    for (ArenaChunk *chunk = arena->first; chunk;) {
        ArenaChunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    *arena = (Arena){0};
}
