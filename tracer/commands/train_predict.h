/* tracer train --predict: what a trained model says of rows or customers that it did not learn from. */
#ifndef TRACER_COMMANDS_TRAIN_PREDICT_H
#define TRACER_COMMANDS_TRAIN_PREDICT_H

#include "command.h"

#include "tracer/base/text.h"

/* One line of the table, or one object; the header of the table.
 *   of    whom it is of; NULL: a row of this number
 *   one   what class 1 is called, or NULL */
void predicted_header(const char *of, const char *one, Text *out);
void predicted_line(const char *of, int row, double probability, bool json, int digits, Text *out);

/* The probability of class 1 of every example of the session's that is only asked about, as the run stands.
 *   errors  a model that tells no classes; out of memory; standard output is closed */
bool predict_unseen(const Arguments *arguments, Session *session, Error *error);

#endif
