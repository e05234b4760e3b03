"""Wrong formulas as students make them, exercise by exercise, and first of each the right one.

Written from the exercises' sheets alone, with matrices.py and not with the recorder: what the
recorder can be told to do wrong was not looked at. Each is (exercise, name, kind, accepted, function):

  kind      right | single | pair
  accepted  words that a sentence must have to name it (regular expressions, all of them, any case;
            what a teacher would accept was written down before any sentence was seen)
  function  a sheet -> the answer, cell by cell in the order of the sheet
"""
import math
from matrices import *

LIST = []


def add(exercise, name, kind, accepted, function):
    LIST.append((exercise, name, kind, accepted, function))


def right(exercise, function):
    add(exercise, "right", "right", "", function)


def single(exercise, name, accepted, function):
    add(exercise, name, "single", accepted, function)


def pair(exercise, name, accepted, function):
    add(exercise, name, "pair", accepted, function)


# 01 tokens
def tokens(s, shift=1, start=0, target=None):
    ids = s.ids
    n = len(ids)
    next_ones = [target[t] if target else ids[(t + shift) % n] for t in range(n - 1)]
    return [i + start for i in ids] + [i + start for i in next_ones]


right("01", tokens)
single("01", "shifted by two", "targets.*(two|2|further on)", lambda s: tokens(s, 2))
single("01", "ids from 1", "(count|begin|start).*(1|one)|1 (was|is) added", lambda s: tokens(s, start=1))
single("01", "targets backwards", "targets.*(order|reverse|backwards)", lambda s: tokens(s, target=s.ids[:0:-1]))
pair("01", "ids from 1, targets not shifted", "(1|one).*targets|targets.*(1|one)", lambda s: tokens(s, 0, 1))


# 02 embedding
def embed(m):
    return [row[c] for c in (1, 4) for row in m.rows]


def tok(s, by=0):
    return s["token_embedding"].pick((i + by) % 5 for i in s.ids)


def pos(s, by=0):
    return s["position_embedding"].pick(t + by for t in range(len(s.ids)))


right("02", lambda s: embed(tok(s) + pos(s)))
single("02", "positions subtracted", "position.*subtract", lambda s: embed(tok(s) - pos(s)))
single("02", "positions multiplied", "position.*multipl|multipl.*position", lambda s: embed(tok(s) * pos(s)))
single("02", "token times sqrt(d)", "sqrt.*token|token.*sqrt", lambda s: embed(tok(s) * math.sqrt(6) + pos(s)))
single("02", "sum times sqrt(d)", "multipl.*sqrt", lambda s: embed((tok(s) + pos(s)) * math.sqrt(6)))
single("02", "token by sqrt(d)", "divided.*sqrt|sqrt.*token", lambda s: embed(tok(s) / math.sqrt(6) + pos(s)))
single("02", "only positions", "token.*(not|only|without|left out)", lambda s: embed(pos(s)))
single("02", "averaged", "half|halved|1/2|average|divided by 2", lambda s: embed((tok(s) + pos(s)) * 0.5))
single("02", "table from 1", "token.*(1|one|next|row)", lambda s: embed(tok(s, 1) + pos(s)))
single("02", "place 0 for all", "position.*(first|row 0|same)",
       lambda s: embed(tok(s) + s["position_embedding"].pick([0] * 4)))
single("02", "positions twice", "position.*twice|2", lambda s: embed(tok(s) + pos(s) * 2))
single("02", "token by place", "token.*(position|place)", lambda s: embed(s["token_embedding"].pick(range(4)) + pos(s)))
single("02", "places backwards", "position.*(order|reverse|last)",
       lambda s: embed(tok(s) + s["position_embedding"].pick([3, 2, 1, 0])))
pair("02", "places from 1, subtracted", "1.*subtract|subtract.*1", lambda s: embed(tok(s) - pos(s, 1)))
pair("02", "token times sqrt(d), position subtracted", "sqrt.*subtract|subtract.*sqrt",
     lambda s: embed(tok(s) * math.sqrt(6) - pos(s)))


# 03 and 12: layer norm
def parts(x):
    mean = x.row_sums() / x.shape[1]
    return mean, x - mean


def variance(x, divisor=None):
    centered = parts(x)[1]
    return (centered * centered).row_sums() / (divisor or x.shape[1])


def norm(x, g, b, eps=0.1, divisor=None):
    return parts(x)[1] / root(variance(x, divisor) + eps) * g + b


