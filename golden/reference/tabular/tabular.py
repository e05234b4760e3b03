"""Tabular models a second time, in PyTorch: python3 tabular.py NAME > NAME.json writes a model file, weights that are drawn
here, and every named value of one training step with autograd's gradients."""
import json
import sys

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

X = [[0.7, 0.5], [0.1, 0.1], [0.2, -0.4], [-0.9, 0.3], [0.6, -1.1]]
CATEGORY = [[1, 0], [0, 2], [2, 1], [1, 2], [0, 0]]
CLASS = [1, 0, 1, 1, 0]


def examples(categories=True):
    return [{"x": x, **({"category": c} if categories else {}), "class": y} for x, c, y in zip(X, CATEGORY, CLASS)]


MODELS = {
    "mixture": ({"frequencies": 3, "width": 2, "category_width": 2, "cross_layers": 2, "cross_rank": 2,
                 "cross_experts": 3, "deep_layers": 1, "deep_width": 4}, examples()),
    "parallel": ({"frequencies": 2, "width": 3, "category_width": 2, "cross_layers": 2, "structure": "parallel",
                  "deep_layers": 2, "deep_width": 3}, examples()),
    "plain": ({"numbers": "plain", "cross_layers": 1, "cross_rank": 1, "deep_layers": 0}, examples(False)),
    "standardised": ({"numbers": "plain", "standardise": True, "cross_layers": 1, "deep_layers": 1, "deep_width": 2},
                     examples(False)),
}


class Weights:
    """Parameters by name, drawn with one decimal when they are asked for first."""

    def __init__(self, seed):
        self.generator, self.list = torch.Generator().manual_seed(seed), {}

    def __call__(self, name, rows, cols):
        if name not in self.list:
            drawn = torch.randint(-9, 10, (rows, cols), generator=self.generator)
            self.list[name] = (drawn / 10).requires_grad_()
        return self.list[name]


def cross_mixture(model, P, x0, x, layer, keep, at):
    n, r = x.shape[1], model["cross_rank"]
    gate = torch.softmax(x @ P(f"{at}cross{layer}.W_g", n, model["cross_experts"]), 1)
    b = P(f"{at}cross{layer}.b", 1, n)
    total = 0
    for i in range(model["cross_experts"]):
        name = f"{at}cross{layer}.expert{i}"
        V, C, U = P(name + ".V", n, r), P(name + ".C", r, r), P(name + ".U", r, n)
        total = total + gate[:, i:i + 1] * (x0 * (torch.tanh(torch.tanh(x @ V) @ C) @ U + b))
    keep(f"{at}cross{layer}.gate", gate)
    return total + x


def cross(model, P, x0, x, layer, keep, at):
    n, r = x.shape[1], model.get("cross_rank")
    if model.get("cross_experts"):
        return cross_mixture(model, P, x0, x, layer, keep, at)
    if r:
        u = (x @ P(f"{at}cross{layer}.V", n, r)) @ P(f"{at}cross{layer}.U", r, n) + P(f"{at}cross{layer}.b", 1, n)
    else:
        u = x @ P(f"{at}cross{layer}.W", n, n) + P(f"{at}cross{layer}.b", 1, n)
    return x0 * keep(f"{at}cross{layer}.u", u) + x


def numbers(model, P, x, keep, at):
    if model.get("standardise"):
        x = (x - x.mean(0)) / x.std(0, unbiased=False)
    if model.get("numbers") == "plain":
        return x
    n, k, m = x.shape[1], model["frequencies"], model["width"]
    c, W, b = P(at + "plr.frequencies", n, k), P(at + "plr.W", 2 * k * n, m), P(at + "plr.b", n, m)
    keep(at + "plr.x", x)
    angle = 2 * torch.pi * x[:, :, None] * c[None]
    waves = torch.cat([torch.sin(angle), torch.cos(angle)], 2)
    waves = keep(at + "plr.periodic", waves.reshape(len(x), -1)).reshape(len(x), n, 2 * k)
    hidden = torch.einsum("bnp,npm->bnm", waves, W.reshape(n, 2 * k, m)) + b
    return keep(at + "plr.embedded", torch.relu(keep(at + "plr.hidden", hidden.reshape(len(x), -1))))


def deep(model, P, x, keep, at):
    for layer in range(model["deep_layers"]):
        width = model["deep_width"]
        x = keep(f"{at}deep{layer}.hidden", x @ P(f"{at}deep{layer}.W", x.shape[1], width) + P(f"{at}deep{layer}.b", 1, width))
        x = keep(f"{at}deep{layer}.activated", torch.relu(x))
    return x


def logits(model, P, rows, keep, beside=None, at=""):
    parts = [numbers(model, P, torch.tensor([r["x"] for r in rows]), keep, at)]
    for column in range(len(rows[0].get("category", []))):
        ids = torch.tensor([r["category"][column] for r in rows])
        size = model.get("sizes") or [1 + max(r["category"][c] for r in rows) for c in range(column + 1)]
        table = P(f"{at}category{column}.embedding", size[column], model["category_width"])
        parts.append(keep(f"{at}category{column}.embedded", table[ids]))
    if beside is not None:
        parts.append(beside)
    x0 = x = keep(at + "x_0", torch.cat(parts, 1))
    for layer in range(model["cross_layers"]):
        x = keep(f"{at}cross{layer}.output", cross(model, P, x0, x, layer, keep, at))
    if model.get("structure") == "parallel" and model["deep_layers"]:
        x = torch.cat([x, deep(model, P, x0, keep, at)], 1)
    else:
        x = deep(model, P, x, keep, at)
    return keep(at + "logit", x @ P(at + "head.W", x.shape[1], 1) + P(at + "head.b", 1, 1))


def keeper(values):
    def keep(name, x):
        values[name] = x
        if x.requires_grad:
            x.retain_grad()
        return x
    return keep


def loss_of(z, rows, keep):
    y = torch.tensor([[float(r["class"])] for r in rows])
    return keep("loss", torch.nn.functional.binary_cross_entropy_with_logits(z, y))


def write(file, P, values):
    out = {name: x.tolist() for name, x in {**P.list, **values}.items() if x.dim() == 2}
    out["loss"] = [[values["loss"].item()]]
    for name, x in {**P.list, **values}.items():
        if x.grad is not None and x.dim() == 2:
            out[name + ".grad"] = x.grad.tolist()
    json.dump({"model": file, "weights": {name: x.tolist() for name, x in P.list.items()}, "values": out}, sys.stdout)


def main(name):
    model, rows = MODELS[name]
    P, values = Weights(len(name)), {}
    keep = keeper(values)
    loss_of(logits(model, P, rows, keep), rows, keep).backward()
    write({"system": "tabular", "name": name, "data": {"examples": rows}, "model": model}, P, values)


if __name__ == "__main__":
    main(sys.argv[1])
