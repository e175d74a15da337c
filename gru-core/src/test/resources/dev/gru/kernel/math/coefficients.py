"""Makes the coefficients of dev.gru.kernel.math.FloatFunctions: python3 coefficients.py, with NumPy.

Both polynomials are fitted by least squares whose weights are changed until the largest error is as small as it gets
(Lawson's method), then one coefficient after the other is rounded to a float and the rest fitted again.
"""
import math

import numpy as np


def fit(basis, target, weight):
    """Coefficients c with the least max |weight * (basis c - target)|."""
    lawson = np.ones(len(target))
    best, least = None, math.inf
    for _ in range(400):
        scaled = np.sqrt(lawson) * weight
        c = np.linalg.lstsq(basis * scaled[:, None], target * scaled, rcond=None)[0]
        error = np.abs(weight * (basis @ c - target))
        if error.max() < least:
            best, least = c, error.max()
        lawson *= error / error.max() + 1e-12
        lawson /= lawson.sum()
    return best, least


def in_floats(basis, target, weight):
    """The same, all coefficients floats, the first rounded first."""
    n = basis.shape[1]
    coefficients = []
    rest = target.copy()
    for i in range(n):
        c, _ = fit(basis[:, i:], rest, weight)
        rounded = float(np.float32(c[0]))
        coefficients.append(rounded)
        rest = rest - basis[:, i] * rounded
    return coefficients, np.abs(weight * rest).max()


def show(name, coefficients, error):
    print(name, "largest error %.2e" % error)
    for i, c in enumerate(coefficients):
        print("    %s%d = %sf" % (name, i, np.float32(c).item().hex()))


def nodes(low, high, count=3000):
    return (low + high) / 2 - (high - low) / 2 * np.cos(np.linspace(0, math.pi, count))


# log(1 + w) = w + w^2 L(w) for 0 <= w <= 1, the error relative to log(1 + w).
def log1p(degree):
    w = nodes(1e-4, 1)
    truth = np.array([math.log1p(v) for v in w])
    small = np.array([sum((-1) ** (k + 1) * v ** k / k for k in range(2, 12)) if v < 0.01 else math.log1p(v) - v for v in w])
    return in_floats(np.vander(w, degree + 1, increasing=True), small / w ** 2, w ** 2 / truth)


# P(N <= -a) = e^(-a^2/2) t G(2 t - 1), t = 1 / (1 + a / 4), for a from 0 to 13.3, the error relative to it.
def normal(degree):
    t = nodes(1 / (1 + 13.3 / 4), 1)
    a = 4 * (1 / t - 1)
    truth = np.array([0.5 * math.erfc(v / math.sqrt(2)) * math.exp(v * v / 2) for v in a])
    return in_floats(np.vander(2 * t - 1, degree + 1, increasing=True), truth / t, t / truth)


if __name__ == "__main__":
    show("L", *log1p(8))
    show("G", *normal(8))
