"""The start parameters: those that a preset draws, and random ones."""
import random

import numpy as np
import torch

from systems import parameter_shapes


def by_hand_weights(c):
    """Python's random.gauss, seeded again at the start of every stage."""
    d, f = c["d_model"], c["d_ff"]
    V, dk, init = len(c["vocabulary"]), d // c["n_heads"], c["init"]

    def draw(rows, cols):
        return torch.tensor([[random.gauss(0, init["std"]) for _ in range(cols)] for _ in range(rows)])

    def stage():
        random.seed(init["seed"])

    P, att, mlp = {}, "block0.attention.", "block0.mlp."
    stage()  # embeddings
    P["token_embedding"] = draw(V, d)
    P["position_embedding"] = draw(c["context"], d)
    stage()  # projections
    for h in range(c["n_heads"]):
        for n in "QKV":
            P[f"{att}head{h}.W_{n}"] = draw(d, dk)
    stage()  # output; from here on drawn as [out x in], hence .T
    P[att + "W_O"] = draw(d, d).T
    stage()  # mlp
    P[mlp + "W_1"] = draw(f, d).T
    P[mlp + "b_1"] = draw(1, f)
    P[mlp + "W_2"] = draw(d, f).T
    P[mlp + "b_2"] = draw(1, d)
    stage()  # head
    P["head.W"] = draw(V, d).T
    # the norm starts as if it were not there
    P[mlp + "norm.gamma"] = torch.ones(1, d)
    P[mlp + "norm.beta"] = torch.zeros(1, d)
    return {name: P[name].contiguous() for name in parameter_shapes(c)}


def decimal_weights(c):
    """Numbers of few decimals, never 0, and never 1 for a gamma."""
    init, P = c["init"], {}
    unit = 10 ** init["decimals"]
    random.seed(init["seed"])
    for name, (rows, cols) in parameter_shapes(c).items():
        center = 1 if name.endswith(".gamma") else 0
        std = c["model"]["sigma"] if name.endswith(".frequencies") else init["std"]
        numbers = []
        while len(numbers) < rows * cols:
            x = round((center + random.gauss(0, std)) * unit) / unit  # half goes to even
            if x != 0 and x != center:
                numbers.append(x)
        P[name] = torch.tensor(numbers).reshape(rows, cols)
    return P


def varied(c, seed, std, large):
    """Random weights: gammas around 1; `large` multiplies what it names."""
    generator, P = np.random.default_rng(seed), {}
    for name, shape in parameter_shapes(c).items():
        x = generator.standard_normal(shape)
        x = 1 + 0.25 * x if name.endswith(".gamma") else std * x
        for ending, factor in large.items():
            if name.endswith(ending):
                x = x * factor
        P[name] = torch.from_numpy(x)
    return P
