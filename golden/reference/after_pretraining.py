"""What comes after pretraining, and an encoder-decoder: the golden after_pretraining.json, without any of the code that
it is there to check.

Each case is a model file, weights of one decimal, and what PyTorch (float64, its own gradients) makes of them: values,
the gradients of all that is trained, and the parameters after one update, which is written out. Run as
  python3 golden/reference/after_pretraining.py > golden/reference/after_pretraining.json
"""
import json
import math
import random

import torch

torch.set_default_dtype(torch.float64)
ADAMW = {"kind": "adamw", "lr": 0.05, "beta1": 0.5, "beta2": 0.75, "eps": 0.01, "weight_decay": 0.2, "clip_norm": 0.7}


class Case:
    """One model: parameters are drawn where they are asked for, values are kept under their names."""

    def __init__(self, seed):
        self.random, self.parameters, self.values, self.frozen = random.Random(seed), {}, {}, set()

    def weight(self, name, rows, cols, frozen=False):
        if name not in self.parameters:
            tenths = [[self.random.randint(-9, 9) / 10 for _ in range(cols)] for _ in range(rows)]
            if name.endswith("gamma"):
                tenths = [[1 + x / 2 for x in row] for row in tenths]
            self.parameters[name] = torch.tensor(tenths, requires_grad=not frozen)
            if frozen:
                self.frozen.add(name)
        return self.parameters[name]

    def keep(self, name, value):
        if "reference.block" not in name:
            self.values[name] = value
        return value


def norm(case, of, name, x, frozen=False):
    gamma = case.weight(name + ".gamma", 1, x.shape[1], frozen)
    if of["norm"] == "rmsnorm":
        return x / torch.sqrt((x * x).mean(1, keepdim=True) + of["norm_eps"]) * gamma
    beta = case.weight(name + ".beta", 1, x.shape[1], frozen)
    centered = x - x.mean(1, keepdim=True)
    return centered / torch.sqrt((centered ** 2).mean(1, keepdim=True) + of["norm_eps"]) * gamma + beta


def linear(case, of, weight, bias, x, cols, frozen=False, plain=False, shared=None):
    """x W + b, and beside it (alpha / r) (x A) B where there are adapters."""
    lora = of.get("lora")
    y = x @ case.weight(weight, x.shape[1], cols, frozen or bool(lora))
    if lora and not plain and any(("." + weight).endswith("." + target) for target in lora["targets"]):
        a = case.weight((shared or weight) + ".lora_A", x.shape[1], lora["rank"])
        b = case.weight(weight + ".lora_B", lora["rank"], cols)
        y = y + lora["alpha"] / lora["rank"] * (x @ a) @ b
    if bias:
        y = y + case.weight(bias, 1, cols, frozen or bool(lora))
    return y


def attention(case, of, name, x, memory, visible, prefix, frozen, plain):
    d, width = x.shape[1], of["d_k"]
    heads = []
    for h in range(of["n_heads"]):
        at = f"{name}.head{h}."
        made = {}
        for letter, source in (("Q", x), ("K", memory), ("V", memory)):
            shared = f"{name}.W_{letter}" if of.get("lora", {}).get("share_a") else None
            made[letter] = linear(case, of, f"{at}W_{letter}", f"{at}b_{letter}" if of["attention_bias"] else None,
                                  source, width, frozen, plain, shared)
        scores = made["Q"] @ made["K"].T / math.sqrt(width)
        weights = torch.softmax(scores.masked_fill(~visible, -math.inf), 1)
        case.keep(f"{prefix}{at}weights", weights)
        heads.append(weights @ made["V"])
    return linear(case, of, f"{name}.W_O", f"{name}.b_O" if of["output_bias"] else None, torch.cat(heads, 1), d, frozen,
                  plain)


def mlp(case, of, name, x, frozen, plain):
    d, wide, bias = x.shape[1], of["d_ff"], of["mlp_bias"]
    if of["activation"] == "swiglu":
        gate = linear(case, of, f"{name}.W_gate", f"{name}.b_gate" if bias else None, x, wide, frozen, plain)
    hidden = linear(case, of, f"{name}.W_1", f"{name}.b_1" if bias else None, x, wide, frozen, plain)
    if of["activation"] == "swiglu":
        hidden = torch.nn.functional.silu(gate) * hidden
    else:
        hidden = torch.nn.functional.gelu(hidden, approximate="tanh")
    return linear(case, of, f"{name}.W_2", f"{name}.b_2" if bias else None, hidden, d, frozen, plain)


