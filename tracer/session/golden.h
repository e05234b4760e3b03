/* Goldens: files of numbers that were checked by something other than the program itself.
 * Text, one tensor after another in the order of the tape, one row a line, every digit. */
#ifndef TRACER_SESSION_GOLDEN_H
#define TRACER_SESSION_GOLDEN_H

#include "session.h"

typedef struct {
    char *name;
    int rows, cols;
    double *data;
    double scale;          /* its largest absolute number, at least 1 */
    bool exact;            /* compared without a tolerance */
} GoldenTensor;

typedef struct {
    char *model;           /* the preset or file that it is of */
    int step;              /* training step */
    char *reason;
    bool exact;            /* "tolerance none" */
    GoldenTensor *list;
    int count;
} Golden;

/* One tensor that is not as expected. */
typedef struct {
    int tensor;            /* index in the golden */
    int value;             /* id on the tape, -1: it is not there or has another shape */
    bool root;             /* it differs and none of its inputs does */
    int cells;             /* how many differ */
    int row, col;          /* the one that differs most, by ... */
    double distance;
} GoldenDifference;

typedef struct {
    GoldenDifference *list;
    int count, roots;
    int missing;           /* values of the tape that the golden has not */
} GoldenReport;

/*   memory  *golden, freed by golden_free
 *   errors  no file, not this format, cut off, a number that is none; the line is named */
bool golden_read(const char *path, Golden *golden, Error *error);

/* The same from text[size], ended by NUL, which is taken apart in place. */
bool golden_parse(char *text, size_t size, const char *path, Golden *golden, Error *error);
void golden_free(Golden *golden);

/* a = g in a golden whose head says "tolerance none", as those that golden accept writes: the machine computes the same
 * bits everywhere. Else |a - g| <= 1e-12 |g| + 1e-13 scale of the tensor; infinities exactly. A nan never. */
bool golden_equal(const GoldenTensor *tensor, double a, double g);

/* Where the run is not equal to the golden, and where that began. */
bool golden_compare(const Golden *golden, const Session *session, GoldenReport *report, Error *error);
void golden_report_free(GoldenReport *report);

/* To standard output. */
void golden_print_report(const char *path, const Golden *golden, const Names *names, const GoldenReport *report,
                         bool detailed);
void golden_show(const Golden *golden, const Names *names, int digits);

/* Writes the run as a golden and says so; whether its numbers are right is for the caller to know. */
bool golden_write(const char *path, const Session *session, const char *reason, Error *error);

#endif
