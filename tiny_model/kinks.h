/* Weights of init kind decimal are round numbers, and so a sum of products can be exactly 0: where it goes into relu,
 * the loss has a kink there and no gradient to compare with. Chapter 16. */
#ifndef TINY_MODEL_KINKS_H
#define TINY_MODEL_KINKS_H

#include "run.h"

/* Draws the column of a weight, and its bias, again where on the first training step a number that goes into relu is
 * exactly 0, and the column of a router where two experts are as likely for a token, until there is nothing of the kind
 * or it is hopeless. Nothing happens to other kinds of init and where there is neither.
 *   errors  out of memory */
bool kinks_draw_again(Run *run, Error *error);

#endif
