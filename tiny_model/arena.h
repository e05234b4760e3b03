/* An arena: memory that is handed out piece by piece and taken back all at once.
 * Rewinding keeps the chunks, so that the second training step of a run touches
 * the pages of the first one and asks the system for nothing. */
#ifndef TINY_MODEL_ARENA_H
#define TINY_MODEL_ARENA_H

#include <stddef.h>

typedef struct ArenaChunk ArenaChunk;

typedef struct {
    ArenaChunk *first;   /* all chunks, in the order in which they were made */
    ArenaChunk *current; /* the one that pieces are cut from */
    size_t used;         /* bytes handed out since the last rewind */
} Arena;

/* A piece of `bytes` bytes, aligned to 64 (to 16 if it is smaller than that), contents undefined;
 * NULL if out of memory. */
void *arena_alloc(Arena *arena, size_t bytes);

/* What a piece of that many bytes takes of the arena, alignment included. */
size_t arena_taken(size_t bytes);

/* Takes every piece back and keeps the memory. */
void arena_rewind(Arena *arena);

/* Everything that `from` handed out belongs to the arena from now on; `from` is empty and usable again. */
void arena_take(Arena *arena, Arena *from);

/* Gives the memory back; the arena is empty and usable again. */
void arena_free(Arena *arena);

#endif