def ln(s):
    return (s["embedding"], s["block0.attention.norm.gamma"], s["block0.attention.norm.beta"])


def unit(x, eps=0.1):
    return parts(x)[1] / root(variance(x) + eps)


def at12(m):
    return rows_of(m, (1, 2))


def norm_case(name, accepted, function, kind="single"):
    add("03", name, kind, accepted, lambda s: at12(function(*ln(s))))


right("03", lambda s: at12(norm(*ln(s))))
norm_case("beta subtracted", "beta.*subtract", lambda x, g, b: norm(x, g, -b))
norm_case("gamma and beta swapped", "gamma.*beta", lambda x, g, b: norm(x, b, g))
norm_case("divided by gamma", "divided.*gamma|gamma.*divided", lambda x, g, b: unit(x) / g + b)
norm_case("gamma on beta too", "beta.*gamma|gamma.*beta", lambda x, g, b: (unit(x) + b) * g)
norm_case("gamma added", "gamma.*added", lambda x, g, b: unit(x) + g + b)
norm_case("beta multiplied", "multipl.*beta|beta.*multipl", lambda x, g, b: unit(x) * g * b)
norm_case("times the root", "multipl.*(std|root|deviation)|std.*multipl",
          lambda x, g, b: parts(x)[1] * root(variance(x) + 0.1) * g + b)
norm_case("mean added", "mean.*added", lambda x, g, b: (x + parts(x)[0]) / root(variance(x) + 0.1) * g + b)
norm_case("squares not averaged", "variance.*(not divided|sum)|squares.*not divided|not multiplied",
          lambda x, g, b: norm(x, g, b, divisor=1))
norm_case("variance of what is not centred", "squared|squares|variance",
          lambda x, g, b: parts(x)[1] / root((x * x).row_sums() / 6 + 0.1) * g + b)
norm_case("mean kept in the numerator", "centered|mean",
          lambda x, g, b: x / root(variance(x) + 0.1) * g + b)
norm_case("eps subtracted", "0\\.1|eps", lambda x, g, b: norm(x, g, b, eps=-0.1))
norm_case("eps 1e-5", "0\\.1|eps", lambda x, g, b: norm(x, g, b, eps=1e-5))
norm_case("mean by d - 1", "mean.*(d.*1|5)|- 1", lambda x, g, b: (x - x.row_sums() / 5) / root(
    ((x - x.row_sums() / 5) * (x - x.row_sums() / 5)).row_sums() / 6 + 0.1) * g + b)
norm_case("variance by T", "variance.*(T|4|tokens)|(T|4|tokens).*variance", lambda x, g, b: norm(x, g, b, divisor=4))
norm_case("1 + gamma", "1.*gamma|gamma.*1|normalized.*added", lambda x, g, b: norm(x, g + 1, b))
norm_case("variance squared", "variance.*squared|squared.*variance|std",
          lambda x, g, b: parts(x)[1] / root(variance(x) * variance(x) + 0.1) * g + b)
norm_case("divided by the root of the root", "root|sqrt",
          lambda x, g, b: parts(x)[1] / root(root(variance(x) + 0.1)) * g + b)
norm_case("sum for mean", "mean|sum", lambda x, g, b: (x - x.row_sums()) / root(
    ((x - x.row_sums()) * (x - x.row_sums())).row_sums() / 6 + 0.1) * g + b)
norm_case("sign of the centred", "sign|negat|minus|swap|−|-", lambda x, g, b: norm(x, -g, b))
norm_case("by sqrt(d)", "variance|sqrt", lambda x, g, b: norm(x, g, b, divisor=math.sqrt(6)))
norm_case("rms of the mean", "max", lambda x, g, b: (x - x.row_max()) / root(
    ((x - x.row_max()) * (x - x.row_max())).row_sums() / 6 + 0.1) * g + b)
norm_case("d - 1 and no beta", "beta", lambda x, g, b: norm(x, g, b * 0, divisor=5), "pair")
norm_case("no eps and no gamma", "gamma", lambda x, g, b: norm(x, g * 0 + 1, b, eps=0), "pair")
norm_case("beta subtracted and no eps", "beta.*subtract", lambda x, g, b: norm(x, g, -b, eps=0), "pair")
norm_case("no gamma and d - 1", "gamma", lambda x, g, b: norm(x, g * 0 + 1, b, divisor=5), "pair")
norm_case("no root and no beta", "beta", lambda x, g, b: parts(x)[1] / (variance(x) + 0.1) * g, "pair")


