/* What a model file of a GPT says about its tape, for tests of every model. */
#ifndef TESTS_UNIT_GPT_FACTS_H
#define TESTS_UNIT_GPT_FACTS_H

#include "tiny_model/systems/flow.h"

#include <stdio.h>
#include <string.h>

/* The settings of a GPT, or NULL for a model of another system. */
static inline const Gpt *gpt_or_none(const Model *model)
{
    return model->system == &GPT ? gpt_of(model) : NULL;
}

static inline bool is_flow_by(const Model *model, int network)
{
    return model->system == &FLOW && flow_of(model)->network == network;
}

/* The blocks of a transformer of either kind, or NULL. */
/* A painter that is told in words: a text encoder, and cross-attention in every block. */
static inline bool reads_captions(const Model *model)
{
    return model->system == &FLOW && flow_of(model)->captions.width > 0;
}

static inline const Gpt *blocks_or_none(const Model *model)
{
    return is_flow_by(model, FLOW_DIT) ? &flow_of(model)->blocks : gpt_or_none(model);
}

/* How many sequences a training step reads. */
static inline int gpt_batch(const Model *model)
{
    return model->training.batch ? model->training.batch : 1;
}

enum { PREFIX_SIZE = 24 };

/* What the names of the i-th sequence of a training step begin with. */
static inline const char *gpt_prefix(const Model *model, int i, char text[PREFIX_SIZE])
{
    snprintf(text, PREFIX_SIZE, "sequence%d.", i);
    return gpt_batch(model) > 1 ? text : "";
}

/* Tokens of the i-th sequence of a training step: the rows of the data in turn. */
static inline Sequence gpt_sequence(const Model *model, int training_step, int i)
{
    return gpt_of(model)->sequences[(training_step * gpt_batch(model) + i) % gpt_of(model)->sequence_count];
}

static inline bool gpt_masks(const Gpt *gpt)
{
    return gpt->mask == MASK_CAUSAL || gpt->window > 0;
}

/* Whether a position sees another. A window hides the future whatever the mask. */
static inline bool gpt_sees(const Gpt *gpt, int query, int key)
{
    if (!gpt_masks(gpt))
        return true;
    return key <= query && (gpt->window == 0 || query - key < gpt->window);
}

#endif
