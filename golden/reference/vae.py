"""The variational autoencoder of the reference: pictures as clouds of a few numbers, and back.

A batch is a list of examples, {"x": [...], "noise": [...]}.
"""
import torch

from gpt import DEFAULTS as GPT_DEFAULTS, Values, activate, fill_in

DEFAULTS = {
    "system": "vae", "name": "model", "data": None, "model": None, "init": GPT_DEFAULTS["init"], "optimizer": GPT_DEFAULTS["optimizer"],
    "training": {**GPT_DEFAULTS["training"], "batch": None},  # absent: the whole set
}


def complete(model):
    c = fill_in(DEFAULTS, model)
    c["rows"] = c["data"]["examples"]
    c["model"] = {"hidden": 3, "latent": 2, "beta": 1, "activation": "silu", **c["model"]}
    c["activation"] = c["model"]["activation"]
    if c["training"]["batch"] is None:
        c["training"]["batch"] = len(c["rows"])
    return c


def parameter_shapes(c):
    n, h, k = len(c["rows"][0]["x"]), c["model"]["hidden"], c["model"]["latent"]
    return {"encoder.W_1": (n, h), "encoder.b_1": (1, h), "encoder.W_2": (h, 2 * k), "encoder.b_2": (1, 2 * k),
            "decoder.W_1": (k, h), "decoder.b_1": (1, h), "decoder.W_2": (h, n), "decoder.b_2": (1, n)}


def forward(c, P, batch, nudges=None):
    v = Values(nudges)
    x = v.record("x", torch.tensor([[float(number) for number in example["x"]] for example in batch]))
    noise = v.record("noise", torch.tensor([[float(number) for number in example["noise"]] for example in batch]))

    def layers(part, x):
        hidden = v.record(part + ".hidden", x @ P[part + ".W_1"] + P[part + ".b_1"])
        activated = v.record(part + ".activated", activate(c["activation"], hidden))
        return activated @ P[part + ".W_2"] + P[part + ".b_2"]

    both = v.record("encoder.output", layers("encoder", x))
    k = c["model"]["latent"]
    mean, log_variance = v.record("mean", both[:, :k]), v.record("log_variance", both[:, k:])
    z = v.record("z", mean + torch.exp(log_variance / 2) * noise)
    reconstruction = v.record("reconstruction", layers("decoder", z))
    apart = v.record("loss.reconstruction", ((reconstruction - x) ** 2).sum(dim=1).mean().reshape(1, 1))
    clouds = torch.distributions.Normal(mean, torch.exp(log_variance / 2))
    kl = torch.distributions.kl_divergence(clouds, torch.distributions.Normal(0.0, 1.0))
    kl = v.record("loss.kl", kl.sum(dim=1).mean().reshape(1, 1))
    v.record("loss", apart + c["model"]["beta"] * kl)
    return v
