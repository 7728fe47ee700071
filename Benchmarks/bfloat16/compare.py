#!/usr/bin/env python3
"""What bfloat16 costs in accuracy: pairs of runs that differ in 'training.precision' only.

    compare.py RUNS        # the folder of both runs of every pair (tlkb reproduce --runs RUNS)

Of interrupted runs the seeds that both have count.

Prints a Markdown table: the mean over seeds of each, and the mean of the differences of the same seeds
(bfloat16 minus float32) with its 95 % t interval, in points of percent. Needs Python only.
"""
import glob, json, math, os, sys

# Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom.
T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
     2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042]


def accuracy(result):
    confusion = result["confusion"]
    return sum(row[i] for i, row in enumerate(confusion)) / sum(map(sum, confusion)), sum(map(sum, confusion))


def setting(record, name):
    for entry in record["ledger"]:
        if entry.get("axis") == name:
            return entry.get("run")


runs = {}
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*", "record.json"))):
    record = json.load(open(path))
    if not record["results"]:
        continue
    key = (record["recipe"] if isinstance(record["recipe"], str) else record["recipe"].get("id", record["id"]),
           setting(record, "backbone"), setting(record, "strategy"), setting(record, "resolution"), setting(record, "epochs"))
    runs.setdefault(key, {})[setting(record, "precision")] = record



def interval(d):
    """The mean of differences with its 95 % t interval, in points."""
    n = len(d)
    mean = sum(d) / n
    quantile = T[n - 2] if n - 2 < len(T) else 1.96 + 2.4 / (n - 1)
    half = quantile * math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1) / n)
    return f"{mean:+.2f} ({mean - half:+.2f} to {mean + half:+.2f})"


everything = []
print("| recipe | network | trained | epochs | seeds × test images | float32 | bfloat16 | difference in points (95 % interval) |")
print("| --- | --- | --- | --- | --- | --- | --- | --- |")
for (recipe, network, strategy, _, epochs), pair in sorted(runs.items(), key=str):
    if not {"float32", "bfloat16"} <= set(pair):
        continue
    scores = {p: {r["seed"]: accuracy(r) for r in pair[p]["results"]} for p in pair}
    seeds = sorted(set(scores["float32"]) & set(scores["bfloat16"]))
    a, b = ([100 * scores[p][s][0] for s in seeds] for p in ("float32", "bfloat16"))
    d = [y - x for x, y in zip(a, b)]
    n = len(d)
    if n < 2:
        continue
    images = scores["float32"][seeds[0]][1]
    print(f"| `{recipe}` | {network} | {strategy} | {epochs} | {n} × {images} | {sum(a)/n:.2f} % | {sum(b)/n:.2f} % | {interval(d)} |")
    everything += d
print(f"| all | | | | {len(everything)} pairs | | | {interval(everything)} |")
