#!/usr/bin/env python3
"""Logits of whole networks from PyTorch at odd image sizes for 1, 3 and 16 images, in evaluation and
in training mode: writes batches.json beside this script.

    make_batches.py [NAME...]       # the networks to make again; all without

See make_networks.py for how parameters and images are drawn and what is needed. In evaluation mode the
first images of a batch of 16 are a smaller batch's, so only the largest is kept. Where a hundred
normalisations by batch statistics amplify rounding too far, training mode has `fill`'s shifts.
"""
import json, os, sys
import torch
from make_networks import NETWORKS, build, fill, images, quiet


def size(name):
    """Odd and not square; larger where a network reduces its images by more than 32."""
    if name == "lenet5":
        return 35, 33
    if name.startswith("medmnist_"):
        return 29, 27
    if name.startswith("inception") or name == "xception":
        return 139, 131
    return 107, 97


def logits(model, images, dtype):
    with torch.no_grad():
        return model.to(dtype)(images.to(dtype)).double()


def record(name, model, count, is_training):
    """Double precision; `noise` is how far PyTorch's own single precision lies from it, relative to
    the largest logit."""
    quiet(model) if is_training else model.eval()
    pictures = images(name, count, *size(name))
    exact = logits(model, pictures, torch.float64)
    single = logits(model, pictures, torch.float32)
    noise = float((exact - single).abs().max() / exact.abs().max())
    return dict(batch=count, training=is_training, noise=float(f"{noise:.2g}"),
                logits=[float(f"{v:.7g}") for v in exact.flatten().tolist()])


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    wanted = sys.argv[1:]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "batches.json")
    kept = {r["name"]: r for r in json.load(open(path))} if os.path.exists(path) else {}
    for name, _ in sorted(NETWORKS, key=lambda n: n[0].startswith(("vgg", "alexnet", "zfnet", "resnet1", "efficientnet_b7"))):
        if name in kept if wanted == ["missing"] else wanted and name not in wanted:
            continue
        model = build(name, *size(name))
        fill(name, model)
        # Evaluation first: training changes running statistics, which it does not read.
        runs = [record(name, model, 16, False)]
        shift, closed = (3, 4) if name.startswith(("resnet101", "resnet152", "inception_v3")) else (0, 0)
        fill(name, model, shift, closed)
        for count in (1, 3, 16):
            try:
                runs.append(record(name, model, count, True))
            except ValueError:  # batch statistics of a single number: PyTorch refuses
                print(name, "has no batch statistics for", count, file=sys.stderr)
        rows, columns = size(name)
        kept[name] = dict(name=name, rows=rows, columns=columns, conditioning=dict(shift=shift, closed=closed), runs=runs)
        print(name, [r["noise"] for r in runs], file=sys.stderr, flush=True)
        lines = [json.dumps(kept[name], separators=(",", ":")) for name, _ in NETWORKS if name in kept]
        with open(path, "w") as file:
            file.write("[\n" + ",\n".join(lines) + "\n]\n")
