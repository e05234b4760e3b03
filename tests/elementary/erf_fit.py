"""The coefficients of tiny_model/elementary/error_function.h, through the function at Chebyshev's places, with 60
digits; printed lowest power first. Needs python3-mpmath; only to make them again."""
from mpmath import mp, mpf, binomial, cos, erf, erfc, exp, lu_solve, matrix, pi, sqrt

mp.dps = 60


def polynomial(function, low, high, degree, around):
    """Coefficients of powers of (x - around)."""
    middle, half, n = (low + high) / 2, (high - low) / 2, degree + 1
    places = [cos(pi * (2 * k + 1) / (2 * n)) for k in range(n)]
    powers = matrix([[place ** j for j in range(n)] for place in places])
    found = lu_solve(powers, matrix([function(middle + half * place) for place in places]))
    shifted = [mpf(0)] * n
    for j in range(n):
        for i in range(j + 1):
            shifted[i] += found[j] / half ** j * binomial(j, i) * (around - middle) ** (j - i)
    return shifted


def near(z):
    return erf(sqrt(z)) / sqrt(z) - 1 if z else 2 / sqrt(pi) - 1


def far(w):
    x = 1 / w - 3
    return (x + 3) * exp(x * x) * erfc(x)


for name, coefficients in (("near, the first without 1", polynomial(near, mpf(0), mpf(1), 12, mpf(0))),
                           ("far", polynomial(far, mpf(1) / 9, mpf(1) / 4, 15, mpf(3) / 16))):
    print(name, *(float(c).hex() for c in coefficients), sep="\n  ")
