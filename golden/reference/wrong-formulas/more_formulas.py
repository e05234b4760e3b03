"""The second half of the wrong formulas, from the MLP to the classifier; see formulas.py."""
import math
from matrices import *
from formulas import LIST, add, right, single, pair, parts, variance, unit, norm

ROOT = math.sqrt(2 / math.pi)
B = "block0."


# 11 the MLP
def gelu(h, cubic=0.044715, factor=ROOT, power=3):
    u = (h + h.f(lambda v: v ** power) * cubic) * factor
    return h * (u.f(math.tanh) + 1) * 0.5


def mlp(s, hidden=None, act=gelu):
    x, w, b = s[B + "mlp.norm"], s[B + "mlp.W_1"], s[B + "mlp.b_1"]
    h = hidden(x, w, b) if hidden else x @ w + b
    return h.rows[1] + rows_of(act(h), (1, 2))


right("11", mlp)
single("11", "bias subtracted", "b_1.*subtract", lambda s: mlp(s, lambda x, w, b: x @ w - b))
single("11", "bias twice", "b_1|twice|2", lambda s: mlp(s, lambda x, w, b: x @ w + b * 2))
single("11", "h^2 for h^3", "square|cube|h.?2|hidden", lambda s: mlp(s, act=lambda h: gelu(h, power=2)))
single("11", "2/pi for its root", "0\\.63|2/pi|square|0\\.797", lambda s: mlp(s, act=lambda h: gelu(h, factor=2 / math.pi)))
single("11", "1 - tanh", "minus|subtract|1.*tanh|negat|-1", lambda s: mlp(s, act=lambda h: h - gelu(h)))
single("11", "cubic subtracted", "cubic.*subtract|subtract|-0\\.04|minus", lambda s: mlp(s, act=lambda h: gelu(h, cubic=-0.044715)))
single("11", "no tanh", "tanh", lambda s: mlp(s, act=lambda h: h * ((h + h * h * h * 0.044715) * ROOT + 1) * 0.5))
single("11", "1 left out", "1.*not added|not added", lambda s: mlp(s, act=lambda h: h * ((h + h * h * h * 0.044715) * ROOT).f(math.tanh) * 0.5))
single("11", "h left out", "hidden|gate", lambda s: mlp(s, act=lambda h: ((h + h * h * h * 0.044715) * ROOT).f(math.tanh) * 0.5 + 0.5))
single("11", "factor left out", "0\\.797", lambda s: mlp(s, act=lambda h: gelu(h, factor=1)))
single("11", "cubic ten times", "0\\.0447|0\\.447|10", lambda s: mlp(s, act=lambda h: gelu(h, cubic=0.44715)))
single("11", "cubic factor left out", "0\\.0447", lambda s: mlp(s, act=lambda h: gelu(h, cubic=1)))
single("11", "half inside only", "0\\.5|half|2", lambda s: mlp(s, act=lambda h: h * (((h + h * h * h * 0.044715) * ROOT).f(math.tanh) * 0.5 + 1)))
single("11", "sigmoid for tanh", "sigmoid", lambda s: mlp(s, act=lambda h: h * (((h + h * h * h * 0.044715) * ROOT).f(
    lambda v: 1 / (1 + math.exp(-v))) + 1) * 0.5))
single("11", "row above", "row", lambda s: mlp(s, lambda x, w, b: x.rolled(-1) @ w + b))
single("11", "times 2", "0\\.5|2", lambda s: mlp(s, act=lambda h: gelu(h) * 4))
pair("11", "h^2 and 2/pi", "square|0\\.79", lambda s: mlp(s, act=lambda h: gelu(h, power=2, factor=2 / math.pi)))
pair("11", "no bias, no half", "b_1", lambda s: mlp(s, lambda x, w, b: x @ w, lambda h: gelu(h) * 2))
pair("11", "bias subtracted, no cubic", "b_1", lambda s: mlp(s, lambda x, w, b: x @ w - b, lambda h: gelu(h, cubic=0)))
pair("11", "bias subtracted, ReLU", "b_1|relu", lambda s: mlp(s, lambda x, w, b: x @ w - b, lambda h: h.f(lambda v: max(v, 0))))


# 12 logits
def logits(s, function):
    return (function(s[B + "output"], s["final_norm.gamma"], s["final_norm.beta"]) @ s["head.W"]).rows[2]


right("12", lambda s: logits(s, norm))
single("12", "beta subtracted", "beta.*subtract", lambda s: logits(s, lambda x, g, b: norm(x, g, -b)))
single("12", "gamma and beta swapped", "gamma.*beta", lambda s: logits(s, lambda x, g, b: norm(x, b, g)))
single("12", "mean not subtracted", "mean", lambda s: logits(s, lambda x, g, b: x / root((x * x).row_sums() / 6 + 0.1) * g + b))
single("12", "by the variance", "root|sqrt|variance", lambda s: logits(s, lambda x, g, b: parts(x)[1] / (variance(x) + 0.1) * g + b))
single("12", "eps outside", "eps|0\\.1", lambda s: logits(s, lambda x, g, b: parts(x)[1] / (root(variance(x)) + 0.1) * g + b))
single("12", "by sqrt(d)", "sqrt\\(d", lambda s: [v / math.sqrt(6) for v in logits(s, norm)])
single("12", "row above", "row", lambda s: logits(s, lambda x, g, b: norm(x, g, b).rolled(-1)))
single("12", "times the root", "multipl", lambda s: logits(s, lambda x, g, b: parts(x)[1] * root(variance(x) + 0.1) * g + b))
single("12", "softmax of them", "softmax|exp|probabilit", lambda s: softmax(M([logits(s, norm)])).rows[0])
pair("12", "d - 1 and no beta", "beta", lambda s: logits(s, lambda x, g, b: norm(x, g, b * 0, divisor=5)))
pair("12", "no gamma, no beta", "gamma|beta|normalized was taken instead of final_norm", lambda s: logits(s, lambda x, g, b: unit(x)))
pair("12", "no eps, no gamma", "gamma", lambda s: logits(s, lambda x, g, b: norm(x, g * 0 + 1, b, eps=0)))


