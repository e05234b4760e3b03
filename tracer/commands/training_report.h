/* What tracer train tells of a training while it goes on: a screen in a terminal, lines where nobody sees one,
 * objects with --json; and the curve and the numbers at its end. */
#ifndef TRACER_COMMANDS_TRAINING_REPORT_H
#define TRACER_COMMANDS_TRAINING_REPORT_H

#include "tracer/base/progress.h"
#include "tracer/session/paintings.h"
#include "tracer/session/training.h"
#include "tracer/stepper/terminal.h"
#include "tracer/views/training_view.h"

typedef struct {
    Session *session;
    TrainingView view;
    Worst worst;
    double first, last;          /* the first and the last loss */
    bool json, perplexity, ascii;
    int tokens;                  /* that an update reads */
    Watch *watch;                /* the screen, or NULL */
    Text writes;
    Paintings paintings;         /* that it makes now and then, of one noise; of a model that paints */
    double *pictures;            /* [count x rows cols] */
    Text asked;                  /* what they shall show */
    double began, told, sampled; /* seconds: the beginning, the last line or frame; what sampling has taken */
    double paints_from;          /* seconds: not before */
    Progress progress;
    Error *error;
} Report;

/* From training step `from` to `to`. screen: in a terminal, if it can be moved in.
 *   errors  out of memory; a screen that cannot be opened is done without */
bool report_begin(Report *report, Session *session, int from, int to, bool json, bool screen, bool color, Error *error);

/* For training_run: context is the report. */
bool report_note(void *context, const Run *run, const UpdateRecord *update);

/* Takes the screen or the bar away. */
void report_end(Report *report);
void report_free(Report *report);

/* The curve, the losses, validation and baselines on standard output. */
void report_print(const Report *report, int digits);
/* Ten rows of stars: the curve of so many updates, for a terminal without a stepper. */
void curve_print(const Curve *curve, int updates, int digits);
void worst_print(const Worst *worst, int digits);

#endif
