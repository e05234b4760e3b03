/* Full names of values, put together only when somebody asks, and that none stands twice; see tape.h. */
#include "tape_parts.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t append(char *text, size_t size, size_t used, const char *more)
{
    size_t length = strlen(more);
    if (used < size) {
        size_t fits = length < size - used ? length : size - used - 1;
        memcpy(text + used, more, fits);
        text[used + fits] = '\0';
    }
    return used + length;
}

static size_t append_name(const Tape *tape, const Name *name, char *text, size_t size, size_t used)
{
    if (name->base >= 0) {
        used = append_name(tape, &tape->values[name->base].name, text, size, used);
        used = append(text, size, used, ".");
    } else if (*name->scope) {
        used = append(text, size, used, name->scope);
        used = append(text, size, used, ".");
    }
    if (name->base < 0 && name->backward)
        used = append(text, size, used, "backward.");
    used = append(text, size, used, name->local);
    if (name->from >= 0) {
        used = append(text, size, used, ".from.");
        used = append_name(tape, &tape->values[name->from].name, text, size, used);
    }
    if (name->repeat) {
        char number[16];
        snprintf(number, sizeof number, ".%d", name->repeat);
        used = append(text, size, used, number);
    }
    return used;
}

size_t tape_name(const Tape *tape, int value, char *text, size_t size)
{
    if (size)
        text[0] = '\0';
    return append_name(tape, &tape->values[value].name, text, size, 0);
}

/* --- no name twice --- */

enum { LONGEST_NAME = 1024, FIRST_SLOTS = 4096 };

/* Values by the hash of their names. A hash is fed piece by piece, so that it goes on from that of the value
 * or the scope that a name begins with; the text is put together only where two hashes agree. */
struct NamesSeen {
    int *slots;          /* [slot_count] value ids, -1 for none */
    uint64_t *hashes;    /* [capacity] of each value's name */
    int slot_count, capacity;
    const char *scope;   /* the last one, and its hash */
    uint64_t scope_hash;
};

static uint64_t feed(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u; /* FNV-1a */
    return hash;
}

static uint64_t hash_of(const Tape *tape, struct NamesSeen *seen, const Name *name)
{
    uint64_t hash = 14695981039346656037u;
    if (name->base >= 0) {
        hash = feed(seen->hashes[name->base], ".");
    } else if (*name->scope) {
        if (name->scope != seen->scope) {
            seen->scope = name->scope;
            seen->scope_hash = feed(feed(hash, name->scope), ".");
        }
        hash = seen->scope_hash;
    }
    if (name->base < 0 && name->backward)
        hash = feed(hash, "backward.");
    hash = feed(hash, name->local);
    if (name->from < 0 && !name->repeat)
        return hash;
    char whole[LONGEST_NAME];
    append_name(tape, name, whole, sizeof whole, 0);
    return feed(14695981039346656037u, whole);
}

static bool same_name(const Tape *tape, int one, int other)
{
    char a[LONGEST_NAME], b[LONGEST_NAME];
    tape_name(tape, one, a, sizeof a);
    tape_name(tape, other, b, sizeof b);
    return strcmp(a, b) == 0;
}

/* Puts the value into its slot; false if another one has its name. */
static bool place(const Tape *tape, struct NamesSeen *seen, int value)
{
    for (uint64_t at = seen->hashes[value];; at++) {
        int *slot = &seen->slots[at & (uint64_t)(seen->slot_count - 1)];
        if (*slot >= 0 && seen->hashes[*slot] == seen->hashes[value] && same_name(tape, *slot, value))
            return false;
        if (*slot < 0) {
            *slot = value;
            return true;
        }
    }
}

static _Noreturn void no_memory(Tape *tape)
{
    error_memory(tape->error);
    tape_give_up(tape);
}

/* Room for one more value, and every slot empty again where there are more of them. */
static void seen_grow(Tape *tape)
{
    struct NamesSeen *seen = tape->seen;
    int slots = seen->slot_count ? 2 * seen->slot_count : FIRST_SLOTS;
    int *moved = realloc(seen->slots, (size_t)slots * sizeof *moved);
    if (moved)
        seen->slots = moved;
    uint64_t *hashes = moved ? realloc(seen->hashes, (size_t)(slots / 2) * sizeof *hashes) : NULL;
    if (!hashes)
        no_memory(tape);
    seen->hashes = hashes;
    seen->slot_count = slots;
    seen->capacity = slots / 2;
    memset(seen->slots, -1, (size_t)slots * sizeof *seen->slots);
    for (int id = 0; id + 1 < tape->value_count; id++)
        place(tape, seen, id);
}

void name_once(Tape *tape, int value)
{
    if (!tape->seen && !(tape->seen = calloc(1, sizeof *tape->seen)))
        no_memory(tape);
    struct NamesSeen *seen = tape->seen;
    if (value == 0 && seen->slots) {
        memset(seen->slots, -1, (size_t)seen->slot_count * sizeof *seen->slots);
        seen->scope = NULL;
    }
    if (value >= seen->capacity)
        seen_grow(tape);
    seen->hashes[value] = hash_of(tape, seen, &tape->values[value].name);
    if (!place(tape, seen, value)) {
        char name[LONGEST_NAME];
        tape_name(tape, value, name, sizeof name);
        check_failed(__FILE__, __LINE__, "two values are called %s", name);
    }
}

void names_seen_free(Tape *tape)
{
    if (tape->seen) {
        free(tape->seen->slots);
        free(tape->seen->hashes);
    }
    free(tape->seen);
    tape->seen = NULL;
}