# 13 loss
def loss(s, per=None, total=None, shift=0):
    z, t = s["logits"], [int(v) + shift for v in s["targets"].rows[0]]
    if per:
        each = [per(z.rows[r], t[r]) for r in range(len(t))]
    else:
        each = [math.log(sum(math.exp(v) for v in z.rows[r])) - z.rows[r][t[r] % 5] for r in range(len(t))]
    return each + [total(each) if total else sum(each) / len(each)]


def p_of(row, t):
    return math.exp(row[t]) / sum(math.exp(v) for v in row)


right("13", loss)
single("13", "minus p", "log", lambda s: loss(s, lambda z, t: -p_of(z, t)))
single("13", "p itself", "log|probabilit", lambda s: loss(s, p_of))
single("13", "sign forgotten", "sign|minus|swap|-1|negat", lambda s: loss(s, lambda z, t: math.log(p_of(z, t))))
single("13", "1/p", "log|1/p|exp", lambda s: loss(s, lambda z, t: 1 / p_of(z, t)))
single("13", "minus the logit", "log|sum", lambda s: loss(s, lambda z, t: -z[t]))
single("13", "logit not taken away", "target|logit|not subtract", lambda s: loss(s, lambda z, t: math.log(sum(map(math.exp, z)))))
single("13", "softmax of minus x", "minus|negat|sign|-1", lambda s: loss(s, lambda z, t: -math.log(p_of([-v for v in z], t))))
single("13", "targets from 1", "target.*(1|one)|(1|one).*target", lambda s: loss(s, shift=-1))
single("13", "log(1 - p)", "1 - p|1.*p", lambda s: loss(s, lambda z, t: -math.log(1 - p_of(z, t))))
single("13", "logit added", "added", lambda s: loss(s, lambda z, t: math.log(sum(map(math.exp, z))) + z[t]))
single("13", "halved", "half|2", lambda s: loss(s, lambda z, t: -math.log(p_of(z, t)) / 2))
pair("13", "log2 and sum", "2|sum", lambda s: loss(s, lambda z, t: -math.log2(p_of(z, t)), sum))
pair("13", "log10 and sum", "10|sum", lambda s: loss(s, lambda z, t: -math.log10(p_of(z, t)), sum))
pair("13", "sign and sum", "sum|sign|swap", lambda s: loss(s, lambda z, t: math.log(p_of(z, t)), sum))


# 14 d-logits
def dlogits(s, function, by=3.0, last=None):
    p, t = s["probabilities"], [int(v) for v in s["targets"].rows[0]]
    made = function(p.pick(range(3)), one_hot(t, 5)) / by
    return made.cells() + (last or [0.0] * 5)


right("14", lambda s: dlogits(s, lambda p, y: p - y))
single("14", "by T", "T|tokens|4", lambda s: dlogits(s, lambda p, y: p - y, 4))
single("14", "by V", "V|vocabulary|5", lambda s: dlogits(s, lambda p, y: p - y, 5))
single("14", "times 3", "multipl|3", lambda s: dlogits(s, lambda p, y: p - y, 1 / 3))
single("14", "one-hot added", "added", lambda s: dlogits(s, lambda p, y: p + y))
single("14", "times one-hot", "multipl", lambda s: dlogits(s, lambda p, y: p * y))
single("14", "times p", "predicted|multipl|probabilit", lambda s: dlogits(s, lambda p, y: p * (p - y)))
single("14", "squared", "square|itself", lambda s: dlogits(s, lambda p, y: (p - y) * (p - y)))
single("14", "minus one-hot only", "predicted|probabilit", lambda s: dlogits(s, lambda p, y: y * -1))
single("14", "last row too", "last", lambda s: dlogits(s, lambda p, y: p - y, 3, [v / 3 for v in s["probabilities"].rows[3]]))
single("14", "by sqrt(3)", "sqrt|root", lambda s: dlogits(s, lambda p, y: p - y, math.sqrt(3)))
single("14", "targets of the next row", "target|row|one-hot|one_hot", lambda s: dlogits(s, lambda p, y: p - y.rolled()))
single("14", "targets from 1", "1|one|column", lambda s: dlogits(s, lambda p, y: p - y.cols_rolled()))
single("14", "1 in every cell", "1|one.hot", lambda s: dlogits(s, lambda p, y: p - 1))
single("14", "doubled", "2|twice", lambda s: dlogits(s, lambda p, y: (p - y) * 2))
pair("14", "sign, not averaged", "not|sign|swap", lambda s: dlogits(s, lambda p, y: y - p, 1))
pair("14", "added, not averaged", "added", lambda s: dlogits(s, lambda p, y: p + y, 1))
pair("14", "sign, by T", "T|4|tokens", lambda s: dlogits(s, lambda p, y: y - p, 4))


# 15 d-head
def dhead(s, dw=None, dx=None):
    o, n, dy, w = s[B + "output"], s["final_norm"], s["logits.grad"], s["head.W"]
    a = dw(o, n, dy, w) if dw else n.T @ dy
    return rows_of(a, (1, 4)) + (dx(o, n, dy, w) if dx else dy @ w.T).rows[1]


