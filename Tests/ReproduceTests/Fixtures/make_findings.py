"""Writes findings.json: metrics of several findings per image by scikit-learn 1.9, ties included.

Run: python make_findings.py > findings.json
"""
import json
import warnings

import numpy as np
from sklearn import metrics

warnings.filterwarnings("ignore")
rng = np.random.default_rng(11)
cases = []
for index in range(40):
    images, findings = int(rng.integers(4, 40)), int(rng.integers(2, 7))
    truth = rng.random((images, findings)) < rng.uniform(0.1, 0.6)
    # Quarters, eighths, sixteenths: exact in single precision, with ties and halves.
    grain = 2 ** int(rng.integers(2, 5))
    scores = np.clip(np.round((0.4 * truth + rng.random((images, findings)) * 0.8) * grain), 0, grain) / grain
    shown = scores > 0.5
    whole = bool(truth.any(axis=0).all() and not truth.all(axis=0).any())
    values = {
        "accuracy": float((truth == shown).mean()),
        "precision": metrics.precision_score(truth, shown, average="macro", zero_division=0),
        "recall": metrics.recall_score(truth, shown, average="macro", zero_division=0),
        "f1": metrics.f1_score(truth, shown, average="macro", zero_division=0),
    }
    if whole:
        values["auc"] = metrics.roc_auc_score(truth, scores, average="macro")
    cases.append({"truth": [np.flatnonzero(row).tolist() for row in truth], "scores": scores.tolist(),
                  "values": {name: float(value) for name, value in values.items()}})
print(json.dumps(cases, separators=(",", ":")))
