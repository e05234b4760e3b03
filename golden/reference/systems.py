"""What the systems have in common: a model file, parameters, a batch, a forward pass, autograd's gradients."""
import torch

import gpt
import mlp
import tables
import vae

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

SYSTEMS = {"gpt": gpt, "mlp": mlp, "vae": vae, "tabular": tables, "nufo": tables}


def complete(model):
    """The model file with every absent key filled in, and the data as `rows`."""
    return SYSTEMS[model.get("system", "gpt")].complete(model)


def parameter_shapes(c):
    return SYSTEMS[c["system"]].parameter_shapes(c)


def batch_of(c, k):
    """The rows of training step k, 0 for the first: in order, and from the start again behind the last."""
    B, n = c["training"]["batch"], len(c["rows"])
    return [c["rows"][(k * B + i) % n] for i in range(B)]


def forward(c, P, batch, nudges=None):
    return SYSTEMS[c["system"]].forward(c, P, batch, nudges)


def forward_backward(c, P, batch):
    """Values and gradients of a step: {X: value, ..., X.grad: gradient, ...}."""
    P = {name: p.clone().requires_grad_() for name, p in P.items()}
    nodes = {**P, **forward(c, P, batch)}
    for x in nodes.values():
        if x.requires_grad:
            x.retain_grad()
    nodes["loss"].backward()
    result = {name: x.detach() for name, x in nodes.items()}
    for name, x in nodes.items():
        if x.requires_grad:
            result[name + ".grad"] = x.grad
    return result
