"""Training the preset moby: tracer, which runs the recorded steps again on the numbers of every update, beside PyTorch
float64, batched. Processor time of one core each, and the time by the clock of one thread beside two; all take turns,
the least of each counts. Where PyTorch is installed:
  python3 tests/bench/training.py build/tracer [UPDATES [ROUNDS]]
"""
import math
import os
import subprocess
import sys
import tempfile
import time

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
tracer, updates, rounds = sys.argv[1], *(int(n) for n in sys.argv[2:4] + ["100", "5"][len(sys.argv) - 2:])
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
    """Processor seconds."""
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


def of_tracer(model, threads, steps):
    """Processor seconds, and those of the clock."""
    before, began = os.times(), time.monotonic()
    subprocess.run([tracer, "train", "--model", model, "--steps", str(steps), "--threads", str(threads)], check=True,
                   stdout=subprocess.DEVNULL)
    after, took = os.times(), time.monotonic() - began
    return after.children_user + after.children_system - before.children_user - before.children_system, took


def least(model):
    """Milliseconds an update: PyTorch's, and tracer's for one and two threads, by processor and by clock. A run of one
    update is taken off: what a run costs once, loading and the first and the last look at the validation."""
    times = [[], [], [], [], []]
    for _ in range(rounds):
        times[0].append(of_torch())
        for threads in (1, 2):
            times[threads].append(of_tracer(model, threads, updates + 1))
            times[threads + 2].append(of_tracer(model, threads, 1))
    torch_s = min(times[0])
    own = [[min(t[i] for t in times[n]) - min(t[i] for t in times[n + 2]) for i in range(2)] for n in (1, 2)]
    return [1000 * s / updates for s in (torch_s, own[0][0], own[0][1], own[1][1])]


preset = subprocess.run([tracer, "models", "--json", "moby"], check=True, capture_output=True, text=True).stdout
with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
    file.write(preset.replace('"training": {', '"training": {"validate_every": 1000000, '))
    file.flush()
    theirs, ours, one, two = least(file.name)
print(f"moby, {updates} updates of {B} windows, the least of {rounds} rounds\n"
      f"  one core: tracer {ours:.1f} ms an update, PyTorch {torch.__version__} {theirs:.1f} ms, ratio {ours / theirs:.2f}\n"
      f"  by the clock: one thread {one:.1f} ms, two threads {two:.1f} ms, {one / two:.2f} times as fast")
