/* Planted mistakes of an encoder-decoder. Chapter 32. */
#include "encoder_decoder.h"

#include "../rules/rule.h"

#define F .phase = PHASE_FORWARD
#define B .phase = PHASE_BACKWARD

static void cross_causal(Model *model)
{
    EncoderDecoder *of = model->settings;
    of->cross_causal = of->decoder.cross_causal = true;
}

static void not_shifted(Model *model)
{
    ((EncoderDecoder *)model->settings)->not_shifted = true;
}

const Mistake ENCODER_DECODER_MISTAKES[ENCODER_DECODER_MISTAKE_COUNT] = {
    {"memory.causal", "the mask of the decoder's own tokens is laid on those of the source too", 1,
     {{EDIT_OPTION, .option = cross_causal}}},
    {"memory.padding_forgotten", "the padding of the source is looked at like any other token", 1,
     {{EDIT_SKIP, F, .frame = "decoder.block*.cross.head*.masked", .label = "masked", .input = 1}}},
    {"memory.only_keys", "only the path through the keys comes back to the memory", 1,
     {{EDIT_SCALE, B, .frame = "decoder.block*.cross.head*.V", .label = "dx"}}},
    {"memory.only_values", "only the path through the values comes back to the memory", 1,
     {{EDIT_SCALE, B, .frame = "decoder.block*.cross.head*.K", .label = "dx"}}},
    {"decoder.not_shifted", "the decoder reads the very tokens that it is to say", 1,
     {{EDIT_OPTION, .option = not_shifted}}},
};
