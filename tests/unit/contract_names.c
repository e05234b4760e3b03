/* See contract_names.h. In the patterns # stands for a number. */
#include "contract_names.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static const char *const PATTERNS[] = {
    "token_embedding", "position_embedding", "embedding", "embedding_scaled",
    "norm_embedding", "norm_embedding.gamma", "norm_embedding.beta",
    "block#.attention.group#.W_K", "block#.attention.group#.W_V", "block#.attention.group#.b_K", "block#.attention.group#.b_V",
    "block#.attention.group#.K", "block#.attention.group#.V", "block#.attention.group#.K_rotated",
    "block#.attention.norm", "block#.attention.norm.gamma", "block#.attention.norm.beta",
    "block#.attention.head#.W_Q", "block#.attention.head#.W_K", "block#.attention.head#.W_V",
    "block#.attention.head#.b_Q", "block#.attention.head#.b_K", "block#.attention.head#.b_V",
    "block#.attention.head#.Q", "block#.attention.head#.K", "block#.attention.head#.V",
    "block#.attention.head#.Q_rotated", "block#.attention.head#.K_rotated",
    "block#.attention.head#.scores", "block#.attention.head#.scaled", "block#.attention.head#.biased",
    "block#.attention.head#.masked", "block#.attention.head#.weights", "block#.attention.head#.output",
    "block#.attention.concat", "block#.attention.W_O", "block#.attention.b_O", "block#.attention.output",
    "block#.attention.residual",
    "block#.attention.normalized", /* after a post-norm; not in the table, but both programs name it so */
    "block#.mlp.norm", "block#.mlp.norm.gamma", "block#.mlp.norm.beta",
    "block#.mlp.W_1", "block#.mlp.b_1", "block#.mlp.W_2", "block#.mlp.b_2", "block#.mlp.W_gate", "block#.mlp.b_gate",
    "block#.mlp.hidden", "block#.mlp.gate", "block#.mlp.activated", "block#.mlp.output", "block#.mlp.residual",
    "block#.mlp.router.W", "block#.mlp.router.logits", "block#.mlp.router.probabilities", "block#.mlp.router.gate", "block#.mlp.balance", "block#.mlp.z_loss",
    "block#.mlp.expert#.W_1", "block#.mlp.expert#.b_1", "block#.mlp.expert#.W_2", "block#.mlp.expert#.b_2",
    "block#.mlp.expert#.W_gate", "block#.mlp.expert#.b_gate", "block#.mlp.shared.W_1", "block#.mlp.shared.b_1",
    "block#.mlp.shared.W_2", "block#.mlp.shared.b_2", "block#.attention.head#.logsumexp",
    "loss.prediction", "loss.balance", "loss.balance_weighted", "loss.z", "loss.z_weighted",
    "block#.output", "final_norm", "final_norm.gamma", "final_norm.beta",
    "head.W", "head.b", "logits", "probabilities", "loss.per_token", "loss",
    "x", "W_1", "b_1", "hidden", "activated", "W_2", "b_2", "loss.per_example", /* mlp */
    "x_0", "x_1", "t", "x_t", "target", "velocity", "patch.W", "patch.b", "time.W_1", "time.b_1", "time.W_2", "time.b_2", /* flow */
    "class_embedding", "block#.modulation.W", "block#.modulation.b", "final.modulation.W", "final.modulation.b", "final.W", "final.b",
    "euler#.velocity", "euler#.x",
    "encoder.W_1", "encoder.b_1", "encoder.hidden", "encoder.activated", "encoder.W_2", "encoder.b_2", "encoder.output", /* vae */
    "mean", "log_variance", "noise", "z", "decoder.W_1", "decoder.b_1", "decoder.hidden", "decoder.activated", "decoder.W_2",
    "decoder.b_2", "reconstruction", "loss.reconstruction", "loss.kl",
    "plr.x", "plr.frequencies", "plr.periodic", "plr.W", "plr.b", "plr.hidden", "plr.embedded", /* tabular */
    "category#.embedding", "category#.embedded", "cross#.W", "cross#.b", "cross#.u", "cross#.output",
    "deep#.W", "deep#.b", "deep#.hidden", "deep#.activated", "logit", "probability",
    "transformer.token_embedding", "transformer.block#.attention.norm.gamma", "transformer.block#.attention.norm.beta", /* nufo */
    "transformer.block#.attention.head#.W_Q", "transformer.block#.attention.head#.W_K", "transformer.block#.attention.head#.W_V",
    "transformer.block#.attention.head#.weights", "transformer.block#.attention.W_O", "transformer.block#.mlp.norm.gamma",
    "transformer.block#.mlp.norm.beta", "transformer.block#.mlp.W_1", "transformer.block#.mlp.W_2", "transformer.block#.output",
    "transformer.final_norm.gamma", "transformer.final_norm.beta", "user",
};

static const char *const SUFFIXES[] = {".grad", ".grad.clipped", ".m", ".v", ".m_hat", ".v_hat", ".next", ".average", NULL};

/* The rest of `name` behind what fits the pattern, or NULL. */
static const char *behind(const char *pattern, const char *name)
{
    for (; *pattern; pattern++) {
        if (*pattern == '#') {
            if (!isdigit((unsigned char)*name))
                return NULL;
            while (isdigit((unsigned char)*name))
                name++;
        } else if (*pattern != *name++) {
            return NULL;
        }
    }
    return name;
}

bool is_contract_name(const char *name)
{
    const char *own = behind("sequence#.", name); /* one of several in a batch */
    own = own ? own : behind("tabular.", name);
    name = own ? own : name;
    for (size_t i = 0; i < sizeof PATTERNS / sizeof *PATTERNS; i++) {
        const char *rest = behind(PATTERNS[i], name);
        if (rest && *rest == '\0')
            return true;
        for (const char *const *suffix = SUFFIXES; rest && *suffix; suffix++)
            if (strcmp(rest, *suffix) == 0)
                return true;
    }
    return false;
}
