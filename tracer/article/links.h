/* The places of a chapter that can be opened in the stepper: every value that it refers to, and every
 * `build/tracer step --at NAME`. */
#ifndef TRACER_ARTICLE_LINKS_H
#define TRACER_ARTICLE_LINKS_H

#include "chapter.h"

enum { MOST_LINKS = 300, LINK_TARGET = 160, LINK_RUN = 160 };

typedef struct {
    char target[LINK_TARGET];  /* NAME or NAME[r,c] */
    char run[LINK_RUN];        /* options of its run, "" for the tutorial's */
} Link;

/* Counted from 1, in the order in which the chapter comes to them; each once. */
typedef struct {
    Link links[MOST_LINKS];
    int count;
} Links;

/* Adds a chapter as it stands in its file, and behind each section a list of its places: as numbers for
 * `tracer learn CHAPTER --open N` or, for a book, as command lines, which may be links (page_link.h).
 *   *links   receives them
 *   errors   the file cannot be read, more than MOST_LINKS places, no memory */
bool chapter_links(const Tutorial *tutorial, const Chapter *chapter, ChapterFor reader, Links *links, Text *out,
                   Error *error);

#endif
