"""A training step of tutorial/exercises/captioned.json in PyTorch: python3 captions.py TRACER > captions.json

Captions through a transformer that hides padding, the mean over their words; pictures through two layers; both against
each other. The parameters are the model's own, as `tracer export` writes them; the gradients are autograd's."""
import json, subprocess, sys, tempfile
import numpy as np, torch
torch.set_default_dtype(torch.float64)
tracer, folder, model = sys.argv[1], tempfile.mkdtemp(), "tutorial/exercises/captioned.json"
subprocess.run([tracer, "export", "--model", model, "--format", "npz", "-o", folder + "/m.npz"], check=True)
names = subprocess.run([tracer, "names", "--model", model], check=True, capture_output=True, text=True).stdout
start = [line.split()[0] for line in names.splitlines() if line.split()[-1] == "parameter"]
arrays = np.load(folder + "/m.npz")
P = {n: torch.tensor(arrays[n], requires_grad=True) for n in start}
V = {}


def keep(name, value):
    value.retain_grad()
    V[name] = value
    return value


def norm(x):
    centred = x - x.mean(1, keepdim=True)
    return centred / torch.sqrt((centred ** 2).mean(1, keepdim=True) + 1e-6)


def read(i, ids):
    at, p = f"pair{i}.text.", "text."
    hidden = torch.tensor([t == 0 for t in ids])
    x = P[p + "token_embedding"][ids]
    q, k, v = [norm(x) @ P[f"{p}block0.attention.head0.W_{n}"] + P[f"{p}block0.attention.head0.b_{n}"] for n in "QKV"]
    scores = (q @ k.T / 3 ** 0.5).masked_fill(hidden[None, :], -torch.inf)
    weights = keep(at + "block0.attention.head0.weights", torch.softmax(scores, 1))
    x = x + (weights @ v) @ P[p + "block0.attention.W_O"] + P[p + "block0.attention.b_O"]
    h = norm(x) @ P[p + "block0.mlp.W_1"] + P[p + "block0.mlp.b_1"]
    h = 0.5 * h * (1 + torch.tanh((2 / np.pi) ** 0.5 * (h + 0.044715 * h ** 3)))
    x = keep(at + "final_norm", norm(x + h @ P[p + "block0.mlp.W_2"] + P[p + "block0.mlp.b_2"]))
    return keep(f"pair{i}.pooled", x[~hidden].mean(0, keepdim=True))


# <PAD> <BOS> thick one thin leaning two
captions = [[1, 2, 3, 0], [1, 3, 0, 0], [1, 4, 5, 6]]
y = torch.tensor([[0.9, -0.8, 0.9, -0.7], [0.2, -0.9, 0.3, -0.8], [-0.3, 0.4, 0.6, -0.2]])
left = keep("left", torch.cat([read(i, ids) for i, ids in enumerate(captions)]) @ P["left.W"])
right = keep("right", torch.relu(y @ P["right.W_1"] + P["right.b_1"]) @ P["right.W_2"] + P["right.b_2"])
a, b = left / left.norm(dim=1, keepdim=True), right / right.norm(dim=1, keepdim=True)
logits = keep("logits", torch.exp(P["log_scale"]) * (a @ b.T))
who = torch.arange(3)
loss = (torch.nn.functional.cross_entropy(logits, who) + torch.nn.functional.cross_entropy(logits.T, who)) / 2
loss.backward()
values = {n: v.detach().tolist() for n, v in V.items()}
for n, v in list(V.items()) + list(P.items()):
    if not n.endswith("b_K") and v.grad is not None:  # b_K moves no weight of attention: 0 on paper
        values[n + ".grad"] = v.grad.tolist()
json.dump({"parameters": {n: p.detach().tolist() for n, p in P.items()}, "values": values, "loss": loss.item()},
          sys.stdout)