right("15", dhead)
single("15", "one token", "token|row|first", lambda s: dhead(s, lambda o, n, dy, w: n.pick([0]).T @ dy.pick([0])))
single("15", "last token only", "token|row|last", lambda s: dhead(s, lambda o, n, dy, w: n.pick([3]).T @ dy.pick([3])))
single("15", "last token left out", "token|row|last", lambda s: dhead(s, lambda o, n, dy, w: n.pick(range(3)).T @ dy.pick(range(3))))
single("15", "dW negative", "sign|minus|negat|-1", lambda s: dhead(s, lambda o, n, dy, w: -(n.T @ dy)))
single("15", "dx negative", "sign|minus|negat|-1", lambda s: dhead(s, None, lambda o, n, dy, w: -(dy @ w.T)))
single("15", "tokens one on", "row", lambda s: dhead(s, lambda o, n, dy, w: n.T @ dy.rolled()))
single("15", "dx by V", "V|vocabulary|5", lambda s: dhead(s, None, lambda o, n, dy, w: dy @ w.T / 5))
single("15", "dW with squares", "square|itself", lambda s: dhead(s, lambda o, n, dy, w: (n * n).T @ dy))
single("15", "dx row above", "row", lambda s: dhead(s, None, lambda o, n, dy, w: (dy @ w.T).rolled(-1)))
single("15", "dW by 3 targets", "3|targets", lambda s: dhead(s, lambda o, n, dy, w: n.T @ dy / 3))
pair("15", "dW negative and mean", "mean|averag|4|T", lambda s: dhead(s, lambda o, n, dy, w: -(n.T @ dy) / 4))
pair("15", "wrong input and mean", "input|output", lambda s: dhead(s, lambda o, n, dy, w: o.T @ dy / 4))
pair("15", "wrong input, dx negative", "input|output", lambda s: dhead(s, lambda o, n, dy, w: o.T @ dy, lambda o, n, dy, w: -(dy @ w.T)))


# 16 d-layer-norm
def dnorm(s, dx=None, dg=None, m=1.0, v=1.0, std=lambda d, q: d / q, dn=lambda dy, g: dy * g):
    n, q, g, dy = s["final_norm.normalized"], s["final_norm.std"], s["final_norm.gamma"], s["final_norm.grad"]
    if dx:
        made = dx(n, q, g, dy)
    else:
        a = dn(dy, g)
        made = std(a - a.row_sums() / 6 * m - n * ((a * n).row_sums() / 6) * v, q)
    return made.rows[1] + (dg(n, q, g, dy) if dg else (dy * n).col_sums()).rows[0]


right("16", dnorm)
single("16", "1/std dropped", "std", lambda s: dnorm(s, std=lambda d, q: d))
single("16", "std squared", "std", lambda s: dnorm(s, std=lambda d, q: d / (q * q)))
single("16", "times std", "multipl.*std|std", lambda s: dnorm(s, std=lambda d, q: d * q))
single("16", "root of std", "std|root", lambda s: dnorm(s, std=lambda d, q: d / root(q)))
single("16", "plus the mean", "added", lambda s: dnorm(s, m=-1.0))
single("16", "plus the variance term", "added", lambda s: dnorm(s, v=-1.0))
single("16", "dgamma = sum of dy", "normalized|n ", lambda s: dnorm(s, dg=lambda n, q, g, dy: dy.col_sums()))
single("16", "dgamma with gamma", "gamma|dn", lambda s: dnorm(s, dg=lambda n, q, g, dy: (dy * g * n).col_sums()))
single("16", "dgamma mean", "T|4|tokens|mean", lambda s: dnorm(s, dg=lambda n, q, g, dy: (dy * n).col_sums() / 4))
single("16", "dgamma of one row", "row|first|token", lambda s: dnorm(s, dg=lambda n, q, g, dy: (dy * n).pick([0])))
single("16", "divided by gamma", "divided|gamma", lambda s: dnorm(s, dn=lambda dy, g: dy / g))
single("16", "gamma twice", "gamma|twice|square", lambda s: dnorm(s, dn=lambda dy, g: dy * g * g))
single("16", "means by d - 1", "5|d.*1", lambda s: dnorm(s, m=6 / 5))
single("16", "n left out of the last term", "normalized|along", lambda s: dnorm(s, lambda n, q, g, dy: (
    lambda a: (a - a.row_sums() / 6 - (a * n).row_sums() / 6) / q)(dy * g)))
single("16", "mean of dn for mean of dn n", "normalized|product", lambda s: dnorm(s, lambda n, q, g, dy: (
    lambda a: (a - a.row_sums() / 6 - n * (a.row_sums() / 6)) / q)(dy * g)))
single("16", "dy for dn in the first mean", "grad|dn", lambda s: dnorm(s, lambda n, q, g, dy: (
    lambda a: (a - dy.row_sums() / 6 - n * ((a * n).row_sums() / 6)) / q)(dy * g)))
single("16", "dgamma negative", "sign|minus|negat|-1", lambda s: dnorm(s, dg=lambda n, q, g, dy: -(dy * n).col_sums()))
single("16", "dgamma by std", "std", lambda s: dnorm(s, dg=lambda n, q, g, dy: (dy * n / q).col_sums()))
single("16", "first mean a sum", "mean|sum", lambda s: dnorm(s, m=6.0))
pair("16", "no std, no gamma", "std", lambda s: dnorm(s, std=lambda d, q: d, dn=lambda dy, g: dy))
pair("16", "plus the mean, dgamma of dy", "added", lambda s: dnorm(s, m=-1.0, dg=lambda n, q, g, dy: dy.col_sums()))
pair("16", "no mean, dgamma of dy", "mean|dn", lambda s: dnorm(s, m=0.0, dg=lambda n, q, g, dy: dy.col_sums()))
pair("16", "no variance term, no std", "std", lambda s: dnorm(s, v=0.0, std=lambda d, q: d))


# 17 d-residual
def dresidual(s, stream, branch=lambda d, m: d):
    d, m = s[B + "mlp.residual.grad"], s[B + "attention.residual.grad.from.block0.mlp.norm"]
    return rows_of(stream(d, m), (1, 2)) + branch(d, m).rows[1]


