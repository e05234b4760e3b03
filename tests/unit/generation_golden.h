/* What the tests of filters and of the cache read: golden/reference/generation.json, and values by name. */
#ifndef TESTS_UNIT_GENERATION_GOLDEN_H
#define TESTS_UNIT_GENERATION_GOLDEN_H

#include "support.h"
#include "tracer/session/json_file.h"

#include <string.h>

static inline json_t *golden(void)
{
    Error error = {0};
    json_t *root = json_file_read("golden/reference/generation.json", 1 << 20, &error);
    EXPECT(root, "%s", error.text);
    return root;
}

static inline double real(const json_t *of, const char *key)
{
    const json_t *number = json_object_get(of, key);
    EXPECT(json_is_number(number), "no number \"%s\"", key);
    return json_number_value(number);
}

static inline const Value *named(const Tape *tape, const char *name)
{
    char text[200];
    for (int id = 0; id < tape->value_count; id++) {
        tape_name(tape, id, text, sizeof text);
        if (strcmp(text, name) == 0)
            return tape_value(tape, id);
    }
    EXPECT(false, "no %s", name);
    return NULL;
}

#endif
