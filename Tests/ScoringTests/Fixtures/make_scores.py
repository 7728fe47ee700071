"""Makes scores.json with scikit-learn: 1,000 random cases with ties, missing classes and single-class folds.

Run in an environment with scikit-learn 1.9 or later: python make_scores.py
Undefined values are null: metrics are computed with zero_division=nan, and once more with 0.
"""

import json
import math
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import metrics

warnings.filterwarnings("ignore")
random = np.random.default_rng(20240611)


def clean(value):
    value = float(value)
    return None if math.isnan(value) else value


def averages(truth, predicted, labels, division):
    found = {}
    for averaging in ["macro", "weighted", "micro"]:
        p, r, f, _ = metrics.precision_recall_fscore_support(
            truth, predicted, labels=labels, average=averaging, zero_division=division)
        half = metrics.fbeta_score(
            truth, predicted, labels=labels, beta=0.5, average=averaging, zero_division=division)
        entry = [clean(p), clean(r), clean(f), clean(half)]
        if division == 0:
            entry.append(clean(metrics.jaccard_score(
                truth, predicted, labels=labels, average=averaging, zero_division=0)))
        found[averaging] = entry
    return found


cases = []
for index in range(1000):
    classes = int(random.integers(2, 6))
    count = int(random.integers(1, 19))
    kind = index % 5
    if kind == 0:  # a single-class fold
        truth = np.full(count, random.integers(classes))
    elif kind == 1 and classes > 2:  # a class missing from the truth
        truth = random.integers(0, classes - 1, count)
    else:
        truth = random.integers(0, classes, count)
    agree = random.random(count) < random.random()
    predicted = np.where(agree, truth, random.integers(0, classes, count))
    labels = list(range(classes))
    scores = np.round(random.random(count), int(random.integers(1, 4)))  # ties
    positive = truth == 0
    case = {
        "classes": classes,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "scores": scores.tolist(),
        "accuracy": clean(metrics.accuracy_score(truth, predicted)),
        "balanced": clean(metrics.balanced_accuracy_score(truth, predicted)),
        "matthews": clean(metrics.matthews_corrcoef(truth, predicted)),
        "kappa": clean(metrics.cohen_kappa_score(truth, predicted)),
        "kappaQuadratic": clean(
            metrics.cohen_kappa_score(truth, predicted, labels=labels, weights="quadratic")),
        "kappaLinear": clean(
            metrics.cohen_kappa_score(truth, predicted, labels=labels, weights="linear")),
        "skip": averages(truth, predicted, labels, math.nan),
        "zero": averages(truth, predicted, labels, 0),
    }
    if positive.any() and not positive.all():
        case["auc"] = clean(metrics.roc_auc_score(positive, scores))
        fpr, tpr, _ = metrics.roc_curve(positive, scores, drop_intermediate=False)
        if index % 10 == 4:
            case["roc"] = [fpr.tolist(), tpr.tolist()]
    if positive.any():
        case["averagePrecision"] = clean(metrics.average_precision_score(positive, scores))
    if classes > 2 and len(set(truth.tolist())) == classes:
        # 64ths, so that rows sum to exactly 1 and ties occur
        probabilities = random.multinomial(64, np.full(classes, 1 / classes), count) / 64
        case["probabilities"] = probabilities.tolist()
        case["aucMacro"] = clean(metrics.roc_auc_score(
            truth, probabilities, multi_class="ovr", average="macro", labels=labels))
    cases.append(case)

quantiles = {}
from scipy import stats  # noqa: E402

quantiles["normal"] = [[p, float(stats.norm.ppf(p))] for p in
                       [1e-12, 1e-4, 0.01, 0.025, 0.3, 0.5, 0.9, 0.975, 0.999]]
quantiles["student"] = [[p, v, float(stats.t.ppf(p, v))] for p in [0.005, 0.4, 0.9, 0.975]
                        for v in [1, 2, 4, 9, 30, 400]]
quantiles["beta"] = [[p, a, b, float(stats.beta.ppf(p, a, b))] for p in [0.025, 0.5, 0.975]
                     for a, b in [(1, 5), (59, 2), (365, 15), (0.5, 0.5), (20, 1)]]
quantiles["chiSquared"] = [[x, v, float(stats.chi2.sf(x, v))] for x in [0.1, 3.84, 25.0]
                            for v in [1, 4, 12]]

pathlib.Path(__file__).with_name("scores.json").write_text(json.dumps(
    {"made_with": f"scikit-learn {sklearn.__version__}", "cases": cases, "quantiles": quantiles},
    separators=(",", ":")) + "\n")
