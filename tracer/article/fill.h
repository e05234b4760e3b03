/* Living articles: numbers, tables and pictures of the run, by reference.
 *
 *   {{NAME[r,c] %.4f}}   a number               {{table NAME}}, {{latex NAME}}   a value or slice
 *   {{A - B}}, {{A / B}} of two numbers         {{tokens NAME[r,:]}}             tokens on their weights' colours
 *   {{figure attention block0.head0}}           a picture beside the article, as render takes it
 *   {{run --model by-hand}}                     what follows is of that run
 *
 * A reference that was filled stands in a comment before what it made, so that it can be filled again:
 *   <!--{{loss %.2f}}-->2.28<!--/-->            in Markdown, Quarto, HTML and a notebook's cells
 *   %{{loss %.2f}}                              in LaTeX, with line breaks that TeX does not see
 *   2.28%{{/}}
 * A formula of Markdown or HTML would show a comment: there the whole formula is the reference,
 *   <!--{{$L = {{loss %.2f}}$}}-->$L = 2.28$<!--/-->
 * Code, other tools' {{ (ours.h) and \{{ are left alone. */
#ifndef TRACER_ARTICLE_FILL_H
#define TRACER_ARTICLE_FILL_H

#include "tracer/base/text.h"
#include "tracer/session/session.h"

enum { MOST_ARTICLE = 8 << 20, MOST_FAULTS = 100 };

typedef struct {
    int count, drifted;      /* references, and those that differ from the run */
    int foreign;             /* {{ of other tools */
    Text differences;        /* a line for each that differs, if they were asked for */
    Text faults;             /* a line for each wrong reference but the last, which is the error */
} FillReport;

/* Fills the article in its place, pictures first; nothing is written if a reference is wrong.
 *   check    writes nothing; the report has the differences
 *   report   empty; the caller frees it with fill_report_free, also after an error
 *   errors   a name that tells no form; those of the references, with the line */
bool fill_article(const char *path, const RunOptions *run, int digits, bool check, FillReport *report, Error *error);
void fill_report_free(FillReport *report);

#endif