def part(case, of, name, stream, run, frozen):
    """A part of a block with its norm and its residual."""
    x = norm(case, of, f"{name}.norm", stream, frozen) if of["norm_place"] == "pre" else stream
    stream = stream + run(x)
    return norm(case, of, f"{name}.norm", stream, frozen) if of["norm_place"] == "post" else stream


def embedded(case, of, name, ids, d, frozen):
    x = case.weight(f"{name}token_embedding", of["vocabulary_size"], d, frozen)[ids]
    if of["position"] == "learned":
        return x + case.weight(f"{name}position_embedding", of["context"], d, frozen)[:len(ids)]
    waves = [[(math.sin if i % 2 == 0 else math.cos)(n / 10000 ** ((i - i % 2) / d)) for i in range(d)]
             for n in range(len(ids))]
    return x + torch.tensor(waves)


def stream_of(case, of, name, ids, d, layers, visible, prefix="", frozen=False, plain=False, memory=None, seen=None):
    """The stream of one side: with a memory a decoder's, whose attention is called self and cross."""
    kind = "self" if memory is not None else "attention"
    frozen = frozen or bool(of.get("lora"))
    stream = embedded(case, of, name, ids, d, frozen)
    for block in range(layers):
        at = f"{name}block{block}."
        run = lambda x: attention(case, of, at + kind, x, x, visible, prefix, frozen, plain)
        stream = part(case, of, at + kind, stream, run, frozen)
        if memory is not None:
            run = lambda x: attention(case, of, at + "cross", x, memory, seen, prefix, frozen, plain)
            stream = part(case, of, at + "cross", stream, run, frozen)
        stream = part(case, of, at + "mlp", stream, lambda x: mlp(case, of, at + "mlp", x, frozen, plain), frozen)
        case.keep(f"{prefix}{at}output", stream)
    return norm(case, of, f"{name}final_norm", stream, frozen) if of["final_norm"] else stream


def causal(count):
    return torch.tril(torch.ones(count, count)).bool()


# --- the encoder-decoder ---

def encoder_decoder(seed, of, pairs):
    case = Case(seed)
    losses = []
    for i, (source, target) in enumerate(pairs):
        prefix = f"pair{i}." if len(pairs) > 1 else ""
        real, said = torch.tensor(source) != 0, target[1:]
        n, m = len(said), len(source)
        memory = stream_of(case, of, "encoder.", source, of["d_encoder"], of["encoder_layers"], real.expand(m, m), prefix)
        case.keep(prefix + "memory", memory)
        memory.retain_grad()
        visible = causal(n) & (torch.tensor(target[:-1]) != 0)
        stream = stream_of(case, of, "decoder.", target[:-1], of["d_model"], of["decoder_layers"], visible, prefix,
                           memory=memory, seen=real.expand(n, m))
        logits = linear(case, of, "head.W", "head.b" if of["head_bias"] else None, stream, of["vocabulary_size"])
        case.keep(prefix + "logits", logits)
        each = torch.logsumexp(logits, 1) - logits[range(n), said]
        losses.append(each[torch.tensor(said) != 0])
    all_of = torch.cat(losses)
    case.keep("loss", all_of.mean() if of["loss"] == "mean" else all_of.sum())
    rows = [{"source": s, "target": t} for s, t in pairs]
    return case, {"system": "encoder_decoder", "data": {"examples": rows}, "model": of, "optimizer": ADAMW,
                  "training": {"batch": len(pairs)}}


# --- a gpt, after its pretraining ---

def gpt_file(of, rows, task=None, lora=None):
    keys = {k: v for k, v in of.items() if k not in ("norm_place", "lora")}
    keys.update(norm_attention=of["norm_place"], norm_mlp=of["norm_place"], add_bos=False, add_eos=False,
                data={"examples": rows}, optimizer=ADAMW, training={"batch": len(rows)})
    if task:
        keys["task"] = task
    if lora:
        keys["lora"] = lora
    return keys


def answer(case, of, prefix, ids, prompt, name="", plain=False):
    """The logits of a whole text and the log probability of what stands behind its prompt."""
    frozen = bool(name)
    stream = stream_of(case, of, name, ids, of["d_model"], of["n_layers"], causal(len(ids)), prefix, frozen, plain)
    logits = linear(case, of, f"{name}head.W", None, stream, of["vocabulary_size"], frozen, plain)
    logs = torch.log_softmax(logits, 1)
    said = logs[range(prompt - 1, len(ids) - 1), ids[prompt:]].sum().reshape(1, 1)
    case.keep(f"{prefix}log_probability", said)
    return logs[prompt - 1:len(ids) - 1], said


