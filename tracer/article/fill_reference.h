/* What one reference of an article becomes. */
#ifndef TRACER_ARTICLE_FILL_REFERENCE_H
#define TRACER_ARTICLE_FILL_REFERENCE_H

#include "fill.h"

enum { MOST_REFERENCE = 600, MOST_PICTURES = 200 };

/* A picture that waits until the whole article is known to be right. */
typedef struct {
    char *path;
    Text bytes;
} WaitingPicture;

typedef struct {
    const RunOptions *run;
    int digits;
    char *directory;         /* of the article, with a slash, or "" */
    Session session;
    bool open;
    char *run_text;          /* of the last {{run}}, which the session points to */
    WaitingPicture pictures[MOST_PICTURES];
    int picture_count;
} Filling;

bool filling_begin(Filling *filling, const char *article, const RunOptions *run, int digits, Error *error);

/* Adds what the reference stands for. *stale: a picture's file is missing or another one. */
bool reference_fill(Filling *filling, const char *reference, Text *out, bool *stale, Error *error);

/* Writes the pictures. */
bool filling_write(const Filling *filling, Error *error);
void filling_end(Filling *filling);

#endif