right("17", lambda s: dresidual(s, lambda d, m: d + m))
single("17", "subtracted", "subtract", lambda s: dresidual(s, lambda d, m: d - m))
single("17", "multiplied", "multipl", lambda s: dresidual(s, lambda d, m: d * m))
single("17", "sum halved", "half|2", lambda s: dresidual(s, lambda d, m: (d + m) / 2))
single("17", "stream twice", "twice|2", lambda s: dresidual(s, lambda d, m: d * 2 + m))
single("17", "branch negative", "sign|minus|negat|-1", lambda s: dresidual(s, lambda d, m: d + m, lambda d, m: -d))
single("17", "branch gets the sum", "norm|residual|sum", lambda s: dresidual(s, lambda d, m: d + m, lambda d, m: d + m))
single("17", "branch gets the message", "norm", lambda s: dresidual(s, lambda d, m: d + m, lambda d, m: m))
single("17", "branch halved", "half|2", lambda s: dresidual(s, lambda d, m: d + m, lambda d, m: d / 2))
single("17", "message twice", "twice|2", lambda s: dresidual(s, lambda d, m: d + m * 2))
pair("17", "subtracted, branch halved", "subtract", lambda s: dresidual(s, lambda d, m: d - m, lambda d, m: d / 2))


# 18 d-GELU
def dgelu(s, slope=None, cubic=0.044715, factor=ROOT, inner=0.134145, tanh=lambda t: t * t, sign=1.0, half=0.5, dy=lambda d: d):
    x, d = s[B + "mlp.hidden"], s[B + "mlp.activated.grad"]
    t = ((x + x * x * x * cubic) * factor).f(math.tanh)
    g = (t + 1) * 0.5
    dg = (tanh(t) * -1 + 1) * half * factor * (x * x * inner + 1)
    made = slope(x, t, g, dg) if slope else g + x * dg * sign
    return rows_of(made * dy(d), (0, 1))


right("18", dgelu)
single("18", "1 - tanh", "tanh", lambda s: dgelu(s, tanh=lambda t: t))
single("18", "1 + tanh^2", "tanh|added|subtract|sign|negat|-1", lambda s: dgelu(s, tanh=lambda t: -(t * t)))
single("18", "no half in g'", "0\\.3989|0\\.79|half|2|pi", lambda s: dgelu(s, half=1.0))
single("18", "0.0447 for 0.134", "0\\.134", lambda s: dgelu(s, inner=0.044715))
single("18", "inner slope dropped", "inner|x\\^2|square|cubic|0\\.134", lambda s: dgelu(s, inner=0.0))
single("18", "minus for plus", "subtract", lambda s: dgelu(s, sign=-1.0))
single("18", "x left out", "hidden", lambda s: dgelu(s, lambda x, t, g, dg: g + dg))
single("18", "only x g'", "gate|first", lambda s: dgelu(s, lambda x, t, g, dg: x * dg))
single("18", "dy left out", "grad|not multiplied", lambda s: dgelu(s, dy=lambda d: d * 0 + 1))
single("18", "tanh^2 for its slope", "1|minus|not|tanh_square was taken instead of tanh_slope", lambda s: dgelu(s, lambda x, t, g, dg: g + x * (
    t * t * 0.5 * ROOT * (x * x * 0.134145 + 1))))
single("18", "dy added", "added", lambda s: rows_of(s[B + "mlp.activated.grad"] + M([dgelu_slope(v) for v in s[B + "mlp.hidden"].rows]), (0, 1)))
single("18", "x^3 in the inner slope", "cube|x\\^3|square", lambda s: dgelu(s, lambda x, t, g, dg: g + x * (
    (t * t * -1 + 1) * 0.5 * ROOT * (x * x * x * 0.134145 + 1))))
single("18", "g' alone", "gate|slope|hidden", lambda s: dgelu(s, lambda x, t, g, dg: g * dg))
pair("18", "1 - tanh, no half", "tanh", lambda s: dgelu(s, tanh=lambda t: t, half=1.0))
pair("18", "minus, inner dropped", "subtract", lambda s: dgelu(s, sign=-1.0, inner=0.0))
pair("18", "1 - tanh, minus", "tanh", lambda s: dgelu(s, tanh=lambda t: t, sign=-1.0))


def dgelu_slope(row):
    x = M([row])
    t = ((x + x * x * x * 0.044715) * ROOT).f(math.tanh)
    return ((t + 1) * 0.5 + x * ((t * t * -1 + 1) * 0.5 * ROOT * (x * x * 0.134145 + 1))).rows[0]


# 19 d-linear
def dlinear(s, dw=lambda x, dy: x.T @ dy, db=lambda dy: dy.col_sums(), dx=lambda dy, w: dy @ w.T, row=1):
    x, w, dy = s[B + "mlp.norm"], s[B + "mlp.W_1"], s[B + "mlp.hidden.grad"]
    return rows_of(dw(x, dy), (0, 3)) + db(dy).rows[0] + dx(dy, w).rows[row]


