"""A training step of the preset `prompt` in PyTorch: python3 prompt.py TRACER > prompt.json

A text encoder that hides padding, cross-attention of a diffusion transformer to its rows, the gradient back to the
words. The parameters are the preset's own, as `tracer export` writes them; the forward pass is written out here and
shares no code with what it checks, the gradients are autograd's."""
import json, subprocess, sys, tempfile
import numpy as np, torch
torch.set_default_dtype(torch.float64)
tracer, folder = sys.argv[1], tempfile.mkdtemp()
subprocess.run([tracer, "export", "--model", "prompt", "--format", "npz", "-o", folder + "/prompt.npz"], check=True)
names = subprocess.run([tracer, "names", "--model", "prompt"], check=True, capture_output=True, text=True).stdout
start = [line.split()[0] for line in names.splitlines() if line.split()[-1] == "parameter"]
arrays = np.load(folder + "/prompt.npz")
P = {n: torch.tensor(arrays[n], requires_grad=True) for n in start}
V = {}


def keep(name, value):
    value.retain_grad()
    V[name] = value
    return value


def norm(x):
    centred = x - x.mean(1, keepdim=True)
    return centred / torch.sqrt((centred ** 2).mean(1, keepdim=True) + 0.01)


def gelu(h):
    return 0.5 * h * (1 + torch.tanh((2 / np.pi) ** 0.5 * (h + 0.044715 * h ** 3)))


def attend(at, x, z, hidden=None):
    """One head: queries from x, keys and values from z; hidden: rows of z that nobody may see."""
    q, k, v = [keep(at + "head0." + n, s @ P[f"{at}head0.W_{n}"] + P[f"{at}head0.b_{n}"])
               for n, s in (("Q", x), ("K", z), ("V", z))]
    scores = q @ k.T / q.shape[1] ** 0.5
    if hidden is not None:
        scores = scores.masked_fill(hidden[None, :], -torch.inf)
    weights = keep(at + "head0.weights", torch.softmax(scores, 1))
    return keep(at + "output", (weights @ v) @ P[at + "W_O"] + P[at + "b_O"])


def mlp(at, x):
    return keep(at + "output", gelu(x @ P[at + "W_1"] + P[at + "b_1"]) @ P[at + "W_2"] + P[at + "b_2"])


# the words: <PAD>, <BOS>, thick, thin, one, leaning
tokens = [1, 2, 4, 0]
hidden = torch.tensor([t == 0 for t in tokens])
words = keep("text.embedding", P["text.token_embedding"][tokens])
n = norm(words)
words = words + attend("text.block0.attention.", n, n, hidden)
words = words + mlp("text.block0.mlp.", norm(words))
words = keep("text.final_norm", norm(words))

x_0 = torch.tensor([-0.9, 0.8, 0.9, -0.8, -1, 0.7, 0.9, -1, -0.8, 0.9, 0.7, -0.9, -1, 0.8, 0.6, -1])
x_1 = torch.tensor([0.4, -1.1, 0.6, 0.5, -0.3, 1.2, -0.7, 0.2, -1.3, 0.1, 0.8, -0.4, 0.7, -0.9, 1.1, -0.5])
t, d = 0.4, 4
x_t = (1 - t) * x_0 + t * x_1
angles = t * 2 * np.pi * torch.tensor([1.0, 2 ** 0.75])
silu = torch.nn.functional.silu
features = torch.cat([torch.sin(angles), torch.cos(angles)])[None]
c = keep("condition_activated", silu(silu(features @ P["time.W_1"] + P["time.b_1"]) @ P["time.W_2"] + P["time.b_2"]))


def patches(x):
    return x.reshape(2, 2, 2, 2).permute(0, 2, 1, 3).reshape(4, 4)


rows, cols = torch.meshgrid(torch.arange(2.), torch.arange(2.), indexing="ij")
positions = torch.stack([cols.sin(), cols.cos(), rows.sin(), rows.cos()], 2).reshape(4, 4)  # one wave: d / 4 = 1
stream = keep("tokens", patches(x_t) @ P["patch.W"] + P["patch.b"] + positions)
s1, g1, a1, s2, g2, a2 = (c @ P["block0.modulation.W"] + P["block0.modulation.b"]).split(d, 1)
x = norm(stream) * (1 + g1) + s1
stream = keep("block0.attention.residual", stream + a1 * attend("block0.attention.", x, x))
stream = keep("block0.cross.residual", stream + attend("block0.cross.", norm(stream), words, hidden))
stream = keep("block0.mlp.residual", stream + a2 * mlp("block0.mlp.", norm(stream) * (1 + g2) + s2))
shift, scale = (c @ P["final.modulation.W"] + P["final.modulation.b"]).split(d, 1)
out = (norm(stream) * (1 + scale) + shift) @ P["final.W"] + P["final.b"]
velocity = keep("velocity", patches(out.reshape(16)).reshape(1, 16))  # two by two, the way back is the way there
loss = ((velocity - (x_1 - x_0)) ** 2).mean()
loss.backward()
values = {n: v.detach().tolist() for n, v in V.items()}
for n, v in list(V.items()) + list(P.items()):
    if not n.endswith("b_K") and v.grad is not None:  # b_K moves no weight of attention: 0 on paper
        values[n + ".grad"] = v.grad.tolist()
json.dump({"parameters": {n: p.detach().tolist() for n, p in P.items()}, "values": values, "loss": loss.item()},
          sys.stdout)
