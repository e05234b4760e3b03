"""The GPT of the reference: what a model file means, its parameters, its forward pass.

A batch is a list of sequences, each a list of token ids.
"""
import math

import torch

DEFAULTS = {
    "name": "model", "text": "the cat sat on the mat", "tokenizer": "words",
    "data": None,        # {"examples": [{"text": ...}, ...]} in place of `text`
    "add_bos": True, "add_eos": True, "bos": "<BOS>", "eos": "<EOS>",
    "vocabulary": None,  # absent: derived from the texts
    "context": None,     # absent: the number of tokens of the longest text
    "d_model": 16, "n_heads": 2,
    "n_kv_heads": None,  # absent: n_heads
    "d_k": None,         # absent: d_model / n_heads
    "d_ff": None,        # absent: 4 * d_model
    "n_layers": 1,
    "position": "learned", "rope": "interleaved", "rope_theta": 10000,
    "embedding_scale": None,  # absent: not scaled, and no value of that name
    "norm": "layernorm", "norm_eps": 1e-5, "norm_attention": "pre", "norm_mlp": "pre",
    "norm_embedding": False, "final_norm": True, "norm_gain": True,
    "residual_attention": True, "residual_mlp": True,
    "mask": "causal", "window": None,
    "mlp": "dense", "activation": "gelu_tanh",
    "experts": 4, "top_k": 2, "gate": "renormalised", "shared": False,
    "capacity": None,    # absent: room for all
    "balance": 0, "balance_over": "choices", "z_loss": 0,
    "attention": "plain", "tile_rows": 2, "tile_columns": 2,
    "attention_bias": True, "output_bias": True, "mlp_bias": True,
    "head_bias": False, "tied_head": False,
    "loss": "mean", "loss_from": 0,
    "init": {"kind": "normal", "seed": 42, "std": 0.02, "reseed": "once", "decimals": 1},
    "optimizer": {"kind": "adamw", "lr": 0.001, "beta1": 0.9, "beta2": 0.999,
                  "eps": 1e-8, "weight_decay": 0.01, "clip_norm": None, "decay": "all"},
    "training": {"batch": 1, "loader": "rows", "steps": None, "schedule": "constant", "warmup": 0, "min_lr": 0},
}


def fill_in(defaults, model):
    full = {key: dict(value) if isinstance(value, dict) else value for key, value in defaults.items()}
    for key, value in model.items():
        assert key in defaults, key
        if isinstance(value, dict) and defaults[key]:
            assert value.keys() <= defaults[key].keys(), value
            value = {**defaults[key], **value}
        full[key] = value
    return full


def complete(model):
    """The model file with every absent key filled in, and the token ids as `rows`."""
    c = fill_in(DEFAULTS, model)
    c["system"] = "gpt"
    assert not ("text" in model and "data" in model)
    texts = [example["text"] for example in c["data"]["examples"]] if c["data"] else [c["text"]]
    # a list of Python characters is a list of Unicode code points
    pieces = [list(text) if c["tokenizer"] == "characters" else text.split(" ") for text in texts]
    if c["vocabulary"] is None:
        # a dict keeps the order of first appearance
        everything = ["<PAD>", c["bos"], c["eos"]] + [piece for text in pieces for piece in text]
        c["vocabulary"] = list(dict.fromkeys(everything))
    before = [c["bos"]] if c["add_bos"] else []
    after = [c["eos"]] if c["add_eos"] else []
    c["rows"] = [[c["vocabulary"].index(t) for t in before + text + after] for text in pieces]
    longest = max(len(ids) for ids in c["rows"])
    shortest = min(len(ids) for ids in c["rows"])
    if c["context"] is None:
        c["context"] = longest
    if c["n_kv_heads"] is None:
        c["n_kv_heads"] = c["n_heads"]
    if c["d_k"] is None:
        assert c["d_model"] % c["n_heads"] == 0
        c["d_k"] = c["d_model"] // c["n_heads"]
    if c["d_ff"] is None:
        c["d_ff"] = 4 * c["d_model"]
    assert c["n_heads"] % c["n_kv_heads"] == 0 and longest <= c["context"]
    assert c["loss_from"] < shortest - 1
    assert c["position"] != "rope" or c["d_k"] % 2 == 0
    return c


