/* The text of the files that record steps, line by line: made at build time by tracer/base/embed.awk, so
 * that it can be shown wherever the program runs. */
#ifndef TRACER_BASE_SOURCES_H
#define TRACER_BASE_SOURCES_H

typedef struct {
    const char *path;           /* "tiny_model/rules/softmax.c", as a step names it */
    const char *const *lines;   /* without their newlines */
    int count;
} Source;

extern const Source SOURCES[];
extern const int SOURCE_COUNT;

#endif