def preferences(seed, of, rows, beta, kl, lora=None):
    case, losses = Case(seed), []
    of = {**of, "lora": lora} if lora else of
    for i, row in enumerate(rows):
        pair = f"pair{i}." if len(rows) > 1 else ""
        rewards, logs = [], []
        for side in ("chosen", "rejected"):
            ids = row["prompt"] + row[side]
            ours, said = answer(case, of, f"{pair}{side}.", ids, len(row["prompt"]))
            with torch.no_grad():
                before, meant = answer(case, of, f"{pair}reference.{side}.", ids, len(row["prompt"]),
                                       "" if lora else "reference.", True)
            rewards.append(case.keep(f"{pair}{side}.reward", beta * (said - meant)))
            logs.append((ours, before))
        margin = case.keep(pair + "margin", rewards[0] - rewards[1])
        loss = -torch.nn.functional.logsigmoid(margin)
        ours, before = logs[0]
        distance = case.keep(pair + "kl", (ours.exp() * (ours - before)).sum(1).mean().reshape(1, 1))
        losses.append(loss + kl * distance)
    case.keep("loss.per_pair", torch.cat(losses))
    case.keep("loss", torch.cat(losses).mean())
    return case, gpt_file(of, rows, {"kind": "preference", "beta": beta, "kl": kl}, lora)


def rewards(seed, of, rows, read):
    case, losses = Case(seed), []
    for i, row in enumerate(rows):
        pair, said = f"pair{i}.", []
        for side in ("chosen", "rejected"):
            ids = row["prompt"] + row[side]
            h = stream_of(case, of, "", ids, of["d_model"], of["n_layers"], causal(len(ids)), f"{pair}{side}.")
            h = {"last": h[-1:], "first": h[:1], "mean": h.mean(0, keepdim=True)}[read]
            said.append(case.keep(f"{pair}{side}.reward", h @ case.weight("reward.W", of["d_model"], 1)))
        margin = case.keep(pair + "margin", said[0] - said[1])
        losses.append(-torch.nn.functional.logsigmoid(margin))
    case.keep("loss", torch.cat(losses).mean())
    return case, gpt_file(of, rows, {"kind": "reward", "read": read})


def classes(seed, of, rows, read, count):
    """Every token sees all that is no padding."""
    case, logits = Case(seed), []
    for i, row in enumerate(rows):
        ids = row["tokens"]
        real = sum(1 for t in ids if t)
        visible = (torch.tensor(ids) != 0).expand(len(ids), len(ids))
        h = stream_of(case, of, "", ids, of["d_model"], of["n_layers"], visible, f"sequence{i}.")
        h = {"last": h[real - 1:real], "first": h[:1], "mean": h[:real].mean(0, keepdim=True)}[read]
        logits.append(linear(case, of, "classifier.W", "classifier.b", h, count))
    logits = case.keep("classifier.logits", torch.cat(logits))
    case.keep("classifier.probabilities", torch.softmax(logits, 1))
    case.keep("loss", torch.nn.functional.cross_entropy(logits, torch.tensor([r["class"] for r in rows])))
    task = {"kind": "classify", "read": read, "classes": [f"c{i}" for i in range(count)]}
    return case, gpt_file({**of, "mask": "none"}, rows, task)


def prompts(seed, of, rows, lora):
    """Adapters beside every matrix, and only what stands behind the prompt is learned."""
    case, losses = Case(seed), []
    of = {**of, "lora": lora}
    for i, row in enumerate(rows):
        ids = row["tokens"]
        prefix = f"sequence{i}."
        stream = stream_of(case, of, "", ids, of["d_model"], of["n_layers"], causal(len(ids)), prefix)
        logits = case.keep(prefix + "logits", linear(case, of, "head.W", None, stream, of["vocabulary_size"]))
        each = -torch.log_softmax(logits, 1)[range(len(ids) - 1), ids[1:]]
        losses.append(each[row["prompt_length"] - 1:])
    case.keep("loss", torch.cat(losses).mean())
    return case, gpt_file(of, rows, None, lora)


# --- what is written ---

def update(case):
    """One step of AdamW behind a clipped norm, written out; what is frozen is not touched."""
    o = ADAMW
    trained = [n for n in case.parameters if n not in case.frozen]
    total = math.sqrt(sum(float((case.parameters[n].grad ** 2).sum()) for n in trained))
    share = o["clip_norm"] / total if total > o["clip_norm"] else 1
    after = {}
    for name in trained:
        p, g = case.parameters[name].detach(), case.parameters[name].grad * share
        m, v = (1 - o["beta1"]) * g, (1 - o["beta2"]) * g * g
        step = (m / (1 - o["beta1"])) / (torch.sqrt(v / (1 - o["beta2"])) + o["eps"])
        after[name] = p - o["lr"] * o["weight_decay"] * p - o["lr"] * step
    return after


