"""Tables, and a transformer beside one, for reference.py: the forward passes are those of the folder `tabular`."""
import os
import sys

import torch

from gpt import DEFAULTS as GPT_DEFAULTS, Values

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "tabular"))
import nufo  # noqa: E402
import tabular  # noqa: E402


def complete(model):
    c = {"name": "model", **model, "mlp": "none", "mask": "causal", "window": None}
    c["init"] = {**GPT_DEFAULTS["init"], **model["init"]}
    c["optimizer"] = {**GPT_DEFAULTS["optimizer"], **model["optimizer"]}
    c["training"] = {**GPT_DEFAULTS["training"], "batch": None, **model["training"]}
    c["rows"] = c["data"]["examples"]
    columns = range(len(c["rows"][0]["category"]))
    c["model"] = {**c["model"], "sizes": [1 + max(r["category"][k] for r in c["rows"]) for k in columns]}
    c["training"]["batch"] = c["training"]["batch"] or len(c["rows"])
    return c


class Shapes(tabular.Weights):
    """Draws what is asked for, only to see its shape."""

    def __init__(self):
        super().__init__(1)


def record(c, P, v, batch):
    """The logits and the losses of a batch; P(name, rows, cols) is a parameter."""
    beside, at = None, ""
    if c["system"] == "nufo":
        nufo.GPT = {**c["model"], "vocabulary_size": len(c["model"]["vocabulary"])}
        assert len(batch) == 1
        beside, at = v.record("user", nufo.stream(P, batch[0]["tokens"], False, v.record, "")[-1:]), "tabular."
    z = tabular.logits(c["model"], P, batch, v.record, beside, at)
    y = torch.tensor([[float(r["class"])] for r in batch])
    v.record(at + "probability", torch.sigmoid(z.detach()))  # shown only, never used
    each = torch.nn.functional.binary_cross_entropy_with_logits(z, y, reduction="none")
    v.record("loss", v.record(at + "loss.per_example", each).mean().reshape(1, 1))
    return v


def parameter_shapes(c):
    P = Shapes()
    record(c, P, Values(None), batch=c["rows"][:c["training"]["batch"]])
    return {name: tuple(p.shape) for name, p in P.list.items()}


def forward(c, P, batch, nudges=None):
    return record(c, lambda name, rows, cols: P[name], Values(nudges), batch)
