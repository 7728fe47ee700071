"""Times consistency checks of this project beside mlscorecheck on the same cases, interleaved.

usage: python peer.py PATH/TO/ConsistencyBench [cases per set-up, 40]

Makes its own seeded cases, half of them computed from random confusion matrices and half perturbed in
the last printed digits, runs both programs in turn three times, and prints one table: medians and 95th
percentiles of milliseconds per check (best of the rounds), and how often the verdicts agree.
"""

import json
import logging
import random
import statistics
import subprocess
import sys
import tempfile
import time

logging.disable(logging.CRITICAL)

from mlscorecheck.check.binary import (  # noqa: E402
    check_1_dataset_known_folds_mos, check_1_dataset_unknown_folds_mos, check_1_testset_no_kfold)
from mlscorecheck.check.multiclass import check_1_testset_no_kfold_macro  # noqa: E402

NAMES = {"acc": "accuracy", "sens": "recall", "spec": "specificity", "ppv": "precision",
         "npv": "npv", "f1p": "f1", "bacc": "balanced-accuracy", "mcc": "mcc", "kappa": "kappa"}
EPS = 0.00005
# Seconds after which the peer's solver gives a case up; it then counts as not refuted.
PATIENCE = 2


def binary_scores(tp, tn, p, n):
    fp, fn = n - tn, p - tp
    scores = {"acc": (tp + tn) / (p + n), "sens": tp / p, "spec": tn / n,
              "bacc": (tp / p + tn / n) / 2}
    if tp + fp:
        scores["ppv"] = tp / (tp + fp)
    if tn + fn:
        scores["npv"] = tn / (tn + fn)
    scores["f1p"] = 2 * tp / (2 * tp + fp + fn)
    root = ((tp + fp) * p * n * (tn + fn)) ** 0.5
    if root:
        scores["mcc"] = (tp * tn - fp * fn) / root
    scores["kappa"] = 2 * (tp * tn - fp * fn) / ((tp + fp) * n + p * (tn + fn))
    return scores


def printed(scores, generator, perturbed):
    result = {name: round(value, 4) for name, value in scores.items()}
    if perturbed:
        name = generator.choice(sorted(result))
        moved = result[name] + generator.choice([-1, 1]) * generator.randint(2, 40) / 10000
        result[name] = round(min(1.0, max(0.0, moved)), 4)
    return result


def row(setup, fields, scores):
    return {"id": setup, "eps": str(EPS), **fields,
            **{NAMES[name]: f"{value:.4f}" for name, value in scores.items()}}


def one_test_set(generator, index):
    p, n = generator.randint(20, 600), generator.randint(20, 900)
    tp = round(p * generator.uniform(0.6, 1))
    tn = round(n * generator.uniform(0.6, 1))
    everything = binary_scores(tp, tn, p, n)
    names = generator.sample(sorted(everything), generator.randint(3, 5))
    scores = printed({name: everything[name] for name in names}, generator, index % 2)
    ours = row("one test set", {"n-positive": str(p), "n-negative": str(n),
                                "averaging": "binary", "accuracy-kind": "overall"}, scores)
    return ours, lambda: check_1_testset_no_kfold(
        testset={"p": p, "n": n}, scores=scores, eps=EPS)["inconsistency"]


def large_test_set(generator, index):
    p, n = 78786, 198738  # the invasive ductal carcinoma patches
    tp = round(p * generator.uniform(0.8, 0.99))
    tn = round(n * generator.uniform(0.8, 0.99))
    everything = binary_scores(tp, tn, p, n)
    scores = printed({name: everything[name] for name in ["acc", "ppv", "sens", "f1p"]},
                     generator, index % 2)
    ours = row("277,524 samples", {"n-positive": str(p), "n-negative": str(n),
                                   "averaging": "binary", "accuracy-kind": "overall"}, scores)
    return ours, lambda: check_1_testset_no_kfold(
        testset={"p": p, "n": n}, scores=scores, eps=EPS)["inconsistency"]


def macro(generator, index):
    sizes = [generator.randint(20, 200) for _ in range(generator.randint(3, 7))]
    total, count = sum(sizes), len(sizes)
    matrix = [[0] * count for _ in sizes]
    for label, size in enumerate(sizes):
        for _ in range(size):
            hit = generator.random() < 0.85
            matrix[label][label if hit else generator.randrange(count)] += 1
    columns = [sum(line[label] for line in matrix) for label in range(count)]
    per_class = [binary_scores(
        matrix[label][label], total - sizes[label] - columns[label] + matrix[label][label],
        sizes[label], total - sizes[label]) for label in range(count)]
    scores = printed({name: statistics.fmean(item[name] for item in per_class)
                      for name in ["acc", "sens", "spec", "bacc"]}, generator, index % 2)
    ours = row("macro, K classes", {"classes": ",".join(map(str, sizes)), "averaging": "macro",
                                    "accuracy-kind": "mean-one-versus-rest"}, scores)
    return ours, lambda: check_1_testset_no_kfold_macro(
        testset=dict(enumerate(sizes)), scores=scores, eps=EPS, verbosity=0)["inconsistency"]


