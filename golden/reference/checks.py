"""What must be true of the numbers, whatever the model."""
import cmath
import math

import numpy as np
import torch
import torch.nn.functional as F

import gpt
from systems import batch_of, forward, forward_backward, parameter_shapes


def pieces():
    """Our formulas against PyTorch's own, where PyTorch has one."""
    g = torch.Generator().manual_seed(1)
    x = torch.randn(7, 6, generator=g) * 3
    gamma, beta = torch.randn(1, 6, generator=g), torch.randn(1, 6, generator=g)
    layernorm, rmsnorm = ({"norm": norm, "norm_eps": 0.01} for norm in ("layernorm", "rmsnorm"))
    ours = gpt.normalize(layernorm, x, gamma, beta)
    assert torch.allclose(ours, F.layer_norm(x, (6,), gamma[0], beta[0], 0.01), atol=1e-13)
    assert torch.allclose(gpt.normalize(layernorm, x), F.layer_norm(x, (6,), eps=0.01), atol=1e-13)
    # the length of a row, divided by sqrt(n), is 1 afterwards
    small = {**rmsnorm, "norm_eps": 0}
    assert torch.allclose(gpt.normalize(small, x), x / x.norm(dim=1, keepdim=True) * math.sqrt(6), atol=1e-13)
    for kind, theirs in (("relu", F.relu), ("silu", F.silu), ("gelu_erf", F.gelu),
                         ("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"))):
        assert torch.allclose(gpt.activate(kind, x), theirs(x), atol=1e-13), kind
    # a rotation is a product of complex numbers
    for theta in (10000, 50):
        turn = torch.tensor([[cmath.exp(1j * n * theta ** (-2 * i / 6)) for i in range(3)] for n in range(7)])
        z = torch.view_as_complex(x.reshape(7, 3, 2)) * turn
        assert torch.allclose(gpt.rotate(x, "interleaved", theta), torch.view_as_real(z).reshape(7, 6), atol=1e-13)
        z = torch.complex(x[:, :3], x[:, 3:]) * turn
        assert torch.allclose(gpt.rotate(x, "half", theta), torch.cat([z.real, z.imag], dim=1), atol=1e-13)


def kinks(c, step):
    """No number at the corner of relu, where there is no derivative."""
    least = math.inf
    if c.get("mlp", "dense") == "dense" and c["activation"] == "relu":
        least = min(float(x.abs().min()) for name, x in step.items() if name.endswith("hidden"))
        assert least > 1e-6, least
    return least


def is_visible(c, query, key):
    if c["window"] is not None and not 0 <= query - key < c["window"]:
        return False
    return c["mask"] == "none" or key <= query


def values(c, step):
    for name, x in step.items():
        assert x.dim() == 2 and x.dtype == torch.float64, name
        if not name.endswith(".masked"):
            assert torch.isfinite(x).all(), name
        if name.endswith((".weights", ".weights.grad", ".scores.grad", ".masked")):
            T = x.shape[0]
            hidden = torch.tensor([[not is_visible(c, i, j) for j in range(T)] for i in range(T)])
            if name.endswith(".masked"):
                assert torch.equal(torch.isinf(x), hidden), name
            if not name.endswith(".weights.grad"):
                assert (x[hidden] == (-math.inf if name.endswith(".masked") else 0)).all(), name
            if name.endswith(".weights"):
                assert torch.allclose(x.sum(1), torch.ones(T)), name

    if c["system"] == "vae":
        return
    logits, targets = [], []
    batch = batch_of(c, 0)
    if c["system"] in ("tabular", "nufo"):
        return
    if c["system"] == "mlp":
        logits, targets = [step["logits"]], [example["class"] for example in batch]
    else:
        for i, ids in enumerate(batch):
            prefix = f"sequence{i}." if len(batch) > 1 else ""
            counted = range(c["loss_from"], len(ids) - 1)
            assert step[prefix + "loss.per_token"].shape == (len(counted), 1)
            logits.append(step[prefix + "logits"][counted.start:counted.stop])
            targets += [ids[position + 1] for position in counted]
    loss = F.cross_entropy(torch.cat(logits), torch.tensor(targets), reduction=c.get("loss", "mean"))
    assert math.isclose(float(loss), float(step.get("loss.prediction", step["loss"])), rel_tol=1e-13)


