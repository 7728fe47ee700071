# Makes paired.json: McNemar's test (statsmodels, scipy), t tests (scipy), calibration (numpy,
# scikit-learn), and both paired tests with several images of a patient (all sign changes one by one,
# statsmodels' cluster-robust regression, Obuchowski's formulas pair by pair) to agree with.
# pip install scipy statsmodels scikit-learn; python make_paired.py > paired.json
import itertools
import json
import math

import numpy
import statsmodels.api
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


def clustered_mcnemar(first, second, cluster):
    gain = second.astype(int) - first.astype(int)
    gains = [int(gain[cluster == k].sum()) for k in numpy.unique(cluster)]
    seen = abs(sum(gains))
    totals = [abs(sum(s * g for s, g in zip(signs, gains))) for signs in itertools.product([1, -1], repeat=len(gains))]
    beyond = numpy.mean([t >= seen for t in totals])
    mid = 1.0 if seen == 0 else beyond - numpy.mean([t == seen for t in totals]) / 2
    fit = statsmodels.api.OLS(gain.astype(float), numpy.ones(len(gain))).fit(
        cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": True}, use_t=True)
    low, high = fit.conf_int()[0]
    return {"exact": float(beyond), "midP": float(mid), "low": float(low), "high": float(high)}


def clustered_areas(scores, truth, cluster):
    """Obuchowski 1997 for two classifiers: areas, variances and covariance, every pair compared."""
    up, down = numpy.flatnonzero(truth), numpy.flatnonzero(~truth)
    psi = [(s[up][:, None] > s[down][None, :]) + 0.5 * (s[up][:, None] == s[down][None, :]) for s in scores]
    area = [p.mean() for p in psi]
    v10, v01 = [p.mean(axis=1) for p in psi], [p.mean(axis=0) for p in psi]
    names = numpy.unique(cluster)
    i10, i01, i = len(numpy.unique(cluster[up])), len(numpy.unique(cluster[down])), len(names)
    m, n = len(up), len(down)
    x = [[v10[a][cluster[up] == k].sum() - (cluster[up] == k).sum() * area[a] for k in names] for a in (0, 1)]
    y = [[v01[a][cluster[down] == k].sum() - (cluster[down] == k).sum() * area[a] for k in names] for a in (0, 1)]
    def covariance(a, b):
        s10 = i10 / ((i10 - 1) * m) * numpy.dot(x[a], x[b])
        s01 = i01 / ((i01 - 1) * n) * numpy.dot(y[a], y[b])
        s11 = i / (i - 1) * (numpy.dot(x[a], y[b]) + numpy.dot(x[b], y[a]))
        return s10 / m + s01 / n + s11 / (m * n)
    variance = covariance(0, 0) + covariance(1, 1) - 2 * covariance(0, 1)
    z = (area[0] - area[1]) / math.sqrt(variance)
    return {"areas": [float(a) for a in area], "variances": [float(covariance(0, 0)), float(covariance(1, 1))],
            "z": float(z), "p": float(2 * stats.norm.cdf(-abs(z)))}


clusters = []
for patients, most in [(4, 3), (9, 6), (14, 1), (12, 8)]:
    cluster = numpy.repeat(numpy.arange(patients), random.integers(1, most + 1, patients))
    random.shuffle(cluster)
    n = len(cluster)
    own = random.normal(0, 1, patients)[cluster]
    truth = random.random(n) < 0.5
    truth[:2], truth[-2:] = True, False
    scores = [(truth + own + random.normal(0, s, n)).round(1) for s in (0.5, 1.5)]
    right = [(s > 0.5) == truth for s in scores]
    clusters.append({"cluster": cluster.tolist(), "truth": truth.tolist(), "scores": [s.tolist() for s in scores],
                     "right": [r.tolist() for r in right],
                     "mcnemar": clustered_mcnemar(right[0], right[1], cluster),
                     "areas": clustered_areas(scores, truth, cluster)})
overlapping = []
for n, share in [(5, 0.2 / 0.7), (10, 0.25)]:
    x, y = random.normal(0.8, 0.02, n), random.normal(0.82, 0.03, n)
    d = y - x
    error = math.sqrt(d.var(ddof=1) * (1 / n + share))
    half = stats.t.ppf(0.975, n - 1) * error
    overlapping.append({"first": x.tolist(), "second": y.tolist(), "share": share,
                        "expected": [float(2 * stats.t.sf(abs(d.mean() / error), n - 1)), float(d.mean() - half), float(d.mean() + half)]})
print(json.dumps({"clusters": clusters, "overlapping": overlapping, "mcnemar": tests, "means": means, "calibrations": calibrations}, indent=1))
