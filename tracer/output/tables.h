/* One value, or a slice of it, as text in several formats. */
#ifndef TRACER_OUTPUT_TABLES_H
#define TRACER_OUTPUT_TABLES_H

#include "tracer/base/text.h"
#include "tracer/session/names.h"

/* A rectangle of a value. */
typedef struct {
    const Names *names;
    int value;
    int row, rows, col, cols;
    int most_rows, most_cols;  /* typeset.h: how many of them are shown; 0: all */
} Slice;

/* What a reference means: all of it, a row, a column or a cell. */
Slice slice_of(const Names *names, Reference reference);

/* The number at row r and column c of the slice; the same as it is told; the label of row or column i: its index, and
 * the token behind it where there is one. Texts are written into out[LABEL_SIZE]. */
enum { LABEL_SIZE = 160 };
double slice_number(const Slice *slice, int r, int c);
const char *slice_told(const Slice *slice, int r, int c, int digits, char *out);
const char *slice_label(const Slice *slice, bool row, int i, char *out);

typedef struct {
    const char *name;
    bool binary;
    /* Adds the slice; digits: decimals where the format is for people. */
    void (*write)(const Slice *slice, int digits, Text *out);
} TableFormat;

extern const TableFormat TABLE_FORMATS[];
extern const int TABLE_FORMAT_COUNT;

/* Adds an .npy file of a rows x cols matrix of doubles, `stride` apart. */
void npy_write(const double *data, int rows, int cols, size_t stride, Text *out);

#endif
