"""Looking inside of three models, without any of the code that it is there to check: golden/reference/inside/effects.json.

Direct logit attribution, entropy, rollout, what a key moves, parts set to zero or to their mean, activation patching at every
position and attribution patching by autograd's gradient. PyTorch in float64; every run is a whole forward pass with a part
exchanged, nothing is run again from the middle. Run in the project's folder as
  python3 golden/reference/inside.py > golden/reference/inside/effects.json
"""
import json
import math
import struct
import sys

import numpy as np
import torch

FOLDER = "golden/reference/inside/"
HOOKS = ("embedding", "output")


def read_safetensors(path):
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8:8 + size]).items():
        if name != "__metadata__":
            first, last = entry["data_offsets"]
            array = np.frombuffer(data[8 + size + first:8 + size + last], "<f8").reshape(entry["shape"])
            tensors[name] = torch.tensor(array.copy())
    return tensors


def read_trained(path):
    """A name with its size, then its rows."""
    words, tensors = open(path).read().split(), {}
    while words:
        rows, cols = int(words[1]), int(words[2])
        numbers = [float(word) for word in words[3:3 + rows * cols]]
        tensors[words[0]] = torch.tensor(numbers, dtype=torch.float64).reshape(rows, cols)
        words = words[3 + rows * cols:]
    return tensors


class Model:
    """A pre-norm GPT with learned positions; what it lacks among the parameters it has not."""

    def __init__(self, weights, blocks, heads, eps):
        self.w, self.blocks, self.heads, self.eps = weights, blocks, heads, eps

    def norm(self, x, name):
        mean = x.mean(1, keepdim=True)
        spread = torch.sqrt(((x - mean) ** 2).mean(1, keepdim=True) + self.eps)
        return (x - mean) / spread * self.w.get(name + ".gamma", 1) + self.w.get(name + ".beta", 0), spread

    def bias(self, name):
        return self.w.get(name, 0)

    def forward(self, ids, imposed=None):
        """imposed: part -> function of its numbers. Returns logits and all that was met on the way."""
        met, w = {}, self.w

        def hook(name, x):
            x = imposed[name](x) if imposed and name in imposed else x
            if x.requires_grad:
                x.retain_grad()
            met[name] = x
            return x

        T = len(ids)
        hidden = torch.triu(torch.ones(T, T, dtype=torch.bool), 1)
        x = hook("embedding", w["token_embedding"][ids] + w["position_embedding"][:T])
        for b in range(self.blocks):
            at = f"block{b}.attention"
            y, _ = self.norm(x, at + ".norm")
            outputs = []
            for h in range(self.heads):
                q, k, v = (y @ w[f"{at}.head{h}.W_{n}"] + self.bias(f"{at}.head{h}.b_{n}") for n in "QKV")
                scores = (q @ k.T / math.sqrt(q.shape[1])).masked_fill(hidden, -math.inf)
                met[f"{at}.head{h}.weights"], met[f"{at}.head{h}.V"] = torch.softmax(scores, 1), v
                outputs.append(hook(f"{at}.head{h}", met[f"{at}.head{h}.weights"] @ v))
            x = x + torch.cat(outputs, 1) @ w[at + ".W_O"] + self.bias(at + ".b_O")
            mlp = f"block{b}.mlp"
            if mlp + ".W_1" in w:
                y, _ = self.norm(x, mlp + ".norm")
                u = y @ w[mlp + ".W_1"] + w[mlp + ".b_1"]
                gelu = u / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (u + 0.044715 * u ** 3)))
                x = x + hook(mlp, gelu @ w[mlp + ".W_2"] + w[mlp + ".b_2"])
        last, met["spread"] = self.norm(x, "final_norm")
        return last @ w["head.W"] + self.bias("head.b"), met

    def parts(self):
        names = ["embedding"]
        for b in range(self.blocks):
            names += [f"block{b}.attention.head{h}" for h in range(self.heads)]
            names += [f"block{b}.mlp"] if f"block{b}.mlp.W_1" in self.w else []
        return names

    def rows_of_head(self, name):
        """The rows of W_O that read this head's output."""
        at, head = name.rsplit(".head", 1)
        w_o = self.w[at + ".W_O"]
        d_k = w_o.shape[0] // self.heads
        return w_o[int(head) * d_k:(int(head) + 1) * d_k]

    def added(self, name, x):
        return x @ self.rows_of_head(name) if ".head" in name else x

    def attribution(self, logits, met):
        """Each part's share of the logits with the finished spread; the constants in rows of their own."""
        w, T, out = self.w, logits.shape[0], {}

        def through(c):
            return (c - c.mean(1, keepdim=True)) / met["spread"] * w.get("final_norm.gamma", 1) @ w["head.W"]

        for name in self.parts():
            out[name] = through(self.added(name, met[name]))
        for b in range(self.blocks):
            if f"block{b}.attention.b_O" in w:
                out[f"block{b}.attention.b_O"] = through(w[f"block{b}.attention.b_O"].expand(T, -1))
        if "final_norm.beta" in w:
            out["final_norm.beta"] = (w["final_norm.beta"] @ w["head.W"]).expand(T, -1)
        if "head.b" in w:
            out["head.b"] = w["head.b"].expand(T, -1)
        assert float((sum(out.values()) - logits).abs().max()) < 1e-12
        return out


