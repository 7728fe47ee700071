# Makes paired.json: McNemar's test (statsmodels, scipy), t tests (scipy) and calibration (numpy,
# scikit-learn) to agree with.
# pip install scipy statsmodels scikit-learn; python make_paired.py > paired.json
import json
import math

import numpy
from scipy import stats
from sklearn.metrics import brier_score_loss
from statsmodels.stats.contingency_tables import mcnemar

random = numpy.random.default_rng(7)
tests = []
for b, c, n in [(0, 0, 10), (1, 0, 5), (3, 9, 40), (9, 3, 40), (6, 6, 30), (15, 40, 624), (200, 260, 5000)]:
    table = [[n - b - c, b], [c, 0]]
    exact = mcnemar(table, exact=True).pvalue
    k = min(b, c)
    mid = 2 * stats.binom.cdf(k, b + c, 0.5) - stats.binom.pmf(k, b + c, 0.5) if b + c else 1.0
    up, down = (c + 1) / (n + 2), (b + 1) / (n + 2)
    half = stats.norm.ppf(0.975) * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    tests.append({"firstOnly": b, "secondOnly": c, "count": n, "exact": float(exact), "midP": float(min(1, mid)),
                  "low": up - down - half, "high": up - down + half})
means = []
for n in [2, 5, 11]:
    x, y = random.normal(0.8, 0.02, n), random.normal(0.82, 0.03, n)
    paired, welch = stats.ttest_rel(y, x), stats.ttest_ind(y, x, equal_var=False)
    p, w = paired.confidence_interval(0.95), welch.confidence_interval(0.95)
    means.append({"first": x.tolist(), "second": y.tolist(),
                  "paired": [float(paired.pvalue), float(p.low), float(p.high)],
                  "welch": [float(welch.pvalue), float(w.low), float(w.high)]})
calibrations = []
for n in [1, 40, 500]:
    p = random.random(n).round(3)
    truth = random.random(n) < p**1.5
    edges = numpy.linspace(0, 1, 11)
    error = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (p > low) & (p <= high) if low > 0 else p <= high
        if inside.any():
            error += inside.mean() * abs(truth[inside].mean() - p[inside].mean())
    calibrations.append({"p": p.tolist(), "truth": truth.tolist(), "error": float(error),
                         "brier": float(brier_score_loss(truth, p)) if truth.any() and not truth.all() else float(((p - truth) ** 2).mean())})
print(json.dumps({"mcnemar": tests, "means": means, "calibrations": calibrations}, indent=1))
