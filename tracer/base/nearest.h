/* "did you mean": the names nearest to one that does not exist. */
#ifndef TRACER_BASE_NEAREST_H
#define TRACER_BASE_NEAREST_H

enum { NEAREST_COUNT = 3, NEAREST_TEXT = 320 };

/* The best so far; zero-initialise it. */
typedef struct {
    const char *names[NEAREST_COUNT];
    int distances[NEAREST_COUNT];
    int count;
} Nearest;

/* Takes `name` in if it is among the nearest to `wanted`. The pointer is kept. */
void nearest_offer(Nearest *nearest, const char *wanted, const char *name);

/* `did you mean "a", "b"?`, or `otherwise` if nothing is near. Writes into out[NEAREST_TEXT]. */
const char *nearest_text(const Nearest *nearest, char *out, const char *otherwise);

#endif