def losses(logits, ids):
    """Of all targets; of those whose pair of tokens stood in the text before."""
    each = [float(torch.logsumexp(logits[t], 0) - logits[t][ids[t + 1]]) for t in range(len(ids) - 1)]
    pairs = list(zip(ids, ids[1:]))
    told = [each[t] for t in range(len(each)) if pairs[t] in pairs[:t]]
    return {"loss": sum(each) / len(each), "foretold": sum(told) / len(told) if told else None}


def heads(model, met, ids):
    T, out = len(ids), []
    masks = {"previous": lambda i, j: j == i - 1, "first": lambda i, j: i > 0 and j == 0,
             "duplicate": lambda i, j: j < i and ids[j] == ids[i],
             "induction": lambda i, j: 1 <= j <= i and ids[j - 1] == ids[i]}
    for name in (part for part in model.parts() if ".head" in part):
        A = met[name + ".weights"].numpy()
        one = {"name": name}
        for kind, mask in masks.items():
            rows = [sum(A[i, j] for j in range(T) if mask(i, j)) for i in range(T) if any(mask(i, j) for j in range(T))]
            one[kind] = sum(rows) / len(rows) if rows else None
        one["entropy"] = [-sum(a * math.log(a) for a in A[i] if a > 0) for i in range(T)]
        lengths = (met[name + ".V"] @ model.rows_of_head(name)).norm(dim=1).numpy()
        one["moved"] = (A * lengths).tolist()
        out.append(one)
    return out


def rollout(model, met, T):
    product = np.eye(T)
    for b in range(model.blocks):
        mean = sum(met[f"block{b}.attention.head{h}.weights"].numpy() for h in range(model.heads)) / model.heads
        product = (mean + np.eye(T)) / 2 @ product
    return product.tolist()


def ablations(model, ids):
    out = []
    for name in model.parts():
        zero, _ = model.forward(ids, {name: torch.zeros_like})
        mean, _ = model.forward(ids, {name: lambda x: x.mean(0, keepdim=True).expand_as(x)})
        out.append({"name": name, "zero": losses(zero, ids), "mean": losses(mean, ids)})
    return out


def patching(model, clean_ids, corrupted_ids, position, answer, against):
    def asked(logits):
        return logits[position, answer] - (logits[position, against] if against is not None else 0)

    clean_logits, clean = model.forward(clean_ids)
    leaves = {name: w.clone().requires_grad_(True) for name, w in model.w.items()}
    corrupted_logits, corrupted = Model(leaves, model.blocks, model.heads, model.eps).forward(corrupted_ids)
    asked(corrupted_logits).backward()
    to, from_ = float(asked(clean_logits)), float(asked(corrupted_logits))
    T, parts = len(clean_ids), []
    for name in model.parts():
        exact, estimate = [], []
        for rows in [[t] for t in range(T)] + [list(range(T))]:
            def put(x, rows=rows, name=name):
                x = x.clone()
                x[rows] = clean[name][rows]
                return x
            logits, _ = model.forward(corrupted_ids, {name: put})
            exact.append((float(asked(logits)) - from_) / (to - from_))
            change = (clean[name] - corrupted[name].detach())[rows] * corrupted[name].grad[rows]
            estimate.append(float(change.sum()) / (to - from_))
        parts.append({"name": name, "exact": exact[:-1], "exact_all": exact[-1], "estimate": estimate[:-1],
                      "estimate_all": estimate[-1]})
    return {"clean_ids": clean_ids, "corrupted_ids": corrupted_ids, "position": position, "answer": answer,
            "against": against, "clean": to, "corrupted": from_, "parts": parts}


def look(model, ids, patches):
    logits, met = model.forward(ids)
    attribution = model.attribution(logits, met)
    return {"ids": ids, "logits": logits.tolist(), "whole": losses(logits, ids),
            "attribution": {name: c.tolist() for name, c in attribution.items()}, "heads": heads(model, met, ids),
            "rollout": rollout(model, met, len(ids)), "ablation": ablations(model, ids),
            "patching": [patching(model, *patch) for patch in patches]}


MODELS = {
    "induction": (lambda: Model(read_trained("tiny_model/data/induction.txt"), 2, 2, 1e-5),
                  [10, 3, 7, 0, 12, 2, 5, 10, 3, 7, 0, 12],
                  [([0, 1, 2, 3, 0], [0, 1, 2, 3, 2], 4, 1, 3), ([0, 5, 2, 3, 9, 0, 5, 2], [0, 5, 2, 4, 9, 0, 5, 2], 7, 3, 4)]),
    "two": (lambda: Model(read_safetensors(FOLDER + "two.safetensors"), 2, 2, 1e-5), [1, 4, 2, 6, 3],
            [([1, 4, 2, 6, 3], [1, 4, 0, 6, 3], 4, 4, None)]),
    "tiny": (lambda: Model(read_safetensors("golden/reference/tiny/weights.safetensors"), 1, 2, 0.01), [3, 4, 7, 3, 4, 7, 5],
             [([3, 4, 7, 3, 5], [3, 6, 7, 3, 5], 3, 5, 8)]),
}

if __name__ == "__main__":
    json.dump({name: look(make(), ids, patches) for name, (make, ids, patches) in MODELS.items()}, sys.stdout)
    print()