right("19", dlinear)
single("19", "dW of one token", "token|row|first", lambda s: dlinear(s, lambda x, dy: x.pick([0]).T @ dy.pick([0])))
single("19", "dW of the last token", "token|row|last", lambda s: dlinear(s, lambda x, dy: x.pick([3]).T @ dy.pick([3])))
single("19", "dW negative", "sign|minus|negat|-1", lambda s: dlinear(s, lambda x, dy: -(x.T @ dy)))
single("19", "db mean", "T|4|tokens|mean", lambda s: dlinear(s, db=lambda dy: dy.col_sums() / 4))
single("19", "db of the last token", "token|row|last", lambda s: dlinear(s, db=lambda dy: dy.pick([3])))
single("19", "db with squares", "square|itself", lambda s: dlinear(s, db=lambda dy: (dy * dy).col_sums()))
single("19", "db the largest", "max|largest", lambda s: dlinear(s, db=lambda dy: dy.T.row_max().T))
single("19", "tokens one on", "row", lambda s: dlinear(s, lambda x, dy: x.T @ dy.rolled()))
single("19", "dx row above", "row", lambda s: dlinear(s, row=0))
single("19", "dx halved", "half|2", lambda s: dlinear(s, dx=lambda dy, w: dy @ w.T / 2))
single("19", "dx negative", "sign|minus|negat|-1", lambda s: dlinear(s, dx=lambda dy, w: -(dy @ w.T)))
pair("19", "dW and db mean", "mean|T|4", lambda s: dlinear(s, lambda x, dy: x.T @ dy / 4, lambda dy: dy.col_sums() / 4))
pair("19", "dW negative, db first", "first|row|token", lambda s: dlinear(s, lambda x, dy: -(x.T @ dy), lambda dy: dy.pick([0])))
pair("19", "dW mean, dx negative", "mean|T|4", lambda s: dlinear(s, lambda x, dy: x.T @ dy / 4, dx=lambda dy, w: -(dy @ w.T)))


# 20 d-weighted-sum
def dwsum(s, da=lambda a, k, v, d: d @ v.T, dv=lambda a, k, v, d: a.T @ d):
    h = B + "attention.head0."
    four = s[h + "weights"], s[h + "K"], s[h + "V"], s[h + "output.grad"]
    return da(*four).cells() + dv(*four).cells()


right("20", dwsum)
single("20", "hidden cells 0", "mask|hidden", lambda s: dwsum(s, lambda a, k, v, d: causal(d @ v.T, 0.0)))
single("20", "times A", "weights|multipl", lambda s: dwsum(s, lambda a, k, v, d: a * (d @ v.T)))
single("20", "dV negative", "sign|minus|negat|-1", lambda s: dwsum(s, dv=lambda a, k, v, d: -(a.T @ d)))
single("20", "dA for A", "weights\\.grad|weights", lambda s: dwsum(s, dv=lambda a, k, v, d: (d @ v.T).T @ d))
single("20", "dA by sqrt(d_k)", "sqrt\\(d_k\\)", lambda s: dwsum(s, lambda a, k, v, d: d @ v.T / math.sqrt(3)))
single("20", "dA transposed", "transpos|swap", lambda s: dwsum(s, lambda a, k, v, d: v @ d.T))
single("20", "dV mean", "T|4|tokens|mean", lambda s: dwsum(s, dv=lambda a, k, v, d: a.T @ d / 4))
single("20", "V for dO", "V|output", lambda s: dwsum(s, lambda a, k, v, d: v @ v.T))
single("20", "V in dV", "V", lambda s: dwsum(s, dv=lambda a, k, v, d: a.T @ v))
single("20", "dV is dO", "weights|output|A", lambda s: dwsum(s, dv=lambda a, k, v, d: d))
pair("20", "keys, A not transposed", "K", lambda s: dwsum(s, lambda a, k, v, d: d @ k.T, lambda a, k, v, d: a @ d))
pair("20", "hidden 0, A not transposed", "transpos", lambda s: dwsum(s, lambda a, k, v, d: causal(d @ v.T, 0.0), lambda a, k, v, d: a @ d))


# 21 d-softmax
def dsoft(s, function):
    h = B + "attention.head0."
    return function(s[h + "weights"], s[h + "weights.grad"]).cells()


right("21", lambda s: dsoft(s, lambda p, d: p * (d - (d * p).row_sums())))
single("21", "plus for minus", "added", lambda s: dsoft(s, lambda p, d: p * (d + (d * p).row_sums())))
single("21", "P outside forgotten", "weights", lambda s: dsoft(s, lambda p, d: d - (d * p).row_sums()))
single("21", "P forgotten in the sum", "weights|product", lambda s: dsoft(s, lambda p, d: p * (d - d.row_sums())))
single("21", "sum of P", "weights|product|grad", lambda s: dsoft(s, lambda p, d: p * (d - p.row_sums())))
single("21", "mean for sum", "T|4|mean|divided", lambda s: dsoft(s, lambda p, d: p * (d - (d * p).row_sums() / 4)))
single("21", "sum not times P", "centered|order|product|weights", lambda s: dsoft(s, lambda p, d: p * d - (d * p).row_sums()))
single("21", "largest for sum", "max|largest", lambda s: dsoft(s, lambda p, d: p * (d - (d * p).row_max())))
single("21", "sign", "sign|minus|swap|negat|-1", lambda s: dsoft(s, lambda p, d: p * ((d * p).row_sums() - d)))
single("21", "by sqrt(d_k)", "sqrt\\(d_k\\)", lambda s: dsoft(s, lambda p, d: p * (d - (d * p).row_sums()) / math.sqrt(3)))
single("21", "only the sum", "weights\\.grad|grad", lambda s: dsoft(s, lambda p, d: p * (d * p).row_sums() * -1))
single("21", "P squared", "square|itself|weights", lambda s: dsoft(s, lambda p, d: p * p * (d - (d * p).row_sums())))
single("21", "dP for P outside", "grad", lambda s: dsoft(s, lambda p, d: d * (d - (d * p).row_sums())))
single("21", "doubled", "2|twice", lambda s: dsoft(s, lambda p, d: p * (d - (d * p).row_sums()) * 2))
pair("21", "mean, sign", "T|4|mean", lambda s: dsoft(s, lambda p, d: p * ((d * p).row_sums() / 4 - d)))
pair("21", "P outside forgotten, plus", "added", lambda s: dsoft(s, lambda p, d: d + (d * p).row_sums()))
pair("21", "P forgotten in the sum, plus", "added", lambda s: dsoft(s, lambda p, d: p * (d + d.row_sums())))