def gradients(c, weights, step):
    """Central differences: of every parameter at its steepest cell, and of every value along a random direction."""
    batch = batch_of(c, 0)
    worst = 0.0

    def compare(what, change, ours):
        """`change` gives the loss at -1 and +1 times a small change; `ours` is half the difference it should make."""
        nonlocal worst
        up, down = change(+1), change(-1)
        error = abs((up - down) / 2 - ours) / max(abs(up - down) / 2, abs(ours), 1e-9 * max(1.0, up))
        assert error < 1e-5, (what, up - down, ours)
        worst = max(worst, error)

    h = 1e-6
    generator = np.random.default_rng(0)
    with torch.no_grad():
        for name in weights:
            g = step[name + ".grad"]
            cell = divmod(int(g.abs().argmax()), g.shape[1])

            def at_cell(sign):
                P = {n: p.clone() for n, p in weights.items()}
                P[name][cell] += sign * h
                return float(forward(c, P, batch)["loss"])
            compare((name, cell), at_cell, float(g[cell]) * h)

        for name in [name for name in step if name + ".grad" in step]:
            direction = torch.from_numpy(generator.standard_normal(step[name].shape))

            def along(sign):
                if name in weights:
                    return float(forward(c, {**weights, name: weights[name] + sign * h * direction}, batch)["loss"])
                return float(forward(c, weights, batch, {name: sign * h * direction})["loss"])
            compare(name, along, float((step[name + ".grad"] * direction).sum()) * h)
    return worst


# ------------------------------------------------- what a model says of another

def close(a, b):
    return torch.allclose(a, b, rtol=1e-11, atol=1e-13)


def same_in_other_words(c, weights, step):
    """The same function as another model, which has none of the options in question."""
    if c["system"] != "gpt":
        return
    if c["n_kv_heads"] < c["n_heads"]:
        groups_are_copies(c, weights, step)
    if c["position"] == "rope" and c["rope"] == "half":
        half_is_interleaved(c, weights, step)
    if c["training"]["batch"] > 1:
        batch_is_a_sum(c, weights, step)


def groups_are_copies(c, weights, step):
    """Heads with keys and values of their own, copies of their group's: its gradient is the sum of theirs."""
    other = {**c, "n_kv_heads": c["n_heads"]}
    size = c["n_heads"] // c["n_kv_heads"]
    origin = {}
    for name in parameter_shapes(other):
        block, dot, rest = name.partition(".attention.head")
        head, _, last = rest.partition(".")
        kv = dot and last.split("_")[-1] in ("K", "V")
        origin[name] = f"{block}.attention.group{int(head) // size}.{last}" if kv else name
    theirs = forward_backward(other, {name: weights[of] for name, of in origin.items()}, batch_of(c, 0))
    assert close(theirs["loss"], step["loss"])
    for name in weights:
        assert close(sum(theirs[n + ".grad"] for n, of in origin.items() if of == name), step[name + ".grad"]), name


def half_is_interleaved(c, weights, step):
    """Columns of W_Q and W_K in another order: the first half to even places, the second to odd ones."""
    places = list(range(0, c["d_k"], 2)) + list(range(1, c["d_k"], 2))
    P = {name: p.clone() for name, p in weights.items()}
    for name in P:
        if name.endswith(("W_Q", "W_K", "b_Q", "b_K")):
            P[name][:, places] = weights[name]
    theirs = forward_backward({**c, "rope": "interleaved"}, P, batch_of(c, 0))
    assert close(theirs["loss"], step["loss"])
    for name in weights:
        g = theirs[name + ".grad"]
        if name.endswith(("W_Q", "W_K", "b_Q", "b_K")):
            g = g[:, places]
        assert close(g, step[name + ".grad"]), name


def batch_is_a_sum(c, weights, step):
    """The gradients of its sequences, each with the share of the targets that it counts."""
    batch = batch_of(c, 0)
    counts = [len(ids) - 1 - c["loss_from"] for ids in batch]
    alone = [forward_backward(c, weights, [ids]) for ids in batch]
    shares = [1.0 if c["loss"] == "sum" else count / sum(counts) for count in counts]
    for name in ["loss"] + [name + ".grad" for name in weights]:
        assert close(sum(share * one[name] for share, one in zip(shares, alone)), step[name]), name


# -------------------------------------------------------------------- coverage

