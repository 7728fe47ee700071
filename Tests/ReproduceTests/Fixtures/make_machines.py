"""Writes machines.json: decisions of support vector machines by scikit-learn.

Run: python make_machines.py > machines.json
"""
import json

import numpy as np
from sklearn.svm import SVC, LinearSVC

rng = np.random.default_rng(11)
cases = []
for classes in (2, 4):
    centres = rng.normal(size=(classes, 6))
    labels = np.arange(80) % classes
    train = (centres[labels] + rng.normal(scale=1.1, size=(80, 6))).round(3)
    truth = np.arange(40) % classes
    queries = (centres[truth] + rng.normal(scale=1.1, size=(40, 6))).round(3)
    radial = SVC(C=2.0, gamma="scale", break_ties=True).fit(train, labels)
    fixed = SVC(C=1.0, gamma=0.1, break_ties=True).fit(train, labels)
    linear = LinearSVC(C=0.5, dual=False, tol=1e-10, max_iter=10_000).fit(train, labels)
    cases.append({
        "train": train.tolist(), "labels": labels.tolist(), "queries": queries.tolist(),
        "radial": radial.decision_function(queries).reshape(40, -1).tolist(),
        "radialClasses": radial.predict(queries).tolist(),
        "fixed": fixed.decision_function(queries).reshape(40, -1).tolist(),
        "linear": linear.decision_function(queries).reshape(40, -1).tolist(),
        "linearClasses": linear.predict(queries).tolist(),
    })
print(json.dumps(cases))
