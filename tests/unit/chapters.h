/* Tutorials made for a test, and passages of them and of the real one. */
#ifndef TESTS_UNIT_CHAPTERS_H
#define TESTS_UNIT_CHAPTERS_H

#include "tracer/article/passage.h"

/* Makes a folder with one chapter, 07-made.md; remove_tutorial takes it away. */
void make_tutorial(Tutorial *tutorial, const char *markdown);
void remove_tutorial(const Tutorial *tutorial);

/* The passages of such a tutorial, and those of the one beside the program; passages_free them. */
Passages *made_passages(const char *markdown);
Passages *all_passages(void);

#endif
