/* The tutorial as HTML: a page a chapter, an index, and all of it on one page to print; without a script. */
#ifndef TRACER_ARTICLE_BOOK_H
#define TRACER_ARTICLE_BOOK_H

#include "chapter.h"

enum { PAGES_BESIDE_CHAPTERS = 2 };

/* Writes index.html, NAME.html for every chapter, tracer.html with all of them, and the pictures into the folder,
 * which is made if it is not there. Two books of one tutorial are equal in every byte.
 *   errors   a file that cannot be read or written, a picture that is missing */
bool book_write(const Tutorial *tutorial, const char *folder, Error *error);

#endif
