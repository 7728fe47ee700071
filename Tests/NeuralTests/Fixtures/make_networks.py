#!/usr/bin/env python3
"""Reference numbers of whole networks from PyTorch: writes networks.json beside this script.

    make_networks.py [NAME...]      # the networks to make again; all without

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
import own_networks as own  # noqa: E402

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


def build(name, rows, columns=None):
    columns = columns or rows
    if name == "lenet5":
        return own.Lenet5(CLASSES, rows, columns)
    if name in ("alexnet_2012", "zfnet"):
        return own.EightLayers(name == "zfnet", CLASSES, rows, columns)
    if name == "googlenet_2014":
        return own.GoogLeNet2014(CLASSES)
    if name.startswith("mobilenet_v1"):
        return own.MobileNetV1(float(name[13:] or 1), CLASSES)
    if name.endswith("_keras"):
        return own.keras_form(name, models, CLASSES)
    if name.startswith("medmnist_"):
        return own.small_resnet(getattr(models, name[9:]), CLASSES)
    if name.startswith("efficientnet_lite"):
        return timm.create_model("tf_" + name, pretrained=False, num_classes=CLASSES)
    if name in ("xception", "inception_resnet_v2"):
        return timm.create_model(name, pretrained=False, num_classes=CLASSES)
    extra = {}
    if name in ("inception_v3", "googlenet"):
        extra = dict(init_weights=False, aux_logits=False)
    model = getattr(models, name)(weights=None, num_classes=CLASSES, **extra)
    return model


def names(name, model):
    """The engine's name of each tensor of a model."""
    keys = [key for key in model.state_dict() if not key.endswith("num_batches_tracked")]
    if name.startswith("efficientnet_lite"):
        return own.lite_names(keys)
    rename = own.small_resnet_name if name.startswith("medmnist_") else str
    return {key: rename(key) for key in keys}


def fill(name, model):
    state = model.state_dict()
    for key, engine_key in names(name, model).items():
        state[key] = tensor(engine_key, state[key].shape)
    model.load_state_dict(state)


def quiet(model):
    """Training mode without random masks."""
    model.train()
    for module in model.modules():
        if "Dropout" in type(module).__name__ or "StochasticDepth" in type(module).__name__:
            module.eval()


def images(name, count, rows, columns=None):
    shape = [count, 1 if name == "lenet5" else 3, rows, columns or rows]
    return torch.from_numpy((2 * uniform("images", int(np.prod(shape))) - 1).astype(np.float32).reshape(shape))


def gradients(name, model, size, dtype, nudge=1.0):
    """Loss and gradients of four images times `nudge`."""
    model.to(dtype).zero_grad()
    loss = torch.nn.functional.cross_entropy(
        model(images(name, 4, size).to(dtype) * nudge), torch.tensor([1, 3, 5, 7]))
    loss.backward()
    engine_names = names(name, model)
    return float(loss.detach()), {engine_names[key]: p.grad.double().clone() for key, p in model.named_parameters()}


def signed(key, gradient):
    """The sum of a gradient's numbers with drawn signs: two gradients' sums differ by about the length
    of their difference."""
    signs = torch.from_numpy(np.where(uniform("signs of " + key, gradient.numel()) < 0.5, -1.0, 1.0))
    return float((gradient.flatten() * signs).sum())


def step(name, model, size):
    """Double precision; `noise` is how far PyTorch's own single precision lies from it at most, over
    images that differ by a rounding error (a ReLU or a maximum that flips moves gradients far more
    than rounding does)."""
    loss, exact = gradients(name, model, size, torch.float64)
    nudges = (1.0, 1 - 1e-6, 1 + 1e-6, 1 + 3e-6)
    singles = [gradients(name, model, size, torch.float32, nudge)[1] for nudge in nudges]
    largest = max(float(g.norm()) for g in exact.values())
    keys = [key for key, g in exact.items() if float(g.norm()) > 1e-4 * largest]
    chosen = [keys[0], keys[1], keys[len(keys) // 3], keys[len(keys) // 2], keys[2 * len(keys) // 3], keys[-2], keys[-1]]
    return dict(
        loss=loss,
        gradients={
            key: dict(
                norm=float(exact[key].norm()),
                noise=max(float((exact[key] - single[key]).norm() / exact[key].norm()) for single in singles),
                signed=signed(key, exact[key]),
                first=exact[key].flatten()[:4].tolist(),
            )
            for key in sorted(set(chosen))
        },
    )


def record(name, size):
    """Running statistics first: training changes them, but does not read them."""
    model = build(name, size)
    fill(name, model)
    model = model.eval().double()
    with torch.no_grad():
        logits = model(images(name, 3, size).double()).flatten().tolist()
    running = step(name, model, size)
    quiet(model)
    return dict(name=name, size=size, logits=logits, running=running, batch=step(name, model, size))


NETWORKS = [
    ("resnet18", 65), ("resnet34", 64), ("resnet50", 75), ("resnet101", 64), ("resnet152", 64), ("vgg11", 64),
    ("vgg16", 97), ("vgg16_bn", 64), ("vgg19", 64), ("alexnet", 99), ("googlenet", 75), ("inception_v3", 107),
    ("inception_resnet_v2", 107), ("xception", 75), ("densenet121", 65), ("densenet169", 64), ("densenet201", 64),
    ("squeezenet1_0", 67), ("squeezenet1_1", 66), ("mobilenet_v2", 71), ("mobilenet_v3_large", 67),
    ("mobilenet_v3_small", 65), ("efficientnet_b0", 69), ("efficientnet_b1", 64), ("efficientnet_b5", 64),
    ("lenet5", 35), ("alexnet_2012", 99), ("zfnet", 99), ("googlenet_2014", 75), ("vgg11_bn", 64), ("vgg13", 65),
    ("vgg13_bn", 64), ("vgg19_bn", 64), ("medmnist_resnet18", 28), ("medmnist_resnet50", 29), ("densenet161", 64),
    ("mobilenet_v1", 65), ("mobilenet_v1_0.75", 67), ("mobilenet_v1_0.50", 69), ("mobilenet_v1_0.25", 71),
    ("efficientnet_b2", 65), ("efficientnet_b3", 67), ("efficientnet_b4", 69), ("efficientnet_b6", 64),
    ("efficientnet_b7", 65), ("efficientnet_lite0", 65), ("efficientnet_lite1", 64), ("efficientnet_lite2", 67),
    ("efficientnet_lite3", 69), ("efficientnet_lite4", 71), ("resnet50_keras", 75), ("resnet101_keras", 64),
    ("resnet152_keras", 64), ("inception_v3_keras", 107), ("mobilenet_v2_keras", 71),
]

if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    wanted = sys.argv[1:]
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "networks.json")
    records = {r["name"]: r for r in json.load(open(path))} if os.path.exists(path) else {}
    for name, size in NETWORKS:
        if wanted and name not in wanted:
            continue
        records[name] = record(name, size)
        print(name, records[name]["batch"]["loss"], file=sys.stderr, flush=True)
        kept = [records[name] for name, _ in NETWORKS if name in records]
        with open(path, "w") as file:
            file.write("[\n" + ",\n".join(json.dumps(r) for r in kept) + "\n]\n")
