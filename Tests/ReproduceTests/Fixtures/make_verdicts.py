# Makes verdicts.json: two one-sided tests, t intervals and prediction intervals of statsmodels, and the
# verdict that the rules of VerdictRules.swift give on them, to agree with.
# pip install statsmodels scipy; python make_verdicts.py > verdicts.json
import json

import math

import numpy
import statsmodels.api
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

MARGIN, WIDTH, ALPHA, LEVEL, HALF = 0.02, 0.1, 0.05, 0.95, 0.0005
random = numpy.random.default_rng(20261123)
cases = []
for index in range(120):
    n = int(random.integers(3, 11))
    reported = round(float(random.uniform(0.6, 0.9)), 3)
    shift = float(random.choice([0, 0.01, -0.015, 0.02, -0.03, 0.06]))
    sd = float(random.choice([0.001, 0.005, 0.02, 0.08]))
    values = (reported + shift + random.normal(0, sd, n)).round(4)
    difference = DescrStatsW(values - reported)
    # Equivalence within the margin less the rounding of the print.
    p, _, _ = difference.ttost_mean(-(MARGIN - HALF), MARGIN - HALF)
    low, high = difference.tconfint_mean(alpha=2 * ALPHA)
    fit = statsmodels.api.OLS(values, numpy.ones(n)).fit()
    predicted = fit.get_prediction([1.0]).summary_frame(alpha=1 - LEVEL)
    below, above = float(predicted["obs_ci_lower"].iloc[0]), float(predicted["obs_ci_upper"].iloc[0])
    # One-sided tests that the difference is beyond the margin and the rounding.
    up = difference.ttest_mean(MARGIN + HALF, alternative="larger")[1]
    down = difference.ttest_mean(-(MARGIN + HALF), alternative="smaller")[1]
    if p < ALPHA:
        verdict = "reproduced"
    elif below - HALF <= reported <= above + HALF:
        verdict = "compatible" if (above - below) / 2 + HALF <= WIDTH else "inconclusive"
    elif up < ALPHA:
        verdict = "not-reproduced-higher"
    elif down < ALPHA:
        verdict = "not-reproduced-lower"
    else:
        verdict = "inconclusive"
    cases.append({"reported": reported, "values": values.tolist(), "p": float(p), "low": float(low),
                  "high": float(high), "below": below, "above": above, "verdict": verdict})
# One split for all seeds: the run's mean carries the variance of its test images, and the distance to a
# value from other test images carries it twice.
for index in range(60):
    n = int(random.integers(3, 9))
    reported = round(float(random.uniform(0.6, 0.9)), 3)
    shift = float(random.choice([0, 0.015, -0.03, 0.06, -0.2]))
    values = (reported + shift + random.normal(0, float(random.choice([0.001, 0.01])), n)).round(4)
    variance = float(random.choice([1e-6, 1e-5, 1e-4, 1e-3]))
    difference, sd = float(values.mean() - reported), float(values.std(ddof=1))
    error = math.sqrt(sd**2 / n + variance)
    t = stats.t.ppf(1 - ALPHA, n - 1)
    low, high = difference - t * error, difference + t * error
    p = max(stats.t.sf((difference + MARGIN - HALF) / error, n - 1), stats.t.cdf((difference - MARGIN + HALF) / error, n - 1))
    half = stats.t.ppf((1 + LEVEL) / 2, n - 1) * sd * math.sqrt(1 + 1 / n)
    reach = math.hypot(half, stats.norm.ppf((1 + LEVEL) / 2) * math.sqrt(2 * variance)) + HALF
    if p < ALPHA:
        verdict = "reproduced"
    elif abs(difference) <= reach:
        verdict = "compatible" if reach <= WIDTH else "inconclusive"
    elif stats.t.sf((difference - MARGIN - HALF) / error, n - 1) < ALPHA:
        verdict = "not-reproduced-higher"
    elif stats.t.cdf((difference + MARGIN + HALF) / error, n - 1) < ALPHA:
        verdict = "not-reproduced-lower"
    else:
        verdict = "inconclusive"
    cases.append({"reported": reported, "values": values.tolist(), "variance": variance, "p": float(p), "low": float(low),
                  "high": float(high), "below": float(values.mean()) - half, "above": float(values.mean()) + half, "verdict": verdict})
print(json.dumps(cases, indent=None, separators=(",", ":")).replace("},{", "},\n{"))
