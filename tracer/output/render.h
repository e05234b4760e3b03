/* From a figure's name to the bytes of a file: what `render`, `fill` and the stepper share. */
#ifndef TRACER_OUTPUT_RENDER_H
#define TRACER_OUTPUT_RENDER_H

#include "picture.h"
#include "tracer/figures/figure.h"

typedef struct {
    const Figure *figure;
    const PictureFormat *format;
    Spec spec;               /* how; session, history and other are filled in by render */
    PictureOptions picture;
    double width;            /* pixels the picture shall be wide; 0: as --scale says */
    double millimetres;      /* the same in millimetres */
    double points;           /* size of letters and numbers; 0: as --scale says */
    const ColorSet *colors;  /* NULL: those of the theme */
    bool transparent;
    const char *highlight;   /* a cell, row or column of a value; NULL: none */
    int updates;             /* of the run that a figure needs; AUTO_UPDATES: as the figure likes */
    const char *at;          /* its training steps that are shown, "0,10,100"; NULL: chosen */
    const char *against;     /* options of the second run; NULL: after one more update */
} Rendering;

enum { AUTO_UPDATES = -1 };

/* The defaults: light theme, 1x, 96 dpi, PNG; the date of SOURCE_DATE_EPOCH. */
Rendering rendering_default(void);

/* Adds the file's bytes.
 *   session  recorded and indexed; its options tell the run for figures of more than one step
 *   errors   a name that does not exist, a size that is absurd, out of memory */
bool render(const Session *session, const Rendering *rendering, Text *out, Error *error);

/* Adds what is seen, in words. */
bool render_words(const Session *session, const Rendering *rendering, Text *out, Error *error);

#endif
