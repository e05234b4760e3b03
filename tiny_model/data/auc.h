/* How well numbers tell two classes apart, whatever is called large. */
#ifndef TINY_MODEL_DATA_AUC_H
#define TINY_MODEL_DATA_AUC_H

/* The area under the curve of true over false positives: the share of pairs, one of class 1 and one of class 0, in
 * which that of class 1 has the larger score; a tie is half a pair.
 *   scores   [count]; classes [count], 0 or 1
 *   room     [count], written over
 *   returns  0 to 1; nan where one of the classes has nobody: there is no pair then
 *   memory, errors  none
 *   source   Fawcett 2006, section 7 */
double area_under_curve(const double *scores, const double *classes, int count, double *room);

#endif