def parameter_shapes(c):
    """Every parameter with its shape, in a fixed order of names."""
    d, V, f, dk, H, G = c["d_model"], len(c["vocabulary"]), c["d_ff"], c["d_k"], c["n_heads"], c["n_kv_heads"]
    shapes = {"token_embedding": (V, d)}
    if c["position"] == "learned":
        shapes["position_embedding"] = (c["context"], d)

    def norm(name):
        if c["norm_gain"]:
            shapes[name + ".gamma"] = (1, d)
            if c["norm"] == "layernorm":
                shapes[name + ".beta"] = (1, d)

    def projections(prefix, letters):
        for x in letters:
            shapes[f"{prefix}.W_{x}"] = (d, dk)
        if c["attention_bias"]:
            for x in letters:
                shapes[f"{prefix}.b_{x}"] = (1, dk)

    if c["norm_embedding"]:
        norm("norm_embedding")
    for b in range(c["n_layers"]):
        att, mlp = f"block{b}.attention.", f"block{b}.mlp."
        if c["norm_attention"] != "none":
            norm(att + "norm")
        for h in range(H):
            projections(f"{att}head{h}", "QKV" if G == H else "Q")
        for g in range(G if G < H else 0):
            projections(f"{att}group{g}", "KV")
        shapes[att + "W_O"] = (H * dk, d)
        if c["output_bias"]:
            shapes[att + "b_O"] = (1, d)
        if c["mlp"] == "none":
            continue
        if c["norm_mlp"] != "none":
            norm(mlp + "norm")
        layers = [("gate", d, f)] if c["activation"] == "swiglu" else []
        layers += [("1", d, f), ("2", f, d)]
        places = [mlp]
        if c["mlp"] == "moe":
            shapes[mlp + "router.W"] = (d, c["experts"])
            places = [f"{mlp}expert{e}." for e in range(c["experts"])] + ([mlp + "shared."] if c["shared"] else [])
        for place in places:
            for x, rows, cols in layers:
                shapes[place + "W_" + x] = (rows, cols)
                if c["mlp_bias"]:
                    shapes[place + "b_" + x] = (1, cols)
    if c["final_norm"]:
        norm("final_norm")
    if not c["tied_head"]:
        shapes["head.W"] = (d, V)
    if c["head_bias"]:
        shapes["head.b"] = (1, V)
    return shapes


# -------------------------------------------------------------- forward pass

def normalize(c, x, gamma=None, beta=None):
    if c["norm"] == "layernorm":
        x = x - x.mean(1, keepdim=True)
    y = x / torch.sqrt((x * x).mean(1, keepdim=True) + c["norm_eps"])  # a variance divided by n, not n - 1
    if gamma is not None:
        y = y * gamma
    if beta is not None:
        y = y + beta
    return y


def activate(kind, x):
    if kind == "relu":
        return torch.relu(x)
    if kind == "gelu_tanh":
        return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    if kind == "gelu_erf":
        return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))
    if kind == "silu":
        return x * torch.sigmoid(x)
    if kind == "tanh":
        return torch.tanh(x)
    if kind == "sigmoid":
        return torch.sigmoid(x)
    raise ValueError(kind)


