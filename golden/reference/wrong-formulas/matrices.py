"""Matrices as lists of rows, in plain Python: what the wrong formulas are computed with.
One row or one column or one number meets every row, column or cell of the other."""
import math


class M:
    def __init__(self, rows):
        self.rows = [list(map(float, row)) for row in rows]

    @property
    def shape(self):
        return len(self.rows), len(self.rows[0])

    @property
    def T(self):
        return M(zip(*self.rows))

    def _met(self, other, function):
        if not isinstance(other, M):
            other = M([[other]])
        (r, c), (r2, c2) = self.shape, other.shape
        rows, cols = max(r, r2), max(c, c2)
        assert {r, r2} <= {1, rows} and {c, c2} <= {1, cols}, (self.shape, other.shape)
        return M([[function(self.rows[i % r][j % c], other.rows[i % r2][j % c2]) for j in range(cols)]
                  for i in range(rows)])

    def __add__(self, other):
        return self._met(other, lambda a, b: a + b)

    def __sub__(self, other):
        return self._met(other, lambda a, b: a - b)

    def __mul__(self, other):
        return self._met(other, lambda a, b: a * b)

    def __truediv__(self, other):
        return self._met(other, lambda a, b: a / b if b else math.copysign(math.inf, a) if a else math.nan)

    def __neg__(self):
        return self * -1

    def __matmul__(self, other):
        assert self.shape[1] == other.shape[0], (self.shape, other.shape)
        return M([[sum(a * b for a, b in zip(row, col)) for col in zip(*other.rows)] for row in self.rows])

    def f(self, function):
        return M([[function(cell) for cell in row] for row in self.rows])

    def row_sums(self):
        return M([[sum(row)] for row in self.rows])

    def col_sums(self):
        return self.T.row_sums().T

    def row_max(self):
        return M([[max(row)] for row in self.rows])

    def pick(self, rows):
        return M([self.rows[int(r)] for r in rows])

    def rolled(self, by=1):
        """Row r is the row `by` further down, the first behind the last."""
        n = len(self.rows)
        return M([self.rows[(r + by) % n] for r in range(n)])

    def cols_rolled(self, by=1):
        return self.T.rolled(by).T

    def cells(self):
        return [cell for row in self.rows for cell in row]


def beside(a, b):
    return M([x + y for x, y in zip(a.rows, b.rows)])


def rows_of(m, rows):
    return [cell for r in rows for cell in m.rows[r]]


def one_hot(ids, width):
    return M([[1.0 if c == i else 0.0 for c in range(width)] for i in ids])


def causal(m, hidden=-math.inf, ahead=0):
    """Cells more than `ahead` columns right of the diagonal are hidden."""
    return M([[v if c <= r + ahead else hidden for c, v in enumerate(row)] for r, row in enumerate(m.rows)])


def exp(m, base=math.e):
    return m.f(lambda v: 0.0 if v == -math.inf else base ** v)


def softmax(m, base=math.e):
    e = exp(m, base)
    return e / e.row_sums()


def root(m):
    return m.f(lambda v: math.sqrt(v) if v >= 0 else math.nan)
