/* How many maps of attention and norms a model file asks for, whatever its system. */
#ifndef TESTS_UNIT_EXPECTED_PARTS_H
#define TESTS_UNIT_EXPECTED_PARTS_H

#include "gpt_facts.h"

#include "tiny_model/systems/encoder_decoder.h"
#include "tiny_model/systems/nufo.h"

/* An encoder-decoder, whose sides are GPTs: self-attention of the decoder hides what follows. */
static inline const EncoderDecoder *both_or_none(const Model *model)
{
    return model->system == &ENCODER_DECODER ? model->settings : NULL;
}

static inline int expected_maps(const Model *model)
{
    const Gpt *gpt = blocks_or_none(model);
    const EncoderDecoder *both = both_or_none(model);
    if (both)
        return both->n_heads * (both->encoder_layers + 2 * both->decoder_layers);
    if (model->system == &NUFO)
        return model->training.batch * nufo_of(model)->gpt.n_heads * nufo_of(model)->gpt.n_layers;
    if (reads_captions(model))
        return flow_of(model)->n_heads * 2 * flow_of(model)->n_layers + flow_of(model)->captions.heads * flow_of(model)->captions.layers;
    return gpt && gpt->attention == ATTENTION_PLAIN ? gpt_batch(model) * gpt->n_heads * gpt->n_layers : 0;
}

/* How many norms the model file asks for. */
static inline int expected_norms(const Model *model)
{
    const Gpt *gpt = blocks_or_none(model);
    const EncoderDecoder *both = both_or_none(model);
    if (both)
        return 2 * both->final_norm +
               (both->place != NORM_NONE) * (2 * both->encoder_layers + 3 * both->decoder_layers);
    if (model->system == &NUFO)
        return model->training.batch * (2 * nufo_of(model)->gpt.n_layers + 1);
    if (reads_captions(model))
        return 3 * flow_of(model)->n_layers + 1 + 2 * flow_of(model)->captions.layers + 1;
    if (!gpt)
        return 0;
    int in_a_block = (gpt->norm_attention != NORM_NONE) + (gpt->norm_mlp != NORM_NONE && gpt->mlp != MLP_NONE);
    return gpt_batch(model) * (gpt->n_layers * in_a_block + gpt->final_norm + gpt->norm_embedding);
}

#endif
