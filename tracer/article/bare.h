/* An article as its author wrote it: what was filled before is taken out again, so that code and formulas are found
 * in the same text however often it is filled. */
#ifndef TRACER_ARTICLE_BARE_H
#define TRACER_ARTICLE_BARE_H

#include "form.h"

/* A reference that was filled. */
typedef struct {
    size_t at, length;       /* where it stands in the bare text: {{loss}}, or the formula that has such */
    size_t behind;           /* bytes of the bare text that stood between what it made and the closing mark */
    size_t from, to;         /* all of it in the source */
    size_t old, old_length;  /* what it made, in the source */
} Filled;

typedef struct {
    const char *source;
    Text text;               /* the bare one; ended by NUL */
    Filled *filled;
    int count, capacity;
} Bare;

/* A source ended by NUL, which must live as long. False and *error if there is no memory. */
bool bare_of(const Form *form, const char *source, Bare *bare, Error *error);
void bare_free(Bare *bare);

/* TeX takes blanks at the beginning of a line away, and an empty line for the end of a paragraph: blanks and the end of
 * a line that follow a reference there go before its closing mark. Their number; 0 in other forms. */
size_t behind_reference(const Form *form, const char *text);

/* Whether a reference is a formula that has references in it. */
bool is_formula(const char *reference);

#endif
