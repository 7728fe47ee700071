#!/usr/bin/env python3
"""Losses of ten training steps of whole networks from PyTorch: writes training.json beside this script.

    make_training.py [NAME...]      # the networks to make again; all without; 'missing' makes new ones

Four images a step, two batches in turn, batch statistics, no random masks. Double precision; `noise`
is how far PyTorch's own single precision lies from it at most, relative to the loss or 1. Learning
rates are lowered, and ReLUs moved from their kinks (make_networks.py's `fill`), until it is small. See
make_networks.py for how parameters and images are drawn and what is needed.
"""
import json, os, sys
import numpy as np
import torch
from make_networks import NETWORKS, build, fill, quiet, uniform

# The set-ups to try: factor of the learning rates, and `fill`'s shift and closed channels.
SETUPS = [(1, 0, 0), (0.1, 3, 4), (0.01, 3, 4), (0.01, 3, 0), (0.02, 0, 0)]
FEW_NORMS = ["lenet5", "squeezenet", "efficientnet_b", "resnet18", "mobilenet_v3", "alexnet", "zfnet", "vgg", "googlenet_2014", "medmnist_resnet18"]
BOUND = 2e-4
# Smaller images than for the gradients.
SIZES = {"vgg16_bn": 40}


def optimisers(scale):
    return {
        "sgd": lambda p: torch.optim.SGD(p, lr=1e-4 * scale, momentum=0.9, weight_decay=1e-3),
        "adam": lambda p: torch.optim.Adam(p, lr=1e-4 * scale, weight_decay=1e-3),
        "adamw": lambda p: torch.optim.AdamW(p, lr=1e-4 * scale, weight_decay=0.01),
        "rmsprop": lambda p: torch.optim.RMSprop(p, lr=1e-5 * scale, momentum=0.5, weight_decay=1e-3),
    }


def batch(name, size, step):
    shape = [4, 1 if name == "lenet5" else 3, size, size]
    numbers = 2 * uniform(f"batch{step % 2}", int(np.prod(shape))) - 1
    return torch.from_numpy(numbers.astype(np.float32).reshape(shape)), torch.tensor([(3 * i + step % 2) % 10 for i in range(4)])


def losses(name, model, start, size, make, dtype):
    model.to(dtype).load_state_dict(start)
    optimizer = make(model.parameters())
    found = []
    for step in range(10):
        x, y = batch(name, size, step)
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x.to(dtype)), y)
        loss.backward()
        optimizer.step()
        found.append(float(loss.detach()))
    return np.array(found)


def runs(name, size, scale, shift, closed):
    """Nothing where PyTorch's single precision differs from its double precision."""
    model = build(name, size)
    fill(name, model, shift, closed)
    quiet(model)
    start = {key: value.clone() for key, value in model.state_dict().items()}
    found = {}
    for optimiser, make in optimisers(scale).items():
        exact = losses(name, model, start, size, make, torch.float64)
        single = losses(name, model, start, size, make, torch.float32)
        noise = float(np.max(np.abs(exact - single) / np.maximum(exact, 1)))
        found[optimiser] = dict(noise=float(f"{noise:.2g}"), losses=[float(f"{v:.8g}") for v in exact])
        print(name, scale, shift, closed, optimiser, f"{exact[0]:.4g} {exact[1]:.4g} … {exact[8]:.4g} {exact[9]:.4g} noise {noise:.2g}", file=sys.stderr, flush=True)
        if not noise < BOUND:
            return None
    return found


def record(name, size):
    for scale, shift, closed in SETUPS:
        # Known to differ.
        if scale == 1 and not name.startswith(tuple(FEW_NORMS)):
            continue
        found = runs(name, size, scale, shift, closed)
        if found:
            return dict(name=name, size=size, scale=scale, conditioning=dict(shift=shift, closed=closed), runs=found)


if __name__ == "__main__":
    torch.set_num_threads(1)
    wanted = sys.argv[1:]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "training.json")
    kept = {r["name"]: r for r in json.load(open(path))} if os.path.exists(path) else {}
    for name, size in NETWORKS:
        if name in kept if wanted == ["missing"] else wanted and name not in wanted:
            continue
        made = record(name, SIZES.get(name, size))
        if made is None:
            print(name, "has no set-up in which PyTorch agrees with itself", file=sys.stderr)
            continue
        kept[name] = made
        lines = [json.dumps(kept[name], separators=(",", ":")) for name, _ in NETWORKS if name in kept]
        with open(path, "w") as file:
            file.write("[\n" + ",\n".join(lines) + "\n]\n")