# 22 d-scores
def dscores(s, dq=lambda d, q, k: d @ k, dk=lambda d, q, k: d.T @ q, by=math.sqrt(3), by_k=None):
    h = B + "attention.head0."
    d, q, k = s[h + "scaled.grad"], s[h + "Q"], s[h + "K"]
    return dq(d / by, q, k).cells() + dk(d / (by_k or by), q, k).cells()


right("22", dscores)
single("22", "Q for K", "Q", lambda s: dscores(s, lambda d, q, k: d @ q))
single("22", "K for Q", "K", lambda s: dscores(s, dk=lambda d, q, k: d.T @ k))
single("22", "by d_k", "d_k|3|twice", lambda s: dscores(s, by=3))
single("22", "by sqrt(d)", "sqrt\\(d_model\\)|sqrt\\(d\\)", lambda s: dscores(s, by=math.sqrt(6)))
single("22", "by T", "T|4|tokens", lambda s: dscores(s, by=4))
single("22", "by sqrt(T)", "T|2|tokens", lambda s: dscores(s, by=2))
single("22", "times the root", "multipl", lambda s: dscores(s, by=1 / math.sqrt(3)))
single("22", "only dQ scaled", "scaled|sqrt|K\\.grad|scores", lambda s: dscores(s, by_k=1))
single("22", "dQ negative", "sign|minus|negat|-1", lambda s: dscores(s, lambda d, q, k: -(d @ k)))
single("22", "masked", "mask|hidden", lambda s: dscores(s, lambda d, q, k: causal(d, 0.0) @ k, lambda d, q, k: causal(d, 0.0).T @ q))
single("22", "dS transposed in both", "transpos", lambda s: dscores(s, lambda d, q, k: d.T @ k, lambda d, q, k: d @ q))
pair("22", "not scaled, dK not transposed", "transpos", lambda s: dscores(s, dk=lambda d, q, k: d @ q, by=1))
pair("22", "Q for K, not scaled", "Q", lambda s: dscores(s, lambda d, q, k: d @ q, by=1))
pair("22", "Q and K exchanged", "Q|K", lambda s: dscores(s, lambda d, q, k: d @ q, lambda d, q, k: d.T @ k))


# 23 joining
def join(s, function):
    h = B + "attention.head0."
    return rows_of(function(*[s[h + n + ".grad"] @ s[h + "W_" + n].T for n in "QKV"]), (0, 2))


def messages(s, function):
    h = B + "attention.head0."
    return rows_of(function(*[s[h + n + ".grad"] for n in "QKV"], *[s[h + "W_" + n] for n in "QKV"]), (0, 2))


right("23", lambda s: join(s, lambda q, k, v: q + k + v))
single("23", "V subtracted", "subtract", lambda s: join(s, lambda q, k, v: q + k - v))
single("23", "K subtracted", "subtract", lambda s: join(s, lambda q, k, v: q - k + v))
single("23", "averaged", "3|third|mean|averag", lambda s: join(s, lambda q, k, v: (q + k + v) / 3))
single("23", "V left out", "V", lambda s: join(s, lambda q, k, v: q + k))
single("23", "K left out", "K", lambda s: join(s, lambda q, k, v: q + v))
single("23", "Q left out", "Q", lambda s: join(s, lambda q, k, v: k + v))
single("23", "W_K for W_Q", "W_K", lambda s: messages(s, lambda q, k, v, a, b, c: q @ b.T + k @ b.T + v @ c.T))
single("23", "W_V not transposed", "transpos", lambda s: messages(s, lambda q, k, v, a, b, c: q @ a.T + k @ b.T + v @ c))
single("23", "V twice", "V|twice|2", lambda s: join(s, lambda q, k, v: q + k + v * 2))
single("23", "multiplied", "multipl", lambda s: join(s, lambda q, k, v: (q + k) * v))
single("23", "none transposed", "transpos", lambda s: messages(s, lambda q, k, v, a, b, c: q @ a + k @ b + v @ c))
pair("23", "W_Q and W_K exchanged", "W_", lambda s: messages(s, lambda q, k, v, a, b, c: q @ b.T + k @ a.T + v @ c.T))
pair("23", "V left out, K subtracted", "subtract|V", lambda s: join(s, lambda q, k, v: q - k))


# 24 d-embedding
def dembed(s, join=lambda h, e: h + e, rows=None, ids=None):
    h, d = s["token_embedding.grad.from.logits"], s["embedding.grad"]
    ids = ids or [int(v) for v in s["tokens"].rows[0]]
    return join(h, one_hot(ids, 5).T @ (rows(d) if rows else d)).cells()


right("24", dembed)
single("24", "head subtracted", "subtract", lambda s: dembed(s, lambda h, e: e - h))
single("24", "rows subtracted", "subtract", lambda s: dembed(s, lambda h, e: h - e))
single("24", "only the head", "embedding|only|scatter", lambda s: dembed(s, lambda h, e: h))
single("24", "head twice", "2|twice", lambda s: dembed(s, lambda h, e: h * 2 + e))
single("24", "averaged", "half|2", lambda s: dembed(s, lambda h, e: (h + e) / 2))
single("24", "table from 1", "1|row", lambda s: dembed(s, ids=[(int(v) + 1) % 5 for v in s["tokens"].rows[0]]))
single("24", "rows one on", "row", lambda s: dembed(s, rows=lambda d: d.rolled()))
single("24", "times sqrt(d)", "sqrt|2|multipl|twice", lambda s: dembed(s, lambda h, e: h + e * 2))
single("24", "multiplied", "multipl", lambda s: dembed(s, lambda h, e: h * e))
pair("24", "head subtracted, by position", "position|subtract", lambda s: dembed(s, lambda h, e: e - h, ids=[0, 1, 2, 3]))


# 25 clipping
NAMES25 = ["token_embedding", "block0.attention.head0.W_Q", "block0.attention.head0.W_K", "block0.attention.head0.W_V",
           "block0.attention.W_O", "block0.mlp.W_1", "block0.mlp.W_2", "head.W"]


