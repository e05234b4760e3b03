"""A character model trained on windows of a text: the golden own_text.json, without any of the code it is there to check.

Windows drawn at random, dropout in all four places, a tied head, decay of matrices only, clipping that bites, a cosine,
two batches an update, validation on the last fifth. Python's random and PyTorch (float64); run as
  python3 golden/reference/own_text.py > golden/reference/own_text.json
"""
import json
import math
import random

import torch

TEXT = "the cat saw the dog and the bird saw the cat; the dog saw a bird, and a cat saw the dog and the birds.\n" * 2
MODEL = {"name": "own-text", "text": TEXT, "tokenizer": "characters", "add_bos": False, "add_eos": False,
         "specials": False, "context": 8, "d_model": 8, "n_heads": 2, "d_ff": 16, "n_layers": 2, "tied_head": True,
         "dropout": 0.2, "init": {"kind": "python_gauss", "seed": 7, "std": 0.2},
         "optimizer": {"kind": "adamw", "lr": 0.01, "beta1": 0.9, "beta2": 0.99, "eps": 1e-8, "weight_decay": 0.1,
                       "clip_norm": 0.5, "decay": "matrices"},
         "training": {"loader": "random", "batch": 2, "accumulate": 2, "steps": 12, "schedule": "cosine", "warmup": 3,
                      "min_lr": 0.001, "validation": 0.2, "validate_every": 1, "shuffle": 5}}
L, D, H, F, BLOCKS, P = 8, 8, 2, 16, 2, MODEL["dropout"]
O, T = MODEL["optimizer"], MODEL["training"]

letters = list(dict.fromkeys(TEXT))
ids = [letters.index(c) for c in TEXT]
cut = int(len(ids) * (1 - T["validation"]))
learned, held = ids[:cut], ids[cut:]


