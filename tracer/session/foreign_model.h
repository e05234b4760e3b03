/* Somebody else's trained model as a model of ours: its sizes, its tokens, its numbers. */
#ifndef TRACER_SESSION_FOREIGN_MODEL_H
#define TRACER_SESSION_FOREIGN_MODEL_H

#include "tiny_model/run.h"

typedef struct Foreign Foreign;

/* Opens a folder or file of tensors: config.json, the tensors by their names and shapes, vocab.json if there.
 *   model   to be described by it: a gpt with every key set, its data the first ids of the vocabulary; NULL where
 *           a model file describes it and only the tensors are wanted
 *   memory  foreign_close, after whatever was made of it; NULL if it cannot be opened
 *   errors  those of tensors_open, config_open, foreign_check, vocabulary_read */
Foreign *foreign_open(const char *path, Model *model, Error *error);
void foreign_close(Foreign *foreign);

/* Its numbers, by the names of our parameters. */
ParameterSource foreign_source(Foreign *foreign);

#endif