def clip(s, measure=lambda g: math.sqrt(sum(v * v for v in g)), factor=lambda n: 1 / n, names=NAMES25):
    n = measure([v for name in names for v in s[name + ".grad"].cells()])
    return [n] + [v * factor(n) for name in ("token_embedding", "head.W", "block0.mlp.W_1") for v in s[name + ".grad"].cells()]


right("25", clip)
single("25", "no root", "root|sqrt", lambda s: clip(s, lambda g: sum(v * v for v in g)))
single("25", "the largest", "max|largest", lambda s: clip(s, lambda g: max(map(abs, g))))
single("25", "root of the mean", "mean|12|divided", lambda s: clip(s, lambda g: math.sqrt(sum(v * v for v in g) / 12)))
single("25", "norm squared in the factor", "square|itself|twice|norm", lambda s: clip(s, factor=lambda n: 1 / (n * n)))
single("25", "times the norm", "multipl", lambda s: clip(s, factor=lambda n: n))
single("25", "root of the norm", "root|sqrt", lambda s: clip(s, factor=lambda n: 1 / math.sqrt(n)))
single("25", "head left out", "head", lambda s: clip(s, names=NAMES25[:-1]))
single("25", "table left out", "token_embedding", lambda s: clip(s, names=NAMES25[1:]))
single("25", "negative", "sign|minus|negat|-1", lambda s: clip(s, factor=lambda n: -1 / n))
single("25", "the norm subtracted", "subtract", lambda s: (lambda n: [n] + [v - n for name in (
    "token_embedding", "head.W", "block0.mlp.W_1") for v in s[name + ".grad"].cells()])(clip(s)[0]))
pair("25", "no root, negative", "root|sqrt", lambda s: clip(s, lambda g: sum(v * v for v in g), lambda n: -1 / n))


# 26, 27 AdamW
def adam(s, b1=0.5, b2=0.75, lr=0.1, wd=0.5, eps=0.1, t=1, first=None, second=None, mh=None, vh=None, step=None):
    name = "final_norm.gamma"
    p, g = s[name], s[name + ".grad"]
    m0 = s[name + ".m_before"] if t == 2 else g * 0
    v0 = s[name + ".v_before"] if t == 2 else g * 0
    m = first(m0, g) if first else m0 * b1 + g * (1 - b1)
    v = second(v0, g) if second else v0 * b2 + g * g * (1 - b2)
    m_hat = mh(m) if mh else m / (1 - b1 ** t)
    v_hat = vh(v) if vh else v / (1 - b2 ** t)
    last = step(p, g, m, v, m_hat, v_hat) if step else p * (1 - lr * wd) - m_hat / (root(v_hat) + eps) * lr
    return m.cells() + v.cells() + m_hat.cells() + v_hat.cells() + last.cells()


for number, t in (("26", 1), ("27", 2)):
    def adam_case(name, accepted, kind="single", t=t, number=number, **how):
        add(number, name, kind, accepted, lambda s: adam(s, t=t, **how))

    right(number, lambda s, t=t: adam(s, t=t))
    adam_case("betas swapped", "beta|0\\.5.*0\\.75|0\\.75.*0\\.5", b1=0.75, b2=0.5)
    adam_case("root of v_hat forgotten", "root|sqrt", step=lambda p, g, m, v, a, b: p * 0.95 - a / (b + 0.1) * 0.1)
    adam_case("no eps", "eps|0\\.1", eps=0.0)
    adam_case("no learning rate", "learning rate|lr|0\\.1", step=lambda p, g, m, v, a, b: p * 0.95 - a / (root(b) + 0.1))
    adam_case("m forgot 1 - b1", "0\\.5|1 - b", first=lambda m0, g: m0 * 0.5 + g)
    adam_case("v forgot 1 - b2", "0\\.25|1 - b", second=lambda v0, g: v0 * 0.75 + g * g)
    adam_case("g not squared", "square|itself|grad", second=lambda v0, g: v0 * 0.75 + g * 0.25)
    adam_case("m for m_hat", "m_hat", step=lambda p, g, m, v, a, b: p * 0.95 - m / (root(b) + 0.1) * 0.1)
    adam_case("v for v_hat", "v_hat|denominator", step=lambda p, g, m, v, a, b: p * 0.95 - a / (root(v) + 0.1) * 0.1)
    adam_case("multiplied by the root", "multipl", step=lambda p, g, m, v, a, b: p * 0.95 - a * (root(b) + 0.1) * 0.1)
    adam_case("only m_hat", "denominator|divided|v_hat", step=lambda p, g, m, v, a, b: p * 0.95 - a * 0.1)
    adam_case("g for m_hat", "grad|m_hat", step=lambda p, g, m, v, a, b: p * 0.95 - g / (root(b) + 0.1) * 0.1)
    adam_case("decay added", "1\\.05|added|decay|0\\.95", step=lambda p, g, m, v, a, b: p * 1.05 - a / (root(b) + 0.1) * 0.1)
    adam_case("decay behind", "decay|0\\.95", step=lambda p, g, m, v, a, b: (p - a / (root(b) + 0.1) * 0.1) * 0.95)
    adam_case("eps subtracted", "eps|0\\.1", eps=-0.1)
    adam_case("v_hat by b1", "v_hat|0\\.", vh=lambda v, t=t: v / (1 - 0.5 ** t))
    adam_case("m_hat multiplied", "m_hat|multipl", mh=lambda m, t=t: m * (1 - 0.5 ** t))
    adam_case("betas swapped, no decay", "decay|beta|0\\.", "pair", b1=0.75, b2=0.5, wd=0.0)
    adam_case("root forgotten, no decay", "root|sqrt", "pair", step=lambda p, g, m, v, a, b: p - a / (b + 0.1) * 0.1)
    adam_case("no eps, up the gradient", "eps|0\\.1", "pair", step=lambda p, g, m, v, a, b: p * 0.95 + a / root(b) * 0.1)
