"""The training step of training_step.c in PyTorch float64, one thread, nothing recorded.
usage: training_step.py V T d_model heads d_ff layers rounds; prints the median CPU time in microseconds and the BLAS."""
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
V, T, D, H, F, LAYERS, ROUNDS = map(int, sys.argv[1:8])


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.qkv, self.out = nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.w1, self.w2 = nn.Linear(D, F), nn.Linear(F, D)

    def forward(self, x, mask):
        q, k, v = (y.view(T, H, D // H).transpose(0, 1) for y in self.qkv(self.norm1(x)).split(D, 1))
        weights = torch.softmax(q @ k.transpose(1, 2) / (D // H) ** 0.5 + mask, -1)
        x = x + self.out((weights @ v).transpose(0, 1).reshape(T, D))
        h = self.w1(self.norm2(x))
        return x + self.w2(h / 2 * (1 + torch.tanh(0.7978845608028654 * (h + 0.044715 * h ** 3))))


class Gpt(nn.Module):
    def __init__(self):
        super().__init__()
        self.token, self.position = nn.Embedding(V, D), nn.Embedding(T, D)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm, self.head = nn.LayerNorm(D), nn.Linear(D, V)
        self.mask = torch.full((T, T), -float("inf")).triu(1)

    def forward(self, ids):
        x = self.token(ids) + self.position.weight
        for block in self.blocks:
            x = block(x, self.mask)
        return self.head(self.norm(x))


model = Gpt()
optimizer = torch.optim.AdamW(model.parameters(), lr=0.001)
ids = torch.tensor([t * (t + 3) // 2 % V for t in range(T)])
taken = []
for _ in range(ROUNDS):
    begin = time.process_time()
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(ids)[:-1], ids[1:]).backward()
    optimizer.step()
    taken.append(time.process_time() - begin)
with open("/proc/self/maps") as maps:
    libraries = maps.read()
blas = next((name for name in ("openblas", "mkl", "blis", "atlas", "libblas") if name in libraries), "unknown")
print(f"{sorted(taken)[ROUNDS // 2] * 1e6:.1f} {blas}")