# 04 queries, keys, values
def qkv(s, x="block0.attention.norm", sign=1.0, w="QKV", bias="QKV", rows=(1, 1, 2)):
    x = s[x] if isinstance(x, str) else x
    head = "block0.attention.head0."
    made = [x @ s[head + "W_" + a] + s[head + "b_" + b] * sign for a, b in zip(w, bias)]
    return [cell for m, r in zip(made, rows) for cell in m.rows[r]]


right("04", qkv)
single("04", "bias subtracted", "b_.*subtract", lambda s: qkv(s, sign=-1.0))
single("04", "bias twice", "b_.*(twice|2)|twice", lambda s: qkv(s, sign=2.0))
single("04", "W_K for V", "W_K.*W_V", lambda s: qkv(s, w="QKK", bias="QKV"))
single("04", "W_V for K", "W_V.*W_K", lambda s: qkv(s, w="QVV"))
single("04", "biases of Q and K swapped", "b_Q|b_K", lambda s: qkv(s, bias="KQV"))
single("04", "row above", "row", lambda s: qkv(s, rows=(0, 0, 1)))
single("04", "bias of Q everywhere", "b_Q", lambda s: qkv(s, bias="QQQ"))
single("04", "V from the stream", "embedding", lambda s: qkv(s)[:8] + qkv(s, x="embedding")[8:])
pair("04", "K and V swapped", "W_", lambda s: qkv(s, w="QVK", bias="QVK"))
pair("04", "bias subtracted, from the stream", "subtract", lambda s: qkv(s, x="embedding", sign=-1.0))


# 05 scores
def scores(s, make, by=math.sqrt(3)):
    q, k = s["block0.attention.head0.Q"], s["block0.attention.head0.K"]
    made = make(q, k)
    return made.cells() + (by(made) if callable(by) else made / by).cells()


def qk(q, k):
    return q @ k.T


right("05", lambda s: scores(s, qk))
single("05", "Q Q^T", "Q.*K", lambda s: scores(s, lambda q, k: q @ q.T))
single("05", "K K^T", "K.*Q", lambda s: scores(s, lambda q, k: k @ k.T))
single("05", "by sqrt(T)", "sqrt\\(T\\)|number of tokens|tokens|2 ", lambda s: scores(s, qk, 2))
single("05", "times d_k", "multipl.*d_k|d_k", lambda s: scores(s, qk, 1 / 3))
single("05", "by d", "d_model|by d", lambda s: scores(s, qk, 6))
single("05", "by sqrt(V)", "sqrt\\(.*V|vocabulary", lambda s: scores(s, qk, math.sqrt(5)))
single("05", "negative", "minus|sign|negat|-1", lambda s: scores(s, lambda q, k: -(q @ k.T)))
single("05", "root subtracted", "subtract", lambda s: scores(s, qk, lambda m: m - math.sqrt(3)))
single("05", "by d_k squared", "9|square|d_k", lambda s: scores(s, qk, 9))
single("05", "scaled transposed only", "transpos", lambda s: scores(s, qk, lambda m: m.T / math.sqrt(3)))
single("05", "scaled before, scores too", "sqrt\\(d_k\\)|divided|1\\.73",
       lambda s: (lambda m: m.cells() + (m / math.sqrt(3)).cells())(
           s["block0.attention.head0.Q"] @ s["block0.attention.head0.K"].T / math.sqrt(3)))
single("05", "keys one row on", "K.*row|row.*K|columns one", lambda s: scores(s, lambda q, k: q @ k.rolled().T))
single("05", "scaled negative", "minus|sign|negat|-1", lambda s: scores(s, qk, -math.sqrt(3)))
single("05", "times T", "T|tokens|4", lambda s: scores(s, qk, 1 / 4))
pair("05", "Q Q^T not scaled", "Q", lambda s: scores(s, lambda q, k: q @ q.T, 1))
pair("05", "K Q^T by d_k", "d_k|3", lambda s: scores(s, lambda q, k: k @ q.T, 3))
pair("05", "K K^T by sqrt(d)", "K", lambda s: scores(s, lambda q, k: k @ k.T, math.sqrt(6)))


# 06 mask
def mask(s, function):
    return function(s["block0.attention.head0.scaled"]).cells()


