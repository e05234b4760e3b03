/* What examples of rows of numbers have in common: features "x", and a class, "class" by its number or "label" by its
 * name.
 *   memory  the model's arena
 *   source  none */
#ifndef TINY_MODEL_DATA_CLASSES_H
#define TINY_MODEL_DATA_CLASSES_H

#include "../model.h"

typedef struct {
    const Texts *listed;  /* the labels that there may be, in their order; NULL: those that appear */
    int *of_row;          /* [examples] */
    int count;            /* the highest class and one */
    const char **labels;  /* [count], in the order of first appearance; NULL, or NULL in them, where there is none */
} Classes;

/* Room for the classes of all examples. listed: as above, in the model's arena; without a label it is as NULL.
 *   errors  out of memory */
bool classes_begin(Classes *classes, Model *model, const Texts *listed, Error *error);

/* The class of one more example; rows are taken in order, from 0.
 *   errors  no class or two, another form than that of row 0, a number out of range, a label
 *           that is not listed, too many labels */
bool classes_take(Classes *classes, const Example *example, int row, Error *error);

/* After the last row: `count` classes there are; labels are NULL from here on if one of them has none. */
void classes_end(Classes *classes, int count);

/* Whether "x" of an example is a list of finite numbers, as many as that of row 0, which sets *width.
 *   errors  if not */
bool features_take(const Example *example, int row, int *width, Error *error);

#endif
