#!/usr/bin/env python3
"""Reference numbers of whole networks from PyTorch: writes networks.json beside this script.

Needs torch (CPU), torchvision and timm. Parameters and images are not stored: both sides draw them
from SplitMix64, seeded by the FNV-1a hash of each tensor's name.
"""
import json, os, sys
import numpy as np
import torch

_library = torch.library.Library("torchvision", "DEF")  # a torchvision built for another torch lacks these
for operator in ["nms", "qnms"]:
    try:
        _library.define(operator + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass
import torchvision.models as models  # noqa: E402
import timm  # noqa: E402

CLASSES = 10


def uniform(name, count):
    """Numbers in 0..<1: SplitMix64 from the FNV-1a hash of `name`, as SeededGenerator draws them."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.uint64(0x9E3779B97F4A7C15) * np.arange(1, count + 1, dtype=np.uint64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def tensor(name, shape):
    shape = list(shape)
    u = uniform(name, int(np.prod(shape)))
    if name.endswith("running_var"):
        v = 0.8 + 0.4 * u
    elif len(shape) == 1 and name.endswith("weight"):
        v = 0.8 + 0.4 * u
    elif len(shape) == 1:
        v = 0.2 * u - 0.1
    else:
        v = (2 * u - 1) * np.sqrt(6.0 / np.prod(shape[1:]))
    return torch.from_numpy(v.astype(np.float32).reshape(shape))


def build(name):
    if name in ("xception", "inception_resnet_v2"):
        return timm.create_model(name, pretrained=False, num_classes=CLASSES)
    extra = {}
    if name in ("inception_v3", "googlenet"):
        extra = dict(init_weights=False, aux_logits=False)
    model = getattr(models, name)(weights=None, num_classes=CLASSES, **extra)
    return model


def fill(model):
    state = model.state_dict()
    for key, value in state.items():
        if not key.endswith("num_batches_tracked"):
            state[key] = tensor(key, value.shape)
    model.load_state_dict(state)


def quiet(model):
    """Training mode without random masks."""
    model.train()
    for module in model.modules():
        if "Dropout" in type(module).__name__ or "StochasticDepth" in type(module).__name__:
            module.eval()


def images(count, size, rows=None):
    shape = [count, 3, rows or size, size]
    return torch.from_numpy((2 * uniform("images", int(np.prod(shape))) - 1).astype(np.float32).reshape(shape))


def gradients(name, size, is_training, dtype, nudge=1.0):
    """Loss and gradients of four images times `nudge`, with batch or running statistics."""
    model = build(name)
    fill(model)
    quiet(model) if is_training else model.eval()
    model = model.to(dtype)
    loss = torch.nn.functional.cross_entropy(model(images(4, size).to(dtype) * nudge), torch.tensor([1, 3, 5, 7]))
    loss.backward()
    return float(loss.detach()), {key: p.grad.double() for key, p in model.named_parameters()}


def step(name, size, is_training):
    """Double precision; `noise` is how far PyTorch's own single precision lies from it at most, over
    images that differ by a rounding error (a ReLU or a maximum that flips moves gradients far more
    than rounding does)."""
    loss, exact = gradients(name, size, is_training, torch.float64)
    singles = [gradients(name, size, is_training, torch.float32, nudge)[1] for nudge in (1.0, 1 - 1e-6, 1 + 1e-6, 1 + 3e-6)]
    largest = max(float(g.norm()) for g in exact.values())
    keys = [key for key, g in exact.items() if float(g.norm()) > 1e-4 * largest]
    chosen = [keys[0], keys[1], keys[len(keys) // 3], keys[len(keys) // 2], keys[2 * len(keys) // 3], keys[-2], keys[-1]]
    return dict(
        loss=loss,
        gradients={
            key: dict(
                norm=float(exact[key].norm()),
                noise=max(float((exact[key] - single[key]).norm() / exact[key].norm()) for single in singles),
                first=exact[key].flatten()[:4].tolist(),
            )
            for key in sorted(set(chosen))
        },
    )


def record(name, size):
    model = build(name)
    fill(model)
    model = model.eval().double()
    with torch.no_grad():
        logits = model(images(3, size).double()).flatten().tolist()
    return dict(name=name, size=size, logits=logits, running=step(name, size, False), batch=step(name, size, True))


NETWORKS = [
    ("resnet18", 65), ("resnet34", 64), ("resnet50", 75), ("resnet101", 64), ("resnet152", 64), ("vgg11", 64),
    ("vgg16", 97), ("vgg16_bn", 64), ("vgg19", 64), ("alexnet", 99), ("googlenet", 75), ("inception_v3", 107),
    ("inception_resnet_v2", 107), ("xception", 75), ("densenet121", 65), ("densenet169", 64), ("densenet201", 64),
    ("squeezenet1_0", 67), ("squeezenet1_1", 66), ("mobilenet_v2", 71), ("mobilenet_v3_large", 67),
    ("mobilenet_v3_small", 65), ("efficientnet_b0", 69), ("efficientnet_b1", 64), ("efficientnet_b5", 64),
]

if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    records = []
    wanted = sys.argv[1:]  # names to make again; all without
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "networks.json")
    kept = {r["name"]: r for r in json.load(open(path))} if wanted else {}
    for name, size in NETWORKS:
        if wanted and name not in wanted:
            records.append(kept[name])
            continue
        records.append(record(name, size))
        print(name, records[-1]["batch"]["loss"], file=sys.stderr)
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(r) for r in records) + "\n]\n")
