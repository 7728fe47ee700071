#!/usr/bin/env python3
"""Names and shapes of every tensor of Keras's and timm's networks, and their logits for drawn numbers:
writes layouts.json beside this script.

    make_layouts.py [NAME...]       # the networks to make again; all without

Needs keras 3 (on torch), timm and numpy. Neither tensors nor images are stored: both sides draw them
from SplitMix64, seeded by the FNV-1a hash of each tensor's name.
"""
import json, os, sys

os.environ["KERAS_BACKEND"] = "torch"
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
CLASSES = 5


def uniform(name, count):
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.uint64(0x9E3779B97F4A7C15) * np.arange(1, count + 1, dtype=np.uint64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def draw(name, shape, inputs):
    """Kernels by the number of their inputs; scales and variances around one, the rest around zero."""
    u = uniform(name, int(np.prod(shape)))
    word = name.replace(".", "/").split("/")[-1]
    if inputs:
        v = (2 * u - 1) * np.sqrt(6.0 / inputs)
    elif word in ("gamma", "weight", "moving_variance", "running_var"):
        v = 0.8 + 0.4 * u
    else:
        v = 0.2 * u - 0.1
    return v.astype(np.float32).reshape(shape)


def images(side):
    """N × H × W × C."""
    return (2 * uniform("images", 2 * side * side * 3) - 1).astype(np.float32).reshape(2, side, side, 3)


def keras_inputs(shape):
    if len(shape) < 2:
        return 0
    return int(np.prod(shape[:2])) if len(shape) == 4 and shape[3] == 1 else int(np.prod(shape[:-1]))


def keras_network(name, make, side, **extra):
    import keras

    keras.utils.set_random_seed(1)
    model = make(weights=None, input_shape=(side, side, 3), classes=CLASSES, classifier_activation=None, **extra)
    tensors = []
    for layer in model.layers:
        if layer.name.startswith("normalization"):  # mean, variance and count: 0, 1 and 0 here
            tensors += [[f"{layer.name}/{w.name}", list(w.shape)] for w in layer.weights]
            continue
        for weight in layer.weights:
            full = f"{layer.name}/{weight.name}"
            weight.assign(draw(full, tuple(weight.shape), keras_inputs(tuple(weight.shape))))
            tensors.append([full, list(weight.shape)])
    # EfficientNet divides by 255 itself.
    factor = 255 if name.startswith("efficientnet") else 1
    logits = np.asarray(model.predict(images(side) * np.float32(factor), verbose=0))
    return dict(name=name, names="Keras", side=side, tensors=tensors, logits=logits.flatten().tolist())


def timm_network(name, theirs, side):
    import timm, torch

    model = timm.create_model(theirs, pretrained=False, num_classes=CLASSES).eval()
    state, tensors = model.state_dict(), []
    for key, value in state.items():
        if not key.endswith("num_batches_tracked"):
            shape = tuple(value.shape)
            state[key] = torch.from_numpy(draw(key, shape, int(np.prod(shape[1:])) if len(shape) > 1 else 0))
        tensors.append([key, list(value.shape)])
    model.load_state_dict(state)
    with torch.no_grad():
        x = torch.from_numpy(np.ascontiguousarray(images(side).transpose(0, 3, 1, 2)))
        logits = model.double()(x.double())
    return dict(name=name, names="timm", side=side, tensors=tensors, logits=logits.flatten().tolist())


def networks():
    import keras.applications as k

    return {
        "efficientnet_b0_keras": lambda n: keras_network(n, k.EfficientNetB0, 64),
        "mobilenet_v3_large_keras": lambda n: keras_network(n, k.MobileNetV3Large, 64, include_preprocessing=False),
        "mobilenet_v3_small_keras": lambda n: keras_network(n, k.MobileNetV3Small, 64, include_preprocessing=False),
        "inception_resnet_v2": lambda n: keras_network(n, k.InceptionResNetV2, 107),
        "mobilenet_v3_large": lambda n: timm_network(n, "mobilenetv3_large_100", 64),
        "mobilenet_v3_small": lambda n: timm_network(n, "mobilenetv3_small_100", 64),
    }


if __name__ == "__main__":
    path = os.path.join(here, "layouts.json")
    kept = {r["name"]: r for r in json.load(open(path))} if os.path.exists(path) else {}
    for name, make in networks().items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        kept[name] = make(name)
        print(name, len(kept[name]["tensors"]), kept[name]["logits"][:3], file=sys.stderr, flush=True)
        with open(path, "w") as file:
            lines = [json.dumps(kept[n], separators=(",", ":")) for n in networks() if n in kept]
            file.write("[\n" + ",\n".join(lines) + "\n]\n")
