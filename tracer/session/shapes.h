/* Sizes by name: those of models that were published, and of our own model files. */
#ifndef TRACER_SESSION_SHAPES_H
#define TRACER_SESSION_SHAPES_H

#include "tiny_model/error.h"
#include "tiny_model/sizes.h"

enum { SHAPE_NAME = 100 };

/* The sizes called so: a published model ("gpt2-xl"), a preset ("tiny"), a model file ("mine.json").
 *   name     room for what they are called, sizes->name points there
 *   context  how many tokens they are made to read
 *   errors   another name, with the nearest; a model file that cannot work, or that no closed formula covers */
bool shape_find(const char *name, ModelSizes *sizes, char title[SHAPE_NAME], Error *error);

/* The i-th published one, and how else it may be called (NULL: not); false behind the last. */
bool shape_at(int i, ModelSizes *sizes, const char **other);

#endif