right("06", lambda s: mask(s, causal))
single("06", "-1 for -inf", "-1", lambda s: mask(s, lambda m: causal(m, -1.0)))
single("06", "-100 for -inf", "-100|large|instead of|where", lambda s: mask(s, lambda m: causal(m, -100.0)))
single("06", "1 for -inf", "1", lambda s: mask(s, lambda m: causal(m, 1.0)))
single("06", "one too many seen", "one|1|next", lambda s: mask(s, lambda m: causal(m, ahead=1)))
single("06", "transposed first", "transpos", lambda s: mask(s, lambda m: causal(m.T)))
single("06", "the sign turned", "sign|minus|negat|-1", lambda s: mask(s, lambda m: causal(-m)))
single("06", "halved", "half|2", lambda s: mask(s, lambda m: causal(m / 2)))
single("06", "+inf", "inf", lambda s: mask(s, lambda m: causal(m, math.inf)))
pair("06", "transposed, 0", "transpos", lambda s: mask(s, lambda m: causal(m.T, 0.0)))


# 07 softmax
def soft(s, function):
    return function(s["block0.attention.head0.scaled"]).cells()


right("07", lambda s: soft(s, lambda m: softmax(causal(m))))
single("07", "minus x", "minus|sign|negat|-1|swap", lambda s: soft(s, lambda m: softmax(causal(-m, -math.inf))))
single("07", "base 10", "10", lambda s: soft(s, lambda m: softmax(causal(m), 10.0)))
single("07", "no exp", "exp", lambda s: soft(s, lambda m: causal(m, 0.0) / causal(m, 0.0).row_sums()))
single("07", "by the largest", "max|largest|not divided by their sum", lambda s: soft(s, lambda m: exp(causal(m)) / exp(causal(m)).row_max()))
single("07", "one too many seen", "one|1|next", lambda s: soft(s, lambda m: softmax(causal(m, ahead=1))))
single("07", "twice", "twice|again|once more|softmax", lambda s: soft(s, lambda m: softmax(softmax(causal(m)))))
single("07", "scaled again", "sqrt\\(d_k\\)", lambda s: soft(s, lambda m: softmax(causal(m / math.sqrt(3)))))
single("07", "scaled back", "sqrt\\(d_k\\)", lambda s: soft(s, lambda m: softmax(causal(m * math.sqrt(3)))))
single("07", "logarithm", "log", lambda s: soft(s, lambda m: softmax(causal(m)).f(
    lambda v: math.log(v) if v > 0 else -math.inf)))
single("07", "halved", "half|2", lambda s: soft(s, lambda m: softmax(causal(m / 2))))
single("07", "transposed before", "transpos", lambda s: soft(s, lambda m: softmax(causal(m.T))))
single("07", "doubled", "2|twice", lambda s: soft(s, lambda m: softmax(causal(m * 2))))
single("07", "transposed behind", "transpos", lambda s: soft(s, lambda m: softmax(causal(m)).T))
single("07", "squared", "square|itself", lambda s: soft(s, lambda m: softmax(causal(m)) * softmax(causal(m))))
pair("07", "base 2, no mask", "2|mask", lambda s: soft(s, lambda m: softmax(m, 2.0)))
pair("07", "minus x, no mask", "mask", lambda s: soft(s, lambda m: softmax(-m)))
pair("07", "base 10, no mask", "mask", lambda s: soft(s, lambda m: softmax(m, 10.0)))


# 08 weighted sum
def wsum(s, function):
    head = "block0.attention.head0."
    return function(s[head + "weights"], s[head + "K"], s[head + "V"]).cells()


right("08", lambda s: wsum(s, lambda a, k, v: a @ v))
single("08", "values one row on", "V.*row|row.*V|columns one", lambda s: wsum(s, lambda a, k, v: a @ v.rolled()))
single("08", "by sqrt(d_k)", "sqrt\\(d_k\\)", lambda s: wsum(s, lambda a, k, v: a @ v / math.sqrt(3)))
single("08", "by T", "T|tokens|4", lambda s: wsum(s, lambda a, k, v: a @ v / 4))
single("08", "value added", "V.*added|added.*V|V", lambda s: wsum(s, lambda a, k, v: a @ v + v))
single("08", "values only", "weights|V", lambda s: wsum(s, lambda a, k, v: v))
single("08", "key added", "K", lambda s: wsum(s, lambda a, k, v: a @ v + k))
single("08", "weights squared", "square|itself|weights", lambda s: wsum(s, lambda a, k, v: (a * a) @ v))
single("08", "weights twice", "twice|weights", lambda s: wsum(s, lambda a, k, v: a @ (a @ v)))
single("08", "without the diagonal", "diagonal|itself", lambda s: wsum(s, lambda a, k, v: M(
    [[0 if r == c else x for c, x in enumerate(row)] for r, row in enumerate(a.rows)]) @ v))
