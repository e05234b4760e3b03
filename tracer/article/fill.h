/* Living articles: numbers, tables and pictures of the run, by reference.
 *
 *   {{NAME[r,c] %.4f}}   a number               {{table NAME}}, {{latex NAME}}   a value or slice
 *   {{figure attention block0.head0}}           a picture beside the article, as render takes it
 *   {{run --model by-hand}}                     what follows is of that run
 *
 * A reference that was filled stands in a comment before what it made, so that it can be filled again:
 *   <!--{{loss %.2f}}-->2.28<!--/-->
 * Code (between ``` lines or `) and \{{ are left alone. */
#ifndef TRACER_ARTICLE_FILL_H
#define TRACER_ARTICLE_FILL_H

#include "tracer/session/session.h"

enum { MOST_ARTICLE = 8 << 20 };

/* Fills the article in its place, pictures first; nothing is written if a reference is wrong.
 *   check    writes nothing; says on standard output what differs and counts it in *drifted
 *   *count   references
 *   errors   those of the references, with the line */
bool fill_article(const char *path, const RunOptions *run, int digits, bool check, int *count, int *drifted,
                  Error *error);

#endif
