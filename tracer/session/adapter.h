/* What fine-tuning trained, alone: a small safetensors file that goes with the weights of the rest. */
#ifndef TRACER_SESSION_ADAPTER_H
#define TRACER_SESSION_ADAPTER_H

#include "tiny_model/run.h"

/* Reads the trained parameters of a model of which a part is frozen; its frozen ones must have the numbers that they
 * had when the file was written.
 *   errors  a model of which all is trained, a file of another model or of other weights; nothing is changed then */
bool adapter_load(const char *path, Run *run, Error *error);

/* Writes the parameters that are trained, as this training step finds them, and the mark of all others. */
bool adapter_save(const char *path, const Run *run, Error *error);

/* Writes the weights of the same model without adapters: W + (alpha / r) A B in the place of W.
 *   errors  a model without adapters */
bool adapter_merge(const char *path, const Run *run, Error *error);

#endif
