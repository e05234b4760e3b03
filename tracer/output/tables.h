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
} Slice;

/* What a reference means: all of it, a row, a column or a cell. */
Slice slice_of(const Names *names, Reference reference);

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