pair("08", "transposed, keys", "transpos|K", lambda s: wsum(s, lambda a, k, v: a.T @ k))
pair("08", "keys by T", "K", lambda s: wsum(s, lambda a, k, v: a @ k / 4))


# 09 projection
def project(s, function):
    a = "block0.attention."
    return rows_of(function(s[a + "head0.output"], s[a + "head1.output"], s[a + "W_O"], s[a + "b_O"]), (1, 3))


right("09", lambda s: project(s, lambda h, i, w, b: beside(h, i) @ w + b))
single("09", "bias subtracted", "b_O.*subtract", lambda s: project(s, lambda h, i, w, b: beside(h, i) @ w - b))
single("09", "bias twice", "b_O|twice|2", lambda s: project(s, lambda h, i, w, b: beside(h, i) @ w + b * 2))
single("09", "head0 twice", "head0", lambda s: project(s, lambda h, i, w, b: beside(h, h) @ w + b))
single("09", "head1 twice", "head1", lambda s: project(s, lambda h, i, w, b: beside(i, i) @ w + b))
single("09", "heads added", "added|sum|\\+", lambda s: project(s, lambda h, i, w, b: beside(h + i, h + i) @ w + b))
single("09", "head1 left out", "head1", lambda s: project(s, lambda h, i, w, b: beside(h, i * 0) @ w + b))
single("09", "head0 left out", "head0", lambda s: project(s, lambda h, i, w, b: beside(h * 0, i) @ w + b))
single("09", "bias multiplied", "multipl.*b_O|b_O.*multipl", lambda s: project(s, lambda h, i, w, b: beside(h, i) @ w * b))
single("09", "by the number of heads", "2|half|heads", lambda s: project(s, lambda h, i, w, b: beside(h, i) @ w / 2 + b))
single("09", "concat added", "concat", lambda s: project(s, lambda h, i, w, b: beside(h, i) @ w + b + beside(h, i)))
single("09", "no projection", "W_O", lambda s: project(s, lambda h, i, w, b: beside(h, i) + b))
pair("09", "swapped, no bias", "b_O", lambda s: project(s, lambda h, i, w, b: beside(i, h) @ w))
pair("09", "W_O transposed, bias subtracted", "transpos", lambda s: project(s, lambda h, i, w, b: beside(h, i) @ w.T - b))
pair("09", "W_O transposed, heads swapped", "transpos", lambda s: project(s, lambda h, i, w, b: beside(i, h) @ w.T + b))


# 10 residual
def residual(s, function):
    return rows_of(function(s["embedding"], s["block0.attention.norm"], s["block0.attention.output"]), (0, 2))


right("10", lambda s: residual(s, lambda x, n, o: x + o))
single("10", "subtracted", "subtract", lambda s: residual(s, lambda x, n, o: x - o))
single("10", "turned and subtracted", "subtract", lambda s: residual(s, lambda x, n, o: o - x))
single("10", "multiplied", "multipl", lambda s: residual(s, lambda x, n, o: x * o))
single("10", "averaged", "half|2|average", lambda s: residual(s, lambda x, n, o: (x + o) / 2))
single("10", "branch twice", "output.*(twice|2)|2.*output|twice", lambda s: residual(s, lambda x, n, o: x + o * 2))
single("10", "stream twice", "embedding.*(twice|2)|2.*embedding|twice", lambda s: residual(s, lambda x, n, o: x * 2 + o))
single("10", "norm for the branch", "norm", lambda s: residual(s, lambda x, n, o: x + n))
single("10", "by sqrt(2)", "sqrt\\(2\\)|1\\.41|H|heads", lambda s: residual(s, lambda x, n, o: (x + o) / math.sqrt(2)))
pair("10", "norm subtracted", "norm", lambda s: residual(s, lambda x, n, o: n - o))
pair("10", "norm, averaged", "norm", lambda s: residual(s, lambda x, n, o: (n + o) / 2))
