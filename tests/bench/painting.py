"""Training the preset digits, a diffusion transformer: tracer, which runs the recorded steps again on the numbers
of every update, beside PyTorch, batched, in float64 as tracer and in its usual float32. Processor time of one core each;
all take turns, the least of each counts. Where PyTorch is installed:
  python3 tests/bench/painting.py build/tracer [UPDATES [ROUNDS]]
"""
import math
import os
import subprocess
import sys
import time

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
import torch
from torch import nn

torch.set_num_threads(1)
tracer, updates, rounds = sys.argv[1], *(int(n) for n in sys.argv[2:4] + ["200", "3"][len(sys.argv) - 2:])
SIDE, PATCH, D, H, B, CLASSES, WAVES = 12, 3, 32, 4, 32, 10, 8
ACROSS = SIDE // PATCH
N = ACROSS * ACROSS


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(D, eps=1e-6, elementwise_affine=False)
        self.modulation = nn.Linear(D, 6 * D)
        self.qkv, self.out = nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.up, self.down = nn.Linear(D, 4 * D), nn.Linear(4 * D, D)

    def forward(self, x, c):
        shift1, scale1, gate1, shift2, scale2, gate2 = self.modulation(c)[:, None].chunk(6, 2)
        h = self.norm(x) * (1 + scale1) + shift1
        q, k, v = (t.view(-1, N, H, D // H).transpose(1, 2) for t in self.qkv(h).split(D, 2))
        weights = (q @ k.transpose(2, 3) / math.sqrt(D // H)).softmax(3)
        x = x + gate1 * self.out((weights @ v).transpose(1, 2).reshape(-1, N, D))
        h = self.norm(x) * (1 + scale2) + shift2
        return x + gate2 * self.down(nn.functional.gelu(self.up(h), approximate="tanh"))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Sequential(nn.Linear(2 * WAVES, D), nn.SiLU(), nn.Linear(D, D))
        self.classes = nn.Embedding(CLASSES + 1, D)
        self.patch, self.blocks = nn.Linear(PATCH * PATCH, D), nn.ModuleList(Block() for _ in range(2))
        self.norm = nn.LayerNorm(D, eps=1e-6, elementwise_affine=False)
        self.modulation, self.final = nn.Linear(D, 2 * D), nn.Linear(D, PATCH * PATCH)
        for layer in (self.modulation, self.final, *(block.modulation for block in self.blocks)):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        w = 10000 ** (-torch.arange(D // 4) / (D // 4))
        x, y = (torch.arange(N) % ACROSS)[:, None] * w, (torch.arange(N) // ACROSS)[:, None] * w
        self.positions = torch.cat([x.sin(), x.cos(), y.sin(), y.cos()], 1)
        self.waves = 2 * math.pi * 2 ** (0.75 * torch.arange(WAVES) - 1)

    def forward(self, x, t, label):
        angles = t[:, None] * self.waves
        c = nn.functional.silu(self.time(torch.cat([angles.sin(), angles.cos()], 1)) + self.classes(label))
        rows = x.view(-1, ACROSS, PATCH, ACROSS, PATCH).transpose(2, 3).reshape(-1, N, PATCH * PATCH)
        rows = self.patch(rows) + self.positions
        for block in self.blocks:
            rows = block(rows, c)
        shift, scale = self.modulation(c)[:, None].chunk(2, 2)
        rows = self.final(self.norm(rows) * (1 + scale) + shift)
        return rows.view(-1, ACROSS, ACROSS, PATCH, PATCH).transpose(2, 3).reshape(-1, SIDE * SIDE)


def of_torch(dtype):
    """Processor seconds."""
    torch.set_default_dtype(dtype)
    model, pictures, labels = Transformer(), torch.rand(4000, SIDE * SIDE) * 2 - 1, torch.arange(4000) % CLASSES
    assert sum(p.numel() for p in model.parameters()) == 42505
    optimizer = torch.optim.AdamW(model.parameters(), 3e-3, (0.9, 0.99), weight_decay=0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, updates)
    began = time.process_time()
    for _ in range(updates):
        chosen = torch.randint(4000, (B,))
        x_0, x_1, t = pictures[chosen], torch.randn(B, SIDE * SIDE), torch.rand(B)
        label = torch.where(torch.rand(B) < 0.1, CLASSES, labels[chosen])
        x_t = (1 - t)[:, None] * x_0 + t[:, None] * x_1
        loss = ((model(x_t, t, label) - (x_1 - x_0)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        schedule.step()
    return time.process_time() - began


def of_tracer(steps):
    """Processor seconds."""
    before = os.times()
    subprocess.run([tracer, "train", "--model", "digits", "--steps", str(steps), "--threads", "1"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


times = [[], [], [], []]
for _ in range(rounds):
    times[0].append(of_torch(torch.float64))
    times[1].append(of_torch(torch.float32))
    times[2].append(of_tracer(updates + 1))
    times[3].append(of_tracer(1)) # what a run costs once
double, single, whole, once = (1000 * min(t) / updates for t in times)
ours = whole - once
print(f"digits, {updates} updates of {B} pictures, one core, the least of {rounds} rounds\n"
      f"  tracer {ours:.1f} ms an update; PyTorch {torch.__version__} in float64 {double:.1f} ms, ratio "
      f"{ours / double:.2f}; in float32 {single:.1f} ms, ratio {ours / single:.2f}")
