/* Slices as table, csv, json and npy; see tables.h. What authors set is in typeset.c. */
#include "tables.h"

#include "typeset.h"

#include "tiny_model/primitive.h"

#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

Slice slice_of(const Names *names, Reference reference)
{
    const Value *value = tape_value(names->tape, reference.value);
    return (Slice){.names = names, .value = reference.value,
                   .row = reference.row == ALL ? 0 : reference.row, .rows = reference.row == ALL ? value->rows : 1,
                   .col = reference.col == ALL ? 0 : reference.col, .cols = reference.col == ALL ? value->cols : 1};
}

double slice_number(const Slice *slice, int r, int c)
{
    return cell_of(tape_value(slice->names->tape, slice->value), slice->row + r, slice->col + c);
}

const char *slice_label(const Slice *slice, bool row, int i, char *out)
{
    const Axis *axis = row ? row_axis(slice->names, slice->value) : col_axis(slice->names, slice->value);
    int index = i + (row ? slice->row : slice->col);
    const char *token = axis_label(slice->names, axis, index);
    char visible[LABEL_SIZE - 16];
    if (token)
        snprintf(out, LABEL_SIZE, "%d %s", index, token_visible(visible, sizeof visible, token));
    else
        snprintf(out, LABEL_SIZE, "%d", index);
    return out;
}

static void pad(Text *out, int columns)
{
    for (int i = 0; i < columns; i++)
        text_put(out, " ", 1);
}

static int label_width(const Slice *slice)
{
    char text[LABEL_SIZE];
    int widest = 0;
    for (int r = 0; r < slice->rows; r++) {
        int width = text_width(slice_label(slice, true, r, text));
        widest = width > widest ? width : widest;
    }
    return widest;
}

const char *slice_told(const Slice *slice, int r, int c, int digits, char *out)
{
    return number_told(slice->names, slice->value, slice_number(slice, r, c), digits, false, out);
}

static int column_width(const Slice *slice, int c, int digits)
{
    char text[LABEL_SIZE];
    int widest = text_width(slice_label(slice, false, c, text));
    for (int r = 0; r < slice->rows; r++) {
        int width = text_width(slice_told(slice, r, c, digits, text));
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void add_right(Text *out, const char *text, int width)
{
    pad(out, width - text_width(text) + 2);
    text_add(out, "%s", text);
}

static void write_table(const Slice *slice, int digits, Text *out)
{
    char text[LABEL_SIZE];
    int labels = label_width(slice);
    const Value *value = tape_value(slice->names->tape, slice->value);
    text_add(out, "%s  %d x %d  %s\n", name_of(slice->names, slice->value), value->rows, value->cols,
             kind_name(value->kind));
    pad(out, labels);
    for (int c = 0; c < slice->cols; c++)
        add_right(out, slice_label(slice, false, c, text), column_width(slice, c, digits));
    text_add(out, "\n");
    for (int r = 0; r < slice->rows; r++) {
        slice_label(slice, true, r, text);
        text_add(out, "%s", text);
        pad(out, labels - text_width(text));
        for (int c = 0; c < slice->cols; c++)
            add_right(out, slice_told(slice, r, c, digits, text), column_width(slice, c, digits));
        text_add(out, "\n");
    }
}

/* Every digit, whatever --digits says: csv, json and npy are for machines, the other formats for people. */
static void write_csv(const Slice *slice, int digits, Text *out)
{
    (void)digits;
    char text[NUMBER_SIZE];
    for (int r = 0; r < slice->rows; r++)
        for (int c = 0; c < slice->cols; c++)
            text_add(out, "%s%s", number_exact(text, slice_number(slice, r, c)), c + 1 < slice->cols ? "," : "\n");
}

static void write_json(const Slice *slice, int digits, Text *out)
{
    (void)digits;
    char text[NUMBER_SIZE];
    const Value *value = tape_value(slice->names->tape, slice->value);
    text_add(out, "{\"name\": ");
    text_json_string(out, name_of(slice->names, slice->value));
    text_add(out, ", \"rows\": %d, \"cols\": %d, \"kind\": \"%s\", \"data\": [", slice->rows, slice->cols,
             kind_name(value->kind));
    for (int r = 0; r < slice->rows; r++)
        for (int c = 0; c < slice->cols; c++)
            text_add(out, "%s%s", r || c ? ", " : "", number_json(text, slice_number(slice, r, c)));
    text_add(out, "]}\n");
}

/* The .npy format, version 1.0: magic, length of the header, header ended by a newline, data. */
void npy_write(const double *data, int rows, int cols, size_t stride, Text *out)
{
    char header[128];
    int length = snprintf(header, sizeof header, "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }", rows,
                          cols);
    /* NumPy wants the numbers at a multiple of 64, so the header is filled with blanks. */
    int padded = (10 + length + 1 + 63) / 64 * 64 - 10;
    text_put(out, "\x93NUMPY\x01\x00", 8);
    char size[2] = {(char)(padded & 255), (char)(padded >> 8)};
    text_put(out, size, 2);
    text_put(out, header, (size_t)length);
    pad(out, padded - length - 1);
    text_put(out, "\n", 1);
    for (int r = 0; r < rows; r++)
        for (int c = 0; c < cols; c++) {
            uint64_t bits;
            char bytes[8];
            memcpy(&bits, &data[(size_t)r * stride + (size_t)c], sizeof bits);
            /* Little-endian as '<f8' says, on any machine. */
            for (int i = 0; i < 8; i++)
                bytes[i] = (char)(bits >> (8 * i));
            text_put(out, bytes, sizeof bytes);
        }
}

static void write_npy(const Slice *slice, int digits, Text *out)
{
    (void)digits;
    const Value *value = tape_value(slice->names->tape, slice->value);
    size_t stride = (size_t)value->cols;
    npy_write(value->data + (size_t)slice->row * stride + (size_t)slice->col, slice->rows, slice->cols, stride, out);
}

const TableFormat TABLE_FORMATS[] = {
    {"table", false, write_table}, {"csv", false, write_csv},     {"json", false, write_json},
    {"npy", true, write_npy},      {"latex", false, typeset_matrix}, {"markdown", false, typeset_markdown},
    {"tabular", false, typeset_tabular}, {"html", false, typeset_html},
};
const int TABLE_FORMAT_COUNT = sizeof TABLE_FORMATS / sizeof *TABLE_FORMATS;
