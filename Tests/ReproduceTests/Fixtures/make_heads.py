"""Writes heads.json: logistic regression, k-NN and averaged metrics by scikit-learn 1.9.

Run: python make_heads.py > heads.json
"""
import json

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

rng = np.random.default_rng(7)
centres = rng.normal(size=(3, 5))
labels = np.array([0, 1, 2] * 20)
train = (centres[labels] + rng.normal(scale=1.2, size=(60, 5))).round(3)
queries = (centres[labels[:30]] + rng.normal(scale=1.2, size=(30, 5))).round(3)
truth = labels[:30]
logistic = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(train, labels)
neighbours = KNeighborsClassifier(n_neighbors=5, algorithm="brute").fit(train, labels)
probabilities = logistic.predict_proba(queries)
predicted = probabilities.argmax(axis=1)
print(json.dumps({
    "train": train.tolist(), "labels": labels.tolist(), "queries": queries.tolist(),
    "truth": truth.tolist(),
    "logistic": probabilities.tolist(),
    "knn": neighbours.predict_proba(queries).tolist(),
    "metrics": {
        "precision-macro": precision_score(truth, predicted, average="macro"),
        "precision-weighted": precision_score(truth, predicted, average="weighted"),
        "recall-macro": recall_score(truth, predicted, average="macro"),
        "recall-weighted": recall_score(truth, predicted, average="weighted"),
        "f1-macro": f1_score(truth, predicted, average="macro"),
        "f1-weighted": f1_score(truth, predicted, average="weighted"),
        "auc-macro": roc_auc_score(truth, probabilities.astype(np.float32), multi_class="ovr"),
    },
}))
