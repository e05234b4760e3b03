/* Names of values and cells: from text to ids and back. */
#ifndef TRACER_SESSION_NAMES_H
#define TRACER_SESSION_NAMES_H

#include "tiny_model/tape.h"

/* All names of a tape. Made anew after every recording that changes the graph. */
typedef struct {
    const Tape *tape;
    char *block;        /* all names, each ended by NUL */
    const char **names; /* [value id] */
    int *sorted;        /* ids in the order of their names */
    int count;
    bool (*unknown_letter)(const char *letter); /* those that number_told leaves out; NULL: none */
    const char *(*spell)(const char *label, Arena *letters); /* labels as they can be drawn; NULL: as they are */
    Arena *letters;     /* of spell */
} Names;

bool names_init(Names *names, const Tape *tape, Error *error);
void names_free(Names *names);

static inline const char *name_of(const Names *names, int value)
{
    return names->names[value];
}

/* The id, or -1. */
int name_find(const Names *names, const char *name);

/* The same, faster where it is likely to be `guess`: two tapes have most values in common. */
int name_find_near(const Names *names, const char *name, int guess);

/* A value, a row, a column or a cell of it. */
enum { ALL = -1 };
typedef struct {
    int value;
    int row, col;   /* ALL: every one */
    int fits;       /* written by a short name: how many values that fits; 0: by the whole name */
} Reference;

/* NAME, NAME[r,c], NAME[r,:], NAME[:,c], and NAME[r,c].grad for NAME.grad[r,c]; a token may stand for a row or
 * column where it is unique, a token of digits in quotes. The end of a name will do where it is plain which is meant
 * (short_names.h). On failure *error names the nearest names. */
bool reference_parse(const Names *names, const char *text, Reference *out, Error *error);

/* The same from a place: a short name is of what lies nearest to the frame `near` of the tape. */
bool reference_parse_near(const Names *names, const char *text, int near, Reference *out, Error *error);

/* The same, and both row and column must be given. */
bool reference_parse_cell(const Names *names, const char *text, Reference *out, Error *error);
bool reference_parse_cell_near(const Names *names, const char *text, int near, Reference *out, Error *error);

/* Why numbers from outside stand in the place of those that were computed for this value: "given on the sheet"; NULL:
 * none do. */
const char *name_given(const Names *names, int value);

/* NAME, NAME[r,:], NAME[:,c] or NAME[r,c] into text[size]. */
const char *reference_text(const Names *names, Reference reference, char *text, size_t size);

/* NAME[r,c] into text[size]. */
const char *cell_text(const Names *names, int value, int row, int col, char *text, size_t size);

/* The value that a gradient or a moment belongs to, as long as the shape is the same; else the value itself. */
int name_root(const Tape *tape, int value);

/* What the rows and columns of a value stand for. */
const Axis *row_axis(const Names *names, int value);
const Axis *col_axis(const Names *names, int value);

/* What labels index i of an axis, or NULL where there is only the number. */
const char *axis_label(const Names *names, const Axis *axis, int i);

/* The axis that the numbers of a value are indices of: ids, places, letters; NULL where they are quantities.
 * A constant (value -1) is a quantity. */
const Axis *value_counts(const Names *names, int value);
bool axis_is_letters(const Names *names, const Axis *axis);

/* A number of the value for people: "116 t", "4 cat", or a quantity with so many decimals, its
 * sign in front always if `sign`. Writes into out[TOLD_SIZE] and returns it. */
enum { TOLD_SIZE = 80 };
char *number_told(const Names *names, int value, double number, int digits, bool sign, char out[TOLD_SIZE]);

#endif
