/* What config.json says of a model that somebody else trained: a plain struct of sizes. */
#ifndef TRACER_SESSION_CONFIG_H
#define TRACER_SESSION_CONFIG_H

#include "tensors.h"

/* Whose names and layout the tensors have; see foreign.h.
 *   gpt2    Hugging Face's GPT-2: matrices [in, out] (Conv1D)
 *   mingpt  the same names with nn.Linear: matrices [out, in]; no config.json says so
 *   llama   nn.Linear, RMS norm, a gated MLP, RoPE that turns halves (i with i + d_head / 2) */
typedef enum { FAMILY_GPT2, FAMILY_MINGPT, FAMILY_LLAMA } Family;
const char *family_name(Family family);

typedef struct {
    Family family;
    int n_layers, d_model, d_ff;
    int n_heads, n_kv_heads, d_head;   /* heads h of a group read key and value h div (n_heads / n_kv_heads) */
    int vocabulary, context;           /* tokens; positions at most */
    /* as our model files spell it: gelu_tanh, gelu_erf, relu, silu; a llama gates with it */
    const char *activation;
    double norm_eps;
    double rope_theta;                 /* 0 where positions are learned */
    bool tied_head;                    /* the head is the token embedding */
    bool attention_bias, mlp_bias;
} Config;

/* Reads a config.json of model_type gpt2 or llama.
 *   memory  none
 *   errors  by key: another architecture, one that is missing or cannot be, one that changes the
 *           arithmetic (rope_scaling, quantization_config ...)
 *   source  transformers' GPT2Config and LlamaConfig */
bool config_read(const char *path, Config *config, Error *error);

/* The same from the shapes of a gpt2's or minGPT's tensors. Shapes do not tell the number of heads:
 * it is that of the published size with as many layers of this width.
 *   path    for the error: where the weights are
 *   errors  other names, a size that nobody published
 *   source  minGPT's mingpt/model.py */
bool config_guess(const char *path, const Tensors *tensors, Config *config, Error *error);

/* From the config.json beside the weights, or guessed where there is none.
 *   path    that the tensors were opened from */
bool config_open(const char *path, const Tensors *tensors, Config *config, Error *error);

#endif
