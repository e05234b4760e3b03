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

enum { LONGEST_NAME = 1024 };

static uint64_t hash_of(const char *text)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211u;
    return hash;
}

/* The slot of the value called so, or the empty one where it belongs. */
static int *slot_of(const Tape *tape, const char *name)
{
    char other[LONGEST_NAME];
    for (uint64_t at = hash_of(name);; at++) {
        int *slot = &tape->once[at & (uint64_t)(tape->once_capacity - 1)];
        if (*slot < 0)
            return slot;
        tape_name(tape, *slot, other, sizeof other);
        if (strcmp(other, name) == 0)
            return slot;
    }
}

static void once_grow(Tape *tape)
{
    int values = tape->value_count, capacity = tape->once_capacity ? tape->once_capacity : 1024;
    while (capacity < 4 * values)
        capacity *= 2;
    int *moved = realloc(tape->once, (size_t)capacity * sizeof *moved);
    if (!moved) {
        error_memory(tape->error);
        tape_give_up(tape);
    }
    tape->once = moved;
    tape->once_capacity = capacity;
    memset(moved, -1, (size_t)capacity * sizeof *moved);
    char name[LONGEST_NAME];
    for (int id = 0; id + 1 < values; id++) {
        tape_name(tape, id, name, sizeof name);
        *slot_of(tape, name) = id;
    }
}

void name_once(Tape *tape, int value)
{
    if (value == 0 && tape->once)
        memset(tape->once, -1, (size_t)tape->once_capacity * sizeof *tape->once);
    if (2 * tape->value_count > tape->once_capacity)
        once_grow(tape);
    char name[LONGEST_NAME];
    tape_name(tape, value, name, sizeof name);
    int *slot = slot_of(tape, name);
    CHECK(*slot < 0, "two values are called %s", name);
    *slot = value;
}
