"""Boosted trees on a table of 10,000 rows and 20 numbers, depth 6, 100 rounds: tracer, which records nothing here, beside
xgboost's exact mode on one thread. Processor time, reading the table included; both take turns, the least of each
counts. Where xgboost is installed (Debian: python3-xgboost):
  python3 tests/bench/trees.py build/tracer [ROWS [ROUNDS [TURNS]]]
"""
import json
import os
import subprocess
import sys
import tempfile

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
import numpy
import xgboost

FEATURES, DEPTH = 20, 6
tracer, rows, rounds, turns = sys.argv[1], *(int(n) for n in sys.argv[2:5] + ["10000", "100", "3"][len(sys.argv) - 2:])


def processor_seconds(work):
    before = os.times()
    work()
    after = os.times()
    return sum(getattr(after, part) - getattr(before, part)
               for part in ("user", "system", "children_user", "children_system"))


def write_table(folder):
    random = numpy.random.default_rng(1)
    x = random.normal(size=(rows, FEATURES)).round(4)
    y = (x[:, 0] * x[:, 1] + x[:, 2] + random.normal(size=rows) > 0).astype(int)
    table = os.path.join(folder, "table.csv")
    header = ",".join([f"x{f}" for f in range(FEATURES)] + ["label"])
    numpy.savetxt(table, numpy.column_stack([x, y]), delimiter=",", header=header, comments="", fmt="%.4f")
    text = open(table).read().replace(",1.0000\n", ",1\n").replace(",0.0000\n", ",0\n")
    open(table, "w").write(text)
    model = os.path.join(folder, "trees.json")
    json.dump({"system": "trees", "data": {"csv": table, "label": "label"},
               "model": {"rounds": rounds, "depth": DEPTH, "learning_rate": 0.3}}, open(model, "w"))
    return table, model


def of_xgboost(table):
    numbers = numpy.loadtxt(table, delimiter=",", skiprows=1)
    settings = {"tree_method": "exact", "max_depth": DEPTH, "eta": 0.3, "lambda": 1, "nthread": 1,
                "objective": "binary:logistic"}
    xgboost.train(settings, xgboost.DMatrix(numbers[:, :-1], numbers[:, -1]), rounds)


with tempfile.TemporaryDirectory() as folder:
    table, model = write_table(folder)
    ours = theirs = float("inf")
    for _ in range(turns):
        theirs = min(theirs, processor_seconds(lambda: of_xgboost(table)))
        ours = min(ours, processor_seconds(lambda: subprocess.run(
            [tracer, "train", "--model", model], check=True, stdout=subprocess.DEVNULL)))
    print(f"{rows} rows x {FEATURES}, depth {DEPTH}, {rounds} rounds, one core each")
    print(f"  tracer                    {ours:6.2f} s")
    print(f"  xgboost {xgboost.__version__}, exact      {theirs:6.2f} s   tracer takes {ours / theirs:.2f} times as long")
