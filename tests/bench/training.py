"""Training the preset moby: tracer, which records every number of every update, beside PyTorch float64, batched and
recording nothing. Processor time of one core each, in one run, printed as a ratio; where PyTorch is installed:
  python3 tests/bench/training.py build/tracer [UPDATES]
"""
import math
import os
import subprocess
import sys
import time

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
tracer, updates = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
V, L, D, H, B, BLOCKS = 73, 32, 64, 4, 8, 2


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.n1, self.n2 = torch.nn.LayerNorm(D), torch.nn.LayerNorm(D)
        self.qkv, self.out = torch.nn.Linear(D, 3 * D), torch.nn.Linear(D, D)
        self.up, self.down = torch.nn.Linear(D, 4 * D), torch.nn.Linear(4 * D, D)

    def forward(self, x, future):
        q, k, v = (t.view(B, L, H, D // H).transpose(1, 2) for t in self.qkv(self.n1(x)).split(D, 2))
        weights = (q @ k.transpose(2, 3) / math.sqrt(D // H)).masked_fill(future, -math.inf).softmax(3)
        x = x + self.out((weights @ v).transpose(1, 2).reshape(B, L, D))
        return x + self.down(torch.nn.functional.gelu(self.up(self.n2(x)), approximate="tanh"))


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.token, self.position = torch.nn.Embedding(V, D), torch.nn.Embedding(L, D)
        self.blocks = torch.nn.ModuleList(Block() for _ in range(BLOCKS))
        self.norm = torch.nn.LayerNorm(D)
        self.future = torch.ones(L, L).triu(1).bool()

    def forward(self, ids):
        x = self.token(ids) + self.position.weight
        for block in self.blocks:
            x = block(x, self.future)
        return self.norm(x) @ self.token.weight.T


def of_torch():
    model, text = Model(), torch.randint(V, (89476,))
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3, (0.9, 0.99), weight_decay=0.1)
    began = time.process_time()
    for _ in range(updates):
        windows = torch.stack([text[i:i + L + 1] for i in torch.randint(len(text) - L, (B,))])
        loss = torch.nn.functional.cross_entropy(model(windows[:, :-1]).reshape(-1, V), windows[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
    return time.process_time() - began


def of_tracer():
    """Without what a run costs once: loading, and the first and the last look at the validation."""
    def seconds(n):
        before = os.times()
        subprocess.run([tracer, "train", "--model", model, "--steps", str(n)], check=True, stdout=subprocess.DEVNULL)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system
    model = "moby-bench.json"
    preset = subprocess.run([tracer, "models", "--json", "moby"], check=True, capture_output=True, text=True).stdout
    with open(model, "w") as file:
        file.write(preset.replace('"training": {', '"training": {"validate_every": 1000000, '))
    try:
        return seconds(updates) - seconds(0)
    finally:
        os.unlink(model)


ours, theirs = of_tracer(), of_torch()
print(f"moby, {updates} updates of {B} windows: tracer {1000 * ours / updates:.1f} ms an update, "
      f"PyTorch {torch.__version__} {1000 * theirs / updates:.1f} ms, ratio {ours / theirs:.2f}")
