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


def fill(name, model, shift=0, closed=0):
    """With `shift`, normalisations move what goes into a ReLU that far from its kink, every `closed`th
    channel downwards (0: none). Rounding errors then flip few ReLUs: with pre-activations around zero,
    batch statistics of few numbers make PyTorch's own single precision differ by percents."""
    state = model.state_dict()
    for key, engine_key in names(name, model).items():
        state[key] = tensor(engine_key, state[key].shape)
    for key, module in model.named_modules():
        if shift and isinstance(module, torch.nn.BatchNorm2d):
            moves = torch.full([module.num_features], float(shift))
            if closed:
                moves[closed - 1 :: closed] = -shift
            state[key + ".bias"] += moves
    model.load_state_dict(state)


def quiet(model):
    """Training mode without random masks."""
    model.train()
    for module in model.modules():
        if "Dropout" in type(module).__name__ or "StochasticDepth" in type(module).__name__:
            module.eval()


def images(name, count, rows, columns=None, called="images"):
    shape = [count, 1 if name == "lenet5" else 3, rows, columns or rows]
    return torch.from_numpy((2 * uniform(called, int(np.prod(shape))) - 1).astype(np.float32).reshape(shape))


def gradients(name, model, pictures, dtype, nudge=0):
    """Loss and gradients; of a `nudge`, of pictures each of whose numbers is moved by up to 2e-6 of itself
    (a common factor would be taken out again by the first normalisation), the odd ones in another layout,
    whose sums have another order."""
    model.to(dtype).zero_grad()
    labels = torch.tensor([1, 3, 5, 7][: len(pictures)])
    pictures = pictures.to(dtype)
    if nudge:
        moves = torch.from_numpy(uniform(f"nudge {nudge}", pictures.numel()).reshape(pictures.shape)).to(dtype)
        pictures = pictures * (1 + 2e-6 * (2 * moves - 1))
    if nudge % 2:
        pictures = pictures.contiguous(memory_format=torch.channels_last)
    loss = torch.nn.functional.cross_entropy(model(pictures), labels)
    loss.backward()
    engine_names = names(name, model)
    return float(loss.detach()), {engine_names[key]: p.grad.double().clone() for key, p in model.named_parameters()}


def signed(key, gradient):
    """The sum of a gradient's numbers with drawn signs: two gradients' sums differ by about the length
    of their difference."""
    signs = torch.from_numpy(np.where(uniform("signs of " + key, gradient.numel()) < 0.5, -1.0, 1.0))
    return float((gradient.flatten() * signs).sum())


# How far PyTorch's own single precision may lie from its double precision, relative to a gradient's
# length: the engine is held to 1e-3.
BOUND = 2e-4
NUDGES = 5


def step(name, model, pictures):
    """Double precision; `noise` is how far PyTorch's own single precision lies from it at most, over
    images that differ by a rounding error (a ReLU or a maximum that flips moves gradients far more
    than rounding does)."""
    loss, exact = gradients(name, model, pictures, torch.float64)
    largest = max(float(g.norm()) for g in exact.values())
    keys = [key for key, g in exact.items() if float(g.norm()) > 1e-4 * largest]
    places = [0, 1, len(keys) // 3, len(keys) // 2, 2 * len(keys) // 3, len(keys) - 2, len(keys) - 1]
    chosen = sorted({keys[i] for i in places})
    noise = dict.fromkeys(chosen, 0.0)
    for nudge in range(NUDGES + 1):
        single = gradients(name, model, pictures, torch.float32, nudge)[1]
        for key in chosen:
            noise[key] = max(noise[key], float((exact[key] - single[key]).norm() / exact[key].norm()))
        if max(noise.values()) > BOUND:
            break
    return max(noise.values()), dict(
        loss=digits(loss),
        gradients={
            key: dict(
                norm=digits(exact[key].norm()), noise=float(f"{noise[key]:.2g}"), signed=digits(signed(key, exact[key])),
                first=[digits(v) for v in exact[key].flatten()[:4].tolist()])
            for key in chosen
        },
    )


def digits(number):
    return float(f"{float(number):.9g}")


def conditioned(name, size, is_training):
    """The first set-up in which PyTorch's single precision agrees with its double precision, or the one
    in which it comes nearest. Of fewer images fewer numbers lie at a ReLU's kink. With running
    statistics shifts come last: growing sums close ReLU6, fewer where every second channel goes down."""
    best = None
    others = [f"images {number}" for number in range(2, 10)]
    normalised = any(isinstance(module, torch.nn.BatchNorm2d) for module in build(name, size).modules())
    if is_training and normalised:
        trials = [(shift, closed, 4, called) for shift, closed in [(0, 0), (3, 4), (3, 0)] for called in ("images", "images 2")]
        trials += [(3, 4, 2, called) for called in others]
    else:
        trials = [(0, 0, 4, "images"), (0, 0, 2, "images 2")] + [(0, 0, 1, called) for called in others]
        if normalised:
            trials += [(3, 2, 4, "images")] + [(3, 2, 1, called) for called in ["images"] + others]
    hopeless = None
    for shift, closed, count, called in trials:
        if (shift, closed, count) == hopeless:
            continue
        model = build(name, size)
        fill(name, model, shift, closed)
        quiet(model) if is_training else model.eval()
        noise, found = step(name, model, images(name, count, size, called=called))
        print(name, "batch" if is_training else "running", shift, closed, count, called, f"{noise:.1e}", file=sys.stderr, flush=True)
        if best is None or noise < best[0]:
            best = noise, dict(images=called, count=count, conditioning=dict(shift=shift, closed=closed), **found)
        if best[0] < BOUND:
            break
        if noise > 20 * BOUND and is_training and normalised and count == 4:
            hopeless = shift, closed, count  # other images would not help
    return best[1]


def record(name, size):
    model = build(name, size)
    fill(name, model)
    model = model.eval().double()
    with torch.no_grad():
        logits = [digits(v) for v in model(images(name, 3, size).double()).flatten().tolist()]
    return dict(name=name, size=size, logits=logits, running=conditioned(name, size, False), batch=conditioned(name, size, True))


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
    ("mobilenet_v3_large_keras", 64), ("mobilenet_v3_small_keras", 65), ("efficientnet_b0_keras", 64),
    ("efficientnet_b1_keras", 65), ("efficientnet_b2_keras", 66), ("efficientnet_b3_keras", 64),
    ("efficientnet_b4_keras", 67), ("efficientnet_b5_keras", 64), ("efficientnet_b6_keras", 65),
    ("efficientnet_b7_keras", 64),
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
        kept = [records[name] for name, _ in NETWORKS if name in records]
        with open(path, "w") as file:
            file.write("[\n" + ",\n".join(json.dumps(r) for r in kept) + "\n]\n")