def names():
    """Every parameter with its shape, in the order in which a forward pass meets it."""
    yield "token_embedding", (len(letters), D)
    yield "position_embedding", (L, D)
    for b in range(BLOCKS):
        yield f"block{b}.attention.norm.gamma", (1, D)
        yield f"block{b}.attention.norm.beta", (1, D)
        for h in range(H):
            for w in "QKV":
                yield f"block{b}.attention.head{h}.W_{w}", (D, D // H)
            for w in "QKV":
                yield f"block{b}.attention.head{h}.b_{w}", (1, D // H)
        yield f"block{b}.attention.W_O", (D, D)
        yield f"block{b}.attention.b_O", (1, D)
        yield f"block{b}.mlp.norm.gamma", (1, D)
        yield f"block{b}.mlp.norm.beta", (1, D)
        yield f"block{b}.mlp.W_1", (D, F)
        yield f"block{b}.mlp.b_1", (1, F)
        yield f"block{b}.mlp.W_2", (F, D)
        yield f"block{b}.mlp.b_2", (1, D)
    yield "final_norm.gamma", (1, D)
    yield "final_norm.beta", (1, D)


def draw():
    """python_gauss: weights and biases in that order; gamma is 1, beta 0."""
    rng = random.Random(MODEL["init"]["seed"])
    out = {}
    for name, (rows, cols) in names():
        if name.endswith(("gamma", "beta")):
            value = torch.full((rows, cols), float(name.endswith("gamma")), dtype=torch.float64)
        else:
            value = torch.tensor([[rng.gauss(0, 1) * MODEL["init"]["std"] for _ in range(cols)] for _ in range(rows)],
                                 dtype=torch.float64)
        out[name] = value
    return out


class Dropper:
    """The masks of one training step: place 1, 2, 3 ... in the order of the forward pass."""
    def __init__(self, step):
        self.step, self.site = step, 0

    def __call__(self, x):
        if self.step is None:
            return x
        self.site += 1
        rng = random.Random(MODEL["init"]["seed"] + (self.step << 32) + (self.site << 64))
        mask = torch.tensor([[float(rng.random() >= P) for _ in range(x.shape[1])] for _ in range(x.shape[0])],
                            dtype=torch.float64)
        return x * mask / (1 - P)


def norm(w, name, x):
    return torch.nn.functional.layer_norm(x, (D,), w[name + ".gamma"][0], w[name + ".beta"][0], 1e-5)


def losses_of(w, window, drop):
    """-log p of each of the L targets of a window of L + 1 ids."""
    x = drop(w["token_embedding"][window[:-1]] + w["position_embedding"][:len(window) - 1])
    for b in range(BLOCKS):
        at, n = f"block{b}.attention", norm(w, f"block{b}.attention.norm", x)
        heads = []
        for h in range(H):
            q, k, v = (n @ w[f"{at}.head{h}.W_{c}"] + w[f"{at}.head{h}.b_{c}"] for c in "QKV")
            scores = q @ k.T / math.sqrt(D // H)
            future = torch.ones_like(scores).triu(1).bool()
            heads.append(drop(scores.masked_fill(future, -math.inf).softmax(1)) @ v)
        x = x + drop(torch.cat(heads, 1) @ w[f"{at}.W_O"] + w[f"{at}.b_O"])
        m = f"block{b}.mlp"
        hidden = torch.nn.functional.gelu(norm(w, m + ".norm", x) @ w[m + ".W_1"] + w[m + ".b_1"], approximate="tanh")
        x = x + drop(hidden @ w[m + ".W_2"] + w[m + ".b_2"])
    logits = norm(w, "final_norm", x) @ w["token_embedding"].T
    return torch.nn.functional.cross_entropy(logits, torch.tensor(window[1:]), reduction="none")


def rate(k):
    N, W, top, least = T["steps"], T["warmup"], O["lr"], T["min_lr"]
    return top * (k + 1) / W if k < W else least + (top - least) / 2 * (1 + math.cos(math.pi * (k - W) / (N - 1 - W)))


def validation(w):
    windows = [held[i:i + L + 1] for i in range(0, len(held) - L, L)]
    losses = torch.cat([losses_of(w, window, Dropper(None)) for window in windows])
    return losses.mean().item()


w = {name: value.requires_grad_() for name, value in draw().items()}
m, v = ({name: torch.zeros_like(value) for name, value in w.items()} for _ in range(2))
out = {"model": MODEL, "losses": [], "gradient_norms": [], "validations": [], "windows": []}
for k in range(T["steps"]):
    rng, drop = random.Random(T["shuffle"] + (k << 32)), Dropper(k)
    firsts = [rng.randrange(len(learned) - L) for _ in range(T["batch"] * T["accumulate"])]
    with torch.no_grad():
        out["validations"].append(validation(w))
    loss = torch.cat([losses_of(w, learned[i:i + L + 1], drop) for i in firsts]).mean()
    for value in w.values():
        value.grad = None
    loss.backward()
    length = math.sqrt(sum((value.grad ** 2).sum().item() for value in w.values()))
    out["windows"].append(firsts)
    out["losses"].append(loss.item())
    out["gradient_norms"].append(length)
    with torch.no_grad():
        for name, value in w.items():
            g = value.grad * (O["clip_norm"] / length if length > O["clip_norm"] else 1)
            m[name] = O["beta1"] * m[name] + (1 - O["beta1"]) * g
            v[name] = O["beta2"] * v[name] + (1 - O["beta2"]) * g * g
            m_hat, v_hat = m[name] / (1 - O["beta1"] ** (k + 1)), v[name] / (1 - O["beta2"] ** (k + 1))
            matrix = name.split(".")[-1].startswith("W") or name.endswith("embedding")
            value *= 1 - rate(k) * O["weight_decay"] * matrix
            value -= rate(k) * m_hat / (v_hat.sqrt() + O["eps"])
out["final"] = {name: value.tolist() for name, value in w.items()}
print(json.dumps(out))