def first_twenty(configs, bites):
    """Do the twenty models together make every choice at least once?"""
    def chosen(*keys):
        return {tuple(c[k] for k in keys) for c in configs.values()}

    choices = {
        "tokenizer": ["words", "characters"], "position": ["learned", "sinusoidal", "rope", "alibi", "none"],
        "norm": ["layernorm", "rmsnorm"], "activation": ["relu", "gelu_tanh", "gelu_erf", "silu", "swiglu"],
        "loss": ["mean", "sum"], "n_layers": [1, 2, 3], "n_heads": [1, 2, 3, 4],
    }
    for key in ("add_bos", "add_eos", "final_norm", "residual_attention", "residual_mlp", "attention_bias",
                "output_bias", "mlp_bias", "head_bias", "tied_head"):
        choices[key] = [True, False]
    for key, wanted in choices.items():
        assert {(w,) for w in wanted} <= chosen(key), key
    assert len(chosen("norm_attention", "norm_mlp")) == 9
    assert len(chosen("residual_attention", "residual_mlp")) == 4
    assert len(chosen("tied_head", "head_bias")) == 4
    assert {("swiglu", True), ("swiglu", False)} <= chosen("activation", "mlp_bias")
    assert ("alibi", 3) in chosen("position", "n_heads")
    assert {c["init"]["kind"] for c in configs.values()} == {"python_gauss", "normal", "decimal", "zeros"}
    assert any(c["d_model"] == c["n_heads"] for c in configs.values())
    assert any(len(c["rows"][0]) == 2 for c in configs.values())
    assert any(len(c["rows"][0]) < c["context"] for c in configs.values())
    for kind in ("sgd", "adam", "adamw"):
        mine = {n: c["optimizer"] for n, c in configs.items() if c["optimizer"]["kind"] == kind}
        assert {o["weight_decay"] > 0 for o in mine.values()} == {True, False}, kind
        assert any(bites[n][0] for n in mine), kind
        assert any(not any(bites[n]) and o["clip_norm"] is not None for n, o in mine.items()), kind




def later_ones(configs, classifiers):
    """Do the later models use every later option, alone or together?"""
    models = list(configs.values())

    def some(test):
        assert any(test(c) for c in models)

    def chosen(*keys):
        return {tuple(c[k] for k in keys) for c in models}

    some(lambda c: 1 < c["n_kv_heads"] < c["n_heads"] and c["position"] != "rope" and c["attention_bias"])
    some(lambda c: 1 == c["n_kv_heads"] < c["n_heads"] and c["position"] == "alibi")
    for pairing in ("interleaved", "half"):
        some(lambda c: c["position"] == "rope" and c["rope"] == pairing and 1 < c["n_kv_heads"] < c["n_heads"]
             and c["d_k"] > 2)
    some(lambda c: c["position"] == "rope" and c["rope"] == "half" and c["rope_theta"] == 10000)
    some(lambda c: c["d_model"] % c["n_heads"] > 0)
    assert {("causal", False), ("causal", True), ("none", False), ("none", True)} \
        <= {(c["mask"], c["window"] is not None) for c in models}
    assert {("dense",), ("none",)} <= chosen("mlp")
    assert {("layernorm", False), ("rmsnorm", False)} <= chosen("norm", "norm_gain")
    assert {("layernorm", True, True), ("rmsnorm", True, True), ("rmsnorm", True, False)} \
        <= chosen("norm", "norm_embedding", "norm_gain")
    some(lambda c: c["embedding_scale"] and c["norm_embedding"])
    some(lambda c: c["embedding_scale"] and c["position"] == "sinusoidal")
    some(lambda c: c["bos"] == c["eos"])
    some(lambda c: c["bos"] != c["eos"] and c["bos"] != "<BOS>")
    some(lambda c: len(c["rows"]) > 1 and c["training"]["batch"] == 1)
    some(lambda c: c["training"]["batch"] == len(c["rows"]) > 1 and len({len(ids) for ids in c["rows"]}) > 2)
    for loss in ("mean", "sum"):
        some(lambda c: 1 < c["training"]["batch"] < len(c["rows"]) and c["loss_from"] > 0 and c["loss"] == loss)
    some(lambda c: c["training"]["batch"] == 1 and c["loss_from"] > 0)
    for kind in ("sgd", "adam", "adamw"):
        some(lambda c: c["optimizer"]["kind"] == kind and c["optimizer"]["decay"] == "matrices"
             and c["optimizer"]["weight_decay"] > 0)
    for schedule, warm in (("constant", True), ("linear", False), ("linear", True), ("cosine", True)):
        some(lambda c: c["training"]["steps"] and c["training"]["schedule"] == schedule
             and (c["training"]["warmup"] > 0) == warm)
    assert {c["activation"] for c in classifiers.values()} == {"relu", "gelu_tanh", "gelu_erf", "silu", "tanh", "sigmoid"}
    assert any(c["training"]["batch"] < len(c["rows"]) for c in classifiers.values())
