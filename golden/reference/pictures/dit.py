"""A training step of the preset `dit` in PyTorch: python3 dit.py TRACER > dit.json

The parameters are the preset's own, as `tracer export` writes them; the forward pass is written out here and shares no
code with what it checks, the gradients are autograd's."""
import json, subprocess, sys, tempfile, os
import numpy as np, torch
torch.set_default_dtype(torch.float64)
tracer = sys.argv[1]
folder = tempfile.mkdtemp()
subprocess.run([tracer, "export", "--model", "dit", "--format", "npz", "-o", folder + "/dit.npz"], check=True)
names = subprocess.run([tracer, "names", "--model", "dit"], check=True, capture_output=True, text=True).stdout
start = [line.split()[0] for line in names.splitlines() if line.split()[-1] == "parameter"]
arrays = np.load(folder + "/dit.npz")
P = {n: torch.tensor(arrays[n], requires_grad=True) for n in start}
V = {}


def keep(name, value):
    value.retain_grad()
    V[name] = value
    return value


x_0 = torch.tensor([-1, 0.8, 0.9, -1, -1, -0.9, 0.7, -1, -0.9, 0.6, -0.8, -1, 0.9, 1, 0.8, 0.7])
x_1 = torch.tensor([0.3, -1.2, 0.7, 0.5, -0.4, 1.1, -0.6, 0.2, -1.4, 0.1, 0.9, -0.3, 0.6, -0.8, 1.3, -0.5])
t, label, heads, eps, d = 0.3, 1, 2, 0.01, 8
target = x_1 - x_0
x_t = (1 - t) * x_0 + t * x_1
angles = t * 2 * np.pi * torch.tensor([1.0, 2 ** 0.75])
features = torch.cat([torch.sin(angles), torch.cos(angles)])[None]
silu = torch.nn.functional.silu
hidden = keep("time.hidden", features @ P["time.W_1"] + P["time.b_1"])
time = keep("time.output", silu(hidden) @ P["time.W_2"] + P["time.b_2"])
condition = keep("condition", time + P["class_embedding"][label:label + 1])
c = keep("condition_activated", silu(condition))
patches = x_t.reshape(2, 2, 2, 2).permute(0, 2, 1, 3).reshape(4, 4)
q = d // 4
om = 10000 ** (-torch.arange(q) / q)
rows, cols = torch.meshgrid(torch.arange(2.), torch.arange(2.), indexing="ij")
xo, yo = cols.reshape(-1, 1) * om, rows.reshape(-1, 1) * om
positions = torch.cat([torch.sin(xo), torch.cos(xo), torch.sin(yo), torch.cos(yo)], 1)
stream = keep("tokens", patches @ P["patch.W"] + P["patch.b"] + positions)


def norm(x):
    return torch.nn.functional.layer_norm(x, (d,), eps=eps)


m = keep("block0.modulation.parts", c @ P["block0.modulation.W"] + P["block0.modulation.b"])
s1, g1, a1, s2, g2, a2 = m.split(d, 1)
n1 = keep("block0.attention.norm", norm(stream))
x = keep("block0.attention.modulated", n1 * (1 + g1) + s1)
outs = []
for h in range(heads):
    at = f"block0.attention.head{h}."
    Q, K, W = [keep(at + k, x @ P[at + "W_" + k] + P[at + "b_" + k]) for k in "QKV"]
    w = keep(at + "weights", torch.softmax(Q @ K.T / (d // heads) ** 0.5, 1))
    outs.append(keep(at + "output", w @ W))
out = keep("block0.attention.output", torch.cat(outs, 1) @ P["block0.attention.W_O"] + P["block0.attention.b_O"])
stream = keep("block0.attention.residual", stream + a1 * out)
y = keep("block0.mlp.modulated", norm(stream) * (1 + g2) + s2)
h = keep("block0.mlp.hidden", y @ P["block0.mlp.W_1"] + P["block0.mlp.b_1"])
act = 0.5 * h * (1 + torch.tanh((2 / np.pi) ** 0.5 * (h + 0.044715 * h ** 3)))
out = keep("block0.mlp.output", act @ P["block0.mlp.W_2"] + P["block0.mlp.b_2"])
stream = keep("block0.mlp.residual", stream + a2 * out)
f = keep("final.modulation.parts", c @ P["final.modulation.W"] + P["final.modulation.b"])
z = keep("final.modulated", norm(stream) * (1 + f[:, d:]) + f[:, :d])
p = keep("final.patches", z @ P["final.W"] + P["final.b"])
velocity = keep("velocity", p.reshape(2, 2, 2, 2).permute(0, 2, 1, 3).reshape(1, 16))
loss = ((velocity - target) ** 2).mean()
loss.backward()
values = {n: v.detach().tolist() for n, v in V.items()}
for n, v in list(V.items()) + list(P.items()):
    if n.endswith("b_K"):
        continue  # 0 on paper: it moves no weight of attention
    values[n + ".grad"] = v.grad.tolist()
json.dump({"parameters": {n: p.detach().tolist() for n, p in P.items()}, "values": values, "loss": loss.item()},
          sys.stdout)
