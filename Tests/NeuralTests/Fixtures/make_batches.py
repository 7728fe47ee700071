#!/usr/bin/env python3
"""Logits of whole networks from PyTorch at odd image sizes and several batch sizes, in evaluation and
in training mode: writes batches.json beside this script. See make_networks.py for how parameters and
images are drawn and what is needed.
"""
import json, os, sys
import torch
from make_networks import NETWORKS, build, fill, images, quiet

ROWS, COLUMNS = 107, 97
BATCHES = [1, 3, 16]


def logits(name, count, is_training, dtype):
    model = build(name)
    fill(model)
    quiet(model) if is_training else model.eval()
    model = model.to(dtype)
    with torch.no_grad():
        return model(images(count, COLUMNS, ROWS).to(dtype)).double()


def record(name, count, is_training):
    """Double precision; `noise` is how far PyTorch's own single precision lies from it, relative to
    the largest logit."""
    exact = logits(name, count, is_training, torch.float64)
    single = logits(name, count, is_training, torch.float32)
    noise = float((exact - single).abs().max() / exact.abs().max())
    return dict(batch=count, training=is_training, noise=float(f"{noise:.2g}"),
                logits=[float(f"{v:.8g}") for v in exact.flatten().tolist()])


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    lines = []
    for name, _ in NETWORKS:
        runs = []
        for is_training in (False, True):
            for count in BATCHES:
                try:
                    runs.append(record(name, count, is_training))
                except ValueError:  # batch statistics of a single number: PyTorch refuses
                    print(name, "has no batch statistics for", count, file=sys.stderr)
        lines.append(json.dumps(dict(name=name, rows=ROWS, columns=COLUMNS, runs=runs), separators=(",", ":")))
        print(name, max(r["noise"] for r in runs), file=sys.stderr)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "batches.json")
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(lines) + "\n]\n")
