/* A worksheet as a page for a browser: the sheet with fields to fill in, the stepper and the checker in one file, which
 * judges by recomputing what the sheet prints; no right number is in it. */
#ifndef TRACER_EXERCISE_SHEET_PAGE_H
#define TRACER_EXERCISE_SHEET_PAGE_H

#include "variant.h"
#include "tracer/base/text.h"

/* Adds the page with the blank sheet in it.
 *   path    what `./build.sh web` made
 *   errors  those of sheet_write; a file that cannot be read, or has no place for a sheet */
bool sheet_page(const Variant *variant, const char *path, Text *out, Error *error);

#endif
