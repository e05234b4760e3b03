"""The classifier of the reference: two layers, numbers in, a class out.

A batch is a list of examples, {"x": [...], "class": 0}.
"""
import torch

from gpt import DEFAULTS as GPT_DEFAULTS, Values, activate, fill_in

DEFAULTS = {
    "system": "mlp", "name": "model", "data": None, "model": None, "init": GPT_DEFAULTS["init"], "optimizer": GPT_DEFAULTS["optimizer"],
    "training": {**GPT_DEFAULTS["training"], "batch": None},  # absent: the whole set
}


def complete(model):
    c = fill_in(DEFAULTS, model)
    c["rows"] = c["data"]["examples"]
    c["activation"] = c["model"]["activation"]
    if "classes" not in c["model"]:  # absent: those of the data
        c["model"] = {**c["model"], "classes": 1 + max(example["class"] for example in c["rows"])}
    if c["training"]["batch"] is None:
        c["training"]["batch"] = len(c["rows"])
    return c


def parameter_shapes(c):
    n, h, C = len(c["rows"][0]["x"]), c["model"]["hidden"], c["model"]["classes"]
    return {"W_1": (n, h), "b_1": (1, h), "W_2": (h, C), "b_2": (1, C)}


def forward(c, P, batch, nudges=None):
    v = Values(nudges)
    x = v.record("x", torch.tensor([[float(number) for number in example["x"]] for example in batch]))
    hidden = v.record("hidden", x @ P["W_1"] + P["b_1"])
    activated = v.record("activated", activate(c["activation"], hidden))
    logits = v.record("logits", activated @ P["W_2"] + P["b_2"])
    v.record("probabilities", torch.softmax(logits.detach(), dim=1))  # shown only, never used
    classes = torch.tensor([[example["class"]] for example in batch])
    losses = v.record("loss.per_example", -torch.log_softmax(logits, dim=1).gather(1, classes))
    v.record("loss", losses.mean().reshape(1, 1))
    return v