def matrix(value):
    value = value.detach()
    value = value.reshape(1, 1) if value.dim() == 0 else value
    return [[float(x) for x in row] for row in value]


def written(name, made):
    case, model = made
    case.values["loss"].sum().backward()
    values = {k: matrix(v) for k, v in case.values.items()}
    values.update({f"{n}.grad": matrix(p.grad) for n, p in case.parameters.items() if n not in case.frozen})
    values.update({f"{n}.grad": matrix(v.grad) for n, v in case.values.items() if n.endswith("memory")})
    values.update({f"{n}.next": matrix(p) for n, p in update(case).items() if "head1" in n or "norm" in n})
    return {"name": name, "model": model, "weights": {n: matrix(p) for n, p in case.parameters.items()},
            "values": values}


BOTH = {"vocabulary_size": 7, "context": 5, "d_model": 4, "d_encoder": 6, "n_heads": 2, "d_k": 2, "d_ff": 5,
        "encoder_layers": 1, "decoder_layers": 2, "position": "learned", "norm": "layernorm", "norm_eps": 0.001,
        "norm_place": "pre", "final_norm": True, "activation": "gelu_tanh", "attention_bias": False,
        "output_bias": False, "mlp_bias": True, "head_bias": False, "loss": "mean"}
OTHER = {**BOTH, "d_encoder": 4, "d_k": 3, "decoder_layers": 1, "encoder_layers": 2, "position": "sinusoidal",
         "norm": "rmsnorm", "norm_place": "post", "activation": "swiglu", "attention_bias": True, "output_bias": True,
         "final_norm": False, "head_bias": True, "loss": "sum"}
ONE = {"vocabulary_size": 7, "context": 6, "d_model": 4, "n_heads": 2, "d_k": 2, "d_ff": 5, "n_layers": 1,
       "position": "learned", "norm": "layernorm", "norm_eps": 0.001, "norm_place": "pre", "final_norm": True,
       "activation": "gelu_tanh", "attention_bias": False, "output_bias": False, "mlp_bias": True}
PAIRS = [{"prompt": [1, 4], "chosen": [2, 6, 3], "rejected": [5, 2]}, {"prompt": [3], "chosen": [5], "rejected": [1, 2]}]
ADAPTERS = {"rank": 2, "alpha": 3, "targets": ["W_Q", "W_K", "W_V", "W_O", "W_1", "W_2", "head.W"]}
CASES = {
    "padding on both sides": encoder_decoder(1, BOTH, [([3, 5, 4, 0], [1, 3, 6, 2, 0])]),
    "two pairs, post-norms, biases": encoder_decoder(2, OTHER, [([3, 6, 2], [1, 5, 4, 2]), ([4, 1, 5, 6], [1, 6, 2])]),
    "a reference apart": preferences(3, ONE, PAIRS[:1], 0.5, 0.2),
    "adapters away from their reference": preferences(4, ONE, PAIRS, 0.3, 0, {**ADAPTERS, "targets": ["W_Q", "W_V"]}),
    "rewards from the last row": rewards(5, ONE, PAIRS, "last"),
    "rewards from the mean": rewards(6, ONE, PAIRS, "mean"),
    "classes from the first row, both ways": classes(7, {**ONE, "attention_bias": True}, [
        {"tokens": [1, 2, 3, 0, 0], "class": 2}, {"tokens": [4, 6, 1, 5], "class": 0}], "first", 3),
    "adapters on every matrix, behind a prompt": prompts(8, {**ONE, "n_layers": 2}, [
        {"tokens": [1, 4, 2, 6, 3], "prompt_length": 2}, {"tokens": [5, 5, 1], "prompt_length": 1}], ADAPTERS),
    "one A for all heads": prompts(9, {**ONE, "activation": "swiglu"}, [
        {"tokens": [1, 4, 2, 6, 3], "prompt_length": 3}, {"tokens": [5, 2, 1], "prompt_length": 2}],
        {**ADAPTERS, "share_a": True, "targets": ["W_Q", "W_K", "W_gate"]}),
}

if __name__ == "__main__":
    cases = [written(name, made) for name, made in CASES.items()]
    print("[" + ",\n".join(json.dumps(c) for c in cases) + "]")
