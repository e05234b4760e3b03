"""A transformer over tokens beside a table a second time, in PyTorch: python3 nufo.py NAME > NAME.json. The same numbers
joint, late and with adapters, and pretraining's loss of the next token."""
import math
import sys

import torch

import tabular

GPT = {"vocabulary_size": 9, "d_model": 4, "n_heads": 2, "d_ff": 6, "n_layers": 2, "activation": "relu", "norm_eps": 0.01}
TABLE = {"frequencies": 2, "width": 2, "category_width": 2, "cross_layers": 1, "cross_rank": 2, "deep_layers": 1,
         "deep_width": 3}
TOKENS = [[1, 3, 5, 4, 2], [1, 6, 7, 3, 8, 4, 2], [1, 2]]
MODELS = {"joint": {}, "late": {"fusion": "late"}, "lora": {}, "next": {"objective": "next"}}
LORA = {"rank": 2, "alpha": 3.0}


def linear(P, x, name, cols, lora):
    y = x @ P(name, x.shape[1], cols)
    if lora:
        a, b = P(name + ".lora_A", x.shape[1], LORA["rank"]), P(name + ".lora_B", LORA["rank"], cols)
        y = y + LORA["alpha"] / LORA["rank"] * ((x @ a) @ b)
    return y


def norm(P, x, name):
    x = (x - x.mean(1, keepdim=True)) / torch.sqrt(x.var(1, unbiased=False, keepdim=True) + GPT["norm_eps"])
    return x * P(name + ".gamma", 1, x.shape[1]) + P(name + ".beta", 1, x.shape[1])


def attention(P, x, at, lora, keep, frame):
    T, d = x.shape
    width, heads = GPT.get("d_k") or d // GPT["n_heads"], []
    for h in range(GPT["n_heads"]):
        Q, K, V = (linear(P, x, f"{at}.head{h}.W_{m}", width, lora) for m in "QKV")
        scores = Q @ K.T / math.sqrt(width)
        weights = torch.softmax(scores.masked_fill(torch.ones(T, T).triu(1) > 0, -math.inf), 1)
        heads.append(keep(f"{frame}{at}.head{h}.weights", weights) @ V)
    return linear(P, torch.cat(heads, 1), at + ".W_O", d, lora)


def mlp(P, x, at):
    d, f, biased = GPT["d_model"], GPT["d_ff"], GPT.get("mlp_bias", True)
    hidden = x @ P(at + ".W_1", d, f) + (P(at + ".b_1", 1, f) if biased else 0)
    return torch.relu(hidden) @ P(at + ".W_2", f, d) + (P(at + ".b_2", 1, d) if biased else 0)


def stream(P, tokens, lora, keep, frame):
    d = GPT["d_model"]
    x = P("transformer.token_embedding", GPT["vocabulary_size"], d)[torch.tensor(tokens)]
    for block in range(GPT["n_layers"]):
        at = f"transformer.block{block}"
        x = x + attention(P, norm(P, x, at + ".attention.norm"), at + ".attention", lora, keep, frame)
        x = keep(f"{frame}{at}.output", x + mlp(P, norm(P, x, at + ".mlp.norm"), at + ".mlp"))
    return norm(P, x, "transformer.final_norm")


def next_token(P, rows, keep):
    losses = []
    for i, row in enumerate(rows):
        x = stream(P, row["tokens"], False, keep, f"example{i}.")
        logits = keep(f"example{i}.transformer.logits", x @ P("transformer.head.W", GPT["d_model"], GPT["vocabulary_size"]))
        losses.append(torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(row["tokens"][1:]), reduction="none"))
    return keep("loss", torch.cat(losses).mean())


def main(name):
    rows = [{**r, "tokens": t} for r, t in zip(tabular.examples(), TOKENS)]
    P, values = tabular.Weights(5), {}
    keep = tabular.keeper(values)
    if name == "next":
        next_token(P, rows, keep).backward()
    else:
        users = torch.cat([stream(P, r["tokens"], name == "lora", keep, f"example{i}.") [-1:] for i, r in enumerate(rows)])
        frozen = [p for n, p in P.list.items() if n.startswith("transformer") and ".lora_" not in n]
        users = keep("user", users.detach() if name == "late" else users)
        tabular.loss_of(tabular.logits(TABLE, P, rows, keep, users, "tabular."), rows, keep).backward()
        if name == "lora":
            for p in frozen:
                p.grad = None
    file = {"system": "nufo", "name": name, "data": {"examples": rows}, "model": {**GPT, **TABLE, **MODELS[name]}}
    if name == "lora":
        file["lora"] = LORA
    if name == "late":
        for x in values.values():
            x.grad = None if x is values.get("user") else x.grad
    tabular.write(file, P, values)


if __name__ == "__main__":
    main(sys.argv[1])
