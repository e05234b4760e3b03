/* What a text is made of, as far as a reference in it is concerned: code is left alone, a formula is taken as a whole,
 * and within a tag nothing can stand. */
#ifndef TRACER_ARTICLE_MARKUP_H
#define TRACER_ARTICLE_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    size_t begin, end;
} Stretch;

/* In order, without overlap. */
typedef struct {
    Stretch *items;
    int count, capacity;
} Stretches;

/* Code may lie within math (a comment of TeX), nothing else within each other. */
typedef struct {
    Stretches code, math, tags;
    bool failed;             /* out of memory: not whole */
} Markup;

/* Fill an empty *markup with that of a text ended by NUL. Memory: its own, until markup_free. */
void markup_markdown(const char *text, Markup *markup);
void markup_html(const char *text, Markup *markup);
void markup_tex(const char *text, Markup *markup);
void markup_free(Markup *markup);

/* The stretch that holds the byte `at`, or NULL. */
const Stretch *stretch_at(const Stretches *stretches, size_t at);

/* For those that fill them: adds one behind the others. */
void stretch_add(Markup *markup, Stretches *to, size_t begin, size_t end);

/* Where the environment that \begin opens at `at` ends, if it is one of `names`, which are parted by blanks; a star
 * behind a name is a part of it. NULL if it is none of them or never ends. */
const char *environment_end(const char *at, const char *names);

/* The environments that are formulas. */
extern const char FORMULAS[];

#endif