def stratified(p, n, k):
    base = [[n // k, p // k] for _ in range(k)]
    place = 0
    for column, rest in ((0, n % k), (1, p % k)):
        for _ in range(rest):
            base[place][column] += 1
            place = (place + 1) % k
    return base


def folds(generator, index, known, names=("acc", "sens", "spec")):
    if known:
        p, n, k = generator.randint(30, 300), generator.randint(50, 500), generator.choice([5, 10])
    else:
        p, n, k = 38, 262, 5
    each = []
    for negatives, positives in stratified(p, n, k):
        tp = round(positives * generator.uniform(0.7, 1))
        tn = round(negatives * generator.uniform(0.7, 1))
        each.append(binary_scores(tp, tn, positives, negatives))
    scores = printed({name: statistics.fmean(item[name] for item in each) for name in names},
                     generator, index % 2)
    setup = "known folds" if known else "unknown folds, 38 + 262, k = 5"
    fields = {"n-positive": str(p), "n-negative": str(n), "folds": str(k),
              "aggregation": "mean-of-scores", "averaging": "binary", "accuracy-kind": "overall"}
    if known:
        fields["stratified"] = "yes"
        folding = {"n_folds": k, "n_repeats": 1, "strategy": "stratified_sklearn"}
        return row(setup, fields, scores), lambda: check_1_dataset_known_folds_mos(
            dataset={"p": p, "n": n}, folding=folding, scores=scores, eps=EPS,
            timeout=PATIENCE, verbosity=0)["inconsistency"]
    return row(setup, fields, scores), lambda: check_1_dataset_unknown_folds_mos(
        dataset={"p": p, "n": n}, folding={"n_folds": k, "n_repeats": 1}, scores=scores, eps=EPS,
        verbosity=0)["inconsistency"]


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    bench = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    generator = random.Random(20240611)
    setups = [("one", one_test_set, count), ("large", large_test_set, max(4, count // 10)),
              ("macro", macro, count), ("known", lambda g, i: folds(g, i, True), count),
              ("unknown", lambda g, i: folds(g, i, False), max(4, count // 10))]
    cases = [maker(generator, index) for _, maker, size in setups for index in range(size)]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump([ours for ours, _ in cases], file)
        file.flush()
        mine, theirs, answers = {}, {}, {}
        for _ in range(3):
            report = json.loads(subprocess.run(
                [bench, file.name], check=True, capture_output=True, text=True).stdout)
            for item in report:
                kept = mine.get(item["setup"])
                if kept is None or item["medianMilliseconds"] < kept["medianMilliseconds"]:
                    mine[item["setup"]] = item
            for index, (ours, peer) in enumerate(cases):
                # The slow set-ups take seconds each: one round is enough for them.
                if index in theirs and theirs[index] > 500:
                    continue
                start = time.perf_counter()
                answers[index] = bool(peer())
                spent = (time.perf_counter() - start) * 1000
                theirs[index] = min(spent, theirs.get(index, spent))
    print(f"{'set-up':34} {'cases':>5}  {'here: median':>12} {'p95':>9}  "
          f"{'peer: median':>12} {'p95':>9}  {'ratio':>8}  verdicts")
    for setup in mine:
        places = [index for index, (ours, _) in enumerate(cases) if ours["id"] == setup]
        peer = [theirs[index] for index in places]
        verdicts = mine[setup]["verdicts"]
        same = sum((verdict == "inconsistent") == answers[index]
                   for verdict, index in zip(verdicts, places))
        stricter = sum(verdict == "inconsistent" and not answers[index]
                       for verdict, index in zip(verdicts, places))
        median = mine[setup]["medianMilliseconds"]
        print(f"{setup:34} {len(places):5}  {median:12.4f} {mine[setup]['p95Milliseconds']:9.4f}  "
              f"{quantile(peer, 0.5):12.3f} {quantile(peer, 0.95):9.3f}  "
              f"{quantile(peer, 0.5) / median:7.0f}x  {same} of {len(places)} agree"
              + (f", {stricter} refuted here only" if stricter else "")
              + (f", {verdicts.count('undecided')} undecided" if "undecided" in verdicts else ""))


if __name__ == "__main__":
    main()
