/* Where a picture of an article goes that says no place. */
#ifndef TRACER_ARTICLE_PICTURE_NAME_H
#define TRACER_ARTICLE_PICTURE_NAME_H

#include "tracer/base/text.h"
#include "tracer/session/session.h"

enum { PICTURE_NAME = 320, DIGEST = 12 };

/* figures/attention-all.svg; of another run than the usual one figures/attention-all--by-hand-step3.svg. No two
 * figures and no two runs have the same.
 *   words  of the figure; a text, a file or whatever else cannot be read in a file's name is told by its digest
 * False if there was no memory. */
bool picture_name(char *const *words, int count, const RunOptions *run, const char *extension, char out[PICTURE_NAME]);

/* Eight letters that tell bytes from others, into out[DIGEST]; returns it. */
const char *digest_of(const char *bytes, size_t length, char *out);

#endif
