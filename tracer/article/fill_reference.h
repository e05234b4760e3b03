/* What one reference of an article becomes. */
#ifndef TRACER_ARTICLE_FILL_REFERENCE_H
#define TRACER_ARTICLE_FILL_REFERENCE_H

#include "fill.h"
#include "form.h"

enum { MOST_REFERENCE = 600, MOST_FORMULA = 8000, MOST_PICTURES = 200, MOST_RUNS = 200 };

/* A picture that waits until the whole article is known to be right. */
typedef struct {
    char *path;
    Text bytes;
} WaitingPicture;

typedef struct {
    const RunOptions *run;   /* the article's own */
    const Form *form;
    int digits;
    char *directory;         /* of the article, with a slash, or "" */
    Session session;         /* of the run that holds now */
    bool open;
    RunOptions now;          /* its options */
    bool lost;               /* the last {{run}} failed: what follows it cannot be judged */
    bool in_math;            /* the reference stands in a formula */
    char *run_texts[MOST_RUNS];  /* of each {{run}}, which options point to */
    int run_count;
    WaitingPicture pictures[MOST_PICTURES];
    int picture_count;
} Filling;

/* form: FORM_MARKDOWN unless it is changed. */
bool filling_begin(Filling *filling, const char *article, const RunOptions *run, int digits, Error *error);

/* Adds what the reference stands for, or a formula with all of its references. *stale: a picture's file is missing or
 * another one. */
bool reference_fill(Filling *filling, const char *reference, Text *out, bool *stale, Error *error);

/* The kinds that stand in files of their own; each takes what follows its word. */
bool fill_number(Filling *filling, const char *text, Text *out, bool *stale, Error *error);
bool fill_figure(Filling *filling, const char *text, Text *out, bool *stale, Error *error);
bool fill_tokens(Filling *filling, const char *text, Text *out, bool *stale, Error *error);

/* Opens the run that holds, unless it is open: an article without numbers needs none. */
bool need_session(Filling *filling, Error *error);

/* Takes " %.2f" off the end of a reference: *digits is the decimals that it says, or stays. False and *error if it is
 * no format of decimals. */
bool take_digits(char *name, int *digits, Error *error);

/* Writes the pictures. */
bool filling_write(const Filling *filling, Error *error);
void filling_end(Filling *filling);

#endif
