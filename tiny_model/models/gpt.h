/* A GPT: token and position embedding, blocks of attention and MLP, a head. Every choice of
 * the model file is here. Radford et al. 2018; the variants are named where they stand. */
#ifndef TINY_MODEL_MODELS_GPT_H
#define TINY_MODEL_MODELS_GPT_H

#include "../params.h"
#include "../tape.h"
#include "model.h"

/* Declares the parameters in the order of names; false if there are too many or no memory.
 *   memory  parameters->list and ->arena */
bool gpt_declare(const Model *model, Parameters *parameters, Error *error);

/* Records what the model makes of token ids, inside of a phase that is open.
 *   tokens      [1 x T], the ids; T is model->token_count
 *   returns     the id of the logits [T x V]
 *   memory, errors, parameters as below */
int gpt_logits(Tape *tape, const Model *model, const Parameters *parameters, int tokens);

/* Records the forward phase, frames and all, from the text to the loss.
 *   parameters  as gpt_declare made them, standing on the tape as its first values in that order
 *   returns     the id of the loss [1 x 1]
 *   memory      the tape's arena
 *   errors      through tape_attempt */
int gpt_forward(Tape *tape, const Model *model, const Parameters *parameters);

#endif
