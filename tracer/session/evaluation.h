/* What a classifier makes of its data: how often it is right, what it takes for what, and where it is most certain
 * and wrong. */
#ifndef TRACER_SESSION_EVALUATION_H
#define TRACER_SESSION_EVALUATION_H

#include "session.h"
#include "tracer/base/progress.h"

/* One example of which the model was certain. */
typedef struct {
    DataPart part;
    int row;              /* of the data */
    int target, said;
    double probability;   /* of what it said */
} Mistaken;

/* Of two classes: those of whom about so much was said that they are of class 1. */
typedef struct {
    int examples, is;     /* is: those who are */
    double said;          /* the sum of what was said */
} Calibration;

enum { CALIBRATION_BINS = 5 };

typedef struct {
    int examples, right;
    double loss;          /* mean of -log probability of the class */
    int *confusion;       /* [classes x classes]: rows are the truth, columns what it said */
    double area;          /* of two classes: under the curve; nan where one has no examples, or there are more */
    Calibration calibration[CALIBRATION_BINS]; /* of two classes: by fifths of the probability of class 1 */
} PartEvaluation;

typedef struct {
    int classes;
    PartEvaluation parts[DATA_PARTS];
    Mistaken *mistakes;   /* of all parts, the most certain first */
    int mistake_count;
} Evaluation;

/* "train", "validation", "test" */
const char *data_part_name(DataPart part);

/* Asks the model, as its training step finds it, of every example. The run's tape is gone after it.
 *   memory  *out, given back by evaluation_free
 *   errors  a model that tells no classes; out of memory */
bool evaluation_make(Session *session, Evaluation *out, Error *error);
void evaluation_free(Evaluation *evaluation);

/* The text of an example, or its ids. */
void example_text(const Model *model, int row, Text *out);

/* The name of a class, or its number. */
const char *class_text(const Model *model, int class, char *out, size_t size);

#endif
