"""Makes counts.json: the class counts that the shared check cases only name.

Run beside a checkout of the shared checks, with mlscorecheck 1.0.3 installed:
python make_counts.py ../../../../shared/checks
Numbers of samples are facts about public data sets; nothing else is taken over.
"""

import importlib
import json
import pathlib
import sys

import mlscorecheck.check.bundles.retina as retina
from mlscorecheck.experiments import dataset_statistics

checks = pathlib.Path(sys.argv[1])
names = set()


def collect(item):
    if isinstance(item, dict):
        for key, value in item.items():
            if key in ("dataset_name", "name") and value:
                names.add(value)
            collect(value)
    elif isinstance(item, list):
        for value in item:
            collect(value)


cases = json.loads((checks / "score-feasibility.json").read_text())["cases"]
collect(cases)
for line in (checks / "score-consistency.jsonl").read_text().splitlines():
    collect(json.loads(line))

bundles = {}
for case in cases:
    if not hasattr(retina, case["function"]):
        continue
    function = getattr(retina, case["function"])
    module = importlib.import_module(function.__module__)
    calls = []

    def recorder(kind, original):
        def record(**arguments):
            sets = arguments.get("testsets") or [arguments["testset"]]
            calls.append([kind, [[item["p"], item["n"]] for item in sets]])
            return original(**arguments)
        return record

    saved = {}
    for name, kind in [("check_1_testset_no_kfold", "one"),
                       ("check_n_testsets_mos_no_kfold", "mean"),
                       ("check_n_testsets_som_no_kfold", "pooled")]:
        if hasattr(module, name):
            saved[name] = getattr(module, name)
            setattr(module, name, recorder(kind, saved[name]))
    result = function(**case["args"])
    for name, original in saved.items():
        setattr(module, name, original)
    verdict = case["mlscorecheck_inconsistent"]
    verdicts = list(verdict.values()) if isinstance(verdict, dict) else [verdict]
    keys = list(verdict.keys()) if isinstance(verdict, dict) else ["inconsistency"]
    bundles[case["id"]] = {"keys": keys, "calls": calls}

counts = {name: [dataset_statistics[name]["p"], dataset_statistics[name]["n"]] for name in sorted(names)}
pathlib.Path(__file__).with_name("counts.json").write_text(
    json.dumps({"datasets": counts, "bundles": bundles}, separators=(",", ":")) + "\n")
