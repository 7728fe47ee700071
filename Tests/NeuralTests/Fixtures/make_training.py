#!/usr/bin/env python3
"""Losses of ten training steps of whole networks from PyTorch: writes training.json beside this script.

    make_training.py [NAME...]      # the networks to make again; all without

Four images a step, two batches in turn, batch statistics, no random masks. Double precision; `noise`
is how far PyTorch's own single precision lies from it at most, relative to the loss or 1. See
make_networks.py for how parameters and images are drawn and what is needed.
"""
import json, os, sys
import numpy as np
import torch
from make_networks import NETWORKS, build, fill, quiet, uniform

CHOSEN = [
    "lenet5", "squeezenet1_1", "mobilenet_v2", "efficientnet_b0", "googlenet", "resnet18", "densenet121",
    "mobilenet_v1", "mobilenet_v3_small", "efficientnet_lite0", "inception_v3", "xception", "resnet50",
    "medmnist_resnet18", "inception_resnet_v2", "alexnet", "vgg16_bn",
]
# Where rounding grows fastest, smaller steps: activations at the edge of ReLU6, or few numbers a channel.
SMALL_STEPS = 0.02
LARGE = ["lenet5", "squeezenet1_1", "efficientnet_b0", "resnet18", "mobilenet_v3_small", "alexnet"]


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


if __name__ == "__main__":
    torch.set_num_threads(1)
    wanted = sys.argv[1:]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "training.json")
    kept = {r["name"]: r for r in json.load(open(path))} if os.path.exists(path) else {}
    sizes, lines = dict(NETWORKS), []
    for name in CHOSEN:
        if name in kept if wanted == ["missing"] else wanted and name not in wanted:
            lines.append(json.dumps(kept[name], separators=(",", ":")))
            continue
        model = build(name, sizes[name])
        fill(name, model)
        quiet(model)
        start = {key: value.clone() for key, value in model.state_dict().items()}
        runs = {}
        scale = 1 if name in LARGE else SMALL_STEPS
        for optimiser, make in optimisers(scale).items():
            exact = losses(name, model, start, sizes[name], make, torch.float64)
            single = losses(name, model, start, sizes[name], make, torch.float32)
            noise = float(np.max(np.abs(exact - single) / np.maximum(exact, 1)))
            runs[optimiser] = dict(noise=float(f"{noise:.2g}"), losses=[float(f"{v:.8g}") for v in exact])
            print(name, optimiser, f"{exact[0]:.4g} {exact[1]:.4g} … {exact[8]:.4g} {exact[9]:.4g} noise {noise:.2g}", file=sys.stderr, flush=True)
        lines.append(json.dumps(dict(name=name, size=sizes[name], scale=scale, runs=runs), separators=(",", ":")))
        with open(path, "w") as file:
            file.write("[\n" + ",\n".join(lines) + "\n]\n")