single("27", "moments not decayed", "0\\.5|decay|m_before", lambda s: adam(s, t=2, first=lambda m0, g: m0 + g * 0.5, second=lambda v0, g: v0 + g * g * 0.25))
single("27", "shares of m exchanged", "0\\.75|0\\.25|0\\.5|v", lambda s: adam(s, t=2, second=lambda v0, g: v0 * 0.25 + g * g * 0.75))
single("27", "only v reset", "v_before|v", lambda s: adam(s, t=2, second=lambda v0, g: g * g * 0.25))
single("27", "t = 3", "t|0\\.", lambda s: adam(s, t=2, mh=lambda m: m / (1 - 0.125), vh=lambda v: v / (1 - 0.75 ** 3)))
single("27", "v_before squared", "square|itself|v_before", lambda s: adam(s, t=2, second=lambda v0, g: v0 * v0 * 0.75 + g * g * 0.25))


# 28 sampling
def sample(s, cool=lambda z: z / 2, e=exp, keep=3, behind=lambda p: p, largest=True):
    z = cool(s["sampling.logits"])
    order = sorted(z.rows[0], reverse=largest)
    powers = e(M([[v if v in order[:keep] else -math.inf for v in z.rows[0]]]))
    return z.cells() + behind(powers / powers.row_sums()).cells()


right("28", sample)
single("28", "two kept", "2|two", lambda s: sample(s, keep=2))
single("28", "four kept", "4|four", lambda s: sample(s, keep=4))
single("28", "all kept", "top|all|kept|mask|not", lambda s: sample(s, keep=5))
single("28", "temperature squared", "2|twice", lambda s: sample(s, lambda z: z / 4))
single("28", "base 2", "2|base", lambda s: sample(s, e=lambda m: exp(m, 2.0)))
single("28", "base 10", "10", lambda s: sample(s, e=lambda m: exp(m, 10.0)))
single("28", "2 subtracted", "subtract", lambda s: sample(s, lambda z: z - 2))
single("28", "minus x", "sign|minus|negat|-1|swap", lambda s: sample(s, lambda z: z / -2))
single("28", "sqrt(2)", "sqrt|root|1\\.41", lambda s: sample(s, lambda z: z / math.sqrt(2)))
single("28", "not normalised", "sum|divided", lambda s: (lambda a: a[:5] + [math.exp(z) if p else 0.0 for z, p in zip(a[:5], a[5:])])(sample(s)))
pair("28", "no temperature, all kept", "temperature|divided", lambda s: sample(s, lambda z: z, keep=5))


# 29 gradient check
def check(s, numerical=lambda p, m: (p - m) / 0.2, difference=lambda n, g: n - g):
    n = numerical(s["check.plus"], s["check.minus"])
    return n.cells() + difference(n, s["final_norm.beta.grad"]).cells()


right("29", check)
single("29", "added", "added", lambda s: check(s, lambda p, m: (p + m) / 0.2))
single("29", "times 2h", "multipl", lambda s: check(s, lambda p, m: (p - m) * 0.2))
single("29", "difference turned", "swap|turned|sign|order|minus", lambda s: check(s, difference=lambda n, g: g - n))
single("29", "sum for difference", "added", lambda s: check(s, difference=lambda n, g: n + g))
single("29", "by 4h", "0\\.2|2|twice|half", lambda s: check(s, lambda p, m: (p - m) / 0.4))
single("29", "by 2", "0\\.2|2", lambda s: check(s, lambda p, m: (p - m) / 2))
single("29", "by h^2", "0\\.2|0\\.01|0\\.04", lambda s: check(s, lambda p, m: (p - m) / 0.04))
single("29", "ratio", "divided", lambda s: check(s, difference=lambda n, g: n / g))
pair("29", "one h, difference turned", "h|2|0\\.", lambda s: check(s, lambda p, m: (p - m) / 0.1, lambda n, g: g - n))


# 32 two layers
def xor(s, act=math.tanh, slope=lambda a: a * a * -1 + 1, bias=1.0, by=4.0, base=math.e, back=lambda d, w: d @ w.T):
    x, t = s["x"], [int(v) for v in s["targets"].rows[0]]
    a = (x @ s["W_1"] + s["b_1"]).f(act)
    z = a @ s["W_2"] + s["b_2"] * bias
    p = softmax(z, base)
    d = (p - one_hot(t, 2)) / by
    dw = x.T @ (back(d, s["W_2"]) * slope(a))
    return a.cells() + [-math.log(p.rows[r][t[r]]) for r in range(4)] + d.cells() + dw.cells()


right("32", xor)
single("32", "1 - tanh", "activated|square", lambda s: xor(s, slope=lambda a: a * -1 + 1))
single("32", "no slope", "slope", lambda s: xor(s, slope=lambda a: a * 0 + 1))
single("32", "tanh^2 for its slope", "slope|1|minus", lambda s: xor(s, slope=lambda a: a * a))
single("32", "b_2 dropped", "b_2", lambda s: xor(s, bias=0.0))
single("32", "b_2 subtracted", "b_2.*subtract", lambda s: xor(s, bias=-1.0))
single("32", "ReLU", "relu", lambda s: xor(s, act=lambda v: max(v, 0.0)))
single("32", "1 + tanh^2", "sign|added|subtract|minus|-1|negat", lambda s: xor(s, slope=lambda a: a * a + 1))
single("32", "by 2", "2|C", lambda s: xor(s, by=2.0))
pair("32", "b_2 dropped, 1 - tanh", "b_2", lambda s: xor(s, bias=0.0, slope=lambda a: a * -1 + 1))
pair("32", "b_2 subtracted, no slope", "b_2", lambda s: xor(s, bias=-1.0, slope=lambda a: a * 0 + 1))