def sinusoids(context, d):
    """sin(n / 10000^(2i/d)) in column 2i, cos of the same in column 2i+1."""
    table = torch.zeros(context, d)
    for n in range(context):
        for column in range(d):
            angle = n / 10000 ** (2 * (column // 2) / d)
            table[n, column] = math.sin(angle) if column % 2 == 0 else math.cos(angle)
    return table


def rotate(x, pairing, theta):
    """RoPE: turns pair i of row n by n * theta^(-2i/d_k); the pair is (2i, 2i+1) or (i, i + d_k/2)."""
    T, dk = x.shape
    i = torch.arange(dk // 2)
    angle = torch.arange(T)[:, None] * float(theta) ** (-2.0 * i / dk)
    cos, sin = torch.cos(angle), torch.sin(angle)
    if pairing == "half":
        x0, x1 = x[:, :dk // 2], x[:, dk // 2:]
        return torch.cat([x0 * cos - x1 * sin, x0 * sin + x1 * cos], dim=1)
    x0, x1 = x[:, 0::2], x[:, 1::2]
    pairs = torch.stack([x0 * cos - x1 * sin, x0 * sin + x1 * cos], dim=2)
    return pairs.reshape(T, dk)


def visible_keys(c, T):
    """[T x T], True where the query of the row sees the key of the column; None: all see all."""
    distance = torch.arange(T)[:, None] - torch.arange(T)[None, :]  # query minus key
    if c["window"] is not None:
        return (0 <= distance) & (distance < c["window"])
    return distance >= 0 if c["mask"] == "causal" else None


class Values(dict):
    """Named values, in the order they are computed; `nudges` are added to those they name."""

    def __init__(self, nudges):
        super().__init__()
        self.nudges = nudges or {}
        self.balances, self.z_losses = [], []  # of each router

    def record(self, name, x):
        assert name not in self, name
        self[name] = x + self.nudges[name] if name in self.nudges else x
        return self[name]


def forward(c, P, batch, nudges=None):
    """All named values of the forward pass, in the order they are computed.

    Each is a node of its own in autograd's graph, so that each gets its own
    gradient: where the model adds nothing, `clone` makes the copy.
    """
    v = Values(nudges)
    if c["position"] == "sinusoidal":
        v.record("position_embedding", sinusoids(c["context"], c["d_model"]))  # an input, no parameter
    losses = []
    for i, ids in enumerate(batch):
        prefix = f"sequence{i}." if len(batch) > 1 else ""
        losses.append(forward_sequence(c, P, v, prefix, ids))
    losses = torch.cat(losses)
    loss = (losses.sum() if c["loss"] == "sum" else losses.mean()).reshape(1, 1)
    prices = [(key, name, prices) for key, name, prices in (("balance", "balance", v.balances), ("z_loss", "z", v.z_losses))
              if c["mlp"] == "moe" and c[key] > 0]
    if prices:
        loss = v.record("loss.prediction", loss)
    for key, name, each in prices:
        mean = v.record("loss." + name, torch.cat(each).mean().reshape(1, 1))
        loss = loss + v.record(f"loss.{name}_weighted", mean * c[key])
    v.record("loss", loss)
    return v


def forward_sequence(c, P, v, prefix, ids):
    """Records a sequence, its values under `prefix`; returns the losses of its counted targets."""
    ids, T = torch.tensor(ids), len(ids)

    def record(name, x):
        return v.record(prefix + name, x)

    def bias(name):
        return P.get(name, 0.0)

    def norm(name, x):
        return normalize(c, x, P.get(name + ".gamma"), P.get(name + ".beta"))

    x = P["token_embedding"][ids]
    if c["position"] == "learned":
        x = x + P["position_embedding"][:T]
    elif c["position"] == "sinusoidal":
        x = x + v["position_embedding"][:T]
    stream = record("embedding", x)
    if c["embedding_scale"] is not None:
        stream = record("embedding_scaled", stream * c["embedding_scale"])
    if c["norm_embedding"]:
        stream = record("norm_embedding", norm("norm_embedding", stream))

    for b in range(c["n_layers"]):
        att, mlp, output = f"block{b}.attention.", f"block{b}.mlp.", f"block{b}.output"
        x = record(att + "norm", norm(att + "norm", stream)) if c["norm_attention"] == "pre" else stream
        x = attention(c, P, record, att, x)
        stream = record(att + "residual", stream + x if c["residual_attention"] else x.clone())
        if c["norm_attention"] == "post":
            stream = record(att + "normalized", norm(att + "norm", stream))

        if c["mlp"] == "none":
            stream = record(output, stream.clone())
            continue
        x = record(mlp + "norm", norm(mlp + "norm", stream)) if c["norm_mlp"] == "pre" else stream
        if c["mlp"] == "moe":
            x = record(mlp + "output", mixture(c, P, v, record, mlp, x))
            stream = record(mlp + "residual", stream + x if c["residual_mlp"] else x.clone())
            stream = record(output, norm(mlp + "norm", stream) if c["norm_mlp"] == "post" else stream.clone())
            continue
        if c["activation"] == "swiglu":
            gate = record(mlp + "gate", x @ P[mlp + "W_gate"] + bias(mlp + "b_gate"))
            hidden = record(mlp + "hidden", x @ P[mlp + "W_1"] + bias(mlp + "b_1"))
            x = record(mlp + "activated", activate("silu", gate) * hidden)
        else:
            hidden = record(mlp + "hidden", x @ P[mlp + "W_1"] + bias(mlp + "b_1"))
            x = record(mlp + "activated", activate(c["activation"], hidden))
        x = record(mlp + "output", x @ P[mlp + "W_2"] + bias(mlp + "b_2"))
        stream = record(mlp + "residual", stream + x if c["residual_mlp"] else x.clone())
        stream = record(output, norm(mlp + "norm", stream) if c["norm_mlp"] == "post" else stream.clone())

    if c["final_norm"]:
        stream = record("final_norm", norm("final_norm", stream))
    head_W = P["token_embedding"].T if c["tied_head"] else P["head.W"]
    logits = record("logits", stream @ head_W + bias("head.b"))
    record("probabilities", torch.softmax(logits.detach(), dim=1))  # shown only, never used
    # the target of a position is the next token; the last position has none, those before loss_from do not count
    first = c["loss_from"]
    losses = -torch.log_softmax(logits[first:-1], dim=1).gather(1, ids[first + 1:, None])
    return record("loss.per_token", losses)


def expert(c, P, place, x):
    hidden = x @ P[place + "W_1"] + P.get(place + "b_1", 0.0)
    if c["activation"] == "swiglu":
        hidden = activate("silu", x @ P[place + "W_gate"] + P.get(place + "b_gate", 0.0)) * hidden
    else:
        hidden = activate(c["activation"], hidden)
    return hidden @ P[place + "W_2"] + P.get(place + "b_2", 0.0)


def mixture(c, P, v, record, mlp, x):
    """A mixture of experts, all of them computed for all tokens and those that were not chosen taken times 0."""
    T, E, k = x.shape[0], c["experts"], c["top_k"]
    logits = record(mlp + "router.logits", x @ P[mlp + "router.W"])
    p = record(mlp + "router.probabilities", torch.softmax(logits, dim=1))
    order = [sorted(range(E), key=lambda e: (-float(p[t, e]), e)) for t in range(T)]
    chosen, admitted, first = torch.zeros(T, E), torch.zeros(T, E), torch.zeros(T, E)
    room = T if c["capacity"] is None else max(1, math.ceil(T * k / E * c["capacity"] - 1e-9))
    came = [0] * E
    for choice in range(k):
        for t in range(T):
            e = order[t][choice]
            chosen[t, e] = 1
            admitted[t, e] = float(came[e] < room)
            came[e] += 1
    for t in range(T):
        first[t, order[t][0]] = 1
    share = p * chosen
    if c["gate"] == "renormalised":
        share = share / share.sum(1, keepdim=True)
    gate = record(mlp + "router.gate", share * admitted)
    counted, choices = (first, 1) if c["balance_over"] == "first" else (chosen, k)
    balance = E * ((counted.sum(0) / (T * choices)) * p.mean(0)).sum().reshape(1, 1)
    if c["balance"] > 0:
        v.balances.append(record(mlp + "balance", balance))
    if c["z_loss"] > 0:
        v.z_losses.append(record(mlp + "z_loss", (torch.logsumexp(logits, dim=1) ** 2).mean().reshape(1, 1)))
    y = sum((gate * admitted)[:, e:e + 1] * expert(c, P, f"{mlp}expert{e}.", x) for e in range(E))
    return y + expert(c, P, mlp + "shared.", x) if c["shared"] else y


def attention(c, P, record, att, x):
    """Records the heads; with fewer keys and values than queries, head h reads group h div (H/G)."""
    T, H, G = x.shape[0], c["n_heads"], c["n_kv_heads"]
    visible = visible_keys(c, T)
    keys, values, outputs = {}, {}, []

    def project(prefix, n):
        return record(prefix + n, x @ P[prefix + "W_" + n] + P.get(prefix + "b_" + n, 0.0))

    def turned(name, x):
        return record(name, rotate(x, c["rope"], c["rope_theta"])) if c["position"] == "rope" else x

    for h in range(H):
        head = f"{att}head{h}."
        group = f"{att}group{h // (H // G)}." if G < H else head
        q = project(head, "Q")
        if group not in keys:
            k, values[group] = project(group, "K"), project(group, "V")
        q = turned(head + "Q_rotated", q)
        if group not in keys:
            keys[group] = turned(group + "K_rotated", k)
        if c["attention"] == "flash":  # the same function; what its tiles hold is not looked at here
            s = q @ keys[group].T / math.sqrt(c["d_k"])
            if c["position"] == "alibi":
                n = torch.arange(T)
                s = s - 2.0 ** (-8.0 * (h + 1) / H) * (n[:, None] - n[None, :])
            if visible is not None:
                s = s.masked_fill(~visible, -math.inf)
            record(head + "logsumexp", torch.logsumexp(s.detach(), dim=1, keepdim=True))
            outputs.append(record(head + "output", torch.softmax(s, dim=1) @ values[group]))
            continue
        s = record(head + "scores", q @ keys[group].T)
        s = record(head + "scaled", s / math.sqrt(c["d_k"]))
        if c["position"] == "alibi":
            slope = 2.0 ** (-8.0 * (h + 1) / H)
            n = torch.arange(T)
            s = record(head + "biased", s - slope * (n[:, None] - n[None, :]))
        if visible is not None:
            s = record(head + "masked", s.masked_fill(~visible, -math.inf))
        weights = record(head + "weights", torch.softmax(s, dim=1))
        outputs.append(record(head + "output", weights @ values[group]))
    x = record(att + "concat", torch.cat(outputs, dim=1))
    return record(att + "output", x @ P[att + "W_O"] + P.get(att + "b_O", 0.0))
