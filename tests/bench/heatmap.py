"""The attention heatmap of the benchmark as matplotlib draws it: the same numbers, words, hatching and
colour bar as `tracer render attention`. heatmap.py DPI TIMES NUMBERS draws it so many times on 8 x 6
inches and prints the least CPU milliseconds of a picture after the first, and its bytes."""
import io
import sys
import time

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

TOKENS = "the cat saw the dog".split()


def draw(weights, dpi):
    figure, axes = plt.subplots(figsize=(8, 6), dpi=dpi)
    image = axes.imshow(weights, vmin=0, vmax=1, cmap="Blues")
    axes.set_xticks(range(5), TOKENS)
    axes.set_yticks(range(5), TOKENS)
    axes.set(xlabel="key", ylabel="query", title="Attention of block 0, head 0")
    for row in range(5):
        for col in range(5):
            if col > row:
                axes.add_patch(Rectangle((col - 0.5, row - 0.5), 1, 1, facecolor="0.95", hatch="///", edgecolor="0.8", lw=0))
            else:
                color = "black" if weights[row, col] < 0.5 else "white"
                axes.text(col, row, "%+.2f" % weights[row, col], ha="center", va="center", color=color)
    figure.colorbar(image)
    figure.text(0.1, 0.02, "Each row is a query, and its weights over the keys sum to 1.\nHatched: keys that come later, masked.", color="0.4")
    out = io.BytesIO()
    figure.savefig(out, format="png")
    plt.close(figure)
    return out.getvalue()


weights = np.array([float(number) for number in sys.argv[3].split(",")]).reshape(5, 5)
least, picture = float("inf"), b""
for i in range(int(sys.argv[2])):
    begin = time.process_time()
    picture = draw(weights, int(sys.argv[1]))
    if i > 0:
        least = min(least, time.process_time() - begin)
print("%.2f %d" % (1e3 * least, len(picture)))
