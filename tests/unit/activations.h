/* Which values of a preset the gradient check looks at beside its parameters. */
#ifndef TESTS_UNIT_ACTIVATIONS_H
#define TESTS_UNIT_ACTIVATIONS_H

#include "gpt_facts.h"

/* Values between the parameters and the loss, and how many cells of them a preset has at least. */
#define STREAM "embedding", "block0.attention.head0.Q", "block0.attention.head0.V"
#define BEHIND "block0.attention.concat", "block0.attention.residual", "block0.output", "logits", "loss.per_token", "loss"

static bool has_tiles(const Model *model)
{
    return model->system == &GPT && gpt_of(model)->attention == ATTENTION_FLASH;
}

static bool has_experts(const Model *model)
{
    return model->system == &GPT && gpt_of(model)->mlp == MLP_MOE;
}

static bool is_plain(const Model *model)
{
    return model->system == &GPT && !has_tiles(model) && !has_experts(model);
}

static bool is_mlp(const Model *model)
{
    return model->system == &MLP;
}

static bool is_table(const Model *model)
{
    return model->system == &TABULAR;
}

static bool has_two_sides(const Model *model)
{
    return model->system == &ENCODER_DECODER;
}

static bool is_fusion(const Model *model)
{
    return model->system == &NUFO;
}

static bool is_layers(const Model *model)
{
    return is_flow_by(model, FLOW_MLP);
}

static bool is_patches(const Model *model)
{
    return is_flow_by(model, FLOW_DIT) && !reads_captions(model);
}

static bool is_vae(const Model *model)
{
    return model->system == &VAE;
}

static bool is_pairs(const Model *model)
{
    return model->system == &WORD2VEC;
}

static const struct {
    bool (*fits)(const Model *model);
    int least;
    const char *names[17];
} ACTIVATIONS[] = {
    {has_tiles, 100,
     {STREAM, BEHIND, "block0.attention.head0.K", "block0.attention.head0.output"}},
    {has_experts, 100,
     {STREAM, BEHIND, "block0.attention.head0.weights", "block0.mlp.router.logits", "block0.mlp.router.probabilities",
      "block0.mlp.router.gate", "block0.mlp.balance", "block0.mlp.output", "loss.prediction"}},
    {is_plain, 301,
     {"embedding", "block0.attention.head0.Q", "block0.attention.head1.V", "block0.attention.head0.scores",
      "block0.attention.head0.scaled", "block0.attention.head1.masked", "block0.attention.head0.weights",
      "block0.attention.head1.output", "block0.attention.concat", "block0.attention.residual", "block0.mlp.hidden",
      "block0.mlp.activated", "block0.output", "logits", "loss.per_token", "loss"}},
    {is_fusion, 60, {"transformer.block0.attention.head0.V", "transformer.final_norm", "user",
                      "tabular.plr.embedded", "tabular.x_0", "tabular.cross0.output", "tabular.logit", "loss"}},
    {is_table, 200, {"plr.periodic", "plr.embedded", "category0.embedded", "x_0", "cross0.output", "cross1.u", "deep0.activated", "logit",
                     "loss.per_example", "loss"}},
    {has_two_sides, 200,
     {"encoder.embedding", "encoder.block0.attention.head0.weights", "encoder.block0.output", "memory",
      "decoder.embedding", "decoder.block0.self.head1.V", "decoder.block0.self.head0.masked",
      "decoder.block0.cross.head0.K", "decoder.block0.cross.head0.V", "decoder.block0.cross.head1.Q",
      "decoder.block0.cross.head1.weights", "decoder.block0.cross.residual", "decoder.block0.mlp.activated",
      "decoder.block0.output", "logits", "loss.per_token"}},
    {is_layers, 10 + 10 + 8 + 1, {"hidden", "activated", "velocity", "loss"}},
    {is_patches, 150,
     {"time.hidden", "condition", "condition_activated", "tokens", "block0.modulation.parts", "block0.attention.modulated",
      "block0.attention.head1.weights", "block0.attention.gated", "block0.mlp.residual", "final.modulation.shift",
      "final.patches", "velocity", "loss"}},
    {reads_captions, 150,
     {"text.embedding", "text.block0.attention.head0.V", "text.block0.attention.head0.weights", "text.block0.mlp.hidden",
      "text.final_norm", "block0.cross.norm", "block0.cross.head0.Q", "block0.cross.head0.K", "block0.cross.head0.V",
      "block0.cross.head0.weights", "block0.cross.output", "block0.cross.residual", "velocity", "loss"}},
    {is_pairs, 3 + 12 + 4 + 1 + 1, {"pair0.vector", "pair0.targets", "pair0.scores", "pair0.loss", "loss"}},
    {is_vae, 9 + 12 + 6 + 6 + 6 + 12 + 3,
     {"encoder.hidden", "encoder.output", "mean", "log_variance", "z", "reconstruction", "loss.reconstruction", "loss.kl", "loss"}},
    {is_mlp, 12 + 12 + 8 + 4 + 1, {"hidden", "activated", "logits", "loss.per_example", "loss"}},
};

#endif
