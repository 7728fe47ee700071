# Makes verdicts.json: two one-sided tests, t intervals and prediction intervals of statsmodels, and the
# verdict that the rules of VerdictRules.swift give on them, to agree with.
# pip install statsmodels; python make_verdicts.py > verdicts.json
import json

import numpy
import statsmodels.api
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
print(json.dumps(cases, indent=None, separators=(",", ":")).replace("},{", "},\n{"))
